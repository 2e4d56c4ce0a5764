"""Feed alerts/decisions: what a person decided, as it is copied, and what it becomes."""

from datetime import date, datetime

import pytest

from aero_assets.defs.alerts.copies import decision_lines, wrapped
from aero_assets.feeds import find
from aero_streaming.alerts.api import Alerts
from tests.judging import judged
from tests.unit.streaming.alert_samples import Line, moment

FEED = "alerts/decisions"


@pytest.fixture
def line():
    line = Line()
    line.late(130)
    return line


def copied(line):
    return decision_lines(line.store, line.dynamo.rows("transitions"), {})


def test_a_decision_is_a_row_that_says_who_when_and_why(line):
    api = Alerts(line.engine)
    (alert,) = api.open_alerts()
    api.shelve(alert.alert_key, moment("20:00"), "Ana", "avión de reserva", alert.revision)
    [decision] = copied(line)
    [row] = judged(FEED, wrapped(decision), date(2026, 11, 25))
    assert row["reason"] is None, row["message"]
    assert (row["decision"], row["decided_by"], row["note"]) == ("SHELVED", "Ana", "avión de reserva")
    assert (row["decision_subject"], row["revision"], row["level_after"]) == (alert.alert_key, 2, "red")
    assert (row["operating_date"], row["observed_value"]) == (date(2026, 11, 25), 130.0)
    assert row["shelved_until_at"] == datetime(2026, 11, 25, 20)  # noqa: DTZ001 - typed times are UTC without a zone
    assert row["event_id"] == decision["decision_id"]
    assert set(decision) <= set(find(FEED).header)


def test_two_acts_on_an_alert_are_two_decisions_and_lines_of_the_engine_are_none(line):
    api = Alerts(line.engine)
    assert copied(line) == []
    (alert,) = api.open_alerts()
    after = api.acknowledge(alert.alert_key, "Ana", None, alert.revision)
    api.shelve(alert.alert_key, moment("20:00"), "Luis", "prueba", after.revision)
    assert [decision["who"] for decision in copied(line)] == ["Ana", "Luis"]


def test_a_decision_about_something_else_belongs_to_the_day_it_was_made_on():
    said = {"log_id": "d", "decision_id": "d", "arrived_at": "2026-11-24T23:00:00Z", "subject": "block time of AM1",
            "decision": "ACKNOWLEDGED", "decided_at": "2026-11-24T23:00:00Z", "who": "Ana"}  # fmt: skip
    [row] = judged(FEED, wrapped(said), date(2026, 11, 25))
    assert (row["reason"], row["operating_date"]) == (None, date(2026, 11, 24))
