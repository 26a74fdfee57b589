#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""./run lab [SCENARIO] [--json FILE] [--keep] | --down

A scenario is a module of this folder with a class Scenario: build(), play() and a text hints().
Exit: 0 every check held; 1 a check did not hold or the lab broke; 2 the measurement is void.
"""
import argparse
import importlib
import os
import pathlib
import signal
import sys
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import report  # noqa: E402
import topology  # noqa: E402
from checks import Checks, step  # noqa: E402
from traffic import Void  # noqa: E402

SCENARIOS = ("frr-asymmetric", "frr-symmetric", "static", "ldp", "ldp-frr", "master", "independent", "bypass", "storm")


def arguments():
    p = argparse.ArgumentParser(prog="./run lab", description="A network in namespaces, with traffic and faults.")
    p.add_argument("scenario", nargs="?", default=SCENARIOS[0], choices=SCENARIOS)
    p.add_argument("--json", metavar="FILE", help="write the result there")
    p.add_argument("--seconds", type=int, metavar="N", help="storm: how long it blows")
    p.add_argument("--seed", type=int, metavar="N", help="storm: the choices of the run that printed this number")
    p.add_argument("--plot", metavar="FILE.svg", help="draw frames a ms on each pseudowire around every event")
    p.add_argument("--only", metavar="ACT,...", help="play only these acts of the scenario")
    p.add_argument("--keep", action="store_true", help="leave the network running at the end and say how to use it")
    p.add_argument("--down", action="store_true", help="remove the labs that --keep left")
    return p.parse_args()


def make(args, lab, checks):
    scenario = importlib.import_module(args.scenario.replace("-", "_")).Scenario(lab, checks)
    for option in ("seconds", "seed", "plot"):
        if getattr(args, option) is not None:
            setattr(scenario, option, getattr(args, option))
    if args.only:
        scenario.only = args.only.split(",")
        strange = set(scenario.only) - set(getattr(scenario, "acts", ()))
        if strange:
            raise topology.Broken(f"no act {', '.join(strange)}; there are: {', '.join(getattr(scenario, 'acts', ())) or 'none'}")
    if args.plot and not hasattr(scenario, "write_plot"):
        raise topology.Broken("nothing to draw: this scenario has no traffic")
    return scenario


def finish(name, rows, checks, void, json_file):
    print()
    if rows:
        print(report.table(rows))
    wrong = [c for c in checks.list if not c["ok"]]
    for c in wrong:
        print(f"WRONG: {c['name']}: {c['detail']}")
    ok = checks.ok and not void
    if void:
        print(f"measurement void: {void}")
    print(f"lab {name}: {len(checks.list) - len(wrong)} of {len(checks.list)} checks held" + ("" if ok else ", FAILED"))
    if json_file:
        report.write(json_file, report.record(name, ok, rows, checks.list))
    return 2 if void else 0 if ok else 1


def main():
    args = arguments()
    if os.geteuid():
        sys.exit("This makes network namespaces and loads eBPF; run it as root:  sudo ./run lab")
    if args.down:
        print(f"{topology.remove_all()} labs removed")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    checks, rows, void, scenario = Checks(), [], None, None
    lab = topology.Lab()
    step(f"lab {args.scenario}: namespaces tw{lab.id}-*, files in {lab.dir}")
    try:
        scenario = make(args, lab, checks)
        scenario.build()
        rows = scenario.play()
        if args.plot:
            scenario.write_plot(f"./run lab {args.scenario}", rows)
    except Void as e:
        void = str(e)
    except topology.Broken as e:
        checks.add("the lab itself", False, str(e))
    except Exception as e:  # told as a failed check, so that --json says it too
        traceback.print_exc()
        checks.add("the lab itself", False, repr(e))
    finally:
        rc = finish(args.scenario, rows, checks, void, args.json)
        if args.keep:
            lab.keep()
            print(scenario.hints() if scenario else f"kept half built; logs in {lab.dir}; ./run lab --down removes it")
        else:
            lab.down()
    return rc


if __name__ == "__main__":
    sys.exit(main())
