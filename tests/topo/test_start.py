# SPDX-License-Identifier: BSD-2-Clause
"""What an engine says when it starts and ends where something is not as it should be."""
import os

import pytest

import topology
from engine import Engine


@pytest.fixture
def lab():
    lab = topology.Lab()
    try:
        lab.node("pe1")
        yield lab
    finally:
        lab.down()


@pytest.mark.parametrize("pinned", [True, False])
def test_what_stays_is_told_at_the_end(lab, pinned):
    plain = lab.dir / "plain"
    plain.mkdir()
    engine = Engine(lab, "pe1", "sysname PE1\nreturn\n", "", bpf_dir=None if pinned else plain).start()
    assert engine.stop() == 0
    want = "forwarding stays in place" if pinned else "nothing is pinned: forwarding ends with this engine"
    assert f'event=stopping signal=15 text="{want}"' in engine.log_text()


def test_a_run_directory_of_another_user(lab):
    engine = Engine(lab, "pe1", "sysname PE1\nreturn\n", "")
    pid = engine.run_dir / "pid"
    pid.write_text("")
    os.chmod(pid, 0o600)
    engine.start(wait=False)
    assert engine.process.wait(20) == 1
    assert "Permission denied" in engine.log_text() and "run this as that user or as root" in engine.log_text()
