# SPDX-License-Identifier: BSD-2-Clause
"""What all scenarios share: the network as a list of links, events under traffic, what the engines say, the judgement.

A scenario is a module with a class Scenario(Base). It names its nodes and links, what happens (events()) and what must
hold (judge()). Configuration of a node: cfg/SCENARIO/NODE.cfg and NODE.ports. The first event is always `steady`.
"""
import pathlib
import re
import shlex
import shutil
import time

import plot
from checks import Losses, step
from engine import CAPS, Engine
from frr import Frr, ospf_config
from topology import BUILD, CORE_MTU, GROUP, USER, Broken, wait_until
from traffic import Meter, Void

RATE = 10000  # frames a second, each way
SIZE = 128
AC = "GigabitEthernet0/1/0"
PRIMARY, SECONDARY, BYPASS = "primary", "secondary", "bypass"
ROLE = {"Pri": PRIMARY, "Sec": SECONDARY, "Byp": BYPASS}
TABLE = re.compile(r"^(\S+)\s+\S+:\d+\s+(Up|Down)\s+(Active|Inactive)\s+(Pri|Sec|Byp)\s*$", re.M)
FIELD = re.compile(r"\s*\*?([A-Za-z][\w /-]*?)\s*: ?(\S+(?: (?!\s)[^\s:]+)*)")
STEADY, SETTLED = 2, 0.5  # s; the latter from when the engines say so until the last frame before it is over
TIMELINE = 20 * 60 * 1000  # ms that a picture may have


def fields(text):
    """{label: value} of a display."""
    return {label: value for line in text.splitlines() for label, value in FIELD.findall(line)}


