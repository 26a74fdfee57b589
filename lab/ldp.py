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
import re
import time

from base import AC, PRIMARY, Base
from topology import wait_until


class Scenario(Base):
    engines = ("pe1", "p", "pe2")
    pes = ("pe1", "pe2")
    routers = {"pe1": "1.1.1.1", "p": "9.9.9.9", "pe2": "2.2.2.2"}
    links = ("ce1/eth0 pe1/to-ce1", "pe1/to-p p/to-pe1", "p/to-pe2 pe2/to-p", "p/to-pe2-b pe2/to-p-b", "pe2/to-ce2 ce2/eth0")
    ends = [("ce1", [("ce1", "eth0")]), ("ce2", [("ce2", "eth0")])]

    def prepared(self):
        """Both ends agree on what they say of each other."""
        local, remote = zip(*(map(int, self.labels(n)) for n in self.pes))
        self.checks.add("the labels of the two ends are each other's", local == remote[::-1] and min(local) >= 262144,
                        f"local {local}, remote {remote}")
        self.before = self.pw_counters()

    def labels(self, node):
        """Local and remote, "0" where there is none."""
        text = self.cli(node, f"display mpls l2vc interface {AC}")
        return tuple((re.findall(rf"{end} VC label\s*: ?(\d+)", text) or ["0"])[0] for end in ("local", "remote"))

    # ---- events --------------------------------------------------------------------------------------

    def events(self):
        self.one_link()
        for node in self.engines:
            self.killed(node)
        self.meter.stop()
        self.judge_counters(self.before)
        self.without_promise()

    def one_link(self):
        self.event("cut", "one of the two links from P to PE2 goes down")
        self.link("p", "to-pe2", "down")
        time.sleep(3)
        self.event("one-link", "on the link that is left")
        time.sleep(2)
        self.event("restored", "the link comes back")
        self.link("p", "to-pe2", "up")
        wait_until("P to use both links again", lambda: self.next_hops("p", self.routers["pe2"]) == 2, 60)
        self.event("two-links", "shared between both again")
        time.sleep(2)

    def next_hops(self, node, dest):
        text = self.cli(node, "display mpls ldp lsp")
        return len({line.split()[-1] for line in text.splitlines() if line.strip().startswith(f"{dest}/32") and
                    "GigabitEthernet" in line and "Liberal" not in line})

    def killed(self, node):
        self.event(f"killed-{node}", f"kill -9 of the engine of {node}, restart after a second; graceful restart is configured")
        engine = self.engine[node]
        before = [self.labels(n)[0] for n in self.pes]
        engine.kill()
        time.sleep(1)
        engine.start()
        self.wait_up()
        wait_until(lambda: f"the sessions of {node} to be back:\n{engine.cli('display mpls ldp session')}",
                   lambda: self.sessions(node) == 2, 60)     # with the two others
        time.sleep(2)
        after = [self.labels(n)[0] for n in self.pes]
        self.checks.add(f"the labels are the same after the restart of {node}", before == after, f"{before} {after}")

    def sessions(self, node):
        return self.cli(node, "display mpls ldp session").count("Operational")

    def without_promise(self):
        """Without graceful restart the far end takes the pseudowire down at once, and all comes back by itself."""
        for node in self.engines:
            self.engine[node].configure("mpls ldp", "undo graceful-restart")
        for node in self.engines:
            self.engine[node].cli("reset mpls ldp", check=False)
        self.wait_up()
        self.traffic("no-promise", "without graceful restart, kill -9 of PE1's engine, restart")
        time.sleep(0.5)
        self.engine["pe1"].kill()
        wait_until("PE2 to see the pseudowire down", lambda: not self.up(PRIMARY, "pe2"), 20)
        self.engine["pe1"].start()
        self.wait_up()
        self.event("came-back", "the pseudowire is back")
        time.sleep(2)

    # ---- judgement -----------------------------------------------------------------------------------

    def judge(self, rows):
        self.none_lost(rows, "steady", "one-link", "restored", "two-links", *(f"killed-{n}" for n in self.engines), "came-back")
        self.none_twice(rows)

    def more_hints(self):
        ns = self.lab.ns
        return [f"  capture LDP:  ip netns exec {ns('p')} tcpdump -ni to-pe1 port 646",
                f"  cut a link:   ip -n {ns('p')} link set to-pe2 down    and up again"]
