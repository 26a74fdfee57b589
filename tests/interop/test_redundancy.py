# SPDX-License-Identifier: BSD-2-Clause
r"""Redundancy against other speakers: FRR's ldpd, other twinwires, and a Python speaker that says what nobody should.

                           core  .---------- far   10.0.0.2   the primary's
  ce eth0..3 === a0..a3 PE 10.0.0.1
                           core2 '---------- far2  10.0.0.3   the secondary's
"""
import contextlib
import struct
import threading

import pytest

import speaker as ldp
from frr import Frr, ldp_config, pw_config
from judge import Capture, field
from pe import ACS, Pe, addresses, config
from speaker import Udpless, pw_mapping, pw_status
from topology import CORE_MTU, wait_until

AC, AC2 = "GigabitEthernet0/1/0", "GigabitEthernet0/1/1"
ME, FAR, FAR2 = "10.0.0.1", "10.0.0.2", "10.0.0.3"
FAST = ["mpls ldp timer hello-send 1"]
PRIMARY, SECONDARY = "primary", "secondary"
STANDBY, REQUEST = 0x20, 0x40
BOTH = [f"mpls l2vc {FAR} 100", f"mpls l2vc {FAR2} 200 secondary"]
AT_ONCE = "mpls l2vpn reroute immediately resume 1"
MASTER = ["mpls l2vpn redundancy master", "mpls l2vpn reroute immediately"]


# ---- the network ---------------------------------------------------------------------------------------


def star(lab, customers=False):
    """@customers: far and far2 have ports, too, towards ce2 and ce3."""
    lab.node("ce", "pe", "far", "far2", *(("ce2", "ce3") if customers else ()))
    for far, dev in (("far", "core"), ("far2", "core2")):
        lab.link("pe", dev, far, "core", mtu=CORE_MTU)
    for i in range(ACS):
        lab.link("ce", f"eth{i}", "pe", f"a{i}")
        for ce, far in (("ce2", "far"), ("ce3", "far2")) if customers else ():
            lab.link(ce, f"eth{i}", far, f"a{i}")


def owner(lab, circuits, lsps=False):
    """PE's engine; with @lsps its transport is static."""
    text = config(remote=FAST, core=FAST, circuits=circuits)
    more = ["mpls ldp remote-peer far2", f" remote-ip {FAR2}", *(f" {line}" for line in FAST), "#",
            "interface GigabitEthernet0/3/0", " ip address 10.1.1.1 255.255.255.0", " mpls", " mpls ldp",
            *(f" {line}" for line in FAST), "#", f"ip route-static {FAR2} 255.255.255.255 10.1.1.3", "#"]
    if lsps:
        more += [f"static-lsp ingress to-{n} destination {far} 32 nexthop {by} out-label 3"
                 for n, far, by in ((2, FAR, "10.1.0.2"), (3, FAR2, "10.1.1.3"))] + ["#"]
    pe = Pe(lab, "pe", text.replace("return\n", "\n".join(more + ["return", ""])))
    with open(pe.ports, "a") as ports:
        ports.write("GigabitEthernet0/3/0 core2\n")
    return pe


def slave(lab, node, circuits):
    """A twinwire with single pseudowires to PE."""
    if node == "far":
        return Pe(lab, node, config(2, 1, remote=FAST, core=FAST, circuits=circuits))
    return Pe(lab, node, config(3, 1, remote=FAST, core=FAST, circuits=circuits).replace("10.1.0.", "10.1.1."))


@contextlib.contextmanager
def captured(lab, *engines):
    """Runs them, under the eyes of tcpdump at both of PE's links."""
    with Capture(lab, "pe", "core") as one, Capture(lab, "pe", "core2") as two:
        for engine in engines:
            engine.start()
        yield one, two
        for engine in engines:
            if engine.runs():
                engine.stop()


