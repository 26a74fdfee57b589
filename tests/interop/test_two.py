# SPDX-License-Identifier: BSD-2-Clause
"""Between two twinwires: what only two of them can show each other, with frames across."""
import contextlib
import re
import time

import pytest

from judge import Capture, field
from pe import Pe, config, network
from topology import wait_until

AC, SUB = "GigabitEthernet0/1/0", "GigabitEthernet0/1/1.100"
FAST = ["mpls ldp timer hello-send 1"]
GR = ["graceful-restart"]


@contextlib.contextmanager
def pair(lab, of_pe, of_far, ldp=(), **kw):
    """@of_pe, @of_far: {AC: lines}."""
    network(lab, ces=2)
    pes = (Pe(lab, "pe", config(1, 2, ldp=ldp, remote=FAST, core=FAST, circuits=of_pe, **kw)),
           Pe(lab, "far", config(2, 1, ldp=ldp, remote=FAST, core=FAST, circuits=of_far, **kw)))
    for i, ce in enumerate(("ce", "ce2"), 1):
        lab.ip(ce, "address", "add", f"192.0.2.{i}/24", "dev", "eth0")
    with Capture(lab, "far", "core") as capture:
        for pe in pes:
            pe.start()
        yield (*pes, capture)
        for pe in pes:
            if pe.process.poll() is None:
                pe.stop()


def l2vc(peer, words=""):
    return {AC: [f"mpls l2vc 10.0.0.{peer} 100 {words}".strip()]}


def both_up(*pes, ac=AC):
    for pe in pes:
        pe.wait_pw(ac)


def crosses(lab, want=True):
    """A ping from CE to CE does, within a while."""
    wait_until(f"a ping to cross: {want}", lambda: (" 0% packet loss" in lab.exec(
        "ce", "ping", "-c", "2", "-i", "0.2", "-W", "1", "192.0.2.2", check=False).stdout) == want, 20)


def judged(capture, least=20):
    messages = capture.messages()
    assert len(messages) >= least, [m.kind for m in messages]
    for lsr in ("10.0.0.1", "10.0.0.2", "10.1.0.1", "10.1.0.2"):
        assert capture.complaints(lsr) == []
    return messages


@pytest.mark.parametrize("words", ["", "control-word", "tagged", "control-word tagged"])
def test_frames_cross(lab, words):
    with pair(lab, l2vc(2, words), l2vc(1, words)) as (pe, far, capture):
        both_up(pe, far)
        crosses(lab)
        assert pe.pw(AC)["local VC label"] == far.pw(AC)["remote VC label"]
        assert pe.pw(AC)["remote VC label"] == far.pw(AC)["local VC label"]
    mappings = [m for m in judged(capture) if field(m.fields, "ldp.msg.tlv.fec.pw.pwid") == ["100"]]
    assert len(mappings) >= 2


def test_session_is_made_for_a_pseudowire(lab):
    """auto-create-session, and no link LDP: the pseudowire alone makes the session."""
    with pair(lab, l2vc(2), l2vc(1), remote_peer=False) as (pe, far, capture):
        for one in (pe, far):
            one.configure("interface GigabitEthernet0/2/0", "undo mpls ldp")
        for one, peer in ((pe, "10.0.0.2"), (far, "10.0.0.1")):
            wait_until("the link's session to be gone", lambda one=one, peer=peer: one.sessions().get(peer) != "Operational", 30)
        for one in (pe, far):
            one.configure("mpls l2vpn", "mpls l2vpn auto-create-session")
        pe.wait_session("10.0.0.2")
        far.wait_session("10.0.0.1")
        pe.configure(f"interface {AC}", "undo mpls l2vc")
        wait_until("the session to go with the last pseudowire", lambda: pe.sessions().get("10.0.0.2") != "Operational", 60)


def test_control_word_is_renegotiated(lab):
    """RFC 8077, 7.3: the preference changes on a live pseudowire, at one end, then at the other."""
    with pair(lab, l2vc(2, "no-control-word"), l2vc(1, "control-word")) as (pe, far, capture):
        both_up(pe, far)
        assert far.pw(AC)["remote control word"] == "disable"
        pe.configure(f"interface {AC}", "undo mpls l2vc", "mpls l2vc 10.0.0.2 100 control-word")
        wait_until("both to use the control word", lambda: [p.pw(AC).get("remote control word") for p in (pe, far)]
                   == ["enable"] * 2, 30)
        both_up(pe, far)
        crosses(lab)
        far.configure(f"interface {AC}", "undo mpls l2vc", "mpls l2vc 10.0.0.1 100 no-control-word")
        wait_until("neither to use it", lambda: far.pw(AC).get("VC state") == pe.pw(AC).get("VC state") == "up" and
                   pe.pw(AC).get("remote control word") == "disable", 30)
        crosses(lab)
    judged(capture)


