# SPDX-License-Identifier: BSD-2-Clause
"""bench forward: what a frame costs.

costs   programs by test run, beside a bare redirect                         (tw-bench-forward cost)
chains  CE1 - PE1 - PE2 - CE2 over veth, live frames, all on one CPU          (tw-bench-forward chain)
tcp     iperf3 through the same chains: tc with offloads, native XDP without
"""
import contextlib
import json
import pathlib
import subprocess

import nets
import tcp
import topology
from measure import Bar, Void, interleave, over, plain, rate, settle

TOOL = pathlib.Path(__file__).resolve().parent.parent / "build" / "bench" / "tw-bench-forward"

PORTS_64K, VIDS_64K = 16, 4094

BARS = {
    "encap_cw_over_redirect_ns": Bar("at most", 25, "value"),
    "decap_cw_over_redirect_ns": Bar("at most", 25, "value"),
    "swap_over_redirect_ns": Bar("at most", 25, "value"),
    "encap_64k_ns": Bar("at most", 90, "value"),
    "decap_64k_ns": Bar("at most", 45, "value"),
    "chain_vs_redirect": Bar("at least", 0.70),
    "chain_vs_vxlan": Bar("at least", 6),
    "chain_vs_vxlan_tcx": Bar("at least", 2),
    "tcp_tc_vs_xdp": Bar("at least", 0.8),
    "tcp_bad_checksums": Bar("at most", 0, "value"),
}


class Costs:
    """Test runs of whole programs, a bare redirect just before each. Nothing is subtracted unseen.

    Where that redirect took an eighth longer than the quickest one did, something else had the machine;
    such rounds are set aside, and how many is told.
    """

    OVER = (("encap_cw_over_redirect_ns", "encap"), ("decap_cw_over_redirect_ns", "decap"),
            ("decap_pop_cw_over_redirect_ns", "decap_pop"), ("swap_over_redirect_ns", "swap"))
    MANY = ("encap_64k", "decap_64k", "encap_64k_vlan", "decap_64k_gate", "decap_64k_gate_ports")
    DISTURBED, ENOUGH = 1.12, 5

    def __init__(self, repeat):
        self.repeat = repeat
        self.series = {}

    def measure(self, rounds):
        p = subprocess.run([TOOL, "cost", str(rounds), str(self.repeat)], capture_output=True, text=True)
        if p.returncode:
            raise Void(p.stderr.strip())
        for name, pairs in json.loads(p.stdout).items():
            self.series.setdefault(name, []).extend(pairs)

    def quiet(self, name):
        """The rounds that count, as (ours, bare)."""
        limit = self.DISTURBED * min(bare for pairs in self.series.values() for _, bare in pairs)
        calm = [p for p in self.series[name] if p[1] <= limit]
        return zip(*(calm if len(calm) >= self.ENOUGH else sorted(self.series[name], key=lambda p: p[1])[:self.ENOUGH]))

    def results(self):
        return ([over(name, "ns", "bare redirect", *self.quiet(of)) for name, of in self.OVER]
                + [plain(f"{name}_ns", "ns", "bare redirect", *self.quiet(name)) for name in self.MANY])

    def set_aside(self):
        every = sum(map(len, self.series.values()))
        return every - sum(len(list(zip(*self.quiet(name)))) for name in self.series), every


