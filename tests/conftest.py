# SPDX-License-Identifier: BSD-2-Clause
"""What all tests in namespaces share: the pieces of the labs, and a lab that is taken down in the end."""
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "lab"))

import topology  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def root():
    if os.geteuid():
        pytest.exit("tests in namespaces need root: sudo ./run test topo interop", returncode=2)


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
