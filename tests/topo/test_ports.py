# SPDX-License-Identifier: BSD-2-Clause
"""Ports that come and go, and engines started in places that lack something.

    ce1 eth0 --- ac pe1 core --- core pe2 ac --- eth0 ce2
"""
import ctypes
import json
import os
import re
import signal
import time

import pytest

from engine import CAPS, Engine
from frames import TEST, UNI, Wire, body
from topology import CORE_MTU, LIBC, SLOW, run, wait_until

PORTS = "GigabitEthernet0/1/0 ac\nGigabitEthernet0/2/0 core\n"


def config(pe, extra="", ac_extra=""):
    other = 3 - pe
    return f"""#
sysname PE{pe}
#
mpls lsr-id {pe}.{pe}.{pe}.{pe}
#
mpls
#
mpls l2vpn
#
interface GigabitEthernet0/1/0
{ac_extra} mpls static-l2vc destination {other}.{other}.{other}.{other} 100 transmit-vpn-label 100{other} receive-vpn-label 100{pe} control-word raw
#
interface GigabitEthernet0/2/0
 ip address 10.1.1.{pe} 255.255.255.252
 mpls
#
interface LoopBack0
 ip address {pe}.{pe}.{pe}.{pe} 255.255.255.255
#
static-lsp ingress out destination {other}.{other}.{other}.{other} 32 nexthop 10.1.1.{other} out-label 20{other}
static-lsp egress in in-label 20{pe}
#
ip route-static {other}.{other}.{other}.{other} 255.255.255.255 10.1.1.{other}
{extra}#
return
"""


class Pair:
    def __init__(self, lab, wires=("ac1", "core", "ac2")):
        self.lab, self.engine, self.serial = lab, {}, 0
        lab.node("ce1", "ce2")
        lab.node("pe1", "pe2", ipv6=True)
        for wire in wires:
            getattr(self, wire)()

    def ac1(self, dev="ac"):
        self.lab.link("ce1", "eth0", "pe1", dev)

    def ac2(self):
        self.lab.link("ce2", "eth0", "pe2", "ac")

    def core(self):
        self.lab.link("pe1", "core", "pe2", "core", mtu=CORE_MTU)

    def start(self, *pes, cfg=None, **how):
        for pe in pes or (1, 2):
            node = f"pe{pe}"
            self.engine[node] = Engine(self.lab, node, config(pe) if cfg is None else cfg, PORTS)
            self.engine[node].start(**how)
        return self.engine[node]

    def crosses(self, seconds=20):
        """A frame goes both ways, at once or within the time."""
        def once():
            self.serial += 1
            mark = self.serial.to_bytes(4, "big")
            for a, b in (("ce1", "ce2"), ("ce2", "ce1")):
                frame = UNI + UNI + TEST.to_bytes(2, "big") + mark + body(60, 1)
                with Wire(self.lab, b, "eth0") as to, Wire(self.lab, a, "eth0", False) as by:
                    by.send(frame)
                    if frame not in to.receive_all(0.1, enough=1):
                        return False
            return True
        if seconds:
            return wait_until(lambda: "a frame to cross\n" + "\n".join(
                e.cli("display mpls l2vpn diagnose", check=False) or e.log_tail() for e in self.engine.values()), once, seconds)
        return once()

    def shown(self, node="pe1", interface="GigabitEthernet0/1/0"):
        return self.engine[node].cli(f"display interface {interface}")


@pytest.fixture
def pair(lab):
    made = Pair(lab)
    yield made
    for e in made.engine.values():
        if e.process and e.process.poll() is None:
            e.kill()


@pytest.fixture
def bare(lab):
    """Only the namespaces: the test lays the wires."""
    made = Pair(lab, wires=())
    yield made
    for e in made.engine.values():
        if e.process and e.process.poll() is None:
            e.kill()


# ---- ports that come and go --------------------------------------------------------------------------


def test_an_absent_port_comes_to_life_when_it_appears(bare):
    bare.core()
    bare.ac2()
    bare.start()
    assert "absent" in bare.shown().lower()
    bare.ac1()
    assert bare.crosses()
    assert "absent" not in bare.shown().lower()


