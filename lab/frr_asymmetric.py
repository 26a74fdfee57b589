# SPDX-License-Identifier: BSD-2-Clause
r"""Scenario `frr-asymmetric`: CE1 has one uplink, CE2 two; PE1 decides alone and tells nobody which pseudowire carries.

                               to-pe1 +-----+ to-pe3            to-ce2
                       .--------------|  P  |-------------- PE3 -------.
        10.0.2.0/30   /               +-----+   10.0.3.0/30             \  eth0, 10.1.1.2
   eth0      to-ce1  / to-p        primary PW, VC 100                    \
  CE1 ------------- PE1                                                   CE2
   10.1.1.1          \ to-pe2      secondary PW, VC 200                  /
   10.1.2.1           \                                                 /  eth1, 10.1.2.2
        10.2.1.0/30    '----------------------------------- PE2 -------'
                                                      to-pe1    to-ce2

CE1 has both addresses on its one port. CE2 is a router with a subnet and a default route by each uplink, that by eth1
worse (preference 100). PE2 and PE3 have one pseudowire each; `mpls l2vpn trigger if-down` takes CE2's uplink away when it
cannot carry, so CE2's way back follows. When it can carry again CE2 is back on it before PE1 is: PE1 receives from both
(`stream-dual-receiving`). PE1 returns after 10 s in the story, else at once, and tells PE2 a fault for a second then.
OSPF by FRR's ospfd; labels of the tunnels and of the pseudowires by twinwire's LDP.
"""
import time

import published
from base import AC, PRIMARY, SECONDARY, Base, fields
from customer import Router
from topology import wait_until

LATE = 3                # s, that a switchback may be seen late
UPLINK = {PRIMARY: "eth0", SECONDARY: "eth1"}
BY = ("PE3", "PE2")


