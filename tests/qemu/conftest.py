# SPDX-License-Identifier: BSD-2-Clause
"""What only Debian's own kernel shows. The pieces are those of tests/topo."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "topo"))

from test_ports import bare, pair  # noqa: E402, F401


@pytest.fixture(scope="session", autouse=True)
def machine():
    if not os.environ.get("TW_QEMU"):
        pytest.exit("these tests run inside the emulated machine: sudo ./run test qemu", returncode=2)
