# SPDX-License-Identifier: BSD-2-Clause
"""What a run claims, one line each as it happens; and who lost a frame, by the counters of everybody."""
import sys

PASSED_ON = {"label-unknown", "vlan-unknown"}  # drop reasons that leave the frame to the kernel


class Checks:
    def __init__(self):
        self.list = []

    def add(self, name, ok, detail=""):
        self.list.append({"name": name, "ok": bool(ok), "detail": detail})
        print(f"  {'ok   ' if ok else 'WRONG'} {name}" + (f": {detail}" if detail else ""), flush=True)
        return bool(ok)

    @property
    def ok(self):
        return all(c["ok"] for c in self.list) and bool(self.list)


def step(text):
    print(text, flush=True)
    sys.stdout.flush()


class Losses:
    """Counters of engines, ports and softnet, read at each event: what moved explains what was lost."""

    def __init__(self, lab, engines):
        self.lab, self.engines = lab, engines
        self.taken = []  # (event, counters before it)

    def _read(self):
        now = {"softnet dropped": self.lab.softnet_drops()} | self.lab.port_drops()
        for engine in self.engines:
            now |= {f"{engine.node} {reason}": n for reason, n in engine.drops().items() if reason not in PASSED_ON}
        return now

    def snapshot(self, event):
        self.taken.append((event, self._read()))

    def moved(self):
        """[(event, {counter: by how much})]; the last snapshot only closes the event before it."""
        out = []
        for (event, before), (_, after) in zip(self.taken, self.taken[1:]):
            delta = {k: v - before.get(k, 0) if v >= before.get(k, 0) else v for k, v in after.items()}
            out.append((event, {k: v for k, v in delta.items() if v > 0}))
        return out

    def explain(self, checks, rows):
        """rows: of the meter's report. Frames the kernel refused from the meter are in the ports' counters too."""
        for event, delta in self.moved():
            mine = [r for r in rows if r["event"] == event]
            lost = sum(r["lost"] for r in mine)
            found = sum(delta.values()) - sum(r["refused"] for r in mine)
            who = ", ".join(f"{k} {v}" for k, v in sorted(delta.items(), key=lambda kv: -kv[1])) or "nothing"
            if lost:
                checks.add(f"{event}: every lost frame is explained", found >= lost,
                           f"{lost} lost; counted: {who}" if found >= lost else
                           f"unexplained {lost - max(found, 0)} of {lost}; counted: {who}")