class Base:
    customers = ("ce1", "ce2")
    engines = ()        # nodes with a twinwire
    pes = ()            # those of them with pseudowires
    routers = {}        # {node: router ID}: FRR's ospfd runs beside these engines
    links = ()          # "node/device node/device"; between engines with the core's MTU
    ends = ()           # of the meter; CE2 with two ports sends by the one where a frame last arrived
    by_carrier = False  # True: CE2 is a router, it sends by its first port that has carrier
    rate = RATE
    acts = ()           # names of methods: what happens, one after the other
    paths = ("primary pseudowire", "secondary pseudowire")  # by CE2's ports, for the picture
    own = 0             # so many frames may come back to the CE that sent them
    only = None         # if set, the acts to play
    plot = None         # if set, the file for a picture
    owner = "pe1"       # the PE whose circuit is measured: its AC is AC

    def __init__(self, lab, checks):
        self.lab, self.checks = lab, checks
        self.engine, self.frr = {}, {}
        self.happened, self.drawn = [], None    # [(event, text)], None as text: a state, which is not drawn; the timeline
        self.cfg = pathlib.Path(__file__).resolve().parent / "cfg" / type(self).__module__.replace("_", "-")

    # ---- the network -------------------------------------------------------------------------------

    def build(self):
        lab = self.lab
        if not (BUILD / "twinwired").exists():
            raise Broken(f"{BUILD}/twinwired is not built: ./run build")
        lab.node(*self.customers, *self.engines)
        for link in self.links:
            a, b = (end.split("/") for end in link.split())
            core = a[0] in self.engines and b[0] in self.engines
            lab.link(*a, *b, **({"mtu": CORE_MTU} if core else {}))
        for node in self.engines:
            lab.sysctl(node, "net.ipv4.ip_forward", 1)
            self.engine[node] = self.make_engine(node)
        step(f"network of {len(lab.nodes)} nodes is up; engines run as nobody with "
             + ", ".join("CAP_" + c.upper() for c in CAPS))

    def make_engine(self, node):
        return Engine(self.lab, node, self.cfg / f"{node}.cfg", self.cfg / f"{node}.ports")

    def devices(self, node, core=False):
        """Ports of a node; core: those towards engines."""
        return [dev for link in self.lab.links for (n, dev), peer in ((link[:2], link[2]), (link[2:], link[0]))
                if n == node and (not core or peer in self.engines)]

    def start(self):
        for node in self.engines:
            self.start_node(node)
        self.wait_up(60)

    def start_node(self, node):
        self.engine[node].start(netns_exec=True)
        if node in self.routers and node not in self.frr:
            of = ospf_config(self.routers[node], *self.devices(node, core=True), "lo")
            self.frr[node] = Frr(self.lab, node, {"ospfd": of}).start()

    def counter_proof(self):
        """Without the engines nothing crosses: what crosses later is their work."""
        self.start()
        for engine in self.engine.values():
            engine.stop()
            engine.flush()
        with self.new_meter() as meter:
            meter.mark("flushed")
            meter.start(1000)
            time.sleep(1)
            meter.stop()
            rows = meter.report()["windows"]
        sent, arrived = sum(r["sent"] for r in rows), sum(r["received"] for r in rows)
        self.checks.add("counter-proof: with the engines flushed nothing crosses", sent > 0 and not arrived,
                        f"{arrived} of {sent} frames arrived")

    def new_meter(self):
        return Meter(self.lab, self.ends, SIZE, by_carrier=self.by_carrier, timeline=TIMELINE if self.plot else 0)

    # ---- the play ------------------------------------------------------------------------------------

    def play(self):
        self.counter_proof()
        self.start()
        step("every pseudowire is up")
        self.wait_active(PRIMARY, 40)   # the secondary may have been there first
        self.prepared()
        self.losses = Losses(self.lab, self.engine.values())
        with self.new_meter() as self.meter:
            self.traffic("steady", f"{self.rate} frames/s of {SIZE} octets each way", state=True)
            time.sleep(STEADY)
            self.events()
            self.meter.stop()
            self.losses.snapshot("end")
            result = self.meter.report()
            self.drawn = self.meter.timeline() if self.plot else None
        return self.judged(result)

    def prepared(self):
        """Before the first frame."""

    def events(self):
        for act in self.acts:
            if not self.only or act in self.only:
                getattr(self, act)()

    def judge(self, rows):
        raise NotImplementedError

    def judged(self, result):
        if result["void"]:
            raise Void(result["void"])
        rows = result["windows"]
        self.checks.add("no frame damaged", not result["damaged"], f"{result['damaged']}")
        self.checks.add("no CE gets back what it sent", result["own"] <= self.own, f"{result['own']} frames")
        self.judge(rows)
        self.losses.explain(self.checks, rows)
        return rows

    def risk(self, node):
        """Frames that the newest record of a switch says were at risk; None: it says nothing of that."""
        newest = self.cli(node, f"display mpls l2vpn switch-history interface {AC}").splitlines()[2]
        said = re.search(r"<= (\d+)", newest)
        return int(said[1]) if said else None

    # ---- events ----------------------------------------------------------------------------------------

    def event(self, name, text, state=False):
        """What is sent from now on, and what is lost of it, belongs to @name. state: nothing happens, it is not drawn."""
        self.losses.snapshot(name)
        self.meter.mark(name)
        self.happened.append((name, None if state else text))
        step(f"{name}: {text}")

    def traffic(self, name, text, state=False):
        """The same, where the meter stands still."""
        self.event(name, text, state)
        self.meter.start(self.rate)

    def carried(self, event, by, text="", seconds=STEADY):
        """A window of its own for a state that is steady again: judge() may ask that nothing is lost in it."""
        time.sleep(SETTLED)
        self.event(event, text or f"on the {by} pseudowire", state=True)
        time.sleep(seconds)
        now = self.active()
        self.checks.add(f"{event}: {self.owner.upper()} says that it sends on its {by}", now == by, now)

    def link(self, node, dev, to):
        self.lab.ip(node, "link", "set", dev, to)

    def die(self, node):
        """The node loses its power: nothing of its engine is left, and its neighbours lose the carrier."""
        for dev in self.devices(node):
            self.link(node, dev, "down")
        if node in self.frr:
            self.frr[node].stop()
        engine = self.engine[node]
        self.losses.bury(engine)
        engine.kill()
        self.losses.again()
        engine.flush()
        for dev in self.devices(node):      # a port that the engine held down is given back by the flush
            self.link(node, dev, "down")
        self.losses.again()
        shutil.rmtree(engine.run_dir)

    def revive(self, node):
        engine = self.engine[node]
        engine.run_dir.mkdir()
        shutil.chown(engine.run_dir, USER, GROUP)
        for dev in self.devices(node):
            self.link(node, dev, "up")
        self.losses.again()
        engine.start(netns_exec=True)
        if node in self.frr:
            self.frr[node].start()

    # ---- what the engines say --------------------------------------------------------------------------

    def cli(self, node, command):
        """Its answer, "" while it has none."""
        engine = self.engine[node]
        return (engine.runs() and engine.cli(command, check=False)) or ""

    def vpws(self, node, words=""):
        """[(AC, role, up, active)] of `display mpls l2vpn vpws`."""
        return [(ac, ROLE[role], up == "Up", active == "Active") for ac, up, active, role in
                TABLE.findall(self.cli(node, "display mpls l2vpn vpws" + words))]

    def active(self, ac=AC, node=None):
        """The slot that sends."""
        rows = self.vpws(node or self.owner, f" interface {ac}")
        return next((role for name, role, _, active in rows if active and name == ac), "none")

    def up(self, role, node=None, ac=AC):
        return any(up for name, r, up, _ in self.vpws(node or self.owner, f" interface {ac}") if (name, r) == (ac, role))

    def pws(self, node, ac=AC):
        """{role: {label: value}} of `display mpls l2vc interface`."""
        out, now = {}, None
        for line in self.cli(node, f"display mpls l2vc interface {ac}").splitlines():
            for label, value in FIELD.findall(line):
                now = {} if label == "client interface" else now
                if now is not None:
                    now.setdefault(label, value)
                    out |= {value: now} if label == "primary or secondary" else {}
        return out

    def status(self, node, which=PRIMARY, side="remote", ac=AC):
        """Status bits of a PW as @node tells (local) or hears (remote) them; None while there are none."""
        text = self.pws(node, ac).get(which, {}).get(f"{side} status code", "")
        return int(text.split()[0], 16) if text.startswith("0x") else None

    def diagnose(self, node=None, ac=None):
        return self.cli(node or self.owner, "display mpls l2vpn diagnose" + (f" interface {ac}" if ac else ""))

    # ---- waiting -----------------------------------------------------------------------------------------

    def all_up(self, nodes=None):
        return all(rows and all(up for _, _, up, _ in rows) for rows in map(self.vpws, nodes or self.pes))

    def wait_up(self, seconds=60, nodes=None):
        wait_until(lambda: "every pseudowire to be up\n" + "\n".join(f"{n}: {self.diagnose(n)}" for n in nodes or self.pes),
                   lambda: self.all_up(nodes), seconds)

    def wait_active(self, want, seconds=20, ac=AC, node=None):
        node = node or self.owner
        wait_until(lambda: f"{node.upper()} to send on its {want}, it says {self.active(ac, node)}\n{self.diagnose(node, ac)}",
                   lambda: self.active(ac, node) == want, seconds)

    def under_way(self):
        """[what ss says] of each LDP session of the engines in which something is sent but not acknowledged, or not read."""
        rows = [(node, line.split()) for node in self.engines for line in self.lab.exec(
            node, "ss", "-Htn", "state", "established", "( sport = :646 or dport = :646 )").stdout.splitlines()]
        return [" ".join([node, *cells]) for node, cells in rows if cells[:2] != ["0", "0"]]

    def wait_heard(self, seconds=60):
        """Every engine has heard what the others had to say. A session outlives a cut of seconds, and TCP repeats what was said
        in it only after as many seconds more: a fault of then is heard late, and moves a circuit that had gone back already."""
        wait_until(lambda: "LDP to have delivered all: " + "; ".join(self.under_way()), lambda: not self.under_way(), seconds)

    def wait_status(self, what, want, node, which=PRIMARY, side="remote", ac=AC):
        wait_until(lambda: f"{what}: want {want:#x}, {side} status is {self.status(node, which, side, ac)}",
                   lambda: self.status(node, which, side, ac) == want, 20)
        self.checks.add(what, True, f"{want:#x}")

    # ---- judgement ---------------------------------------------------------------------------------------

    def none_lost(self, rows, *events, ways=("ce1-ce2", "ce2-ce1")):
        for event in events:
            of = [r for r in rows if r["event"] == event and r["dir"] in ways]
            if self.only and not of:
                continue        # its act was not played
            lost, sent = sum(r["lost"] for r in of), sum(r["sent"] for r in of)
            way = f" from {ways[0].replace('-', ' to ').upper()}" if len(ways) == 1 else ""
            self.checks.add(f"{event}: nothing lost{way}", sent and not lost, f"{lost} of {sent}")

    def none_twice(self, rows):
        dup = sum(r["dup"] for r in rows)
        self.checks.add("nothing duplicated", not dup, f"{dup}")

    def by_port(self, rows, event, port, names):
        """What reached CE2 came by one port alone; @names: of the PE behind each."""
        ports = next((r["ports"] for r in rows if r["event"] == event and r["dir"] == "ce1-ce2"), None)
        if self.only and not ports:
            return
        self.checks.add(f"{event}: CE2 gets all by {names[port]}", ports[port] and not ports[1 - port],
                        ", ".join(f"{n} frames by {name}" for n, name in zip(ports, names)))

    def pw_counters(self):
        """All PWs of the circuit together: [frames sent, octets, frames received, octets]."""
        text = self.engine[self.owner].cli(f"display traffic-statistics l2vpn pw interface {AC}")
        rows = re.findall(rf"^{AC}\s+(?:primary|secondary)\*?\s+\d+\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", text, re.M)
        if not rows:
            raise Broken(f"pseudowires expected:\n{text}")
        return [sum(map(int, column)) for column in zip(*rows)]

    def judge_counters(self, before):
        """The meter stands still. The owner counts on its AC what CE1 sent and what CE1 got; @before: its counters then."""
        rows, moved = self.meter.report()["windows"], [n - b for n, b in zip(self.pw_counters(), before)]
        sent = sum(r["sent"] for r in rows if r["dir"] == "ce1-ce2")
        got = sum(r["received"] + r["dup"] for r in rows if r["dir"] == "ce2-ce1")
        want = [sent, sent * SIZE, got, got * SIZE]
        self.checks.add(f"{self.owner.upper()}'s PW counters equal the meter's", moved == want,
                        f"frames and octets sent, received: {self.owner.upper()} {moved}, meter {want}")

    def write_plot(self, title, rows):
        """Each event lasts until the next one that is drawn."""
        at = dict(self.meter.marks)
        drawn = [(name, text, at[name]) for name, text in self.happened if text]
        ends = [at[name] for name, _ in self.happened[1:]] + [len(self.drawn["ce1-ce2"])]
        until = {name: end for (name, _), end in zip(self.happened, ends)}
        plot.write(self.plot, title, self.paths, [(*event, until[event[0]]) for event in drawn], self.drawn, rows)

    # ---- what --keep says ----------------------------------------------------------------------------------

    def hints(self):
        lab = self.lab
        lines = [f"Kept. Everything is below {lab.dir}; ./run lab --down removes it.",
                 f"  in a CE:      ip netns exec {lab.ns(self.customers[0])} bash    ({self.about_customers()})"]
        for node, e in self.engine.items():
            lines.append(f"  CLI of {node + ':':<8}{BUILD}/twinwire --run-dir {e.run_dir}"
                         f"    configuration {e.cfg}, log {e.log}")
        for node, frr in self.frr.items():
            lines.append(f"  OSPF of {node + ':':<7}vtysh --vty_socket {frr.dir} -d ospfd")
        owner = self.engine[self.owner]
        return "\n".join(lines + [f"  kill {self.owner + ':':<10}kill -9 $(cat {owner.run_dir}/pid)",
                                  f"  start {self.owner + ':':<9}{shlex.join(owner.command())} &", *self.more_hints()])

    def about_customers(self):
        return f"addresses are yours to give; {self.customers[-1].upper()} is {self.lab.ns(self.customers[-1])}"

    def more_hints(self):
        """How to capture, how to cut the primary."""
        return []
