#!/usr/bin/env python3
"""Checks the arrows of docs/design.md, section 1: which folder includes headers of which.

The table below is the whole truth; a new folder without a row fails. Not transitive.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHOW = {"core": {"core_show.h"}, "ldp": {"ldp_show.h"}, "oam": {"oam_show.h"}, "dp": {"dp_show.h"}}
ALL = {"base", "model", "wire", "core", "sys", "ldp", "oam", "dp", "cfg", "cli", "bpf"}
MAY = {
    "src/base": set(),
    "src/model": {"base"},
    "src/wire": {"base"},
    "src/core": {"base", "model", "wire"},
    "src/sys": {"base"},
    "src/ldp": {"base", "model", "wire", "core", "sys"},
    "src/oam": {"base", "model", "wire", "core", "sys"},
    "src/dp": {"base", "model", "core", "sys", "bpf"},
    "src/cfg": {"base", "model"},
    "src/cli": {"base", "model", "cfg", "wire"},  # and the *_show.h of SHOW
    "src/oamd": {"base", "wire", "sys", "oam", "bpf"},
    "src/daemon": ALL,
    "lab": {"base", "bpf"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def room(path):
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if parts[0] == "src" else parts[0]


def allowed(where, header):
    folder, _, name = header.rpartition("/")
    own = where.split("/")[-1]
    if not folder or folder == own or folder.startswith(own + "/"):
        return True
    top = folder.split("/")[0]
    if where == "src/cli" and name in SHOW.get(top, ()):
        return True
    if top == "bpf" and name != "abi.h" and not (where == "src/dp" and name.endswith(".skel.h")):
        return False
    return top in MAY[where]


def main():
    wrong, seen = [], 0
    for top in ("src", "lab"):
        for path in sorted((ROOT / top).rglob("*.[ch]")):
            where = room(path)
            if where not in MAY:
                wrong.append(f"{path.relative_to(ROOT)}: no row for {where} in tests/arrows.py")
                continue
            for header in INCLUDE.findall(path.read_text()):
                seen += 1
                if not allowed(where, header):
                    wrong.append(f"{path.relative_to(ROOT)} includes {header}: {where} may include {sorted(MAY[where])}")
    print("\n".join(wrong) if wrong else f"arrows: {seen} includes, all allowed")
    return 1 if wrong or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
