# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
"""Feed partner/bts_arrivals: clocks of the destination, dates of the departure."""

from datetime import datetime

import pytest

from aero_assets.feeds import find
from tests.judging import judged

FEED = find("partner/bts_arrivals")
PREAMBLE = (
    "Detailed Statistics Arrivals", "Destination Airport: Grand Rapids, MI: Gerald R. Ford International (GRR)",
    "Airline: Delta Airlines Inc. (DL)", "Month(s): January", "Day(s): 1", "Year(s): 2022", "",
)  # fmt: skip
LATE = "DL,01/01/2022,1345,N376NW,ATL,23:50,00:20,125,140,30,00:12,8,0,0,30,0,0"


def body(*records):
    return "\n".join((*PREAMBLE, ",".join(FEED.header), *records, " SOURCE: BTS"))


def quoted(record, **changes):
    values = record.split(",")
    for place, value in changes.items():
        values[int(place[1:])] = value
    return ",".join(f'"{value}"' for value in values)


def judge(record):
    [row] = judged(FEED, body(quoted(record)))
    return row


def test_an_arrival_after_midnight_has_the_date_of_its_departure():
    row = judge(LATE)
    assert (row["reason"], f"{row['operating_date']}", row["nas_delay_minutes"]) == (None, "2022-01-01", 30)
    assert (row["std_at"], row["sta_at"]) == (datetime(2022, 1, 2, 2, 45), datetime(2022, 1, 2, 4, 50))
    assert (row["out_at"], row["on_at"], row["in_at"]) == (
        datetime(2022, 1, 2, 3), datetime(2022, 1, 2, 5, 12), datetime(2022, 1, 2, 5, 20),
    )  # fmt: skip


def test_a_leg_that_never_arrived_is_neither_cancelled_nor_flown_for_certain():
    row = judge("DL,01/02/2022,1347,N376NW,ATL,10:10,00:00,125,0,0,00:00,0,0,0,0,0,0")
    assert (row["reason"], row["in_at"], row["is_cancelled"], row["is_diverted"]) == (None, None, None, None)


REFUSED = {
    "missing_value": {"_0": ""}, "bad_date": {"_1": "02/30/2022"}, "bad_carrier": {"_0": "Delta"},
    "carrier_mismatch": {"_0": "UA"}, "bad_flight_number": {"_2": "17X"}, "bad_tail": {"_3": "N-376"},
    "unknown_airport": {"_4": "QQQ"}, "same_airport": {"_4": "GRR"}, "bad_time": {"_6": "25:75"},
    "not_a_number": {"_11": "long"}, "negative_duration": {"_7": "0"}, "duration_too_long": {"_8": "1580"},
    "too_early": {"_9": "-1438"}, "delay_too_long": {"_9": "5000"}, "arrival_delay_mismatch": {"_9": "31"},
    "duration_mismatch": {"_11": "9"}, "cause_mismatch": {"_12": "1"},
    "unexplained_delay": {"_9": "1470", "_14": "0"},
}  # fmt: skip


@pytest.fixture(scope="module")
def refused():
    """The rows of all broken records, which lie in one file."""
    return dict(
        zip(REFUSED, judged(FEED, body(*(quoted(LATE, **changes) for changes in REFUSED.values()))), strict=True)
    )


@pytest.mark.parametrize("reason", REFUSED)
def test_a_record_that_breaks_a_rule_is_refused_with_its_reason(refused, reason):
    assert refused[reason]["reason"] == reason
