# SPDX-License-Identifier: BSD-2-Clause
"""CE to CE: what goes in comes out, octet for octet, in every mode a port may have.

Native XDP on a veth (only by override) runs without tags in metadata and without partial checksums: it cannot
keep them (docs/design.md, section 3).
"""
import hashlib
import os
import re
import socket
import struct
import subprocess
import threading
import time

import pytest

from frames import CATALOGUE, PAUSE, TEST, UNI, Wire, body, push, rewrite
from net import CIRCUITS, MODES, Capture, Net, tshark
from topology import BUILD, SLOW, wait_until
from traffic import Meter

BY_NAME = {c.name: c for c in CIRCUITS}
WAYS = [("ce1", "ce2"), ("ce2", "ce1")]


KERNEL = tuple(int(n) for n in re.match(r"(\d+)\.(\d+)", os.uname().release).groups())


@pytest.fixture(scope="module", params=list(MODES))
def up(request):
    if request.param == "tcx" and KERNEL < (6, 6):
        pytest.skip("kernel without tcx")
    made = Net(request.param)
    yield made
    made.down()


# ---- frames ---------------------------------------------------------------------------------------


def carried(up, circuit, kind):
    """Is it a frame that this circuit carries in this mode?"""
    if circuit.access and kind.tags or kind.meta and up.ac == "xdp":
        return False
    if kind.jumbo and (circuit.mtu < 9000 or circuit.vlan and kind.tags):
        return False
    if circuit.vlan and len(kind.frame) < 16:
        return False  # with its tag: see frames.py
    return not (circuit.vlan and kind.meta)


def arrives(circuit, sent, to_vid):
    """What must come out for what went in."""
    if circuit.vlan and circuit.tagged:
        sent = rewrite(sent, to_vid)
    elif circuit.vlan:
        sent = push(sent[:12] + sent[16:], to_vid, sent[14] >> 5)  # its priority travels in the traffic class
    return sent


def same(got, want, circuit):
    """Without a control word nothing tells padding from payload: what is shorter than 60 octets arrives padded with
    zeros; on a raw PW to a VLAN that was done before its tag came, which makes 64."""
    least = 0 if circuit.cw else 64 if circuit.vlan and not circuit.tagged else 60
    return got == want + bytes(max(0, least - len(want)))


def exchange(up, circuit, way, sends):
    """sends: [(index, octets for the socket, mark)]; returns {index: [frames]} of what arrived."""
    with Wire(up.lab, way[1], circuit.port) as to, Wire(up.lab, way[0], circuit.port, receive=False) as by:
        for _, octets, mark in sends:
            by.send(octets, mark)
        out = {}
        for frame in to.receive_all(0.5, enough=len(sends)) + to.receive_all(0.05):
            if frame[6:10] == b"\x02\xce\0\0":
                out.setdefault(frame[10] << 8 | frame[11], []).append(frame)
        return out


def compare(circuit, got, wanted):
    wrong = []
    for kind, want in wanted:
        frames = got.pop(kind.index, [])
        if len(frames) != 1:
            wrong.append(f"{kind}: {len(frames)} arrived")
        elif not same(frames[0], want, circuit):
            wrong.append(f"{kind}: sent as {len(want)} octets {want[:40].hex()}, arrived as {len(frames[0])} {frames[0][:40].hex()}")
    wrong += [f"{CATALOGUE[i]}: arrived unasked" for i in got]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("name", [c.name for c in CIRCUITS])
def test_frames_arrive_as_they_left(up, name, way):
    circuit = BY_NAME[name]
    kinds = [k for k in CATALOGUE if carried(up, circuit, k)]
    from_vid, to_vid = (circuit.vid(int(ce[2])) for ce in way)
    front = (lambda f: push(f, from_vid, 5)) if circuit.vlan else (lambda f: f)
    got = exchange(up, circuit, way, [(k.index, front(k.inline), k.meta) for k in kinds])
    compare(circuit, got, [(k, arrives(circuit, front(k.frame), to_vid)) for k in kinds])


