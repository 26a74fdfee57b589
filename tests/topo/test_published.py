# SPDX-License-Identifier: BSD-2-Clause
"""The published test of the asymmetric network with the default policy: displays before, during and after, by field."""
import frr_asymmetric
import published
from checks import Checks


def test_the_published_sequence(lab):
    checks = Checks()
    scenario = frr_asymmetric.Scenario(lab, checks)
    scenario.only, scenario.delay, scenario.resume = ("story",), 30, 10
    scenario.build()
    scenario.play()
    assert [c for c in checks.list if not c["ok"]] == []
    assert sum("the published test shows" in c["name"] for c in checks.list) == len(published.PWS)


def test_a_field_that_differs_is_told():
    pws = {role: {} for role in ("primary", "secondary")}
    for role, fixed, wants in zip(pws, (published.PRIMARY, published.SECONDARY), published.PWS["before"]):
        for want in (published.ALWAYS, fixed, *wants):
            pws[role] |= {label: value for label, value in want.items() if value}
    foot = published.FOOT["before"] | {"reroute policy": "x"}
    verbose = {"Interface state": "Up", "Protect mode": "FRR", "Reroute policy": "x"}
    args = ["before", pws, foot, published.VPWS["before"], verbose, "x"]
    assert published.wrong(*args) == []
    pws["secondary"]["active state"] = "active"
    assert published.wrong(*args) == ["secondary: active state: active, not inactive"]
    del pws["secondary"]["active state"]
    assert published.wrong(*args) == ["secondary: active state: absent, not inactive"]
