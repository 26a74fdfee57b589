# SPDX-License-Identifier: BSD-2-Clause
"""The record of a switch says how many frames of the customer found no pseudowire before it."""
import pathlib
import re
import sys

from topology import wait_until

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


def test_frames_without_a_pseudowire_are_in_the_record(lab):
    network(lab)
    lab.node("ce2")
    for i in (0, 1):
        lab.link("ce2", f"eth{i}", "far", f"a{i}")
    pe = Pe(lab, "pe", config(1, 2, remote=FAST, core=FAST, circuits={AC: [
        "mpls l2vc 10.0.0.2 100", "mpls l2vc 10.0.0.2 200 secondary", "mpls l2vpn reroute never"]}))
    far = Pe(lab, "far", config(2, 1, remote=FAST, core=FAST,
                                circuits={AC: ["mpls l2vc 10.0.0.1 100"], AC2: ["mpls l2vc 10.0.0.1 200"]}))
    for engine in (pe, far):
        engine.start()
    for which in (0, 1):
        pe.wait_pw(AC, which=which)
    wait_until("the primary to send", lambda: pe.pw(AC).get("active state") == "active")
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
    wait_until("a record of the new engine", lambda: switches(pe))
    assert [s for s in switches(pe) if s[1] == "secondary"][0][2] < 20, switches(pe)
    for engine in (pe, far):
        engine.stop()
