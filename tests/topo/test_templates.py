# SPDX-License-Identifier: BSD-2-Clause
"""A pseudowire that takes from a pw-template what its line leaves open; new values wait for a reset, over restarts."""
import re

import pytest

from test_ports import PORTS, Pair, config
from engine import Engine
from topology import wait_until

AC = "GigabitEthernet0/1/0"


@pytest.fixture
def pair(lab):
    made = Pair(lab)
    yield made
    for e in made.engine.values():
        if e.process and e.process.poll() is None:
            e.kill()


def templated():
    """PE1 of config(), its PW by a template that names the peer."""
    text, n = re.subn(r"mpls static-l2vc destination \S+ 100 (.*) control-word raw",
                      r"mpls static-l2vc pw-template gold 100 \1 raw", config(1))
    assert n == 1
    return text.replace(f"interface {AC}", f"pw-template gold\n peer-address 2.2.2.2\n control-word\n#\ninterface {AC}")


def word(pe1):
    """The control word in force and what the display says of the template."""
    text = pe1.cli(f"display mpls static-l2vc interface {AC}")
    return re.search(r"Control Word\s*:\s*(\S+)", text)[1].lower()


def test_new_values_wait_for_a_reset(pair):
    pair.start(2)
    pe1 = pair.engine["pe1"] = Engine(pair.lab, "pe1", templated(), PORTS).start()
    assert pair.crosses()
    assert word(pe1) == "enable"

    pe1.configure("pw-template gold", "undo control-word")
    assert word(pe1) == "enable"
    assert "reset pw pw-template gold" in pe1.cli("display pw-template gold")
    assert pair.crosses(0)

    pe1.kill()
    pe1.start()
    assert word(pe1) == "enable", "the values in force did not survive the restart"
    assert pair.crosses()

    pe1.cli("reset pw pw-template gold")
    wait_until("the new values to be in force", lambda: word(pe1) == "disable")
    assert not pair.crosses(0), "PE2 still has a control word"
    assert "reset pw" not in pe1.cli("display pw-template gold")

    pe1.configure("pw-template gold", "control-word", "quit")
    pe1.cli("reset pw pw-template gold")
    assert pair.crosses()