class Generator:
    """A running `tw-bench-forward chain`: asked for a length, answers Mpps that arrived whole."""

    def __init__(self, chain, sink, *options):
        argv = [TOOL, "chain", *options, "--sink", sink, chain.ns("ce1"), chain.ns("ce2"), *(f"{p}:{p}" for p in chain.pe)]
        self.name = chain.name
        self.p = subprocess.Popen([str(a) for a in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
        self.mpps = {}
        self.answer()

    def close(self):
        self.p.stdin.close()
        self.p.wait()

    def answer(self):
        line = self.p.stdout.readline()
        if not line:
            raise Void(f"chain {self.name}: {self.p.stderr.read().strip()}")
        return json.loads(line)

    def run(self, length, frames):
        print(f"run {length} {frames}", file=self.p.stdin, flush=True)
        a = self.answer()
        return a["good"] / a["ns"] * 1e3 if a["good"] >= 0.9 * frames else None

    def must_run(self, length, frames):
        mpps = self.run(length, frames)
        if mpps is None:
            raise Void(f"chain {self.name}: of {frames} frames of {length} octets less than nine tenths arrived whole")
        return mpps

    def wait_open(self, length):
        topology.wait_until(f"frames to cross chain {self.name}", lambda: self.run(length, 10_000), 30)

    def rate(self, length, seconds):
        """As many frames as take @seconds: a call has fixed costs, which then weigh on all chains alike."""
        if length not in self.mpps:
            self.mpps[length] = self.must_run(length, 400_000)
        self.mpps[length] = self.must_run(length, int(self.mpps[length] * 1e6 * seconds))
        return self.mpps[length]


class Chains:
    PAIRS = (("chain_vs_redirect", "xdp", "redirect", "bare redirect chain"),
             ("chain_vs_vxlan", "xdp", "vxlan", "VXLAN and bridge"),
             ("chain_vs_vxlan_tcx", "tcx", "vxlan", "VXLAN and bridge"),
             ("chain_vs_vxlan_clsact", "clsact", "vxlan", "VXLAN and bridge"))

    def __init__(self, generators, length, suffix, seconds):
        self.contenders = {name: (lambda g=g: g.rate(length, seconds)) for name, g in generators.items()}
        self.suffix = suffix
        self.series = {}

    def measure(self, rounds):
        interleave(self.series, self.contenders, rounds)

    def results(self):
        return [rate(name + self.suffix, "Mpps", what, self.series[ours], self.series[theirs])
                for name, ours, theirs, what in self.PAIRS if ours in self.series and theirs in self.series]


def chains(quick, stack, sets):
    generators = {}
    for name, chain in sets.items():
        native = name in ("redirect", "xdp")
        if not native:
            chain.ethtool("pe1", "ac", "gro on")  # NAPI, without which an XDP frame cannot be handed over
        g = Generator(chain, "xdp" if native else "tc", *(chain.redirects() if name == "redirect" else ()))
        stack.callback(g.close)
        generators[name] = g
    seconds, rounds = (0.3, 5) if quick else (0.4, 17)  # short: what disturbs comes and goes within seconds
    results = []
    for length, suffix in ((60, ""), (1514, "_1500")):
        print(f"chains, frames of {length + 4} octets, {rounds} rounds of {len(generators)} x {seconds} s", flush=True)
        results += settle(Chains(generators, length, suffix, seconds), BARS, rounds)
    return results


def chains_64k():
    """65,504 services: the sub-interfaces of 16 ports, each frame of another one."""
    print(f"chains with {PORTS_64K * VIDS_64K} services", flush=True)
    with contextlib.ExitStack() as stack:
        lab = topology.Lab()
        stack.callback(lab.down)
        sets = {name: nets.Chain(lab, name, PORTS_64K) for name in ("redirect", "xdp")}
        sets["xdp"].engines("xdp", VIDS_64K)
        generators = {}
        for name, chain in sets.items():
            hops = chain.redirects() if name == "redirect" else ()
            generators[name] = stack.enter_context(
                contextlib.closing(Generator(chain, "xdp", "--vids", str(VIDS_64K), *hops)))
            generators[name].wait_open(64)
        return settle(Chains(generators, 64, "_64k", 0.4), BARS, 9)


def costs(quick):
    print("costs by test run", flush=True)
    group = Costs(200_000 if quick else 500_000)
    results = settle(group, BARS, 9 if quick else 21)
    aside, every = group.set_aside()
    if aside:
        print(f"  {aside} of {every} test runs were disturbed and set aside", flush=True)
    return results


def tcp_pair(quick, sets):
    print("TCP through tc and through native XDP", flush=True)
    with contextlib.closing(tcp.Tcp(sets["tcx"], sets["xdp"], 2 if quick else 3)) as group:
        return settle(group, BARS, 2 if quick else 5)


def build(lab):
    sets = {name: nets.Chain(lab, name) for name in ("redirect", "xdp", "tcx", "clsact", "vxlan")}
    sets["vxlan"].vxlan()
    for mode in ("xdp", "tcx", "clsact"):
        sets[mode].engines(mode)
    for ce in nets.MAC:
        sets["xdp"].ethtool(ce, "pe", "tx off txvlan off gro on")  # gro: NAPI, without which XDP frames do not arrive
    for pe in nets.CORE:
        sets["tcx"].ethtool(pe, "core", "tso off gso off tx off sg off")
    for mode in ("xdp", "tcx", "clsact"):
        chain = sets[mode]
        topology.wait_until(f"a ping through chain {mode}", lambda: "1 received" in chain.exec(
            "ce1", "ping", "-c1", "-W1", nets.ADDRESS["ce2"], check=False), 20)
    return sets


def run(quick):
    results = costs(quick)
    with contextlib.ExitStack() as stack:
        lab = topology.Lab()
        stack.callback(lab.down)
        sets = build(lab)
        results += tcp_pair(quick, sets)
        results += chains(quick, stack, sets)
    return results if quick else results + chains_64k()
