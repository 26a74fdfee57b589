# SPDX-License-Identifier: BSD-2-Clause
"""What no honest peer sends, and what it gets: RFC 5036 3.5.1.2, 8077; the other session and forwarding go on.

The Python speaker is 10.0.0.2 at the end of the core; a second one, 10.0.0.3 in the same namespace, is the witness: its
session and its pseudowire stay up whatever the first one does.
"""
import signal
import socket
import struct
import threading
import time

import pytest

import speaker as ldp
from pe import Pe, addresses, config, network
from speaker import Udpless, label, message, pdu, prefix_fec, pw_fec, pw_mapping, pw_status, tlv
from topology import wait_until

AC, AC2 = "GigabitEthernet0/1/0", "GigabitEthernet0/1/1"
FATAL = 0x80000000
ME, PEER, WITNESS = "10.0.0.1", "10.0.0.2", "10.0.0.3"


@pytest.fixture(scope="module")
def pe(module_lab):
    lab = module_lab
    network(lab)
    addresses(lab, "far", 2, 1)
    lab.ip("far", "addr", "add", f"{WITNESS}/32", "dev", "lo")
    text = config(circuits={AC: [f"mpls l2vc {PEER} 100 raw"], AC2: [f"mpls l2vc {WITNESS} 200 raw"]})
    # the speakers give no labels for their own addresses
    lsps = "\n".join(f"static-lsp ingress to-{who} destination {who} 32 nexthop 10.1.0.2 out-label 3" for who in (PEER, WITNESS))
    text = text.replace("return\n", f"{lsps}\n#\nmpls ldp remote-peer witness\n remote-ip {WITNESS}\n#\n"
                        f"ip route-static {WITNESS} 255.255.255.255 10.1.0.2\n#\nreturn\n")
    engine = Pe(lab, "pe", text).start()
    yield engine
    engine.stop()


@pytest.fixture(scope="module")
def witness(pe):
    """Up, with a pseudowire, before and after everything: whatever happens must not end this session."""
    with Keeper(pe.lab) as w:
        yield w


class Keeper:
    """A speaker whose session is kept alive by a thread of this class."""

    def __init__(self, lab):
        self.speaker = Udpless(lab, "far", WITNESS, ME, hold=60)

    def __enter__(self):
        self.speaker.up(keepalive=300)
        self.speaker.send(ldp.MAPPING, pw_mapping(200, 7777))
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.keep, daemon=True)
        self.thread.start()
        return self

    def keep(self):
        while not self.over.wait(0.3):
            self.speaker.send(ldp.KEEPALIVE)
            self.open = self.speaker.read(0.05)
            del self.speaker.got[:]

    def __exit__(self, *exc):
        self.over.set()
        self.thread.join()
        self.speaker.close()


@pytest.fixture
def peer(pe, witness):
    with Udpless(pe.lab, "far", PEER, ME) as s:
        yield s
    assert pe.sessions()[WITNESS] == "Operational", "the witness lost its session"
    assert pe.pw(AC2)["VC state"] == "up", "the witness lost its pseudowire"


def returns(pe, peer):
    """The session comes back by itself."""
    peer.up()
    pe.wait_session(PEER)