@pytest.mark.parametrize("change,words", [
    ("mtu 1400", ("1400", "1500")),
    ("undo mpls l2vc;mpls l2vc 10.0.0.1 100 tagged", ("VLAN", "Ethernet")),
    ("undo mpls l2vc;mpls l2vc 10.0.0.1 101", ("101",)),
])
def test_disagreement_is_named_and_healed(lab, change, words):
    with pair(lab, l2vc(2), l2vc(1)) as (pe, far, capture):
        both_up(pe, far)
        far.configure(f"interface {AC}", *change.split(";"))
        pe.wait_pw(AC, "down")
        wait_until(lambda: pe.why(AC), lambda: all(w in pe.why(AC) for w in words), 10)
        back = ["undo mtu"] if change.startswith("mtu") else ["undo mpls l2vc", "mpls l2vc 10.0.0.1 100"]
        far.configure(f"interface {AC}", *back)
        both_up(pe, far)
        crosses(lab)
    judged(capture)


def test_resets(lab):
    with pair(lab, l2vc(2), l2vc(1)) as (pe, far, capture):
        both_up(pe, far)
        label = pe.pw(AC)["local VC label"]
        pe.cli("reset pw 100 ethernet")
        both_up(pe, far)
        pe.cli("reset mpls ldp peer 10.0.0.2")
        wait_until("the session to go down", lambda: "down" in far.log_text().split("event=ldp-session")[-1] or
                   far.sessions().get("10.0.0.1") != "Operational", 10)
        both_up(pe, far)
        crosses(lab)
        assert pe.pw(AC)["local VC label"] == label
    judged(capture)


def test_restart_without_promise_comes_back(lab):
    with pair(lab, l2vc(2), l2vc(1)) as (pe, far, capture):
        both_up(pe, far)
        crosses(lab)
        pe.kill()
        far.wait_pw(AC, "down")
        pe.start()
        both_up(pe, far)
        crosses(lab)
    judged(capture)


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_restart_with_promise_is_not_seen(lab, how):
    with pair(lab, l2vc(2), l2vc(1), ldp=GR) as (pe, far, capture):
        both_up(pe, far)
        wait_until("both to promise", lambda: "on" in pe.cli("display mpls ldp session verbose").lower(), 5)
        before = pe.pw(AC)["local VC label"], far.log_text().count("event=pw ")
        getattr(pe, how)()
        crosses(lab)                            # nobody is there, and frames cross
        assert far.pw(AC)["VC state"] == "up"
        pe.start()
        pe.wait_session("10.0.0.2", seconds=60)
        both_up(pe, far)
        crosses(lab)
        assert pe.pw(AC)["local VC label"] == before[0]
        assert far.log_text().count("event=pw ") == before[1]   # it never went down
    judged(capture)


def test_promise_not_kept(lab):
    """The far engine does not come back in time: its pseudowires fall."""
    ldp = [*GR, "graceful-restart timer reconnect 5", "graceful-restart timer neighbor-liveness 5"]
    with pair(lab, l2vc(2), l2vc(1), ldp=ldp) as (pe, far, capture):
        both_up(pe, far)
        pe.kill()
        time.sleep(1)
        assert far.pw(AC)["VC state"] == "up"
        far.wait_pw(AC, "down", seconds=30)
        pe.start()
        both_up(pe, far)
        crosses(lab)


def test_ac_fault_is_seen_at_the_other_end(lab):
    with pair(lab, l2vc(2), l2vc(1)) as (pe, far, capture):
        both_up(pe, far)
        lab.ip("ce", "link", "set", "eth0", "down")
        far.wait_pw(AC, "down")
        assert "AC" in far.why(AC)
        lab.ip("ce", "link", "set", "eth0", "up")
        both_up(pe, far)
        crosses(lab)
    judged(capture)


def test_passwords_of_a_live_session(lab):
    """Set, changed and removed at one end and then at the other: down in between, with the password named; else up."""
    def not_up(*pes):
        for pe in pes:
            wait_until("the session to end", lambda: "Operational" not in pe.sessions().values(), 20)
            pe.wait_pw(AC, "down")

    def named(pe):
        wait_until("the password to be named", lambda: "password" in pe.cli("display mpls ldp session verbose")
                   and "password" in pe.why(AC), 40)

    with pair(lab, l2vc(2), l2vc(1)) as (pe, far, capture):
        both_up(pe, far)
        for words in ("md5-password plain {} one-Word9", "md5-password plain {} other-Word9", "undo md5-password {}"):
            pe.configure("mpls ldp", words.format("10.0.0.2"))
            not_up(pe, far)
            named(pe)
            named(far)
            far.configure("mpls ldp", words.format("10.0.0.1"))
            both_up(pe, far)
            flag = [re.search(r"MD5 Flag +: (\w+)", p.cli("display mpls ldp session verbose"))[1] for p in (pe, far)]
            assert flag == ["Off" if words.startswith("undo") else "On"] * 2
        crosses(lab)
    judged(capture)


def test_control_word_comes_back(lab):
    """One end wanted it only later, as a new pseudowire: both have answered C=0 by then; `reset pw` settles it."""
    with pair(lab, l2vc(2), l2vc(1, "control-word")) as (pe, far, capture):
        both_up(pe, far)
        pe.configure(f"interface {AC}", "undo mpls l2vc")
        pe.configure(f"interface {AC}", "mpls l2vc 10.0.0.2 100 control-word")
        both_up(pe, far)
        pe.cli("reset pw 100 ethernet")
        wait_until(lambda: "both to use it:\n" + pe.why(AC), lambda: all(
            "wanted here, wanted at the peer: used" in p.why(AC) for p in (pe, far)), 20)
        both_up(pe, far)
        crosses(lab)
    judged(capture)
