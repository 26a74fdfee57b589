# SPDX-License-Identifier: BSD-2-Clause
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "lab"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
