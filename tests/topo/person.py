# SPDX-License-Identifier: BSD-2-Clause
"""Somebody at a terminal: types keys into a program on a pty and looks at the screen that pyte draws of its output."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

import pyte

from topology import BUILD, SLOW


class Person:
    """env: the whole environment. argv0: as a login shell gets it."""

    def __init__(self, run_dir, *args, rows=24, cols=100, env=None, argv0="twinwire", home=None):
        self.screen = pyte.HistoryScreen(cols, rows, history=100000, ratio=0.5)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.pid, self.tty = pty.fork()
        if not self.pid:
            path = str(BUILD / "twinwire")
            full = {"TERM": "xterm", "HOME": str(home or run_dir)} if env is None else dict(env)
            try:
                os.execve(path, [argv0, "--run-dir", str(run_dir), *args], full)
            finally:
                os._exit(127)
        os.set_inheritable(self.tty, False)  # else the next person's program keeps our terminal alive
        self.resize(rows, cols)
        self.code = None

    # ---- keys

    def type(self, text):
        """What does not fit is written as it is taken; output is looked at meanwhile, as a terminal does."""
        data = text if isinstance(text, bytes) else text.encode()
        while data:
            _, w, _ = select.select([], [self.tty], [], 0.05)
            if w:
                data = data[os.write(self.tty, data[:512]):]
            self.look(0)

    def resize(self, rows, cols):
        fcntl.ioctl(self.tty, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self.screen.resize(rows, cols)

    # ---- eyes

    def look(self, seconds):
        """Draws what has come; False: nothing came in time. EOF is remembered."""
        if not select.select([self.tty], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.tty, 65536)
        except OSError:
            data = b""
        if not data:
            self._reap()
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    def rows(self):
        return [row.rstrip() for row in self.screen.display]

    def text(self):
        """The screen and all that left it at the top."""
        above = ["".join(line[x].data for x in range(self.screen.columns)).rstrip() for line in self.screen.history.top]
        return "\n".join(above + self.rows())

    def line(self):
        """The row of the cursor."""
        return self.screen.display[self.screen.cursor.y].rstrip()

    def column(self):
        return self.screen.cursor.x

    def until(self, test, what, seconds=10):
        end = time.monotonic() + seconds * SLOW
        while not test():
            left = end - time.monotonic()
            if left <= 0 or self.code is not None:
                raise AssertionError(f"never saw {what}; exit {self.code}; the screen:\n" + "\n".join(self.rows()))
            self.look(min(left, 0.2))
        return self

    def sees(self, *texts, seconds=10):
        """All texts are on the screen (or left it at the top)."""
        for t in texts:
            self.until(lambda t=t: t in self.text(), repr(t), seconds)
        return self

    def at(self, line, seconds=10):
        """The cursor's row is exactly this."""
        return self.until(lambda: self.line() == line, f"the cursor on {line!r}, but on {self.line()!r}", seconds)

    def do(self, line, prompt=None, key="\n"):
        """Types a line at the prompt and waits for the next one (default: the same)."""
        before = self.line()
        count = self.text().count("\n")
        self.type(line + key)
        self.until(lambda: self.line() == (prompt or before) and self.text().rstrip().count("\n") > 0
                   and (self.text().count("\n") > count or self.screen.cursor.y or self.screen.history.top),
                   f"the prompt {prompt or before!r} again, but {self.line()!r}")
        return self

    # ---- ends

    def _reap(self):
        if self.code is None:
            try:
                self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            except ChildProcessError:
                self.code = -1

    def gone(self):
        """Has the program ended? (Keys typed at what is left of its terminal are still echoed.)"""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code is not None

    def leaves(self, seconds=10):
        """Exit code of the program, which ends by itself."""
        end = time.monotonic() + seconds * SLOW
        while self.code is None:
            assert time.monotonic() < end, "still there:\n" + "\n".join(self.rows())
            if self.tty < 0:
                time.sleep(0.02)
            if self.tty < 0 or not self.look(0.05):
                self.gone()
        return self.code

    def hang_up(self):
        if self.tty >= 0:
            os.close(self.tty)
            self.tty = -1

    def close(self):
        self.hang_up()
        if self.code is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._reap()