# what is sent, when ("init": instead of Initialization, "up": on an operational session), expected status, closes
BAD = {
    "version 2": ("up", lambda p: pdu(PEER, message(ldp.KEEPALIVE), version=2), 0x02 | FATAL, True),
    "PDU too short": ("up", lambda p: struct.pack("!HH4sHI", 1, 6, ldp.addr(PEER), 0, 0), 0x03 | FATAL, True),
    "PDU too long": ("up", lambda p: pdu(PEER, message(ldp.KEEPALIVE), length=5000), 0x03 | FATAL, True),
    "another LSR": ("up", lambda p: pdu("10.0.0.9", message(ldp.KEEPALIVE)), 0x01 | FATAL, True),
    "another label space": ("up", lambda p: pdu(PEER, message(ldp.KEEPALIVE), space=1), 0x01 | FATAL, True),
    "message longer than its PDU": ("up", lambda p: pdu(PEER, message(ldp.KEEPALIVE, length=400)), 0x05 | FATAL, True),
    "unknown message": ("up", lambda p: pdu(PEER, message(0x3f01)), 0x04, False),
    "unknown message with U": ("up", lambda p: pdu(PEER, message(0x3f01, u=True)), None, False),
    "unknown TLV": ("up", lambda p: pdu(PEER, message(ldp.MAPPING, pw_mapping(900, 900) + tlv(0x3f02, b"x"))), 0x06, False),
    "unknown TLV with U": ("up", lambda p: pdu(PEER, message(ldp.MAPPING, pw_mapping(901, 901) + tlv(0x3f02, b"x", u=True))),
                           None, False),
    "TLV longer than its message": ("up", lambda p: pdu(PEER, message(ldp.MAPPING, struct.pack("!HH", 0x100, 500) + b"abcd")),
                                    0x07 | FATAL, True),
    "FEC unknown": ("up", lambda p: pdu(PEER, message(ldp.MAPPING, tlv(ldp.T_FEC, b"\x77\0\0\0") + label(900))), 0x0c, False),
    "no label": ("up", lambda p: pdu(PEER, message(ldp.MAPPING, tlv(ldp.T_FEC, pw_fec(902)))), 0x16, False),
    "PW information cut": ("up", lambda p: pdu(PEER, message(ldp.MAPPING, tlv(ldp.T_FEC, pw_fec(903, info=200)) + label(903))),
                           0x08 | FATAL, True),
    "KeepAlive time 0": ("init", lambda p: p.init(keepalive=0), 0x18 | FATAL, True),
    "for another receiver": ("init", lambda p: p.init(receiver="10.0.0.77"), 0x10 | FATAL, True),
    "Mapping instead of Initialization": ("first", lambda p: pdu(PEER, message(ldp.MAPPING, pw_mapping(904, 904))),
                                          FATAL, True),
    "garbage": ("first", lambda p: b"GET / HTTP/1.0\r\n\r\n" * 4, FATAL, True),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_gets_what_the_rfc_names(pe, peer, what):
    when, octets, status, closes = BAD[what]
    if when == "up":
        peer.up()
        peer.read(0.5)
        peer.got.clear()
        peer.raw(octets(peer))
    else:
        peer.connect()
        if when == "init":
            peer.send(ldp.INIT, octets(peer))
        else:
            peer.raw(octets(peer))
    if status == FATAL:
        assert peer.status() & FATAL
    elif status is not None:
        assert hex(peer.status()) == hex(status)
    else:
        assert peer.silent(ldp.NOTIFICATION)
    if closes:
        assert peer.closed()
        peer.sock.close()
        if when == "up":
            returns(pe, peer)
    else:
        peer.send(ldp.KEEPALIVE)
        assert pe.sessions()[PEER] == "Operational"


def test_reserved_labels_and_numbers(pe, peer):
    peer.up()
    for lab in (0, 3, 15):
        peer.send(ldp.MAPPING, pw_mapping(100, lab))
        assert peer.silent(ldp.KEEPALIVE, 0.3, lambda m: False)
        assert pe.pw(AC)["VC state"] == "down", lab
    peer.send(ldp.MAPPING, pw_mapping(0, 500))
    peer.send(ldp.MAPPING, pw_mapping(100, 500))
    pe.wait_pw(AC)
    assert pe.pw(AC)["remote VC label"] == "500"


def test_withdraw_of_what_was_never_sent(pe, peer):
    peer.up()
    peer.send(ldp.WITHDRAW, tlv(ldp.T_FEC, pw_fec(4711, mtu=None)) + label(99999))
    assert b"\x00\x00\x12\x67" in peer.wait(ldp.RELEASE).tlvs[ldp.T_FEC]
    peer.send(ldp.WITHDRAW, tlv(ldp.T_FEC, prefix_fec("10.9.9.9")))
    peer.wait(ldp.RELEASE)
    peer.send(ldp.WITHDRAW, tlv(ldp.T_FEC, b"\x01"))            # all prefixes
    peer.wait(ldp.RELEASE)
    peer.send(ldp.WITHDRAW, tlv(ldp.T_FEC, ldp.typed_pw_fec()))  # all pseudowires
    peer.wait(ldp.RELEASE)
    peer.send(ldp.RELEASE, tlv(ldp.T_FEC, pw_fec(4712, mtu=None)))
    peer.send(ldp.KEEPALIVE)
    assert pe.sessions()[PEER] == "Operational"


def test_status_of_a_group(pe, peer):
    peer.up()
    peer.send(ldp.MAPPING, pw_mapping(100, 500, group=7))
    pe.wait_pw(AC)
    peer.send(ldp.NOTIFICATION, pw_status(None, 1, group=7))
    pe.wait_pw(AC, "down")
    peer.send(ldp.NOTIFICATION, pw_status(None, 0, group=7))
    pe.wait_pw(AC)
    peer.send(ldp.NOTIFICATION, pw_status(None, 1, group=8))     # another group
    peer.send(ldp.NOTIFICATION, pw_status(100, 0, cbit=True, group=7))  # C bit of no meaning here
    time.sleep(0.3)
    assert pe.pw(AC)["VC state"] == "up"
    peer.send(ldp.WITHDRAW, tlv(ldp.T_FEC, pw_fec(None, group=7)))
    peer.wait(ldp.RELEASE)
    pe.wait_pw(AC, "down")


def test_flood_of_mappings_is_bounded(pe, peer):
    peer.up(keepalive=300)
    before = rss(pe)
    for n in range(2500):                   # 150,000 of them, more than may be kept
        if n == 1000:                       # and the host has something else to do for a while
            pe.process.send_signal(signal.SIGSTOP)
            threading.Timer(0.5, pe.process.send_signal, [signal.SIGCONT]).start()
        chunk = b"".join(message(ldp.MAPPING, pw_mapping(10000 + n * 60 + i, 20000 + i), n * 60 + i) for i in range(60))
        peer.raw(pdu(PEER, chunk))
        if n % 100 == 0:
            peer.read(0.01)
            peer.got.clear()
    wait_until("the flood to be read", lambda: pe.cli("display version", check=False), 30)
    assert rss(pe) - before < 200 << 10     # KB
    assert pe.log_text().count("event=") < 5000
    peer.sock.close()


def rss(pe):
    for line in open(f"/proc/{pe.process.pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def test_stall_in_the_middle_of_a_pdu(pe, peer):
    """A PDU that never ends; the session dies of its KeepAlive time, nobody else waits."""
    peer.up(keepalive=30)
    peer.raw(pdu(PEER, message(ldp.KEEPALIVE))[:9])
    assert pe.cli("display mpls ldp session")
    assert pe.sessions()[WITNESS] == "Operational"


def test_port_scan(pe, peer):
    """Connect and close, connect and reset, connect and say nothing: the engine idles and others get in."""
    socks = []
    with pe.lab.inside("far"):
        for i in range(200):
            s = socket.socket()
            s.settimeout(5)
            try:
                s.connect((ME, ldp.PORT))
            except OSError:
                s.close()
                continue
            if i % 3 == 0:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if i % 3 == 2:
                socks.append(s)
            else:
                s.close()
    cpu = cpu_ticks(pe)
    time.sleep(2)
    assert cpu_ticks(pe) - cpu < 50         # ticks of 10 ms: it does not spin
    returns(pe, peer)
    for s in socks:
        s.close()


def cpu_ticks(pe):
    f = open(f"/proc/{pe.process.pid}/stat").read().rsplit(")", 1)[1].split()
    return int(f[11]) + int(f[12])


def test_ten_connections_of_one_peer(pe, peer):
    peer.up()
    extra = []
    with pe.lab.inside("far"):
        for _ in range(10):
            s = socket.socket()
            s.bind((PEER, 0))
            try:
                s.connect((ME, ldp.PORT))
                s.sendall(pdu(PEER, message(ldp.INIT, peer.init())))
            except OSError:
                pass
            extra.append(s)
    time.sleep(0.5)
    peer.send(ldp.KEEPALIVE)
    assert peer.read()
    assert pe.sessions()[PEER] == "Operational"
    for s in extra:
        s.close()


@pytest.mark.parametrize("after", ["connect", "init", "keepalive", "mapping"])
def test_reset_in_every_state(pe, peer, after):
    peer.connect()
    if after != "connect":
        peer.send(ldp.INIT, peer.init())
        peer.wait(ldp.INIT)
    if after in ("keepalive", "mapping"):
        peer.send(ldp.KEEPALIVE)
    if after == "mapping":
        peer.send(ldp.MAPPING, pw_mapping(100, 501))
        pe.wait_pw(AC)
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.sock.close()
    wait_until("the session to be gone", lambda: pe.sessions().get(PEER) != "Operational", 10)
    returns(pe, peer)


def test_malformed_answer_of_frr_to_a_request(pe, peer):
    """A Mapping without PW ID (information length 0), as FRR answers a Label Request."""
    peer.up()
    fec = struct.pack("!BHBI", 0x80, 5, 0, 0)
    peer.send(ldp.MAPPING, tlv(ldp.T_FEC, fec) + label(500))
    peer.send(ldp.KEEPALIVE)
    time.sleep(0.3)
    assert pe.cli("display version")


def settled(pe, seconds=30):
    """The engine has worked off what came: it answers, and does next to nothing."""
    def idle():
        before = cpu_ticks(pe)
        time.sleep(0.3)
        return cpu_ticks(pe) - before < 6
    wait_until("the engine to be idle", idle, seconds)
    assert pe.cli("display version")


def link_hello(lsr, hold=15, space=0, transport=None):
    return pdu(lsr, message(ldp.HELLO, tlv(ldp.T_HELLO, struct.pack("!HH", hold, 0))
                            + tlv(ldp.T_TRANSPORT, ldp.addr(transport or lsr))), space=space)


def targeted_hello(lsr, hold=1):
    return pdu(lsr, message(ldp.HELLO, tlv(ldp.T_HELLO, struct.pack("!HH", hold, 0xc000))
                            + tlv(ldp.T_TRANSPORT, ldp.addr(lsr))))


def multicaster(pe):
    with pe.lab.inside("far"):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("10.1.0.2", ldp.PORT))
        index = struct.pack("4s4si", b"\0" * 4, b"\0" * 4, socket.if_nametoindex("core"))
        s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, index)
    return s


