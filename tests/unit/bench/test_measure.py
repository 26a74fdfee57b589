# SPDX-License-Identifier: BSD-2-Clause
"""The arithmetic of bench/measure.py: medians within rounds, bars, retries, the JSON contract."""
import contextlib
import io
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "bench"))
sys.dont_write_bytecode = True
import measure  # noqa: E402
from measure import Bar, Result  # noqa: E402


class Group:
    """Figures handed out round by round."""

    def __init__(self, *figures):
        self.left, self.seen = list(figures), []

    def measure(self, rounds):
        for _ in range(rounds):
            self.seen.append(self.left.pop(0))

    def results(self):
        return [measure.rate("a_vs_b", "Mpps", "b", self.seen, [1.0] * len(self.seen))]


class Figures(unittest.TestCase):
    def test_a_rate_is_compared_within_its_round(self):
        r = measure.rate("a_vs_b", "Mpps", "b", [2, 20, 4], [1, 10, 1])  # a busy round hit both
        self.assertEqual(r.ratio, 2)
        self.assertEqual(r.value, 4)
        self.assertEqual(r.runs, [2, 2, 4])

    def test_over_is_the_difference_within_a_round(self):
        r = measure.over("x_ns", "ns", "bare", [30, 130, 29], [8, 100, 9])
        self.assertEqual(r.value, 22)
        self.assertEqual(r.runs, [22, 30, 20])

    def test_plain_subtracts_nothing(self):
        self.assertEqual(measure.plain("x_ns", "ns", "bare", [30, 31, 50], [8, 8, 8]).value, 31)

    def test_nothing_against_nothing_has_no_ratio(self):
        self.assertEqual(measure.plain("n", "", "", [0], [0]).ratio, 0)

    def test_contenders_take_turns(self):
        order, series = [], {}
        measure.interleave(series, {"a": lambda: order.append("a") or 1, "b": lambda: order.append("b") or 2}, 3)
        self.assertEqual("".join(order), "ababab")
        self.assertEqual(series, {"a": [1, 1, 1], "b": [2, 2, 2]})


class Bars(unittest.TestCase):
    def result(self, value, ratio):
        return Result("n", value, "ns", "b", ratio, [value])

    def test_both_ways(self):
        self.assertTrue(Bar("at least", 0.7).holds(self.result(0, 0.7)))
        self.assertFalse(Bar("at least", 0.7).holds(self.result(0, 0.69)))
        self.assertTrue(Bar("at most", 25, "value").holds(self.result(25, 0)))
        self.assertFalse(Bar("at most", 25, "value").holds(self.result(25.1, 0)))

    def settle(self, *figures):
        group = Group(*figures)
        with contextlib.redirect_stdout(io.StringIO()):
            return measure.settle(group, {"a_vs_b": Bar("at least", 2)}, 1)[0], group

    def test_a_miss_is_measured_again_before_it_counts(self):
        r, group = self.settle(1.0, 2.5, 3.5)
        self.assertEqual(r.ratio, 2.5)
        self.assertEqual(len(group.seen), 3)

    def test_a_miss_that_stays_is_a_miss(self):
        r, group = self.settle(1.0, 1.1, 1.2, 9.0)
        self.assertEqual((r.ratio, group.left), (1.1, [9.0]))

    def test_a_pass_is_not_measured_again(self):
        self.assertEqual(self.settle(2.0, 1.0)[1].left, [1.0])

    def test_the_table_says_so(self):
        text = measure.table([self.result(26, 3)], {"n": Bar("at most", 25, "value")})
        self.assertIn("MISS", text)
        self.assertIn("at most 25", text)


class Contract(unittest.TestCase):
    def test_json(self):
        out = json.loads(measure.report("here", [measure.rate("a_vs_b", "Mpps", "b", [2.0], [1.0])]))
        self.assertEqual(out["machine"], "here")
        self.assertLessEqual({"name", "value", "unit", "versus", "ratio", "runs"}, out["results"][0].keys())


if __name__ == "__main__":
    unittest.main()
