# SPDX-License-Identifier: BSD-2-Clause
"""How long a circuit is dark: the carrier of the primary's path goes away at 10,000 frames/s, among 1 to 65,536 circuits.

    ce1 ac0.. ---- ac0.. pe1 to2 ---- core pe2 ac ---- to2 ce2
                             to3 ---- core pe3 ac ---- to3

pe1 has all circuits, each with a static primary to pe2 and a secondary to pe3, on as many ports as they need; pe2 and
pe3 have those that are measured. A run measures one of them: the frames lost around the cut, by their interval. Busy: the
cut comes in the middle of a commit that changes 1,000 circuits.

Beside it, in the same rounds: a fast-failover group of Open vSwitch (its own datapath, from Debian) in pe1's place.

Withdraw and status: signalled PWs; from the arrival of the Label Withdraw, or of the Notification, at pe1's port (stamped
by the kernel) to the first frame at ce2's other port.
"""
import fcntl
import pathlib
import random
import select
import socket
import statistics
import struct
import sys
import threading
import time

import measure

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))
import topology  # noqa: E402
from engine import Engine  # noqa: E402
from session import Session  # noqa: E402
from traffic import Meter  # noqa: E402

BARS = {
    "outage_65536_vs_1": measure.Bar("at most", 2),
    "outage_18_of_20_ms": measure.Bar("at most", 2, "value"),
    "outage_busy_18_of_20_ms": measure.Bar("at most", 2, "value"),
}
SIZES = {False: (1, 64, 4096, 65536), True: (1, 65536)}
RUNS = {False: 20, True: 5}
RATE, TRIES = 10000, 5
SUBIFS, SAMPLES, CHANGED = 4094, 4, 1000
LSR = {"pe1": "10.0.0.1", "pe2": "10.0.0.2", "pe3": "10.0.0.3"}
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
SO_TIMESTAMPNS, LDP_PORT = 35, 646
WITHDRAW, NOTIFICATION, PW_STATUS = 0x0402, 0x0001, 0x896a    # the TLV with its U bit


# ---- configurations ------------------------------------------------------------------------------------------------


def node(me, links, lsps=()):
    """What every PE has. links: (port, address of ours, far end, far LSR ID)."""
    yield f"#\nsysname {me}\n#\nmpls lsr-id {LSR[me]}\n#\nmpls\n#\ninterface LoopBack0\n ip address {LSR[me]} 32\n#"
    for port, here, far, lsr in links:
        yield f"interface {port}\n ip address {here} 24\n mpls\n#\nip route-static {lsr} 32 {far}\n#"
    yield from lsps


def static_lsps(me):
    """Of static PWs, with a transport label each way: 100 away from pe1, 200 to it."""
    if me == "pe1":
        for i, lsr in ((2, "10.0.0.2"), (3, "10.0.0.3")):
            yield f"static-lsp ingress to{i} destination {lsr} 32 nexthop 10.1.{i}.2 out-label {100 + i}\n#"
            yield f"static-lsp egress from{i} in-label {200 + i}\n#"
    else:
        i = int(me[2])
        yield f"static-lsp ingress to1 destination 10.0.0.1 32 nexthop 10.1.{i}.1 out-label {200 + i}\n#"
        yield f"static-lsp egress from1 in-label {100 + i}\n#"


def links(me):
    if me == "pe1":
        return [("to2", "10.1.2.1", "10.1.2.2", "10.0.0.2"), ("to3", "10.1.3.1", "10.1.3.2", "10.0.0.3")]
    i = int(me[2])
    return [("core", f"10.1.{i}.2", f"10.1.{i}.1", "10.0.0.1")]


def place(i):
    """Port and VLAN of circuit @i."""
    return i // SUBIFS, i % SUBIFS + 1