def test_an_absent_core_port_comes_to_life_when_it_appears(bare):
    bare.ac1()
    bare.ac2()
    bare.start()
    assert "absent" in bare.shown(interface="GigabitEthernet0/2/0").lower()
    bare.core()
    assert bare.crosses()


def test_a_port_removed_and_returned_is_followed(pair):
    pair.start()
    assert pair.crosses()
    pair.lab.ip("pe1", "link", "del", "ac")
    wait_until("absent in the display", lambda: "absent" in pair.shown().lower())
    pair.ac1()
    assert pair.crosses()


def test_a_core_port_removed_and_returned_is_followed(pair):
    pair.start()
    assert pair.crosses()
    pair.lab.ip("pe1", "link", "del", "core")
    wait_until("absent in the display", lambda: "absent" in pair.shown(interface="GigabitEthernet0/2/0").lower())
    assert not pair.crosses(0)
    pair.core()
    assert pair.crosses()


def test_a_renamed_port_is_followed(pair):
    pair.start()
    assert pair.crosses()
    for a, b in (("ac", "elsewhere"), ("elsewhere", "ac")):
        pair.lab.ip("pe1", "link", "set", a, "down")
        pair.lab.ip("pe1", "link", "set", a, "name", b)
        pair.lab.ip("pe1", "link", "set", b, "up")
        if b == "elsewhere":
            wait_until("absent in the display", lambda: "absent" in pair.shown().lower())
    assert pair.crosses()


def test_a_port_that_gets_the_name_is_taken(bare):
    bare.core()
    bare.ac2()
    bare.ac1(dev="elsewhere")
    bare.start()
    assert not bare.crosses(0)
    bare.lab.ip("pe1", "link", "set", "elsewhere", "down")
    bare.lab.ip("pe1", "link", "set", "elsewhere", "name", "ac")
    assert bare.crosses()


def test_a_start_warns_of_what_a_commit_would(pair):
    """Of a core port that is too small; the cure takes the warning away."""
    pair.start(1, cfg=config(1).replace(" mpls\n#\ninterface LoopBack0", " mtu 1500\n mpls\n#\ninterface LoopBack0"))
    engine = pair.engine["pe1"]
    wait_until("the warning in the log", lambda: "event=config-warning" in engine.log_text())
    assert 'text="the MTU of GigabitEthernet0/2/0 is 1500, 1526 is needed for GigabitEthernet0/1/0 primary' in engine.log_text()
    text = engine.cli("system-view", "interface GigabitEthernet0/2/0", "mtu 1520", "commit", "mtu 9216", "commit")
    assert text.count("Warning: the MTU of GigabitEthernet0/2/0 is 1520, 1526 is needed") == 1, text


def test_ends_with_equal_ifindexes_lose_the_carrier_too(bare):
    """Where ifindex equals iflink netlink is slow; the carrier is watched a second way."""
    bare.ac1()
    bare.ac2()
    bare.lab.link("pe1", "core", "pe2", "core", mtu=CORE_MTU, same_index=True)
    bare.start()
    assert bare.crosses()
    bare.lab.ip("pe2", "link", "set", "core", "down")
    wait_until("PE1 to see it", lambda: "down" in bare.engine["pe1"].cli("display mpls static-l2vc").lower())
    bare.lab.ip("pe2", "link", "set", "core", "up")
    assert bare.crosses()


def test_the_automatic_choice_never_takes_native_xdp_on_a_veth(pair):
    pair.start()
    assert pair.crosses()
    for node in ("pe1", "pe2"):
        for link in json.loads(pair.lab.ip(node, "-j", "-d", "link").stdout):
            assert "xdp" not in link, link
        for port in ("1", "2"):
            text = pair.shown(node, f"GigabitEthernet0/{port}/0").lower()
            assert re.search(r"\bmode\b.*(tcx|clsact)", text) and "veth" in text, text


