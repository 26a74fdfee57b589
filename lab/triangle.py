# SPDX-License-Identifier: BSD-2-Clause
r"""What the scenarios of redundancy with LDP share: the network, its events, what the engines say of themselves.

                               to-pe1 +-----+ to-pe2
                       .--------------|  P  |--------------.
                      /  10.1.1.0/30  +-----+  10.1.2.0/30  \
      eth0  to-ce1   / to-p                             to-p \  to-ce2  eth0
  CE1 ------------ PE1                                       PE2------------- CE2
                     \ to-pe3                          to-pe3 |              /
                      \                           10.1.4.0/30 |             / eth1
                       \  10.1.3.0/30                  to-pe2 |            /
                        '------------------------------------ PE3 --------'
                                                   to-pe1       to-ce2

All engines are twinwire; routes are static, labels are given by LDP. CE2 sends by the port where a frame last arrived.
"""
import re
import shlex
import shutil
import time

from checks import Losses, step
from engine import CAPS, Engine
from topology import BUILD, CORE_MTU, GROUP, USER, Broken, wait_until
from traffic import Meter, Void

ENGINES = ("pe1", "p", "pe2", "pe3")
ENDS = [("ce1", [("ce1", "eth0")]), ("ce2", [("ce2", "eth0"), ("ce2", "eth1")])]
RATE = 10000  # frames a second, each way
SIZE = 128
AC = "GigabitEthernet0/1/0"
PRIMARY, SECONDARY, BYPASS = "primary", "secondary", "bypass"
ROLE = {"Pri": PRIMARY, "Sec": SECONDARY, "Byp": BYPASS}


