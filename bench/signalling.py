# SPDX-License-Identifier: BSD-2-Clause
"""What signalling costs: N pseudowires between two engines, and beside them between two of FRR's ldpd, in one run.

Both ends have read their configuration while a bridge between them is parted. Then it is joined: Hellos, session, and
everybody tells everything. The time of an exchange is from the first octets of Label Mappings on the wire (captured at
the bridge) to the last decision carried out in the slower engine, its rows of forwarding included; of ldpd, which
writes whole batches and forwards nothing, to when its processes have worked off what they got, looked at each 5 ms.
Processor time is of both ends together, halved.

ldpd alone: zebra stopped once it has given out labels. FRR as a user runs it: zebra live, up to 1,000 pseudowires.

An exchange counts only if octets enough for all Mappings crossed each way, every pseudowire is up in both engines, and
as many flags of pseudowires and labels of ours stand in both kernels' tables, read there and not asked of the engine.
"""
import ctypes
import mmap
import os
import pathlib
import re
import select
import signal
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
from frr import Frr, ldp_config  # noqa: E402

BARS = {
    "exchange_16000_vs_ldpd": measure.Bar("at most", 1.5),
    "exchange_16000_cpu_vs_ldpd": measure.Bar("at most", 1.5),
    "exchange_1000_vs_frr": measure.Bar("at most", 0.02),
    "rss_per_pw_vs_ldpd": measure.Bar("at most", 1),
    "exchange_cpu_linear": measure.Bar("at most", 1.5),          # a pseudowire costs the same among more
    "rss_linear": measure.Bar("at most", 1.1),
    "idle_16000_percent": measure.Bar("at most", 1, "value"),
}
SIZES = {False: (1000, 4000, 16000, 65536), True: (1000, 16000)}
ROUNDS = {False: 3, True: 1}      # of those that are compared
SUBIFS, BURST = 4094, 500
MAPPING = 40                      # octets, at least
LABEL_FIRST = 262144
SYS_BPF, BPF_MAP_LOOKUP_ELEM, BPF_OBJ_GET = 321, 1, 7
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
    """TCP payload of LDP on a device, both ways: [(ns, octets, True: it came in here)]."""

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
            data, anc, _, where = self.sock.recvmsg(128, 64, socket.MSG_TRUNC)
            size = payload(data)
            if size:
                sec, ns = struct.unpack("qq", anc[0][2][:16])
                self.seen.append((sec * 10 ** 9 + ns, size, where[2] != socket.PACKET_OUTGOING))

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
    big = [t for t, size, _ in seen if size >= BURST]
    if not big:
        raise measure.Void("no Label Mappings on the wire")
    last = big[0]
    for t, _, _ in seen:
        if last < t < last + 10 ** 9:
            last = t
    return big[0], last


def all_told(seen, n):
    """Void unless octets for @n Mappings crossed each way."""
    for way in (True, False):
        octets = sum(size for _, size, came in seen if came == way)
        if octets < MAPPING * n:
            raise measure.Void(f"{octets} octets crossed one way, too few for {n} Mappings")


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


def bpf(cmd, attr):
    """The system call; @attr is what it writes to."""
    libc = ctypes.CDLL(None, use_errno=True)
    got = libc.syscall(SYS_BPF, cmd, attr, len(attr))
    if got < 0:
        raise measure.Void(f"bpf({cmd}): {os.strerror(ctypes.get_errno())}")
    return got


def pinned(lab, engine, name):
    where = list(pathlib.Path(lab.bpf).glob(f"{engine.node}/v*/{name}"))
    if len(where) != 1:
        raise measure.Void(f"{len(where)} pins of {name}")
    path = ctypes.create_string_buffer(str(where[0]).encode())
    return bpf(BPF_OBJ_GET, ctypes.create_string_buffer(struct.pack("QII", ctypes.addressof(path), 0, 0), 120))


