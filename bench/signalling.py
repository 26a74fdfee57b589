# SPDX-License-Identifier: BSD-2-Clause
"""What signalling costs: N pseudowires between two engines, and beside them between two of FRR's ldpd, in one run.

Both ends have read their configuration while a bridge between them is parted. Then it is joined: Hellos, session, and
everybody tells everything. The time of an exchange is from the first octets of Label Mappings on the wire (captured at
the bridge) to the last decision carried out in the slower engine, its rows of forwarding included; of ldpd, which
writes whole batches and forwards nothing, to when its processes have worked off what they got, looked at each 5 ms.
Processor time is of both ends together, halved.

ldpd alone: zebra stopped once it has given out labels. FRR as a user runs it: zebra live, up to 1,000 pseudowires.
"""
import os
import pathlib
import re
import select
import signal
import socket
import struct
import sys
import threading
import time

import measure

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))
import topology  # noqa: E402
from engine import Engine  # noqa: E402
from frr import Frr, ldp_config  # noqa: E402

BARS = {
    "exchange_16000_vs_ldpd": measure.Bar("at most", 1.5),
    "exchange_16000_cpu_vs_ldpd": measure.Bar("at most", 1.5),
    "exchange_1000_vs_frr": measure.Bar("at most", 0.02),
    "rss_per_pw_vs_ldpd": measure.Bar("at most", 1),
    "exchange_65536_vs_16000": measure.Bar("at most", 1.5),      # a pseudowire costs the same among more
    "idle_16000_percent": measure.Bar("at most", 1, "value"),
}
SIZES = {False: (1000, 4000, 16000, 65536), True: (1000, 16000)}
SUBIFS, BURST = 4094, 500
SO_TIMESTAMPNS = 35


def wire(me, peer, n, capacity):
    """Configuration of an engine with @n pseudowires."""
    yield (f"#\nsysname pe{me}\n#\nmpls lsr-id 10.0.0.{me}\n#\nmpls\n#\nmpls l2vpn\n capacity circuits {capacity}\n#\nmpls ldp\n#\n"
           f"mpls ldp remote-peer far\n remote-ip 10.0.0.{peer}\n mpls ldp timer hello-send 1\n#\ninterface LoopBack0\n ip address "
           f"10.0.0.{me} 255.255.255.255\n#\ninterface core\n ip address 10.1.0.{me} 255.255.255.0\n mpls\n mpls ldp\n"
           f" mpls ldp timer hello-send 1\n#\nip route-static 10.0.0.{peer} 255.255.255.255 10.1.0.{peer}\n#")
    for i in range(n):
        port, vid = i // SUBIFS, i % SUBIFS + 1
        yield f"interface ac{port}.{vid}\n vlan-type dot1q {vid}\n mpls l2vc 10.0.0.{peer} {i + 1}\n#"
    yield "return\n"


class Sniffer(threading.Thread):
    """Times of TCP payload of LDP on a device, both ways: [(ns, octets)]."""

    def __init__(self, lab, node, device):
        super().__init__(daemon=True)
        with lab.inside(node):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            self.sock.bind((device, 0))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUFFORCE if hasattr(socket, "SO_RCVBUFFORCE") else 33, 64 << 20)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.seen, self.over = [], False

    def run(self):
        while not self.over:
            if not select.select([self.sock], [], [], 0.2)[0]:
                continue
            data, anc, _, _ = self.sock.recvmsg(128, 64, socket.MSG_TRUNC)
            size = payload(data)
            if size:
                sec, ns = struct.unpack("qq", anc[0][2][:16])
                self.seen.append((sec * 10 ** 9 + ns, size))

    def stop(self):
        self.over = True
        self.join()
        self.sock.close()
        return self.seen


def payload(data):
    """Octets of LDP over TCP in a frame, 0 if it is something else."""
    if len(data) < 54 or data[12:14] != b"\x08\x00" or data[23] != 6:
        return 0
    ihl = (data[14] & 15) * 4
    sport, dport = struct.unpack("!HH", data[14 + ihl:18 + ihl])
    if 646 not in (sport, dport):
        return 0
    return max(0, struct.unpack("!H", data[16:18])[0] - ihl - (data[26 + ihl] >> 4) * 4)


