# SPDX-License-Identifier: BSD-2-Clause
"""Engines that do not return: only the kernel is left to take down what is signalled."""
import time

from pe import Pe, config, network
from test_two import AC, FAST, GR, both_up, l2vc
from topology import wait_until

HOLD = 6


def answers(lab, address):
    return " 0% packet loss" in lab.exec("ce", "ping", "-c", "2", "-i", "0.2", "-W", "1", address, check=False).stdout


def test_what_is_signalled_falls_without_engines(lab):
    network(lab, ces=2)
    ldp = [*GR, f"graceful-restart timer reconnect {HOLD}"]
    pes = [Pe(lab, node, config(me, peer, ldp=ldp, remote=FAST, core=FAST,
                                circuits=l2vc(peer)))
           for node, me, peer in (("pe", 1, 2), ("far", 2, 1))]
    for i, ce in enumerate(("ce", "ce2"), 1):
        lab.ip(ce, "address", "add", f"192.0.2.{i}/24", "dev", "eth0")
    for pe in pes:
        pe.start()
    both_up(*pes)
    wait_until("frames to cross", lambda: answers(lab, "192.0.2.2"), 20)
    killed = time.monotonic()
    for pe in pes:
        pe.kill()
    assert answers(lab, "192.0.2.2") or time.monotonic() - killed > HOLD - 1      # held as promised
    wait_until("what is signalled to fall in the kernel", lambda: not answers(lab, "192.0.2.2"), 4 * HOLD)
    assert time.monotonic() - killed > HOLD - 2
    for pe in pes:
        pe.start()
    both_up(*pes)
    wait_until("frames to cross again", lambda: answers(lab, "192.0.2.2"), 20)
    for pe in pes:
        pe.stop()
