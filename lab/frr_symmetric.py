# SPDX-License-Identifier: BSD-2-Clause
r"""Scenario `frr-symmetric`: both CEs have two uplinks, no PE has two pseudowires; faults are passed through to the CEs.

            to-ce1         to-p  +-----+  to-pe2          to-ce2
         .---------- PE1 --------|  P  |-------- PE2 ----------.
   eth0 /   10.1.1.0/30          +-----+          10.1.1.0/30   \ eth0
       /                  pseudowire, VC 100                     \
    CE1                                                           CE2
       \                  pseudowire, VC 200                     /
   eth1 \   10.1.2.0/30                           10.1.2.0/30   / eth1
         '---------- PE3 ---------------------- PE4 -----------'
            to-ce1       to-pe4            to-pe3         to-ce2

`mpls l2vpn trigger if-down` at all four PEs: a pseudowire that is down takes both its uplinks away, an uplink that is cut
takes the other end's. Each CE is a router with a default route by each uplink, that by eth1 worse. OSPF by FRR's ospfd.
"""
import itertools
import time

from base import Base
from customer import Router
from topology import wait_until

UPLINKS = ("eth0", "eth1")
BY = ("PE2", "PE4")


class Scenario(Base):
    engines = ("pe1", "p", "pe2", "pe3", "pe4")
    pes = ("pe1", "pe2", "pe3", "pe4")
    routers = {"pe1": "1.1.1.1", "p": "9.9.9.9", "pe2": "2.2.2.2", "pe3": "3.3.3.3", "pe4": "4.4.4.4"}
    links = ("ce1/eth0 pe1/to-ce1", "ce1/eth1 pe3/to-ce1", "pe1/to-p p/to-pe1", "p/to-pe2 pe2/to-p", "pe3/to-pe4 pe4/to-pe3",
             "pe2/to-ce2 ce2/eth0", "pe4/to-ce2 ce2/eth1")
    ends = [("ce1", [("ce1", "eth0"), ("ce1", "eth1")]), ("ce2", [("ce2", "eth0"), ("ce2", "eth1")])]
    by_carrier = True
    acts = ("cut", "uplinks", "orders", "both")
    paths = ("pseudowire PE1 - PE2", "pseudowire PE3 - PE4")

    def build(self):
        super().build()
        for node, mine, theirs in (("ce1", 1, 2), ("ce2", 2, 1)):
            setattr(self, node, Router(self.lab, node, f"10.1.{2 + mine}.1", {
                dev: ([f"10.1.{net}.{mine}/30"], f"10.1.{net}.{theirs}", preference)
                for dev, net, preference in (("eth0", 1, 60), ("eth1", 2, 100))}))

    def prepared(self):
        self.quiet, self.by = ["steady"], {"steady": 0}
        self.both_by("eth0", "at the start")

    # ---- what holds ----------------------------------------------------------------------------------

    def ways(self):
        return self.ce1.way(self.ce2.behind), self.ce2.way(self.ce1.behind)

    def both_by(self, dev, when):
        """Both CEs send by that uplink, and what they send arrives."""
        wait_until(lambda: f"{when}: both CEs to use their {dev}, they use {self.ways()}\n" + "\n".join(map(self.diagnose, self.pes)),
                   lambda: self.ways() == (dev, dev), 30)
        wait_until(f"{when}: CE2 to reach CE1", lambda: self.ce2.reaches(self.ce1.behind), 20)
        self.checks.add(f"{when}: both CEs use {dev}", True)

    def none_by(self, dev):
        """No CE has a carrier there."""
        other = UPLINKS[dev == "eth0"]
        wait_until(lambda: f"both CEs to leave {dev}, they use {self.ways()}", lambda: all(w in ("", other) for w in self.ways()), 30)

    def settled(self, event, dev):
        self.both_by(dev, event)
        self.event(event, f"by {dev}", state=True)
        time.sleep(1)
        self.quiet.append(event)
        self.by[event] = UPLINKS.index(dev)

    def moves(self, name, text, do, undo):
        """The first path fails and comes back."""
        self.event(name, text)
        do()
        self.settled(f"{name}-over", "eth1")
        self.event(f"{name}-back", "it is mended")
        undo()
        self.restored(f"{name}-end")

    def restored(self, event):
        self.wait_up(30)
        self.wait_heard()
        self.wait_up(30)        # still: what was heard late may have taken a port down
        self.settled(event, "eth0")

    # ---- events --------------------------------------------------------------------------------------

    def cut(self):
        for node, dev, text in (("p", "to-pe2", "the link from P to PE2 is cut"), ("pe1", "to-p", "PE1 loses its link to P")):
            self.moves(f"cut-{node}", text, lambda n=node, d=dev: self.link(n, d, "down"), lambda n=node, d=dev: self.link(n, d, "up"))
        self.event("other-cut", "the link between PE3 and PE4 is cut: nothing moves")
        self.quiet.append("other-cut")
        self.link("pe3", "to-pe4", "down")
        self.none_by("eth1")
        wait_until("the far ends of the second path to be down", lambda: not self.all_up(("pe3",)) and not self.all_up(("pe4",)), 20)
        self.event("other-cut-back", "it comes back")
        self.quiet.append("other-cut-back")
        self.link("pe3", "to-pe4", "up")
        self.restored("other-cut-end")

    def uplinks(self):
        for ce, far in ((self.ce1, "CE2"), (self.ce2, "CE1")):
            self.moves(f"uplink-{ce.node}", f"{ce.node.upper()}'s first uplink is cut, {far} is told",
                       lambda ce=ce: ce.down("eth0"), lambda ce=ce: ce.up("eth0"))

    def orders(self):
        """Both uplinks and the pseudowire of the first path, cut and mended in every order."""
        cuts = {"CE1's uplink": (lambda: self.ce1.down("eth0"), lambda: self.ce1.up("eth0")),
                "the pseudowire": (lambda: self.link("p", "to-pe2", "down"), lambda: self.link("p", "to-pe2", "up")),
                "CE2's uplink": (lambda: self.ce2.down("eth0"), lambda: self.ce2.up("eth0"))}
        for i, (first, then) in enumerate(zip(itertools.permutations(cuts), reversed(list(itertools.permutations(cuts))))):
            self.event(f"order-{i}", f"cut: {', '.join(first)}")
            for what in first:
                cuts[what][0]()
                time.sleep(0.5)
            self.settled(f"order-{i}-over", "eth1")
            self.event(f"order-{i}-back", f"mended: {', '.join(then)}")
            for what in then:
                cuts[what][1]()
                time.sleep(0.5)
            self.restored(f"order-{i}-end")

    def both(self):
        """Both paths fail, and come back in either order."""
        link = {"eth0": ("p", "to-pe2"), "eth1": ("pe3", "to-pe4")}
        for first, then in (UPLINKS, UPLINKS[::-1]):
            name = f"both-{first}-first"
            self.event(name, f"both paths are cut, that of {first} first")
            for dev in (first, then):
                self.link(*link[dev], "down")
            wait_until(lambda: f"no CE to have an uplink, they use {self.ways()}", lambda: self.ways() == ("", ""), 30)
            self.event(f"{name}-one", f"that of {first} is back")
            self.link(*link[first], "up")
            self.both_by(first, f"{name}-one")
            self.event(f"{name}-two", "the other, too")
            self.link(*link[then], "up")
            self.restored(f"{name}-end")

    # ---- judgement -------------------------------------------------------------------------------------

    def judge(self, rows):
        self.none_lost(rows, *self.quiet)
        for event, port in self.by.items():
            self.by_port(rows, event, port, BY)
        self.none_twice(rows)

    def about_customers(self):
        return f"ping -I {self.ce1.behind} {self.ce2.behind}"

    def more_hints(self):
        ns = self.lab.ns
        return [f"  capture LDP:  ip netns exec {ns('p')} tcpdump -ni to-pe1 port 646",
                f"  cut a path:   ip -n {ns('p')} link set to-pe2 down    and up again"]
