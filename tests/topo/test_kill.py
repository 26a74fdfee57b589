# SPDX-License-Identifier: BSD-2-Clause
"""kill -9 at chosen points of commit and save, in an engine that forwards; and disks that are full.

An operator commits, saves, rolls back; the engine, built with its fault points (src/sys/file.h), dies at the n-th
of them: before, in the middle of and behind each write, sync and rename of the journal, of the journal
written anew, and of the saved file. What was answered is there after the restart, what was not is there or is
not, whole; so is every rollback point and the saved file. Frames cross while the engine is dead and after.

200 of the points with TW_KILLS=all (`./run test long`), else a tenth of them that changes from day to day.
"""
import os
import re
import shutil
import subprocess
import time

import pytest

from engine import Engine
from session import Lost, Session
from test_ports import PORTS, Pair, config
from topology import GROUP, ROOT, USER, run, wait_until

POINTS = 200
FAULTS = ROOT / "build-faults"
MANY, MORE = 250, 1500  # interfaces of a larger commit; of one that is written in several parts


@pytest.fixture(scope="module", autouse=True)
def faults():
    if not (FAULTS / "build.ninja").exists():
        run("meson", "setup", FAULTS, "-Dfaults=true")
    run("ninja", "-C", FAULTS, "--quiet", "twinwired", "twinwire")


def interfaces(n, text):
    return "".join(f"interface eth{i}\n description {text} {i} {'x' * 200}\n#\n" for i in range(n))


def answers(engine):
    def get():
        try:
            return Session(engine.run_dir / "cli.sock")
        except Lost:
            return None
    return wait_until("the engine to answer", get)


class Scene:
    """Two PEs that carry a circuit; the first has the fault points and an operator."""

    def __init__(self, lab):
        self.lab, self.pair = lab, Pair(lab)
        self.fault = lab.dir / "fault"
        self.saved = lab.dir / "saved" / "saved.cfg"
        self.saved.parent.mkdir()
        for f in (self.fault, lab.dir / "fault.count"):
            f.touch()
            os.chown(f, USER, GROUP)
        os.chown(self.saved.parent, USER, GROUP)
        self.pair.start(2)
        self.engine = self.pair.engine["pe1"] = Engine(lab, "pe1", config(1), PORTS)
        self.journal = self.engine.run_dir / "journal"
        self.files = {}
        for name, n, text in (("a", MANY, "a"), ("b", MANY, "b"), ("c", MORE, "c"), ("few", 2, "few")):
            self.files[name] = lab.dir / f"{name}.cfg"
            self.files[name].write_text(config(1, interfaces(n, text)))
            self.files[name].chmod(0o644)

    def start(self):
        os.environ["TW_FAULT"] = f"@{self.fault}"
        try:
            self.engine.start(build=FAULTS)
        finally:
            del os.environ["TW_FAULT"]

    def begin(self):
        """The state every run begins with: a start-up file, and a few commits of which one is saved."""
        self.start()
        with answers(self.engine) as s:
            for i in range(3):
                assert not self.do(s, "system-view", f"sysname BASE{i}", "commit", "return")
            assert not self.do(s, (f"save {self.saved}", "y"))
        assert self.pair.crosses()
        self.engine.stop()
        shutil.copyfile(self.journal, self.lab.dir / "journal.base")
        shutil.copyfile(self.saved, self.lab.dir / "saved.base")

    def again(self):
        if self.engine.process.poll() is None:
            self.engine.kill()
        for old in [*self.saved.parent.iterdir(), *self.engine.run_dir.glob("journal*")]:
            old.unlink()
        for frm, to in (("journal.base", self.journal), ("saved.base", self.saved)):
            shutil.copyfile(self.lab.dir / frm, to)
            os.chown(to, USER, GROUP)
        self.start()

    def arm(self, spec):
        new = self.fault.with_suffix(".new")
        new.write_text(spec)
        new.chmod(0o644)
        new.rename(self.fault)

    @staticmethod
    def do(session, *lines):
        """False when none of the lines was refused."""
        for line in lines:
            out = session.line(line) if isinstance(line, str) else session.line(*line)
            if session.failed:
                return out
        return False

    def operations(self):
        """What the operator does, each something that is answered as a whole."""
        def commit(*lines):
            return ("system-view", *lines, "commit", "return")
        save = ((f"save {self.saved}", "y"),)
        load = {name: commit(f"load {path}") for name, path in self.files.items()}
        yield from (commit("sysname ONE"), save, load["a"], save)
        yield ("clear configuration commit oldest 1",)
        for i in range(3):
            yield from (load["b"], load["a"])
        yield from (commit("sysname TWO", "interface eth9", "mtu 1600"), (("rollback configuration last 3", "y"),))
        yield from (commit("sysname THREE", f"commit label third description {'d' * 50}"), ("clear configuration commit label third",))
        yield from (load["c"], save, commit("interface eth7", "undo description"), load["few"], save)
        for i in range(6):
            yield commit(f"sysname LAST{i}")
            yield from (load["b"], save, load["few"])

    def state(self, session):
        """What runs, every rollback point with its text, and the saved file."""
        ids = re.findall(r"^\d+ +(\d{10}) ", session.line("display configuration commit list"), re.M)
        assert not session.failed
        points = {}
        for i in ids:
            points[i] = session.line(f"display configuration commit at {i}")
            assert not session.failed
        return session.line("display current-configuration"), points, self.saved.read_text()

    def play(self, states):
        """Operations answered before the engine was gone; with @states that of each is noted."""
        n = 0
        try:
            with Session(self.engine.run_dir / "cli.sock") as s:
                if states is not None:
                    states.append(self.state(s))
                for op in self.operations():
                    refused = self.do(s, *op)
                    assert not refused, refused
                    n += 1
                    if states is not None:
                        states.append(self.state(s))
        except Lost:
            assert states is None
        return n