def judged(captures, least=8):
    """As their neighbours do: messages were counted, and tshark has nothing against ours."""
    out = []
    for capture in captures:
        messages = [m for m in capture.messages() if m.source in (ME, "10.1.0.1", "10.1.1.1")]
        assert len(messages) >= least, [m.kind for m in capture.messages()]
        for source in (ME, "10.1.0.1", "10.1.1.1"):
            assert capture.complaints(source) == []
        out.append(messages)
    return out


# ---- what PE says ------------------------------------------------------------------------------------------


def active(pe, ac=AC):
    rows = pe.l2vc(ac)
    return next((pw["primary or secondary"] for pw in rows if pw["active state"] == "active"), "none")


def wait_active(pe, slot, ac=AC, seconds=30):
    wait_until(lambda: f"{pe.node} to send on its {slot}, it says {active(pe, ac)}\n{pe.why(ac)}",
               lambda: active(pe, ac) == slot, seconds)


def wait_both(pe, ac=AC):
    for which in (0, 1):
        pe.wait_pw(ac, which=which)


def switches(pe):
    return pe.log_text().count("event=switch ")


def remote_status(pe, ac=AC, which=0):
    text = pe.pw(ac, which).get("remote status code", "")
    return int(text.split()[0], 16) if text.startswith("0x") else None


def wait_remote(pe, status, ac=AC, which=0):
    wait_until(lambda: f"{pe.node} to hear {status:#x}: {pe.why(ac)}", lambda: remote_status(pe, ac, which) == status, 20)


def diagnose(pe, ac=AC):
    return pe.cli(f"display mpls l2vpn diagnose interface {ac}")


# ---- FRR as the far ends ----------------------------------------------------------------------------------


@contextlib.contextmanager
def two_frrs(lab, lines, more=()):
    """@more: lines of AC2, whose pseudowires are VC 101 and 201."""
    star(lab)
    frr = {}
    for node, me, net, vc in (("far", FAR, "10.1.0", 100), ("far2", FAR2, "10.1.1", 200)):
        lab.ip(node, "addr", "add", f"{me}/32", "dev", "lo")
        lab.ip(node, "addr", "add", f"{net}.{me[-1]}/24", "dev", "core")
        lab.ip(node, "route", "add", f"{ME}/32", "via", f"{net}.1")
        pws = [(ME, vc, ["control-word exclude"], []), *([(ME, vc + 1, ["control-word exclude"], [])] if more else [])]
        frr[vc] = Frr(lab, node, {"ldpd": ldp_config(me, "core") + pw_config(*pws)}).start()
    pe = owner(lab, {AC: [*BOTH, *lines], **({AC2: more} if more else {})})
    with captured(lab, pe) as captures:
        wait_both(pe)
        yield pe, frr, captures
    for f in frr.values():
        f.stop()


def frr_says(frr, vc, want):
    wait_until(lambda: f"FRR to say PW {vc} is {want}: {frr[vc].pws()}",
               lambda: frr[vc].pws().get((ME, vc), {}).get("status") == want, 30)


def test_frr_dies_and_comes_back(lab):
    """FRR with single pseudowires to a twinwire in FRR mode: told of faults alone, so both stay up there."""
    with two_frrs(lab, [AT_ONCE]) as (pe, frr, captures):
        for vc in frr:
            frr_says(frr, vc, "up")
        wait_active(pe, PRIMARY)
        frr[100].kill("ldpd")
        wait_active(pe, SECONDARY)
        frr_says(frr, 200, "up")
        frr[100].start("ldpd")
        wait_active(pe, PRIMARY)
        for vc in frr:          # the notice of the switchback is over
            frr_says(frr, vc, "up")
        frr[200].kill("ldpd")
        pe.wait_pw(AC, "down", which=1)
        assert active(pe) == PRIMARY
        frr[200].start("ldpd")
        wait_both(pe)
        assert active(pe) == PRIMARY
    for messages in judged(captures):
        assert not [s for m in messages for s in statuses(m) if s & STANDBY], "FRR mode tells no roles"