def burst(seen):
    """(ns of the first, ns of the last) of the segments that carry Mappings: those of at least BURST octets, and what
    follows them within a second."""
    big = [t for t, size in seen if size >= BURST]
    if not big:
        raise measure.Void("no Label Mappings on the wire")
    last = big[0]
    for t, _ in seen:
        if last < t < last + 10 ** 9:
            last = t
    return big[0], last


class Busy(threading.Thread):
    """When processes worked: the end of each 5 ms in which they took a tenth of a processor."""

    def __init__(self, pids):
        super().__init__(daemon=True)
        self.pids, self.busy, self.over = pids, [], False

    def run(self):
        before = cpu_ns(self.pids)
        while not self.over:
            time.sleep(0.005)
            now = cpu_ns(self.pids)
            if now - before > 500000:
                self.busy.append(time.time_ns())
            before = now

    def stop(self, first):
        """The end of the work that began at @first: when they paused for 100 ms."""
        self.over = True
        self.join()
        last = first
        for t in self.busy:
            if last < t < last + 10 ** 8:
                last = t
        return last


class Net:
    """a and b with a parted bridge between them."""

    def __init__(self, acs=0):
        self.lab = lab = topology.Lab()
        lab.node("a", "b", "mid", "ce")
        for node in "ab":
            lab.link(node, "core", "mid", f"to-{node}", mtu=9216)
            for i in range(acs):
                lab.link("ce", f"{node}{i}", node, f"ac{i}")
        lab.ip("mid", "link", "add", "br0", "type", "bridge")
        lab.ip("mid", "link", "set", "br0", "up", "mtu", "9216")
        lab.ip("mid", "link", "set", "to-a", "master", "br0")

    def join(self):
        sniffer = Sniffer(self.lab, "mid", "to-a")
        sniffer.start()
        self.lab.ip("mid", "link", "set", "to-b", "master", "br0")
        return sniffer

    def down(self):
        self.lab.down()


def cpu_ns(pids):
    return sum(int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids)


