# SPDX-License-Identifier: BSD-2-Clause
"""Linux 6.1 as Debian 12 ships it: no tcx, no jumbo frames by XDP redirect, VLAN devices, drivers that are not veth."""
import json
import os
import pathlib
import re
import subprocess

import pytest

from engine import Engine
from frames import CATALOGUE, TEST, UNI, Wire, body
from test_ports import PORTS, config
from topology import BUILD, CORE_MTU, SLOW, wait_until


def field(text, name):
    """The value of one line of `display interface`."""
    found = re.search(rf"^\s*{name}\s*: (.*)$", text, re.M | re.I)
    return found[1] if found else None


def test_this_is_the_kernel_meant():
    assert os.uname().release.startswith("6.1.")
    assert pathlib.Path("/proc/sys/kernel/perf_event_paranoid").read_text().strip() == "3"


# ---- what this kernel has not ---------------------------------------------------------------------------


def test_tcx_asked_for_is_clsact_and_says_why(pair):
    pair.start(2)
    pair.start(1, cfg=config(1, ac_extra=" port-mode tcx\n"))
    assert pair.crosses()
    text = pair.shown()
    assert field(text, "Forwarding mode") == "clsact", text
    assert "tcx needs kernel 6.6: clsact is used" in text
    assert "tcx needs kernel 6.6" in pair.engine["pe1"].cli("display mpls l2vpn diagnose")
    assert "tcx needs kernel 6.6" in pair.engine["pe1"].log_text()


def jumbo_crosses(pair, length):
    frame = UNI + UNI + TEST.to_bytes(2, "big") + body(length, 1)
    with Wire(pair.lab, "ce2", "eth0") as to, Wire(pair.lab, "ce1", "eth0", False) as by:
        by.send(frame)
        return frame in to.receive_all(0.3, enough=1)


def test_jumbo_by_native_xdp_is_refused_and_tc_carries_it(bare):
    """This kernel loses a frame in fragments that XDP redirects, even where XDP is forced."""
    lab = bare.lab
    for ce in (1, 2):
        lab.link(f"ce{ce}", "eth0", f"pe{ce}", "ac", mtu=9000)
    bare.core()
    extra = "interface GigabitEthernet0/2/0\n port-mode xdp\n#\n"
    for pe in (1, 2):
        bare.start(pe, cfg=config(pe, extra, ac_extra=" port-mode xdp\n mtu 9000\n"))
    assert bare.crosses()
    for interface in ("GigabitEthernet0/1/0", "GigabitEthernet0/2/0"):
        text = bare.shown(interface=interface)
        assert field(text, "Forwarding mode") == "clsact" and "6.3" in text, text
    assert jumbo_crosses(bare, 8900)
    lab.ip("pe1", "link", "set", "core", "mtu", 3500)
    wait_until("XDP once the MTU allows it",
               lambda: field(bare.shown(interface="GigabitEthernet0/2/0"), "Forwarding mode") == "xdp+clsact")
    lab.ip("pe1", "link", "set", "core", "mtu", CORE_MTU)
    wait_until("tc again", lambda: field(bare.shown(interface="GigabitEthernet0/2/0"), "Forwarding mode") == "clsact")
    assert bare.crosses() and jumbo_crosses(bare, 8900)


# ---- what this kernel has ---------------------------------------------------------------------------------


