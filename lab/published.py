# SPDX-License-Identifier: BSD-2-Clause
"""What the displays of PE1 must say before, during and after the published test: field by field, in each state.

A value that is None is not asked for; a tuple lists what is allowed.
"""
ALWAYS = {"Administrator PW": "no", "AC status": "up", "VC type": "Ethernet", "local VC MTU": "1500", "manual fault": "not set",
          "local AC OAM State": "up", "local control word": "enable", "PW redundancy mode": "frr", "Access-port": "false",
          "load balance type": "flow", "TTL Value": "1"}
WORKS = {"session state": "up", "VC state": "up", "local PSN OAM State": "up", "local forwarding state": "forwarding",
         "local status code": "0x0 (forwarding)", "remote AC OAM state": "up", "remote PSN OAM state": "up",
         "remote forwarding state": "forwarding", "remote status code": "0x0 (forwarding)", "ignore standby state": "no",
         "forwarding entry": "exist", "link state": "up", "remote VC MTU": "1500", "remote control word": "enable",
         "VC tunnel info": "1 tunnels"}
LOST = {"session state": "down", "VC state": "down", "active state": "inactive", "local forwarding state": "not forwarding",
        "local status code": "0x1 (not-forwarding)", "remote VC label": "0", "remote status code": None,
        "ignore standby state": None, "forwarding entry": "not exist", "link state": "down", "remote VC MTU": "0",
        "remote VCCV": "none", "remote control word": "none", "VC tunnel info": "0 tunnels",
        "Forward state": "send inactive, receive inactive"}
PRIMARY = {"VC ID": "100", "destination": "3.3.3.3", "PW template name": "1to3", "primary or secondary": "primary"}
SECONDARY = {"VC ID": "200", "destination": "2.2.2.2", "PW template name": "1to2", "primary or secondary": "secondary"}
SENDS, WAITS = {"active state": "active"}, {"active state": "inactive"}
WHY = ("Tunnel was Down", "LDP session was Down")   # what PE1 hears of first
NONE = "--"

PWS = {  # state: fields of the primary, of the secondary
    "before": ((WORKS, SENDS), (WORKS, WAITS)),
    "during": ((LOST,), (WORKS, SENDS)),
    "waiting": ((WORKS, WAITS), (WORKS, SENDS)),
    "after": ((WORKS, SENDS), (WORKS, WAITS)),
}
FOOT = {  # fields of the footer
    "before": {"delay timer ID": NONE, "resume timer ID": NONE, "holdoff timer ID": NONE},
    "during": {"reason of last reroute": WHY, "delay timer ID": NONE, "resume timer ID": NONE},
    "waiting": {"reason of last reroute": WHY},
    "after": {"reason of last reroute": "Delay timed out", "delay timer ID": NONE},
}
VPWS = {  # rows of `display mpls l2vpn vpws`: (role, up, active)
    "before": [("primary", True, True), ("secondary", True, False)],
    "during": [("primary", False, False), ("secondary", True, True)],
    "waiting": [("primary", True, False), ("secondary", True, True)],
    "after": [("primary", True, True), ("secondary", True, False)],
}
SWITCH = {"during": ("primary to secondary", WHY), "waiting": ("primary to secondary", WHY),
          "after": ("secondary to primary", "Delay timed out")}


def wrong(state, pws, foot, rows, verbose, policy):
    """What does not say what it should; pws: {role: fields}, foot, verbose: fields, rows: as of VPWS."""
    found = []
    for role, fixed, wants in zip(("primary", "secondary"), (PRIMARY, SECONDARY), PWS[state]):
        for want in (ALWAYS, fixed, *wants):
            found += compare(role, want, pws.get(role, {}))
    found += compare("footer", FOOT[state] | {"reroute policy": policy}, foot)
    if rows != VPWS[state]:
        found.append(f"vpws: {rows}, not {VPWS[state]}")
    want = {"Interface state": "Up", "Protect mode": "FRR", "Reroute policy": policy}
    if state in SWITCH:
        want |= dict(zip(("Last change action", "Last change reason"), SWITCH[state]))
    return found + compare("verbose", want, verbose)


def compare(where, want, got):
    return [f"{where}: {label}: {got.get(label, 'absent')}, not {value or 'absent'}" for label, value in want.items()
            if got.get(label) not in (value if isinstance(value, tuple) else (value,))]
