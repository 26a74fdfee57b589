# SPDX-License-Identifier: BSD-2-Clause
"""A twinwire PE with customers' ports, and what its displays say.

  ce eth0..eth3 === a0..a3 pe core === core OTHER
                     LSR ID 10.0.0.1        LSR ID 10.0.0.2
"""
import re

from engine import Engine
from topology import CORE_MTU, wait_until

ACS = 4
PORTS = "".join(f"GigabitEthernet0/1/{i} a{i}\n" for i in range(ACS)) + "GigabitEthernet0/2/0 core\n"


def config(me=1, peer=2, ldp=(), remote=(), core=(), circuits=(), remote_peer=True):
    """Text of a start-up file; @circuits: lines of each AC's `interface` block, {name: [lines]}."""
    lines = [f"sysname PE{me}", "#", f"mpls lsr-id 10.0.0.{me}", "#", "mpls", "#", "mpls l2vpn", "#", "mpls ldp",
             *(f" {line}" for line in ldp), "#"]
    if remote_peer:
        lines += ["mpls ldp remote-peer far", f" remote-ip 10.0.0.{peer}", *(f" {line}" for line in remote), "#"]
    lines += ["interface LoopBack0", f" ip address 10.0.0.{me} 255.255.255.255", "#", "interface GigabitEthernet0/2/0",
              f" ip address 10.1.0.{me} 255.255.255.0", " mpls", " mpls ldp", *(f" {line}" for line in core), "#"]
    for name, body in dict(circuits).items():
        lines += [f"interface {name}", *(f" {line}" for line in body), "#"]
    lines += [f"ip route-static 10.0.0.{peer} 255.255.255.255 10.1.0.{peer}", "#", "return", ""]
    return "\n".join(lines)


class Pe(Engine):
    def __init__(self, lab, node, text):
        super().__init__(lab, node, text, PORTS)

    # ---- displays --------------------------------------------------------------------------------

    def sessions(self):
        """{LSR ID: status} of `display mpls ldp session`."""
        out = {}
        for line in (self.cli("display mpls ldp session", check=False) or "").splitlines():
            m = re.match(r"\s*\*?(\d+\.\d+\.\d+\.\d+):0\s+(\S+(?: \S+)?)\s+DU\s", line)
            if m:
                out[m[1]] = m[2]
        return out

    def l2vc(self, interface):
        """[{label: value}] of `display mpls l2vc interface`, a block a PW; labels as printed, without padding."""
        blocks, now = [], None
        for line in (self.cli(f"display mpls l2vc interface {interface}", check=False) or "").splitlines():
            for label, value in re.findall(r"\s*\*?([A-Za-z][\w /-]*?)\s*: ?(\S+(?: (?!\s)[^\s:]+)*)", line):
                if label == "client interface":
                    now = {}
                    blocks.append(now)
                if now is not None:
                    now.setdefault(label, value)
        return blocks

    def pw(self, interface, which=0):
        blocks = self.l2vc(interface)
        return blocks[which] if which < len(blocks) else {}

    def wait_pw(self, interface, state="up", which=0, seconds=30):
        wait_until(lambda: f"PW of {interface} to be {state}:\n{self.why(interface)}",
                   lambda: self.pw(interface, which).get("VC state") == state, seconds)

    def wait_session(self, peer, state="Operational", seconds=30):
        wait_until(lambda: f"the session with {peer} to be {state}: {self.sessions()}\n{self.log_tail()}",
                   lambda: self.sessions().get(peer) == state, seconds)

    def why(self, interface):
        return (self.cli(f"display mpls l2vc diagnose interface {interface}", check=False) or "no diagnosis") + \
            (self.cli(f"display mpls l2vc interface {interface}", check=False) or "no display")


def network(lab, pe="pe", far="far", ce="ce", ces=1):
    """pe and far with a core between them and ports towards customers at pe (and, with ces=2, at far)."""
    lab.node(ce, pe, far, *([ce + "2"] if ces == 2 else []))
    lab.link(pe, "core", far, "core", mtu=CORE_MTU)
    for i in range(ACS):
        lab.link(ce, f"eth{i}", pe, f"a{i}")
        if ces == 2:
            lab.link(ce + "2", f"eth{i}", far, f"a{i}")


def addresses(lab, node, me, peer):
    """Of a node without an engine of ours."""
    lab.ip(node, "addr", "add", f"10.0.0.{me}/32", "dev", "lo")
    lab.ip(node, "addr", "add", f"10.1.0.{me}/24", "dev", "core")
    lab.ip(node, "route", "add", f"10.0.0.{peer}/32", "via", f"10.1.0.{peer}")
