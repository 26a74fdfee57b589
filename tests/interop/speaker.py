# SPDX-License-Identifier: BSD-2-Clause
"""A small LDP speaker in Python that sends what no honest peer sends: octets as the test wants them.

It lives in a namespace, says Hello by a thread and else does only what it is told; RFC 5036 for the formats. What it
receives is parsed into Got(type, id, tlvs), tlvs being {type without U and F: value}, in order of arrival.
"""
import collections
import socket
import struct
import threading
import time

PORT = 646
NOTIFICATION, HELLO, INIT, KEEPALIVE = 0x0001, 0x0100, 0x0200, 0x0201
ADDRESS, ADDRESS_WITHDRAW = 0x0300, 0x0301
MAPPING, REQUEST, WITHDRAW, RELEASE, ABORT = 0x0400, 0x0401, 0x0402, 0x0403, 0x0404
NAMES = {v: k for k, v in list(globals().items()) if k.isupper() and isinstance(v, int) and k != "PORT"}
T_FEC, T_ADDRS, T_LABEL, T_STATUS, T_HELLO, T_TRANSPORT, T_MACS = 0x100, 0x101, 0x200, 0x300, 0x400, 0x401, 0x404
T_SESSION, T_FT, T_PW_STATUS, T_REQUEST_ID = 0x500, 0x503, 0x96a, 0x600
CAPABILITIES = (0x506, 0x50b, 0x603)

Got = collections.namedtuple("Got", "type id tlvs raw")


def addr(text):
    return socket.inet_aton(text)


def tlv(kind, value=b"", u=False, f=False):
    return struct.pack("!HH", kind | u << 15 | f << 14, len(value)) + value


def message(kind, body=b"", number=1, u=False, length=None):
    return struct.pack("!HHI", kind | u << 15, len(body) + 4 if length is None else length, number) + body


def pdu(lsr, *messages, version=1, length=None, space=0):
    body = addr(lsr) + struct.pack("!H", space) + b"".join(messages)
    return struct.pack("!HH", version, len(body) if length is None else length) + body


def pw_fec(pw_id, pw_type=5, cbit=False, group=0, mtu=1500, params=b"", info=None):
    if pw_id is None:
        return struct.pack("!BHBI", 0x80, pw_type | cbit << 15, 0, group)
    par = (struct.pack("!BBH", 1, 4, mtu) if mtu is not None else b"") + params
    return struct.pack("!BHBII", 0x80, pw_type | cbit << 15, 4 + len(par) if info is None else info, group, pw_id) + par


