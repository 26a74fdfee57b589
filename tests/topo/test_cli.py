# SPDX-License-Identifier: BSD-2-Clause
"""Sessions as a person types them: the program twinwire on a pty, a real engine in a namespace."""
import os
import pathlib
import pwd
import random
import re
import signal
import socket
import stat
import subprocess

import pytest

import topology
from engine import Engine
from person import Person
from topology import alive, wait_until

MORE = "  ---- More ----"
QUESTION = "Warning: Uncommitted configurations found, commit them before exiting? [Y(yes)/N(no)/C(cancel)]:"
PORTS = 60
UP, DOWN, LEFT, CTRL_C, CTRL_D, CTRL_N, CTRL_P, CTRL_U, CTRL_Z = (
    "\x1b[A", "\x1b[B", "\x1b[D", "\x03", "\x04", "\x0e", "\x10", "\x15", "\x1a")


def configuration():
    lines = ["sysname PE1", "#", "mpls lsr-id 1.1.1.1", "#", "mpls", "#", "mpls l2vpn", "#"]
    for i in range(PORTS):
        lines += [f"interface eth{i}", f" description port number {i}", "#"]
    return "\n".join(lines + ["return", ""])


@pytest.fixture(scope="module")
def pe():
    lab = topology.Lab()
    try:
        lab.node("pe1")
        lab.node("far")
        lab.link("pe1", "core", "far", "back")
        lab.ip("pe1", "addr", "add", "10.9.0.1/24", "dev", "core")
        lab.ip("far", "addr", "add", "10.9.0.2/24", "dev", "back")
        engine = Engine(lab, "pe1", configuration(), "GigabitEthernet0/1/0 core\n").start()
        yield engine
        if engine.process.poll() is None:
            engine.stop()
    finally:
        lab.down()


@pytest.fixture
def sit(pe, tmp_path):
    """Somebody sits down at a terminal; called several times, several people."""
    people = []

    def start(*args, prompt="<PE1>", **how):
        how.setdefault("home", tmp_path)
        people.append(Person(pe.run_dir, *args, **how))
        return people[-1].at(prompt) if prompt else people[-1]
    yield start
    for p in people:
        p.close()


def running(pe):
    return pe.cli("display current-configuration")


# ---- the line ----------------------------------------------------------------------------------------


def test_first_line_and_abbreviations(sit):
    p = sit()
    assert re.fullmatch(r"twinwire \S+ on \S+: type \? for commands, system-view to configure\.", p.rows()[0])
    p.type("sys\n")
    p.sees("Enter system view, return user view with return command.").at("[~PE1]")
    p.type("INT gigabit 0/1/0\n")
    p.at("[*PE1-GigabitEthernet0/1/0]")
    p.type("q\n")
    p.at("[*PE1]")
    p.type("cl conf cand\n")
    p.at("[~PE1]")
    p.type("show\n")
    p.sees("\n      ^\nError: Unrecognized command found at '^' position.\n", "in VRP: display / quit / system-view")
    p.at("[~PE1]")
    p.type("q\n")
    p.at("<PE1>")
    p.type("q\n")
    assert p.leaves() == 0


def test_help(sit):
    p = sit()
    p.type("?")
    p.sees("<PE1>?\n", "  system-view  ", "  display  ", "  ping  ").at("<PE1>")
    p.type("di?")
    p.sees("<PE1>di?\n  display\n").at("<PE1>di")
    p.type("splay v?")
    p.sees("\n  version\n").at("<PE1>display v")
    p.type(CTRL_U + "display mpls static-l2vc ?")
    p.sees("  INTEGER<1-4294967295>  Number of the pseudowire\n", "  brief                  One line each\n",
           "  <cr>                   ")
    p.at("<PE1>display mpls static-l2vc")
    assert p.column() == len("<PE1>display mpls static-l2vc ")
    p.type(CTRL_U + "display zzz ?")
    p.sees("<PE1>display zzz ?\n             ^\nError: Unrecognized command found at '^' position.\n")
    p.at("<PE1>display zzz")
    # in the middle of a line: of what stands before the cursor; then the line as it was, and the cursor
    p.type(CTRL_U + "display ver brief" + LEFT * 6 + "?")
    p.sees("<PE1>display ver brief\n  version\n")
    p.until(lambda: p.line() == "<PE1>display ver brief" and p.column() == len("<PE1>display ver"), "the cursor back")
    p.type("\x0b\n")
    p.sees("twinwire version").at("<PE1>")


