# SPDX-License-Identifier: BSD-2-Clause
r"""Scenario `static`: one customer circuit, static PWs and LSPs, a primary and a secondary pseudowire.

                                to-p  +-----+  to-pe2
                       .--------------|  P  |--------------.
             10.1.1.0/30              +-----+              10.1.2.0/30
                     /       primary PW 1021/1012           \
      eth0  to-ce1  / to-p                              to-p \  to-ce2  eth0
  CE1 -------------PE1                                       PE2------------- CE2
                     \ to-pe3                                               /
                      \      secondary PW 1031/1013                        / eth1
                       '-----------------------------------PE3------------'
                             10.1.3.0/30             to-pe1   to-ce2

CE2 is dual-homed: it listens on both ports and sends on the one where a frame last arrived. CE1 has a second
port, to-ce1-b at PE1, for a circuit that comes and goes beside the one that is measured.

A static PW without BFD sees only what PE1's own port sees: so the cut is made where PE1's carrier falls.
"""
import shlex
import pathlib
import re
import time

from checks import Losses, step
from engine import CAPS, Engine
from topology import BUILD, CORE_MTU, ROOT, Broken, run, wait_until
from traffic import Meter, Void

CFG = pathlib.Path(__file__).resolve().parent / "cfg" / "static"
PES = ("pe1", "p", "pe2", "pe3")
ENDS = [("ce1", [("ce1", "eth0")]), ("ce2", [("ce2", "eth0"), ("ce2", "eth1")])]
RATE = 10000  # frames a second, each way
SIZE = 128
BUMPED = ROOT / "build-layout"
AC = "GigabitEthernet0/1/0"
CHANGES = 10
DELAY = 10  # s, `mpls l2vpn reroute delay` in pe1.cfg, the shortest there is
LATE = 1.5  # s, that a switchback may be seen late, by a CLI that is asked again and again


def build_other_layout():
    """The same engine with another map layout, for the upgrade."""
    if not (BUMPED / "build.ninja").exists():
        run("meson", "setup", BUMPED, ROOT, "-Dlayout_bump=1", "-Dtests=false")
    run("ninja", "-C", BUMPED, "twinwired")


