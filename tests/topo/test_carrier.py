# SPDX-License-Identifier: BSD-2-Clause
"""The carrier of a core port: what a cut costs.

    ce eth0 --- ac0, ac1 pe1 core --- core far (only an address)
"""
import re

import pytest

from engine import Engine
from topology import CORE_MTU, wait_until

PORTS = "".join(f"GigabitEthernet0/1/{i} ac{i}\n" for i in (0, 1)) + "GigabitEthernet0/2/0 core\n"


def circuits(n):
    """Sub-interfaces of two ports, 2,048 VLANs each at most."""
    for i in range(n):
        if i % 2048 == 0:
            yield f"interface GigabitEthernet0/1/{i // 2048}\n#"
        yield (f"interface GigabitEthernet0/1/{i // 2048}.{i % 2048 + 1}\n vlan-type dot1q {i % 2048 + 1}\n"
               f" mpls static-l2vc destination 2.2.2.2 {i + 1} transmit-vpn-label {20000 + i} "
               f"receive-vpn-label {20000 + i}\n#")


def config(n):
    return "\n".join(["mpls lsr-id 1.1.1.1", "#", "mpls", "#", "mpls l2vpn", f" capacity circuits {max(64, n)}", "#",
                      *circuits(n), "interface GigabitEthernet0/2/0", " ip address 10.1.1.1 255.255.255.252", " mpls",
                      "#", "static-lsp ingress out destination 2.2.2.2 32 nexthop 10.1.1.2 out-label 500", "#", "return", ""])


class Pe:
    def __init__(self, lab, n):
        self.lab, self.since = lab, 0
        lab.node("ce", "pe1", "far")
        for i in (0, 1):
            lab.link("ce", f"eth{i}", "pe1", f"ac{i}")
        lab.link("pe1", "core", "far", "core", mtu=CORE_MTU)
        lab.ip("far", "address", "add", "10.1.1.2/30", "dev", "core")
        self.engine = Engine(lab, "pe1", config(n), PORTS).start()

    def far(self, state):
        self.lab.ip("far", "link", "set", "core", state)

    def told(self, event, to):
        """Lines of the log since the last call of mark()."""
        return re.findall(rf"event={event} .* to={to} .*", self.engine.log_text()[self.since:])

    def mark(self):
        self.since = len(self.engine.log_text())

    def count(self, event, to):
        """How often it was told since mark(), one by one and summed up."""
        more = re.findall(rf"event=more of={event} .*{to}=(\d+)", self.engine.log_text()[self.since:])
        return len(self.told(event, to)) + sum(map(int, more))

    def wait(self, event, to, n=1):
        wait_until(lambda: f"{n} times {event} {to}, there are {self.count(event, to)}; the log ends:\n"
                   + self.engine.log_tail(), lambda: self.count(event, to) >= n, 20)

    def stores(self):
        return int(re.search(r"Path flags lowered\s*: (\d+)", self.engine.cli("display twinwire health"))[1])


@pytest.fixture
def pe(lab):
    made = []

    def make(n):
        made.append(Pe(lab, n))
        return made[0]
    yield make
    for p in made:
        if p.engine.process.poll() is None:
            p.engine.kill()


@pytest.mark.parametrize("n", [1, 4096])
def test_a_cut_is_one_store_whatever_the_circuits(pe, n):
    pe = pe(n)
    pe.wait("pw", "up", n)
    wait_until("the engine to be ready", lambda: "event=ready" in pe.engine.log_text())
    log = pe.engine.log_text()
    assert log.index("event=data-plane-settled") < log.index("event=ready")
    for _ in range(2):
        before = pe.stores()
        pe.mark()
        pe.far("down")
        pe.wait("pw", "down", n)  # core has settled it too
        assert pe.stores() == before + 1
        pe.mark()
        pe.far("up")
        pe.wait("pw", "up", n)
        assert pe.stores() == before + 1
