#!/usr/bin/env python3
"""tests/rfc_coverage.py finds what it is there to find."""
import unittest

from rfc_coverage import check

ROW = "## RFC 5036 LDP\n\n| section | obligation | shown by |\n|---|---|---|\n| 2.5 | connects | {} |\n"
UNIT = "`unit:ldp-session/active_role`"
INTEROP = "`interop:test_frr.py::test_control_word`"
BOTH = "passed\tbuild: twinwire:unit / ldp-session\npassed\ttests/interop/test_frr.py: test_control_word[a-b]\n"


class Coverage(unittest.TestCase):
    def wrong(self, shown, words, results=None):
        found = check(ROW.format(shown), results)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_what_exists_is_right(self):
        self.assertEqual(check(ROW.format(f"{UNIT}, {INTEROP}, `fuzz:fuzz_ldp`")), [])
        self.assertEqual(check(ROW.format("not done: IPv4 only.")), [])

    def test_a_missing_test_is_found(self):
        self.wrong("`unit:ldp-session/no_such_function`", "does not run it")
        self.wrong("`unit:ldp-session/wait_for`", "does not run it")
        self.wrong("`unit:ldp-nothing/active_role`", "there is no tests/unit/ldp/test_nothing.c")
        self.wrong("`interop:test_frr.py::test_nothing`", "has no such test")
        self.wrong("`topo:test_nothing.py::test_x`", "there is no tests/topo/test_nothing.py")
        self.wrong("`fuzz:fuzz_nothing`", "no such fuzz target")
        self.wrong("`active_role`", "is no name of a test")

    def test_a_row_without_either_is_found(self):
        self.wrong("see the sources", "names no test")
        self.wrong("not done:", "names no test")
        self.assertIn("a row has", check(ROW.format(""))[0])
        self.assertEqual(check("no table"), ["there is no row"])

    def test_what_did_not_run_is_found(self):
        self.assertEqual(check(ROW.format(f"{UNIT}, {INTEROP}"), BOTH), [])
        self.wrong(f"{UNIT}, {INTEROP}", "did not run", BOTH.splitlines()[0])
        self.wrong(UNIT, "ran and failed", BOTH.replace("passed\tb", "failed\tb"))
        self.wrong(INTEROP, "ran and passed, skipped", BOTH + "skipped\ttests/interop/test_frr.py: test_control_word[c]\n")


if __name__ == "__main__":
    unittest.main()
