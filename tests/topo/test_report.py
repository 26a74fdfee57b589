# SPDX-License-Identifier: BSD-2-Clause
"""The labs' judgement: what is not explained fails, and the JSON is the one that was promised."""
import json

import report
import run as lab_run
from checks import SOFTNET, Checks, Losses


def row(event, lost=0, refused=0, **more):
    return {"event": event, "dir": "ce1-ce2", "sent": 100, "received": 100 - lost, "lost": lost, "dup": 0, "reordered": 0,
            "outage_ms": 1.5 if lost else 0, "refused": refused, **more}


def explained(rows, *readings):
    losses = Losses(None, [])
    losses.taken = list(zip(["a", "b", "end"], readings))
    checks = Checks()
    losses.explain(checks, rows)
    return checks


def test_a_loss_no_counter_knows_is_unexplained():
    checks = explained([row("a", lost=3)], {"pe1 mtu": 5}, {"pe1 mtu": 6}, {"pe1 mtu": 7})
    assert not checks.ok and "unexplained 1 of 3" in checks.list[0]["detail"]


def test_a_loss_a_counter_knows_is_explained():
    checks = explained([row("a", lost=3), row("b")], {"x tx dropped": 0}, {"x tx dropped": 3}, {"x tx dropped": 3})
    assert checks.ok and checks.list[0]["detail"] == "3 lost"


def test_a_loss_counted_in_the_next_event_is_explained():
    assert explained([row("a", lost=3), row("b")], {"x": 0}, {"x": 1}, {"x": 3}).ok


def test_softnet_of_the_machine_explains_nothing():
    assert not explained([row("a", lost=3)], {SOFTNET: 0}, {SOFTNET: 3}, {SOFTNET: 3}).ok


def test_frames_refused_to_the_meter_explain_nothing():
    assert not explained([row("a", lost=3, refused=3)], {"x": 0}, {"x": 3}, {"x": 3}).ok


def test_counters_that_began_anew_count_from_zero():
    assert explained([row("a", lost=2)], {"x": 50}, {"x": 2}, {"x": 2}).ok
    assert not explained([row("a", lost=2)], {"x": 50}, {"x": 1}, {"x": 1}).ok


def finish(tmp_path, capsys, rows, ok, void=None):
    checks = Checks()
    checks.add("something", ok, "detail")
    rc = lab_run.finish("static", rows, checks, void, tmp_path / "out.json")
    return rc, json.loads((tmp_path / "out.json").read_text()), capsys.readouterr().out


def test_exit_code_table_and_json(tmp_path, capsys):
    rc, out, text = finish(tmp_path, capsys, [row("cut", lost=3, extra=1)], True)
    assert rc == 0 and out == {
        "scenario": "static", "ok": True, "checks": [{"name": "something", "ok": True, "detail": "detail"}],
        "events": [{"event": "cut", "dir": "ce1-ce2", "sent": 100, "lost": 3, "dup": 0, "reordered": 0, "outage_ms": 1.5}]}
    assert [line.split() for line in text.splitlines() if line.startswith("cut")] == [["cut", "ce1-ce2", "100", "3", "0", "0", "1.5"]]
    assert "duplicated" in text and "outage ms" in text


def test_a_wrong_check_fails_and_a_void_measurement_is_void(tmp_path, capsys):
    rc, out, text = finish(tmp_path, capsys, [], False)
    assert rc == 1 and out["ok"] is False and "WRONG: something" in text
    rc, out, text = finish(tmp_path, capsys, [], True, void="bitmap and counters disagree")
    assert rc == 2 and out["ok"] is False and "measurement void: bitmap" in text


def test_a_run_without_checks_did_not_hold():
    assert not Checks().ok and report.table([row("a")])


def test_of_both_ends_of_a_wire_the_larger_counts_event_by_event():
    wire = [{("x > y", "tx"): tx, ("x > y", "rx"): rx} for tx, rx in ((0, 0), (5, 5), (5, 9))]
    assert explained([row("a", lost=5), row("b", lost=4)], *wire).ok
    assert not explained([row("a", lost=6), row("b", lost=4)], *wire).ok


def test_an_event_may_be_read_in_parts():
    losses = Losses(None, [])
    losses.taken = [(name, {("x > y", "tx"): tx, ("x > y", "rx"): rx}) for name, tx, rx in
                    (("a", 0, 0), ("a", 5, 0), ("b", 5, 4), ("end", 5, 4))]
    assert losses.moved() == {"a": {"x > y": 9}, "b": {}}


def test_what_an_engine_counted_before_its_end_stays_counted():
    class Engine:
        node, n, alive = "pe1", 0, True

        def runs(self):
            return self.alive

        def drops(self):
            return {"mtu": self.n}

    class Lab:
        softnet_drops, wire_drops = staticmethod(int), staticmethod(dict)

    engine = Engine()
    losses = Losses(Lab, [engine])
    losses.snapshot("killed")
    engine.n = 3
    losses.bury(engine)
    engine.alive, engine.n = False, 0
    losses.snapshot("dead")
    engine.alive, engine.n = True, 4
    losses.snapshot("end")
    assert losses.deaths == {"killed"}
    assert losses.moved() == {"killed": {"pe1 mtu": 3}, "dead": {"pe1 mtu": 4}}


def test_a_node_that_dies_loses_little_uncounted():
    for lost, ok in ((1009, True), (1020, False)):
        losses = Losses(None, [])
        losses.taken, losses.deaths = [("a", {"x": 0}), ("end", {"x": 1000})], {"a"}
        checks = Checks()
        losses.explain(checks, [row("a", lost=lost)])
        assert checks.ok is ok
