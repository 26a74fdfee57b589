# SPDX-License-Identifier: BSD-2-Clause
"""Chains of network namespaces: CE1 - PE1 - PE2 - CE2, one for each way to carry a customer's frames.

    ce1 pe ---- ac pe1 core ---- core pe2 ac ---- pe ce2

Several chains stand side by side in one lab so that they can be measured in turn; the nodes of chain X
are X-ce1, X-pe1, X-pe2 and X-ce2.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))
import topology  # noqa: E402
from engine import Engine  # noqa: E402

AC_MTU, CORE_MTU = 1500, 1600  # 1600: room for every encapsulation here, and XDP without frags takes it
NODES = ("ce1", "pe1", "pe2", "ce2")
MAC = {"ce1": "02:74:77:00:00:01", "ce2": "02:74:77:00:00:02"}
ADDRESS = {"ce1": "198.18.0.1", "ce2": "198.18.0.2"}
CORE = {"pe1": "198.18.1.1", "pe2": "198.18.1.2"}
OTHER = {"pe1": "pe2", "pe2": "pe1"}


class Chain:
    """Four namespaces, three links, nothing on them yet. With several ports there is as many of the AC links:
    pe0 - ac0, pe1 - ac1 and so on."""

    def __init__(self, lab, name, ports=1):
        self.lab, self.name = lab, name
        self.pe, self.ac = (["pe"], ["ac"]) if ports == 1 else ([f"{p}{i}" for i in range(ports)] for p in ("pe", "ac"))
        lab.node(*map(self.node, NODES))
        lab.link(self.node("pe1"), "core", self.node("pe2"), "core", CORE_MTU)
        for pe, ac in zip(self.pe, self.ac):
            lab.link(self.node("ce1"), pe, self.node("pe1"), ac, AC_MTU)
            lab.link(self.node("pe2"), ac, self.node("ce2"), pe, AC_MTU)
        for ce in MAC:
            self.ip(ce, f"link set {self.pe[0]} address {MAC[ce]}")
            self.ip(ce, f"address add {ADDRESS[ce]}/24 dev {self.pe[0]}")

    def node(self, node):
        return f"{self.name}-{node}"

    def ns(self, node):
        return self.lab.ns(self.node(node))

    def ip(self, node, words):
        return self.lab.ip(self.node(node), *words.split()).stdout

    def exec(self, node, *argv, **kw):
        return self.lab.exec(self.node(node), *argv, **kw).stdout

    def ethtool(self, node, port, words):
        self.exec(node, "ethtool", "-K", port, *words.split())

    def vxlan(self):
        """What one does without MPLS: a bridge and a VXLAN port in each PE; nothing is learnt or flooded."""
        for pe in CORE:
            self.ip(pe, f"address add {CORE[pe]}/24 dev core")
            self.ip(pe, "link add br0 type bridge")
            self.ip(pe, f"link add vx0 mtu {AC_MTU} type vxlan id 100 local {CORE[pe]} remote {CORE[OTHER[pe]]} "
                        "dstport 4789 nolearning")
            near, far = ("ce1", "ce2") if pe == "pe1" else ("ce2", "ce1")
            for port, ce in (("ac", near), ("vx0", far)):
                self.ip(pe, f"link set {port} master br0 up")
                topology.run("bridge", "-n", self.ns(pe), "fdb", "replace", MAC[ce], "dev", port, "master", "static")
            self.ip(pe, "link set br0 up")
        return self

    def engines(self, mode, vids=0):
        """Both PEs run twinwire with static PWs with control word between them, one transport label each way:
        one for each port, or one for each of @vids sub-interfaces of each port."""
        for pe in CORE:
            Engine(self.lab, self.node(pe), configuration(pe, mode, self.ac, vids), "").start()
        return self

    def redirects(self):
        """Options for tw-bench-forward: bare redirects in place of the PEs."""
        hops = [f"{self.ns('pe1')}:{ac}:core" for ac in self.ac] + [f"{self.ns('pe2')}:core:{','.join(self.ac)}"]
        return [w for hop in hops for w in ("--hop", hop)]


def circuits(mode, ports, vids, far):
    """A label is the circuit's number from 100000 up, the same both ways; so is the VC ID."""
    label = 100000
    for port in ports:
        yield f"interface {port}\n port-mode {mode}"
        for vid in range(1, vids + 1) if vids else (None,):
            if vid:
                yield f"#\ninterface {port}.{vid}\n vlan-type dot1q {vid}"
            yield (f" mpls static-l2vc destination {far} {label} transmit-vpn-label {label} receive-vpn-label {label} "
                   "control-word raw")
            label += 1
        yield "#"


def configuration(pe, mode, ports, vids):
    i, peer = (0, "pe2") if pe == "pe1" else (1, "pe1")
    lsr, far = f"10.255.0.{i + 1}", f"10.255.0.{2 - i}"
    services = "\n".join(circuits(mode, ports, vids, far))
    return f"""#
sysname {pe}
#
mpls lsr-id {lsr}
#
mpls
#
mpls l2vpn
 capacity circuits {max(64, len(ports) * vids)}
#
interface LoopBack0
 ip address {lsr} 255.255.255.255
#
interface core
 port-mode {mode}
 ip address {CORE[pe]} 255.255.255.0
 mpls
#
{services}
static-lsp ingress out destination {far} 32 nexthop {CORE[peer]} out-label {500 + i}
static-lsp egress in incoming-interface core in-label {501 - i}
#
ip route-static {far} 255.255.255.255 {CORE[peer]}
#
return
"""
