"""Alerts in the warehouse: from the transition log of a day, as it is copied, to how each alert went."""

import re
from datetime import date, datetime

import pytest

from aero_assets.defs.alerts.copies import decision_lines, transition_lines, wrapped
from aero_assets.environment import PROJECT
from aero_assets.feeds import find
from aero_drills.scoring import judge, truth
from aero_streaming.alerts.api import Alerts
from aero_streaming.rules import rules
from tests.dbt.project import Warehouse
from tests.dbt.typed_lake import write
from tests.judging import judged
from tests.unit.streaming.alert_samples import DAY, Line, at, leg

SELECT = ("--select", "tag:operating_day", "--exclude-resource-type", "unit_test")
TRANSITIONS, DECISIONS = find("alerts/transitions"), find("alerts/decisions")
ARRIVED = date(2026, 11, 25)


@pytest.fixture(scope="module")
def log() -> tuple[list[dict], list[dict]]:
    """A flight turns red, is acknowledged, gets worse, and is corrected; another one is red to the end of the day."""
    line = Line()

    line.late(130, tail="XA100")
    line.tick("18:07")
    (alert,) = Alerts(line.engine).open_alerts()
    Alerts(line.engine).acknowledge(alert.alert_key, "Ana", "avión de reserva", alert.revision)
    line.late(250, version=5, received="18:15", tail="XA100")
    line.send(leg(100, 6, "18:20", tail="XA100", expected_delay_minutes=5, in_at=at("20:05"), corrections=1))
    line.late(130, 200, received="19:00", tail="XA200")
    line.tick("12:00", "2026-11-26")
    lines = sorted(line.dynamo.rows("transitions"), key=lambda row: row["arrival"])
    return transition_lines(lines, {}), decision_lines(line.store, lines, {})


def store(warehouse: Warehouse, log: tuple[list[dict], list[dict]], arrived: str) -> None:
    for feed, lines in ((TRANSITIONS, log[0]), (DECISIONS, log[1])):
        rows = judged(feed, b"".join(map(wrapped, lines)), ARRIVED)
        assert [row["message"] for row in rows if row["reason"]] == []
        write(warehouse.lake, rows, arrived=arrived, feed=feed)


@pytest.fixture(scope="module")
def warehouse(built, log, tmp_path_factory) -> Warehouse:
    """The sample with that log beside it; read only."""
    warehouse = built.copy(tmp_path_factory.mktemp("alerts") / "copy")
    store(warehouse, log, "2026-11-25-0aaa0aaa")
    warehouse.build(*SELECT, dates=[DAY])
    return warehouse


def test_each_alert_is_told_from_firing_to_its_end_and_a_repeated_log_changes_nothing(warehouse, log, tmp_path):
    rows = warehouse.rows("""
        select right(scope_id, 2), incident, fired_level, highest_level, last_state, resolution, acknowledged_by,
               minutes_to_acknowledge, fired_at, observed_value, limit_value
        from operations.fct_alert order by fired_at
    """)
    first = datetime(2026, 11, 25, 18)  # noqa: DTZ001 - the warehouse holds UTC without a zone
    assert rows == [
        ("64", 1, "red", "critical", "CLOSED", "CORREGIDA", "Ana", 7, first, 130.0, 120.0),
        ("c8", 1, "red", "red", "CLOSED", "FIN_DEL_DIA", None, None, first.replace(hour=19), 130.0, 120.0),
    ]
    # At the end of all a silent feed fires on the day after, which nobody builds here.
    today = [alert for alert in log[0] if alert["alert_key"].endswith(DAY)]
    assert len(today) == len(log[0]) - 1
    sums = warehouse.rows("select sum(transitions), sum(notifications) from operations.fct_alert")
    assert sums == [(len(today), sum(alert["notify"] for alert in today))]
    repeated = warehouse.copy(tmp_path / "repeated")
    store(repeated, log, "2026-11-26-0bbb0bbb")
    repeated.build(*SELECT, dates=[DAY])
    assert repeated.marts() == warehouse.marts()


def test_what_came_of_an_alert_stands_beside_what_it_foretold(warehouse):
    rows = warehouse.rows("""
        select right(scope_id, 2), rule_id, observed_value, limit_value, actual_value, is_fact, is_right
        from operations.fct_alert_outcome order by fired_at
    """)
    # Nobody flew these legs in the warehouse: what was foretold of them did not come.
    assert rows == [
        ("64", "long_delay_flight", 130.0, 120.0, None, False, False),
        ("c8", "long_delay_flight", 130.0, 120.0, None, False, False),
    ]


def test_the_rules_that_are_judged_by_their_id_are_there():
    text = (PROJECT / "dbt_project/models/marts/operations/fct_alert_outcome.sql").read_text(encoding="utf-8")
    named = {name for part in re.findall(r"rule_id (?:=|in) ([^)\n]*)", text) for name in re.findall(r"'(\w+)'", part)}
    assert len(named) > 5
    assert named <= {rule.id for rule in rules().rules}


def test_an_alert_is_right_by_the_same_minutes_in_the_mart_and_in_the_score():
    text = (PROJECT / "dbt_project/models/marts/operations/fct_alert_outcome.sql").read_text(encoding="utf-8")
    said = {name: int(minutes) for name, minutes in re.findall(r"set (\w+_minutes) = (\d+)", text)}
    assert said == {
        "late_minutes": truth.LATE_MINUTES,
        "near_minutes": judge.NEAR_MINUTES,
        "quickest_turn_minutes": truth.QUICKEST_TURN_MINUTES,
    }


def test_a_decision_knows_its_alert_its_incident_and_why(warehouse):
    assert warehouse.rows(
        "select right(decision_subject, 10), incident, decision, decided_by, note, level_after, happened_at::varchar "
        "from operations.fct_decision"
    ) == [(DAY, 1, "ACKNOWLEDGED", "Ana", "avión de reserva", "red", "2026-11-25 18:07:00")]


def test_a_line_that_is_still_on_its_way_is_warned_of_and_stops_nothing(a_copy, log):
    warehouse = a_copy()
    store(warehouse, (log[0][1:], log[1]), "2026-11-25-0aaa0aaa")
    result = warehouse.dbt("build", *SELECT, dates=[DAY])
    assert result.success
    warned = [run.node.name for run in result.result.results if f"{run.status}" == "warn"]
    assert warned == ["alerts_add_up_to_their_log"]
