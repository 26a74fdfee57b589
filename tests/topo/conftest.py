# SPDX-License-Identifier: BSD-2-Clause
"""Namespace tests use the labs' own pieces."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
