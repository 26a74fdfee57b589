# SPDX-License-Identifier: BSD-2-Clause
"""Against other speakers of LDP, in namespaces: FRR's ldpd, a Python speaker, another twinwire."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
