# SPDX-License-Identifier: BSD-2-Clause
"""Namespace tests use the labs' own pieces."""
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
        pytest.exit("namespace tests need root: sudo ./run test topo", returncode=2)


@pytest.fixture
def lab():
    made = topology.Lab()
    yield made
    made.down()
