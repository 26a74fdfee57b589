# SPDX-License-Identifier: BSD-2-Clause
"""iperf3 through chains, CE1 to CE2, and the checksums that did not hold on the way."""
import contextlib
import json
import subprocess

import nets
import topology
from measure import Result, Void, interleave, plain, rate

PORT = 5201


def checksum_errors(chain):
    """InCsumErrors of Tcp and Udp at both CEs, and InErrs of Tcp."""
    total = 0
    for ce in ("ce1", "ce2"):
        lines = chain.exec(ce, "cat", "/proc/net/snmp").splitlines()
        for names, values in zip(lines[::2], lines[1::2]):
            total += sum(int(v) for n, v in zip(names.split(), values.split()) if n == "InCsumErrors")
    return total


class Stream:
    """An iperf3 server at CE2 of a chain; each call of gbps() is one client run at CE1."""

    def __init__(self, chain, seconds):
        self.chain, self.seconds = chain, seconds
        self.retransmits = []
        self.server = subprocess.Popen(["nsenter", f"--net=/run/netns/{chain.ns('ce2')}", "iperf3", "-s", "-p", str(PORT)],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        topology.wait_until(f"iperf3 of chain {chain.name} to listen",
                            lambda: f":{PORT}" in chain.exec("ce2", "ss", "-Hltn"), 10)

    def close(self):
        self.server.terminate()
        self.server.wait()

    def gbps(self):
        try:
            out = json.loads(self.chain.exec("ce1", "timeout", "30", "iperf3", "-c", nets.ADDRESS["ce2"], "-p", str(PORT),
                                             "-t", str(self.seconds), "-J", "--connect-timeout", "5000", check=False))
        except ValueError:
            out = {"error": "no answer"}
        if "error" in out:
            raise Void(f"TCP through chain {self.chain.name}: {out['error']}")
        self.retransmits.append(out["end"]["sum_sent"]["retransmits"])
        return out["end"]["sum_received"]["bits_per_second"] / 1e9


class Tcp:
    """tc against native XDP; which offloads are off is forward.py's."""

    def __init__(self, tc, xdp, seconds):
        self.chains = (tc, xdp)
        self.stack = contextlib.ExitStack()
        self.tc, self.xdp = (self.stack.enter_context(contextlib.closing(Stream(c, seconds))) for c in self.chains)
        self.bad, self.before = [], sum(map(checksum_errors, self.chains))
        self.series = {}

    def close(self):
        self.stack.close()

    def measure(self, rounds):
        interleave(self.series, {"tc": self.tc.gbps, "xdp": self.xdp.gbps}, rounds)
        self.bad = [sum(map(checksum_errors, self.chains)) - self.before]

    def results(self):
        return [rate("tcp_tc_vs_xdp", "Gbit/s", "native XDP, CE offloads off", self.series["tc"], self.series["xdp"]),
                Result("tcp_bad_checksums", self.bad[-1], "segments", "both chains", 0, self.bad),
                plain("tcp_retransmits", "segments", "native XDP", self.tc.retransmits, self.xdp.retransmits)]
