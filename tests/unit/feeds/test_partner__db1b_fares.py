"""Feed partner/db1b_fares: the quarter that only the file's name says, and the file's own sums."""

from collections import Counter
from datetime import date

import pytest

from aero_assets.feeds import find
from tests.judging import judged
from tests.unit.feeds.parquet_files import write

FEED = find("partner/db1b_fares")
NAME = "db1b_route_summary_2025q2.parquet"
RECORD = {
    "route": "JFK-LAX", "passengers": 70_034, "passenger_growth_pct": 31.1032, "average_price": 458.71,
    "price_per_mile": 0.1851, "price_change_pct": None, "price_per_mile_change_pct": None,
}  # fmt: skip
REFUSED = {
    "missing_value": {"average_price": None},
    "bad_route": {"route": "LAX-JFK"},
    "negative_amount": {"passengers": -1},
    "impossible_fare": {"average_price": 50_001.0},
    "impossible_amount": {"passengers": 10_000_001},
    "distance_mismatch": {"average_price": 45_871.0},
}


@pytest.mark.parametrize(("quarter", "first_day"), [("2025q1", date(2025, 1, 1)), ("2025q4", date(2025, 10, 1))])
def test_the_name_of_the_file_says_the_quarter(tmp_path, quarter, first_day):
    [row] = judged(FEED, write(tmp_path / NAME.replace("2025q2", quarter), RECORD))
    assert (row["reason"], row["quarter_start_on"]) == (None, first_day)
    assert (row["first_airport"], row["second_airport"]) == ("JFK", "LAX")


def test_the_same_row_of_another_quarter_is_another_fact(tmp_path):
    files = [write(tmp_path / NAME.replace("q2", quarter), RECORD) for quarter in ("q2", "q3")]
    assert len({row["event_id"] for file in files for row in judged(FEED, file)}) == 2


def test_a_file_of_another_name_has_no_quarter(tmp_path):
    [row] = judged(FEED, write(tmp_path / "fares.parquet", RECORD))
    assert row["reason"] == "bad_period"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"price_per_mile": 18.51}, "distance_mismatch"), ({"average_price": 1e300}, "impossible_fare"),
     ({"route": "GUF-LAX"}, None), ({"price_per_mile": 0.0}, None)],
)  # fmt: skip
def test_a_fare_and_its_miles_belong_to_its_route(tmp_path, changes, reason):
    [row] = judged(FEED, write(tmp_path / NAME, RECORD | changes))
    assert row["reason"] == reason


@pytest.mark.parametrize("reason", REFUSED)
def test_a_record_that_breaks_a_rule_is_refused_with_its_reason(tmp_path, reason):
    rows = judged(FEED, write(tmp_path / NAME, RECORD, REFUSED[reason]))
    assert [row["reason"] for row in rows] == [None, reason]
    assert rows[1]["message"]


def test_every_rule_of_the_register_has_a_record_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys() | {"bad_period"}


def test_the_published_quarter_is_taken_in_whole_and_its_sums_are_the_file_s(shared_data):
    rows = judged(FEED, shared_data / "fares" / NAME)
    assert Counter(row["reason"] for row in rows) == {None: 37_048}
    assert sum(row["sampled_passengers"] for row in rows) == 16_125_543
    assert sum(row["average_fare_usd"] for row in rows) == pytest.approx(12_862_240.23)
    assert Counter(row["fare_change_percent"] is None for row in rows) == {True: 28_813, False: 8_235}
