# SPDX-License-Identifier: BSD-2-Clause
"""docs/first-hour.md is played: every command in it is typed as it stands, the answers must be those printed there.

A block of the document is played line by line. A line with a prompt is typed into twinwire at just that prompt; what
is printed below it must come, where `...` stands for anything (a whole line of it: for any lines). Dates, MAC addresses
and numbers of five digits or more may differ, a display may take a while to say so. Lines that begin with one of SHELL
are for a shell; `# the line behind "X:"` is the one that the lab printed with its hints.
"""
import pathlib
import re
import signal
import subprocess
import time

import pytest

import topology
from checks import Checks
from engine import Engine
from frr_asymmetric import Scenario
from person import Person
from topology import run, wait_until

DOCUMENT = topology.ROOT / "docs/first-hour.md"
LAB = "./run lab frr-asymmetric --only story --keep"
OWN = "Your own PE"
PROMPT = re.compile(r"(<[\w-]+>|\[[~*][\w/.-]+\])(.*)$")
QUESTION = re.compile(r"(.*\[Y/N\]:?)(.*)$")
SHELL = ("./run ", "build/twinwire ", "ip ", "kill ", "# the line behind ")
SECONDS = 30
SAME = ((r"\d{4}[/-]\d\d[/-]\d\d \d\d:\d\d:\d\d(\.\d+)?", "DATE"), (r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", "MAC"),
        (r"\b\d{5,}\b", "N"), (r" +", " "))


def blocks(text):
    """[(section, [line of the block])] of indented blocks."""
    section, now, out = "", None, []
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        if line.startswith("    "):
            if now is None:
                now = []
                out.append((section, now))
            now.append(line[4:])
        elif line or now is None:
            now = None
        else:
            now.append("")
    return [(section, "\n".join(lines).rstrip("\n").split("\n")) for section, lines in out]


def steps(lines):
    """[(prompt, command, [line of the answer])]; prompt None: for the shell."""
    out = []
    for line in lines:
        m = PROMPT.match(line)
        if m:
            out.append((m[1], m[2], []))
        elif line.startswith(SHELL):
            out.append((None, line, []))
        elif out:
            out[-1][2].append(line)
    return [(prompt, command, "\n".join(answer).rstrip("\n").split("\n") if any(answer) else [])
            for prompt, command, answer in out]


def stable(line):
    for pattern, word in SAME:
        line = re.sub(pattern, word, line)
    return line.rstrip()


def fits(want, got):
    """Is this the answer that the document shows?"""
    pattern = ""
    for line in want:
        pattern += (r"(?:.*\n)*?" if line.strip() == "..." else
                    ".*".join(map(re.escape, stable(line).split("..."))) + r"\n")
    return re.fullmatch(pattern, "".join(stable(line) + "\n" for line in got)) is not None


def test_fits():
    got = ["a  1", "b 2026-11-23 01:02:03.456", "c 1000000036"]
    assert fits(["a 1", "b 2025/01/01 00:00:00", "c 262144"], got)
    assert fits(["...", "c 1000000000"], got) and fits(["a...", "..."], got) and fits(["..."], [])
    assert not fits(["a 2", "..."], got) and not fits(["a 1"], got) and not fits(["a 1", "c 1000000036"], got)


class Reader:
    """Somebody who does what the document says, at one terminal per PE and a shell."""

    def __init__(self, lab, hints, home):
        self.lab, self.hints, self.home = lab, hints, home
        self.people, self.pings = {}, []

    def sit(self, name, run_dir):
        """An engine that was just started may need a moment."""
        ask = (topology.BUILD / "twinwire", "--run-dir", run_dir, "-c", "display version")
        wait_until("an engine to answer", lambda: run(*ask, check=False).returncode == 0)
        self.people[name] = Person(run_dir, rows=100, cols=500, home=self.home)     # no line is folded, no page full
        self.people[name].until(lambda: PROMPT.match(self.people[name].line()), "a prompt")

    def close(self):
        for p in self.people.values():
            p.close()
        self.stop_ping()

    def stop_ping(self):
        if self.pings and self.pings[-1].poll() is None:
            self.pings[-1].send_signal(signal.SIGINT)
            self.pings[-1].wait(20)

    def pinged(self, i):
        """(packets sent, answered) of the i-th ping."""
        said = (self.home / f"ping{i}").read_text()[-300:]
        return tuple(map(int, re.search(r"(\d+) packets transmitted, (\d+) received", said).groups()))

    # ---- at the CLI

    @staticmethod
    def height(person):
        """Rows above the cursor, those that left the screen included."""
        return len(person.screen.history.top) + person.screen.cursor.y

    def ready(self, person, since):
        return self.height(person) > since and (PROMPT.fullmatch(person.line()) or QUESTION.fullmatch(person.line()))

    def type(self, person, command, answers):
        since = self.height(person)
        person.type(command + "\n")
        person.until(lambda: self.ready(person, since), f"the end of {command!r}", SECONDS)
        asked = QUESTION.fullmatch(person.line())
        if asked:
            answer = next((m[2] for m in map(QUESTION.fullmatch, answers) if m and m[1] == asked[1]), None)
            assert answer, f"{command!r}: a question that the document does not show: {asked[1]}"
            at = self.height(person)
            person.type(answer + "\n")
            person.until(lambda: self.ready(person, at), f"the end of {command!r}", SECONDS)
        return person.text().split("\n")[since + 1:self.height(person)]

    def say(self, name, prompt, command, want):
        person = self.people[name]
        person.at(prompt, SECONDS)
        if not command:
            return
        end = time.monotonic() + SECONDS * topology.SLOW
        while True:
            got = self.type(person, command, want)
            if fits(want, got):
                return
            # what changes nothing may be asked again, until what goes on in the network has come about
            assert command.startswith("display") and time.monotonic() < end, \
                "\n".join([f"{prompt}{command}", "---- the document:", *want, "---- the engine:", *got, "---- and why:",
                           *self.type(person, "display mpls l2vpn diagnose", [])])
            time.sleep(0.3)

    # ---- at the shell

    def shell(self, line):
        hint = re.fullmatch(r'# the line behind "(.*)"', line)
        if hint:
            line = next(h.split(hint[1], 1)[1].strip() for h in self.hints.splitlines()
                        if h.strip().startswith(hint[1]))
        line = line.replace("/var/lib/twinwire-lab/tw1/", f"{self.lab.dir}/").replace("tw1-", f"tw{self.lab.id}-")
        if line.startswith("build/twinwire "):
            run_dir = line.split("--run-dir ")[1]
            self.sit(pathlib.Path(run_dir).name.upper(), run_dir)
        elif " ping " in line:
            self.stop_ping()
            with open(self.home / f"ping{len(self.pings)}", "wb") as out:
                self.pings.append(subprocess.Popen(line.split(), stdout=out))
        elif line.endswith("&"):
            with open(self.lab.dir / "shell.log", "ab") as log:
                p = subprocess.Popen(line[:-1].split(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                     start_new_session=True)
            (self.lab.dir / "again.pid").write_text(str(p.pid))    # goes with the lab
        elif not line.startswith("./run "):
            run("bash", "-c", line)

    def play(self, lines, name=None):
        """name: whose prompt it is; None: the prompt says it."""
        for prompt, command, want in steps(lines):
            if prompt:
                self.say(name or re.match(r"\W+(\w+)", prompt)[1], prompt, command, want)
            else:
                self.shell(command)


@pytest.fixture
def lab():
    lab = topology.Lab()
    try:
        yield lab
    finally:
        lab.down()


def test_the_lab_of_the_document(lab, tmp_path):
    text = DOCUMENT.read_text()
    assert f"\n    {LAB}\n" in text
    scenario = Scenario(lab, Checks())
    scenario.only = ["story"]
    scenario.build()
    scenario.play()
    reader = Reader(lab, scenario.hints(), tmp_path)
    try:
        for section, lines in blocks(text):
            if OWN not in section:
                reader.play(lines)
    finally:
        reader.close()
    sent, got = reader.pinged(0)
    assert sent > 100 and got > 50, f"{got} of {sent}"


def test_your_own_pe(lab, tmp_path):
    lab.node("own", "far")
    lab.link("own", "eth1", "far", "near1")
    lab.link("own", "eth2", "far", "near2")
    engine = Engine(lab, "own", "", "GigabitEthernet0/1/0 eth1\nGigabitEthernet0/2/0 eth2\n").start()
    reader = Reader(lab, "", tmp_path)
    try:
        reader.sit("own", engine.run_dir)
        mine = [lines for section, lines in blocks(DOCUMENT.read_text()) if OWN in section and PROMPT.match(lines[0])]
        assert mine
        for lines in mine:
            reader.play(lines, "own")
        assert "mpls static-l2vc" in engine.cfg.read_text()
    finally:
        reader.close()
        engine.stop()
