"""Feed opsdb/tickets: what a coupon of the database becomes, and every reason to refuse one."""

import pytest

from aero_assets.feeds import find
from tests.unit.feeds.table_rows import accepted, refused

FEED = find("opsdb/tickets")
REFUSED = {
    "unknown_status": {"status": "lost"},
    "unknown_cabin": {"cabin": "cargo"},
    "counted_from_one": {"row_version": 0},
    "negative_amount": {"iva_usd": -1},
    "impossible_fare": {"tua_usd": 50_001},
    "impossible_seats": {"seats": 0},
    "bad_code": {"currency": "pesos"},
    "missing_value": {"leg_uid": None},
    "bad_value": {"fare_usd": "free"},
}


def test_every_coupon_of_the_airline_is_accepted():
    assert {row["status"] for row in accepted("tickets")} >= {"open", "flown"}


def test_a_booking_is_a_hash_and_no_column_names_anybody():
    for row in accepted("tickets"):
        assert len(row["booking_hash"]) == 32
    assert not {"name", "document", "email", "phone"} & {column.name for column in FEED.columns}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_that_breaks_a_rule_is_refused_with_its_reason(reason):
    assert refused("tickets", **REFUSED[reason]) == reason


def test_every_rule_of_the_register_has_a_row_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()
