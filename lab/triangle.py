# SPDX-License-Identifier: BSD-2-Clause
r"""The network of the scenarios in which PE1 has two pseudowires to the two PEs of a dual-homed CE2.

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

All engines are twinwire; routes are static, labels are given by LDP. PE1 learns that P has lost PE2 from P alone: so P gives
labels only for what it has labels for (`label distribution control-mode ordered`), and takes them back.
"""
from base import PRIMARY, SECONDARY, Base

BY = ("PE2", "PE3")                                 # behind CE2's ports
FAR = {"pe2": PRIMARY, "pe3": SECONDARY}            # PE1's pseudowire to each


class Triangle(Base):
    engines = ("pe1", "p", "pe2", "pe3")
    pes = ("pe1", "pe2", "pe3")
    links = ("ce1/eth0 pe1/to-ce1", "pe1/to-p p/to-pe1", "p/to-pe2 pe2/to-p", "pe1/to-pe3 pe3/to-pe1",
             "pe2/to-pe3 pe3/to-pe2", "pe2/to-ce2 ce2/eth0", "pe3/to-ce2 ce2/eth1")
    ends = (("ce1", [("ce1", "eth0")]), ("ce2", [("ce2", "eth0"), ("ce2", "eth1")]))

    def judge_ports(self, rows, **by):
        """event="pe2": all that reached CE2 in it came by that PE."""
        for event, pe in by.items():
            self.by_port(rows, event.replace("_", "-"), list(FAR).index(pe), BY)

    def about_customers(self):
        return f"addresses are yours to give; CE2 is {self.lab.ns('ce2')} with eth0 and eth1"

    def more_hints(self):
        ns = self.lab.ns
        return [f"  capture LDP:  ip netns exec {ns('pe1')} tcpdump -ni to-p port 646",
                f"  cut primary:  ip -n {ns('p')} link set to-pe1 down    and up again"]
