# SPDX-License-Identifier: BSD-2-Clause
"""Series measured side by side, what is made of them, and the bars they are held against.

A series grows by rounds; in each round every contender runs once, one after the other, so that
whatever else the machine does falls on all of them. A figure is the median over the rounds of
ours against theirs *in the same round*. Before a bar counts as missed the series is made
longer twice.
"""
import dataclasses
import datetime
import json
import os
import platform
import re
import statistics
import subprocess

RETRIES = 2


class Void(Exception):
    """The measurement could not be made; the text says why."""


@dataclasses.dataclass
class Bar:
    kind: str  # "at least" or "at most"
    bound: float
    what: str = "ratio"  # or "value"

    def holds(self, result):
        x = getattr(result, self.what)
        return x >= self.bound if self.kind == "at least" else x <= self.bound

    def __str__(self):
        return f"{self.kind} {self.bound:g}"


@dataclasses.dataclass
class Result:
    name: str
    value: float
    unit: str
    versus: str
    ratio: float
    runs: list  # what the median was taken of
    ours: list = None
    theirs: list = None

    def spread(self):
        return (min(self.runs), max(self.runs)) if self.runs else (None, None)


def against(ours, theirs):
    """Ratio of the medians; 0 where theirs is 0."""
    return statistics.median(ours) / statistics.median(theirs) if statistics.median(theirs) else 0.0


def rate(name, unit, versus, ours, theirs):
    """Ours over theirs, round by round; the ratio is the figure."""
    runs = [a / b for a, b in zip(ours, theirs)]
    return Result(name, statistics.median(ours), unit, f"{versus}: {statistics.median(theirs):.2f}",
                  statistics.median(runs), runs, ours, theirs)


def over(name, unit, versus, ours, theirs):
    """What ours costs above theirs, round by round; the difference is the figure."""
    runs = [a - b for a, b in zip(ours, theirs)]
    return Result(name, statistics.median(runs), unit, f"{versus}: {statistics.median(theirs):.1f}",
                  against(ours, theirs), runs, list(ours), list(theirs))


def plain(name, unit, versus, ours, theirs):
    """Ours as measured; theirs only for comparison."""
    return Result(name, statistics.median(ours), unit, f"{versus}: {statistics.median(theirs):.1f}",
                  against(ours, theirs), list(ours), list(ours), list(theirs))


def interleave(series, contenders, rounds):
    """Appends @rounds figures of each contender to series[name]."""
    for _ in range(rounds):
        for name, measure in contenders.items():
            series.setdefault(name, []).append(measure())


def settle(group, bars, rounds):
    """Measures a group until its bars hold or the retries are used up."""
    for attempt in range(1 + RETRIES):
        group.measure(rounds)
        results = group.results()
        missed = [r.name for r in results if r.name in bars and not bars[r.name].holds(r)]
        if not missed:
            break
        if attempt < RETRIES:
            print(f"  {', '.join(missed)} below the bar; measuring {rounds} rounds more", flush=True)
    return results


def table(results, bars):
    rows = [("name", "value", "versus", "ratio", "runs", "bar", "")]
    for r in results:
        bar = bars.get(r.name)
        low, high = r.spread()
        rows.append((r.name, f"{number(r.value)} {r.unit}", r.versus, number(r.ratio),
                     f"{number(low)} .. {number(high)} ({len(r.runs)})", f"{bar.what} {bar}" if bar else "",
                     "" if not bar else "pass" if bar.holds(r) else "MISS"))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in rows)


def number(x):
    if x is None:
        return "-"
    return f"{x:.0f}" if abs(x) >= 1000 or x == int(x) else f"{x:.1f}" if abs(x) >= 20 else f"{x:.2f}"


def machine():
    with open("/proc/cpuinfo") as f:
        text = f.read()
    model = re.search(r"model name\s*:\s*(.*)", text)
    mhz = re.search(r"cpu MHz\s*:\s*(.*)", text)
    load = os.getloadavg()
    return (f"{os.cpu_count()} x {model.group(1).strip() if model else platform.machine()}"
            f"{f' {float(mhz.group(1)):.0f} MHz' if mhz else ''}, Linux {platform.release()}, load {load[0]:.2f}")


class Quiet:
    """Notes when a measurement begins; says at its end what else had the processors meanwhile.

    Other programs: the load average before we add to it. The host of a virtual machine: time stolen. Where
    the other thread of a core works, in this machine or beside it, nanoseconds double.
    """

    STOLEN = 0.02

    def __init__(self):
        self.load, self.start = os.getloadavg()[0], self.times()

    @staticmethod
    def times():
        with open("/proc/stat") as f:
            ticks = [int(x) for x in f.readline().split()[1:]]
        return ticks[7], sum(ticks[:8])  # steal, all

    def stolen(self):
        steal, every = (b - a for a, b in zip(self.start, self.times()))
        return steal / every if every else 0.0

    def broken(self):
        """What disturbed, in words; empty if nothing did."""
        said = [f"load average {self.load:.1f} before we began"] if self.load > 0.5 * (os.cpu_count() or 1) else []
        if self.stolen() > self.STOLEN:
            said.append(f"{self.stolen():.0%} of processor time taken by the host")
        return ", ".join(said)


def commit():
    p = subprocess.run(["git", "-c", "safe.directory=*", "describe", "--always", "--dirty"], capture_output=True, text=True,
                       cwd=os.path.dirname(os.path.abspath(__file__)))
    return p.stdout.strip() or "unknown"


def report(where, results, disturbed=""):
    """The contract of docs/design.md, section 2, and a little more."""
    out = {"machine": where, "disturbed": disturbed, "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
           "commit": commit(), "results": [{k: v for k, v in dataclasses.asdict(r).items() if v is not None} for r in results]}
    return json.dumps(out, indent=1)
