# SPDX-License-Identifier: BSD-2-Clause
r"""Scenario `ldp`: one customer circuit over a network that signals everything: OSPF, LSPs by LDP, the pseudowire by LDP.

                                              10.1.2.0/30
      eth0  to-ce1        to-p       to-pe1 +-----+ to-pe2    to-p            to-ce2  eth0
  CE1 -------------- PE1 ------------------ |  P  | ===================== PE2 --------------- CE2
                            10.1.1.0/30     +-----+ to-pe2-b  to-p-b
                                              10.1.3.0/30

PE1, P and PE2 are twinwire; beside each runs FRR's ospfd, which installs the routes. The two links from P to PE2 are
equal in cost: P shares what goes to PE2 between them.
"""
import pathlib
import re
import shlex
import time

from checks import Losses, step
from engine import CAPS, Engine
from frr import Frr, ospf_config
from topology import BUILD, CORE_MTU, Broken, wait_until
from traffic import Meter, Void

CFG = pathlib.Path(__file__).resolve().parent / "cfg" / "ldp"
ENGINES = ("pe1", "p", "pe2")
PORTS = {"pe1": ("to-p",), "p": ("to-pe1", "to-pe2", "to-pe2-b"), "pe2": ("to-p", "to-p-b")}
ROUTER = {"pe1": "1.1.1.1", "p": "9.9.9.9", "pe2": "2.2.2.2"}
ENDS = [("ce1", [("ce1", "eth0")]), ("ce2", [("ce2", "eth0")])]
RATE = 10000  # frames a second, each way
SIZE = 128
AC = "GigabitEthernet0/1/0"


