"""Feed opsdb/legs: what a row of the database becomes, a leg of the merge, and every reason to refuse one."""

from datetime import datetime
from typing import Any

import pytest

from aero_assets.feeds import find
from aero_streaming.events import checks as event_checks
from tests.unit.feeds.table_rows import accepted, refused, rows, typed

FEED = find("opsdb/legs")
LATE = {"out_at": "2026-11-01T12:00:00Z", "off_at": "2026-11-01T11:00:00Z"}
LEG = {"carrier": "AM", "flight_number": 57, "origin": "NRT"}


def named(carrier: str = "AM", number: int = 57, suffix: str = "") -> dict[str, Any]:
    """A leg with another name and the hash that belongs to it."""
    leg = {"carrier": carrier, "flight_number": number, "operational_suffix": suffix, "origin": "NRT"}
    return leg | {"leg_uid": event_checks.leg_uid(carrier, number, suffix, "NRT", "2026-11-01", 1)}


REFUSED = {
    "impossible_sequence": LATE,
    "bad_carrier": named(carrier="AMX"),
    "bad_flight_number": named(number=12345),
    "bad_suffix": named(suffix="d"),
    "leg_uid_mismatch": {"flight_number": 9998},
    "unknown_airport": LEG
    | {"leg_uid": event_checks.leg_uid("AM", 57, "", "NRT", "2026-11-01", 1), "destination": "QQX"},
    "same_airport": LEG | {"destination": "NRT"},
    "counted_from_one": {"attempt": 0},
    "bad_seats": {"seats": 0},
    "bad_distance": {"distance_miles": 2_000_000_000},
    "bad_cancellation": {"cancellation_code": "Z"},
    "bad_delay_codes": {"delay_codes": "late, sorry"},
    "line_too_long": {"data_label": "x" * 300},
    "date_out_of_range": LEG
    | {"operating_date": "2029-01-01", "leg_uid": event_checks.leg_uid("AM", 57, "", "NRT", "2029-01-01", 1)},
    "bad_tail": {"tail": "99999999.99"},
    "bad_aircraft_type": {"aircraft_type": "Boeing"},
    "bad_offset": {"std_utc_offset_minutes": 2_000_000_000},
    "offset_mismatch": {"sta_utc_offset_minutes": 0},
    "missing_value": {"std_at": None},
    "bad_value": {"std_at": "tomorrow"},
}


def test_every_leg_of_the_airline_is_accepted_planned_flown_and_reviewed():
    found = accepted("legs")
    assert {row["in_at"] is None for row in found} == {True, False}
    assert {row["source"] for row in found} == {"database"}
    assert {row["operational_suffix"] for row in found} == {""}


def test_a_row_carries_its_version_the_end_of_its_window_and_its_place():
    [row] = typed("legs", rows("legs")[0] | {"row_version": 3})
    assert (row["version"], row["attempt"], row["is_actual"]) == (3, 1, True)
    assert row["received_at"] == datetime(2026, 11, 6, 18)  # noqa: DTZ001 - typed times are UTC without a zone
    assert row["raw_ref"] == "raw/key#1"


def test_the_same_row_read_by_two_windows_has_one_identity_and_another_version_another():
    row = rows("legs")[0]
    first, again, later = typed("legs", row, row, row | {"row_version": 2})
    assert first["event_id"] == again["event_id"] != later["event_id"]


@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_that_breaks_a_rule_is_refused_with_its_reason(reason):
    assert refused("legs", **REFUSED[reason]) == reason


def test_every_rule_of_the_register_has_a_row_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()