def test_hellos_of_5000(pe, peer):
    """Forged LSRs on the link and as targets: a bounded number of adjacencies, and no memory to speak of."""
    before = rss(pe)
    s = multicaster(pe)
    for n in range(5000):
        lsr = f"10.{20 + n // 62500}.{n // 250 % 250}.{n % 250 + 1}"
        s.sendto(link_hello(lsr), ("224.0.0.2", ldp.PORT))
        s.sendto(targeted_hello(lsr), (ME, ldp.PORT))
        if n % 50 == 0:
            time.sleep(0.01)
    settled(pe)
    assert pe.cli("display mpls ldp adjacency").count("\n") < 200
    assert rss(pe) - before < 16 << 10
    for lsr in ("0.0.0.0", "255.255.255.255", "224.0.0.2", "127.0.0.1", ME):
        s.sendto(link_hello(lsr), ("224.0.0.2", ldp.PORT))
        s.sendto(link_hello("10.77.0.1", transport=lsr), ("224.0.0.2", ldp.PORT))
        s.sendto(targeted_hello(lsr), (ME, ldp.PORT))
    s.sendto(link_hello("10.77.0.2", space=7), ("224.0.0.2", ldp.PORT))
    s.sendto(targeted_hello(WITNESS, hold=1), (ME, ldp.PORT))      # not from its address
    time.sleep(2.5)
    shown = pe.cli("display mpls ldp adjacency")
    assert "10.77.0." not in shown and "127.0.0.1" not in shown
    s.close()
    returns(pe, peer)


