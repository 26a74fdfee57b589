# SPDX-License-Identifier: BSD-2-Clause
r"""Scenario `master`: PE1 decides and tells PE2 and PE3, which have one pseudowire each and know nothing of redundancy.

                               to-pe1 +-----+ to-pe2
                       .--------------|  P  |--------------.       primary PW, VC 100: told 0x0 while it carries,
                      /               +-----+               \      else 0x20, standby
      eth0  to-ce1   / to-p                             to-p \  to-ce2  eth0
  CE1 ------------ PE1                                       PE2------------- CE2
             master  \ to-pe3                                                /
                      \                                                     / eth1
                       '------------------------------------ PE3 ----------'
                          secondary PW, VC 200      to-pe1       to-ce2

PE1: `mpls l2vpn redundancy master`, `holdoff 4`, `reroute delay 10`. A fault that is over within the hold-off moves
nothing; a longer one moves the circuit. `mpls l2vpn switchover` moves it by hand, `manual-set pw-ac-fault` at once.
"""
import time

from base import AC, PRIMARY, SECONDARY
from engine import CliError
from topology import wait_until
from triangle import FAR, Triangle

HOLDOFF, DELAY = 4, 10  # s, as in pe1.cfg
STANDBY, CLEAR = 0x20, 0


class Scenario(Triangle):
    acts = ("short_fault", "long_fault", "by_hand", "manual_fault", "ac_fault", "own_ac", "dead")

    def prepared(self):
        self.told(PRIMARY, "at the start")

    def told(self, by, when):
        """What both peers hear agrees with who carries."""
        for node, role in FAR.items():
            want = CLEAR if role == by else STANDBY
            self.wait_status(f"{when}: {node.upper()} hears that it is {'active' if role == by else 'standby'}", want, node)

    def short_fault(self):
        before = self.switches()
        self.event("flap", f"the link from PE1 to P is cut for a second: shorter than the hold-off of {HOLDOFF} s")
        self.link("p", "to-pe1", "down")
        time.sleep(1)
        self.link("p", "to-pe1", "up")
        self.wait_up()
        self.carried("held", PRIMARY, "the cut is over, nothing has moved")
        self.checks.add("flap: no switch was recorded", self.switches() == before, f"{self.switches()} of them, {before} before")

    def switches(self):
        """How many times the engine of PE1 told that it moved the circuit."""
        return self.engine["pe1"].log_text().count("event=switch")

    def long_fault(self):
        self.event("cut", "the link from PE1 to P is cut and stays so")
        since = time.monotonic()
        self.link("p", "to-pe1", "down")
        self.wait_active(SECONDARY)
        took = time.monotonic() - since
        self.checks.add(f"cut: PE1 waits {HOLDOFF} s before it leaves the primary", took > HOLDOFF - 0.5, f"{took:.1f} s")
        self.wait_status("cut: PE3 hears that it is active now", CLEAR, "pe3")
        self.carried("on-secondary", SECONDARY)
        self.event("restored", f"the link is back; PE1 returns after {DELAY} s")
        self.link("p", "to-pe1", "up")
        self.wait_up()
        since = time.monotonic()
        self.checks.add("restored: PE1 does not return at once", self.active() == SECONDARY, self.active())
        self.wait_active(PRIMARY, 30)
        took = time.monotonic() - since
        self.checks.add(f"restored: PE1 returns after {DELAY} s", DELAY - 4 < took < DELAY + 4, f"{took:.1f} s")
        self.told(PRIMARY, "restored")
        self.carried("on-primary", PRIMARY)

    def by_hand(self):
        pe1 = self.engine["pe1"]
        self.event("policy", "`reroute immediately` from now on, which moves nothing")
        pe1.configure(f"interface {AC}", "mpls l2vpn reroute immediately")
        self.event("switchover", "`mpls l2vpn switchover`")
        pe1.configure(f"interface {AC}", "mpls l2vpn switchover")
        self.wait_active(SECONDARY)
        self.told(SECONDARY, "switchover")
        self.carried("switched-over", SECONDARY)
        self.event("switched-back", "`undo mpls l2vpn switchover`")
        pe1.configure(f"interface {AC}", "undo mpls l2vpn switchover")
        self.wait_active(PRIMARY)
        self.told(PRIMARY, "undo switchover")

    def manual_fault(self):
        pe1 = self.engine["pe1"]
        self.event("manual-fault", "`manual-set pw-ac-fault` on the primary: no hold-off")
        since = time.monotonic()
        pe1.configure(f"interface {AC}", "manual-set pw-ac-fault")
        self.wait_active(SECONDARY)
        took = time.monotonic() - since
        self.checks.add("manual-fault: the hold-off does not delay it", took < HOLDOFF - 0.5, f"{took:.1f} s")
        self.wait_status("manual-fault: PE3 hears that it is active", CLEAR, "pe3")
        self.event("manual-clear", "`undo manual-set pw-ac-fault`: back as soon as the primary has settled")
        pe1.configure(f"interface {AC}", "undo manual-set pw-ac-fault")
        self.wait_active(PRIMARY)

    def ac_fault(self):
        pe1 = self.engine["pe1"]
        self.event("secondary-dead", "CE2's port at PE3 goes down: `switchover` onto a dead pseudowire is refused")
        self.link("ce2", "eth1", "down")
        wait_until("PE1 to take the secondary down", lambda: not self.up(SECONDARY), 20)
        try:
            pe1.configure(f"interface {AC}", "mpls l2vpn switchover")
            said = "no error"
        except CliError as e:
            said = e.text
        self.checks.add("secondary-dead: switchover is refused", "Error:" in said, said.strip().splitlines()[-1])
        self.link("ce2", "eth1", "up")
        self.wait_up()
        self.carried("secondary-back", PRIMARY, "the secondary is back; nothing has moved", 1)
        self.event("far-ac", f"CE2's port at PE2 goes down: PE1 leaves after {HOLDOFF} s")
        self.link("ce2", "eth0", "down")
        self.wait_active(SECONDARY)
        self.carried("by-pe3", SECONDARY, seconds=1)
        self.event("far-ac-back", "CE2's port at PE2 comes back")
        self.link("ce2", "eth0", "up")
        self.wait_active(PRIMARY)

    def own_ac(self):
        self.event("near-ac", "CE1's port goes down: no pseudowire helps; both far ends are told")
        self.link("ce1", "eth0", "down")
        self.wait_status("near-ac: PE2 hears of the fault", 0x06, "pe2")
        self.wait_status("near-ac: PE3 hears of it, too, and that it is standby", 0x06 | STANDBY, "pe3")
        self.link("ce1", "eth0", "up")
        self.told(PRIMARY, "near-ac")
        self.wait_up()
        self.carried("near-ac-back", PRIMARY, "CE1's port is back", 1)

    def dead(self):
        self.event("pe2-dead", "PE2 loses its power")
        self.die("pe2")
        self.wait_active(SECONDARY)
        self.wait_status("pe2-dead: PE3 hears that it is active", CLEAR, "pe3")
        self.carried("without-pe2", SECONDARY, seconds=1)
        self.event("pe2-back", "PE2 starts from its file")
        self.revive("pe2")
        self.wait_up()
        self.wait_active(PRIMARY)
        self.told(PRIMARY, "pe2-back")
        self.carried("pe2-carries", PRIMARY, seconds=1)
        self.event("pe3-dead", "PE3 loses its power: nothing that carries is touched")
        self.die("pe3")
        time.sleep(1)
        self.carried("without-pe3", PRIMARY, seconds=1)
        self.revive("pe3")
        self.wait_up()

    def judge(self, rows):
        self.none_lost(rows, "steady", "held", "on-secondary", "on-primary", "policy", "switched-over",
                       "secondary-dead", "secondary-back", "by-pe3", "near-ac-back", "without-pe2", "pe2-carries",
                       "pe3-dead", "without-pe3")
        self.none_lost(rows, "restored", "switchover", "switched-back", "manual-clear", "far-ac-back", ways=("ce1-ce2",))
        self.none_twice(rows)
        self.judge_ports(rows, steady="pe2", on_secondary="pe3", on_primary="pe2", switched_over="pe3", by_pe3="pe3",
                         without_pe2="pe3", pe2_carries="pe2", without_pe3="pe2")
