"""The board reads once for all readers, keeps its last look where one fails, and folds alerts into problems."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from aero_dashboard.i18n import catalogue
from aero_dashboard.live import source, words
from aero_dashboard.live.folding import problems
from aero_dashboard.live.source import Live, NotThere
from aero_local.services.dashboard import Dashboard
from aero_local.state import State
from aero_streaming.alerts.model import Alert
from aero_streaming.alerts.tables import Tables
from tests.dashboard.live_line import MemoryLine, open_board
from tests.dashboard.live_line import words as said
from tests.unit.streaming.alert_samples import Line

KEYS = "abcdef"


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": code}}, "Query")


class Clock:
    """Seconds that pass when they are told to, and by so many at each look."""

    def __init__(self):
        self.now, self.step = 0.0, 0.0

    def __call__(self):
        self.now += self.step
        return self.now


@pytest.fixture
def line():
    line = Line()
    line.late(130, 1)
    return line


def looks(line):
    """Return the number of times that the index of open alerts was read."""
    return line.dynamo.calls.count("query")


def test_a_look_is_shared_until_its_time_is_over_or_somebody_acts(line):
    clock = Clock()
    live = Live(line.engine, clock=clock)
    first = live.board()
    assert live.board() is first
    clock.now += 2.1
    second = live.board()
    assert second is not first
    live.forget()
    assert live.board() is not second


def test_a_look_that_took_long_is_kept_for_four_times_as_long(line):
    clock = Clock()
    live = Live(line.engine, clock=clock)
    clock.step = 5.0
    first = live.board()
    clock.step = 0.0
    clock.now += 19.0
    assert live.board() is first
    clock.now += 20.0
    assert live.board() is not first


def test_a_look_that_fails_leaves_the_last_one_standing_and_says_so(line):
    live = Live(line.engine, keep_seconds=0.0, clock=lambda: 0.0)
    app = open_board(live)
    line.dynamo.fails["query"] = [refused("ThrottlingException")]
    app.run()
    texts = catalogue("es")
    assert texts["live.stale"] in said(app)
    assert "Alertas abiertas: 1" in said(app)
    app.run()
    assert texts["live.stale"] not in said(app)


def test_a_first_look_that_fails_and_an_act_that_cannot_be_saved_say_so(line):
    line.dynamo.fails["batch_get_item"] = [refused("ThrottlingException")]
    app = open_board(Live(line.engine, keep_seconds=0.0, clock=lambda: 0.0))
    assert not app.exception
    assert catalogue("es")["live.unreachable"] in said(app)
    app.run()
    app.text_input(key="live_who").set_value("Ana").run()
    line.dynamo.fails["transact_write_items"] = [refused("AccessDeniedException")]
    app.button[0].click().run()
    assert catalogue("es")["live.not_saved"] in said(app)


def test_tables_that_are_not_there_are_a_platform_without_the_live_part(line):
    line.dynamo.fails["batch_get_item"] = [refused("ResourceNotFoundException")] * 2
    live = Live(line.engine, keep_seconds=0.0, clock=lambda: 0.0)
    with pytest.raises(NotThere):
        live.board()
    app = open_board(live)
    assert not app.exception
    assert catalogue("es")["live.not_here"] in said(app)


def test_an_environment_that_names_no_tables_has_no_live_part(monkeypatch):
    for name in vars(Tables.from_env()):
        monkeypatch.delenv(f"AERO_{name.upper()}_TABLE", raising=False)
    assert source.current() is None


def test_the_local_dashboard_is_given_every_table_by_the_name_of_its_stack(tmp_path, monkeypatch):
    for name, value in Dashboard().env(State(tmp_path)).items():
        monkeypatch.setenv(name, value)
    assert vars(Tables.from_env()) == {
        name: f"aero-local-{name.replace('_', '-')}" for name in vars(Tables.from_env())
    }  # fmt: skip


def an_alert(key, parent=None):
    return Alert(key, "a14_route_day", "otp_a14", "route", key, "2026-11-25", state="FIRING", parent_key=parent)


@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from([None, *KEYS])))
def test_every_alert_is_in_one_problem_however_parents_are_named(parents):
    alerts = [an_alert(key, parent) for key, parent in parents.items()]
    found = problems(alerts)
    seen = [alert.alert_key for problem in found for alert in (problem.alert, *problem.children)]
    assert sorted(seen) == sorted(parents)
    assert [problem.alert for problem in found] == [a for a in alerts if a in [p.alert for p in found]]


def test_children_of_children_are_folded_into_the_first_cause_and_orphans_stand_for_themselves():
    alerts = [an_alert("a"), an_alert("b", "a"), an_alert("c", "b"), an_alert("d", "gone")]
    assert [(p.alert.alert_key, [c.alert_key for c in p.children]) for p in problems(alerts)] == [
        ("a", ["b", "c"]), ("d", []),
    ]  # fmt: skip


def test_an_alert_put_aside_is_a_problem_put_aside():
    assert problems([replace(an_alert("a"), state="SHELVED")])[0].is_put_aside
    assert not problems([an_alert("a")])[0].is_put_aside


@pytest.mark.parametrize(("minutes", "written"), [(-360, "UTC−6"), (0, "UTC+0"), (330, "UTC+5:30"), (-210, "UTC−3:30")])
def test_a_zone_is_written_as_its_offset(minutes, written):
    assert words.zone(minutes) == written


def test_the_same_board_in_memory_and_over_the_interface_of_dynamodb(line):
    memory = MemoryLine()
    memory.late(130, 1)
    assert memory.live().board() == Live(line.engine).board()
