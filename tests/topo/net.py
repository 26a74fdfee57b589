# SPDX-License-Identifier: BSD-2-Clause
"""The network of the transparency tests: every sort of circuit at once, kept up for all tests of a mode.

  ce1 c0..c11 === a0..a11 pe1 core -- left [span: a bridge] right -- w p e -- core pe2 a0..a11 === c0..c11 ce2

span is a plain Linux bridge, so that a capture sees the core whatever program runs on the ports beside it.
"""
import os
import pathlib
import re
import subprocess
import time

import topology
from engine import Engine
from topology import CORE_MTU, Broken, run, wait_until

HERE = pathlib.Path(__file__).resolve().parent


class Circuit:
    def __init__(self, index, name, words, path="swap", vlan=False, mtu=9000):
        self.index, self.name, self.words, self.path, self.vlan, self.mtu = index, name, words.split(), path, vlan, mtu
        self.cw, self.tagged, self.access = ("control-word" in self.words, "tagged" in self.words,
                                             "access-port" in self.words)
        self.label = {1: 1000 + index, 2: 2000 + index}  # PW label by the PE that receives it

    @property
    def port(self):
        return f"c{self.index}"

    def vid(self, pe):
        return {1: 100, 2: 1100}[pe] if self.vlan else 0

    def ac(self, pe):
        return f"GigabitEthernet0/1/{self.index}" + (f".{self.vid(pe)}" if self.vlan else "")


CIRCUITS = [Circuit(i, *row) for i, row in enumerate((
    ("port-raw-cw", "control-word raw"),
    ("port-raw", "raw"),
    ("port-tagged-cw", "control-word tagged"),
    ("port-tagged", "tagged"),
    ("access-cw", "control-word raw access-port", "swap", False, 1500),
    ("vlan-raw-cw", "control-word raw", "swap", True),
    ("vlan-raw", "raw", "swap", True),
    ("vlan-tagged-cw", "control-word tagged", "swap", True),
    ("vlan-tagged", "tagged", "swap", True),
    ("implicit-null", "control-word raw", "php"),
    ("explicit-null", "raw", "null"),
    ("four-labels", "control-word raw", "stack"),
))]
if os.environ.get("TW_QEMU"):  # emulated: one of each treatment
    CIRCUITS = [c for c in CIRCUITS if c.name in ("port-raw-cw", "port-raw", "access-cw", "vlan-raw-cw", "vlan-tagged",
                                                  "four-labels")]
PATHS = {"swap": 2, "php": 3, "null": 4, "stack": 5}  # last octet of the destination
STACK = (515, 516, 517)  # pushed below the top label of "stack"
MODES = {"tcx": ("auto", "auto"), "clsact": ("clsact", "clsact"), "xdp": ("xdp", "xdp"), "mixed": ("xdp", "auto")}
if os.environ.get("TW_QEMU"):
    MODES = {"clsact": MODES["clsact"]}


def port_mode(mode):
    return [] if mode == "auto" else [f" port-mode {mode}"]


def core_lines(pe, mode):
    other, top = 3 - pe, 100 * pe
    lines = ["interface GigabitEthernet0/2/0", f" ip address 10.1.{pe}.1 255.255.255.252", " mpls", *port_mode(mode), "#"]
    lines += ["interface LoopBack0", f" ip address {pe}.{pe}.{pe}.{pe} 255.255.255.255", "#"]
    for name, octet in PATHS.items():
        dest = f"{other}.{other}.{other}.{octet}"
        more = " ".join(map(str, ("", *STACK))) if name == "stack" else ""
        lines += [f"static-lsp ingress out-{name} destination {dest} 32 nexthop 10.1.{pe}.2 out-label {top + octet}{more}",
                  f"ip route-static {dest} 255.255.255.255 10.1.{pe}.2"]
    for name, octet in PATHS.items():
        if name in ("swap", "stack"):
            lines.append(f"static-lsp egress in-{name} in-label {400 + 100 * other + octet + 20}")
    lines += [f"static-lsp egress in-{label} in-label {label}" for label in STACK]
    return lines


def pe_cfg(pe, core, ac):
    lines = [f"sysname PE{pe}", "#", f"mpls lsr-id {pe}.{pe}.{pe}.{pe}", "#", "mpls", "#", "mpls l2vpn", "#"]
    for c in CIRCUITS:
        other = 3 - pe
        pw = (f" mpls static-l2vc destination {other}.{other}.{other}.{PATHS[c.path]} {100 + c.index} transmit-vpn-label "
              f"{c.label[other]} receive-vpn-label {c.label[pe]} " + " ".join(c.words))
        lines += [f"interface GigabitEthernet0/1/{c.index}", f" mtu {c.mtu}", *port_mode(ac)]
        if c.vlan:
            lines += ["#", f"interface {c.ac(pe)}", f" vlan-type dot1q {c.vid(pe)}", f" mtu {c.mtu}"]
        lines += [pw, "#"]
    return "\n".join(lines + core_lines(pe, core) + ["#", "return", ""])


