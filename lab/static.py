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
import pathlib
import time

from base import AC, PRIMARY, SECONDARY, Base
from checks import step
from topology import ROOT, run, wait_until

BUMPED = ROOT / "build-layout"
CHANGES = 10
DELAY = 10  # s, `mpls l2vpn reroute delay` in pe1.cfg, the shortest there is
LATE = 1.5  # s, that a switchback may be seen late, by a CLI that is asked again and again


def build_other_layout():
    """The same engine with another map layout, for the upgrade."""
    if not (BUMPED / "build.ninja").exists():
        run("meson", "setup", BUMPED, ROOT, "-Dlayout_bump=1", "-Dtests=false")
    run("ninja", "-C", BUMPED, "twinwired")


class Scenario(Base):
    engines = ("pe1", "p", "pe2", "pe3")
    pes = ("pe1", "pe2", "pe3")
    links = ("ce1/eth0 pe1/to-ce1", "ce1/eth1 pe1/to-ce1-b", "pe1/to-p p/to-pe1", "p/to-pe2 pe2/to-p",
             "pe1/to-pe3 pe3/to-pe1", "pe2/to-ce2 ce2/eth0", "pe3/to-ce2 ce2/eth1")
    ends = [("ce1", [("ce1", "eth0")]), ("ce2", [("ce2", "eth0"), ("ce2", "eth1")])]

    def build(self):
        step("building the engine with another map layout, for the upgrade")
        build_other_layout()
        super().build()

    # ---- events --------------------------------------------------------------------------------------

    def events(self):
        self.cut()
        self.restored()
        self.manual_fault()
        self.killed()
        self.other_circuit()
        self.meter.stop()
        self.judge_counters(self.before)
        self.upgrade()

    def prepared(self):
        self.before = self.pw_counters()

    def cut(self):
        self.event("cut", "P's port to PE1 goes down, PE1 loses the carrier")
        self.link("p", "to-pe1", "down")
        time.sleep(2)
        self.carried("on-secondary", SECONDARY)

    def restored(self):
        self.event("restored", f"P's port comes back; PE1 waits {DELAY} s before it returns")
        self.link("p", "to-pe1", "up")
        wait_until("the primary to be up", lambda: self.up(PRIMARY), 20)
        since = time.monotonic()
        wait_until("P to have its LSP to PE1 up", self.lsps_of_p_are_up, 20)
        time.sleep(max(0, since + DELAY - 2 - time.monotonic()))
        self.event("switchback", "the delay runs out")
        self.returns_in_time("after a fault", since)
        time.sleep(1)
        self.carried("on-primary", PRIMARY, "back on the primary pseudowire")

    def returns_in_time(self, when, since):
        """The circuit is on its secondary, and leaves it DELAY after @since."""
        before, early = self.active(), time.monotonic() - since
        wait_until("the primary to carry the circuit again", lambda: self.active() == PRIMARY, 20)
        took = time.monotonic() - since
        self.checks.add(f"{when} PE1 waits {DELAY} s and returns", before == SECONDARY and
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
        self.checks.add("the manual fault moved the circuit", self.active() == SECONDARY, self.active())

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
        self.traffic("upgraded", "PE1's engine is replaced by a build with another map layout")
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

    # ---- what it shows ---------------------------------------------------------------------------------------

    def judge(self, rows):
        self.none_lost(rows, "steady", "on-secondary", "restored", "on-primary", "dual-receiving", "manual-fault",
                       "engine-killed", "other-changed", "upgraded")
        self.none_lost(rows, "switchback", ways=("ce1-ce2",))
        self.none_twice(rows)
        self.by_port(rows, "on-secondary", 1, ("PE2", "PE3"))
        self.by_port(rows, "on-primary", 0, ("PE2", "PE3"))

    def about_customers(self):
        return super().about_customers() + " with eth0 and eth1"

    def more_hints(self):
        ns = self.lab.ns
        return [f"  capture:      ip netns exec {ns('pe1')} tcpdump -ni to-p mpls    (ports in tc mode; every mode: "
                "capture-packet in the CLI)",
                f"  cut primary:  ip -n {ns('p')} link set to-pe1 down    and up again"]
