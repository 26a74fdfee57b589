#!/usr/bin/env python3
"""Holds docs/rfc-coverage.md against the tests.

Every row of a table there has a section, an obligation and what shows it: names of tests in backticks, or "not done:"
and why. A name is
	unit:ROOM-WHAT/FUNCTION      registered in tests/unit/ROOM/test_WHAT.c (tests/bpf/test_WHAT.c of room bpf)
	interop:FILE.py::FUNCTION    in tests/interop (topo: in tests/topo)
	fuzz:TARGET                  tests/fuzz/TARGET.c
Without an argument it checks that all of them exist. With the results of a run of tools/test.py (lines of outcome,
tab, name) it checks as well that all of them ran and passed.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEAD = ["section", "obligation", "shown by"]
NAME = re.compile(r"(?:unit:(?P<room>\w+?)-(?P<what>[\w-]+)/(?P<function>\w+)"
                  r"|(?P<group>interop|topo):(?P<file>test_\w+\.py)::(?P<test>test_\w+)"
                  r"|fuzz:(?P<target>fuzz_\w+))$")


def rows(text):
    """(line number, RFC, section, shown by) of every row, and what is wrong with the form."""
    found, wrong, rfc = [], [], None
    for number, line in enumerate(text.splitlines(), 1):
        heading = re.match(r"## RFC (\d+)", line)
        if heading:
            rfc = heading[1]
        elif line.startswith("#"):
            rfc = None
        if not rfc or not line.startswith("|"):
            continue
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if cells == HEAD or set("".join(cells)) <= set("-:"):
            continue
        if len(cells) != 3 or not all(cells):
            wrong.append(f"line {number}: a row has a section, an obligation and what shows it")
        else:
            found.append((number, rfc, cells[0], cells[2]))
    return found, wrong


def named(shown):
    """Names of tests in a cell; None if it tells why there is none."""
    if shown.startswith("not done:"):
        return None if len(shown) > len("not done: x.") else []
    return re.findall(r"`([^`]*)`", shown)


def registered(source):
    """Functions a cmocka program runs."""
    return set(re.findall(r"\b(?:cmocka_unit_test\w*|T|TWO|BOTH|ONLY_\w+)\(\s*(\w+)\s*[,)]", source))


def exists(name, root=ROOT):
    """Why a name means no test; None if it means one."""
    m = NAME.match(name)
    if not m:
        return "is no name of a test"
    if m["room"]:
        directory = root / "tests" / ("bpf" if m["room"] == "bpf" else f"unit/{m['room']}")
        path = directory / f"test_{m['what']}.c"
        if not path.exists():
            return f"there is no {path.relative_to(root)}"
        text = path.read_text()
        if m["function"] not in registered(text) or not re.search(rf"^static void {m['function']}\(void \*\*", text, re.M):
            return f"{path.relative_to(root)} does not run it"
        return None
    if m["target"]:
        return None if (root / f"tests/fuzz/{m['target']}.c").exists() else "there is no such fuzz target"
    path = root / "tests" / m["group"] / m["file"]
    if not path.exists():
        return f"there is no {path.relative_to(root)}"
    return None if re.search(rf"^def {m['test']}\(", path.read_text(), re.M) else f"{path.relative_to(root)} has no such test"


def result_name(name):
    """What tools/test.py calls the result of a test, without parameters; meson's tests of src/sys lack their room."""
    m = NAME.match(name)
    if m["room"]:
        return f"build: {m['what']}" if m["room"] == "sys" else f"build: {m['room']}-{m['what']}"
    if m["target"]:
        return f"fuzz: {m['target']}"
    return f"tests/{m['group']}/{m['file']}: {m['test']}"


def outcomes(text):
    """Outcomes of a run by name without parameters."""
    found = {}
    for line in text.splitlines():
        outcome, _, name = line.partition("\t")
        name = re.sub(r"^(\w+: ).* / ", r"\1", name.split("[")[0].strip())	# meson names project and suites first
        found.setdefault(name, set()).add(outcome)
    return found


def check(text, results=None, root=ROOT):
    """All that is wrong with a text of tables."""
    found, wrong = rows(text)
    if not found:
        wrong.append("there is no row")
    ran = outcomes(results) if results is not None else None
    for number, rfc, section, shown in found:
        names = named(shown)
        where = f"line {number}, RFC {rfc} {section}"
        if names == []:
            wrong.append(f"{where}: names no test and does not tell why")
        for name in names or []:
            why = exists(name, root)
            if why is None and ran is not None:
                got = ran.get(result_name(name), set())
                why = "did not run" if not got else None if got == {"passed"} else f"ran and {', '.join(sorted(got))}"
            if why:
                wrong.append(f"{where}: {name}: {why}")
    return wrong


def summary(text):
    found, _ = rows(text)
    open_ = sum(named(shown) is None for *_, shown in found)
    tests = {n for *_, shown in found for n in named(shown) or []}
    return f"{len(found)} obligations: {len(found) - open_} shown by {len(tests)} tests, {open_} not done"


def main(argv):
    text = (ROOT / "docs/rfc-coverage.md").read_text()
    wrong = check(text, pathlib.Path(argv[0]).read_text() if argv else None)
    print("\n".join(wrong) or summary(text))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