class Scenario(Base):
    engines = ("pe1", "p", "pe2", "pe3")
    pes = ("pe1", "pe2", "pe3")
    routers = {"pe1": "1.1.1.1", "p": "4.4.4.4", "pe2": "2.2.2.2", "pe3": "3.3.3.3"}
    links = ("ce1/eth0 pe1/to-ce1", "pe1/to-p p/to-pe1", "p/to-pe3 pe3/to-p", "pe1/to-pe2 pe2/to-pe1",
             "pe3/to-ce2 ce2/eth0", "pe2/to-ce2 ce2/eth1")
    ends = [("ce1", [("ce1", "eth0")]), ("ce2", [("ce2", "eth0"), ("ce2", "eth1")])]
    by_carrier = True
    delay, resume = 10, 1   # s, `mpls l2vpn reroute` of the story
    acts = ("story", "links_cut", "nodes_dead", "session_killed", "circuits_down", "told", "by_hand", "flapping", "both_down")
    paths = ("primary pseudowire, PE1 - PE3", "secondary pseudowire, PE1 - PE2")

    def build(self):
        super().build()
        self.ce1 = Router(self.lab, "ce1", "10.1.3.1", {"eth0": (["10.1.1.1/30", "10.1.2.1/30"], None, 0)})
        self.ce2 = Router(self.lab, "ce2", None, {"eth0": (["10.1.1.2/30"], "10.1.1.1", 60),
                                                 "eth1": (["10.1.2.2/30"], "10.1.2.1", 100)})

    # ---- the play ------------------------------------------------------------------------------------

    def prepared(self):
        self.records = {}                           # what PE1 says was at risk in an event
        self.quiet = ["steady"]                     # events in which nothing may be lost
        self.still, self.away = ["steady"], []      # in which the primary carries all; the secondary
        self.carries(PRIMARY, "at the start")
        self.before = self.pw_counters()

    def configure(self, node, *lines):
        self.engine[node].configure(f"interface {AC}", *lines)

    def carries(self, by, when):
        """PE1 sends on that pseudowire, and CE2's customers reach CE1 by it."""
        wait_until(lambda: f"{when}: CE2 to use {UPLINK[by]}, it uses {self.way()}\n" + "\n".join(map(self.diagnose, self.pes)),
                   lambda: self.way() == UPLINK[by], 20)
        wait_until(f"{when}: CE2 to reach CE1", lambda: self.ce2.reaches(self.ce1.behind), 20)
        self.checks.add(f"{when}: CE2 reaches CE1 by {UPLINK[by]}", True)

    def way(self):
        return self.ce2.way(self.ce1.behind)

    def fails(self, name, text, do):
        """The primary cannot carry any more: all is on the secondary."""
        self.event(name, text)
        do()
        self.wait_active(SECONDARY)
        self.records[name] = self.risk("pe1")
        self.settled(f"{name}-over", SECONDARY)

    def recovers(self, name, text, do):
        self.event(f"{name}-back", text)
        do()
        self.wait_up()
        self.wait_active(PRIMARY)
        self.settled(f"{name}-end", PRIMARY)

    def settled(self, event, by):
        """From here to the next event nothing is lost."""
        self.carries(by, event)
        self.carried(event, by, seconds=1)
        self.quiet.append(event)
        (self.still if by == PRIMARY else self.away).append(event)

    def untouched(self, name, text, do, seconds=1):
        """A fault beside the primary: nothing moves, nothing is lost."""
        self.event(name, text)
        do()
        time.sleep(seconds)
        self.checks.add(f"{name}: PE1 stays on its primary", self.active() == PRIMARY, self.active())
        self.quiet.append(name)
        self.still.append(name)

    # ---- events --------------------------------------------------------------------------------------

    def story(self):
        """What the published test does: the port of PE3 to P is shut. PE1 returns after a delay."""
        self.configure("pe1", f"mpls l2vpn reroute delay {self.delay} resume {self.resume}")
        self.published("before")
        core = "interface GigabitEthernet0/2/0"
        self.fails("cut", "PE3's port to P is shut", lambda: self.engine["pe3"].configure(core, "shutdown"))
        wait_until("the session with PE3 to end", lambda: self.pws("pe1")[PRIMARY].get("session state") == "down", 20)
        self.published("during")
        self.event("restored", f"the port is up again; PE1 waits {self.delay} s before it returns")
        self.engine["pe3"].configure(core, "undo shutdown")
        wait_until("the primary to be up", lambda: self.up(PRIMARY), 60)
        since = time.monotonic()
        self.wait_up()
        self.published("waiting")
        time.sleep(max(0, since + self.delay - 2 - time.monotonic()))
        self.checks.add("restored: PE1 is still on its secondary", self.active() == SECONDARY, self.active())
        self.event("switchback", "the delay runs out")
        self.quiet.append("switchback")
        self.wait_active(PRIMARY)
        took = time.monotonic() - since
        self.checks.add(f"switchback: PE1 returns after {self.delay} s", -LATE < took - self.delay < LATE, f"{took:.1f} s")
        self.wait_up()
        self.settled("on-primary", PRIMARY)
        self.published("after")
        self.configure("pe1", "mpls l2vpn reroute immediately resume 1")

    def published(self, state):
        """PE1's displays, field by field."""
        foot = self.cli("pe1", f"display mpls l2vc interface {AC}").partition("reroute policy")
        head = self.cli("pe1", f"display mpls l2vpn vpws interface {AC} verbose").partition("Members:")
        wrong = published.wrong(state, self.pws("pe1"), fields("".join(foot[1:])),
                                [row[1:] for row in self.vpws("pe1")], fields(head[0]),
                                f"delay {self.delay} s, resume {self.resume} s")
        self.checks.add(f"the displays say what the published test shows {state}", not wrong, "; ".join(wrong))

    def links_cut(self):
        self.fails("near-cut", "PE1's own link to P goes down", lambda: self.link("p", "to-pe1", "down"))
        self.recovers("near-cut", "it comes back; PE1 returns at once", lambda: self.link("p", "to-pe1", "up"))
        self.untouched("other-cut", "the secondary's link goes down", lambda: self.link("pe2", "to-pe1", "down"))
        self.untouched("other-cut-back", "it comes back", lambda: (self.link("pe2", "to-pe1", "up"), self.wait_up()))

    def nodes_dead(self):
        for node in ("p", "pe3"):
            self.fails(f"{node}-dead", f"{node.upper()} loses its power", lambda node=node: self.die(node))
            self.recovers(f"{node}-dead", f"{node.upper()} boots", lambda node=node: self.revive(node))
        self.untouched("pe2-dead", "PE2 loses its power", lambda: self.die("pe2"))
        self.untouched("pe2-dead-back", "PE2 boots", lambda: (self.revive("pe2"), self.wait_up()))
        self.event("pe1-dead", "PE1 loses its power: there is no other way")
        self.link("ce1", "eth0", "down")    # CE1 sends nothing into a port without light
        self.die("pe1")
        time.sleep(1)
        self.event("pe1-dead-back", "PE1 boots")
        self.revive("pe1")
        self.link("ce1", "eth0", "up")
        self.wait_up()
        self.wait_active(PRIMARY)
        self.settled("pe1-dead-end", PRIMARY)

    def session_killed(self):
        rules = [("from", a, "to", b, "ipproto", proto, port, "646", "blackhole") for a, b in
                 (("1.1.1.1", "3.3.3.3"), ("3.3.3.3", "1.1.1.1")) for proto in ("tcp", "udp") for port in ("sport", "dport")]

        def filtered(what):
            for rule in rules:
                self.lab.ip("p", "rule", what, "pref", "10", *rule)
        self.fails("session-killed", "P drops what PE1 and PE3 say to port 646 of each other", lambda: filtered("add"))
        self.recovers("session-killed", "P passes it again", lambda: filtered("del"))

    def circuits_down(self):
        self.fails("far-ac", "CE2's first uplink goes down", lambda: self.ce2.down("eth0"))
        self.recovers("far-ac", "it comes back", lambda: self.ce2.up("eth0"))
        self.untouched("other-ac", "CE2's second uplink goes down", lambda: self.ce2.down("eth1"))
        self.untouched("other-ac-back", "it comes back", lambda: (self.ce2.up("eth1"), self.wait_up()))
        self.event("near-ac", "CE1's uplink goes down: there is no other")
        self.link("ce1", "eth0", "down")
        wait_until("PE2 and PE3 to hear of it", lambda: all(self.status(n) for n in ("pe2", "pe3")), 20)
        wait_until("CE2 to lose both uplinks", lambda: not self.way(), 20)
        self.event("near-ac-back", "it comes back")
        self.link("ce1", "eth0", "up")
        self.wait_up()
        self.settled("near-ac-end", PRIMARY)

    def told(self):
        self.fails("withdrawn", "PE3's pseudowire is removed, its port shut: PE3 withdraws the label",
                   lambda: self.configure("pe3", "shutdown", "undo mpls l2vpn trigger if-down", "undo mpls l2vc"))
        self.recovers("withdrawn", "it is configured again", lambda: self.configure(
            "pe3", "undo shutdown", "mpls l2vc pw-template 3to1 100", "mpls l2vpn trigger if-down"))
        self.fails("told", "PE3 tells by a status that it does not forward", lambda: self.configure("pe3", "manual-set pw-ac-fault"))
        self.recovers("told", "it forwards again", lambda: self.configure("pe3", "undo manual-set pw-ac-fault"))

    def by_hand(self):
        self.fails("by-hand", "manual-set pw-ac-fault on PE1", lambda: self.configure("pe1", "manual-set pw-ac-fault"))
        self.recovers("by-hand", "it is taken back", lambda: self.configure("pe1", "undo manual-set pw-ac-fault"))
        self.untouched("other-by-hand", "manual-set pw-ac-fault secondary on PE1",
                       lambda: self.configure("pe1", "manual-set pw-ac-fault secondary"))
        self.untouched("other-by-hand-back", "it is taken back",
                       lambda: (self.configure("pe1", "undo manual-set pw-ac-fault secondary"), self.wait_up()))

    def flapping(self):
        def flap():
            for i in range(10):
                self.link("p", "to-pe3", "up" if i % 2 else "down")
                time.sleep(0.3)
        self.event("flapping", "P's port to PE3 goes down and up five times in three seconds")
        flap()
        self.wait_up()
        self.wait_active(PRIMARY)
        self.settled("flapping-end", PRIMARY)

    def both_down(self):
        link = {PRIMARY: ("p", "to-pe3"), SECONDARY: ("pe2", "to-pe1")}
        for first, then in ((PRIMARY, SECONDARY), (SECONDARY, PRIMARY)):
            name = f"{first}-first"
            self.event(name, f"the link of the {first} goes down, then that of the {then}")
            for role in (first, then):
                self.link(*link[role], "down")
                wait_until(f"the {role} to be down", lambda role=role: not self.up(role), 20)
            self.checks.add(f"{name}: PE1 has nothing to send on", self.active() == "none", self.active())
            self.event(f"{name}-one", f"that of the {first} is back: it carries")
            self.link(*link[first], "up")
            self.wait_active(first, 60)
            self.event(f"{name}-two", "the other, too")
            self.link(*link[then], "up")
            self.wait_up()
            self.wait_active(PRIMARY)
            self.settled(f"{name}-end", PRIMARY)

    # ---- judgement -------------------------------------------------------------------------------------

    def judge(self, rows):
        self.none_lost(rows, *self.quiet)
        for event in self.still:
            self.by_port(rows, event, 0, BY)
        for event in self.away:
            self.by_port(rows, event, 1, BY)
        self.none_twice(rows)
        for event, said in self.records.items():
            self.bounded(rows, event, said)

    def bounded(self, rows, event, said):
        """The record of PE1 names no less than what CE1 lost by the pseudowire that failed, and no more than was sent
        in the second before it was left or, where only a timer saw it, since then; of one that PE1 was told to leave it
        names nothing."""
        lost, sent = (sum(r[what] for r in rows if (r["event"], r["dir"]) == (event, "ce1-ce2")) for what in ("lost", "sent"))
        if event == "by-hand":
            self.checks.add(f"{event}: nothing was at risk", said is None and not lost, f"{said}")
        else:
            self.checks.add(f"{event}: PE1 says what was at risk at most", said is not None and lost <= said <= sent + self.rate,
                            f"{lost} lost, {said} at risk")

    def about_customers(self):
        return f"in {self.lab.ns('ce2')}: ping {self.ce1.behind}"

    def more_hints(self):
        ns = self.lab.ns
        return [f"  capture LDP:  ip netns exec {ns('p')} tcpdump -ni to-pe1 port 646",
                f"  cut primary:  ip -n {ns('p')} link set to-pe3 down    and up again"]
