# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
"""Feed partner/bts_cancellations: legs that the preamble calls cancelled or diverted."""

from datetime import datetime

import pytest

from aero_assets.feeds import find
from tests.judging import judged

FEED = find("partner/bts_cancellations")
LINE = ("DL", "01/02/2022", "2863", "N372NW", "DTW", "05:30")


def body(kind, *records, airport="GRR"):
    preamble = (f"Detailed Statistics {kind}", f"Origin Airport: Grand Rapids, MI ({airport})", "Airline: Delta (DL)",
                "Month(s): 1", "Day(s): 2", "Year(s): 2022", "")  # fmt: skip
    return "\n".join((*preamble, ",".join(FEED.header), *records, " SOURCE: BTS"))


def judge(kind="Cancellations", airport="GRR", **changes):
    values = [changes.get(f"_{place}", value) for place, value in enumerate(LINE)]
    [row] = judged(FEED, body(kind, ",".join(values), airport=airport))
    return row


@pytest.mark.parametrize(
    ("kind", "cancelled"), [("Cancellation", True), ("Cancellations", True), ("Diversions", False)]
)
def test_the_first_line_says_what_became_of_the_leg(kind, cancelled):
    row = judge(kind)
    assert (row["reason"], row["is_cancelled"], row["is_diverted"]) == (None, cancelled, not cancelled)
    assert row["std_at"] == datetime(2022, 1, 2, 10, 30)


REFUSED = {
    "missing_value": {"_0": ""}, "bad_date": {"_1": "02/30/2022"}, "bad_carrier": {"_0": "Delta"},
    "carrier_mismatch": {"_0": "UA"}, "bad_flight_number": {"_2": "17X"}, "bad_tail": {"_3": "N-376"},
    "bad_airport": {"_4": "Detroit"}, "unknown_airport": {"airport": "QQQ"}, "same_airport": {"_4": "GRR"},
    "bad_time": {"_5": "25:75"},
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSED)
def test_a_record_that_breaks_a_rule_is_refused_with_its_reason(reason):
    assert judge(**REFUSED[reason])["reason"] == reason
