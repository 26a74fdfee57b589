# SPDX-License-Identifier: BSD-2-Clause
"""Customer frames of every kind, raw sockets that show them as they are on the wire, and what a PW makes of them."""
import select
import socket
import struct
import time

from topology import SLOW, SOL_PACKET

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
PACKET_AUXDATA, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 8, 15, 23
TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID = 0x10, 0x40
AUX = struct.Struct("=IIIHHHH")
TEST = 0x88B5  # IEEE 802 local experimental ethertype: no dissector has an opinion on it
PAUSE = bytes.fromhex("0180c2000001") + bytes(6) + b"\x88\x08\x00\x01\xff\xff" + bytes(42)


class Wire:
    """A raw socket on a port: frames with their tags in line, whether the kernel holds them in metadata or not."""

    def __init__(self, lab, node, dev, receive=True, vnet=False):
        self.vnet = vnet
        with lab.inside(node):
            self.s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self.s.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
            if vnet:
                self.s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
            if receive:
                self.s.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
                self.s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
            self.s.bind((dev, ETH_P_ALL if receive else 0))
        self.s.setblocking(False)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.s.close()

    def send(self, frame, mark=0):
        """mark: the VID that the program of tag.bpf.c at this port's egress puts into metadata."""
        self.s.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
        self.s.send(frame)

    def receive(self):
        data, aux, _, _ = self.s.recvmsg(70000, socket.CMSG_SPACE(AUX.size))
        for level, kind, value in aux:
            if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                status, _, _, _, _, tci, tpid = AUX.unpack(value[:AUX.size])
                if status & TP_STATUS_VLAN_VALID:
                    at = 12 + (10 if self.vnet else 0)
                    tpid = tpid if status & TP_STATUS_VLAN_TPID_VALID else 0x8100
                    data = data[:at] + struct.pack(">HH", tpid, tci) + data[at:]
        return data

    def receive_all(self, quiet=0.3, enough=None):
        """Frames until `enough` are there or none came for `quiet` seconds."""
        out = []
        quiet *= SLOW
        end = time.monotonic() + quiet
        while enough is None or len(out) < enough:
            left = end - time.monotonic()
            if not select.select([self.s], [], [], max(left, 0))[0]:
                break
            out.append(self.receive())
            end = time.monotonic() + quiet
        return out


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def tag(vid, pcp=0, tpid=0x8100):
    return struct.pack(">HH", tpid, pcp << 13 | vid)


def body(length, seed):
    return bytes((seed * 7 + i * 31) & 0xFF for i in range(length))


class Kind:
    """One sort of customer frame: the octets that leave the CE and the VID that goes into metadata, if any."""

    def __init__(self, name, dst, tail, meta=0, jumbo=False):
        self.name, self.dst, self.tail, self.meta, self.jumbo = name, dst, tail, meta, jumbo
        self.index = None

    @property
    def inline(self):
        """As handed to the socket. The source address numbers the kind, so it can be told when it arrives."""
        return self.dst + bytes((2, 0xCE, 0, 0, self.index >> 8, self.index & 0xFF)) + self.tail

    @property
    def frame(self):
        """As it is on the wire."""
        return push(self.inline, self.meta) if self.meta else self.inline

    @property
    def tags(self):
        return tags(self.frame)

    def __repr__(self):
        return self.name


