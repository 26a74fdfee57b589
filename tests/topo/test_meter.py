# SPDX-License-Identifier: BSD-2-Clause
"""The meter must count what really happens: a meter that cannot fail proves nothing.

    ce1 eth0 ---- left  wire  right0 ---- eth0 ce2
                              right1 ---- eth1 ce2

In the middle stands a relay that loses, doubles, holds back and damages frames it was told to, and keeps its
own account. A Linux bridge in its place shows that a healthy path gives zeros at full rate.
"""
import socket
import struct
import threading

import pytest

from topology import SOL_PACKET, wait_until
from traffic import Meter

ETH_P_METER = 0x88B5
HEAD = struct.Struct("=14sIHHQI")  # Ethernet header, then lab/meter/frame.h
ENDS = [("ce1", [("ce1", "eth0")]), ("ce2", [("ce2", "eth0"), ("ce2", "eth1")])]
PACKET_STATISTICS = 6


class Relay(threading.Thread):
    """ce1 -> ce2 by port self.out, deciding per sequence number; ce2 -> ce1 untouched."""

    def __init__(self, lab, decide=lambda seq, frame: [frame]):
        super().__init__(daemon=True)
        with lab.inside("wire"):
            self.ports = {name: self.open(name) for name in ("left", "right0", "right1")}
        self.decide, self.out, self.ended = decide, "right0", False
        self.came_by = {"right0": 0, "right1": 0}
        self.start()

    @staticmethod
    def open(dev):
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_METER))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        s.setsockopt(SOL_PACKET, 23, 1)  # PACKET_IGNORE_OUTGOING
        s.bind((dev, ETH_P_METER))
        s.settimeout(0.05)
        return s

    def run(self):
        back = [threading.Thread(target=self.pump, args=(p, self.back), daemon=True) for p in ("right0", "right1")]
        for t in back:
            t.start()
        self.pump("left", self.forth)
        for t in back:
            t.join()

    def pump(self, name, how):
        while not self.ended:
            try:
                how(name, self.ports[name].recv(10000))
            except OSError:
                pass  # nothing came in time, or a test took the port down

    def forth(self, _, frame):
        seq = HEAD.unpack_from(frame)[4]
        for f in self.decide(seq, frame):
            self.pass_on(self.out, f)

    def back(self, name, frame):
        self.came_by[name] += 1
        self.pass_on("left", frame)

    def pass_on(self, name, frame):
        try:
            self.ports[name].send(frame)
        except OSError:
            pass  # a test took the port down

    def stop(self):
        self.ended = True
        self.join()
        for s in self.ports.values():
            if struct.unpack("II", s.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]:
                pytest.fail("the relay itself lost frames: this run proves nothing")
            s.close()


@pytest.fixture
def wire(lab):
    lab.node("ce1", "wire", "ce2")
    lab.link("ce1", "eth0", "wire", "left")
    lab.link("wire", "right0", "ce2", "eth0")
    lab.link("wire", "right1", "ce2", "eth1")
    return lab


def measure(lab, relay_decides, frames=600, rate=500):
    relay = Relay(lab, relay_decides)
    with Meter(lab, ENDS) as meter:
        meter.mark("test")
        meter.start(rate)
        meter.send(frames)
        meter.stop()
        relay.stop()
        report = meter.report()
    rows = {w["dir"]: w for w in report["windows"]}
    return rows["ce1-ce2"], rows["ce2-ce1"], report, relay


def test_a_clean_path_gives_zeros(wire):
    there, back, report, _ = measure(wire, lambda seq, f: [f])
    assert report["void"] is None and report["damaged"] == 0
    for row in (there, back):
        assert row["sent"] > 300 and row["received"] == row["sent"]
        assert (row["lost"], row["dup"], row["reordered"], row["outage_ms"]) == (0, 0, 0, 0)


def test_lost_frames_are_counted_and_named(wire):
    there, back, report, _ = measure(wire, lambda seq, f: [] if seq in (7, 8, 9, 200) else [f])
    assert there["lost"] == 4 and there["dup"] == 0 and there["reordered"] == 0
    assert report["lost_ranges"] == [[[7, 9], [200, 200]], []]
    assert there["outage_ms"] > 0 and report["void"] is None
    assert back["lost"] == 0 and back["outage_ms"] == 0