class Scenario:
    def __init__(self, lab, checks):
        self.lab, self.checks = lab, checks
        self.engine, self.frr = {}, {}

    # ---- the network -------------------------------------------------------------------------------

    def build(self):
        lab = self.lab
        if not (BUILD / "twinwired").exists():
            raise Broken(f"{BUILD}/twinwired is not built: ./run build")
        lab.node("ce1", "ce2", *ENGINES)
        lab.link("ce1", "eth0", "pe1", "to-ce1")
        lab.link("pe1", "to-p", "p", "to-pe1", mtu=CORE_MTU)
        lab.link("p", "to-pe2", "pe2", "to-p", mtu=CORE_MTU)
        lab.link("p", "to-pe2-b", "pe2", "to-p-b", mtu=CORE_MTU)
        lab.link("pe2", "to-ce2", "ce2", "eth0")
        for node in ENGINES:
            lab.sysctl(node, "net.ipv4.ip_forward", 1)
            self.engine[node] = Engine(lab, node, CFG / f"{node}.cfg", CFG / f"{node}.ports")
        step("network of 5 nodes is up; engines run as nobody with " + ", ".join("CAP_" + c.upper() for c in CAPS))

    def start(self):
        for engine in self.engine.values():
            engine.start(netns_exec=True)
        for node in ENGINES:
            if node not in self.frr:
                self.frr[node] = Frr(self.lab, node, {"ospfd": ospf_config(ROUTER[node], *PORTS[node], "lo")}).start()
        wait_until(self.what_is_not_up, self.both_up, 60)

    def pw(self, node, field):
        """A field of the PW's display at @node, "" while there is none."""
        text = self.engine[node].cli(f"display mpls l2vc interface {AC}", check=False) or ""
        found = re.search(rf"^\s*{field}\s*: ?(\S+)", text, re.M)
        return found[1] if found else ""

    def both_up(self):
        return all(self.pw(node, "VC state") == "up" for node in ("pe1", "pe2"))

    def what_is_not_up(self):
        return "the pseudowire to be up at both ends\n" + "\n".join(
            f"{node}: {self.engine[node].cli('display mpls l2vpn diagnose', check=False)}" for node in ("pe1", "pe2"))

    # ---- the play ------------------------------------------------------------------------------------

    def play(self):
        self.counter_proof()
        self.start()
        self.told()
        self.losses = Losses(self.lab, self.engine.values())
        before = self.counters()
        with Meter(self.lab, ENDS, SIZE) as self.meter:
            self.steady()
            self.one_link()
            for node in ENGINES:
                self.killed(node)
            self.meter.stop()
            self.judge_counters(self.meter.report()["windows"], [n - b for n, b in zip(self.counters(), before)])
            self.without_promise()
            self.meter.stop()
            self.losses.snapshot("end")
            result = self.meter.report()
        return self.judge(result)

    def counter_proof(self):
        self.start()
        for engine in self.engine.values():
            engine.stop()
            engine.flush()
        with Meter(self.lab, ENDS, SIZE) as meter:
            meter.mark("flushed")
            meter.start(1000)
            time.sleep(1)
            meter.stop()
            rows = meter.report()["windows"]
        sent, arrived = sum(r["sent"] for r in rows), sum(r["received"] for r in rows)
        self.checks.add("counter-proof: with the engines flushed nothing crosses", sent > 0 and not arrived,
                        f"{arrived} of {sent} frames arrived")

    def told(self):
        """Both ends agree on what they say of each other."""
        local, remote = ([int(self.pw(n, "local VC label") or 0) for n in ("pe1", "pe2")],
                         [int(self.remote_label(n)) for n in ("pe1", "pe2")])
        self.checks.add("the labels of the two ends are each other's", local == remote[::-1] and min(local) >= 262144,
                        f"local {local}, remote {remote}")
        step("OSPF, LDP and the pseudowire are up")

    def remote_label(self, node):
        text = self.engine[node].cli(f"display mpls l2vc interface {AC}")
        found = re.search(r"remote VC label\s*: ?(\d+)", text)
        return found[1] if found else 0

    def event(self, name, text):
        self.losses.snapshot(name)
        self.meter.mark(name)
        step(f"{name}: {text}")

    def steady(self):
        self.losses.snapshot("steady")
        self.meter.mark("steady")
        self.meter.start(RATE)
        step(f"steady: {RATE} frames/s of {SIZE} octets each way")
        time.sleep(3)

    def one_link(self):
        self.event("cut", "one of the two links from P to PE2 goes down")
        self.lab.ip("p", "link", "set", "to-pe2", "down")
        time.sleep(3)
        self.event("one-link", "on the link that is left")
        time.sleep(2)
        self.event("restored", "the link comes back")
        self.lab.ip("p", "link", "set", "to-pe2", "up")
        wait_until("P to use both links again", lambda: self.next_hops("p", ROUTER["pe2"]) == 2, 60)
        self.event("two-links", "shared between both again")
        time.sleep(2)

    def next_hops(self, node, dest):
        text = self.engine[node].cli("display mpls ldp lsp", check=False) or ""
        return len({line.split()[-1] for line in text.splitlines() if line.strip().startswith(f"{dest}/32") and
                    "GigabitEthernet" in line and "Liberal" not in line})

    def killed(self, node):
        self.event(f"killed-{node}", f"kill -9 of the engine of {node}, restart after a second; graceful restart is configured")
        engine = self.engine[node]
        before = self.pw("pe1", "local VC label"), self.pw("pe2", "local VC label")
        engine.kill()
        time.sleep(1)
        engine.start()
        wait_until(self.what_is_not_up, self.both_up, 60)
        wait_until(lambda: f"the sessions of {node} to be back:\n{engine.cli('display mpls ldp session')}",
                   lambda: self.sessions(node) == 2, 60)     # with the two others
        time.sleep(2)
        after = self.pw("pe1", "local VC label"), self.pw("pe2", "local VC label")
        self.checks.add(f"the labels are the same after the restart of {node}", before == after, f"{before} {after}")

    def sessions(self, node):
        return (self.engine[node].cli("display mpls ldp session", check=False) or "").count("Operational")

    def without_promise(self):
        """Without graceful restart the far end takes the pseudowire down at once, and all comes back by itself."""
        for node in ENGINES:
            self.engine[node].configure("mpls ldp", "undo graceful-restart")
        for node in ENGINES:
            self.engine[node].cli("reset mpls ldp", check=False)
        wait_until(self.what_is_not_up, self.both_up, 60)
        self.losses.snapshot("no-promise")
        self.meter.mark("no-promise")
        self.meter.start(RATE)
        step("no-promise: without graceful restart, kill -9 of PE1's engine, restart")
        time.sleep(0.5)
        self.engine["pe1"].kill()
        wait_until("PE2 to see the pseudowire down", lambda: self.pw("pe2", "VC state") == "down", 20)
        self.engine["pe1"].start()
        wait_until(self.what_is_not_up, self.both_up, 60)
        self.event("came-back", "the pseudowire is back")
        time.sleep(2)

    # ---- counters and judgement -----------------------------------------------------------------------

    def counters(self):
        """Of PE1's pseudowire: [frames sent, octets, frames received, octets]."""
        text = self.engine["pe1"].cli(f"display traffic-statistics l2vpn pw interface {AC}")
        found = re.search(rf"^{AC}\s+primary\*?\s+\d+\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", text, re.M)
        if not found:
            raise Broken(f"a pseudowire expected:\n{text}")
        return [int(n) for n in found.groups()]

    def judge_counters(self, rows, moved):
        sent = sum(r["sent"] for r in rows if r["dir"] == "ce1-ce2")
        got = sum(r["received"] + r["dup"] for r in rows if r["dir"] == "ce2-ce1")
        want = [sent, sent * SIZE, got, got * SIZE]
        self.checks.add("PE1's PW counters equal the meter's", moved == want,
                        f"frames and octets sent, received: PE1 {moved}, meter {want}")

    def judge(self, result):
        rows, check = result["windows"], self.checks.add
        if result["void"]:
            raise Void(result["void"])
        for event in ("steady", "one-link", "restored", "two-links", *(f"killed-{n}" for n in ENGINES), "came-back"):
            lost = sum(r["lost"] for r in rows if r["event"] == event)
            sent = sum(r["sent"] for r in rows if r["event"] == event)
            check(f"{event}: nothing lost", sent and not lost, f"{lost} of {sent}")
        check("nothing duplicated", not sum(r["dup"] for r in rows), f"{sum(r['dup'] for r in rows)}")
        check("no frame damaged", not result["damaged"], f"{result['damaged']}")
        self.losses.explain(self.checks, rows)
        return rows

    def hints(self):
        lab, ns = self.lab, self.lab.ns
        lines = [f"Kept. Everything is below {lab.dir}; ./run lab --down removes it.",
                 f"  in a CE:      ip netns exec {ns('ce1')} bash    (addresses are yours to give)"]
        for node in ENGINES:
            e = self.engine[node]
            lines.append(f"  CLI of {node + ':':<8}{BUILD}/twinwire --run-dir {e.run_dir}"
                         f"    configuration {e.cfg}, log {e.log}")
            lines.append(f"  OSPF of {node + ':':<7}vtysh --vty_socket {self.frr[node].dir} -d ospfd")
        lines += [f"  start pe1:    {shlex.join(self.engine['pe1'].command())} &",
                  f"  capture LDP:  ip netns exec {ns('p')} tcpdump -ni to-pe1 port 646",
                  f"  cut a link:   ip -n {ns('p')} link set to-pe2 down    and up again"]
        return "\n".join(lines)