class Scenario:
    def __init__(self, lab, checks):
        self.lab, self.checks = lab, checks
        self.engine = {}

    # ---- the network -------------------------------------------------------------------------------

    def build(self):
        lab = self.lab
        if not (BUILD / "twinwired").exists():
            raise Broken(f"{BUILD}/twinwired is not built: ./run build")
        step("building the engine with another map layout, for the upgrade")
        build_other_layout()
        lab.node("ce1", "ce2", *PES)
        lab.link("ce1", "eth0", "pe1", "to-ce1")
        lab.link("ce1", "eth1", "pe1", "to-ce1-b")
        lab.link("pe1", "to-p", "p", "to-pe1", mtu=CORE_MTU)
        lab.link("p", "to-pe2", "pe2", "to-p", mtu=CORE_MTU)
        lab.link("pe1", "to-pe3", "pe3", "to-pe1", mtu=CORE_MTU)
        lab.link("pe2", "to-ce2", "ce2", "eth0")
        lab.link("pe3", "to-ce2", "ce2", "eth1")
        for node in PES:
            self.engine[node] = Engine(lab, node, CFG / f"{node}.cfg", CFG / f"{node}.ports")
        step("network of 6 nodes is up; engines run as nobody with " + ", ".join("CAP_" + c.upper() for c in CAPS))

    def start_engines(self):
        for engine in self.engine.values():
            engine.start(netns_exec=True)
        wait_until(self.what_is_not_up, self.all_up, 30)

    def pw_states(self):
        out = {}
        for node in ("pe1", "pe2", "pe3"):
            text = self.engine[node].cli("display mpls static-l2vc")
            out[node] = re.findall(r"VC State\s*:\s*(\S+)", text)
        return out

    def all_up(self):
        states = self.pw_states()
        return len(states["pe1"]) == 2 and all(s and set(s) == {"up"} for s in states.values())

    def what_is_not_up(self):
        return f"every PW up; now {self.pw_states()}\n{self.engine['pe1'].cli('display mpls l2vpn diagnose', check=False)}"

    # ---- the play ------------------------------------------------------------------------------------

    def play(self):
        self.counter_proof()
        self.start_engines()
        step("engines are up, both pseudowires of the circuit are up")
        self.losses = Losses(self.lab, self.engine.values())
        before = self.pw_counters()
        with Meter(self.lab, ENDS, SIZE) as self.meter:
            self.steady()
            self.cut()
            self.restored()
            self.manual_fault()
            self.killed()
            self.other_circuit()
            self.meter.stop()
            moved = [n - b for n, b in zip(self.pw_counters(), before)]
            self.judge_counters(self.meter.report()["windows"], moved)
            self.upgrade()
            self.meter.stop()
            self.losses.snapshot("end")
            result = self.meter.report()
        return self.judge(result)

    def counter_proof(self):
        """Without the engines nothing crosses: what crosses later is their work."""
        self.start_engines()
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

    def cut(self):
        self.event("cut", "P's port to PE1 goes down, PE1 loses the carrier")
        self.lab.ip("p", "link", "set", "to-pe1", "down")
        time.sleep(2)
        self.event("on-secondary", "on the secondary pseudowire")
        time.sleep(2)
        self.checks.add("PE1 tells that it sends on the secondary", self.sends_on() == "secondary", self.sends_on())

    def restored(self):
        self.event("restored", f"P's port comes back; PE1 waits {DELAY} s before it returns")
        self.lab.ip("p", "link", "set", "to-pe1", "up")
        wait_until("the primary to be up", lambda: self.pw_field("Main", "VC State") == "up", 20)
        since = time.monotonic()
        wait_until("P to have its LSP to PE1 up", self.lsps_of_p_are_up, 20)
        time.sleep(max(0, since + DELAY - 2 - time.monotonic()))
        self.event("switchback", "the delay runs out")
        self.returns_in_time("after a fault", since)
        time.sleep(1)
        self.event("on-primary", "back on the primary pseudowire")
        time.sleep(2)

    def returns_in_time(self, when, since):
        """The circuit is on its secondary, and leaves it DELAY after @since."""
        before, early = self.sends_on(), time.monotonic() - since
        wait_until("the primary to carry the circuit again", lambda: self.sends_on() == "primary", 20)
        took = time.monotonic() - since
        self.checks.add(f"{when} PE1 waits {DELAY} s and returns", before == "secondary" and
                        DELAY - LATE < took < DELAY + LATE, f"on the {before} after {early:.1f} s, back after {took:.1f} s")

    def lsps_of_p_are_up(self):
        return "down" not in self.engine["p"].cli("display mpls lsp").lower()

    def manual_fault(self):
        pe1 = self.engine["pe1"]
        self.event("dual-receiving", "PE1 receives from both pseudowires")
        pe1.configure(f"interface {AC}", "mpls l2vpn stream-dual-receiving")
        time.sleep(0.5)
        self.event("manual-fault", "manual-set pw-ac-fault on PE1's primary")
        pe1.configure(f"interface {AC}", "manual-set pw-ac-fault")
        time.sleep(1)
        self.checks.add("the manual fault moved the circuit", self.sends_on() == "secondary", self.sends_on())

    def killed(self):
        self.event("engine-killed", "the fault is taken back; while the delay runs kill -9 of PE1's engine, restart after "
                   "one second")
        pe1 = self.engine["pe1"]
        pe1.configure(f"interface {AC}", "undo manual-set pw-ac-fault")
        since = time.monotonic()
        time.sleep(1)
        pe1.kill()
        time.sleep(1)
        pe1.start()
        layout = self.layout()
        self.checks.add("the new engine adopted what the old one left", "adopted" in layout, layout)
        self.returns_in_time("over a restart", since)
        time.sleep(1)
        pe1.configure(f"interface {AC}", "undo mpls l2vpn stream-dual-receiving")

    def other_circuit(self):
        self.event("other-changed", f"{CHANGES} times another circuit of PE1 is made, changed and removed")
        pe1 = self.engine["pe1"]
        ac = "interface GigabitEthernet0/4/0"
        for i in range(CHANGES):
            pe1.configure(ac, f"mpls static-l2vc destination 2.2.2.2 300 transmit-vpn-label {2000 + i} "
                              f"receive-vpn-label {3000 + i} control-word raw", "quit")
            pe1.configure(ac, "description changed", f"mpls static-l2vc destination 2.2.2.2 300 transmit-vpn-label "
                              f"{2100 + i} receive-vpn-label {3100 + i} control-word raw", "quit")
            pe1.configure(ac, "undo mpls static-l2vc", "undo description", "quit")
        time.sleep(0.5)

    def upgrade(self):
        self.losses.snapshot("upgraded")
        self.meter.mark("upgraded")
        self.meter.start(RATE)
        step("upgraded: PE1's engine is replaced by a build with another map layout")
        time.sleep(0.5)
        pe1, pins = self.engine["pe1"], self.pins()
        pe1.stop()
        pe1.start(build=BUMPED)
        wait_until(lambda: f"only the new layout to be pinned, there is {self.pins()}",
                   lambda: len(self.pins()) == 1 and self.pins() != pins, 20)
        self.checks.add("the pins moved to the new layout", True,
                        f"{', '.join(pins)} -> {', '.join(self.pins())}; {self.layout()}")
        time.sleep(2)

    def pins(self):
        return sorted(p.name for p in (self.lab.bpf / "pe1").glob("v*"))

    def layout(self):
        text = self.engine["pe1"].cli("display version")
        return next((line.strip() for line in text.splitlines() if "layout" in line), text)

    def pws(self):
        """PE1's own display of its circuit: {role: text}."""
        blocks = re.split(r"\*Client Interface", self.engine["pe1"].cli("display mpls static-l2vc"))[1:]
        roles = ((re.search(r"Main or Secondary\s*:\s*(\S+)", b), b) for b in blocks if AC in b)
        return {role[1]: block for role, block in roles if role}

    def pw_field(self, role, field):
        found = re.search(rf"^\s*{field}\s*:\s*(\S+)", self.pws().get(role, ""), re.M | re.I)
        return found[1].lower() if found else ""

    def sends_on(self):
        """Which slot PE1 sends on."""
        for role, block in self.pws().items():
            if re.search(r"active state\s*:\s*active", block, re.I):
                return {"main": "primary"}.get(role.lower(), role.lower())
        return "none"

    # ---- counters -----------------------------------------------------------------------------------------

    def pw_counters(self):
        """Both PWs of PE1's circuit together: [frames sent, octets, frames received, octets]."""
        text = self.engine["pe1"].cli(f"display traffic-statistics l2vpn pw interface {AC}")
        rows = re.findall(rf"^{AC}\s+(?:primary|secondary)\*?\s+\d+\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", text, re.M)
        if len(rows) != 2:
            raise Broken(f"two PWs expected:\n{text}")
        return [sum(map(int, column)) for column in zip(*rows)]

    # ---- what it shows ---------------------------------------------------------------------------------------

    def judge(self, result):
        rows, check = result["windows"], self.checks.add
        if result["void"]:
            raise Void(result["void"])
        for event in ("steady", "on-secondary", "restored", "on-primary", "dual-receiving", "manual-fault", "engine-killed",
                      "other-changed", "upgraded"):
            lost = sum(r["lost"] for r in rows if r["event"] == event)
            sent = sum(r["sent"] for r in rows if r["event"] == event)
            check(f"{event}: nothing lost", sent and not lost, f"{lost} of {sent}")
        lost, sent = next((r["lost"], r["sent"]) for r in rows if r["event"] == "switchback" and r["dir"] == "ce1-ce2")
        check("switchback: nothing lost from CE1 to CE2", sent and not lost, f"{lost} of {sent}")
        check("nothing duplicated", not sum(r["dup"] for r in rows), f"{sum(r['dup'] for r in rows)}")
        check("no frame damaged", not result["damaged"], f"{result['damaged']}")
        self.judge_ports(rows)
        self.losses.explain(self.checks, rows)
        return rows

    def judge_ports(self, rows):
        forth = {r["event"]: r["ports"] for r in rows if r["dir"] == "ce1-ce2"}
        self.checks.add("the cut moved CE2 to its second port", not forth["on-secondary"][0] and forth["on-secondary"][1],
                        f"{forth['on-secondary'][1]} frames by PE3, {forth['on-secondary'][0]} by PE2")
        self.checks.add("the restored link moved it back", forth["on-primary"][0] and not forth["on-primary"][1],
                        f"{forth['on-primary'][0]} frames by PE2, {forth['on-primary'][1]} by PE3")

    def judge_counters(self, rows, moved):
        """PE1 counts on its AC what CE1 sent and what CE1 got."""
        sent = sum(r["sent"] for r in rows if r["dir"] == "ce1-ce2")
        got = sum(r["received"] + r["dup"] for r in rows if r["dir"] == "ce2-ce1")
        want = [sent, sent * SIZE, got, got * SIZE]
        self.checks.add("PE1's PW counters equal the meter's", moved == want,
                        f"frames and octets sent, received: PE1 {moved}, meter {want}")

    def hints(self):
        lab, ns = self.lab, self.lab.ns
        lines = [f"Kept. Everything is below {lab.dir}; ./run lab --down removes it.", "  in a CE:      ip netns exec "
                 f"{ns('ce1')} bash    (addresses are yours to give; CE2 is {ns('ce2')} with eth0 and eth1)"]
        for node in PES:
            e = self.engine[node]
            lines.append(f"  CLI of {node + ':':<8}{BUILD}/twinwire --run-dir {e.run_dir}"
                         f"    configuration {e.cfg}, log {e.log}")
        lines.append(f"  kill pe1:     kill -9 $(cat {self.engine['pe1'].run_dir}/pid)")
        lines.append(f"  start pe1:    {shlex.join(self.engine['pe1'].command())} &")
        lines += [f"  capture:      ip netns exec {ns('pe1')} tcpdump -ni to-p mpls    (ports in tc mode; every mode: "
                  "capture-packet in the CLI)",
                  f"  cut primary:  ip -n {ns('p')} link set to-pe1 down    and up again"]
        return "\n".join(lines)