def test_doubled_frames_are_counted(wire):
    there, back, report, _ = measure(wire, lambda seq, f: [f, f, f] if seq == 50 else [f, f] if seq % 100 == 99 else [f])
    assert there["dup"] == 2 + there["sent"] // 100 and there["lost"] == 0 and back["dup"] == 0
    assert report["void"] is None


def test_reordered_frames_are_counted(wire):
    held = []

    def swap(seq, frame):
        if seq in (40, 41, 90):
            held.append(frame)
            return []
        return [frame] + [held.pop(0) for _ in range(len(held))]

    there, back, _, _ = measure(wire, swap)
    assert there["reordered"] == 3 and there["lost"] == 0 and there["dup"] == 0
    assert back["reordered"] == 0


def test_an_outage_is_at_least_as_long_as_it_was(wire):
    """Frames sent while the relay is deaf are gone; the gap is no shorter than the silence."""
    there, back, _, _ = measure(wire, lambda seq, f: [] if 100 <= seq < 250 else [f])
    assert there["lost"] == 150
    assert there["outage_ms"] >= 150 / 500 * 1000 * 0.9 and back["outage_ms"] == 0


def test_an_outage_without_end_is_an_outage(wire):
    there, _, _, _ = measure(wire, lambda seq, f: [] if seq >= 300 else [f])
    assert there["lost"] == there["sent"] - 300
    assert there["outage_ms"] >= (there["sent"] - 300) / 500 * 1000 * 0.9


def test_damaged_frames_are_lost_and_told(wire):
    there, _, report, _ = measure(wire, lambda seq, f: [f[:-1] + bytes([f[-1] ^ 1])] if seq == 5 else
                                  [f + b"\0"] if seq == 6 else [f])
    assert there["lost"] == 2 and report["damaged"] == 2


def test_losses_belong_to_the_event_they_were_sent_in(wire):
    relay = Relay(wire)
    with Meter(wire, ENDS) as meter:
        meter.mark("before")
        meter.start(500)
        meter.send(250)
        relay.decide = lambda seq, f: []
        meter.mark("cut")
        meter.send(250)
        relay.decide = lambda seq, f: [f]
        meter.mark("after")
        meter.send(250)
        meter.stop()
        relay.stop()
        rows = [w for w in meter.report()["windows"] if w["dir"] == "ce1-ce2"]
    before, cut, after = rows
    assert [r["event"] for r in rows] == ["before", "cut", "after"]
    assert cut["lost"] > 100 and cut["lost"] >= cut["sent"] - 2
    assert before["lost"] <= 2 and after["lost"] <= 2  # frames under way when the relay changed its mind
    assert sum(r["sent"] for r in rows) == sum(r["received"] + r["lost"] for r in rows)


def test_a_dual_homed_end_sends_where_a_frame_last_arrived(wire):
    relay = Relay(wire)
    with Meter(wire, ENDS) as meter:
        meter.mark("first port")
        meter.start(500)
        wait_until("frames by the first port", lambda: relay.came_by["right0"] > 100)
        assert relay.came_by["right1"] == 0
        relay.out = "right1"
        wait_until("frames by the second port", lambda: relay.came_by["right1"] > 100)
        there = relay.came_by["right0"]
        wait_until("more of them", lambda: relay.came_by["right1"] > 200)
        assert relay.came_by["right0"] == there
        meter.stop()
        relay.stop()
        report = meter.report()
    forth, back = report["windows"]
    assert forth["ports"][0] > 50 and forth["ports"][1] > 50 and forth["lost"] == 0
    assert back["lost"] == 0 and report["void"] is None


def test_more_frames_than_the_bitmap_holds_is_void(wire):
    relay = Relay(wire)
    with Meter(wire, ENDS, capacity=64) as meter:
        meter.mark("test")
        meter.start(500)
        wait_until("the bitmap to be full", lambda: relay.came_by["right0"] == 64)
        meter.stop()
        relay.stop()
        assert meter.report()["void"] == "more frames than the bitmap holds"


def test_what_cannot_be_sent_is_not_sent(wire):
    """A port that is down refuses frames: they use no number and are not lost."""
    relay = Relay(wire)
    with Meter(wire, ENDS) as meter:
        meter.mark("test")
        meter.start(500)
        meter.send(100)
        wire.ip("ce1", "link", "set", "eth0", "down")
        meter.send(100)
        meter.stop()
        relay.stop()
        there = meter.report()["windows"][0]
    assert there["unrouted"] > 50 and there["refused"] == 0 and there["lost"] < 10  # some are under way when the port goes down


