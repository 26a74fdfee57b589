# SPDX-License-Identifier: BSD-2-Clause
"""What a commit costs, in a real engine: one changed circuit among 1, 4,096 and 65,536; 65,536 circuits from a file.

The run directory is a tmpfs, as /run is. The time of a commit is what its slices took, which the engine logs (us= of event=commit; cpu_us= of it on the
processor, which other work on the machine does not lengthen). The circuits
are sub-interfaces of ports that exist, with one static PW each. While the big file is loaded and committed a second
session asks for `display version` again and again: how long its answers take is what others feel.
"""
import json
import re
import statistics
import subprocess
import sys
import pathlib
import threading
import time

import measure

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))
import topology  # noqa: E402
from engine import Engine  # noqa: E402
from session import Lost, Session  # noqa: E402

BARS = {
    "commit_65536_us": measure.Bar("at most", 1000, "value"),
    "commit_65536_vs_1": measure.Bar("at most", 3),
    "load_65536_s": measure.Bar("at most", 5, "value"),
}
PORTS, PEERS, CORES, LABEL = 17, 4, ("core0", "core1"), 1000
SIZES = (1, 4096, 65536)
COMMITS = {False: 60, True: 20}  # at each size
SUBIFS = 4094


def configuration(n, capacity):
    yield f"#\nsysname bench\n#\nmpls lsr-id 10.255.0.1\n#\nmpls\n#\nmpls l2vpn\n capacity circuits {capacity}\n#"
    for i, core in enumerate(CORES):
        yield f"interface {core}\n ip address 198.18.{i}.1 255.255.255.0\n mpls\n#"
    for peer in range(PEERS):
        core = peer % len(CORES)
        yield f"static-lsp ingress to{peer} destination 10.255.1.{peer} 32 nexthop 198.18.{core}.2 out-label {500 + peer}\n#"
    for i in range(n):
        port, vid, label = i // SUBIFS, i % SUBIFS + 1, LABEL + i
        yield (f"interface ac{port}.{vid}\n vlan-type dot1q {vid}\n mpls static-l2vc destination 10.255.1.{label % PEERS} {label} "
               f"transmit-vpn-label {label} receive-vpn-label {label} control-word raw\n#")
    yield "return\n"


def say(session, line):
    """An answer that must not be an error."""
    try:
        out = session.line(line)
    except Lost as e:
        raise measure.Void(f"{line}: {e}") from e
    if session.failed:
        raise measure.Void(f"{line}: {out.strip()[-400:]}")
    return out


class Asker(threading.Thread):
    """The second session: how long its answers take."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.session, self.end, self.took = Session(path), False, []

    def run(self):
        while not self.end:
            at = time.monotonic()
            say(self.session, "display version")
            self.took.append((time.monotonic() - at) * 1000)
            time.sleep(0.002)

    def stop(self):
        self.end = True
        self.join()
        return self.took


class Bench:
    def __init__(self, lab):
        lab.node("pe", "p", "ce")
        for i, core in enumerate(CORES):
            lab.link("pe", core, "p", core)
            lab.ip("p", "address", "add", f"198.18.{i}.2/24", "dev", core)
        for i in range(PORTS):
            lab.link("ce", f"pe{i}", "pe", f"ac{i}")
        self.lab = lab
        self.engine = Engine(lab, "pe", "\n".join(configuration(0, SIZES[-1] + 64)), "")
        self.file = lab.dir / "many.cfg"
        topology.run("mount", "-t", "tmpfs", "tmpfs", self.engine.run_dir)  # as /run is
        topology.run("chown", f"{topology.USER}:{topology.GROUP}", self.engine.run_dir)
        self.engine.start()
        topology.wait_until("ready", lambda: "event=ready" in self.engine.log_text(), 120)
        self.session = Session(self.engine.run_dir / "cli.sock")
        say(self.session, "system-view")

    def down(self):
        if self.engine.process and self.engine.process.poll() is None:
            self.engine.kill()
        topology.run("umount", "-l", self.engine.run_dir, check=False)

    def load(self, n):
        """Seconds of load and commit, answer times of the second session in ms, the loop's longest turn in ms."""
        self.file.write_text("\n".join(configuration(n, SIZES[-1] + 64)))
        self.file.chmod(0o644)
        asker = Asker(self.engine.run_dir / "cli.sock")
        asker.start()
        at = time.monotonic()
        said = say(self.session, f"load {self.file}")
        loaded = time.monotonic()
        if " 0 kept as inert, 0 refused" not in said:
            raise measure.Void(said)
        say(self.session, "commit")
        end = time.monotonic()
        return loaded - at, end - loaded, asker.stop()

    def health(self, label):
        text = say(self.session, "display twinwire health")
        m = re.search(rf"^{label}[^:]*: ([0-9.]+)(.*)", text, re.M)
        return (float(m[1]), m[2].strip()) if m else (0.0, "")

    def commits(self, n):
        """What single changes took, in microseconds."""
        before = len(self.commit_log())
        for i in range(n):
            say(self.session, "interface ac0.1")
            say(self.session, f"mtu {1400 + i % 2}")
            say(self.session, "commit")
        say(self.session, "quit")
        return self.commit_log()[before:]

    def commit_log(self):
        return [(int(us), int(cpu)) for us, cpu in re.findall(r"event=commit .*ok=1 us=(\d+) cpu_us=(\d+)", self.engine.log_text())]


