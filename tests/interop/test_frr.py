# SPDX-License-Identifier: BSD-2-Clause
"""With FRR's ldpd as the other PE: sessions, transport labels, pseudowires; each check on both daemons' displays."""
import contextlib

import pytest

from frr import Frr, ldp_config, pw_config
from judge import Capture, field
from pe import Pe, addresses, config, network
from topology import wait_until

AC, AC2, SUB = "GigabitEthernet0/1/0", "GigabitEthernet0/1/1", "GigabitEthernet0/1/2.100"
FAST = ["mpls ldp timer hello-send 1"]


@contextlib.contextmanager
def started(lab, circuits, frr_pws, ldp=(), frr_ldp=()):
    network(lab)
    addresses(lab, "far", 2, 1)
    frr = Frr(lab, "far", {"ldpd": ldp_config("10.0.0.2", "core", more=frr_ldp) + pw_config(*frr_pws)}).start()
    pe = Pe(lab, "pe", config(ldp=ldp, remote=FAST, core=FAST, circuits=circuits))
    with Capture(lab, "far", "core") as capture:
        pe.start()
        yield pe, frr, capture
        pe.stop()
    frr.stop()


def frr_up(frr, vc, up=True):
    want = "up" if up else "down"
    wait_until(lambda: f"FRR to say PW {vc} is {want}: {frr.pws()} {frr.pw_bindings()}",
               lambda: frr.pws().get(("10.0.0.1", vc), {}).get("status") == want, 30)


def judged(capture, me="10.0.0.1", least=8):
    """Nothing we sent is at fault, and we sent something."""
    kinds = [m.kind for m in capture.messages()]
    mine = [m for m in capture.messages() if m.source in (me, "10.1.0.1")]
    assert len(mine) >= least, kinds
    assert capture.complaints(me) + capture.complaints("10.1.0.1") == []
    return mine


def test_pseudowires_come_up(lab):
    circuits = {AC: ["mpls l2vc 10.0.0.2 100"], SUB: ["vlan-type dot1q 100", "mpls l2vc 10.0.0.2 101"]}
    frr_pws = [("10.0.0.1", 100, ["control-word exclude"], []),
               ("10.0.0.1", 101, ["control-word exclude"], ["vc type ethernet-tagged"])]
    with started(lab, circuits, frr_pws) as (pe, frr, capture):
        pe.wait_session("10.0.0.2")
        assert frr.neighbors() == {"10.0.0.1": "OPERATIONAL"}
        for ac, vc, kind in ((AC, 100, "Ethernet"), (SUB, 101, "VLAN")):
            frr_up(frr, vc)
            pe.wait_pw(ac)
            pw = pe.pw(ac)
            theirs = frr.pw_bindings()[f"10.0.0.1: {vc}"]
            assert pw["VC type"] == kind
            assert int(pw["local VC label"]) == theirs["remoteLabel"] >= 262144
            assert int(pw["remote VC label"]) == theirs["localLabel"]
            assert pw["remote VC MTU"] == "1500" and theirs["remoteIfMtu"] == 1500
    mine = judged(capture)
    mappings = [m for m in mine if field(m.fields, "ldp.msg.tlv.fec.pw.pwid")]
    assert {field(m.fields, "ldp.msg.tlv.fec.pw.pwid")[0] for m in mappings} == {"100", "101"}
    assert {ttl for (proto, _), ttls in capture.ttls("10.0.0.1").items() if proto == "tcp" for ttl in ttls} == {255}


def test_transport_labels(lab):
    with started(lab, {}, []) as (pe, frr, capture):
        pe.wait_session("10.0.0.2")
        wait_until(lambda: frr.show("ldpd", "show mpls ldp binding"),
                   lambda: any("10.0.0.1" in line and "imp-null" in line
                               for line in frr.show("ldpd", "show mpls ldp binding").splitlines()), 20)
        wait_until(lambda: pe.cli("display mpls ldp lsp"), lambda: "10.0.0.2/32" in pe.cli("display mpls ldp lsp"), 20)
    judged(capture)


@pytest.mark.parametrize("ours,theirs,agreed", [
    ("control-word", [], True),
    ("no-control-word", [], False),             # theirs is preferred, ours is not: C=0 wins
    ("control-word", ["control-word exclude"], False),
    ("", ["control-word exclude"], False),
])
def test_control_word(lab, ours, theirs, agreed):
    with started(lab, {AC: [f"mpls l2vc 10.0.0.2 100 {ours}".strip()]}, [("10.0.0.1", 100, theirs, [])]) as \
            (pe, frr, capture):
        frr_up(frr, 100)
        pe.wait_pw(AC)
        b = frr.pw_bindings()["10.0.0.1: 100"]
        assert b["remoteControlWord"] == int(agreed)     # FRR's own is shown as configured
        word = "enable" if agreed else "disable"
        assert pe.pw(AC)["remote control word"] == word
    judged(capture)