def flood(peer, count, make, a_pdu=60):
    for n in range(0, count, a_pdu):
        peer.raw(pdu(PEER, b"".join(make(i) for i in range(n, min(n + a_pdu, count)))))
        if n % (20 * a_pdu) == 0:
            peer.read(0.001)
            peer.got.clear()


def address(i):
    return struct.pack("!I", 0x0b000000 + i)


# what, how many, messages a PDU
FLOODS = {
    "prefixes with one label, then with others, then withdrawn": (70000, 60, lambda i: message(
        ldp.MAPPING, tlv(ldp.T_FEC, b"\x02\0\x01\x20" + address(i % 35000)) + label(16 if i < 35000 else 1000 + i), i + 1)),
    "Requests for what is not there": (60000, 60, lambda i: message(
        ldp.REQUEST, tlv(ldp.T_FEC, b"\x02\0\x01\x20" + address(i)), i + 1)),
    "Requests for all": (20000, 60, lambda i: message(ldp.REQUEST, tlv(ldp.T_FEC, ldp.typed_pw_fec()), i + 1)),
    "Releases": (60000, 60, lambda i: message(ldp.RELEASE, tlv(ldp.T_FEC, pw_fec(100 + i % 3, mtu=None)) + label(i), i + 1)),
    "Releases and Requests for all in turn": (20000, 60, lambda i: message(
        (ldp.RELEASE, ldp.REQUEST)[i % 2], tlv(ldp.T_FEC, ldp.typed_pw_fec()), i + 1)),
    "Notifications": (60000, 60, lambda i: message(
        ldp.NOTIFICATION, tlv(ldp.T_STATUS, struct.pack("!IIH", 0x0d + i % 40, i, ldp.REQUEST)), i + 1)),
    "addresses": (1000, 1, lambda i: message(
        ldp.ADDRESS, tlv(ldp.T_ADDRS, b"\0\x01" + b"".join(address(i * 900 + k) for k in range(900))), i + 1)),
    "Capability on and off": (20000, 60, lambda i: message(
        0x0202, tlv(0x50d, bytes([0x80 | (i & 1) << 7 and 0x80, 0x80 if i & 1 else 0x00]), u=True), i + 1)),
    "Aborts": (60000, 60, lambda i: message(
        ldp.ABORT, tlv(ldp.T_FEC, pw_fec(100, mtu=None)) + tlv(ldp.T_REQUEST_ID, struct.pack("!I", i)), i + 1)),
    "unknown messages": (60000, 60, lambda i: message(0x3f00 + i % 200, b"", i + 1)),
}


