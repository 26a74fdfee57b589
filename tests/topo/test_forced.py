# SPDX-License-Identifier: BSD-2-Clause
"""`trigger if-down`: the customer's port has no carrier while no pseudowire is up, and never longer.

The far end takes its pseudowire away and gives it back; meanwhile the engine is killed, the operator shuts the port down,
the device is made anew, everything of the instance is flushed. The customer's end of the wire is what counts.
"""
import json
import pathlib
import sys

import pytest

from topology import wait_until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from pe import Pe, config, network  # noqa: E402

AC = "GigabitEthernet0/1/0"
FAST = ["mpls ldp timer hello-send 1"]


class Scene:
    def __init__(self, lab):
        self.lab = lab
        network(lab)
        lab.node("ce2")
        lab.link("ce2", "eth0", "far", "a0")
        self.pe = Pe(lab, "pe", config(1, 2, remote=FAST, core=FAST,
                                       circuits={AC: ["mpls l2vc 10.0.0.2 100", "mpls l2vpn trigger if-down"]}))
        self.far = Pe(lab, "far", config(2, 1, remote=FAST, core=FAST, circuits={AC: ["mpls l2vc 10.0.0.1 100"]}))
        for engine in (self.pe, self.far):
            engine.start()
        self.pe.wait_pw(AC)
        assert self.carrier()

    def carrier(self):
        """What the customer sees."""
        return "LOWER_UP" in json.loads(self.lab.ip("ce", "-j", "link", "show", "eth0").stdout)[0]["flags"]

    def wait_carrier(self, want, seconds=30):
        wait_until(lambda: f"the customer to see carrier {want}:\n{self.pe.why(AC)}\n{self.pe.log_tail()}",
                   lambda: self.carrier() == want, seconds)

    def lose(self):
        self.far.configure(f"interface {AC}", "undo mpls l2vc")
        self.wait_carrier(False)

    def give_back(self):
        self.far.configure(f"interface {AC}", "mpls l2vc 10.0.0.1 100")

    def end(self):
        for engine in (self.pe, self.far):
            if engine.runs():
                engine.stop()


@pytest.fixture
def scene(lab):
    made = Scene(lab)
    yield made
    made.end()


def test_down_with_the_pseudowire_and_up_with_it(scene):
    for _ in range(2):
        scene.lose()
        assert "event=if-down" in scene.pe.log_text()
        scene.give_back()
        scene.wait_carrier(True)
        scene.pe.wait_pw(AC)
    scene.lose()
    scene.pe.configure(f"interface {AC}", "undo mpls l2vpn trigger if-down")
    scene.wait_carrier(True)


def test_shutdown_of_the_operator_is_kept_apart(scene):
    scene.lose()
    scene.pe.configure(f"interface {AC}", "shutdown")
    scene.give_back()
    wait_until("the Mapping of the far end", lambda: scene.pe.pw(AC).get("remote VC label", "0") != "0")
    assert not scene.carrier(), "the operator shut it down"
    scene.pe.configure(f"interface {AC}", "undo shutdown")
    scene.wait_carrier(True)


def test_held_down_over_a_killed_engine(scene):
    scene.lose()
    scene.pe.kill()
    scene.pe.start()
    scene.pe.wait_session("10.0.0.2")
    assert not scene.carrier()
    assert "event=if-down" not in scene.pe.log_text().split("event=ready")[-1], "it was adopted, not forced anew"
    scene.give_back()
    scene.wait_carrier(True)
    scene.lose()
    scene.pe.kill()                         # and with another word for it meanwhile
    scene.give_back()
    scene.pe.start()
    scene.wait_carrier(True)


def test_a_device_made_anew_is_held_down_again(scene):
    scene.lose()
    scene.lab.ip("pe", "link", "del", "a0")
    wait_until("the port to be absent", lambda: "absent" in scene.pe.cli(f"display interface {AC}").lower())
    scene.lab.link("ce", "eth0", "pe", "a0")
    scene.wait_carrier(False)
    scene.give_back()
    scene.wait_carrier(True)
    scene.pe.wait_pw(AC)


def test_flush_gives_it_back(scene):
    scene.lose()
    scene.pe.stop()
    assert not scene.carrier()
    told = scene.pe.flush()
    assert "a0 set up again, which protection held down" in told, told
    assert scene.carrier()
