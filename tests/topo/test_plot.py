# SPDX-License-Identifier: BSD-2-Clause
"""The labs' picture: what it calls disturbed, what it shows of an event, and that it is well formed."""
import xml.etree.ElementTree as ElementTree

import plot

CALM, OTHER, DARK = (10, 10, 0), (10, 0, 10), (10, 0, 0)


def test_a_calm_flow_is_not_disturbed():
    assert plot.disturbed([CALM] * 100, 0, 100) is None
    assert plot.disturbed([CALM] * 50 + [(0, 0, 0)] * 20 + [CALM] * 30, 0, 100) is None   # nothing was sent either


def test_an_outage_and_a_switch_are_found_where_they_are():
    assert plot.disturbed([CALM] * 50 + [DARK] * 20 + [CALM] * 30, 0, 100) == (50, 69)
    assert plot.disturbed([CALM] * 50 + [OTHER] * 50, 0, 100) == (50, 50)
    assert plot.disturbed([CALM] * 50 + [DARK] * 20 + [OTHER] * 30, 60, 100) == (60, 69)
    assert plot.disturbed([CALM] * 50 + [OTHER] * 50, 0, 40) is None


def test_the_window_holds_the_disturbance_of_both_directions():
    drawn = {"ce1-ce2": [CALM] * 400 + [DARK] * 40 + [OTHER] * 560, "ce2-ce1": [CALM] * 700 + [OTHER] * 300}
    begin, end = plot.window(drawn, 300, 1000)
    assert 300 < begin < 400 and 700 < end < 800
    assert plot.window(drawn, 0, 300) == (-plot.CALM_MS // 4, plot.CALM_MS)


def test_bins_keep_the_count():
    points, wide = plot.bins([CALM] * 1000, 0, 1000)
    assert wide == 5 and len(points) == 200 and set(points) == {CALM}


def test_the_picture_is_xml_and_names_every_event(tmp_path):
    drawn = {"ce1-ce2": [CALM] * 400 + [DARK] * 40 + [OTHER] * 560, "ce2-ce1": [CALM] * 1000}
    rows = [{"event": "cut", "dir": "ce1-ce2", "sent": 100, "lost": 40, "outage_ms": 40.0}]
    plot.write(tmp_path / "x.svg", "a <lab>", ("one", "two"), [("cut", "a link & more", 390, 700), ("calm", "nothing", 700, 1000)],
               drawn, rows)
    svg = ElementTree.parse(tmp_path / "x.svg").getroot()
    words = [t.text for t in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a <lab>", "one", "two", "1  cut: a link & more", "2  calm: nothing", "40 of 100 lost, outage 40.0 ms"} <= set(words)
