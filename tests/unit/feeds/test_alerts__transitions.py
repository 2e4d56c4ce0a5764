"""Feed alerts/transitions: a line of the log as it is copied, and what it becomes."""

from datetime import date, datetime

import pytest

from aero_assets.defs.alerts.copies import transition_lines, wrapped
from aero_assets.feeds import find
from tests.judging import judged
from tests.unit.streaming.alert_samples import Line

FEED = "alerts/transitions"
LABEL = "datos sintéticos"


@pytest.fixture
def lines():
    line = Line()
    line.late(130)
    written = sorted(line.dynamo.rows("transitions"), key=lambda row: row["arrival"])
    return transition_lines(written, {line["alert_key"]: LABEL for line in written})


def test_every_field_of_a_line_is_a_column_with_its_value(lines):
    [line] = lines
    [row] = judged(FEED, wrapped(line), date(2026, 11, 25))
    assert row["reason"] is None, row["message"]
    assert row["operating_date"] == date(2026, 11, 25)
    assert (row["rule_id"], row["scope_type"], row["scope_id"]) == ("long_delay_flight", "leg", f"{100:032x}")
    assert (row["kind"], row["level_after"], row["revision"], row["incident"]) == ("FIRED", "red", 1, 1)
    assert (row["observed_value"], row["observed_legs"], row["limit_value"]) == (130.0, 1, 120.0)
    assert (row["is_notified"], row["is_shadow"], row["changed_by"]) == (True, False, "aero")
    assert row["happened_at"] == datetime(2026, 11, 25, 18)  # noqa: DTZ001 - typed times are UTC without a zone
    assert row["received_at"] == datetime.fromisoformat(line["arrived_at"]).replace(tzinfo=None)
    assert (row["event_id"], row["data_label"], row["source"]) == (line["transition_id"], LABEL, "alert_log")


def test_the_register_knows_every_field_that_a_line_may_have(lines):
    from dataclasses import fields

    from aero_streaming.alerts.model import Transition

    own = {"transition_id", "log_id", "arrived_at", "data_label"}
    assert {field.name for field in fields(Transition)} | (own - {"transition_id"}) == set(find(FEED).header)
    assert set(lines[0]) - own <= {field.name for field in fields(Transition)}


def test_what_changes_of_a_line_after_it_was_written_is_not_copied(lines):
    assert not {"notify_state", "pending", "sent_at", "expires_at"} & set(lines[0])


def test_a_line_without_the_key_of_an_alert_is_refused_and_a_close_keeps_its_reason(lines):
    closed = lines[0] | {"kind": "CLOSED", "reason": "CORREGIDA", "log_id": "other", "revision": 2}
    rows = judged(FEED, wrapped(closed) + wrapped(lines[0] | {"alert_key": "nothing"}), date(2026, 11, 25))
    assert [row["reason"] for row in rows] == [None, "missing_value"]
    assert rows[0]["close_reason"] == "CORREGIDA"