def prefix_fec(prefix, length=32):
    return struct.pack("!BHB", 2, 1, length) + addr(prefix)[:(length + 7) // 8]


def typed_pw_fec(pw_type=0x7fff):
    return struct.pack("!BBBH", 5, 0x80, 2, pw_type)


def label(n):
    return tlv(T_LABEL, struct.pack("!I", n))


def pw_mapping(pw_id, lab, status=0, **fec):
    """status None: without the TLV."""
    body = tlv(T_FEC, pw_fec(pw_id, **fec)) + label(lab)
    return body if status is None else body + tlv(T_PW_STATUS, struct.pack("!I", status), u=True)


def pw_status(pw_id, status, **fec):
    fec.setdefault("mtu", None)
    return (tlv(T_STATUS, struct.pack("!IIH", 0x28, 0, 0)) + tlv(T_PW_STATUS, struct.pack("!I", status), u=True)
            + tlv(T_FEC, pw_fec(pw_id, **fec)))


def split(data):
    """(PDUs, what is left): each PDU a list of Got."""
    out = []
    while len(data) >= 4:
        size = struct.unpack("!H", data[2:4])[0] + 4
        if len(data) < size:
            break
        out.append(parse(data[10:size]))
        data = data[size:]
    return out, data


def parse(body):
    got = []
    while len(body) >= 8:
        kind, length, number = struct.unpack("!HHI", body[:8])
        tlvs, rest = collections.OrderedDict(), body[8:4 + length]
        while len(rest) >= 4:
            t, n = struct.unpack("!HH", rest[:4])
            tlvs.setdefault(t & 0x3fff, rest[4:4 + n])
            rest = rest[4 + n:]
        got.append(Got(kind & 0x7fff, number, tlvs, body[:4 + length]))
        body = body[4 + length:]
    return got


class Speaker:
    """@lab, @node: the namespace; @me: our LSR ID and transport address, @peer: theirs."""

    def __init__(self, lab, node, me, peer, link=None, targeted=True, hold=15):
        self.lab, self.node, self.me, self.peer, self.link = lab, node, me, peer, link
        self.targeted, self.hold = targeted, hold
        self.sock = self.listener = None
        self.got, self.left, self.number = [], b"", 0
        self.stop = threading.Event()
        with lab.inside(node):
            self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.udp.bind(("", PORT))
            if link:
                index = struct.pack("4s4si", b"\0" * 4, b"\0" * 4, socket.if_nametoindex(link))
                self.udp.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, index)
                self.udp.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        self.thread = threading.Thread(target=self._hello, daemon=True)
        self.thread.start()

    def hello(self, targeted):
        flags = 0xc000 if targeted else 0
        return pdu(self.me, message(HELLO, tlv(T_HELLO, struct.pack("!HH", self.hold, flags))
                                    + tlv(T_TRANSPORT, addr(self.me))))

    def _hello(self):
        while not self.stop.wait(0.5):
            try:
                if self.targeted:
                    self.udp.sendto(self.hello(True), (self.peer, PORT))
                if self.link:
                    self.udp.sendto(self.hello(False), ("224.0.0.2", PORT))
            except OSError:
                pass

    def close(self):
        self.stop.set()
        self.thread.join()
        for s in (self.udp, self.sock, self.listener):
            if s:
                s.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    # ---- the connection -----------------------------------------------------------------------------

    def connect(self, seconds=20):
        """As the higher address: active. Else waits to be called."""
        end = time.monotonic() + seconds
        active = addr(self.me) > addr(self.peer)
        with self.lab.inside(self.node):
            if not active and not self.listener:
                self.listener = socket.create_server((self.me, PORT))
                self.listener.settimeout(seconds)
            while active:
                s = socket.socket()
                s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)
                try:
                    s.bind((self.me, 0))
                    s.connect((self.peer, PORT))
                    if self._stays(s):
                        self.sock = s
                        break
                    raise ConnectionResetError("refused: our Hello was not heard yet?")
                except OSError:
                    s.close()
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.1)
        if not active:
            self.sock, _ = self.listener.accept()
            self.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)
        self.got, self.left = [], b""
        return self

    @staticmethod
    def _stays(s):
        """A stranger is closed at once."""
        s.settimeout(0.15)
        try:
            return bool(s.recv(1, socket.MSG_PEEK))
        except socket.timeout:
            s.settimeout(None)
            return True

    def init(self, keepalive=60, max_pdu=0, receiver=None, version=1, flags=0, more=b"", space=0):
        """The body of an Initialization."""
        common = struct.pack("!HHBBH", version, keepalive, flags, 0, max_pdu) + addr(receiver or self.peer) + \
            struct.pack("!H", space)
        caps = b"".join(tlv(c, b"\x80", u=True) for c in CAPABILITIES)
        return tlv(T_SESSION, common) + caps + more

    def send(self, kind, body=b"", u=False, **of_pdu):
        self.number += 1
        self.raw(pdu(self.me, message(kind, body, self.number, u), **of_pdu))
        return self.number

    def raw(self, octets, seconds=30):
        """Octets as they are; TimeoutError when the peer has not taken them in so long. (A socket has one limit for both
        directions: without our own, the last read's would be this one's.)"""
        self.sock.settimeout(seconds)
        self.sock.sendall(octets)

    def up(self, **init):
        """To OPERATIONAL."""
        self.connect()
        self.send(INIT, self.init(**init))
        self.wait(INIT)
        self.send(KEEPALIVE)
        self.wait(KEEPALIVE)
        return self

    # ---- what comes -----------------------------------------------------------------------------------

    def read(self, seconds=0.2):
        """What has come, once; False: the connection is closed."""
        self.sock.settimeout(seconds)
        try:
            data = self.sock.recv(65536)
        except socket.timeout:
            return True
        except OSError:
            return False
        pdus, self.left = split(self.left + data)
        for p in pdus:
            self.got += p
        return bool(data)

    def wait(self, kind, test=lambda m: True, seconds=10):
        """The next message of @kind for which @test holds, taken out; AssertionError when none comes."""
        end = time.monotonic() + seconds
        is_open = True
        while True:
            for i, m in enumerate(self.got):
                if m.type == kind and test(m):
                    return self.got.pop(i)
            if not is_open or time.monotonic() > end:
                raise AssertionError(f"no {NAMES.get(kind, hex(kind))} came; connection "
                                     f"{'open' if is_open else 'closed'}; came: {[NAMES.get(m.type) for m in self.got]}")
            is_open = self.read()
            if not is_open:
                continue

    def silent(self, kind, seconds=1.0, test=lambda m: True):
        """No message of @kind comes for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.read(0.1):
            pass
        return not [m for m in self.got if m.type == kind and test(m)]

    def closed(self, seconds=10):
        """The peer closes within so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self.read():
                return True
        return False

    def status(self, seconds=10):
        """Status code of the next Notification, with E and F bits."""
        return struct.unpack("!I", self.wait(NOTIFICATION, seconds=seconds).tlvs[T_STATUS][:4])[0]


class Udpless(Speaker):
    """Says Hello from its own address, so that two live in one namespace."""

    def __init__(self, lab, node, me, peer, **kw):
        with lab.inside(node):
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            udp.bind((me, PORT))
        self._bound = udp
        super().__init__(lab, node, me, peer, **kw)
        self.udp.close()
        self.udp = udp
