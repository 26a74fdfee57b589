#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""./run bench [WHAT] [--json FILE] [--quick]: measures, prints a table, exits 1 if a bar is missed.

WHAT is one of the table below, all of them without. Exit 2: a measurement could not
be made, or missed a bar while other work was running.
"""
import argparse
import signal
import sys
import time

import commit
import failover
import forward
import measure
import signalling
import topology

BENCHES = {"forward": forward, "commit": commit, "signal": signalling, "failover": failover}  # a module with BARS = {name: Bar} and run(quick) -> [Result]


def stop(signum, _frame):
    sys.exit(128 + signum)  # an exception, so that what was built is taken down


def main():
    p = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    p.add_argument("what", nargs="?", choices=sorted(BENCHES))
    p.add_argument("--json", metavar="FILE", help="write the results there")
    p.add_argument("--quick", action="store_true", help="fewer rounds: under a minute")
    args = p.parse_args()
    signal.signal(signal.SIGTERM, stop)
    where, quiet, results, bars, start = measure.machine(), measure.Quiet(), [], {}, time.monotonic()
    print(f"{where}, commit {measure.commit()}", flush=True)
    for name in [args.what] if args.what else BENCHES:
        bars.update(BENCHES[name].BARS)
        try:
            results += BENCHES[name].run(args.quick)
        except (measure.Void, topology.Broken) as why:
            print(f"measurement void: {why}", file=sys.stderr)
            return 2
    print(measure.table(results, bars))
    missing = bars.keys() - {r.name for r in results}
    missed = [r.name for r in results if r.name in bars and not bars[r.name].holds(r)]
    if args.json:
        with open(args.json, "w") as f:
            f.write(measure.report(where, results, quiet.broken()) + "\n")
    print(f"{len(results)} results in {time.monotonic() - start:.0f} s, {len(bars) - len(missing) - len(missed)} bars held, "
          f"{len(missed)} missed{': ' + ', '.join(missed) if missed else ''}"
          f"{'; not measured: ' + ', '.join(sorted(missing)) if missing else ''}")
    if quiet.broken():
        print(f"disturbed: {quiet.broken()}")
    if missed and quiet.broken():
        print("measurement void: beside other work a miss says nothing", file=sys.stderr)
        return 2
    return 1 if missed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
