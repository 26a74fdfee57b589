# SPDX-License-Identifier: BSD-2-Clause
"""A capture of LDP on one end of a link, and what tshark makes of it: the judge of what we send."""
import collections
import json
import re
import signal
import subprocess

from topology import SLOW, Broken, run, wait_until

Message = collections.namedtuple("Message", "source kind fields frame")
# what tshark finds at fault; chats and notes ("connection reset") are no fault of the octets
FAULTS = ("_ws.malformed", "_ws.unreassembled")
SEVERE = 0x00600000  # PI_WARN and above
# what is tshark's own: it takes a targeted Hello without the flag of GTSM for an error (RFC 6720 gives it no meaning there),
# and does not know FEC element 5, the Typed Wildcard of End-of-LIB (RFC 5918, 5919)
NO_ERROR = "GTSM is not supported by the source, since basic discovery is not enabled"
TYPED_WILDCARD = re.compile(rb"\x01\x00\x00[\x03\x05]\x05[\x02\x80\x81][\x00\x02]")
OF_IT = ("_ws.malformed", "Error in FEC Element 1")


class Capture:
    """with Capture(lab, node, device) as c: ...; then c.messages(source), c.complaints(source)."""

    def __init__(self, lab, node, device):
        self.file = lab.dir / f"ldp-{node}-{device}.pcap"
        self.command = ["nsenter", f"--net=/run/netns/{lab.ns(node)}", "tcpdump", "-i", device, "-U", "-n", "-s", "0", "--immediate-mode",
                        "-w", str(self.file), "-Z", "root", "port", "646"]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        wait_until("tcpdump to listen", lambda: self.file.exists() and self.file.stat().st_size >= 24, 10)
        return self

    def __exit__(self, *exc):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=10 * SLOW)

    def _frames(self):
        done = run("tshark", "-r", self.file, "-o", "tcp.desegment_tcp_streams:TRUE", "-T", "json", "--no-duplicate-keys",
                   "-Y", "ldp or _ws.malformed", check=False)
        if done.returncode:
            raise Broken(f"tshark: {done.stderr[-400:]}")
        return [f["_source"]["layers"] for f in json.loads(done.stdout or "[]")]

    def messages(self, source=None):
        """Every LDP message, in order; of the LSR or address @source alone."""
        out = []
        for layers in self._frames():
            ip = layers.get("ip", {}).get("ip.src")
            for pdu in as_list(layers.get("ldp", [])):
                out += [Message(ip, kind, fields, layers) for kind, fields in walk_messages(pdu)]
        return [m for m in out if source in (None, m.source)]

    def complaints(self, source):
        """What tshark has against frames of @source, in words."""
        out = []
        for layers in self._frames():
            if layers.get("ip", {}).get("ip.src") != source:
                continue
            found = [fault for fault in FAULTS if fault in layers]
            found += [text for text in experts(layers.get("ldp", [])) if text != NO_ERROR]
            octets = bytes.fromhex(layers.get("tcp", {}).get("tcp.payload", "").replace(":", ""))
            if TYPED_WILDCARD.search(octets):
                found = [f for f in found if f not in OF_IT]
            out += [f"frame {layers['frame']['frame.number']}: {f}" for f in found]
        return out

    def ttls(self, source):
        """{(TCP or UDP, destination): {TTL}} of what @source sent."""
        out = collections.defaultdict(set)
        for layers in self._frames():
            ip = layers.get("ip", {})
            if ip.get("ip.src") == source:
                out["tcp" if "tcp" in layers else "udp", ip["ip.dst"]].add(int(ip["ip.ttl"]))
        return dict(out)


def as_list(x):
    return x if isinstance(x, list) else [x]


def walk_messages(pdu):
    """(name, fields) of the messages of a dissected PDU: sub-trees that have a message type."""
    if not isinstance(pdu, dict):
        return
    for key, value in pdu.items():
        for sub in as_list(value):
            if isinstance(sub, dict):
                if "ldp.msg.type" in sub:
                    yield key, sub
                else:
                    yield from walk_messages(sub)


def experts(tree):
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == "_ws.expert":
                for e in as_list(value):
                    if int(e.get("_ws.expert.severity", "0")) >= SEVERE:
                        yield e.get("_ws.expert.message", "?")
            else:
                yield from experts(value)
    elif isinstance(tree, list):
        for sub in tree:
            yield from experts(sub)


def field(tree, name):
    """All values of field @name below @tree, in order."""
    out = []
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == name:
                out += as_list(value)
            elif isinstance(value, (dict, list)):
                out += field(value, name)
    elif isinstance(tree, list):
        for sub in tree:
            out += field(sub, name)
    return out
