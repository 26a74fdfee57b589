# SPDX-License-Identifier: BSD-2-Clause
"""An operator's session with an engine, spoken in the frames of src/cli/proto.h: no process is started for a line."""
import socket


class Lost(Exception):
    """The engine closed the session, or is not there."""


class Session:
    def __init__(self, path, seconds=120):
        self.prompt, self.failed, self.question = "", False, False
        self.s = socket.socket(socket.AF_UNIX)
        self.s.settimeout(seconds)
        try:
            self.s.connect(str(path))
        except OSError as e:
            raise Lost(f"{path}: {e}") from e
        self._answer()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.s.close()

    def _octets(self, n):
        out = b""
        while len(out) < n:
            try:
                got = self.s.recv(n - len(out))
            except OSError as e:
                raise Lost(str(e)) from e
            if not got:
                raise Lost("closed")
            out += got
        return out

    def _answer(self):
        text = ""
        while True:
            head = self._octets(5)
            body = self._octets(int.from_bytes(head[1:], "big")).decode("latin-1")
            if head[:1] in b"OQ":
                text += body
            if head[:1] == b"D":
                self.failed, self.prompt, self.question = body[0] == "!", body[2:], False
                return text
            if head[:1] == b"Q":
                self.question = True
                return text
            if head[:1] == b"X":
                raise Lost(body)

    def send(self, text, kind=b"L"):
        try:
            self.s.sendall(kind + len(text).to_bytes(4, "big") + text.encode())
        except OSError as e:
            raise Lost(str(e)) from e

    def line(self, text, *answers):
        """What the engine says to a line; .failed: it said Error:. Questions get the answers in order."""
        self.send(text)
        out = self._answer()
        for answer in answers:
            self.send(answer, b"A")
            out += self._answer()
        return out