def test_help_key_in_filters_and_quotes(sit):
    p = sit()
    p.type("display version | ?")
    p.sees("  include      Print the lines that match\n", "  no-more  ")
    p.type("in?")
    p.sees("\n  include\n").at("<PE1>display version | in")
    p.type(" ?")
    p.sees("  STRING<1-3000>  Regular expression\n")
    p.type("\"a ?")
    p.sees("  <cr>  Press Enter to run the command\n").at("<PE1>display version | in \"a")


def test_help_has_pages_too(sit):
    p = sit()
    p.do("screen-length 5 temporary")
    p.type("display ?")
    p.at(MORE)
    p.type(CTRL_C)
    p.until(lambda: p.line() == "<PE1>display" and p.column() == len("<PE1>display "), "the line again")
    p.type("version | count\n")
    p.sees("Total lines: ").at("<PE1>")
    p.type("display ?")
    p.at(MORE)
    p.type("/version\n")
    p.sees("\n  version  ").at("<PE1>display")


def test_keys_of_the_line(sit):
    p = sit()
    p.type("isplay version" + "\x1b[H" + "d" + "\x1b[F" + "x" + LEFT + "\x1b[3~" + "\x01" + "  " + "\x05" + "\x17" + "lsp")
    p.at("<PE1>  display lsp")
    p.type("\x01\x0b")
    p.at("<PE1>")
    p.type("\x19\n")                                # what was cut, back again
    p.sees("<PE1>  display lsp\n               ^\nError: ").at("<PE1>")


def test_tab(sit):
    p = sit()
    p.type("sys\t")
    p.at("<PE1>system-view")
    assert p.column() == len("<PE1>system-view ")
    p.type("\n")
    p.at("[~PE1]")
    p.type("ip r\t")
    p.until(lambda: p.line() == "[~PE1]ip route-static", "completion")
    p.type(CTRL_U + "display m")
    p.at("[~PE1]display m")
    p.type("\t")                                    # one word: mpls
    p.at("[~PE1]display mpls")
    p.type(CTRL_U + "display mpls l\t")             # nothing to add to all of them, so one after the other
    for word in ("l2vc", "l2vpn", "ldp", "lsp", "l2vc"):
        p.at(f"[~PE1]display mpls {word}")
        p.type("\t")
    p.type(CTRL_U + "display c\t\t\t\t")
    p.until(lambda: p.line() in ("[~PE1]display current-configuration", "[~PE1]display configuration"), "one of two")
    p.type(CTRL_U + "display conf\t")
    p.at("[~PE1]display configuration")
    p.type(CTRL_U + "zzz\t")
    p.sees("[~PE1]zzz\n[~PE1]zzz").at("[~PE1]zzz")
    p.type(CTRL_U + "display ver | count" + LEFT * 8 + "\t")
    p.at("[~PE1]display version  | count")


def test_history(sit, tmp_path):
    p = sit()
    for line in ("display version", "display twinwire health", "display version | count"):
        p.type(line + "\n")
        p.sees("<PE1>" + line).at("<PE1>")
    p.type(UP)
    p.at("<PE1>display version | count")
    p.type(CTRL_P)
    p.at("<PE1>display twinwire health")
    p.type(DOWN)
    p.at("<PE1>display version | count")
    p.type(CTRL_P + CTRL_P + "\n")
    p.until(lambda: p.text().count("twinwire version") == 2, "the version again").at("<PE1>")
    p.type("display history-command | count\n")
    p.sees("Total lines: 5.").at("<PE1>")
    p.type(CTRL_D)
    assert p.leaves() == 0
    file = tmp_path / ".twinwire_history"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().splitlines()[:2] == ["display version", "display twinwire health"]
    q = sit()
    q.type(UP)
    q.at("<PE1>display history-command | count")
    q.type(CTRL_C)
    q.at("<PE1>")
    q.type("display history-command\n")
    q.sees("<PE1>display history-command\n  display history-command\n<PE1>")


