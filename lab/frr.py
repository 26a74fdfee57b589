# SPDX-License-Identifier: BSD-2-Clause
"""FRR in a namespace: zebra, and ospfd or ldpd as asked for, from Debian's package, each with a file of its own.

zebra enables MPLS only where /proc/sys/net/mpls exists, which needs a kernel with MPLS routing; without it ldpd holds
every pseudowire for down. So zebra runs in a mount namespace of its own in which that directory is there; its writes of
labels are refused by the kernel and logged, which does no harm: nothing is forwarded by FRR here.
"""
import json
import os
import pathlib
import pwd
import signal
import subprocess

from topology import SLOW, Broken, alive, run, wait_until

BIN = pathlib.Path("/usr/lib/frr")
FAKE_MPLS = """set -e
T=$(mktemp -d); mount -t tmpfs none "$T"
for d in /proc/sys/net/*; do mkdir "$T/${d##*/}"; mount --bind "$d" "$T/${d##*/}"; done
mkdir -p "$T/mpls"
mount --rbind "$T" /proc/sys/net
exec "$@"
"""


class Frr:
    """@daemons: {name: configuration lines}. zebra is always there."""

    def __init__(self, lab, node, daemons):
        if not (BIN / "zebra").exists():
            raise Broken("FRR is not installed: apt-get install frr")
        self.lab, self.node = lab, node
        self.daemons = {"zebra": ["no zebra nexthop kernel enable"], **daemons}  # docs/underlay.md says why
        self.dir = lab.dir / f"frr-{node}"
        self.dir.mkdir()
        self.process = {}
        user = pwd.getpwnam("frr")
        self.owner = (user.pw_uid, user.pw_gid)
        os.chown(self.dir, *self.owner)

    def command(self, name):
        args = [BIN / name, "-u", "frr", "-g", "frr", "-A", "127.0.0.1", "-z", self.dir / "zserv.api",
                "--vty_socket", self.dir, "-f", self.dir / f"{name}.conf", "-i", self.dir / f"{name}.frr-pid"]
        if name == "ldpd":
            args += ["--ctl_socket", self.dir]
        enter = ["nsenter", f"--net=/run/netns/{self.lab.ns(self.node)}"]
        if name == "zebra":
            enter += ["unshare", "-m", "sh", "-c", FAKE_MPLS, "sh"]
        return [str(a) for a in enter + args]

    def start(self, *names):
        for name in names or self.daemons:
            conf = self.dir / f"{name}.conf"
            conf.write_text("\n".join(["log file " + str(self.dir / f"{name}.log"), *self.daemons[name], ""]))
            os.chown(conf, *self.owner)
            with open(self.dir / f"{name}.out", "ab") as out:
                self.process[name] = subprocess.Popen(self.command(name), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                                      start_new_session=True)
            # the lab kills what its .pid files name
            (self.lab.dir / f"frr-{self.node}-{name}.pid").write_text(str(self.process[name].pid))
            wait_until(lambda name=name: f"FRR's {name} of {self.node} to start: {self.tail(name)}",
                       lambda name=name: (self.dir / f"{name}.vty").exists() and self.answers(name), 20)
        return self

    def answers(self, name):
        if self.process[name].poll() is not None:
            raise Broken(f"FRR's {name} of {self.node} ended: {self.tail(name)}")
        return run("vtysh", "--vty_socket", self.dir, "-d", name, "-c", "show version", check=False).returncode == 0

    def tail(self, name, lines=8):
        text = ""
        for f in (self.dir / f"{name}.out", self.dir / f"{name}.log"):
            text += f.read_text(errors="replace") if f.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def kill(self, name, sig=signal.SIGKILL):
        """ldpd is three processes; the children end with their parent."""
        pids = self.pids(name)
        self.process[name].send_signal(sig)
        self.process[name].wait(20 * SLOW)
        wait_until(f"FRR's {name} of {self.node} to be gone", lambda: not any(map(alive, pids)), 10)
        (self.dir / f"{name}.vty").unlink(missing_ok=True)

    def pids(self, name):
        """Its process and those it started."""
        parents = {}
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
        found = [self.process[name].pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def stop(self):
        for name in reversed(list(self.process)):
            if self.process[name].poll() is None:
                self.kill(name, signal.SIGTERM)

    # ---- asking it ---------------------------------------------------------------------------------

    def show(self, daemon, command):
        return run("vtysh", "--vty_socket", self.dir, "-d", daemon, "-c", command).stdout

    def json(self, daemon, command):
        return json.loads(self.show(daemon, command + " json") or "{}")

    def configure(self, daemon, *lines):
        args = [x for line in ("configure terminal", *lines) for x in ("-c", line)]
        done = run("vtysh", "--vty_socket", self.dir, "-d", daemon, *args, check=False)
        if done.returncode or "%" in done.stdout:
            raise Broken(f"FRR's {daemon} of {self.node}: {done.stdout}{done.stderr}")

    def neighbors(self):
        """{LSR ID: state} of LDP."""
        found = self.json("ldpd", "show mpls ldp neighbor").get("neighbors", [])
        return {n["neighborId"]: n["state"] for n in found}

    def pws(self):
        """{(peer, PW ID): record of `show l2vpn atom vc`}."""
        found = self.json("ldpd", "show l2vpn atom vc")
        return {(v["peerId"], v["vcId"]): v for v in found.values()} if isinstance(found, dict) else {}

    def pw_bindings(self):
        return self.json("ldpd", "show l2vpn atom binding")


def ldp_config(router_id, *interfaces, more=(), hello=1):
    """What ldpd needs for link LDP on @interfaces; @more: lines of the mpls ldp block."""
    lines = ["mpls ldp", f" router-id {router_id}", f" discovery hello interval {hello}",
             f" discovery targeted-hello interval {hello}", *(f" {line}" for line in more), " address-family ipv4",
             f"  discovery transport-address {router_id}", "  label local allocate host-routes"]
    for interface in interfaces:
        lines += [f"  interface {interface}", "  exit"]
    return lines + [" exit-address-family", "exit", "!"]


def pw_config(*pws):
    """(peer, PW ID, lines of the pseudowire, lines of the l2vpn): a VPLS with one member each is FRR's VPWS."""
    lines = []
    for i, (peer, vc, of_pw, of_l2vpn) in enumerate(pws):
        lines += [f"l2vpn PW{i} type vpls", *(f" {line}" for line in of_l2vpn), f" member pseudowire mpw{i}",
                  f"  neighbor lsr-id {peer}", f"  neighbor address {peer}", f"  pw-id {vc}",
                  *(f"  {line}" for line in of_pw), " exit", "exit", "!"]
    return lines


def ospf_config(router_id, *interfaces):
    """Quick timers: a network of a handful of nodes need not wait for others to calm down."""
    lines = ["router ospf", f" ospf router-id {router_id}", " network 0.0.0.0/0 area 0", " timers throttle spf 0 50 500",
             " timers throttle lsa all 0", " timers lsa min-arrival 0", "exit"]
    for interface in interfaces:
        lines += [f"interface {interface}", " ip ospf network point-to-point", " ip ospf hello-interval 1",
                  " ip ospf dead-interval 4",
                  " ip ospf retransmit-interval 1", "exit"]
    return lines