def p_cfg(core):
    lines = ["sysname P", "#", "mpls lsr-id 4.4.4.4", "#", "mpls", "#"]
    for pe in (1, 2):
        lines += [f"interface GigabitEthernet0/{pe}/0", f" ip address 10.1.{pe}.2 255.255.255.252", " mpls",
                  *port_mode(core), "#"]
    for pe in (1, 2):  # from pe to the other
        other = 3 - pe
        for name, octet in PATHS.items():
            out = {"php": 3, "null": 0}.get(name, 400 + 100 * pe + octet + 20)
            lines.append(f"static-lsp transit {name}-{pe} in-label {100 * pe + octet} nexthop 10.1.{other}.1 out-label {out}")
    return "\n".join(lines + ["#", "return", ""])


class Net:
    def __init__(self, mode):
        self.mode, self.core, self.ac = mode, *MODES[mode]
        self.lab = topology.Lab()
        try:
            self._build()
        except BaseException:
            self.lab.down()
            raise

    def _build(self):
        lab = self.lab
        lab.node("ce1", "span", "ce2")
        lab.node("pe1", "p", "pe2", ipv6=True)
        for pe in (1, 2):
            for c in CIRCUITS:
                lab.link(f"ce{pe}", c.port, f"pe{pe}", f"a{c.index}", mtu=c.mtu)
        lab.link("pe1", "core", "span", "left", mtu=CORE_MTU)
        lab.link("span", "right", "p", "w", mtu=CORE_MTU)
        lab.link("p", "e", "pe2", "core", mtu=CORE_MTU)
        self._bridge()
        self._tags()
        if self.mode in ("xdp", "mixed"):
            self._napi()
        self.engine = {}
        for pe in (1, 2):
            ports = "".join(f"GigabitEthernet0/1/{c.index} a{c.index}\n" for c in CIRCUITS) + "GigabitEthernet0/2/0 core\n"
            self.engine[f"pe{pe}"] = Engine(lab, f"pe{pe}", pe_cfg(pe, self.core, self.ac), ports)
        self.engine["p"] = Engine(lab, "p", p_cfg(self.core), "GigabitEthernet0/1/0 w\nGigabitEthernet0/2/0 e\n")
        for e in self.engine.values():
            e.start(wait=False)
        for e in self.engine.values():
            e.wait_ready()
        wait_until(self.told, self.all_up, 30)

    def _bridge(self):
        self.lab.ip("span", "link", "add", "br0", "mtu", CORE_MTU, "type", "bridge")
        for port in ("left", "right"):
            self.lab.ip("span", "link", "set", port, "master", "br0")
        self.lab.ip("span", "link", "set", "br0", "up")

    def _tags(self):
        """CE ports put a socket's mark into metadata as a VID."""
        obj = self.lab.dir / "tag.o"
        include = run("gcc", "-print-multiarch").stdout.strip()
        run("clang", "-O2", "-g", "-target", "bpf", f"-I/usr/include/{include}", "-c", HERE / "tag.bpf.c", "-o", obj)
        for node in ("ce1", "ce2"):
            for c in CIRCUITS:
                run("tc", "-n", self.lab.ns(node), "qdisc", "add", "dev", c.port, "clsact")
                self.tag_program(node, c, "egress", "by_mark")

    def tag_program(self, node, c, way, section):
        """Sets the program of tag.bpf.c at a CE port; section None removes it."""
        where = ("tc", "-n", self.lab.ns(node), "filter")
        run(*where, "del", "dev", c.port, way, check=False)
        if section:
            run(*where, "add", "dev", c.port, way, "prio", 10, "bpf", "da", "obj", self.lab.dir / "tag.o", "sec", section)

    def _napi(self):
        """The peer of a veth that is the target of an XDP redirect must run NAPI."""
        for node, devs in (("ce1", [c.port for c in CIRCUITS]), ("ce2", [c.port for c in CIRCUITS]),
                           ("span", ["left", "right"])):
            for dev in devs:
                self.lab.exec(node, "ethtool", "-K", dev, "gro", "on")

    def states(self, pe):
        return re.findall(r"VC State\s*:\s*(\S+)", self.engine[pe].cli("display mpls static-l2vc"))

    def all_up(self):
        return "down" not in self.engine["p"].cli("display mpls lsp").lower() and all(
            len(s) == len(CIRCUITS) and set(s) == {"up"} for s in (self.states("pe1"), self.states("pe2")))

    def told(self):
        return "every PW up\n" + "\n".join(
            f"{pe}: {self.states(pe)}\n{self.engine[pe].cli('display mpls l2vpn diagnose', check=False)}" for pe in ("pe1", "pe2"))

    def down(self):
        for e in getattr(self, "engine", {}).values():
            if e.process and e.process.poll() is None:
                e.process.kill()
                e.process.wait()
        self.lab.down()


class Capture:
    """tcpdump's job with what is there: dumpcap on a port of span, into a file tshark reads."""

    def __init__(self, net, dev="left", node="span"):
        self.file = net.lab.dir / "core.pcapng"
        self.file.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{net.lab.ns(node)}", "dumpcap", "-q", "-i", dev, "-w", str(self.file)],
            stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if line.startswith("File:"):
                return
        raise Broken("dumpcap did not start")

    def stop(self):
        time.sleep(0.5)  # dumpcap has no other way to be asked whether it saw the last frame
        self.process.terminate()
        self.process.wait(10)
        self.process.stderr.close()
        return self.file


def tshark(file, *args):
    return run("tshark", "-r", file, "-n", *args).stdout.splitlines()
