"""Feed opsdb/aircraft: what a row of the database becomes, and every reason to refuse one."""

import pytest

from aero_assets.feeds import find
from tests.unit.feeds.table_rows import accepted, refused

FEED = find("opsdb/aircraft")
REFUSED = {
    "no_seats": {"seats": 2_000_000_000},
    "counted_from_one": {"row_version": 0},
    "bad_aircraft_type": {"aircraft_type": "B738"},
    "bad_tail": {"tail": "99999999.99"},
    "missing_value": {"in_service_on": None},
    "bad_value": {"seats": "many"},
}


def test_every_aircraft_of_the_airline_is_accepted():
    assert {row["data_label"] for row in accepted("aircraft")} == {"datos sintéticos"}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_that_breaks_a_rule_is_refused_with_its_reason(reason):
    assert refused("aircraft", **REFUSED[reason]) == reason


def test_every_rule_of_the_register_has_a_row_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()