def rss(pids):
    total = 0
    for pid in pids:
        found = re.search(r"RssAnon:\s*(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())
        total += int(found[1]) * 1024
    return total


def settled(pids, quiet=1.0):
    """They do nothing any more."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        before = cpu_ns(pids)
        time.sleep(quiet)
        if cpu_ns(pids) - before < quiet * 10 ** 9 / 100:
            return
    raise measure.Void("they never come to rest")


# ---- ours ------------------------------------------------------------------------------------------------------


def health(engine, label):
    found = re.search(rf"^{label}\s*: ([0-9.]+)", engine.cli("display twinwire health"), re.M)
    if not found:
        raise measure.Void(f"display twinwire health has no {label}")
    return float(found[1])


def ups(engine):
    found = re.search(r"Total LDP VC\s*: *\d+ +(\d+) up", engine.cli("display mpls l2vc brief"))
    return int(found[1]) if found else 0


def ours(n):
    """{s, cpu_s, rss, idle_percent} of an exchange of @n."""
    net = Net(-(-n // SUBIFS))
    try:
        engines = [Engine(net.lab, node, "\n".join(wire(me, 3 - me, n, max(n, 64))), "") for me, node in ((1, "a"), (2, "b"))]
        for e in engines:
            e.start(wait=False)
        for e in engines:
            topology.wait_until("ready", lambda e=e: "event=ready" in e.log_text(), 300)
        pids = [e.process.pid for e in engines]
        settled(pids)
        before = cpu_ns(pids)
        sniffer = net.join()
        time.sleep(4)
        settled(pids)
        cpu = cpu_ns(pids) - before
        seen = sniffer.stop()
        first, _ = burst(seen)
        late = max(health(e, "Last decision") for e in engines)  # s of CLOCK_MONOTONIC
        offset = time.time_ns() - time.monotonic_ns()
        for e in engines:
            if ups(e) != n:
                raise measure.Void(f"{ups(e)} of {n} pseudowires are up\n{e.log_tail()}")
        before = cpu_ns(pids)
        time.sleep(10)
        idle = (cpu_ns(pids) - before) / 2 / 10 ** 9 * 10
        return {"s": late - (first - offset) / 10 ** 9, "cpu_s": cpu / 2 / 10 ** 9, "rss": rss(pids) / 2, "idle_percent": idle}
    finally:
        net.down()


# ---- FRR's -----------------------------------------------------------------------------------------------------


def frr_lines(me, n):
    lines = ldp_config(f"10.0.0.{me}", "core") + ["l2vpn ONE type vpls"]
    for i in range(n):
        lines += [f" member pseudowire m{i}", f"  neighbor lsr-id 10.0.0.{3 - me}", f"  neighbor address 10.0.0.{3 - me}",
                  f"  pw-id {i + 1}", " exit"]
    return lines + ["exit"]


def frr(n, alone):
    net = Net()
    try:
        frrs = []
        for me, node in ((1, "a"), (2, "b")):
            lab = net.lab
            lab.ip(node, "addr", "add", f"10.0.0.{me}/32", "dev", "lo")
            lab.ip(node, "addr", "add", f"10.1.0.{me}/24", "dev", "core")
            lab.ip(node, "route", "add", f"10.0.0.{3 - me}/32", "via", f"10.1.0.{3 - me}")
            frrs.append(Frr(lab, node, {"ldpd": frr_lines(me, n)}).start())
        pids = [pid for f in frrs for pid in f.pids("ldpd")]
        settled(pids)
        if alone:
            for f in frrs:
                for pid in f.pids("zebra"):
                    os.kill(pid, signal.SIGSTOP)
        everybody = pids if alone else pids + [pid for f in frrs for pid in f.pids("zebra")]
        before = cpu_ns(everybody)
        busy = Busy(pids)
        busy.start()
        sniffer = net.join()
        if alone:
            time.sleep(4)
            settled(pids)
            end = 0
        else:
            topology.wait_until("FRR's pseudowires to be up",
                                lambda: sum(v["status"] == "up" for v in frrs[0].pws().values()) == n, 120, 0.2)
            end = time.time_ns()
        cpu = cpu_ns(everybody) - before
        seen = sniffer.stop()
        first, last = burst(seen)
        worked = busy.stop(first)
        end = end or max(last, worked)
        octets = sum(size for _, size in seen)
        if octets < 2 * 40 * n:
            raise measure.Void(f"{octets} octets crossed, too few for twice {n} Mappings")
        return {"s": (end - first) / 10 ** 9, "cpu_s": cpu / 2 / 10 ** 9, "rss": rss(pids) / 2}
    finally:
        net.down()


# ---- the results --------------------------------------------------------------------------------------------------


def result(name, unit, mine, versus, theirs):
    return measure.Result(name, mine, unit, f"{versus}: {theirs:.3g}", mine / theirs if theirs else 0.0, [mine], [mine], [theirs])


def run(quick):
    sizes = SIZES[quick]
    mine = {n: ours(n) for n in sizes}
    for n, m in mine.items():
        print(f"  {n} pseudowires: {m['s']:.3f} s, {m['cpu_s']:.3f} s of CPU an end, {m['rss'] / 2**20:.0f} MiB", flush=True)
    theirs = {n: frr(n, True) for n in (1000, 16000)}
    whole = frr(1000, False)
    out = [
        result("exchange_16000_s", "s", mine[16000]["s"], "ldpd alone", theirs[16000]["s"]),
        result("exchange_16000_vs_ldpd", "s", mine[16000]["s"], "ldpd alone", theirs[16000]["s"]),
        result("exchange_16000_cpu_vs_ldpd", "s", mine[16000]["cpu_s"], "ldpd alone", theirs[16000]["cpu_s"]),
        result("exchange_1000_vs_frr", "s", mine[1000]["s"], "FRR, zebra live", whole["s"]),
        result("idle_16000_percent", "%", mine[16000]["idle_percent"], "a core", 100.0),
    ]
    most = max(sizes)
    slope = (mine[most]["rss"] - mine[1000]["rss"]) / (most - 1000)
    frr_slope = (theirs[16000]["rss"] - theirs[1000]["rss"]) / 15000
    out += [result("rss_per_pw_bytes", "B", slope, "ldpd alone", frr_slope),
            result("rss_per_pw_vs_ldpd", "B", slope, "ldpd alone", frr_slope)]
    each = {n: m["s"] / n for n, m in mine.items()}
    out.append(result("exchange_65536_vs_16000" if most == 65536 else "exchange_16000_vs_1000", "us a PW", each[most] * 1e6,
                      f"among {16000 if most == 65536 else 1000}", each[16000 if most == 65536 else 1000] * 1e6))
    for n, m in mine.items():
        out.append(measure.Result(f"exchange_{n}_cpu_us_per_pw", m["cpu_s"] / n * 1e6, "us", "", 0.0, [m["cpu_s"] / n * 1e6]))
    return out
