# SPDX-License-Identifier: BSD-2-Clause
"""The meter (lab/meter/meter.c) as an object: one command a line, one JSON line back."""
import json
import subprocess

from topology import BUILD, SLOW, Broken, wait_until


class Void(Exception):
    """The meter found itself at fault: the measurement says nothing."""


class Meter:
    def __init__(self, lab, ends, size=128, capacity=1 << 23, by_carrier=False, timeline=0):
        """ends: two pairs (name, [(node, device), ...]). by_carrier: an end with two ports is a router, which leaves a
        port when its carrier goes. timeline: so many ms are counted each for itself."""
        more = ["--by-carrier"] * by_carrier + (["--timeline", str(timeline)] if timeline else [])
        self.marks = []  # (event, ms)
        spec = [f"{name}=" + ",".join(f"{lab.ns(node)}/{dev}" for node, dev in ports) for name, ports in ends]
        self.process = subprocess.Popen(
            [BUILD / "lab/meter/tw-meter", "--size", str(size), "--capacity", str(capacity), *more, *spec],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._answer("(start of the meter)")

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def _answer(self, what):
        line = self.process.stdout.readline()
        if not line:
            raise Void(f"the meter ended at {what}")
        answer = json.loads(line)
        if not answer["ok"]:
            raise Broken(f"meter: {what}: {answer['error']}")
        return answer

    def _do(self, *words):
        line = " ".join(map(str, words))
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Void(f"the meter ended before {line}")
        return self._answer(line)

    def start(self, rate):
        self._do("start", rate)

    def mark(self, event):
        """Frames sent from now on belong to this event."""
        self.marks.append((event, self._do("mark", event)["ms"]))

    def send(self, frames):
        """Till each end has sent, or tried to, so many more in the event under way: who is held up takes longer."""
        enough = self._do("offered")["frames"] + frames
        wait_until(f"{frames} frames to be sent", lambda: self._do("offered")["frames"] >= enough, 60)

    def stop(self):
        self._do("stop")

    def report(self):
        return self._do("report")

    def timeline(self):
        """{direction: [(sent, arrived on path 0, on path 1) of each ms]}."""
        flat = self._do("timeline")["ms"]
        return {way: [tuple(flat[i:i + 3]) for i in range(3 * f, len(flat), 6)]
                for f, way in enumerate(("ce1-ce2", "ce2-ce1"))}

    def close(self):
        if self.process.poll() is None:
            try:
                self.process.stdin.write("quit\n")
                self.process.stdin.close()
            except BrokenPipeError:
                pass
        self.process.wait(10 * SLOW)
        self.process.stdout.close()