@pytest.mark.parametrize("name", [c.name for c in CIRCUITS if c.vlan])
def test_a_service_tag_in_metadata_is_a_service_tag(up, name):
    if up.ac == "xdp":
        return  # see the head of this file
    circuit = BY_NAME[name]
    kinds = [k for k in CATALOGUE if carried(up, circuit, k)]
    got = exchange(up, circuit, WAYS[0], [(k.index, k.inline, circuit.vid(1)) for k in kinds])
    compare(circuit, got, [(k, arrives(circuit, push(k.frame, circuit.vid(1)), circuit.vid(2))) for k in kinds])


def test_pause_does_not_cross(up):
    for name in ("port-raw-cw", "port-raw"):
        before = up.engine["pe1"].drops()["pause"]
        assert not exchange(up, BY_NAME[name], WAYS[0], [(0, PAUSE, 0)])
        with Wire(up.lab, "ce2", BY_NAME[name].port) as to, Wire(up.lab, "ce1", BY_NAME[name].port, False) as by:
            by.send(PAUSE)
            assert to.receive_all(0.3) == []
        assert up.engine["pe1"].drops()["pause"] == before + 2


def test_an_access_port_takes_untagged_frames_only(up):
    circuit = BY_NAME["access-cw"]
    tagged = next(k for k in CATALOGUE if k.name == "C-tag, 64 octets")
    before = up.engine["pe1"].drops()["tagged-on-access-port"]
    assert exchange(up, circuit, WAYS[0], [(0, tagged.inline, 0)]) == {}
    assert up.engine["pe1"].drops()["tagged-on-access-port"] == before + 1


def test_other_vlans_do_not_cross(up):
    circuit = BY_NAME["vlan-raw-cw"]
    kind = next(k for k in CATALOGUE if k.name == "128 octets")
    assert exchange(up, circuit, WAYS[0], [(0, push(kind.inline, 101), 0), (0, kind.inline, 0)]) == {}


def test_longer_than_the_pw_takes_is_dropped_and_counted(up):
    circuit = BY_NAME["access-cw"]
    before = up.engine["pe1"].drops()["mtu"]
    longer = UNI + b"\x02\xce\0\0\0\0" + struct.pack(">H", TEST) + body(1501, 1)
    up.lab.ip("ce1", "link", "set", circuit.port, "mtu", 1504)
    assert exchange(up, circuit, WAYS[0], [(0, longer, 0)]) == {}
    up.lab.ip("ce1", "link", "set", circuit.port, "mtu", circuit.mtu)
    assert up.engine["pe1"].drops()["mtu"] == before + 1


# ---- a customer's stack ------------------------------------------------------------------------------


def address(up, circuit):
    """Gives both CEs an address on the circuit; their stacks tag by metadata on a VLAN circuit."""
    for pe in (1, 2):
        ce = f"ce{pe}"
        up.lab.ip(ce, "addr", "replace", f"192.168.{circuit.index}.{pe}/24", "dev", circuit.port)
        if circuit.vlan:
            up.tag_program(ce, circuit, "egress", f"push{circuit.vid(pe)}")
            up.tag_program(ce, circuit, "ingress", "pop")
    return f"192.168.{circuit.index}.1", f"192.168.{circuit.index}.2"


def unaddress(up, circuit):
    for ce in ("ce1", "ce2"):
        up.lab.ip(ce, "addr", "flush", "dev", circuit.port)
        if circuit.vlan:
            up.tag_program(ce, circuit, "egress", "by_mark")
            up.tag_program(ce, circuit, "ingress", None)


@pytest.fixture(params=[c.name for c in CIRCUITS])
def ces(up, request):
    circuit = BY_NAME[request.param]
    if circuit.vlan and up.ac == "xdp":
        yield None
        return
    yield (circuit, *address(up, circuit))
    unaddress(up, circuit)


def test_ping(up, ces):
    if not ces:
        return
    circuit, _, there = ces
    for size in (0, 1, 56, circuit.mtu - 28):
        out = up.lab.exec("ce1", "ping", "-n", "-c", 3, "-i", 0.05, "-W", 2 * SLOW, "-M", "do", "-s", size, there, check=False).stdout
        assert " 0% packet loss" in out, f"{size}: {out}"


