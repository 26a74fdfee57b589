# SPDX-License-Identifier: BSD-2-Clause
"""bench/signalling.py: an exchange that was none is void."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "bench"))
sys.dont_write_bytecode = True
import measure  # noqa: E402
import signalling  # noqa: E402


class Exchange(unittest.TestCase):
    def test_both_ways(self):
        there, back = (5, 50 * 10, True), (7, 50 * 10, False)
        signalling.all_told([there, back], 10)
        for seen in ([there], [back], [], [there, (7, 39 * 10, False)]):
            with self.assertRaises(measure.Void):
                signalling.all_told(seen, 10)

    def test_all_rows(self):
        signalling.all_forwarded(10, 10, 10, 10)
        for got in ((9, 10, 10), (10, 9, 10), (10, 10, 9), (10, 10, 11)):
            with self.assertRaises(measure.Void):
                signalling.all_forwarded(10, *got)

    def test_begin_and_end(self):
        s = 10 ** 9
        self.assertEqual(signalling.burst([(1, 20, True), (2, 900, True), (3, 40, False), (2 * s, 40, True)]), (2, 3))
        with self.assertRaises(measure.Void):
            signalling.burst([(1, 20, True)])

    def test_segments(self):
        tcp = bytes(12) + b"\x08\x00" + b"\x45\x00\x00\x3c" + bytes(5) + b"\x06" + bytes(10)
        tcp += (646).to_bytes(2, "big") + bytes(2) + bytes(8) + b"\x50" + bytes(7)
        self.assertEqual(signalling.payload(tcp), 60 - 40)
        self.assertEqual(signalling.payload(tcp.replace(b"\x02\x86", b"\x02\x87")), 0)
        self.assertEqual(signalling.payload(b""), 0)


if __name__ == "__main__":
    unittest.main()
