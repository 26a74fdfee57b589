# SPDX-License-Identifier: BSD-2-Clause
"""The result of a run: a table for people, JSON for machines (docs/design.md, section 2)."""
import json

COLUMNS = (("event", "event", "s"), ("direction", "dir", "s"), ("sent", "sent", "d"), ("lost", "lost", "d"),
           ("duplicated", "dup", "d"), ("reordered", "reordered", "d"), ("outage ms", "outage_ms", ".1f"))


def table(rows):
    cells = [[head for head, _, _ in COLUMNS]] + [[format(r[key], how) for _, key, how in COLUMNS] for r in rows]
    wide = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS))]
    left = [how == "s" for _, _, how in COLUMNS]
    lines = ["  ".join(c.ljust(w) if l else c.rjust(w) for c, w, l in zip(line, wide, left)).rstrip() for line in cells]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def record(scenario, ok, rows, checks):
    keys = [key for _, key, _ in COLUMNS]
    return {"scenario": scenario, "ok": ok, "events": [{k: r[k] for k in keys} for r in rows], "checks": checks}


def write(path, what):
    with open(path, "w") as f:
        json.dump(what, f, indent=1)
        f.write("\n")