def rows(lab, engine, n):
    """(pseudowires whose flag is up, labels of ours that lead to one), as the programs that forward read them."""
    live, labels = pinned(lab, engine, "pw_live"), pinned(lab, engine, "label_in")
    try:
        with mmap.mmap(live, (n + 1) * 8, mmap.MAP_SHARED, mmap.PROT_READ) as m:
            flags = sum(1 for i in range(8, len(m), 8) if m[i] and m[i] != m[i + 1])  # the primary's armed, dead
        row, key = ctypes.create_string_buffer(16), ctypes.create_string_buffer(4)
        attr = ctypes.create_string_buffer(120)
        attr[:32] = struct.pack("IIQQQ", labels, 0, ctypes.addressof(key), ctypes.addressof(row), 0)
        found = 0
        for label in range(LABEL_FIRST, LABEL_FIRST + n + 8192):
            key[:4] = struct.pack("I", label)
            bpf(BPF_MAP_LOOKUP_ELEM, attr)
            found += struct.unpack("IIHHI", row[:16])[4] & 15 == 1       # enum tw_label_op: to a pseudowire
        return flags, found
    finally:
        os.close(live)
        os.close(labels)


def all_forwarded(n, up, flags, labels):
    """Void unless all @n are up and forwarded."""
    if (up, flags, labels) != (n, n, n):
        raise measure.Void(f"of {n} pseudowires {up} are up, {flags} have their flag up, {labels} a label's row")


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
        all_told(seen, n)
        for e in engines:
            all_forwarded(n, ups(e), *rows(net.lab, e, n))
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
        all_told(seen, n)
        return {"s": (end - first) / 10 ** 9, "cpu_s": cpu / 2 / 10 ** 9, "rss": rss(pids) / 2}
    finally:
        net.down()


def ldpd(n):
    return frr(n, True)


# ---- the results --------------------------------------------------------------------------------------------------


def result(name, unit, key, mine, versus, theirs):
    """A figure of each round of ours against that of theirs."""
    return measure.plain(name, unit, versus, [m[key] for m in mine], [t[key] for t in theirs])


def median(runs, key):
    return statistics.median(m[key] for m in runs)


def run(quick):
    sizes, series, whole = SIZES[quick], {}, []
    contenders = {(who, n): (lambda f=f, n=n: f(n)) for n in (1000, 16000) for who, f in (("ours", ours), ("ldpd", ldpd))}
    measure.interleave(series, contenders, ROUNDS[quick])
    measure.interleave(series, {("ours", n): (lambda n=n: ours(n)) for n in sizes if n not in (1000, 16000)}, ROUNDS[quick])
    measure.interleave(series, {"frr": lambda: frr(1000, False)}, 1)
    mine, theirs, whole = {n: series["ours", n] for n in sizes}, {n: series["ldpd", n] for n in (1000, 16000)}, series["frr"]
    for who, n in sorted(k for k in series if k != "frr"):
        runs = series[who, n]
        print(f"  {n} pseudowires, {who}: {median(runs, 's'):.3f} s, {median(runs, 'cpu_s'):.3f} s of CPU an end, "
              f"{median(runs, 'rss') / 2**20:.1f} MiB", flush=True)
    alone = "ldpd alone"
    out = [
        result("exchange_16000_s", "s", "s", mine[16000], alone, theirs[16000]),
        result("exchange_16000_vs_ldpd", "s", "s", mine[16000], alone, theirs[16000]),
        result("exchange_16000_cpu_vs_ldpd", "s", "cpu_s", mine[16000], alone, theirs[16000]),
        result("exchange_1000_vs_frr", "s", "s", mine[1000], "FRR, zebra live", whole),
        measure.plain("idle_16000_percent", "%", "a core", [m["idle_percent"] for m in mine[16000]], [100.0]),
    ]
    most = max(sizes)
    slope = [(a["rss"] - b["rss"]) / (most - 1000) for a, b in zip(mine[most], mine[1000])]
    frr_slope = [(a["rss"] - b["rss"]) / 15000 for a, b in zip(theirs[16000], theirs[1000])]
    out += [measure.plain(name, "B", alone, slope, frr_slope) for name in ("rss_per_pw_bytes", "rss_per_pw_vs_ldpd")]
    few = 16000 if most > 16000 else 1000
    for key, name, unit, factor in (("s", "exchange_linear", "us a PW", 1e6), ("cpu_s", "exchange_cpu_linear", "us a PW", 1e6),
                                    ("rss", "rss_linear", "B a PW", 1)):
        each = [[m[key] * factor / n for m in mine[n]] for n in (most, few)]
        out.append(measure.plain(name, unit, f"at {most}; at {few}", *each))
    for n, m in mine.items():
        out.append(measure.plain(f"exchange_{n}_cpu_us_per_pw", "us", "-", [x["cpu_s"] / n * 1e6 for x in m], [1.0]))
    return out