def test_nothing_leaves_an_ac_before_its_pw_is_up(bare):
    """The port is made ready before it is set up; a port-mode AC is silent for 10 s, IPv6 of the host on or not."""
    bare.ac1()
    bare.lab.ip("pe1", "link", "set", "ac", "down")
    with Wire(bare.lab, "ce1", "eth0") as wire:
        bare.start(1)
        wait_until("the port to be up", lambda: "LOWER_UP" in bare.lab.ip("pe1", "link", "show", "ac").stdout)
        bare.lab.exec("pe1", "ping", "-c", 1, "-W", 1, "-I", "ac", "224.0.0.1", check=False)  # the host tries to speak
        time.sleep(10)
        frames = [f.hex() for f in wire.receive_all(0)]
    ping = [f for f in frames if f[24:28] == "0800"]
    assert [f for f in frames if f not in ping] == []


# ---- places that lack something -----------------------------------------------------------------------------


def test_no_bpffs_is_said_and_forwarding_works(bare):
    for wire in ("ac1", "core", "ac2"):
        getattr(bare, wire)()
    plain = bare.lab.dir / "no-bpffs"
    plain.mkdir()
    os.chown(plain, 65534, 65534)
    bare.start(2)
    bare.engine["pe1"] = Engine(bare.lab, "pe1", config(1), PORTS, bpf_dir=plain).start()
    assert bare.crosses()
    assert re.search(r"bpffs.*restart|restart.*bpffs|will lose", bare.engine["pe1"].log_text(), re.I), bare.engine["pe1"].log_tail()


def test_a_second_engine_on_the_run_directory_is_told_who_holds_it(pair):
    first = pair.start(1)
    done = run(*first.command(), check=False, timeout=20 * SLOW)
    assert done.returncode == 1
    assert str(first.process.pid) in done.stderr
    assert first.cli("display version")


@pytest.mark.parametrize("missing", CAPS)
def test_a_missing_capability_is_named(pair, missing):
    engine = Engine(pair.lab, "pe1", config(1), PORTS)
    done = run(*engine.command(caps=[c for c in CAPS if c != missing]), check=False, timeout=20 * SLOW)
    assert done.returncode == 1
    assert f"CAP_{missing.upper()}" in done.stderr.upper()


def test_a_damaged_startup_file_is_told_and_never_overwritten(pair):
    text = config(1, extra="ospf 1\n area 0\n\x01\x02 garbage \xff\nmpls lsr-id 300.1.1.1\n")
    raw = text.encode("latin-1")
    engine = Engine(pair.lab, "pe1", "", PORTS)
    engine.cfg.write_bytes(raw)
    pair.engine["pe1"] = engine.start()
    pair.start(2)
    assert pair.crosses(), "the rest of the file works"
    inert = engine.cli("display configuration inert")
    assert "ospf 1" in inert and "garbage" in inert and "300.1.1.1" in inert
    assert re.search(r"line=?\D*\d+", engine.log_text())
    engine.stop()
    engine.start()
    engine.kill()
    assert engine.cfg.read_bytes() == raw


def test_a_missing_startup_file_is_an_empty_configuration(pair):
    engine = Engine(pair.lab, "pe1", None, PORTS)
    pair.engine["pe1"] = engine.start()
    assert "l2vc" not in engine.cli("display current-configuration")


def test_what_cannot_be_committed_is_refused_with_line_and_reason(pair):
    pe1 = pair.start(1)
    for lines, word in ((["interface GigabitEthernet0/3/0", "mpls static-l2vc destination 2.2.2.2 7 transmit-vpn-label 50 "
                          "receive-vpn-label 1001 raw", "quit"], "1001"),
                        (["interface GigabitEthernet0/3/0", "mpls static-l2vc destination 2.2.2.2 7 transmit-vpn-label 50 "
                          "receive-vpn-label 1009 raw secondary", "quit"], "secondary"),
                        (["interface GigabitEthernet0/1/0", "mpls static-l2vc destination 2.2.2.3 7 transmit-vpn-label 50 "
                          "receive-vpn-label 1009 control-word tagged secondary", "quit"], "secondary")):
        before = pe1.cli("display current-configuration")
        code, text = pe1.cli("system-view", *lines, "commit", code=True)
        assert code == 1 and "Error" in text and word in text, text
        assert pe1.cli("display current-configuration") == before