class Triangle:
    cfg = None          # folder of the .cfg and .ports
    rate = RATE

    def __init__(self, lab, checks):
        self.lab, self.checks = lab, checks
        self.engine = {}

    # ---- the network -------------------------------------------------------------------------------

    def build(self):
        lab = self.lab
        if not (BUILD / "twinwired").exists():
            raise Broken(f"{BUILD}/twinwired is not built: ./run build")
        lab.node("ce1", "ce2", *ENGINES)
        lab.link("ce1", "eth0", "pe1", "to-ce1")
        lab.link("pe1", "to-p", "p", "to-pe1", mtu=CORE_MTU)
        lab.link("p", "to-pe2", "pe2", "to-p", mtu=CORE_MTU)
        lab.link("pe1", "to-pe3", "pe3", "to-pe1", mtu=CORE_MTU)
        lab.link("pe2", "to-pe3", "pe3", "to-pe2", mtu=CORE_MTU)
        lab.link("pe2", "to-ce2", "ce2", "eth0")
        lab.link("pe3", "to-ce2", "ce2", "eth1")
        for node in ENGINES:
            lab.sysctl(node, "net.ipv4.ip_forward", 1)
            self.engine[node] = self.make_engine(node)
        step(f"network of {len(lab.nodes)} nodes is up; engines run as nobody with "
             + ", ".join("CAP_" + c.upper() for c in CAPS))

    def make_engine(self, node):
        return Engine(self.lab, node, self.cfg / f"{node}.cfg", self.cfg / f"{node}.ports")

    def start(self):
        for engine in self.engine.values():
            engine.start(netns_exec=True)
        wait_until(self.what_is_not_up, self.all_up, 60)

    def all_up(self):
        return all(rows and all(up for _, _, up, _ in rows) for rows in map(self.vpws, ("pe1", "pe2", "pe3")))

    def what_is_not_up(self):
        return "every pseudowire to be up\n" + "\n".join(
            f"{n}: {self.engine[n].cli('display mpls l2vpn diagnose', check=False)}" for n in ("pe1", "pe2", "pe3"))

    def counter_proof(self):
        """Without the engines nothing crosses: what crosses later is their work."""
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

    # ---- the play ------------------------------------------------------------------------------------

    def play(self):
        self.counter_proof()
        self.start()
        step("LDP is up, every pseudowire is up")
        self.prepared()
        self.losses = Losses(self.lab, [])
        self.watch(*ENGINES)
        with Meter(self.lab, ENDS, SIZE) as self.meter:
            self.steady()
            self.events()
            self.meter.stop()
            self.losses.snapshot("end")
            result = self.meter.report()
        if result["void"]:
            raise Void(result["void"])
        rows = result["windows"]
        self.checks.add("no frame damaged", not result["damaged"], f"{result['damaged']}")
        self.judge(rows)
        self.losses.explain(self.checks, rows)
        return rows

    def prepared(self):
        """Before the first frame."""

    def watch(self, *nodes):
        """Whose counters explain losses; the dead cannot be asked."""
        self.losses.engines = [self.engine[n] for n in nodes]

    def steady(self):
        self.losses.snapshot("steady")
        self.meter.mark("steady")
        self.meter.start(self.rate)
        step(f"steady: {self.rate} frames/s of {SIZE} octets each way")
        time.sleep(2)

    def event(self, name, text):
        self.losses.snapshot(name)
        self.meter.mark(name)
        step(f"{name}: {text}")

    def carried(self, event, by, text="", seconds=2):
        """A window of its own for a state that is steady again: nothing may be lost in it."""
        self.event(event, text or f"on the {by} pseudowire")
        time.sleep(seconds)
        now = self.active()
        self.checks.add(f"{event}: PE1 says the {by} carries", now == by, now)

    def wait_active(self, want, seconds=20, ac=AC):
        wait_until(lambda: f"PE1 to send on its {want}, it says {self.active(ac)}\n" +
                   (self.engine["pe1"].cli(f"display mpls l2vpn diagnose interface {ac}", check=False) or ""),
                   lambda: self.active(ac) == want, seconds)

    def wait_up(self, nodes=("pe1", "pe2", "pe3"), seconds=60):
        wait_until(self.what_is_not_up, lambda: all(
            rows and all(up for _, _, up, _ in rows) for rows in map(self.vpws, nodes)), seconds)

    def link(self, node, dev, to):
        self.lab.ip(node, "link", "set", dev, to)

    def die(self, node):
        """The node loses its power: nothing of its engine is left, and its neighbours lose the carrier."""
        self.watch(*(n for n in ENGINES if n != node))
        for dev in self.ports(node):
            self.link(node, dev, "down")
        engine = self.engine[node]
        engine.kill()
        engine.flush()
        shutil.rmtree(engine.run_dir)

    def revive(self, node):
        engine = self.engine[node]
        engine.run_dir.mkdir()
        shutil.chown(engine.run_dir, USER, GROUP)
        for dev in self.ports(node):
            self.link(node, dev, "up")
        engine.start(netns_exec=True)
        self.watch(*ENGINES)

    def ports(self, node):
        return [dev for link in self.lab.links for n, dev in (link[:2], link[2:]) if n == node]

    # ---- what the engines say --------------------------------------------------------------------------

    def vpws(self, node, words=""):
        """[(AC, role, up, active)] of `display mpls l2vpn vpws`."""
        text = self.engine[node].cli("display mpls l2vpn vpws" + words, check=False) or ""
        return [(ac, ROLE[role], up == "Up", active == "Active") for ac, up, active, role in
                re.findall(r"^(\S+)\s+\S+:\d+\s+(Up|Down)\s+(Active|Inactive)\s+(Pri|Sec|Byp)\s*$", text, re.M)]

    def active(self, ac=AC, node="pe1"):
        """The slot that sends."""
        return next((role for name, role, _, active in self.vpws(node, f" interface {ac}") if active and name == ac), "none")

    def pws(self, node, ac=AC):
        """{role: {label: value}} of `display mpls l2vc interface`."""
        out, now = {}, None
        for line in (self.engine[node].cli(f"display mpls l2vc interface {ac}", check=False) or "").splitlines():
            for label, value in re.findall(r"\s*\*?([A-Za-z][\w /-]*?)\s*: ?(\S+(?: (?!\s)[^\s:]+)*)", line):
                if label == "client interface":
                    now = {}
                if now is None:
                    continue
                now.setdefault(label, value)
                if label == "primary or secondary":
                    out[value] = now
        return out

    def status(self, node, which=PRIMARY, side="remote", ac=AC):
        """Status bits of a PW as @node tells (local) or hears (remote) them; None while there is no such PW."""
        text = self.pws(node, ac).get(which, {}).get(f"{side} status code", "")
        return int(text.split()[0], 16) if text.startswith("0x") else None

    def wait_status(self, what, want, node, which=PRIMARY, side="remote", ac=AC):
        wait_until(lambda: f"{what}: {self.status(node, which, side, ac)}",
                   lambda: self.status(node, which, side, ac) == want, 20)
        self.checks.add(what, True, f"{want:#x}")

    def alarms(self, node="pe1", ac=AC):
        return self.engine[node].cli(f"display mpls l2vpn diagnose interface {ac}", check=False) or ""

    # ---- judgement -----------------------------------------------------------------------------------------

    def judge(self, rows):
        raise NotImplementedError

    def none_lost(self, rows, *events, ways=("ce1-ce2", "ce2-ce1")):
        for event in events:
            of = [r for r in rows if r["event"] == event and r["dir"] in ways]
            lost, sent = sum(r["lost"] for r in of), sum(r["sent"] for r in of)
            self.checks.add(f"{event}: nothing lost" + (f" from {ways[0].replace('-', ' to ').upper()}" if len(ways) == 1 else ""),
                            sent and not lost, f"{lost} of {sent}")

    def by_port(self, rows, event, port):
        """What reached CE2 came by one PE alone."""
        ports = next(r["ports"] for r in rows if r["event"] == event and r["dir"] == "ce1-ce2")
        self.checks.add(f"{event}: CE2 gets all by PE{2 + port}", ports[port] and not ports[1 - port],
                        f"{ports[0]} frames by PE2, {ports[1]} by PE3")

    def hints(self):
        lab, ns = self.lab, self.lab.ns
        lines = [f"Kept. Everything is below {lab.dir}; ./run lab --down removes it.", "  in a CE:      ip netns exec "
                 f"{ns('ce1')} bash    (addresses are yours to give; CE2 is {ns('ce2')} with eth0 and eth1)"]
        for node in ENGINES:
            e = self.engine[node]
            lines.append(f"  CLI of {node + ':':<8}{BUILD}/twinwire --run-dir {e.run_dir}"
                         f"    configuration {e.cfg}, log {e.log}")
        lines += [f"  start pe1:    {shlex.join(self.engine['pe1'].command())} &",
                  f"  capture LDP:  ip netns exec {ns('pe1')} tcpdump -ni to-p port 646",
                  f"  cut primary:  ip -n {ns('p')} link set to-pe1 down    and up again"]
        return "\n".join(lines)