def transfer(up, server, client, there, data, checksummed):
    """Sends data by TCP from client to server; True if it arrived whole."""
    with up.lab.inside(server):
        listen = socket.create_server((there, 5001))
    listen.settimeout(10 * SLOW)
    got = hashlib.sha256()
    size = 0

    def take():
        nonlocal size
        s, _ = listen.accept()
        s.settimeout(20 * SLOW)
        with s:
            while part := s.recv(1 << 18):
                got.update(part)
                size += len(part)

    t = threading.Thread(target=take, daemon=True)
    t.start()
    with up.lab.inside(client):
        s = socket.socket()
    s.settimeout(20 * SLOW)
    with s:
        s.connect((there, 5001))
        s.sendall(data)
    t.join(20 * SLOW)
    listen.close()
    return size == len(data) and got.digest() == checksummed


def test_tcp_both_ways_with_default_offloads(up, ces):
    if up.core == "xdp" or not ces:
        return  # partial checksums do not survive native XDP on a veth
    data = os.urandom((8 << 20) // SLOW)
    checksum = hashlib.sha256(data).digest()
    _, one, two = ces
    assert transfer(up, "ce2", "ce1", two, data, checksum)
    assert transfer(up, "ce1", "ce2", one, data, checksum)


# ---- super-frames --------------------------------------------------------------------------------------------

VNET = struct.Struct("=BBHHHH")


def super_frame(segment, n):
    """A TCP frame of n segments of `segment` octets that somebody has yet to cut and to checksum."""
    payload = body(segment * n, 11)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 1, 0x4000, 64, 6, 0, bytes((10, 9, 9, 1)), bytes((10, 9, 9, 2)))
    total = sum(struct.unpack(">10H", ip))
    total = (total & 0xFFFF) + (total >> 16)
    ip = ip[:10] + struct.pack(">H", ~(total + (total >> 16)) & 0xFFFF) + ip[12:]
    pseudo = sum(struct.unpack(">4H", ip[12:20])) + 6 + 20 + len(payload)
    pseudo = (pseudo & 0xFFFF) + (pseudo >> 16)
    tcp = struct.pack(">HHIIBBHHH", 4000, 4001, 1, 0, 5 << 4, 0x10, 512, pseudo & 0xFFFF, 0)
    head = UNI + b"\x02\xce\0\0\0\1" + b"\x08\x00" + ip + tcp
    return VNET.pack(1, 1, len(head), segment, 34, 16) + head + payload, payload


def received_payload(frames):
    return b"".join(f[VNET.size + 54:] for f in frames if f[VNET.size + 6:VNET.size + 12] == b"\x02\xce\0\0\0\1")


CORE_PORTS = (("pe1", "core"), ("span", "left"), ("span", "right"), ("p", "w"), ("p", "e"), ("pe2", "core"))


@pytest.fixture
def plain_core(up):
    """The core as on wires: frames leave a PE as long as they will be. (A frame from a packet socket or a guest must
    be verified where it is cut, which a kernel without MPLS GSO cannot do behind the first veth.)"""
    for node, dev in CORE_PORTS:
        up.lab.exec(node, "ethtool", "-K", dev, *(x for f in ("tso", "gso", "tx", "sg") for x in (f, "off")))
    yield
    for node, dev in CORE_PORTS:
        up.lab.exec(node, "ethtool", "-K", dev, *(x for f in ("tx", "sg", "gso", "tso") for x in (f, "on")), check=False)


def test_tso_at_the_limit_and_one_above(up, plain_core):
    if up.core == "xdp":
        return  # no super-frame survives native XDP
    circuit = BY_NAME["access-cw"]  # 1500 octets
    for segment, crosses in ((1460, True), (1461, False)):
        before = up.engine["pe1"].drops()["mtu"]
        frame, payload = super_frame(segment, 10)
        with Wire(up.lab, "ce2", circuit.port, vnet=True) as to, Wire(up.lab, "ce1", circuit.port, False, vnet=True) as by:
            by.send(frame)
            got = to.receive_all(0.5)
        assert received_payload(got) == (payload if crosses else b""), f"{len(got)} frames"
        assert (up.engine["pe1"].drops()["mtu"] > before) != crosses