def test_history_file_is_cut(sit, tmp_path):
    file = tmp_path / ".twinwire_history"
    file.write_text("".join(f"display old {i}\n" for i in range(1500)) + "x" * 4000 + "\n")
    file.chmod(0o644)
    p, q = sit(), sit()
    p.type("display version | count\n")
    p.sees("Total").at("<PE1>")
    q.type("display version | include x\n")
    q.sees("<PE1>display version | include x\n<PE1>")
    lines = file.read_text().splitlines()
    assert lines[:2] == ["display old 1000", "display old 1001"] and len(lines) == 502
    assert set(lines[-2:]) == {"display version | count", "display version | include x"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    sit().type("display version\n")
    sit("-c", "display version", prompt=None).leaves()
    assert not (tmp_path / "elsewhere").exists()


def test_utf8_and_garbage(sit):
    p = sit()
    p.type("sys\n")
    p.at("[~PE1]")
    p.type("int eth0\n")
    p.at("[~PE1-eth0]")
    p.type("description zum Süden → Zürich" + LEFT * 4 + "\x7f" + "ü\n")
    p.at("[*PE1-eth0]")
    p.type("display configuration candidate\n")
    p.sees(" description zum Süden → Zürich").at("[*PE1-eth0]")
    p.type(b"\xff\xfe\x80description \xc3(\xe2\x82 \xf0\x9f\x92 \xed\xa0\x80 \xf4\x90\x80\x80 x\x01\x02\x06\x0c\n")
    p.sees("Error:").at("[*PE1-eth0]")
    p.type(bytes(b for b in range(128, 256)) + b"\x03")
    p.until(lambda: p.line() == "[*PE1-eth0]", "an empty line")
    p.type("return\n")
    p.sees(QUESTION)
    p.type("n\n")
    p.at("<PE1>")


def test_what_controls_a_terminal_is_not_printed(sit, pe):
    file = pe.cfg.parent / "evil.cfg"
    file.write_bytes(b"sysname a\xc2\x9b31m\nnothing \x1b[2J \x7f \xc2\x9b31m\nreturn\n")
    p = sit()
    p.do("sys", "[~PE1]")
    p.do("load evil.cfg", "[*PE1]")
    p.sees("1 lines taken")
    p.do("display configuration candidate | include nothing").sees("nothing ?[2J ? ")
    p.do("clear configuration candidate", "[~PE1]")
    assert b"\x7f" not in p.raw and b"\xc2\x9b" not in p.raw and b"\x1b[2J" not in p.raw


def test_save_beside_the_configuration(sit, pe):
    p = sit()
    p.type("save beside.cfg\ny\n")
    p.sees("Info: Save the configuration successfully.").at("<PE1>")


def test_long_lines(sit):
    p = sit(cols=80)
    p.type("sys\n")
    p.at("[~PE1]")
    long = "description " + "x" * 3088
    p.type(long + "\n")
    p.sees("^\nError: ").at("[~PE1]")
    p.type(long + "y\n")
    p.sees("Error: The line has 3101 octets; the longest one may have 3100.").at("[~PE1]")
    p.type("display version" + " " * 200 + "zzz\n")
    p.sees("zzz\n", "^\nError: Too many parameters").at("[~PE1]")
    rows = p.text().split("\n")
    at = max(i for i, row in enumerate(rows) if row.strip() == "^")
    assert rows[at - 1][rows[at].index("^"):] == "zzz"    # under the word, though the line fills several rows


def test_paste(sit, pe):
    """500 lines at once: every one arrives as it is, tabs are blanks, help is help."""
    p = sit()
    before = running(pe)
    lines = ["sys", "#"]
    for i in range(PORTS):
        lines += [f"interface eth{i}", f"\tdescription\tpasted {i}", f"\tmtu {1500 + i}", "#"]
    lines += ["mpls l2vpn", "#"] * ((500 - len(lines)) // 2 - 1) + ["commit", "return"]
    assert len(lines) >= 498
    p.type("\n".join(lines) + "\n")
    p.until(lambda: p.text().rstrip().endswith("[~PE1]return\n<PE1>"), "the end of the paste", 60)
    assert "Error" not in p.text() and "  description" not in p.text()
    now = running(pe)
    for i in range(PORTS):
        assert f"interface eth{i}\n description pasted {i}\n mtu {1500 + i}\n" in now
    p.type("sys\nint eth0\nmtu ?1400\nq\n" + "".join(f"int eth{i}\n\tundo mtu\n\tdesc port number {i}\n" for i in range(PORTS))
           + "commit\nreturn\n")
    p.sees("  INTEGER<", seconds=30).at("<PE1>", 60)
    assert running(pe) == before


# ---- keys that stop, leave and return ------------------------------------------------------------------------


def test_interrupts(sit):
    p = sit()
    p.type("display vers" + CTRL_C)
    p.sees("<PE1>display vers\n<PE1>").at("<PE1>")
    p.type("sys\n")
    p.at("[~PE1]")
    p.type("int eth7\n")
    p.at("[~PE1-eth7]")
    p.type("desc x\n")
    p.at("[*PE1-eth7]")
    p.type("disp" + CTRL_Z)                         # the line is dropped, `return` asks
    p.sees(QUESTION)
    p.type("x\n")
    p.sees("Error: Please choose 'YES', 'NO' or 'CANCEL' first before pressing 'Enter'. [Y/N/C]:")
    p.type("?\t")                                   # no help in an answer
    p.type(CTRL_C)                                  # as if return had not been typed
    p.at("[*PE1-eth7]")
    p.type("return\n")
    p.until(lambda: p.text().count(QUESTION) == 2, "the question")
    p.type("c\n")
    p.at("[*PE1-eth7]")
    p.type(CTRL_D)
    p.at("[*PE1]")
    p.type(CTRL_D)
    p.until(lambda: p.text().count(QUESTION) == 3, "the question")
    p.type("n\n")
    p.at("<PE1>")
    p.type(CTRL_Z)                                  # nothing to return to
    p.type("dis ver | count\n")
    p.sees("Total lines").at("<PE1>")
    p.type(CTRL_D)
    assert p.leaves() == 0


def test_exit_question_commits(sit, pe):
    p = sit()
    p.do("sys", "[~PE1]").do("int eth9", "[~PE1-eth9]").do("desc by the question", "[*PE1-eth9]")
    p.type(CTRL_Z)
    p.sees(QUESTION)
    p.type("y\n")
    p.at("<PE1>")
    assert " description by the question\n" in running(pe)
    pe.configure("int eth9", "desc port number 9")


def test_terminal_is_given_back(sit):
    p = sit()
    p.type("display version\n")
    p.sees("twinwire version").at("<PE1>")
    settings = subprocess.run(["stty", "-a"], stdin=p.tty, capture_output=True, text=True, check=True).stdout
    assert "-icanon" in settings
    copy = os.dup(p.tty)
    p.type("quit\n")
    p.leaves()
    settings = subprocess.run(["stty", "-a"], stdin=copy, capture_output=True, text=True, check=False).stdout
    os.close(copy)
    assert {"icanon", "echo", "isig"} <= set(settings.split())


# ---- pages ------------------------------------------------------------------------------------------------------


def test_paging(sit):
    p = sit()
    p.type("display current-configuration\n")
    p.at(MORE)
    assert p.rows()[0] == "<PE1>display current-configuration" or p.rows()[0] == "sysname PE1" or "#" in p.rows()[0]
    shown = lambda: [r for r in p.text().split("\n")]  # noqa: E731
    before = len(shown())
    p.type("\n")                                    # one line
    p.until(lambda: p.line() == MORE and len(shown()) == before + 1, "one line more")
    p.type(" ")                                     # a page: 23 lines and the prompt
    p.until(lambda: p.line() == MORE and len(shown()) == before + 24, "a page more")
    p.type("x")                                     # no key of ours
    p.type("q")
    p.at("<PE1>")
    assert MORE not in p.text()                     # it is erased each time
    p.type("display current-configuration\n")
    p.at(MORE)
    p.type(CTRL_C)
    p.at("<PE1>")
    p.type("display version | count\n")             # what was behind the stop is not in the way
    p.sees("Total lines: ").at("<PE1>")


def test_screen_length(sit):
    p = sit()
    p.type("screen-length 10 temporary\n")
    p.at("<PE1>")
    p.type("\x0c")                                  # a clear screen
    p.until(lambda: p.screen.cursor.y == 0, "a clear screen")
    p.type("display current-configuration\n")
    p.until(lambda: p.line() == MORE, "a stop")
    assert p.screen.cursor.y == 10                  # the command, nine lines, the prompt
    p.type("q")
    p.at("<PE1>")
    p.type("screen-length 0 temporary\n")
    p.at("<PE1>")
    p.type("display current-configuration\n")
    p.sees(f"interface eth{PORTS - 1}\n description", "\nreturn\n<PE1>").at("<PE1>")
    p.type("undo screen-length temporary\n")
    p.at("<PE1>")
    p.type("display current-configuration\n")
    p.at(MORE)
    p.type("q")
    p.at("<PE1>")
    p.type("display current-configuration | no-more\n")
    p.until(lambda: p.text().rstrip().endswith("return\n<PE1>"), "all of it")
    p.type("sys\n")
    p.at("[~PE1]")
    p.type("screen-length 10 temporary\n")
    p.sees("Error: Unrecognized command").at("[~PE1]")


def test_search_at_more(sit):
    p = sit()
    p.type("display current-configuration\n")
    p.at(MORE)
    p.type("+number 4.")
    p.at("+number 4.")
    p.type("x\x7f\n")
    p.at("<PE1>")
    behind = p.text().split("<PE1>display current-configuration\n")[1].split("\n")
    found = behind[-11:-1]
    assert found == [f" description port number {i}" for i in range(40, 50)], behind
    p.type("display current-configuration\n")
    p.at(MORE)
    p.type("/interface eth59\n")
    p.at("<PE1>")
    assert p.text().endswith("interface eth59\n description port number 59\n#\nreturn\n<PE1>")
    p.type("display current-configuration\n")
    p.at(MORE)
    p.type("-eth|desc|#\n")
    p.at("<PE1>")
    assert p.text().rstrip().endswith("return\n<PE1>")
    p.type("display current-configuration\n")
    p.at(MORE)
    p.type("+(\n")
    p.sees("Error: The expression ( cannot be used").at(MORE)
    p.type("/")
    p.at("/")
    p.type(CTRL_C)
    p.at(MORE)
    p.type("+.\n")                                  # everything: it stops again
    p.at(MORE)
    p.type("+port\n")
    p.at(MORE)
    p.type("+nothing like this\n")
    p.at("<PE1>")


def test_nothing_is_paged_without_a_terminal(pe, sit):
    out = pe.cli("display current-configuration")
    assert "More" not in out and out.count("\n") > 100
    p = sit("-c", "display current-configuration", prompt=None)
    assert p.leaves() == 0
    assert "---- More ----" not in p.text() and p.text().rstrip().endswith("return")


@pytest.mark.parametrize("seed", range(4))
def test_any_keys(sit, seed):
    """Whatever is typed, in whatever pieces: the session is there at the end."""
    keys = ["?", "\t", " ", "\n", "|", "q", "\"", "+", "/", "-", "é", "\x1b", "\xff", LEFT, "\x1b[C", UP, DOWN, CTRL_C, CTRL_U,
            CTRL_Z, CTRL_P, CTRL_N, "\x7f", "\x01", "\x05", "\x0b", "\x0c", "\x17", "\x19", "\x14", "\x12", "\x16", "y\n",
            "n\n", "display ", "current-configuration", "system-view\n", "interface eth3\n", "description ", "undo ", "mpls ",
            "display logbuffer\n", "include ", "quit\n", "return\n", "x" * 200, "ping 10.9.0.2\n"]
    rand = random.Random(seed)
    p = sit(rows=rand.choice((3, 10, 24)), cols=rand.choice((20, 80)))
    for _ in range(600):
        p.type(rand.choice(keys).encode("latin-1" if rand.random() < 0.1 else "utf-8", "replace"))
        while rand.random() < 0.5 and p.look(0.01):
            pass
        if rand.random() < 0.02:
            p.resize(rand.choice((2, 12, 24)), rand.choice((15, 40, 100)))
        if p.gone():                    # quit
            assert p.code in (0, 2), "\n".join(p.rows())
            p = sit()
    p.resize(24, 100)

    def back():
        if p.gone():
            return p.code in (0, 2)
        p.type(CTRL_C)
        p.look(0.2)
        return re.fullmatch(r"<PE1>|\[[~*]PE1[^]]*\]", p.line())
    wait_until(lambda: "a prompt\n" + "\n".join(p.rows()), back, 20)


def test_resize(sit):
    p = sit(cols=100)
    p.type("display version | include one-word-after-another-until-it-is-wide")
    p.sees("it-is-wide")
    p.resize(24, 40)
    p.at("after-another-until-it-is-wide")          # begun anew below, in its new width
    p.type("x" + LEFT * 60 + "?")
    p.sees("<PE1>display version | include one-word-\nafter-another-until-it-is-widex\n  display\n<PE1>")
    p.type(CTRL_C)
    p.at("<PE1>")
    p.resize(12, 80)
    p.type("\x0cdisplay current-configuration\n")
    p.at(MORE)
    assert p.screen.cursor.y == 11
    p.type("q")
    p.at("<PE1>")


# ---- several people, and losses ------------------------------------------------------------------------------------


def test_others_go_on_while_one_reads(sit, pe):
    """A page that nobody turns holds up nobody."""
    p, q = sit(), sit()
    p.type("display current-configuration\n")
    p.at(MORE)
    q.do("sys", "[~PE1]").do("int eth3", "[~PE1-eth3]").do("desc meanwhile", "[*PE1-eth3]").do("commit", "[~PE1-eth3]")
    q.do("desc port number 3", "[*PE1-eth3]").do("commit", "[~PE1-eth3]")
    p.type("q")
    p.at("<PE1>")


def test_two_operators(sit, pe):
    """Both change one line; the second is told, brings his changes up to date, and wins."""
    p, q = sit(), sit()
    for one in (p, q):
        one.do("sys", "[~PE1]").do("int eth10", "[~PE1-eth10]")
    p.do("desc of p", "[*PE1-eth10]")
    q.do("desc of q", "[*PE1-eth10]").do("int eth11", "[*PE1-eth11]").do("desc of q", "[*PE1-eth11]")
    p.do("commit", "[~PE1-eth10]")
    q.type("display configuration candidate changes\n")
    q.sees("Warning: Another session committed a change", "refresh configuration candidate.").at("[*PE1-eth11]")
    q.type("commit\n")
    q.sees("Error: The commit was refused, nothing was changed").at("[*PE1-eth11]")
    assert " description of p\n" in running(pe) and "of q" not in running(pe)
    q.do("refresh configuration candidate", "[*PE1-eth11]").do("commit", "[~PE1-eth11]")
    assert running(pe).count(" description of q\n") == 2
    pe.configure("int eth10", "desc port number 10", "int eth11", "desc port number 11")


def big_file(pe, circuits):
    """A start-up file of so many circuits; its name as `load` takes it."""
    lines = ["sysname PE1", "#", "mpls lsr-id 1.1.1.1", "#", "mpls", "#", "mpls l2vpn", "#"]
    for i in range(circuits):
        lines += [f"interface eth0.{i + 1}" if i < 4000 else f"interface eth{i // 4000}.{i % 4000 + 1}",
                  f" vlan-type dot1q {i % 4000 + 1}", f" description number {i}", "#"]
    file = pe.cfg.parent / "big.cfg"
    file.write_text("\n".join(lines + ["return", ""]))
    file.chmod(0o644)
    return file.name


def test_progress_and_stop(sit, pe):
    """Long work tells how far it is, on one line that is gone at its end; Ctrl-C gives it up; others are served."""
    name = big_file(pe, 60000)
    p, q = sit(), sit()
    p.do("sys", "[~PE1]")
    p.type(f"load {name}\n")
    p.until(lambda: re.fullmatch(r"Loading \d+%", p.line()), "progress")
    q.do("display version")
    p.type(CTRL_C)
    p.sees("Error: The load was given up").at("[~PE1]")
    assert "Loading" not in p.text()
    p.type(f"load {name}\n")
    p.until(lambda: re.fullmatch(r"Loading \d+%", p.line()), "progress")
    p.sees("lines taken", seconds=60).at("[*PE1]")
    assert "Loading" not in p.text()
    p.type("display configuration candidate merge | count\n")
    p.sees("Total lines: ", seconds=30).at("[*PE1]")
    q.do("screen-length 0 temporary")
    p.type("return\n")
    p.sees(QUESTION)
    p.type("n\n")
    p.at("<PE1>")
    p.type("system-view\n")
    p.at("[~PE1]")
    r = sit("-c", "system-view", "-c", f"load {name}", "-c", "clear configuration candidate", prompt=None)
    assert r.leaves(60) == 0
    assert b"Loading" in r.raw and "Loading" not in r.text()    # a terminal, though nobody types
    assert "Loading" not in pe.cli("system-view", f"load {name}", "clear configuration candidate")


def test_stop_in_a_flood(sit, pe):
    """Ctrl-C in the middle of much output: nothing that was made before it is printed any more."""
    name = big_file(pe, 30000)
    p = sit()
    p.do("screen-length 0 temporary").do("sys", "[~PE1]")
    p.type(f"load {name}\n")
    p.sees("lines taken", seconds=60).at("[*PE1]")
    for _ in range(8):      # a write that the kernel does not wake when it throws away what it waits behind: one in four
        p.type("display configuration candidate merge\n")
        p.until(lambda: p.line() != "[*PE1]", "an answer")
        p.sees("description number 100\n")
        p.type(CTRL_C)
        p.until(lambda: p.line() == "[*PE1]", "the prompt", seconds=60)
        assert "description number 29999" not in p.text()
        p.stream.feed(b"\x1bc")
        p.screen.history.top.clear()
        p.type("\n")
        p.at("[*PE1]")
    p.type("display version | count\n")
    p.sees("Total lines: ").at("[*PE1]")
    p.type("return\n")
    p.sees(QUESTION)
    p.type("n\n")
    p.at("<PE1>")


def test_lost_connection_discards_its_candidate(sit, pe):
    p, q = sit(), sit()
    before = running(pe)
    p.do("sys", "[~PE1]").do("int eth5", "[~PE1-eth5]").do("desc lost", "[*PE1-eth5]")
    q.do("sys", "[~PE1]").do("int eth6", "[~PE1-eth6]").do("desc kept", "[*PE1-eth6]")
    p.hang_up()                                     # the terminal is gone
    assert p.leaves() == 2
    r = sit()
    r.do("sys", "[~PE1]").do("int eth8", "[~PE1-eth8]").do("desc lost", "[*PE1-eth8]")
    os.kill(r.pid, signal.SIGKILL)
    r.leaves()
    q.type("display configuration candidate\n")
    q.sees(" description kept").at("[*PE1-eth6]")
    q.type("commit\n")
    q.at("[~PE1-eth6]")
    now = running(pe)
    assert now == before.replace("port number 6\n", "kept\n")
    q.do("desc port number 6", "[*PE1-eth6]").do("commit", "[~PE1-eth6]")


def test_terminated_gives_the_terminal_back(sit):
    p = sit()
    p.do("sys", "[~PE1]").do("int eth5", "[~PE1-eth5]").do("desc lost", "[*PE1-eth5]")
    os.kill(p.pid, signal.SIGTERM)
    assert p.leaves() == 2
    p.sees("twinwire: uncommitted changes were discarded (commit keeps them).")


def test_interrupt_and_question_cross(tmp_path):
    """The engine asks while a Ctrl-C is on its way: it takes the question back, and nobody is asked."""
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(str(tmp_path / "cli.sock"))
    sock.listen()
    sock.settimeout(10)
    p = Person(tmp_path)
    try:
        conn = sock.accept()[0]
        conn.settimeout(10)

        def say(*frames):
            conn.sendall(b"".join(kind + len(text).to_bytes(4, "big") + text for kind, text in frames))

        def hear():
            head = conn.recv(5, socket.MSG_WAITALL)
            return head[:1], conn.recv(int.from_bytes(head[1:], "big"), socket.MSG_WAITALL)
        say((b"H", b"2 0.0"), (b"D", b"=~<X>"))
        p.at("<X>").type("save\n")
        assert hear() == (b"L", b"save")
        say((b"O", b"working\n"))
        p.sees("working\n")
        p.type(CTRL_C)
        assert hear() == (b"I", b"")
        say((b"O", b"never seen\n"), (b"Q", b"Sure?[Y/N]"), (b"M", b""), (b"O", b"given up\n"), (b"D", b"!~<X>"))
        p.sees("working\n").at("<X>")
        assert p.text().rstrip().endswith("given up\n<X>")
        assert "never seen" not in p.text() and "Sure" not in p.text()
        p.type("quit\n")
        assert hear() == (b"L", b"quit")
        say((b"X", b""))
        assert p.leaves() == 0
    finally:
        p.close()
        sock.close()


def test_engine_dies_at_the_prompt(lab, tmp_path):
    lab.node("pe1")
    engine = Engine(lab, "pe1", "sysname PE1\n#\nreturn\n", "").start()
    p = Person(engine.run_dir, home=tmp_path)
    q = Person(engine.run_dir, env={"HOME": str(tmp_path)})
    try:
        p.at("<PE1>").type("display ver")
        q.at("<PE1>")
        p.at("<PE1>display ver")
        engine.kill()
        for one in (p, q):
            assert one.leaves() == 3
            one.sees("ended.", "Start one with:  twinwired --run-dir")
        engine.start()
        r = Person(engine.run_dir, home=tmp_path)
        r.at("<PE1>").type("capture-packet interface lo to x\n")
        engine.kill()
        assert r.leaves() == 3
        r.close()
    finally:
        p.close()
        q.close()


# ---- without an editor -------------------------------------------------------------------------------------------------


@pytest.fixture
def home_of_root():
    """Without HOME the user's home is that of the password file."""
    file = pathlib.Path(pwd.getpwuid(os.getuid()).pw_dir) / ".twinwire_history"
    before = file.read_bytes() if file.exists() else None
    yield
    if before is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(before)


@pytest.mark.usefixtures("home_of_root")
@pytest.mark.parametrize("env", [{}, {"TERM": "dumb"}, {"TERM": "xterm", "LC_ALL": "nowhere"}, {"TERM": "no-such-terminal"}])
def test_login_shell(sit, env):
    p = sit(env=env, argv0="-twinwire")
    p.type("sys\n")
    p.at("[~PE1]")
    p.type("display vrsion\n")
    p.sees("\n              ^\nError: Unrecognized command").at("[~PE1]")
    p.type("int eth0\n")
    p.at("[~PE1-eth0]")
    p.type("description ö\n")
    p.at("[*PE1-eth0]")
    p.type("display this?\n" if env.get("TERM") in (None, "dumb") else "display thi?" + CTRL_C)
    p.sees("  this\n").at("[*PE1-eth0]")
    p.type("abc" + CTRL_C)
    p.at("[*PE1-eth0]")
    p.type("display current-configuration\n")
    p.at(MORE)
    p.type(" q")
    p.at("[*PE1-eth0]")
    p.type("return\n")
    p.sees(QUESTION)
    p.type("n\n")
    p.at("<PE1>")
    p.type(CTRL_D)
    assert p.leaves() == 0


# ---- programs of the system -----------------------------------------------------------------------------------------------


def pings(pe):
    """pids of the engine's children"""
    out = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pe.process.pid)], capture_output=True, text=True, check=False).stdout
    return [int(x) for x in out.split()]


