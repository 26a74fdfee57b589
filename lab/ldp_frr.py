# SPDX-License-Identifier: BSD-2-Clause
r"""Scenario `ldp-frr`: FRR's ldpd as the far PE. Signalling only: FRR has nothing on Linux that forwards a pseudowire.

      eth0  to-ce1
  CE1 ============== PE1 --------------------- FRR
      eth1  to-ce1-b     to-frr          to-pe1
                   10.0.0.1   10.1.0.0/24   10.0.0.2

Two circuits: a port (PW type Ethernet, with control word) and a VLAN of another port (PW type VLAN, without).
"""
import pathlib
import re

from checks import step
from engine import Engine
from frr import Frr, ldp_config, pw_config
from topology import BUILD, CORE_MTU, Broken, wait_until

CFG = pathlib.Path(__file__).resolve().parent / "cfg" / "ldp-frr"
CIRCUITS = {100: "GigabitEthernet0/1/0", 101: "GigabitEthernet0/1/1.100"}
PE1 = "10.0.0.1"


class Scenario:
    def __init__(self, lab, checks):
        self.lab, self.checks = lab, checks

    def build(self):
        lab = self.lab
        if not (BUILD / "twinwired").exists():
            raise Broken(f"{BUILD}/twinwired is not built: ./run build")
        lab.node("ce1", "pe1", "frr")
        lab.link("ce1", "eth0", "pe1", "to-ce1")
        lab.link("ce1", "eth1", "pe1", "to-ce1-b")
        lab.link("pe1", "to-frr", "frr", "to-pe1", mtu=CORE_MTU)
        lab.ip("frr", "addr", "add", "10.0.0.2/32", "dev", "lo")
        lab.ip("frr", "addr", "add", "10.1.0.2/24", "dev", "to-pe1")
        lab.ip("frr", "route", "add", "10.0.0.1/32", "via", "10.1.0.1")
        pws = [(PE1, 100, [], []), (PE1, 101, ["control-word exclude"], ["vc type ethernet-tagged"])]
        self.frr = Frr(lab, "frr", {"ldpd": ldp_config("10.0.0.2", "to-pe1") + pw_config(*pws)})
        self.pe1 = Engine(lab, "pe1", CFG / "pe1.cfg", CFG / "pe1.ports")
        step("network of 3 nodes is up")

    def play(self):
        self.frr.start()
        step("FRR's zebra and ldpd run")
        self.checks.add("counter-proof: without our engine FRR has no pseudowire up", not self.frr_up(), str(self.frr.pws()))
        self.pe1.start(netns_exec=True)
        wait_until(self.what_is_not_up, lambda: len(self.frr_up()) == len(self.up()) == len(CIRCUITS), 60)
        for vc, ac in CIRCUITS.items():
            theirs = self.frr.pw_bindings()[f"{PE1}: {vc}"]
            ours = self.labels(ac)
            self.checks.add(f"VC {vc}: both displays name the same labels",
                            ours == (theirs["remoteLabel"], theirs["localLabel"]), f"ours {ours}, FRR's {theirs}")
        self.checks.add("FRR's session is operational", self.frr.neighbors() == {PE1: "OPERATIONAL"},
                        str(self.frr.neighbors()))
        self.fault("to-ce1")
        self.restart()
        return []

    def fault(self, port):
        step("the first attachment circuit goes down and comes back: FRR is told")
        self.lab.ip("pe1", "link", "set", port, "down")
        wait_until("FRR to take VC 100 down", lambda: 100 not in self.frr_up(), 30)
        self.checks.add("FRR keeps VC 101 up meanwhile", 101 in self.frr_up(), str(self.frr.pws()))
        self.lab.ip("pe1", "link", "set", port, "up")
        wait_until(self.what_is_not_up, lambda: len(self.frr_up()) == len(self.up()) == 2, 30)

    def restart(self):
        step("FRR's ldpd is killed and started again")
        self.frr.kill("ldpd")
        wait_until("PE1 to take its pseudowires down", lambda: not self.up(), 30)
        self.frr.start("ldpd")
        wait_until(self.what_is_not_up, lambda: len(self.frr_up()) == len(self.up()) == 2, 60)
        self.checks.add("all comes back", True)

    def frr_up(self):
        return {vc for (peer, vc), record in self.frr.pws().items() if peer == PE1 and record["status"] == "up"}

    def up(self):
        text = self.pe1.cli("display mpls l2vc", check=False) or ""
        return {int(vc) for block in text.split("*client interface")[1:] if re.search(r"VC state\s*: up", block)
                for vc in re.findall(r"VC ID\s*: (\d+)", block)[:1]}

    def labels(self, ac):
        text = self.pe1.cli(f"display mpls l2vc interface {ac}")
        found = re.search(r"local VC label\s*: (\d+)\s+remote VC label\s*: (\d+)", text)
        return tuple(map(int, found.groups())) if found else None

    def what_is_not_up(self):
        return (f"both pseudowires up at both ends; FRR: {self.frr.pws()}\n"
                f"{self.pe1.cli('display mpls l2vpn diagnose', check=False)}")

    def hints(self):
        ns = self.lab.ns
        return "\n".join([
            f"Kept. Everything is below {self.lab.dir}; ./run lab --down removes it.",
            f"  CLI of pe1:   {BUILD}/twinwire --run-dir {self.pe1.run_dir}    configuration {self.pe1.cfg}, log {self.pe1.log}",
            f"  FRR:          vtysh --vty_socket {self.frr.dir} -d ldpd",
            f"  capture LDP:  ip netns exec {ns('pe1')} tcpdump -ni to-frr port 646"])