@pytest.fixture(scope="module")
def scene():
    import topology
    lab = topology.Lab()
    try:
        made = Scene(lab)
        made.begin()
        yield made
    finally:
        for e in made.pair.engine.values():
            if e.process and e.process.poll() is None:
                e.kill()
        lab.down()


@pytest.fixture(scope="module")
def whole(scene):
    """The run in which nothing happens: its states, and how many points it passes."""
    states = []
    scene.again()
    scene.play(states)
    scene.again()
    scene.arm("*:0:count")
    n = scene.play(None)
    assert n + 1 == len(states)
    time.sleep(0.5)  # what is written in the background is written
    return states, int((scene.lab.dir / "fault.count").read_text())


def chosen(total):
    """Numbers of passes, evenly over the whole run."""
    points = [1 + i * total // POINTS for i in range(POINTS)]
    tenth = int(time.time()) // 86400 % 10
    return points if os.environ.get("TW_KILLS") == "all" else points[tenth::10]


def check(scene, states, answered, where):
    """After the restart: the state of an operation, never one between."""
    with answers(scene.engine) as s:
        running, points, saved = scene.state(s)
    allowed = states[answered:answered + 2]
    assert running in [a[0] for a in allowed], f"{where}: after {answered} operations this runs:\n{running[:2000]}"
    assert saved in [a[2] for a in allowed], f"{where}: the saved file is neither old nor new: {saved[:500]}"
    match = [a[1] for a in allowed if a[1].keys() == points.keys()]
    assert match, f"{where}: points {sorted(points)}, wanted {[sorted(a[1]) for a in allowed]}"
    assert points in match, f"{where}: a rollback point is not what it was"
    assert [running == a[0] for a in allowed if a[1] == points].count(True), f"{where}: what runs is not the newest point's"


def test_killed_at_any_point_the_state_is_whole(scene, whole):
    states, total = whole
    assert total > POINTS, f"the run passes only {total} points"
    for point in chosen(total):
        where = f"killed at pass {point} of {total}"
        scene.arm("*:0:0")
        scene.again()
        scene.arm(f"*:{point}:die")
        answered = scene.play(None)
        try:
            scene.engine.process.wait(10)  # it may be at the journal written anew, which nobody waits for
        except subprocess.TimeoutExpired:
            pytest.fail(f"{where}: it did not die")
        assert scene.pair.crosses(0) or scene.pair.crosses(0), f"{where}: a frame was lost while no engine ran"
        scene.arm("*:0:0")
        scene.start()
        check(scene, states, answered, where)
        assert scene.pair.crosses(0) or scene.pair.crosses(0), f"{where}: a frame was lost after the restart"
        left = [p.name for p in scene.engine.run_dir.glob("journal*") if p.name not in ("journal", "journal.new")]
        assert not left, f"{where}: {left}"


# ---- full disks --------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(scene):
    """A file system of 300 KiB."""
    at = scene.lab.dir / "small"
    at.mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", at)
    os.chown(at, USER, GROUP)
    yield at
    run("umount", "-l", at)


def test_a_full_disk_at_save_leaves_the_old_file(scene, small_disk):
    scene.arm("*:0:0")
    scene.again()
    file = small_disk / "saved.cfg"
    with answers(scene.engine) as s:
        assert not scene.do(s, (f"save {file}", "y"))
        old = file.read_text()
        assert old.endswith("return\n")
        assert not scene.do(s, "system-view", f"load {scene.files['c']}", "commit", "return")
        out = s.line(f"save {file}", "y")
        assert s.failed and "is full; an old file is unchanged" in out, out
        assert file.read_text() == old
        assert [p.name for p in small_disk.iterdir()] == ["saved.cfg"]


def test_a_full_disk_at_the_journal_refuses_the_commit(scene, small_disk):
    scene.again()
    scene.engine.stop()
    run_dir, scene.engine.run_dir = scene.engine.run_dir, small_disk
    try:
        scene.engine.start(build=FAULTS)
        with answers(scene.engine) as s:
            assert not scene.do(s, "system-view", "sysname SMALL", "commit")
            journal = (small_disk / "journal").read_bytes()
            assert not scene.do(s, f"load {scene.files['c']}")
            before = s.line("display configuration candidate")
            out = s.line("commit")
            assert s.failed and "the disk that holds the journal" in out and "is full" in out, out
            assert s.prompt == "[*SMALL]"
            assert s.line("display configuration candidate") == before
            assert (small_disk / "journal").read_bytes() == journal
            assert not scene.do(s, "clear configuration candidate", "sysname AGAIN", "commit")
        scene.engine.kill()
        scene.engine.start(build=FAULTS)
        with answers(scene.engine) as s:
            assert s.prompt == "<AGAIN>"
            assert not scene.do(s, "system-view", "sysname MORE", "commit")
        scene.engine.kill()
    finally:
        scene.engine.run_dir = run_dir