def owner(n):
    """pe1 with @n circuits: labels 1000 + 2 i and the next are those of the primary and the secondary."""
    yield from node("pe1", links("pe1"), static_lsps("pe1"))
    yield f"mpls l2vpn\n capacity circuits {max(n, 64)}\n mpls l2vpn reroute-rate 0\n#"
    for i in range(n):
        port, vid = place(i)
        yield f"interface ac{port}.{vid}\n vlan-type dot1q {vid}"
        for k, (far, slot) in enumerate((("10.0.0.2", ""), ("10.0.0.3", " secondary"))):
            label = 1000 + 2 * i + k
            yield (f" mpls static-l2vc destination {far} {label} transmit-vpn-label {label} receive-vpn-label {label}"
                   f" control-word{slot}")
        yield " mpls l2vpn reroute immediately\n#"
    yield "return\n"


def far(me, samples):
    yield from node(me, links(me), static_lsps(me))
    yield "mpls l2vpn\n#"
    for i in samples:
        label = 1000 + 2 * i + (me == "pe3")
        yield (f"interface ac.{i % SUBIFS + 1}\n vlan-type dot1q {i % SUBIFS + 1}\n mpls static-l2vc destination 10.0.0.1 {label} "
               f"transmit-vpn-label {label} receive-vpn-label {label} control-word\n#")
    yield "return\n"


def signalled(me):
    """One circuit, its PWs by LDP over the links themselves."""
    yield from node(me, links(me), ["mpls ldp\n#"] + [f"interface {port[0]}\n mpls ldp\n mpls ldp timer hello-send 1\n#"
                                                      for port in links(me)])
    yield "mpls l2vpn\n#"
    for i, lsr in ((2, "10.0.0.2"), (3, "10.0.0.3")) if me == "pe1" else ((int(me[2]), "10.0.0.1"),):
        yield f"mpls ldp remote-peer r{i}\n remote-ip {lsr}\n mpls ldp timer hello-send 1\n#"
    if me == "pe1":
        yield ("interface ac0\n mpls l2vc 10.0.0.2 2 control-word\n mpls l2vc 10.0.0.3 3 control-word secondary\n"
               " mpls l2vpn reroute immediately resume 0\n#\nreturn\n")
    else:
        yield f"interface ac\n mpls l2vc 10.0.0.1 {me[2]} control-word\n#\nreturn\n"


# ---- the network ---------------------------------------------------------------------------------------------------


