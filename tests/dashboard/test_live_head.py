"""The head of the live board: its budget, whether anything is heard, and stations folded away."""

from datetime import timedelta

import pytest

from aero_streaming.alerts.tick import tick
from tests.dashboard.live_line import MemoryLine, html, open_board, words
from tests.unit.streaming.alert_samples import at, moment, state


@pytest.fixture
def line():
    """A flight that is two hours late, and nobody has seen it."""
    line = MemoryLine()
    line.late(130, 123)
    return line


@pytest.mark.parametrize(("language", "said"), [
    ("es", "2 alertas en la última hora · meta ≤ 6"), ("en", "2 alerts in the last hour · goal ≤ 6"),
])  # fmt: skip
def test_the_board_shows_how_much_was_told_beside_what_one_person_can_act_on(line, language, said):
    line.late(130, 124, received="18:06")
    assert said in words(open_board(line.live(), lang=language))


def test_an_hour_later_the_budget_is_whole_again(line):
    line.heartbeat("19:01")
    line.tick("19:01")
    assert "0 alertas en la última hora" in words(open_board(line.live()))


def test_stations_are_one_folded_line_and_hubs_are_drawn():
    line = MemoryLine()
    for airport in ("MEX", "ATL", "DEN"):
        line.plan(airport)
    line.send(state("hub_quarter", "ATL", 2, quarter_at=at("17:45"), departed_legs=20, dep_late_15_legs=1))
    app = open_board(line.live())
    [folded] = [box for box in app.expander if box.label.startswith("Estaciones")]
    assert folded.label == "Estaciones (2): 2 con datos"
    drawn = html(app)
    assert "<h4>MEX</h4>" in drawn
    assert "<h4>ATL</h4>" not in drawn


def test_at_six_hundred_times_the_speed_the_board_says_no_data_only_after_a_minute_without_any(line):
    for seconds, is_silent in ((59, False), (60, True)):
        line.wall = moment("18:00") + timedelta(seconds=seconds)
        tick(line.engine, moment("18:00") + timedelta(seconds=600 * seconds), 600)
        assert ("Sin datos de la fuente desde" in words(open_board(line.live()))) == is_silent
