# SPDX-License-Identifier: BSD-2-Clause
"""The record of a switch says how many frames of the customer found no pseudowire, and outlives the engine."""
import os
import pathlib
import re
import sys

import pytest

from topology import GROUP, USER, run, wait_until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from pe import Pe, config, network  # noqa: E402

AC, AC2 = "GigabitEthernet0/1/0", "GigabitEthernet0/1/1"
FAST = ["mpls ldp timer hello-send 1"]
SEND = """
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
for i in range({n}):
    s.send(bytes(6 * [255]) + bytes([2, 0, 0, 0, 0, 1]) + b"\\x88\\xb5" + bytes(50))
"""


def frames(lab, n):
    lab.exec("ce", "/usr/bin/python3", "-c", SEND.format(n=n))


def switches(pe):
    """[(from, to, frames dropped or None)], the newest first."""
    text = pe.cli(f"display mpls l2vpn switch-history interface {AC}")
    found = re.findall(r"(primary|secondary|bypass)\s+(primary|secondary|bypass)\s+(\d+)?", text)
    return [(a, b, int(n) if n else None) for a, b, n in found]


def history(pe):
    """The lines of all records, as they are shown."""
    text = pe.cli("display mpls l2vpn switch-history")
    return [" ".join(line.split()) for line in text.splitlines() if re.match(r"\s*\d+\s", line)]


def last_switch(pe):
    """What the displays of the circuit say of its last switch."""
    verbose = pe.cli(f"display mpls l2vpn vpws interface {AC} verbose")
    said = [re.search(rf"Last change {label}\s*: (.*)", verbose)[1].strip()
            for label in ("time", "action", "reason", "detector")]
    return said + [pe.pw(AC).get("reason of last reroute")]


def kept(pe, n):
    """Written by the engine in its idle time."""
    file = pe.run_dir / "switches"
    wait_until(f"{n} records on disk", lambda: file.exists() and len(file.read_text().splitlines()) == n + 1)


def pair(lab):
    """A circuit of `pe` with a primary and a secondary to `far`; the primary sends."""
    network(lab)
    lab.node("ce2")
    for i in (0, 1):
        lab.link("ce2", f"eth{i}", "far", f"a{i}")
    pe = Pe(lab, "pe", config(1, 2, remote=FAST, core=FAST, circuits={AC: [
        "mpls l2vc 10.0.0.2 100", "mpls l2vc 10.0.0.2 200 secondary", "mpls l2vpn reroute never"]}))
    far = Pe(lab, "far", config(2, 1, remote=FAST, core=FAST,
                                circuits={AC: ["mpls l2vc 10.0.0.1 100"], AC2: ["mpls l2vc 10.0.0.1 200"]}))
    return pe, far


def start(pe, far):
    for engine in (pe, far):
        engine.start()
    for which in (0, 1):
        pe.wait_pw(AC, which=which)
    wait_until("the primary to send", lambda: pe.pw(AC).get("active state") == "active")


def test_frames_without_a_pseudowire_are_in_the_record(lab):
    pe, far = pair(lab)
    start(pe, far)
    assert switches(pe) == []
    pe.configure(f"interface {AC}", "manual-set pw-ac-fault", "manual-set pw-ac-fault secondary")
    frames(lab, 40)
    pe.configure(f"interface {AC}", "undo manual-set pw-ac-fault secondary")
    wait_until("the record", lambda: switches(pe))
    (first,) = switches(pe)
    assert first[:2] == ("primary", "secondary") and 40 <= first[2] < 60, first     # the host says a word of its own
    pe.configure(f"interface {AC}", "undo manual-set pw-ac-fault", "manual-set pw-ac-fault secondary")
    wait_until("the second record", lambda: len(switches(pe)) == 2)
    assert switches(pe) == [("secondary", "primary", 0), first]
    pe.kill()                               # what the kernel counted before is not told again
    pe.start()
    for which in (0, 1):
        pe.wait_pw(AC, "down" if which else "up", which=which)
    pe.configure(f"interface {AC}", "undo manual-set pw-ac-fault secondary")
    pe.wait_pw(AC, which=1)
    pe.configure(f"interface {AC}", "manual-set pw-ac-fault")
    wait_until("a record of the new engine", lambda: len(switches(pe)) > 2)
    assert switches(pe)[0][1] == "secondary" and switches(pe)[0][2] < 20, switches(pe)
    assert switches(pe)[-2:] == [("secondary", "primary", 0), first]
    for engine in (pe, far):
        engine.stop()


def test_records_outlive_the_engine(lab):
    pe, far = pair(lab)
    start(pe, far)
    pe.configure(f"interface {AC}", "manual-set pw-ac-fault")
    wait_until("the record", lambda: len(switches(pe)) == 1)
    kept(pe, 1)
    before, last = history(pe), last_switch(pe)
    assert before[0].startswith("1 ") and last[1] == "primary to secondary", (before, last)
    pe.kill()
    pe.start()
    assert history(pe) == before and last_switch(pe) == last
    for which in (0, 1):
        pe.wait_pw(AC, "up" if which else "down", which=which)
    pe.configure(f"interface {AC}", "undo manual-set pw-ac-fault", "manual-set pw-ac-fault secondary")
    pe.wait_pw(AC)
    wait_until("the next record", lambda: len(switches(pe)) == 2)
    both = history(pe)
    assert both[0].startswith("2 ") and both[1:] == before, both
    last = last_switch(pe)
    assert last[1] == "secondary to primary", last
    assert pe.stop() == 0                   # what is not written yet is written then
    pe.start()
    assert history(pe) == both and last_switch(pe) == last
    file = pe.run_dir / "switches"          # somebody has been at it
    pe.kill()
    text = file.read_text().splitlines()
    file.write_text("\n".join([text[0], text[1].replace("primary", "bypass"), "nonsense", text[2], text[2][:40]]))
    pe.start()
    assert history(pe) == both[:1]
    assert pe.log_text().count("event=switches-damaged") == 1 and "taken=1 bad=3" in pe.log_text()
    pe.stop()
    pe.flush()
    assert not list(pe.run_dir.glob("switches*"))
    far.stop()


@pytest.fixture
def small_disk(lab):
    """A file system of 300 KiB."""
    at = lab.dir / "small"
    at.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", at)
    os.chown(at, USER, GROUP)
    yield at
    run("umount", "-l", at)


def fill(disk):
    """Until there is no room for an octet."""
    with open(disk / "fill", "wb", buffering=0) as f:
        for size in (4096, 1):
            try:
                while f.write(size * b"x"):
                    pass
            except OSError:
                pass


def test_a_full_disk_costs_no_more_than_the_copy(lab, small_disk):
    pe, far = pair(lab)
    pe.run_dir = small_disk
    start(pe, far)
    fill(small_disk)
    far.configure(f"interface {AC}", "manual-set pw-ac-fault")
    wait_until("the record", lambda: len(switches(pe)) == 1)
    wait_until("the engine to say so", lambda: "event=switches-not-written" in pe.log_text())
    assert pe.pw(AC, 1).get("active state") == "active"
    far.configure(f"interface {AC}", "undo manual-set pw-ac-fault")
    pe.wait_pw(AC)
    far.configure(f"interface {AC2}", "manual-set pw-ac-fault")
    wait_until("the next record", lambda: len(switches(pe)) == 2)
    assert pe.log_text().count("event=switches-not-written") == 1
    both = history(pe)
    (small_disk / "fill").unlink()          # tried again later, and at the end
    assert pe.stop() == 0
    pe.start()
    assert history(pe) == both
    for engine in (pe, far):
        engine.stop()
