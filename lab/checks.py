# SPDX-License-Identifier: BSD-2-Clause
"""What a run claims, one line each as it happens; and who lost a frame, by the counters of everybody."""
import sys

SOFTNET = "softnet of this machine"
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
    """Counters of engines, ports and softnet, read at each event: what moved explains what was lost. Softnet is told
    but not added: it is the whole machine's, and what a veth pair loses there its ports count too."""

    def __init__(self, lab, engines):
        self.lab, self.engines = lab, engines
        self.taken = []  # (event, counters before it)
        self.last, self.buried = {}, {}  # of each engine: what the dead counted stays counted
        self.deaths = set()              # events in which a node dies: what is inside it then is lost uncounted

    def _of(self, engine):
        if engine.runs():
            self.last[engine] = {f"{engine.node} {reason}": n for reason, n in engine.drops().items() if reason not in PASSED_ON}
        buried = self.buried.get(engine, {})
        return {k: n + buried.get(k, 0) for k, n in self.last.get(engine, {}).items()} or buried

    def _read(self):
        now = {SOFTNET: self.lab.softnet_drops()} | self.lab.wire_drops()
        for engine in self.engines:
            now |= self._of(engine)
        return now

    def bury(self, engine):
        """Its last words; its counters will be flushed and begin anew."""
        self.buried[engine] = self._of(engine)
        self.last.pop(engine, None)
        self.deaths.add(self.taken[-1][0])

    def snapshot(self, event):
        self.taken.append((event, self._read()))

    def again(self):
        """The event goes on, but from here a wire may lose frames at its other end."""
        self.snapshot(self.taken[-1][0])

    def moved(self):
        """{event: {counter: by how much}}; the last snapshot only closes the event before it."""
        out = {}
        for (event, before), (_, after) in zip(self.taken, self.taken[1:]):
            delta = {}
            for key, v in after.items():
                what = key[0] if isinstance(key, tuple) else key    # of the two ends of a wire the larger counts
                delta[what] = max(delta.get(what, 0), v - before.get(key, 0) if v >= before.get(key, 0) else v)
            sums = out.setdefault(event, {})
            sums |= {k: v + sums.get(k, 0) for k, v in delta.items() if v > 0}
        return out

    def explain(self, checks, rows):
        """All events together: a frame sent in one event may die, and be counted, in the next. rows: of the meter's
        report; frames the kernel refused from the meter were not sent, but the ports counted them."""
        total = {}
        for event, delta in self.moved().items():
            lost = sum(r["lost"] for r in rows if r["event"] == event)
            if lost:
                print(f"        {event}: {lost} lost; counted: {who(delta)}", flush=True)
            for k, v in delta.items():
                total[k] = total.get(k, 0) + v
        softnet = total.pop(SOFTNET, 0)
        lost = sum(r["lost"] for r in rows)
        missing = lost + sum(r["refused"] for r in rows) - sum(total.values())
        inside = sum(r["lost"] for r in rows if r["event"] in self.deaths) // 100
        checks.add("every lost frame is explained", missing <= inside,
                   f"unexplained {missing} of {lost}; counted: {who(total)}; {SOFTNET}: {softnet}" if missing > inside
                   else f"{lost} lost" + (f", {missing} of them inside nodes that died" if missing > 0 else ""))


def who(counters):
    return ", ".join(f"{k} {v}" for k, v in sorted(counters.items(), key=lambda kv: -kv[1])) or "nothing"
