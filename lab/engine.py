# SPDX-License-Identifier: BSD-2-Clause
"""An engine in a namespace: started as nobody with five capabilities, asked through its CLI, killed, flushed.

Files of a node below the lab's directory: cfg/NODE.cfg, NODE.ports, NODE.log, NODE.pid, run/NODE/.
"""
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess

from topology import BUILD, GROUP, SLOW, USER, Broken, run, wait_until

CAPS = ("net_admin", "bpf", "perfmon", "net_raw", "net_bind_service")


def allow_realtime():
    """What LimitRTPRIO= of a unit does: the carrier watcher may run before everybody else. Where this machine
    does not allow it the engine runs all the same and says so."""
    try:
        resource.setrlimit(resource.RLIMIT_RTPRIO, (10, 10))
    except (ValueError, OSError):
        pass


def unprivileged(caps=CAPS):
    allow_realtime()
    plus = ",".join(f"+{c}" for c in caps)
    return ["setpriv", f"--reuid={USER}", f"--regid={GROUP}", "--clear-groups", f"--inh-caps=-all,{plus}",
            f"--ambient-caps=-all,{plus}", f"--bounding-set=-all,{plus}", "--no-new-privs"]


class CliError(Broken):
    def __init__(self, command, code, text):
        super().__init__(f"twinwire {command}: exit {code}: {text.strip()[-600:]}")
        self.code, self.text = code, text


class Engine:
    def __init__(self, lab, node, cfg=None, ports=None, bpf_dir=None):
        """cfg, ports: text or path of the files to copy; None: written by the caller before start()."""
        self.lab, self.node = lab, node
        self.run_dir = lab.dir / "run" / node
        self.cfg, self.ports = lab.dir / "cfg" / f"{node}.cfg", lab.dir / f"{node}.ports"
        self.log, self.pid_file = lab.dir / f"{node}.log", lab.dir / f"{node}.pid"
        self.bpf_dir = bpf_dir or lab.bpf
        self.process = None
        self.run_dir.mkdir(exist_ok=True)
        os.chown(self.run_dir, USER, GROUP)
        self._put(self.cfg, cfg)
        self._put(self.ports, ports)

    @staticmethod
    def _put(to, what):
        if isinstance(what, pathlib.Path):
            shutil.copyfile(what, to)
        elif what is not None:
            to.write_text(what)
        if what is not None:
            os.chown(to, USER, GROUP)
            os.chmod(to, 0o640)

    # ---- life ------------------------------------------------------------------------------------

    def command(self, *more, build=BUILD, caps=CAPS, netns_exec=False):
        enter = (["ip", "netns", "exec", self.lab.ns(self.node)] if netns_exec else
                 ["nsenter", f"--net=/run/netns/{self.lab.ns(self.node)}"])
        return enter + unprivileged(caps) + [
            str(self.lab.program("twinwired", build)), "--config", str(self.cfg), "--run-dir", str(self.run_dir),
            "--ports", str(self.ports), "--bpf-dir", str(self.bpf_dir), *more]

    def start(self, wait=True, **how):
        """nsenter and ip netns exec end in exec, so the pid is the engine's."""
        with open(self.log, "ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(self.command(**how), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        self.pid_file.write_text(str(self.process.pid))
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=30):
        """It answers, and its programs are on every port that is there."""
        def answers():
            if self.process.poll() is not None:
                raise Broken(f"the engine of {self.node} ended with {self.process.returncode}; its log ends:\n"
                             + self.log_tail())
            return "event=data-plane-settled" in self.log_text()[self.log_start:] and \
                self.cli("display version", check=False) is not None
        wait_until(lambda: f"the engine of {self.node} to answer; its log ends:\n{self.log_tail()}", answers, seconds)

    def runs(self):
        return self.process is not None and self.process.poll() is None

    def kill(self, sig=signal.SIGKILL):
        self.process.send_signal(sig)
        try:
            return self.process.wait(20 * SLOW)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Broken(f"the engine of {self.node} did not end on signal {sig}; its log ends:\n{self.log_tail()}")

    def stop(self):
        return self.kill(signal.SIGTERM)

    def flush(self, check=True, **how):
        """twinwired --flush; returns what it says it removed."""
        done = run(*self.command("--flush", **how), check=False)
        if check and done.returncode:
            raise Broken(f"--flush of {self.node}: exit {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def log_text(self):
        return self.log.read_bytes().decode("latin-1") if self.log.exists() else ""

    def log_tail(self, lines=15):
        return "\n".join(self.log_text().splitlines()[-lines:])

    # ---- the CLI ------------------------------------------------------------------------------------

    def cli(self, *commands, check=True, code=False):
        """Output of `twinwire -c ...`; None if it failed and check is off; with code (exit code, output)."""
        args = [x for c in commands for x in ("-c", c)]
        done = run(BUILD / "twinwire", "--run-dir", self.run_dir, *args, check=False, timeout=60 * SLOW)
        text = done.stdout + done.stderr
        if code:
            return done.returncode, text
        if done.returncode and check:
            raise CliError("; ".join(commands), done.returncode, text)
        return None if done.returncode else done.stdout

    def configure(self, *lines, check=True):
        """Lines from the system view, then commit."""
        return self.cli("system-view", *lines, "commit", check=check)

    def drops(self):
        """{reason: frames} of `display twinwire drops`."""
        out = {}
        for line in self.cli("display twinwire drops").splitlines():
            m = re.match(r"\s*([a-z][a-z0-9-]+)\s+:?\s*(\d+)\b", line)
            if m:
                out[m[1]] = int(m[2])
        return out