def test_frr_is_told_standby(lab):
    """FRR knows no preferential forwarding: what says 0x20 is down to it, which is what a master wants."""
    with two_frrs(lab, MASTER) as (pe, frr, captures):
        wait_active(pe, PRIMARY)
        frr_says(frr, 100, "up")
        frr_says(frr, 200, "down")
        pe.configure(f"interface {AC}", "mpls l2vpn switchover")
        wait_active(pe, SECONDARY)
        frr_says(frr, 200, "up")
        frr_says(frr, 100, "down")
        frr[200].kill("ldpd")
        wait_active(pe, PRIMARY)
        frr_says(frr, 100, "up")
        frr[200].start("ldpd")
        wait_active(pe, SECONDARY)
    assert all(any(s & STANDBY for m in messages for s in statuses(m)) for messages in judged(captures))


def test_frr_is_told_of_a_group(lab):
    """FRR understands a status that names nothing but the Group ID its Mappings had."""
    with two_frrs(lab, MASTER, [f"mpls l2vc {FAR} 101", f"mpls l2vc {FAR2} 201 secondary", *MASTER]) as (pe, frr, captures):
        wait_both(pe, AC2)
        for vc in (200, 201):
            wait_until(f"PW {vc} to be down in FRR", lambda vc=vc: frr[200].pws().get((ME, vc), {}).get("status") == "down", 30)
        pe.configure(f"interface {AC}", "mpls l2vpn switchover", "quit", f"interface {AC2}", "mpls l2vpn switchover")
        for first, want in ((200, "up"), (100, "down")):
            for vc in (first, first + 1):
                wait_until(lambda f=first, vc=vc: f"PW {vc} to be {want} in FRR: {frr[f].pws()}",
                           lambda f=first, vc=vc, w=want: frr[f].pws().get((ME, vc), {}).get("status") == w, 30)
    for messages, status in zip(judged(captures), (STANDBY, 0)):
        told = [m for m in messages if "Notification" in m.kind and statuses(m) == [status]]
        assert [m for m in told if not field(m.fields, "ldp.msg.tlv.fec.pw.pwid")], [m.fields for m in told]


def statuses(message):
    """PW status codes in a message, as tshark reads them."""
    return [int(s, 0) for s in field(message.fields, "ldp.msg.tlv.pwstatus.code")]


# ---- twinwires alone -------------------------------------------------------------------------------------------


def test_master_and_slaves(lab):
    """The slaves obey 0x20 without any command of redundancy: frames go by the one that is told 0."""
    star(lab, customers=True)
    for ce, n in (("ce", 1), ("ce2", 2), ("ce3", 2)):
        lab.ip(ce, "address", "add", f"192.0.2.{n}/24", "dev", "eth0")
    pe = owner(lab, {AC: [*BOTH, *MASTER]})
    far, far2 = slave(lab, "far", {AC: [f"mpls l2vc {ME} 100"]}), slave(lab, "far2", {AC: [f"mpls l2vc {ME} 200"]})
    with captured(lab, pe, far, far2) as captures:
        wait_both(pe)
        for who, other, slot, ce, silent in ((far, far2, PRIMARY, "ce2", "ce3"), (far2, far, SECONDARY, "ce3", "ce2")):
            if slot == SECONDARY:
                pe.configure(f"interface {AC}", "mpls l2vpn switchover")
            wait_active(pe, slot)
            wait_remote(who, 0)
            wait_remote(other, STANDBY)
            other.wait_pw(AC)               # standby is not down
            assert active(other) == "none" and active(who) == PRIMARY
            wait_until(f"{ce} to answer", lambda ce=ce: pings(lab, ce), 20)
            assert not pings(lab, silent)
    judged(captures)


