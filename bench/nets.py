# SPDX-License-Identifier: BSD-2-Clause
"""Chains of network namespaces: CE1 - PE1 - PE2 - CE2, one for each way to carry a customer's frames.

    ce1 pe ---- ac pe1 core ---- core pe2 ac ---- pe ce2

Several chains stand side by side so that they can be measured in turn. Names begin with twb<pid>-;
what a killed run left behind is removed by the next one.
"""
import contextlib
import os
import re
import subprocess

AC_MTU, CORE_MTU = 1500, 1600  # 1600: room for every encapsulation here, and XDP without frags takes it
LINKS = (("ce1", "pe", "pe1", "ac", AC_MTU), ("pe1", "core", "pe2", "core", CORE_MTU), ("pe2", "ac", "ce2", "pe", AC_MTU))
NODES = ("ce1", "pe1", "pe2", "ce2")
MAC = {"ce1": "02:74:77:00:00:01", "ce2": "02:74:77:00:00:02"}
ADDRESS = {"ce1": "198.18.0.1", "ce2": "198.18.0.2"}
CORE = {"pe1": "198.18.1.1", "pe2": "198.18.1.2"}


def sh(*argv, **kw):
    return subprocess.run([str(a) for a in argv], check=True, capture_output=True, text=True, **kw).stdout


class Chain:
    """Four namespaces, three links, nothing on them yet."""

    def __init__(self, name):
        self.name = name
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.stack.close()
            raise
        return self

    def __exit__(self, *_):
        self.stack.close()

    def ns(self, node):
        return f"twb{os.getpid()}-{self.name}-{node}"

    def build(self):
        for node in NODES:
            sh("ip", "netns", "add", self.ns(node))
            self.stack.callback(subprocess.run, ["ip", "netns", "del", self.ns(node)], capture_output=True)
            self.run(node, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1", "net.ipv6.conf.all.disable_ipv6=1")
            self.ip(node, "link set lo up")
        for i, (a, pa, b, pb, mtu) in enumerate(LINKS):
            # unequal ifindexes at the ends: see docs/design.md on carrier notices
            sh("ip", "-n", self.ns(a), "link", "add", pa, "index", 10 * (i + 1) + 1, "mtu", mtu, "type", "veth",
               "peer", "name", pb, "netns", self.ns(b), "index", 10 * (i + 1) + 2, "mtu", mtu)
            self.ip(a, f"link set {pa} up promisc on")
            self.ip(b, f"link set {pb} up promisc on")
        for ce in MAC:
            self.ip(ce, f"link set pe address {MAC[ce]}")
            self.ip(ce, f"address add {ADDRESS[ce]}/24 dev pe")

    def ip(self, node, words):
        return sh("ip", "-n", self.ns(node), *words.split())

    def run(self, node, *argv):
        return sh("ip", "netns", "exec", self.ns(node), *argv)

    def popen(self, node, *argv, **kw):
        return subprocess.Popen(["ip", "netns", "exec", self.ns(node), *map(str, argv)], text=True, **kw)

    def ethtool(self, node, port, **features):
        words = [w for k, v in features.items() for w in (k, "on" if v else "off")]
        self.run(node, "ethtool", "-K", port, *words)

    def vxlan(self):
        """What one does today without MPLS: a bridge and a VXLAN port in each PE; nothing is learnt or flooded."""
        for pe, other in (("pe1", "pe2"), ("pe2", "pe1")):
            self.ip(pe, f"address add {CORE[pe]}/24 dev core")
            self.ip(pe, "link add br0 type bridge")
            self.ip(pe, f"link add vx0 mtu {AC_MTU} type vxlan id 100 local {CORE[pe]} remote {CORE[other]} dstport 4789 nolearning")
            for port in ("ac", "vx0"):
                self.ip(pe, f"link set {port} master br0 up")
            self.ip(pe, "link set br0 up")
            near, far = (MAC["ce1"], MAC["ce2"]) if pe == "pe1" else (MAC["ce2"], MAC["ce1"])
            sh("bridge", "-n", self.ns(pe), "fdb", "replace", near, "dev", "ac", "master", "static")
            sh("bridge", "-n", self.ns(pe), "fdb", "replace", far, "dev", "vx0", "master", "static")


def sweep():
    """Removes the namespaces of runs that are no more."""
    for line in sh("ip", "netns", "list").splitlines():
        m = re.match(r"(twb(\d+)-\S+)", line)
        if m and not os.path.exists(f"/proc/{m.group(2)}"):
            subprocess.run(["ip", "netns", "del", m.group(1)], capture_output=True)
