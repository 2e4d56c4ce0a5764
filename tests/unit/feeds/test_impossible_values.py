"""Values that no row can have, or that contradict each other in one row: each is refused with its reason."""

from functools import cache

import pytest

from aero_airline.money import COST_DRIVERS
from aero_assets.feeds import feeds, find
from tests.unit.feeds.good_rows import good_row, typed

CANCELLED = {
    "CANCELLED": "1", "CANCELLATION_CODE": "B", "DELAY_CODES": "", "AOBT": "", "ATOT": "", "ALDT": "", "AIBT": "",
}  # fmt: skip
FUEL = {"cost_line": "fuel", "driver": "fuel_kg", "quantity": "1000", "usd_per_unit": "0.5", "basis": "actual"}
#: Feed, values of a row that is good otherwise, the reason to refuse it; none where the row is good.
CASES = [
    ("partner/airline_legs", {"ATTEMPT": "500"}, "counted_from_one"),
    ("partner/airline_legs", {"ATTEMPT": "20", "DELAY_CODES": ""}, None),
    ("partner/airline_legs", {"LEG_SEQUENCE": "99999"}, "counted_from_one"),
    ("partner/airline_legs", {"LEG_SEQUENCE": "99"}, None),
    ("partner/airline_legs", {"VERSION": "999999999"}, "counted_from_one"),
    ("partner/airline_legs", {"VERSION": "100000"}, None),
    ("partner/airline_legs", CANCELLED | {"PASSENGERS": "150"}, "cancelled_but_flown"),
    ("partner/airline_legs", CANCELLED | {"PASSENGERS": "0"}, None),
    ("partner/airline_legs", CANCELLED | {"PASSENGERS": ""}, None),
    ("opsdb/legs", {"attempt": "2000000000"}, "counted_from_one"),
    ("opsdb/legs", {"row_version": "-5"}, "counted_from_one"),
    ("opsdb/legs", {"row_version": "100001"}, "counted_from_one"),
    ("opsdb/legs", {"std_utc_offset_minutes": "-361"}, "bad_offset"),
    ("opsdb/legs", {"sta_utc_offset_minutes": "855"}, "bad_offset"),
    ("opsdb/legs", {"std_utc_offset_minutes": "-720"}, "offset_mismatch"),
    ("opsdb/legs", {"sta_utc_offset_minutes": "840"}, "offset_mismatch"),
    ("opsdb/legs", {"sta_utc_offset_minutes": "0"}, "offset_mismatch"),
    ("opsdb/leg_costs", FUEL | {"amount_usd": "500"}, None),
    ("opsdb/leg_costs", FUEL | {"amount_usd": "545"}, None),
    ("opsdb/leg_costs", FUEL | {"amount_usd": "9250"}, "amount_mismatch"),
    ("opsdb/leg_costs", FUEL | {"amount_usd": "-500"}, "amount_mismatch"),
    ("opsdb/leg_costs", FUEL | {"amount_usd": "0.5"}, "amount_mismatch"),
    ("opsdb/leg_costs", FUEL | {"amount_usd": "-500", "quantity": "-1000"}, None),
    ("opsdb/leg_costs", FUEL | {"amount_usd": "500", "quantity": "0"}, "amount_mismatch"),
    ("opsdb/leg_costs", FUEL | {"amount_usd": "500", "cost_line": "coffee"}, "unknown_cost_line"),
    ("opsdb/leg_costs", FUEL | {"amount_usd": "500", "driver": "wishes"}, "unknown_cost_line"),
    ("opsdb/tickets", {"cabin": "cargo"}, "unknown_cabin"),
    ("opsdb/tickets", {"booking_hash": "Juan Perez"}, "bad_code"),
    ("opsdb/tickets", {"currency": "XXQ"}, "bad_code"),
    ("opsdb/fx_rates", {"published_by": "1"}, "bad_code"),
    ("opsdb/fx_rates", {"published_by": "Banco de México"}, None),
    ("opsdb/fx_rates", {"currency": "XXQ"}, "bad_rate"),
    ("opsdb/aircraft", {"aircraft_type": "Boeing 737"}, "bad_aircraft_type"),
    *((f"opsdb/{table}", {"row_version": version}, "counted_from_one")
      for table in ("aircraft", "connections", "fx_rates", "leg_costs", "tickets")
      for version in ("0", "-5", "999999999")),
]  # fmt: skip


@cache
def rows_of(path: str) -> dict[str, dict]:
    """The rows of all cases of a feed, which lie in one file, by what was changed in them."""
    feed, cases = find(path), [changes for other, changes, _ in CASES if other == path]
    rows = typed(feed, [good_row(feed) | changes for changes in cases])
    return dict(zip(map(str, cases), rows, strict=True))


@pytest.mark.parametrize(("path", "changes", "reason"), CASES)
def test_a_row_with_an_impossible_value_is_refused_with_its_reason(path, changes, reason):
    row = rows_of(path)[f"{changes}"]
    assert row["reason"] == reason
    assert not reason or any(value and value in row["message"] for value in changes.values())


def test_every_table_of_the_database_holds_its_versions():
    for feed in feeds():
        if feed.arrival == "table":
            [rule] = [rule for rule in feed.rules if rule.code == "counted_from_one"]
            assert "is_version(whole(row_version))" in rule.when, feed.path


def test_the_cost_lines_of_the_database_are_those_of_the_tables_of_finance():
    [rule] = [rule for rule in find("opsdb/leg_costs").rules if rule.code == "unknown_cost_line"]
    table = find("partner/costs").layout.table
    assert table
    lines = table.columns["COST_LINE"].words
    assert f"'({'|'.join(lines)})(_again)?'" in rule.when
    assert all(f"'{driver}'" in rule.when for driver in COST_DRIVERS.values())
