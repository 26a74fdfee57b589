#!/usr/bin/python3
"""Other implementations judge the LDP codec: tshark decodes what we write, we decode what scapy writes.

usage: test_judges.py EMIT
"""
import re
import struct
import subprocess
import sys
import tempfile

EMIT = sys.argv[1]
FIELD_SEP, VALUE_SEP = "|", ";"


def run(*cmd, **kw):
    return subprocess.run(cmd, check=True, capture_output=True, text=True, **kw).stdout


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(proto, payload, seq):
    """An IPv4 packet of 10.0.0.1 with one PDU; those over TCP are one stream."""
    if proto == "udp":
        l4 = struct.pack("!4H", 646, 646, 8 + len(payload), 0) + payload
    else:
        l4 = struct.pack("!2H2I2B3H", 40000, 646, seq, 1, 5 << 4, 0x18, 8192, 0, 0) + payload
    head = struct.pack("!2B3H2BH4s4s", 0x45, 0xc0, 20 + len(l4), 0, 0, 255, 17 if proto == "udp" else 6, 0,
                       bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + l4


def pcap(file, frames):
    file.write(struct.pack("<I2H4I", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))  # raw IP
    seq = 1
    for i, (_, proto, data, _) in enumerate(frames):
        p = packet(proto, data, seq)
        seq += len(data) if proto == "tcp" else 0
        file.write(struct.pack("<4I", i, 0, len(p), len(p)) + p)
    file.flush()


# Behind every PDU's messages come two KeepAlives: tshark 4.0 reads the fields of a long FEC element before it looks at
# the element's type, and calls the packet malformed if a short element is the end of it.
KEEPALIVES = bytes.fromhex("0201000400000000" * 2)
# The one error that is tshark's own: it does not know FEC element 5, the Typed Wildcard (RFC 5918).
OWN_ERROR = "Error in FEC Element"
TYPED_WILDCARD = re.compile(rb"\x01\x00\x00[\x03\x05]\x05[\x02\x80\x81][\x00\x02]")


def emitted(*what):
    out = []
    for text in run(EMIT, *what).splitlines():
        name, proto, data, fields = text.split("\t")
        pdu = bytes.fromhex(data)
        if proto == "tcp":
            pdu = pdu[:2] + struct.pack("!H", len(pdu) - 4 + len(KEEPALIVES)) + pdu[4:] + KEEPALIVES
        out.append((name, proto, pdu, fields))
    return out


def tshark(file, *args):
    return run("tshark", "-n", "-r", file.name, *args).splitlines()


def same(want, got):
    """tshark prints numbers in its own ways, and True for 1."""
    got = {"True": "1", "False": "0"}.get(got, got)
    try:
        return int(want, 0) == int(got, 0)
    except ValueError:
        return want == got


def judged(what, count):
    """Every frame is an LDP frame, and in none does tshark find anything to complain about."""
    frames = emitted(*what)
    assert len(frames) >= count, f"{what}: {len(frames)} frames"
    file = tempfile.NamedTemporaryFile(suffix=".pcap")
    pcap(file, frames)
    seen = tshark(file, "-Y", "ldp", "-T", "fields", "-e", "frame.number")
    assert len(seen) == len(frames), f"{what}: {len(frames)} frames written, {len(seen)} are LDP to tshark"
    wrong = []
    for text in tshark(file, "-Y", "_ws.malformed || _ws.expert.severity == error || _ws.short", "-T", "fields",
                       "-e", "frame.number", "-e", "_ws.expert.message"):
        n, message = text.split("\t")
        name, _, data, _ = frames[int(n) - 1]
        if message.startswith(OWN_ERROR) and "Malformed" not in message and TYPED_WILDCARD.search(data):
            continue
        print("\n".join([f"{name}: {message}", *tshark(file, "-Y", f"frame.number=={n}", "-V")]))
        wrong.append(n)
    assert not wrong, f"{what}: tshark complains about {len(wrong)} frames"
    return frames, file


def fields_mean_the_same():
    frames, file = judged(["vectors"], 45)
    names = sorted({f.split("=")[0] for frame in frames for f in frame[3].split()})
    args = [a for n in names for a in ("-e", n)]
    rows = tshark(file, "-Y", "ldp", "-T", "fields", "-E", f"separator={FIELD_SEP}", "-E", "occurrence=a",
                  "-E", f"aggregator={VALUE_SEP}", *args)
    wrong, asked = [], 0
    for frame, row in zip(frames, rows):
        got = dict(zip(names, row.split(FIELD_SEP)))
        for field in frame[3].split():
            name, _, want = field.partition("=")
            asked += 1
            have = got[name].split(VALUE_SEP)
            # one value: the first says it, later ones are other TLVs; several: all of them
            if not all(same(w, h) for w, h in zip(want.split(","), have)) or len(have) < len(want.split(",")):
                wrong.append(f"{frame[0]}: {name} is {have}, not {want}")
    print("\n".join(wrong))
    assert asked > 100 and not wrong
    return asked


def scapy_pdus():
    """What scapy 2.5 writes right, with what must come of it (it pads short prefixes to four octets, and leaves the
    header of an abort's request ID away)."""
    import logging
    logging.getLogger("scapy").setLevel(logging.ERROR)
    from scapy.contrib import ldp as s

    def pdu(message, means):
        return bytes(s.LDP(id="10.0.0.2") / message), means

    return [
        pdu(s.LDPHello(id=1, params=[180, 0, 0]), "Hello"),
        pdu(s.LDPHello(id=1, params=[45, 1, 1]), "Hello"),
        pdu(s.LDPInit(id=2, params=[180, 0, 0, 0, 0, "10.0.0.1", 0]), "Initialization"),
        pdu(s.LDPKeepAlive(id=3), "KeepAlive"),
        pdu(s.LDPAddress(id=4, address=["10.0.0.2", "10.1.0.2"]), "Address"),
        pdu(s.LDPAddressWM(id=5, address=["10.1.0.2"]), "Address Withdraw"),
        pdu(s.LDPLabelMM(id=6, fec=[("10.0.0.2", 32)], label=3), "Label Mapping"),
        pdu(s.LDPLabelMM(id=6, fec=[("10.0.0.2", 32), ("10.0.0.3", 32)], label=16), "Label Mapping"),
        pdu(s.LDPLabelReqM(id=7, fec=[("10.0.0.2", 32)]), "Label Request"),
        pdu(s.LDPLabelWM(id=9, fec=[("10.0.0.2", 32)], label=16), "Label Withdraw"),
        pdu(s.LDPLabelRelM(id=10, fec=[("10.0.0.2", 32)], label=16), "Label Release"),
        pdu(s.LDPNotification(id=11, status=[0, 0, 10, 0, 0]), "Notification"),
    ]


def scapy_is_understood():
    pdus = scapy_pdus()
    answers = run(EMIT, "decode", input="".join(p.hex() + "\n" for p, _ in pdus)).splitlines()
    wrong = [f"{means}: {data.hex()}: {answer}" for (data, means), answer in zip(pdus, answers)
             if not re.fullmatch(rf"{means}:0:[ 0-9]*;2;1", answer)]
    print("\n".join(wrong))
    assert len(answers) == len(pdus) and not wrong
    return len(pdus)


print(f"{fields_mean_the_same()} fields as meant")
frames, _ = judged(["random", "4000"], 60)
print(f"{len(frames)} PDUs of random messages without complaint")
print(f"{scapy_is_understood()} PDUs of scapy understood")
