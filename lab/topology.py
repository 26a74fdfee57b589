# SPDX-License-Identifier: BSD-2-Clause
"""Namespaces, veth pairs and one directory per lab; everything of a lab goes with it.

A lab has an id (1, 2, ...), chosen by creating its directory, so labs run side by side. Its namespaces are
tw<id>-<node>. Below its directory: bpf/ (a bpffs of its own), run/<node>/ (run directory of an engine), cfg/, the
.ports and .log of each node, and bin/ (copies of the programs: the engines are no root and could not
reach a repository below /root).

The two ends of a veth pair get different ifindexes: where ifindex equals iflink the kernel holds back
carrier notices for up to a second (docs/design.md, section 3).
"""
import ctypes
import fcntl
import itertools
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

BASE = pathlib.Path("/var/lib/twinwire-lab")
ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("TW_BUILD", ROOT / "build"))
USER, GROUP = 65534, 65534  # nobody, nogroup
CORE_MTU = 9216
SOL_PACKET = 263
SLOW = 10 if os.environ.get("TW_QEMU") else 1  # an emulated machine (tests/qemu): all bounds of waiting grow by this
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000


class Broken(Exception):
    """The lab itself does not work; not a finding about what it measures."""


def run(*args, check=True, **kw):
    kw.setdefault("stdout", subprocess.PIPE)
    kw.setdefault("stderr", subprocess.PIPE)
    done = subprocess.run([str(a) for a in args], text=True, errors="replace", **kw)
    if check and done.returncode:
        raise Broken(f"{' '.join(map(str, args))}: {done.stderr.strip() or done.stdout.strip()}")
    return done


def wait_until(what, test, seconds=20.0, step=0.05):
    """Polls test() until it gives something true and returns that; Broken when the time is over."""
    end = time.monotonic() + seconds * SLOW
    while True:
        got = test()
        if got:
            return got
        if time.monotonic() > end:
            raise Broken(f"waited {seconds * SLOW:.0f} s in vain: {what() if callable(what) else what}")
        time.sleep(step)


def alive(pid):
    try:
        os.kill(pid, 0)
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError):
        return False


class InNamespace:
    """with InNamespace(name): the calling thread is in that network namespace."""

    def __init__(self, name):
        self.path = f"/run/netns/{name}"

    def __enter__(self):
        self.back = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self._enter(self.path)

    def __exit__(self, *exc):
        if LIBC.setns(self.back, CLONE_NEWNET):
            os._exit(2)  # nothing sane can follow
        os.close(self.back)

    @staticmethod
    def _enter(path):
        fd = os.open(path, os.O_RDONLY)
        bad = LIBC.setns(fd, CLONE_NEWNET)
        err = ctypes.get_errno()
        os.close(fd)
        if bad:
            raise Broken(f"cannot enter {path}: {os.strerror(err)}")