def tags(frame):
    n, at = 0, 12
    while frame[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
        n, at = n + 1, at + 4
    return n


def push(frame, vid, pcp=0):
    return frame[:12] + tag(vid, pcp) + frame[12:]


def rewrite(frame, vid):
    tci = struct.unpack(">H", frame[14:16])[0]
    return frame[:14] + struct.pack(">H", tci & 0xF000 | vid) + frame[16:]


def padded(frame):
    return frame + bytes(max(0, 60 - len(frame)))


UNI = mac("02:00:00:00:00:99")


def sized(name, length, tags_=b"", **more):
    """A frame of `length` octets, tags included."""
    head = UNI + bytes(6) + tags_ + struct.pack(">H", TEST)
    return Kind(name, UNI, (tags_ + struct.pack(">H", TEST) + body(length - len(head), length))[:length - 12], **more)


def lldp():
    tlv = lambda t, v: struct.pack(">H", t << 9 | len(v)) + v  # noqa: E731
    data = tlv(1, b"\x04" + mac("02:ce:00:00:00:01")) + tlv(2, b"\x05port") + tlv(3, b"\x00\x78") + tlv(6, bytes(24)) + tlv(0, b"")
    return b"\x88\xcc" + data


def lacp():
    side = b"\x01\x14" + b"\x80\x00" + mac("02:ce:00:00:00:01") + b"\x00\x01\x80\x00\x00\x01\x3d" + bytes(3)
    partner = b"\x02\x14" + side[2:]
    return b"\x88\x09\x01\x01" + side + partner + b"\x03\x10" + bytes(14) + b"\x00\x00" + bytes(50)


def bpdu():
    bridge = b"\x80\x00" + mac("02:ce:00:00:00:01")
    pdu = bytes(5) + bridge + bytes(4) + bridge + b"\x80\x01" + bytes(2) + b"\x14\x00\x02\x00\x0f\x00"
    llc = b"\x42\x42\x03" + pdu
    return struct.pack(">H", len(llc)) + llc + bytes(46 - len(llc))


def snap():
    data = b"\xaa\xaa\x03\x00\x00\x00" + struct.pack(">H", TEST) + body(60, 3)
    return struct.pack(">H", len(data)) + data


def arp():
    return b"\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01" + mac("02:ce:00:00:00:01") + bytes((10, 9, 9, 1)) + bytes(6) \
        + bytes((10, 9, 9, 2)) + bytes(18)


def udp4(payload):
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(payload), 1, 0, 64, 17, 0, bytes((10, 9, 9, 1)), bytes((10, 9, 9, 2)))
    total = sum(struct.unpack(">10H", ip))
    total = (total & 0xFFFF) + (total >> 16)
    ip = ip[:10] + struct.pack(">H", ~(total + (total >> 16)) & 0xFFFF) + ip[12:]
    return ip + struct.pack(">HHHH", 4000, 4001, 8 + len(payload), 0) + payload


def catalogue():
    """Tagged frames have two octets or more behind the last EtherType: the CE's own kernel drops shorter ones."""
    kinds = [sized(f"{n} octets", n) for n in (14, 15, 20, 33, 34, 35, 45, 46, 59, 60, 61, 64, 65, 128, 512, 1513, 1514)]
    kinds += [sized(f"{n} octets, jumbo", n, jumbo=True) for n in (1515, 3500, 9000, 9013, 9014)]
    kinds += [sized("9018 octets with C-tag, jumbo", 9018, tag(7), jumbo=True)]
    kinds += [sized(f"C-tag, {n} octets", n, tag(7, 3)) for n in (20, 34, 38, 60, 64, 1518)]
    kinds += [sized(f"S+C tag, {n} octets", n, tag(9, 1, 0x88A8) + tag(7, 3)) for n in (24, 38, 64, 68, 1518)]
    kinds += [sized("C+C tag", 100, tag(9) + tag(7)), sized("S-tag alone", 100, tag(9, 2, 0x88A8))]
    kinds += [sized("priority tag", 100, tag(0, 5))]
    kinds += [sized(f"tag in metadata, {n} octets", n, meta=77) for n in (16, 34, 60, 100, 1514)]
    kinds += [sized("tag in metadata before a C-tag", 100, tag(7, 3), meta=77)]
    kinds += [Kind("MPLS inside", UNI, b"\x88\x47" + struct.pack(">I", 1021 << 12 | 0x1FF) + udp4(body(40, 5)))]
    kinds += [Kind("IPv4", UNI, b"\x08\x00" + udp4(body(100, 6)))]
    kinds += [Kind("802.3 with LLC and SNAP", UNI, snap()), Kind("BPDU", mac("01:80:c2:00:00:00"), bpdu())]
    kinds += [Kind("LACP", mac("01:80:c2:00:00:02"), lacp()), Kind("LLDP", mac("01:80:c2:00:00:0e"), lldp())]
    kinds += [Kind("broadcast", mac("ff:ff:ff:ff:ff:ff"), arp())]
    kinds += [Kind("multicast", mac("01:00:5e:01:02:03"), struct.pack(">H", TEST) + body(60, 8))]
    kinds += [Kind("IPv6 multicast address", mac("33:33:00:01:02:03"), struct.pack(">H", TEST) + body(60, 9))]
    kinds += [Kind(f"destination {n:x}2", bytes((n << 4 | 2, 0, 0, 0, 0, 1)), struct.pack(">H", TEST) + body(60, n))
              for n in range(16)]
    for i, kind in enumerate(kinds):
        kind.index = i
    return kinds


CATALOGUE = catalogue()