def bridge(wire):
    wire.ip("wire", "link", "add", "br0", "type", "bridge")
    for port in ("left", "right0"):
        wire.ip("wire", "link", "set", port, "master", "br0")
    wire.ip("wire", "link", "set", "br0", "up")
    # ports of a bridge start in the learning state without STP at once, carrier of br0 takes a moment
    wait_until("the bridge to forward", lambda: "UP" in wire.ip("wire", "-br", "link", "show", "br0").stdout)


def test_only_frames_with_the_tag_count(wire):
    """A port with a VID sends with that tag, and what comes with another, or with none, is not what was sent to it."""
    bridge(wire)
    for vids, arrive in (((7, 7), True), ((7, 8), False), ((7, None), False), ((None, 7), False)):
        one, two = (f"eth0@{vid}" if vid else "eth0" for vid in vids)
        with Meter(wire, [("ce1", [("ce1", one)]), ("ce2", [("ce2", two)])]) as meter:
            meter.mark("tags")
            meter.start(500)
            meter.send(150)
            meter.stop()
            for row in meter.report()["windows"]:
                assert row["sent"] > 100 and row["received"] == (row["sent"] if arrive else 0)


def test_full_rate_through_a_bridge_loses_nothing(wire):
    bridge(wire)
    with Meter(wire, ENDS) as meter:
        meter.mark("bridge")
        meter.start(10000)
        meter.send(15000)
        meter.stop()
        report = meter.report()
    assert report["void"] is None
    for row in report["windows"]:
        assert row["sent"] > 10000 and (row["lost"], row["dup"], row["reordered"]) == (0, 0, 0), row


def test_a_router_sends_by_its_first_port_with_carrier(wire):
    relay = Relay(wire)
    with Meter(wire, ENDS, by_carrier=True) as meter:
        meter.mark("both ports")
        meter.start(500)
        wait_until("frames by the first port", lambda: relay.came_by["right0"] > 100)
        relay.out = "right1"            # where frames arrive does not matter
        wait_until("more of them", lambda: relay.came_by["right0"] > 200)
        assert relay.came_by["right1"] == 0
        wire.ip("wire", "link", "set", "right0", "down")
        wait_until("frames by the second port", lambda: relay.came_by["right1"] > 100)
        wire.ip("wire", "link", "set", "right1", "down")
        wait_until("no port to be left", lambda: "NO-CARRIER" in wire.ip("ce2", "link", "show", "eth1").stdout)
        meter.mark("no port")
        meter.send(250)
        meter.stop()
        relay.stop()
        there, back = meter.report()["windows"][2:]
    assert back["sent"] <= 1 and back["unrouted"] > 100 and back["refused"] == 0
    assert there["sent"] > 100 and there["unrouted"] == 0


def test_the_timeline_agrees_with_the_counts(wire):
    relay = Relay(wire, lambda seq, f: [] if 100 <= seq < 150 else [f])
    with Meter(wire, ENDS, timeline=60000) as meter:
        meter.mark("first port")
        meter.start(500)
        wait_until("frames by the first port", lambda: relay.came_by["right0"] > 200)
        meter.mark("second port")
        relay.out = "right1"
        wait_until("frames by the second port", lambda: relay.came_by["right1"] > 0)
        meter.mark("settled")
        wait_until("more of them", lambda: relay.came_by["right1"] > 200)
        meter.stop()
        relay.stop()
        rows, drawn = meter.report()["windows"], meter.timeline()
    for way in ("ce1-ce2", "ce2-ce1"):
        mine = [r for r in rows if r["dir"] == way]
        sent, first, second = (sum(ms[i] for ms in drawn[way]) for i in range(3))
        assert (sent, first + second) == (sum(r["sent"] for r in mine), sum(r["received"] for r in mine)) and first and second
    assert [name for name, _ in meter.marks] == ["first port", "second port", "settled"]
    before, since = drawn["ce1-ce2"][:meter.marks[1][1]], drawn["ce1-ce2"][meter.marks[2][1] + 1:]
    assert not sum(ms[2] for ms in before) and sum(ms[1] for ms in before) and not sum(ms[1] for ms in since)