@pytest.mark.parametrize("what", FLOODS)
def test_floods_are_bounded(pe, peer, what):
    """Whatever comes in numbers: memory is bounded, the log too, others go on, and it ends with the flood."""
    count, a_pdu, make = FLOODS[what]
    peer.up(keepalive=300)
    before, lines = rss(pe), pe.log_text().count("event=")
    flood(peer, count, make, a_pdu)
    settled(pe)
    assert pe.sessions()[PEER] == "Operational"
    assert rss(pe) - before < 40 << 10      # KB
    assert pe.log_text().count("event=") - lines < 200
    peer.sock.close()


@pytest.mark.parametrize("init", [dict(max_pdu=256), dict(max_pdu=65535), dict(keepalive=65535), dict(keepalive=1)])
def test_odd_parameters(pe, peer, init):
    peer.up(**init)
    peer.send(ldp.MAPPING, pw_mapping(100, 1048575))
    pe.wait_pw(AC)
    assert pe.pw(AC)["remote VC label"] == "1048575"
    peer.send(ldp.MAPPING, pw_mapping(100, 1048575)[:-12] + tlv(ldp.T_LABEL, struct.pack("!I", 1 << 20)))  # 21 bits
    peer.send(ldp.KEEPALIVE)
    assert pe.cli("display mpls ldp session verbose")


def test_who_does_not_read(pe, peer):
    """Asks for everything again and again, and takes none of it: it is not read either, and costs a buffer."""
    peer.up(keepalive=300)
    before = rss(pe)
    withdraws = pdu(PEER, *(message(ldp.WITHDRAW, tlv(ldp.T_FEC, pw_fec(n + 1, mtu=None)), n + 1) for n in range(60)))
    with pytest.raises(OSError):
        for i in range(200000):
            peer.raw(withdraws, seconds=2)
    assert rss(pe) - before < 4 << 10
    settled(pe)
    peer.sock.close()