def pings(lab, ce):
    lab.ip(ce, "neigh", "flush", "all")
    return " 0% packet loss" in lab.exec(ce, "ping", "-c", "1", "-W", "1", "192.0.2.1", check=False).stdout


def test_independent_both_ends(lab):
    """Two PEs, two pseudowires between them; the lowest PW ID is used, whatever its name (RFC 6870, 5.1); requests."""
    star(lab, customers=True)
    mode = ["mpls l2vpn redundancy independent"]
    text = {n: config(n, 3 - n, remote=FAST, core=FAST, circuits={
        AC: [f"mpls l2vc 10.0.0.{3 - n} 101", f"mpls l2vc 10.0.0.{3 - n} 102 secondary", *mode],
        AC2: [f"mpls l2vc 10.0.0.{3 - n} 104", f"mpls l2vc 10.0.0.{3 - n} 103 secondary", *mode]}).replace(
            "mpls l2vpn\n", f"mpls l2vpn\n mpls l2vpn request-switchover peer 10.0.0.{3 - n}\n", 1) for n in (1, 2)}
    pe, far = Pe(lab, "pe", text[1]), Pe(lab, "far", text[2])
    with Capture(lab, "pe", "core") as capture:
        for one in (pe, far):
            one.start()
        for one in (pe, far):
            wait_both(one)
            wait_active(one, PRIMARY)
            wait_active(one, SECONDARY, AC2)
        for one, slot in ((pe, SECONDARY), (far, PRIMARY), (far, SECONDARY)):
            one.cli(f"mpls l2vpn request-switchover interface {AC} {slot}")
            for each in (pe, far):
                wait_active(each, slot)
        lab.ip("pe", "link", "set", "core", "down")
        for one in (pe, far):
            wait_active(one, "none")
        lab.ip("pe", "link", "set", "core", "up")
        for one in (pe, far):
            wait_both(one)
            wait_active(one, PRIMARY)       # what was asked for ended with the pseudowire
        for one in (pe, far):
            one.stop()
    messages = [m for m in capture.messages() if m.source in (ME, FAR)]
    assert len(messages) >= 20
    assert any(s & REQUEST for m in messages for s in statuses(m))
    for source in (ME, FAR, "10.1.0.1", "10.1.0.2"):
        assert capture.complaints(source) == []


def test_group_is_told_by_one_notification(lab):
    """Sixteen circuits of a master lose their path at once: the slave of the secondaries is told by wildcard."""
    star(lab)
    n = 16
    subs = [f"{AC}.{i}" for i in range(1, n + 1)]
    pe = owner(lab, {s: [f"vlan-type dot1q {i}", f"mpls l2vc {FAR} {100 + i}", f"mpls l2vc {FAR2} {200 + i} secondary", *MASTER]
                     for i, s in enumerate(subs, 1)})
    # the customers' ports of the slaves hang free: their other ends are never given to anybody
    for node in ("far", "far2"):
        for i in range(ACS):
            lab.link("ce", f"{node}-{i}", node, f"a{i}")
    slaves = [slave(lab, node, {s: [f"vlan-type dot1q {i}", f"mpls l2vc {ME} {base + i}"] for i, s in enumerate(subs, 1)})
              for node, base in (("far", 100), ("far2", 200))]
    with captured(lab, pe, *slaves) as captures:
        for s in subs:
            wait_both(pe, s)
            wait_active(pe, PRIMARY, s)
        for s in subs:
            wait_remote(slaves[1], STANDBY, s)
        lab.ip("far", "link", "set", "core", "down")
        for s in subs:
            wait_active(pe, SECONDARY, s)
        for s in subs:
            wait_remote(slaves[1], 0, s)
            assert active(slaves[1], s) == PRIMARY
    messages = judged(captures)[1]
    told = [m for m in messages if statuses(m) == [0] and not field(m.fields, "ldp.msg.tlv.fec.pw.pwid") and
            field(m.fields, "ldp.msg.tlv.fec.pw.groupid")]
    single = [m for m in messages if statuses(m) == [0] and "Notification" in m.kind and
              field(m.fields, "ldp.msg.tlv.fec.pw.pwid")]
    assert told and len(told) + len(single) < n, [m.kind for m in messages]