# ---- what the core carries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [c.name for c in CIRCUITS])
def test_tshark_has_no_complaint_about_the_core(up, name):
    circuit = BY_NAME[name]
    kinds = [k for k in CATALOGUE if carried(up, circuit, k) and not k.meta and not k.jumbo and len(k.frame) >= 60]
    front = (lambda f: push(f, circuit.vid(1))) if circuit.vlan else (lambda f: f)
    capture = Capture(up)
    got = exchange(up, circuit, WAYS[0], [(k.index, front(k.inline), 0) for k in kinds])
    file = capture.stop()
    assert sum(map(len, got.values())) == len(kinds)
    label = circuit.label[2]
    how = ("-d", f"mpls.label=={label},{'pwethcw' if circuit.cw else 'pwethnocw'}")
    mine = f"mpls.label=={label} && mpls.bottom==1 && eth.src[0:4]==02:ce:00:00"
    assert len(tshark(file, *how, "-Y", mine)) == len(kinds)
    assert tshark(file, *how, "-Y", f"({mine}) && (_ws.malformed || _ws.expert || _ws.short)", "-O", "_ws.expert") == []


def test_capture_packet_sees_frames_in_and_out(up):
    """Ours, because tcpdump sees nothing of a port in native XDP."""
    circuit, kind, n = BY_NAME["port-raw-cw"], next(k for k in CATALOGUE if k.name == "128 octets"), 20
    for interface, at in ((circuit.ac(1), "eth.type==0x88b5"), ("GigabitEthernet0/2/0", f"mpls.label=={circuit.label[2]}")):
        file = up.lab.dir / "run/pe1" / f"{at[:4]}.pcapng"
        file.unlink(missing_ok=True)
        cli = subprocess.Popen([BUILD / "twinwire", "--run-dir", up.engine["pe1"].run_dir, "-c",
                                f"capture-packet interface {interface} count {n} to {file}"], stdout=subprocess.DEVNULL)
        wait_until("the capture to begin", file.exists)
        time.sleep(0.3 * SLOW)  # the file is made before the programs are told
        exchange(up, circuit, WAYS[0], [(kind.index, kind.inline, 0)] * n)
        assert cli.wait(20 * SLOW) == 0
        cw = ("-d", f"mpls.label=={circuit.label[2]},pwethcw")
        ours, others = tshark(file, *cw, "-Y", at), tshark(file, *cw, "-Y", f"not ({at})")
        assert len(ours) + len(others) == n and len(ours) > len(others), others  # kernels speak on these links, too
        assert not tshark(file, *cw, "-Y", f"(mpls or eth.type==0x88b5) and not ({at})")


# ---- ports ----------------------------------------------------------------------------------------------------------


def test_the_mode_is_the_one_asked_for(up):
    for port, asked in (("0/1/0", up.ac), ("0/2/0", up.core)):
        text = up.engine["pe1"].cli(f"display interface GigabitEthernet{port}")
        assert ("xdp" in mode_line(text)) == (asked == "xdp"), text
        assert ("clsact" in mode_line(text)) == (asked == "clsact") or asked == "xdp", text


def mode_line(text):
    found = re.search(r"forwarding mode\s*:.*", text.lower())
    assert found, text
    return found[0]


def test_nothing_but_customer_frames_leaves_an_ac(up):
    with Wire(up.lab, "ce1", "c0") as one, Wire(up.lab, "ce2", "c0") as two:
        time.sleep(10)
        assert [f.hex() for f in one.receive_all(0)] + [f.hex() for f in two.receive_all(0)] == []


@pytest.mark.parametrize("netns_exec", (True, False), ids=("ip-netns-exec", "nsenter"))
def test_kill_9_and_restart_lose_nothing(up, netns_exec):
    rate = 10000 if SLOW == 1 else 300
    with Meter(up.lab, [(ce, [(ce, "c0")]) for ce in ("ce1", "ce2")]) as meter:
        meter.mark("killed")
        meter.start(rate)
        time.sleep(0.5)
        for node in ("pe1", "p"):
            up.engine[node].kill()
            time.sleep(0.3)
            up.engine[node].start(netns_exec=netns_exec)
        time.sleep(1)
        meter.stop()
        report = meter.report()
    assert report["void"] is None and not report["damaged"]
    for row in report["windows"]:
        assert row["sent"] > rate / 2 and (row["lost"], row["dup"]) == (0, 0), row
