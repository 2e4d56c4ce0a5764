"""Feed opsdb/connections: what a row of the database becomes, and every reason to refuse one."""

import pytest

from aero_assets.feeds import find
from tests.unit.feeds.table_rows import typed

FEED = find("opsdb/connections")
ROW = {
    "in_leg_uid": "a" * 32, "out_leg_uid": "b" * 32, "operating_date": "2026-11-01", "airport": "MEX", "passengers": 4,
    "minimum_connect_minutes": 45, "result": "made", "row_version": 2, "data_label": "datos sintéticos",
}  # fmt: skip
REFUSED = {
    "unknown_result": {"result": "perhaps"},
    "counted_from_one": {"row_version": 0},
    "same_leg": {"out_leg_uid": "a" * 32},
    "unknown_airport": {"airport": "QQX"},
    "impossible_amount": {"passengers": -5},
    "bad_code": {"in_leg_uid": "AM0905"},
    "missing_value": {"airport": None},
    "bad_value": {"passengers": "some"},
}


def test_a_connection_is_a_row_between_two_legs():
    [row] = typed("connections", ROW)
    assert row["reason"] is None, row["message"]
    assert (row["connection_result"], row["passengers"], row["version"]) == ("made", 4, 2)


@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_that_breaks_a_rule_is_refused_with_its_reason(reason):
    changed = {name: value for name, value in (ROW | REFUSED[reason]).items() if value is not None}
    [row] = typed("connections", changed)
    assert (row["reason"], bool(row["message"])) == (reason, True)


def test_every_rule_of_the_register_has_a_row_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()