def test_frr_at_both_ends(lab):
    """Both ends of the same two pseudowires think they decide: a commit says so; both receive from both, it is well."""
    star(lab, customers=True)
    pe, far = (Pe(lab, node, config(n, 3 - n, remote=FAST, core=FAST, circuits={AC: [
        f"mpls l2vc 10.0.0.{3 - n} 101", f"mpls l2vc 10.0.0.{3 - n} 102 secondary", AT_ONCE]})) for node, n in (("pe", 1), ("far", 2)))
    for ce, n in (("ce", 1), ("ce2", 2)):
        lab.ip(ce, "address", "add", f"192.0.2.{n}/24", "dev", "eth0")
    with Capture(lab, "pe", "core") as capture:
        for one in (pe, far):
            one.start()
        for one in (pe, far):
            wait_both(one)
            wait_active(one, PRIMARY)
        pe.configure(f"interface {AC}", "manual-set pw-ac-fault")       # told to the far end, which leaves it, too
        for one in (pe, far):
            wait_active(one, SECONDARY)
        wait_until("ce2 to answer", lambda: pings(lab, "ce2"), 20)
        pe.configure(f"interface {AC}", "undo manual-set pw-ac-fault", "mpls l2vpn stream-dual-receiving")
        far.configure(f"interface {AC}", "mpls l2vpn stream-dual-receiving")
        for one in (pe, far):
            wait_active(one, PRIMARY)
        assert pings(lab, "ce2")
        for one in (pe, far):
            one.stop()
    messages = capture.messages()
    assert len(messages) >= 20
    for source in (ME, FAR, "10.1.0.1", "10.1.0.2"):
        assert capture.complaints(source) == []


# ---- what nobody should say -------------------------------------------------------------------------------------


class FarPe:
    """The Python speaker as a far PE: says and hears the status of one pseudowire."""

    def __init__(self, lab, node, me, vc, mapped=True, status=0):
        self.vc, self.told, self.group, self.fence = vc, None, None, 0
        self.speaker = Udpless(lab, node, me, ME, hold=60)
        self.speaker.up(keepalive=300)
        if mapped:
            self.map(status)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def map(self, status=0):
        self.speaker.send(ldp.MAPPING, pw_mapping(self.vc, 5000 + self.vc, status))

    def say(self, *status):
        for s in status:
            self.speaker.send(ldp.NOTIFICATION, pw_status(self.vc, s))

    def say_of(self, vc, status):
        self.speaker.send(ldp.NOTIFICATION, pw_status(vc, status))

    def heard_by(self, pe):
        """All that was said has been read: a status of the neighbour's PW, said after it, has."""
        self.fence = 1 - self.fence
        self.say_of(300, self.fence)
        wait_remote(pe, self.fence, AC2)

    def _listen(self):
        while not self.over.is_set() and self.speaker.read(0.1):
            for m in self.speaker.got:
                self._heard(m)
            del self.speaker.got[:]

    def _heard(self, m):
        fec, status = m.tlvs.get(ldp.T_FEC, b""), m.tlvs.get(ldp.T_PW_STATUS)
        if fec[:1] != b"\x80" or status is None or len(fec) < 8:
            return
        length, group = struct.unpack("!BI", fec[3:8])
        vc = struct.unpack("!I", fec[8:12])[0] if length >= 4 else None
        if m.type == ldp.MAPPING and vc == self.vc:
            self.group = group
        if vc == self.vc or (vc is None and group == self.group):
            self.told = struct.unpack("!I", status[:4])[0]

    def hears(self, want):
        wait_until(lambda: f"PW {self.vc} to be told {want:#x}: {self.told}", lambda: self.told == want, 20)

    def close(self):
        self.over.set()
        self.thread.join()
        self.speaker.close()