def test_an_address_on_a_sub_interface_makes_a_vlan_device(pair):
    """Beside a pseudowire on the same core port; what is tagged there is the kernel's."""
    lab = pair.lab
    extra = "interface GigabitEthernet0/2/0.10\n vlan-type dot1q 10\n ip address 10.9.9.1 255.255.255.0\n#\n"
    pair.start(2)
    pe1 = pair.start(1, cfg=config(1, extra))
    assert pair.crosses()
    link = json.loads(lab.ip("pe1", "-j", "-d", "link", "show", "core.10").stdout)[0]
    assert link["linkinfo"]["info_data"]["id"] == 10 and "UP" in link["flags"]
    assert "10.9.9.1/24" in pe1.cli("display interface GigabitEthernet0/2/0.10")
    lab.ip("pe2", "link", "add", "link", "core", "name", "far", "type", "vlan", "id", 10)
    lab.ip("pe2", "addr", "add", "10.9.9.2/24", "dev", "far")
    lab.ip("pe2", "link", "set", "far", "up")
    lab.exec("pe2", "ping", "-n", "-c", 3, "-i", 0.2, "-W", 2 * SLOW, "10.9.9.1")
    pe1.configure("interface GigabitEthernet0/2/0.10", "undo ip address", "quit")
    wait_until("the device to go", lambda: lab.ip("pe1", "link", "show", "core.10", check=False).returncode)
    pe1.configure("interface GigabitEthernet0/2/0.10", "ip address 10.9.9.1 255.255.255.0", "quit")
    lab.exec("pe2", "ping", "-n", "-c", 3, "-i", 0.2, "-W", 2 * SLOW, "10.9.9.1")
    pe1.kill()
    pe1.start()
    assert "core.10" in lab.ip("pe1", "link", "show", "core.10").stdout
    pe1.kill()
    assert "core.10" in pe1.flush()
    assert lab.ip("pe1", "link", "show", "core.10", check=False).returncode


def test_capture_as_nobody_while_perf_events_are_forbidden(pair):
    pair.start()
    assert pair.crosses()
    file = pair.lab.dir / "run/pe1/ac.pcapng"
    cli = subprocess.Popen([BUILD / "twinwire", "--run-dir", pair.engine["pe1"].run_dir, "-c",
                            f"capture-packet interface GigabitEthernet0/1/0 count 4 to {file}"], stdout=subprocess.DEVNULL)
    wait_until("the capture to begin", file.exists)
    wait_until("four frames to be captured", lambda: pair.crosses(0) and cli.poll() is not None)
    assert cli.returncode == 0 and file.stat().st_size > 4 * 60
    assert pathlib.Path(f"/proc/{pair.engine['pe1'].process.pid}").stat().st_uid == 65534


def test_an_engine_killed_finds_its_programs_and_rows(pair):
    """Adoption on clsact: one filter a port before, without an engine and after, and nothing written that did not change."""
    def programs():
        return re.sub(r" id \d+", "", pair.lab.exec("pe1", "bpftool", "net").stdout)

    pair.start()
    assert pair.crosses()
    pe1, before = pair.engine["pe1"], programs()
    assert before.count("clsact/ingress twinwire") == 2, before
    pe1.kill()
    assert pair.crosses(0) and programs() == before
    pe1.start()
    assert pair.crosses(0) and programs() == before
    assert re.findall(r"event=data-plane-settled writes=(\d+)", pe1.log_text())[-1] == "0", pe1.log_tail()


# ---- drivers that are not veth -------------------------------------------------------------------------------


@pytest.fixture
def nics(lab):
    """The machine's two NICs, two ends of one wire, in the namespace of a PE."""
    lab.node("pe1", ipv6=True)
    for dev in ("eth0", "eth1"):
        subprocess.run(["ip", "link", "set", dev, "netns", lab.ns("pe1")], check=True)
    yield lab
    for dev in ("eth0", "eth1"):
        lab.ip("pe1", "link", "set", dev, "netns", "1", check=False)


def features(lab, dev):
    lines = lab.exec("pe1", "ethtool", "-k", dev).stdout.splitlines()[1:]
    return {k.strip(): v.split()[0] for k, v in (line.split(":") for line in lines)}, "\n".join(lines)


REASON = {"e1000e": "this kernel does not say whether driver e1000e does native XDP",
          "virtio_net": "virtio_net: frames of guests on the same host come with checksums pending"}


@pytest.mark.parametrize("ac, core, driver", (("eth0", "eth1", "e1000e"), ("eth1", "eth0", "virtio_net")),
                         ids=("e1000e", "virtio"))
