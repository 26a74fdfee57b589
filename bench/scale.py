#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An engine of very many circuits: how long it starts, restarts and commits, and its longest turns.

Ports x sub-interfaces circuits with one static PW each, spread over a few LSPs of two core ports. A second
session asks for something small all the while: how long it waits is what others feel.

    bench/scale.py [PORTS [SUBIFS]]         as root; 16 x 4094 by default
"""
import argparse
import json
import pathlib
import re
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))
import topology  # noqa: E402
from engine import Engine  # noqa: E402

PEERS = 4
CORES = ("core0", "core1")
LABEL = 1000


def configuration(ports, subifs):
    yield f"""#
sysname scale
#
mpls lsr-id 10.255.0.1
#
mpls
#
mpls l2vpn
 capacity circuits {max(64, ports * subifs + 64)}
#"""
    for i, core in enumerate(CORES):
        yield f"interface {core}\n ip address 198.18.{i}.1 255.255.255.0\n mpls\n#"
    for peer in range(PEERS):
        core = peer % len(CORES)
        yield f"static-lsp ingress to{peer} destination 10.255.1.{peer} 32 nexthop 198.18.{core}.2 out-label {500 + peer}\n#"
    label = LABEL
    for port in range(ports):
        yield f"interface ac{port}\n#"
        for vid in range(1, subifs + 1):
            yield (f"interface ac{port}.{vid}\n vlan-type dot1q {vid}\n mpls static-l2vc destination 10.255.1.{label % PEERS} "
                   f"{label} transmit-vpn-label {label} receive-vpn-label {label} control-word raw\n#")
            label += 1
    yield "return\n"


class Asker(threading.Thread):
    """A second session: the longest wait for the answer to a small question. Speaks the client's frames itself,
    so that no process start is measured."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.worst = str(path), 0

    def _frame(self, s):
        head = b""
        while len(head) < 5:
            got = s.recv(5 - len(head))
            if not got:
                raise OSError
            head += got
        n = int.from_bytes(head[1:5], "big")
        body = b""
        while len(body) < n:
            body += s.recv(n - len(body))
        return head[:1], body

    def run(self):
        while True:
            try:
                s = socket.socket(socket.AF_UNIX)
                s.connect(self.path)
                done = False
                while not done:
                    done = self._frame(s)[0] == b"D"
                while True:
                    at = time.monotonic()
                    line = b"display version"
                    s.sendall(b"L" + len(line).to_bytes(4, "big") + line)
                    while self._frame(s)[0] != b"D":
                        pass
                    took = time.monotonic() - at
                    self.worst = max(self.worst, took)
                    time.sleep(0.002)
            except OSError:
                time.sleep(0.01)

    def take(self):
        worst, self.worst = self.worst, 0
        return worst * 1000


class Scale:
    def __init__(self, ports, subifs, build=topology.BUILD):
        self.ports, self.subifs = ports, subifs
        self.lab = topology.Lab()
        lab = self.lab
        lab.node("pe", "p", "ce")
        for i, core in enumerate(CORES):
            lab.link("pe", core, "p", core)
            lab.ip("p", "address", "add", f"198.18.{i}.2/24", "dev", core)
        for i in range(ports):
            lab.link("ce", f"pe{i}", "pe", f"ac{i}")
        self.engine = Engine(lab, "pe", "\n".join(configuration(ports, subifs)), "")
        self.build = build
        self.asker = Asker(self.engine.run_dir / "cli.sock")

    def health(self):
        text = self.engine.cli("display twinwire health")
        return {m[1].strip(): m[2].strip() for m in re.finditer(r"^(.{1,26}?)\s*: (.*)$", text, re.M)}

    def cpu(self):
        f = pathlib.Path(f"/proc/{self.engine.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(f[11]) + int(f[12])) / 100

    def rss(self):
        return int(re.search(r"VmRSS:\s*(\d+)", pathlib.Path(f"/proc/{self.engine.process.pid}/status").read_text())[1])

    def turns(self):
        return {k: v for k, v in self.health().items() if "ongest" in k or "CPU" in k}

    def start(self):
        at = time.monotonic()
        self.engine.start(wait=False, build=self.build)
        topology.wait_until("an answer", lambda: self.engine.cli("display version", check=False), 300)
        answered = time.monotonic() - at
        topology.wait_until("ready", lambda: "event=ready" in self.engine.log_text()[self.engine.log_start:], 300)
        log = self.engine.log_text()[self.engine.log_start:]
        return {"answers after s": round(answered, 2), "ready after s": round(time.monotonic() - at, 2), "cpu s": self.cpu(),
                "rss MiB": self.rss() // 1024, "log lines": log.count("\n"),
                "rows written": re.findall(r"event=data-plane-settled writes=(\d+)", log), **self.turns()}

    def commit(self, lines):
        """The lines and their commit, and everything until core is at rest."""
        script = self.lab.dir / "script"
        script.write_text("\n".join(["system-view", *lines, "commit"]) + "\n")
        self.asker.take()
        cpu, at = self.cpu(), time.monotonic()
        topology.run(self.build / "twinwire", "--run-dir", self.engine.run_dir, "-f", script, timeout=600)
        took = time.monotonic() - at
        topology.wait_until("settled", self.settled, 120)
        return {"lines and commit s": round(took, 3), "cpu s": round(self.cpu() - cpu, 2),
                "second session ms": round(self.asker.take(), 1), **self.turns()}

    def settled(self):
        return self.health().get("Circuits to settle", "0").split()[0] == "0"


def lines_of(n, *what):
    return [x for i in range(n) for x in (f"interface ac0.{i + 1}", *[w(i) if callable(w) else w for w in what], "quit")]


def pw(i):
    return (f"mpls static-l2vc destination 10.255.1.{(LABEL + i) % PEERS} {LABEL + i} transmit-vpn-label {LABEL + i} "
            f"receive-vpn-label {LABEL + i} control-word raw")


def commits(s, n):
    yield "one circuit", s.commit(lines_of(1, "description x"))
    yield f"{n} changed", s.commit(lines_of(n, "mtu 1400"))
    yield f"{n} gone", s.commit(lines_of(n, "undo mpls static-l2vc"))
    yield f"{n} new", s.commit(lines_of(n, pw))


def faults(s):
    for node, port in (("p", CORES[0]), ("ce", "pe0")):
        for what in ("down", "up"):
            s.asker.take()
            s.lab.ip(node, "link", "set", port, what)
            time.sleep(3)
            topology.wait_until("settled", s.settled, 120)
            yield f"{port} {what}", {"second session ms": round(s.asker.take(), 1), **s.turns()}


def restarts(s):
    s.engine.stop()
    s.asker.take()
    yield "restart", s.start()
    s.engine.kill()
    s.asker.take()
    yield "kill -9", s.start()


def capacity(s):
    yield "capacity", s.commit(["mpls l2vpn", f"capacity circuits {s.ports * s.subifs + 1000}", "quit"])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("ports", nargs="?", type=int, default=16)
    p.add_argument("subifs", nargs="?", type=int, default=4094)
    p.add_argument("--build", default=topology.BUILD, type=pathlib.Path)
    a = p.parse_args()
    s = Scale(a.ports, a.subifs, a.build)
    try:
        s.asker.start()
        print("start", json.dumps(s.start()), flush=True)
        for part in (commits(s, min(4000, a.subifs)), faults(s), restarts(s), capacity(s)):
            for name, what in part:
                print(name, json.dumps(what), flush=True)
        s.engine.stop()
    finally:
        s.lab.down()


if __name__ == "__main__":
    main()