@contextlib.contextmanager
def hostile(lab, lines, mapped=(True, True)):
    """PE and two speakers. AC2 has one pseudowire, VC 300 to the first, that nothing said of another may disturb."""
    star(lab)
    addresses(lab, "far", 2, 1)
    lab.ip("far2", "addr", "add", f"{FAR2}/32", "dev", "lo")
    lab.ip("far2", "addr", "add", "10.1.1.3/24", "dev", "core")
    lab.ip("far2", "route", "add", f"{ME}/32", "via", "10.1.1.1")
    pe = owner(lab, {AC: [*BOTH, *lines], AC2: [f"mpls l2vc {FAR} 300"]}, lsps=True)
    speakers = []
    with captured(lab, pe) as captures:
        try:
            for node, me, vc, maps in (("far", FAR, 100, mapped[0]), ("far2", FAR2, 200, mapped[1])):
                speakers.append(FarPe(lab, node, me, vc, maps))
            speakers[0].speaker.send(ldp.MAPPING, pw_mapping(300, 5300))
            pe.wait_pw(AC2)
            yield (pe, *speakers)
            assert set(pe.sessions().values()) == {"Operational"} and len(pe.sessions()) == 2, pe.sessions()
        finally:
            for s in speakers:
                s.close()
    judged(captures, 4)


MODES = {"frr": [AT_ONCE], "master": MASTER, "independent": ["mpls l2vpn redundancy independent"]}


@pytest.mark.parametrize("mode", MODES)
def test_odd_statuses(lab, mode):
    """Unknown bits alone change nothing; a fault with any other bit is a fault; what is of another PW is of another PW."""
    with hostile(lab, MODES[mode]) as (pe, one, two):
        wait_both(pe)
        if mode == "independent":
            two.say(STANDBY)
        wait_active(pe, PRIMARY)
        for status in (0x80000000, 0x80, 0xffffff80):
            one.say(status)
            one.heard_by(pe)
            assert active(pe) == PRIMARY, f"{status:#x}"
        one.say(0)
        for status in (0x21, 0x61, 0x81, 0x06 | STANDBY, 0xffffffff):
            if mode == "independent":
                two.say(0)
            one.say(status)
            wait_active(pe, SECONDARY)
            pe.wait_pw(AC, "down")
            one.say(0)
            if mode == "independent":
                two.say(STANDBY)
            wait_active(pe, PRIMARY)
        before = switches(pe)
        one.say_of(200, 1)          # the other's
        two.say_of(100, 1)
        one.say_of(4242, 1)         # nobody's
        one.say(1, 0x80, 0)
        one.heard_by(pe)
        wait_active(pe, PRIMARY)
        assert pe.pw(AC, 1)["VC state"] == "up"
        assert switches(pe) - before <= 2
        said = diagnose(pe)
        assert "sends on primary" in said, said


def storm(pe, one, *words):
    """What it cost: switches, from the primary back to the primary."""
    wait_both(pe)
    wait_active(pe, PRIMARY)
    before = switches(pe)
    for _ in range(20):
        one.say(*words * 20)
    one.say(0)
    one.heard_by(pe)
    wait_active(pe, PRIMARY)
    return switches(pe) - before


@pytest.mark.parametrize("mode", MODES)
def test_status_storm(lab, mode):
    """Thousands of changes in a moment: one switch away, one back when it is over; the other circuit sleeps."""
    with hostile(lab, MODES[mode]) as (pe, one, two):
        assert storm(pe, one, 0x01, 0x00, 0x20, 0x06, 0x20 if mode == "independent" else 0x60) <= 20, pe.log_tail(40)