def test_a_nic_is_prepared_and_given_back(nics, ac, core, driver):
    before = {dev: features(nics, dev)[0] for dev in (ac, core)}
    assert before["eth0"]["rx-vlan-filter"] == "on", "nothing to prepare"
    pe1 = Engine(nics, "pe1", config(1), PORTS.replace("ac", ac).replace("core", core)).start()
    try:
        text = pe1.cli("display interface GigabitEthernet0/1/0")
        assert field(text, "Driver") == driver and field(text, "Forwarding mode") == "clsact", text
        assert REASON[driver] in text, text
        now, all_now = features(nics, ac)
        assert now["rx-vlan-filter"] == "on", "neither driver can turn it off; promiscuous mode lifts it"
        for what in ("large-receive-offload", "generic-receive-offload", "rx-gro-hw"):
            fixed = f"{what}: {now[what]} [fixed]" in all_now
            assert now[what] == "off" or fixed, f"{what}\n{all_now}\n{text}"
        assert "could not be made" not in text, f"{text}\n{all_now}"
        link = json.loads(nics.ip("pe1", "-j", "-d", "link", "show", ac).stdout)[0]
        assert link["promiscuity"] and "UP" in link["flags"], link
        assert re.search(r"promiscuous", text), text
    finally:
        pe1.kill()
        told = pe1.flush()
    for dev in (ac, core):
        assert features(nics, dev)[0] == before[dev], told
        link = json.loads(nics.ip("pe1", "-j", "-d", "link", "show", dev).stdout)[0]
        assert not link["promiscuity"] and "NOARP" not in link["flags"], link


@pytest.mark.parametrize("dev, told", (("eth0", "native XDP was refused"), ("eth1", "")), ids=("e1000e", "virtio"))
def test_xdp_forced_on_a_nic_works_or_says_why_not(nics, dev, told):
    other = "eth1" if dev == "eth0" else "eth0"
    pe1 = Engine(nics, "pe1", config(1, ac_extra=" port-mode xdp\n"), PORTS.replace("ac", dev).replace("core", other)).start()
    try:
        text = pe1.cli("display interface GigabitEthernet0/1/0")
        assert "clsact" in field(text, "Forwarding mode"), text
        if told:
            assert field(text, "Forwarding mode") == "clsact" and told in text, text
        else:
            assert field(text, "Forwarding mode") == "xdp+clsact" or "native XDP was refused" in text, text
    finally:
        pe1.kill()
        pe1.flush()


@pytest.fixture(params=(("eth0", "eth1"), ("eth1", "eth0")), ids=("e1000e", "virtio"))
def nic_pair(bare, request):
    """CE1 and PE1 joined by the machine's own wire instead of a veth; the AC is the first."""
    ac, ce = request.param
    for dev, node, name in ((ac, "pe1", "ac"), (ce, "ce1", "eth0")):
        subprocess.run(["ip", "link", "set", dev, "netns", bare.lab.ns(node)], check=True)
        bare.lab.ip(node, "link", "set", dev, "down")
        bare.lab.ip(node, "link", "set", dev, "name", name)
    bare.lab.ip("ce1", "link", "set", "eth0", "up", "promisc", "on")
    bare.core()
    bare.ac2()
    bare.start()
    yield bare
    for e in bare.engine.values():
        e.kill()
        e.flush()
    for dev, node, name in ((ac, "pe1", "ac"), (ce, "ce1", "eth0")):
        bare.lab.ip(node, "link", "set", name, "down")
        bare.lab.ip(node, "link", "set", name, "name", dev)
        bare.lab.ip(node, "link", "set", dev, "netns", "1")


def test_frames_of_every_kind_through_a_nic(nic_pair):
    """Tags of any VID too: the driver's filter is lifted, and what it strips is put back."""
    assert nic_pair.crosses()
    kinds = [k for k in CATALOGUE if not k.meta and 60 <= len(k.frame) <= 1514]  # what a wire of 1500 octets takes
    for a, b in (("ce1", "ce2"), ("ce2", "ce1")):
        with Wire(nic_pair.lab, b, "eth0") as to, Wire(nic_pair.lab, a, "eth0", False) as by:
            for k in kinds:
                by.send(k.frame)
            got = [f for f in to.receive_all(0.5, enough=len(kinds)) if f[6:10] == b"\x02\xce\0\0"]
        wrong = [f"{a} to {b}: {k}: {got.count(k.frame)} arrived" for k in kinds if got.count(k.frame) != 1]
        assert not wrong, "\n".join(wrong)
