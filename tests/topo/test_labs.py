# SPDX-License-Identifier: BSD-2-Clause
"""Each lab scenario runs once, as a user would start it."""
import json
import subprocess
import sys

import pytest

import topology


@pytest.mark.parametrize("scenario", ["frr-asymmetric", "frr-symmetric", "master", "independent", "bypass", "static", "ldp", "ldp-frr"])
def test_scenario(scenario, tmp_path):
    out = tmp_path / "result.json"
    done = subprocess.run([sys.executable, topology.ROOT / "lab/run.py", scenario, "--json", out], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    print(done.stdout)
    assert done.returncode == 0
    result = json.loads(out.read_text())
    assert result["scenario"] == scenario and result["ok"] is True and all(c["ok"] for c in result["checks"])
    assert all(event["sent"] > 0 for event in result["events"] if event["event"] == "steady")
    for event in result["events"]:
        assert set(event) == {"event", "dir", "sent", "lost", "dup", "reordered", "outage_ms"}
        assert event["sent"] >= event["lost"] >= 0      # a router without an uplink sends nothing


def test_nothing_is_left_behind():
    taken = topology.run("ip", "netns", "list").stdout
    lab = topology.Lab()
    lab.node("a", "b")
    lab.link("a", "x", "b", "y")
    assert f"tw{lab.id}-a" in topology.run("ip", "netns", "list").stdout
    lab.down()
    assert f"tw{lab.id}-" not in topology.run("ip", "netns", "list").stdout or f"tw{lab.id}-" in taken
    assert not lab.dir.exists()


def test_storm():
    """A short one; the long group has ten of a minute, with sanitizers."""
    done = subprocess.run([sys.executable, topology.ROOT / "lab/run.py", "storm", "--seconds", "15"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=400)
    print(done.stdout)
    assert done.returncode == 0