def heap():
    done = subprocess.run([topology.BUILD / "bench/tw-bench-commit", str(SIZES[-1])], capture_output=True, text=True, check=False)
    if done.returncode:
        raise measure.Void(f"tw-bench-commit: {done.stderr}")
    return json.loads(done.stdout)


def column(pairs, i):
    return [p[i] for p in pairs]


def series(name, us, first):
    return measure.Result(name, statistics.median(us), "us", f"among 1: {statistics.median(first):.0f}",
                          statistics.median(us) / statistics.median(first), sorted(us))


def one(name, value, unit, versus=""):
    return measure.Result(name, value, unit, versus, 0.0, [value])


def run(quick):
    lab, b = topology.Lab(), None
    try:
        b, us, results = Bench(lab), {}, []
        for n in SIZES:
            load, commit, answers = b.load(n)
            us[n] = b.commits(COMMITS[quick])
            for _ in range(measure.RETRIES):
                if statistics.median(column(us[n], 0)) > BARS["commit_65536_us"].bound:
                    us[n] += b.commits(COMMITS[quick])
            print(f"  {n} circuits: load {load:.2f} s, commit {commit:.2f} s, one changed {statistics.median(column(us[n], 0)):.0f} us", flush=True)
        wall, cpu = ({n: column(us[n], i) for n in SIZES} for i in (0, 1))
        results += [series(f"commit_{n}_us", wall[n], wall[1]) for n in SIZES]
        results += [series(f"commit_{n}_cpu_us", cpu[n], cpu[1]) for n in SIZES]
        results.append(measure.Result("commit_65536_vs_1", statistics.median(cpu[65536]), "cpu us", "among 1",
                                      statistics.median(cpu[65536]) / statistics.median(cpu[1]), []))
        turn, turn_cpu = b.health("Longest turn of the loop"), b.health(r"\.\.\. in CPU time")
        results += [one("load_65536_s", load + commit, "s", f"load {load:.2f}, commit {commit:.2f}"),
                    one("load_answer_worst_ms", max(answers), "ms", f"{len(answers)} answers, median {statistics.median(answers):.2f}"),
                    one("load_longest_turn_ms", turn[0], "ms", turn[1]), one("load_longest_turn_cpu_ms", turn_cpu[0], "ms", turn_cpu[1])]
    finally:
        if b:
            b.down()
        lab.down()
    h = heap()
    results += [one("heap_per_circuit_bytes", h["cfg"] + h["core"], "octets", f"cfg {h['cfg']:.0f}, core {h['core']:.0f}"),
                one("heap_cfg_per_circuit_bytes", h["cfg"], "octets"), one("heap_core_per_circuit_bytes", h["core"], "octets")]
    return results