class Lab:
    def __init__(self):
        self.id, self.dir, self.lock = self._reserve()
        self.nodes = []
        self.links = []  # (node, device, node, device)
        self.index = itertools.count(101)
        try:
            self._bpffs()
        except BaseException:
            self.down()
            raise

    @staticmethod
    def _reserve():
        BASE.mkdir(mode=0o755, parents=True, exist_ok=True)
        taken = run("ip", "netns", "list").stdout
        for n in itertools.count(1):
            d = BASE / f"tw{n}"
            if f"tw{n}-" in taken:
                continue
            try:
                d.mkdir(mode=0o755)
            except FileExistsError:
                continue
            lock = open(d / "lock", "w")
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return n, d, lock

    def _bpffs(self):
        """Mounted once for the lab, owned by the user of the engines (a bpffs mount is a file system of its own)."""
        self.bpf = self.dir / "bpf"
        self.bpf.mkdir()
        run("mount", "-t", "bpf", "bpf", self.bpf)
        os.chown(self.bpf, USER, GROUP)
        os.chmod(self.bpf, 0o700)
        for d in ("run", "bin", "cfg"):
            (self.dir / d).mkdir()
        for d in ("run", "cfg"):        # `save` puts a new file beside the old one
            os.chown(self.dir / d, USER, GROUP)

    def program(self, name, build=BUILD):
        """A copy of a built program that everybody may execute."""
        to = self.dir / "bin" / f"{pathlib.Path(build).name}-{name}"
        if not to.exists():
            shutil.copy(pathlib.Path(build) / name, to)
            to.chmod(0o755)
        return to

    # ---- namespaces and links ------------------------------------------------------------------

    def ns(self, node):
        return f"tw{self.id}-{node}"

    def inside(self, node):
        return InNamespace(self.ns(node))

    def node(self, *names, ipv6=False):
        for name in names:
            run("ip", "netns", "add", self.ns(name))
            self.nodes.append(name)
            self.ip(name, "link", "set", "lo", "up")
            for which in ("all", "default") if not ipv6 else ():  # a CE's own chatter would be counted
                self.sysctl(name, f"net.ipv6.conf.{which}.disable_ipv6", 1)

    def sysctl(self, node, key, value):
        self.exec(node, "sysctl", "-qw", f"{key}={value}")

    def ip(self, node, *args, **kw):
        return run("ip", "-n", self.ns(node), *args, **kw)

    def exec(self, node, *args, **kw):
        return run("nsenter", f"--net=/run/netns/{self.ns(node)}", *args, **kw)

    def link(self, a, adev, b, bdev, mtu=1500, same_index=False):
        """A veth pair a/adev = b/bdev, up, with different ifindexes unless told otherwise."""
        i = next(self.index)
        j = i if same_index else next(self.index)
        run("ip", "link", "add", adev, "index", i, "mtu", mtu, "netns", self.ns(a), "type", "veth",
            "peer", "name", bdev, "index", j, "mtu", mtu, "netns", self.ns(b))
        self.links.append((a, adev, b, bdev))
        self.ip(a, "link", "set", adev, "up")
        self.ip(b, "link", "set", bdev, "up")
        if (self.ifindex(a, adev) == self.ifindex(b, bdev)) != same_index:
            raise Broken(f"{a}/{adev} and {b}/{bdev}: ifindexes are not as asked for")

    def ifindex(self, node, dev):
        with self.inside(node):
            return socket.if_nametoindex(dev)

    def peer(self, node, dev):
        for a, adev, b, bdev in self.links:
            if (a, adev) == (node, dev):
                return b, bdev
            if (b, bdev) == (node, dev):
                return a, adev
        raise Broken(f"no link at {node}/{dev}")

    # ---- what the kernel counted ------------------------------------------------------------------

    def wire_drops(self):
        """{('node/dev > node/dev', end): frames} of every veth pair, each way. Both ends may count one frame: the receiver
        when its backlog is full or it is down, the sender because the receiver would not have it."""
        bad = {}
        for node in self.nodes:
            for link in json.loads(self.ip(node, "-s", "-j", "link").stdout):
                for way, stats in link["stats64"].items():
                    bad[node, link["ifname"], way] = stats.get("dropped", 0) + stats.get("errors", 0)
        return {(f"{a}/{adev} > {b}/{bdev}", way): bad.get((*end, way), 0)
                for one, two in ((link[:2], link[2:]) for link in self.links)
                for (a, adev), (b, bdev) in ((one, two), (two, one))
                for end, way in (((a, adev), "tx"), ((b, bdev), "rx"))}

    @staticmethod
    def softnet_drops():
        lines = pathlib.Path("/proc/net/softnet_stat").read_text().splitlines()
        return sum(int(line.split()[1], 16) for line in lines)

    # ---- the end --------------------------------------------------------------------------------------

    def keep(self):
        """The lab stays; `./run lab --down` removes it."""
        self.lock.close()

    def down(self):
        remove(self.id, self.dir)
        self.lock.close()


def _stop_processes(d):
    pids = []
    for f in d.glob("*.pid"):
        try:
            pid = int(f.read_text())
        except ValueError:
            continue
        try:  # only what was started for this lab: pids are reused
            if str(d).encode() in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
                pids.append(pid)
        except OSError:
            pass
    for pid in pids:
        try:
            os.waitpid(pid, 0)
        except ChildProcessError:
            try:
                wait_until(f"pid {pid} to end", lambda pid=pid: not alive(pid), 5)
            except Broken as e:
                print(e)


def remove(n, d):
    """Takes down everything of lab n, whatever state it is in."""
    _stop_processes(d)
    for line in run("ip", "netns", "list").stdout.splitlines():
        name = line.split()[0] if line.split() else ""
        if name.startswith(f"tw{n}-"):
            run("ip", "netns", "del", name, check=False)
    if os.path.ismount(d / "bpf"):
        run("umount", "-l", d / "bpf", check=False)
    shutil.rmtree(d, ignore_errors=True)
    try:
        BASE.rmdir()
    except OSError:
        pass  # other labs


def remove_all():
    """Removes every lab that no run holds; returns how many."""
    n = 0
    for d in sorted(BASE.glob("tw*")) if BASE.exists() else []:
        try:
            with open(d / "lock", "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{d.name} belongs to a run that has not ended; left alone")
            continue
        remove(int(d.name[2:]), d)
        print(f"removed {d.name}")
        n += 1
    return n