class Net:
    """The nodes with their links, nothing on them yet."""

    def __init__(self, ports=1, core_mtu=1600):
        self.lab = lab = topology.Lab()
        lab.node("ce1", "pe1", "pe2", "pe3", "ce2")
        for i in range(ports):
            lab.link("ce1", f"ac{i}", "pe1", f"ac{i}")
        for pe, port in (("pe2", "to2"), ("pe3", "to3")):
            lab.link("pe1", port, pe, "core", mtu=core_mtu)
            lab.link(pe, "ac", "ce2", port)

    def carrier(self, up):
        """Of the primary's path, at its far end; by the system call itself, so that it is at once."""
        with self.lab.inside("pe2"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH22x", b"core", IFF_UP if up else 0))

    def outage(self, ports1, ports2, cut):
        """ms: frames of ce1 that did not reach ce2 around cut(), which is called while they are sent, by their interval. A
        pause of the sender, who makes up for it, is no outage so."""
        with Meter(self.lab, [("ce1", ports1), ("ce2", ports2)], capacity=1 << 20) as m:
            m.mark("before")
            m.start(RATE)
            time.sleep(0.2)
            m.mark("cut")
            cut()
            time.sleep(0.4)
            m.stop()
            report = m.report()
        before, after = (next(w for w in report["windows"] if (w["dir"], w["event"]) == ("ce1-ce2", e)) for e in ("before", "cut"))
        by = before["ports"], after["ports"]
        if report["void"] or not by[0][0] or by[0][1] or not by[1][1]:
            raise measure.Void(report["void"] or f"arrived by port of ce2, before and after: {by}: no switch was seen")
        return after["lost"] * 1000 / RATE

    def down(self):
        self.lab.down()


# ---- ours ----------------------------------------------------------------------------------------------------------


class Ours(Net):
    """@n circuits at pe1."""

    def __init__(self, n):
        super().__init__(ports=place(n - 1)[0] + 1)
        self.n = n
        self.samples = sorted(random.sample(range(max(0, n - SUBIFS), n), min(n, SAMPLES)))   # their VLANs differ
        try:
            self.engines = [Engine(self.lab, "pe1", "\n".join(owner(n)), "")]
            self.engines += [Engine(self.lab, pe, "\n".join(far(pe, self.samples)), "") for pe in ("pe2", "pe3")]
            for e in self.engines:
                e.start(wait=False)
            for e in self.engines:
                e.wait_ready(300)
            self.session = Session(self.engines[0].run_dir / "cli.sock")
            self.session.line("screen-length 0 temporary")
            self.back()
        except BaseException:
            self.down()
            raise

    def active(self, i):
        port, vid = place(i)
        rows = self.session.line(f"display mpls l2vpn vpws interface ac{port}.{vid}").splitlines()
        return next((row.split()[-1] for row in rows if " Up " in row and " Active " in row), None)

    def back(self):
        for i in self.samples:
            topology.wait_until(f"circuit {i} to be on its primary", lambda i=i: self.active(i) == "Pri", 120)

    def restore(self):
        self.carrier(True)
        self.back()

    def measured(self, cut):
        port, vid = place(random.choice(self.samples))
        try:
            return self.outage([("ce1", f"ac{port}@{vid}")], [("ce2", f"to2@{vid}"), ("ce2", f"to3@{vid}")], cut)
        finally:
            self.restore()

    def idle(self):
        return self.measured(lambda: self.carrier(False))

    def busy(self):
        """The cut comes while a commit of CHANGED circuits is under way."""
        self.round = getattr(self, "round", 0) + 1
        s = self.session
        s.line("system-view")
        for i in range(CHANGED):
            port, vid = place(i)
            s.line(f"interface ac{port}.{vid}")
            s.line(f"mpls l2vpn description round {self.round}")
            s.line("quit")

        def cut():
            s.send("commit")
            self.carrier(False)
            s._answer()

        try:
            return self.measured(cut)
        finally:
            s.line("return")

    def down(self):
        if hasattr(self, "session"):
            self.session.s.close()
        super().down()


# ---- Open vSwitch --------------------------------------------------------------------------------------------------


class OpenVswitch(Net):
    """pe1 is a switch with a fast-failover group; pe2 and pe3 are wires."""

    def __init__(self):
        super().__init__()
        self.dir = self.lab.dir / "ovs"
        self.dir.mkdir()
        try:
            for pe in ("pe2", "pe3"):
                self.wire(pe)
            self.start()
        except BaseException:
            self.down()
            raise

    def wire(self, pe):
        self.lab.ip(pe, "link", "add", "br0", "type", "bridge")
        for dev in ("core", "ac"):
            self.lab.ip(pe, "link", "set", dev, "master", "br0")
        self.lab.ip(pe, "link", "set", "br0", "up")

    def ovs(self, *args):
        return topology.run("env", f"OVS_RUNDIR={self.dir}", f"OVS_LOGDIR={self.dir}", f"OVS_DBDIR={self.dir}", *map(str, args))

    def start(self):
        db = f"unix:{self.dir}/db.sock"
        inside = ["nsenter", f"--net=/run/netns/{self.lab.ns('pe1')}"]
        self.ovs("ovsdb-tool", "create", self.dir / "conf.db", "/usr/share/openvswitch/vswitch.ovsschema")
        self.ovs("ovsdb-server", self.dir / "conf.db", f"--remote=p{db}", "--detach", f"--pidfile={self.lab.dir}/ovsdb.pid",
                 f"--unixctl={self.dir}/ovsdb.ctl", f"--log-file={self.dir}/ovsdb.log")
        self.ovs(*inside, "ovs-vswitchd", db, "--detach", f"--pidfile={self.lab.dir}/vswitchd.pid", f"--unixctl={self.dir}/vswitchd.ctl",
                 f"--log-file={self.dir}/vswitchd.log")
        vsctl = ["ovs-vsctl", f"--db={db}"]
        self.ovs(*vsctl, "add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev", "fail_mode=secure", "protocols=OpenFlow13")
        for n, port in enumerate(("ac0", "to2", "to3"), 1):
            self.ovs(*vsctl, "add-port", "br0", port, "--", "set", "interface", port, f"ofport_request={n}")
        of = ["ovs-ofctl", "-O", "OpenFlow13"]
        self.ovs(*of, "add-group", "br0", "group_id=1,type=fast_failover,bucket=watch_port:2,output:2,bucket=watch_port:3,output:3")
        self.ovs(*of, "add-flow", "br0", "in_port=1,actions=group:1")
        for port in (2, 3):
            self.ovs(*of, "add-flow", "br0", f"in_port={port},actions=output:1")

    def restore(self):
        self.carrier(True)
        time.sleep(0.5)

    def idle(self):
        try:
            return self.outage([("ce1", "ac0")], [("ce2", "to2"), ("ce2", "to3")], lambda: self.carrier(False))
        finally:
            self.restore()


# ---- messages ------------------------------------------------------------------------------------------------------


class Ears(threading.Thread):
    """Frames at a device for which wanted(frame) is true: [ns], as the kernel stamped them (CLOCK_REALTIME)."""

    def __init__(self, lab, node, device, wanted):
        super().__init__(daemon=True)
        with lab.inside(node):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            self.sock.bind((device, 0))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.wanted, self.heard, self.over = wanted, [], False
        self.start()

    def run(self):
        while not self.over:
            if not select.select([self.sock], [], [], 0.1)[0]:
                continue
            frame, anc, _, where = self.sock.recvmsg(2048, 64)
            if where[2] != socket.PACKET_OUTGOING and self.wanted(frame):
                sec, ns = struct.unpack("qq", anc[0][2][:16])
                self.heard.append(sec * 10 ** 9 + ns)

    def stop(self):
        self.over = True
        self.join()
        self.sock.close()
        return self.heard


def messages(frame):
    """(type, octets) of the LDP messages in a TCP segment that begins with a PDU."""
    if len(frame) < 54 or frame[12:14] != b"\x08\x00" or frame[23] != 6:
        return
    tcp = 14 + (frame[14] & 15) * 4
    if LDP_PORT not in struct.unpack("!HH", frame[tcp:tcp + 4]):
        return
    at, end = tcp + (frame[tcp + 12] >> 4) * 4, 14 + struct.unpack("!H", frame[16:18])[0]
    while at + 14 <= end and frame[at:at + 2] == b"\x00\x01":
        pdu = at + 4 + struct.unpack("!H", frame[at + 2:at + 4])[0]
        at += 10
        while at + 8 <= min(pdu, end):
            kind, size = struct.unpack("!HH", frame[at:at + 4])
            yield kind & 0x7fff, frame[at:at + 4 + size]
            at += 4 + size


def withdraws(frame):
    return any(kind == WITHDRAW for kind, _ in messages(frame))


def notifies(frame):
    return any(kind == NOTIFICATION and struct.pack("!H", PW_STATUS) in text for kind, text in messages(frame))


class Signalled(Net):
    """One circuit by LDP."""

    def __init__(self):
        super().__init__()
        try:
            self.engines = {pe: Engine(self.lab, pe, "\n".join(signalled(pe)), "") for pe in LSR}
            for e in self.engines.values():
                e.start(wait=False)
            for e in self.engines.values():
                e.wait_ready(60)
            self.back()
        except BaseException:
            self.down()
            raise

    def active(self):
        rows = self.engines["pe1"].cli("display mpls l2vpn vpws interface ac0").splitlines()
        up = [row.split() for row in rows if " Up " in f"{row} "]
        return next((row[-1] for row in up if "Active" in row), None) if len(up) == 2 else None

    def back(self):
        topology.wait_until("the circuit to be on its primary with both PWs up", lambda: self.active() == "Pri", 120)

    def switch(self, wanted, do, undo):
        """ms from the first message that is wanted() at pe1 to the first frame at ce2's other port."""
        with Meter(self.lab, [("ce1", [("ce1", "ac0")]), ("ce2", [("ce2", "to2"), ("ce2", "to3")])], capacity=1 << 20) as m:
            message = Ears(self.lab, "pe1", "to2", wanted)
            frames = Ears(self.lab, "ce2", "to3", lambda f: f[12:14] == b"\x88\xb5")
            try:
                m.mark("switch")
                m.start(RATE)
                time.sleep(0.2)
                before = len(frames.heard), len(message.heard)
                do()
                topology.wait_until("the switch", lambda: frames.heard, 10, 0.05)
                m.stop()
            finally:
                heard, arrived = message.stop(), frames.stop()
                undo()
        self.back()
        if before != (0, 0) or not heard or not arrived:
            raise measure.Void(f"{before} heard before, then {len(heard)} messages and {len(arrived)} frames")
        return (arrived[0] - heard[0]) / 1e6

    def withdraw(self):
        pe2 = self.engines["pe2"]
        return self.switch(withdraws, lambda: pe2.configure("interface ac", "undo mpls l2vc"),
                           lambda: pe2.configure("interface ac", "mpls l2vc 10.0.0.1 2 control-word"))

    def status(self):
        pe2 = self.engines["pe2"]
        return self.switch(notifies, lambda: pe2.configure("interface ac", "manual-set pw-ac-fault"),
                           lambda: pe2.configure("interface ac", "undo manual-set pw-ac-fault"))


# ---- the results ---------------------------------------------------------------------------------------------------


def tried(once):
    """A run in which the machine did not let the meter send says nothing, and is made again."""
    for left in reversed(range(TRIES)):
        try:
            return once()
        except measure.Void:
            if not left:
                raise


def rounds(net, names, runs):
    """{name: [ms]}: each of the methods, in turn."""
    try:
        series = {}
        measure.interleave(series, {name: (lambda name=name: tried(getattr(net, name))) for name in names}, runs)
        return series
    finally:
        net.down()


def nth(runs, of_20):
    """The ms that @of_20 of 20 runs stay within."""
    return sorted(runs)[max(0, -(-len(runs) * of_20 // 20) - 1)]


def run(quick):
    runs, ours = RUNS[quick], {}
    ovs = rounds(OpenVswitch(), ["idle"], runs)["idle"]
    for n in SIZES[quick]:
        ours[n] = rounds(Ours(n), ["idle", "busy"] if n >= CHANGED else ["idle"], runs)
        for how, ms in ours[n].items():
            print(f"  {n} circuits, {how}: median {statistics.median(ms):.2f} ms, worst {max(ms):.2f}", flush=True)
    told = rounds(Signalled(), ["withdraw", "status"], runs)
    versus, most = "Open vSwitch", max(ours)
    every = [ms for n in ours for ms in ours[n]["idle"]]
    out = [measure.plain(f"outage_{n}_ms", "ms", versus, ours[n]["idle"], ovs) for n in ours]
    out += [measure.plain(f"outage_busy_{n}_ms", "ms", versus, ours[n]["busy"], ovs) for n in ours if "busy" in ours[n]]
    one, all_ = (max(statistics.median(ours[n]["idle"]), 1) for n in (1, most))
    out += [
        measure.plain("outage_65536_vs_1", "ms, 1 at least", "1 circuit", [all_], [one]),
        measure.plain("outage_18_of_20_ms", "ms", versus, [max(nth(ours[n]["idle"], 18) for n in ours)], [nth(ovs, 18)]),
        measure.plain("outage_busy_18_of_20_ms", "ms", versus, [nth(ours[most]["busy"], 18)], [nth(ovs, 18)]),
        measure.plain("outage_worst_of_20_ms", "ms", versus, [max(every)], [max(ovs)]),
        measure.plain("withdraw_to_switch_ms", "ms", versus, told["withdraw"], ovs),
        measure.plain("status_to_switch_ms", "ms", versus, told["status"], ovs),
    ]
    return out