def test_storm_of_requests(lab):
    """Who asks and asks is obeyed each time, at most: a fault acts at once, and a request is not damped. It ends right."""
    with hostile(lab, MODES["independent"]) as (pe, one, two):
        assert 0 < storm(pe, one, 0x01, 0x00, 0x20, 0x06, 0x60) <= 2 * 20 * 20, pe.log_tail(40)


def test_two_peers_both_active(lab):
    with hostile(lab, MODES["independent"]) as (pe, one, two):
        wait_both(pe)
        wait_active(pe, PRIMARY)
        wait_until(lambda: diagnose(pe), lambda: "both" in diagnose(pe).lower() and "active" in diagnose(pe), 10)
        one.hears(0)
        two.hears(0)
        one.say(STANDBY)
        wait_active(pe, SECONDARY)
        wait_until("the alarm to go", lambda: "event=alarm" in pe.log_text() and "both" not in diagnose(pe).lower(), 10)
        two.say(STANDBY)
        wait_active(pe, "none")
        wait_until(lambda: diagnose(pe), lambda: "standby" in diagnose(pe), 10)
        one.say(0)
        wait_active(pe, PRIMARY)


@pytest.mark.parametrize("mode", MODES)
def test_secondary_never_answers(lab, mode):
    with hostile(lab, MODES[mode], mapped=(True, False)) as (pe, one, two):
        pe.wait_pw(AC)
        wait_active(pe, PRIMARY)
        one.hears(0)
        assert pe.pw(AC, 1)["VC state"] == "down"
        one.say(1)
        wait_active(pe, "none")
        said = diagnose(pe)
        assert "wrong" in said, said
        one.say(0)
        wait_active(pe, PRIMARY)
        one.say(1)
        wait_active(pe, "none")
        two.map()               # late, but there: nothing else is usable
        wait_active(pe, SECONDARY)


def test_two_masters(lab):
    """The far end of the secondary, which we told standby, is a master as well and tells us standby on the primary."""
    with hostile(lab, MASTER) as (pe, one, two):
        wait_both(pe)
        wait_active(pe, PRIMARY)
        one.hears(0)
        two.hears(STANDBY)
        one.say(STANDBY)                    # RFC 6870, 5.2: the master's word counts
        one.heard_by(pe)
        wait_until(lambda: diagnose(pe), lambda: "master" in diagnose(pe).lower() and "event=alarm" in pe.log_text(), 10)
        assert active(pe) == PRIMARY
        one.say(0)
        one.heard_by(pe)
        assert active(pe) == PRIMARY


def test_peer_without_status_makes_it_frr(lab):
    with hostile(lab, MASTER, mapped=(True, False)) as (pe, one, two):
        pe.wait_pw(AC)
        two.map(None)
        wait_both(pe)
        wait_active(pe, PRIMARY)
        wait_until(lambda: diagnose(pe), lambda: "status" in diagnose(pe) and "event=alarm" in pe.log_text(), 10)
        one.say(1)
        wait_active(pe, SECONDARY)
        one.say(0)
        wait_active(pe, PRIMARY)
        one.hears(0)


def test_requests_are_answered(lab):
    """RFC 6870, 6.3: a request on the idle one moves the circuit and is answered; one on a dead one is not."""
    with hostile(lab, MODES["independent"]) as (pe, one, two):
        wait_both(pe)
        wait_active(pe, PRIMARY)
        two.say(REQUEST)
        wait_active(pe, SECONDARY)
        two.hears(0)
        one.hears(STANDBY)
        two.say(0)
        one.say(REQUEST)
        wait_active(pe, PRIMARY)
        one.hears(0)
        two.hears(STANDBY)
        one.say(0)
        two.say(REQUEST | 1)        # dead by its own word
        pe.wait_pw(AC, "down", which=1)
        assert active(pe) == PRIMARY
        for _ in range(200):        # and nobody is kept busy by asking
            one.say(REQUEST, 0)
        one.heard_by(pe)
        wait_active(pe, PRIMARY)
