# SPDX-License-Identifier: BSD-2-Clause
"""The Containerfile's root file system is built, and its engine runs as a container would run it: in a namespace and a
root of its own, with the five capabilities and no others; the two PEs of the containerlab example carry a ping."""
import pathlib
import re
import subprocess

import pytest

import rootfs
import topology
from engine import CAPS
from topology import ROOT, run, wait_until

CACHE = pathlib.Path("/var/lib/twinwire-container")
EXAMPLE = ROOT / "lab/containerlab"


@pytest.fixture(scope="module")
def image():
    CACHE.mkdir(parents=True, exist_ok=True)
    return rootfs.Build(ROOT, CACHE).build()


class Container:
    """An entry point in a mount namespace whose root is the image's; /run/twinwire and the configuration are its own."""

    def __init__(self, lab, node, image):
        self.lab, self.node = lab, node
        self.root, self.entry = image
        self.run_dir = lab.dir / "run" / node
        (self.run_dir / "bpf").mkdir(parents=True)
        self.log = lab.dir / f"{node}.log"
        (self.root / "etc/twinwire").mkdir(exist_ok=True)
        (self.root / "run/twinwire").mkdir(exist_ok=True)

    def start(self):
        caps = ",".join(f"+{c}" for c in CAPS)
        inside = ["setpriv", f"--bounding-set=-all,{caps}", f"--inh-caps=-all,{caps}", "--no-new-privs", *self.entry]
        mounts = [f"mount --bind {self.run_dir} {self.root}/run/twinwire",
                  f"mount --bind {self.lab.bpf} {self.root}/run/twinwire/bpf",
                  f"mount -t tmpfs none {self.root}/etc/twinwire",
                  f"cp {EXAMPLE / self.node}.cfg {self.root}/etc/twinwire/twinwire.cfg",
                  f"mount -t proc proc {self.root}/proc", "export TWINWIRE_WAIT_FOR='eth1 eth2'",
                  f'exec chroot {self.root} "$@"']
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                ["nsenter", f"--net=/run/netns/{self.lab.ns(self.node)}", "unshare", "--mount", "--pid", "--fork",
                 "--kill-child", "sh", "-ec", "; ".join(mounts), "sh", *inside],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        (self.lab.dir / f"{self.node}.pid").write_text(str(self.process.pid))

    def stop(self):
        self.process.kill()
        self.process.wait(20)

    def cli(self, *commands):
        words = [w for c in commands for w in ("-c", c)]
        done = subprocess.run(["unshare", "--mount", "sh", "-ec",
                               f"mount --bind {self.run_dir} {self.root}/run/twinwire; exec chroot {self.root} \"$@\"", "sh",
                               "twinwire", *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.stdout if not done.returncode else ""

    def tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])


@pytest.fixture
def two_pe(image):
    lab = topology.Lab()
    lab.bpf.chmod(0o700)
    run("chown", "0:0", lab.bpf)
    lab.node("ce1", "pe1", "pe2", "ce2")
    lab.link("ce1", "eth1", "pe1", "eth1")
    lab.link("pe1", "eth2", "pe2", "eth2", mtu=9216)
    lab.link("pe2", "eth1", "ce2", "eth1")
    for i, ce in enumerate(("ce1", "ce2"), 1):
        lab.ip(ce, "address", "add", f"192.0.2.{i}/24", "dev", "eth1")
    pes = [Container(lab, node, image) for node in ("pe1", "pe2")]
    for pe in pes:
        pe.start()
    yield lab, pes
    for pe in pes:
        pe.stop()
    lab.down()


def test_links_are_those_of_the_example():
    """What is tested is what the example says."""
    text = (EXAMPLE / "two-pe.clab.yml").read_text()
    assert re.findall(r'endpoints: \["(\S+)", "(\S+)"\]', text) == [
        ("ce1:eth1", "pe1:eth1"), ("pe1:eth2", "pe2:eth2"), ("pe2:eth1", "ce2:eth1")]


def test_two_pes_carry_a_ping(two_pe):
    lab, pes = two_pe

    def up():
        for pe in pes:
            assert pe.process.poll() is None, pe.tail()
        return all(re.search(r"VC state\s*: up", pe.cli("display mpls l2vc")) for pe in pes)
    wait_until(lambda: "\n".join(pe.cli("display mpls l2vpn diagnose") + pe.tail() for pe in pes), up, 60)
    assert ", 0% packet loss" in lab.exec("ce1", "ping", "-c", "3", "-i", "0.2", "192.0.2.2").stdout
    pes[0].stop()           # with its bpffs from outside the container, forwarding outlives it
    assert ", 0% packet loss" in lab.exec("ce1", "ping", "-c", "3", "-i", "0.2", "192.0.2.2").stdout
