# SPDX-License-Identifier: BSD-2-Clause
"""Against other speakers of LDP, in namespaces: FRR's ldpd, a Python speaker, another twinwire."""
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "lab"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import topology  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def root():
    if os.geteuid():
        pytest.exit("interop tests need root: sudo ./run test interop", returncode=2)


@pytest.fixture
def lab():
    made = topology.Lab()
    yield made
    made.down()


@pytest.fixture(scope="module")
def module_lab():
    made = topology.Lab()
    yield made
    made.down()