# ---- uninstalling ---------------------------------------------------------------------------------------------------

VOLATILE = {"valid_life_time", "preferred_life_time", "used", "updated", "confirmed", "probes", "stats64", "refcnt", "lladdr"}


def calm(x):
    if isinstance(x, dict):
        return {k: calm(v) for k, v in x.items() if k not in VOLATILE}
    return [calm(v) for v in x] if isinstance(x, list) else x


def tcx_programs(lab, node, dev):
    """How many tcx programs are at the ingress of dev, or None where the kernel has none (bpf(BPF_PROG_QUERY))."""
    class Query(ctypes.Structure):
        _fields_ = [("target", ctypes.c_uint32), ("attach_type", ctypes.c_uint32), ("query_flags", ctypes.c_uint32),
                    ("attach_flags", ctypes.c_uint32), ("ids", ctypes.c_uint64), ("n", ctypes.c_uint32),
                    ("rest", ctypes.c_uint8 * 44)]
    q = Query(target=lab.ifindex(node, dev), attach_type=46)  # BPF_TCX_INGRESS
    number = {"x86_64": 321}.get(os.uname().machine, 280)
    with lab.inside(node):
        return None if LIBC.syscall(number, 16, ctypes.byref(q), ctypes.sizeof(q)) else q.n


def kernel_state(lab, node):
    """What an engine could have changed."""
    ns = lab.ns(node)
    out = {"addresses": calm(json.loads(lab.ip(node, "-4", "-j", "addr").stdout)),
           "links": calm(json.loads(lab.ip(node, "-j", "-d", "link").stdout)),
           "routes": calm(json.loads(lab.ip(node, "-4", "-j", "route", "show", "table", "all").stdout)),
           "neighbours": calm(json.loads(lab.ip(node, "-4", "-j", "neigh").stdout or "[]")),
           "programs": lab.exec(node, "bpftool", "net").stdout, "pins": sorted(map(str, lab.bpf.iterdir()))}
    for dev in ("ac", "core"):
        out[f"tcx of {dev}"] = tcx_programs(lab, node, dev)
        out[f"offloads of {dev}"] = lab.exec(node, "ethtool", "-k", dev).stdout
        out[f"qdiscs of {dev}"] = run("tc", "-n", ns, "qdisc", "show", "dev", dev).stdout
        out[f"filters of {dev}"] = run("tc", "-n", ns, "filter", "show", "dev", dev, "ingress", check=False).stdout
        out[f"sysctls of {dev}"] = lab.exec(node, "sysctl", "-a", "-r", rf"^net\.ipv[46]\.(conf|neigh)\.{dev}\.").stdout
    return out


@pytest.mark.parametrize("mode", ("auto", "clsact", "xdp"))
@pytest.mark.parametrize("sig", (signal.SIGTERM, signal.SIGKILL))
def test_flush_leaves_nothing_behind(pair, mode, sig):
    wait_until("the kernel to have noticed its own links", lambda: all(
        link["operstate"] == "UP" for link in json.loads(pair.lab.ip("pe1", "-j", "link").stdout) if link["ifname"] != "lo"))
    before = kernel_state(pair.lab, "pe1")
    text = config(1, ac_extra=f" port-mode {mode}\n mtu 1400\n" if mode != "auto" else " mtu 1400\n")
    pe1 = pair.start(1, cfg=text)
    now = kernel_state(pair.lab, "pe1")
    for what in ("addresses", "links", "routes", "neighbours", "pins", "sysctls of ac"):
        assert now[what] != before[what], f"{what}: nothing to undo"
    assert any(now[what] != before[what] for what in ("programs", "tcx of ac", "filters of ac"))
    pe1.kill(sig)
    told = pe1.flush()
    after = kernel_state(pair.lab, "pe1")
    for what in before:
        assert after[what] == before[what], f"{what}\nwere {before[what]}\nare  {after[what]}\n{told}"
    assert len(told.splitlines()) > 3
    assert pe1.flush() is not None, "a second --flush finds nothing and says so"