def test_control_word_is_renegotiated(lab):
    """Our preference changes on a live pseudowire; FRR prefers the control word, and knows no 7.3 of RFC 8077."""
    with started(lab, {AC: ["mpls l2vc 10.0.0.2 100 no-control-word"]}, [("10.0.0.1", 100, [], [])]) as (pe, frr, capture):
        for words in ("control-word", "no-control-word"):
            frr_up(frr, 100)
            pe.wait_pw(AC)
            pe.configure(f"interface {AC}", "undo mpls l2vc", f"mpls l2vc 10.0.0.2 100 {words}")
            pe.wait_pw(AC, "down")
            pe.wait_pw(AC)              # without a reset, though without control word
            frr_up(frr, 100)
            assert pe.pw(AC)["remote control word"] == "disable"
            assert pe.pw(AC)["local control word"] == ("enable" if words == "control-word" else "disable")
    judged(capture)


def test_peer_without_status(lab):
    """FRR without PW status: faults are told by Withdraw and Mapping."""
    with started(lab, {AC: ["mpls l2vc 10.0.0.2 100"]},
                 [("10.0.0.1", 100, ["control-word exclude", "pw-status disable"], [])]) as (pe, frr, capture):
        frr_up(frr, 100)
        pe.wait_pw(AC)
        lab.ip("ce", "link", "set", "eth0", "down")
        frr_up(frr, 100, False)
        lab.ip("ce", "link", "set", "eth0", "up")
        frr_up(frr, 100)
        pe.wait_pw(AC)
    judged(capture)


def test_status_is_told_both_ways(lab):
    with started(lab, {AC: ["mpls l2vc 10.0.0.2 100"]}, [("10.0.0.1", 100, ["control-word exclude"], [])]) as \
            (pe, frr, capture):
        frr_up(frr, 100)
        pe.wait_pw(AC)
        lab.ip("ce", "link", "set", "eth0", "down")
        frr_up(frr, 100, False)
        assert pe.pw(AC)["local status code"] != "0x0 (forwarding)"
        lab.ip("ce", "link", "set", "eth0", "up")
        frr_up(frr, 100)
        pe.wait_pw(AC)
    judged(capture)


@pytest.mark.parametrize("frr_l2vpn,words", [
    (["mtu 1600"], ("MTU", "1500", "1600")),
    (["vc type ethernet-tagged"], ("VLAN", "Ethernet")),
])
def test_mismatch_is_diagnosed(lab, frr_l2vpn, words):
    with started(lab, {AC: ["mpls l2vc 10.0.0.2 100"]}, [("10.0.0.1", 100, ["control-word exclude"], frr_l2vpn)]) as \
            (pe, frr, capture):
        pe.wait_session("10.0.0.2")
        wait_until(lambda: pe.why(AC), lambda: all(w in pe.cli(f"display mpls l2vc diagnose interface {AC}")
                                                   for w in words), 20)
        assert pe.pw(AC)["VC state"] == "down"
    judged(capture)


def test_restarts(lab):
    with started(lab, {AC: ["mpls l2vc 10.0.0.2 100"]}, [("10.0.0.1", 100, ["control-word exclude"], [])]) as \
            (pe, frr, capture):
        frr_up(frr, 100)
        pe.wait_pw(AC)
        frr.kill("ldpd")
        pe.wait_pw(AC, "down")
        frr.start("ldpd")
        frr_up(frr, 100)
        pe.wait_pw(AC)
        label = pe.pw(AC)["local VC label"]
        pe.kill()
        frr_up(frr, 100, False)
        pe.start()
        frr_up(frr, 100)
        pe.wait_pw(AC)
        assert pe.pw(AC)["local VC label"] == label
    judged(capture)


@pytest.mark.parametrize("theirs,up", [("secret-Word9", True), ("another-Word9", False)])
def test_passwords(lab, theirs, up):
    with started(lab, {}, [], ldp=["md5-password plain 10.0.0.2 secret-Word9"],
                 frr_ldp=[f"neighbor 10.0.0.1 password {theirs}"]) as (pe, frr, capture):
        if up:
            pe.wait_session("10.0.0.2")
            assert frr.neighbors() == {"10.0.0.1": "OPERATIONAL"}
            judged(capture)
            return
        wait_until(lambda: str(pe.sessions()) + pe.log_tail(), lambda: "10.0.0.2" in pe.sessions(), 20)
        wait_until("the password to be named", lambda: "password" in pe.cli("display mpls ldp session verbose"), 40)
        assert pe.sessions()["10.0.0.2"] != "Operational"


def test_added_and_removed_at_run_time(lab):
    with started(lab, {}, [("10.0.0.1", 100, ["control-word exclude"], [])]) as (pe, frr, capture):
        pe.wait_session("10.0.0.2")
        pe.configure(f"interface {AC}", "mpls l2vc 10.0.0.2 100")
        frr_up(frr, 100)
        pe.wait_pw(AC)
        pe.configure(f"interface {AC}", "undo mpls l2vc")
        frr_up(frr, 100, False)
        pe.configure(f"interface {AC}", "mpls l2vc 10.0.0.2 100")
        frr_up(frr, 100)
        frr.configure("ldpd", "l2vpn PW0 type vpls", "no member pseudowire mpw0")
        pe.wait_pw(AC, "down")
        assert pe.pw(AC)["remote VC label"] == "0"
    judged(capture)