def test_ping(sit, pe):
    p = sit()
    p.type("ping -c 2 -m 20 10.9.0.2\n")
    p.sees("64 bytes from 10.9.0.2: icmp_seq=2", "2 packets transmitted, 2 received").at("<PE1>")
    p.type("ping -c 1000000 -m 20 -a 10.9.0.1 -i GigabitEthernet 0/1/0 10.9.0.2\n")
    p.sees("icmp_seq=30")                           # more than a page, and no stop
    assert MORE not in p.text()
    p.type(CTRL_C)
    p.sees("ping statistics").at("<PE1>")
    p.type("tracert -m 3 -q 1 10.9.0.2\n")
    p.sees(" 1  10.9.0.2 ").at("<PE1>")
    p.type("ping vc ethernet 100\n")
    p.sees("Error: VCCV is not built yet").at("<PE1>")
    p.type("ping 10.9.0.2;id\n")
    p.sees("Error: Wrong parameter").at("<PE1>")
    wait_until("no program left", lambda: not pings(pe))


def test_programs_end_with_their_session(sit, pe):
    people = [sit() for _ in range(5)]
    for p in people[:4]:
        p.type("ping -c 1000000 10.9.0.2\n")
        p.sees("icmp_seq=1")
    assert len(pings(pe)) == 4
    people[4].type("ping 10.9.0.2\n")
    people[4].sees("Error: 4 programs are running already").at("<PE1>")
    mine = pings(pe)
    for p in people[:3]:
        p.hang_up()
    os.kill(people[3].pid, signal.SIGKILL)
    wait_until("the programs end", lambda: not any(alive(pid) for pid in mine))
    people[4].type("ping -c 1 10.9.0.2\n")
    people[4].sees("1 received").at("<PE1>")
