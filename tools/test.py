#!/usr/bin/env python3
"""Runs the test groups and ends with one line: N passed, N failed, N skipped.

A group is a function that yields (name, outcome, detail). A missing package is a failure, never a
skip; a skip needs a reason that stands in tests/skips (a missing kernel feature).
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parent.parent
PY = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
SKIPS = [s.strip() for s in (ROOT / "tests/skips").read_text().splitlines() if s.strip() and not s.startswith("#")]
FUZZ_SECONDS = 20
QEMU_SECONDS = 2400
STORMS = 10
SANITIZERS = ["-Db_sanitize=address,undefined", "-Db_lundef=false"]


def run(cmd, timeout=1800, env=None, cwd=ROOT):
    """Output and exit code; a command that hangs is killed and counts as failed."""
    full = dict(os.environ, **(env or {}))
    try:
        p = subprocess.run(cmd, cwd=cwd, env=full, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           errors="replace", timeout=timeout, stdin=subprocess.DEVNULL)
        return p.returncode, p.stdout
    except subprocess.TimeoutExpired as e:
        return 124, (e.stdout.decode(errors="replace") if isinstance(e.stdout, bytes) else e.stdout or "") + "\ntimed out"


def build(directory, options=(), env=None, targets=()):
    """Configures (once) and builds; outcome as one test."""
    path = ROOT / directory
    if not (path / "build.ninja").exists():
        rc, out = run(["meson", "setup", *options, str(path)], env=env)
        if rc:
            return (f"build {directory}", "failed", out)
    rc, out = run(["ninja", "-C", str(path), "--quiet", *targets])
    return (f"build {directory}", "failed" if rc else "passed", out if rc else "")


def meson_tests(directory, suites, env=None, timeout=4, without=()):
    """Each meson test of the suites as one result."""
    log = ROOT / directory / "meson-logs/testlog.json"
    log.unlink(missing_ok=True)
    cmd = ["meson", "test", "-C", directory, "--no-rebuild", "-t", str(timeout)]
    for s in suites:
        cmd += ["--suite", s]
    for s in without:
        cmd += ["--no-suite", s]
    rc, out = run(cmd, env=env)
    if not log.exists():
        yield (f"{directory} {' '.join(suites)}", "failed", out)
        return
    seen = 0
    for line in log.read_text().splitlines():
        t = json.loads(line)
        seen += 1
        result = {"OK": "passed", "SKIP": "skipped"}.get(t["result"], "failed")
        yield (f"{directory}: {t['name']}", result, (t.get("stdout") or "") + (t.get("stderr") or ""))
    if not seen:
        yield (f"{directory} {' '.join(suites)}", "failed", "no test ran\n" + out)


def pytests(path, timeout=1800):
    """Each pytest function as one result."""
    with tempfile.TemporaryDirectory() as d:
        xml = f"{d}/r.xml"
        rc, out = run([PY, "-m", "pytest", "-q", "-x" if os.environ.get("TW_FIRST") else "-q", "-p", "no:cacheprovider",
                       f"--junitxml={xml}", path], timeout=timeout)
        if not os.path.exists(xml):
            yield (path, "failed", out)
            return
        cases = list(ET.parse(xml).getroot().iter("testcase"))
        for c in cases:
            bad = c.find("failure") if c.find("failure") is not None else c.find("error")
            skip = c.find("skipped")
            where = c.get("classname").replace(".", "/") + ".py" if c.get("classname") else path	# none: not collected
            name = f"{where}: {c.get('name')}"
            if bad is not None:
                yield (name, "failed", bad.text or "")
            elif skip is not None:
                yield (name, "skipped", skip.get("message") or "")
            else:
                yield (name, "passed", "")
        if not cases:
            yield (path, "failed", "no test ran\n" + out)


def group_build():
    yield build("build")
    yield build("build-clang", env={"CC": "clang"})
    for script in ("arrows.py",):
        rc, out = run([PY, f"tests/{script}"])
        yield (f"tests/{script}", "failed" if rc else "passed", out)
    rc, out = run(["grep", "-nE", r"[[:space:]]+$", "-r", "src", "bpf", "--include=*.[ch]"])
    yield ("no trailing blanks", "passed" if rc == 1 else "failed", out)


def group_unit():
    yield build("build")
    yield from meson_tests("build", ["unit"], without=["golden"])
    yield build("build-asan", SANITIZERS)
    yield from meson_tests("build-asan", ["unit"], env={"ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"})


def group_bpf():
    yield build("build")
    yield from meson_tests("build", ["bpf"])


def group_golden():
    yield build("build")
    yield from meson_tests("build", ["golden"])


def group_kernel():
    yield build("build")
    yield from meson_tests("build", ["kernel"])


def group_fuzz(seconds=FUZZ_SECONDS):
    yield build("build-fuzz", ["-Dfuzz=true", "-Db_sanitize=address,undefined", "-Db_lundef=false"], env={"CC": "clang"},
                targets=["fuzzers"])
    targets = sorted(p for p in (ROOT / "build-fuzz/tests/fuzz").glob("fuzz_*") if p.is_file() and os.access(p, os.X_OK))
    if not targets:
        yield ("fuzz", "failed", "no fuzz target was built")
    for t in targets:
        corpus = ROOT / "tests/fuzz/corpus" / t.name[len("fuzz_"):]
        with tempfile.TemporaryDirectory() as d:
            rc, out = run([str(t), f"-max_total_time={seconds}", "-timeout=5", "-rss_limit_mb=2048", "-print_final_stats=1",
                           f"-artifact_prefix={ROOT}/build-fuzz/", d, str(corpus)], timeout=seconds + 120, cwd=d)
        yield (f"fuzz: {t.name}", "failed" if rc else "passed", out[-4000:] if rc else "")


def group_topo():
    yield build("build")
    yield build("build-faults", ["-Dfaults=true"], targets=["twinwired", "twinwire"])
    yield from pytests("tests/topo")


def group_interop():
    yield build("build")
    yield from pytests("tests/interop")


def group_container():
    yield from pytests("tests/container", timeout=1800)


def group_inside():
    """Runs inside the emulated machine, of what is built already: the root is read-only there."""
    if not os.environ.get("TW_QEMU"):
        yield ("inside", "failed", "this group is run by the group qemu")
        return
    for test in sorted((ROOT / "build/tests/bpf").glob("test_bpf_*")):
        if test.is_file():
            yield from cmocka(test)
    yield from pytests("tests/qemu")
    yield from pytests("tests/topo/test_transparency.py")


def cmocka(program):
    """Each test of a cmocka program as one result."""
    rc, out = run([str(program)], timeout=600)
    found = re.findall(r"^\[ +(OK|FAILED|SKIPPED) +\] (\w.*)$", out.split("[==========]", 2)[1], re.M) if "[=====" in out else []
    for result, name in found:
        outcome = {"OK": "passed", "SKIPPED": "skipped"}.get(result, "failed")
        yield (f"{program.name}: {name}", outcome, out if outcome != "passed" else "")
    if not found or rc and not any(result == "FAILED" for result, _ in found):
        yield (program.name, "failed", f"exit {rc}\n{out}")


def group_qemu():
    """The same tests on Debian's own kernel, 6.1: clsact, jumbo frames by tc, adoption; each result is one here too."""
    yield build("build")
    p = subprocess.Popen([PY, "tests/qemu/vm.py", PY, "tools/test.py", "inside"], cwd=ROOT, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    watch = threading.Timer(QEMU_SECONDS, p.terminate)
    watch.start()
    last, seen, ended, rest = None, 0, False, []
    for line in p.stdout:
        line = line.rstrip("\n")
        result = re.match(r"(ok  |FAILED|SKIPPED) (.+)", line)
        if result or not line.startswith("    "):
            if last:
                yield last
            last = None
        if result:
            last = (f"qemu: {result[2]}", {"ok  ": "passed", "FAILED": "failed"}.get(result[1], "skipped"), "")
            seen += 1
        elif last:
            last = (*last[:2], last[2] + line[4:] + "\n")
        else:
            rest.append(line)
            ended = ended or re.match(r"\d+ passed, \d+ failed", line)
    watch.cancel()
    if last:
        yield last
    if p.wait() and not seen or not ended:
        yield ("qemu", "failed", "the machine did not come to the end of its tests\n" + "\n".join(rest))


GROUPS = {"build": group_build, "unit": group_unit, "bpf": group_bpf, "kernel": group_kernel, "golden": group_golden,
          "fuzz": group_fuzz, "topo": group_topo, "interop": group_interop}


def storms(times):
    """512 circuits while everything fails and recovers, with sanitizers; each time other choices, whose seed is printed."""
    yield build("build-asan", SANITIZERS)
    env = {"TW_BUILD": str(ROOT / "build-asan"), "ASAN_OPTIONS": "detect_leaks=0", "UBSAN_OPTIONS": "print_stacktrace=1"}
    for i in range(times):
        rc, out = run([PY, "lab/run.py", "storm"], env=env, timeout=900)
        seed = re.search(r"--seed \d+", out)
        if rc:
            (ROOT / f"build/storm-{i + 1}.txt").write_text(out)     # longer than what is printed of it
        yield (f"storm with sanitizers, {i + 1} of {times}" + (f", {seed[0]}" if seed else ""), "failed" if rc else "passed", out)


def group_long():
    yield build("build")
    yield from meson_tests("build", ["long"])
    os.environ["TW_KILLS"] = "all"
    yield from pytests("tests/topo/test_kill.py", timeout=2400)
    yield from storms(STORMS)
    yield from group_fuzz(300)
    yield from group_container()
    yield from group_qemu()


def told(what, outcome, detail, results):
    """Counts a result and prints it."""
    if outcome == "skipped" and not any(s in detail for s in SKIPS):
        outcome, detail = "failed", f"skipped without a reason from tests/skips: {detail}"
    results.append((outcome, what))
    print(f"{'ok  ' if outcome == 'passed' else outcome.upper()} {what}", flush=True)
    if outcome == "failed":
        print("\n".join("    " + line for line in detail.splitlines()[-60:]), flush=True)
    elif outcome == "skipped":
        print("    " + detail.strip().splitlines()[-1], flush=True)


def covered(results):
    """Whether all that docs/rfc-coverage.md names was among what ran, as one test."""
    path = ROOT / "build/test-results.txt"
    path.write_text("".join(f"{outcome}\t{what}\n" for outcome, what in results))
    rc, out = run([PY, "tests/rfc_coverage.py", str(path)])
    return ("docs/rfc-coverage.md: what it names ran", "failed" if rc else "passed", out)


def main(argv):
    names = argv or list(GROUPS)
    table = dict(GROUPS, long=group_long, container=group_container, qemu=group_qemu, inside=group_inside)
    unknown = [n for n in names if n not in table]
    if unknown:
        print(f"./run test: no group {unknown[0]}; there are: {' '.join(table)}")
        return 1
    results = []
    for name in names:
        start = time.monotonic()
        print(f"== {name}", flush=True)
        for result in table[name]():
            told(*result, results)
        print(f"   {name}: {time.monotonic() - start:.0f} s", flush=True)
    if set(GROUPS) <= set(names):
        told(*covered(results), results)
    count = {outcome: sum(r[0] == outcome for r in results) for outcome in ("passed", "failed", "skipped")}
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
