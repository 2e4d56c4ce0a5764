# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
"""Feed partner/bts_departures: an airport in the preamble, cancellations nobody flags, and the file's own sums."""

import gzip
from collections import Counter
from datetime import datetime

import pytest

from aero_assets.feeds import find
from tests.judging import judged
from tests.unit.feeds import test_partner__bts_ontime as bts_ontime

FEED = find("partner/bts_departures")
PREAMBLE = (
    "Detailed Statistics Departures  ",
    "Origin Airport: Grand Rapids, MI: Gerald R. Ford International (GRR)",
    "Airline: Delta Airlines Inc. (DL)",
    "Month(s): January",
    "Day(s): 1",
    "Year(s): 2022",
    "",
)
FLOWN = "DL,01/01/2022,1736,N376NW,ATL,17:10,17:12,126,158,2,18:04,52,0,0,34,0,0"
CANCELLED = "DL,01/02/2022,2863,N372NW,DTW,05:30,00:00,60,0,0,00:00,0,0,0,0,0,0"
LEFT = "DL,12/16/2022,2706,N358NW,MSP,07:30,11:33,98,0,243,12:00,27,0,0,0,0,0"
COLUMNS = dict(zip(
    ("carrier", "date", "number", "tail", "to", "std", "out", "scheduled", "elapsed", "delay", "off", "taxi", "causes",
     "weather", "nas"),
    range(15), strict=True,
))  # fmt: skip
CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")
REFUSED = {
    "missing_value": {"carrier": ""},
    "bad_date": {"date": "02/30/2022"},
    "bad_carrier": {"carrier": "Delta"},
    "carrier_mismatch": {"carrier": "UA"},
    "bad_flight_number": {"number": "17X"},
    "bad_tail": {"tail": "N-376"},
    "same_airport": {"to": "GRR"},
    "bad_airport": {"to": "Atlanta"},
    "bad_time": {"out": "25:75"},
    "not_a_number": {"taxi": "long"},
    "negative_duration": {"scheduled": "0"},
    "duration_too_long": {"elapsed": "1580"},
    "too_early": {"delay": "-1438"},
    "unexplained_delay": {"delay": "1442", "nas": "0"},
    "delay_too_long": {"delay": "5000"},
    "departure_delay_mismatch": {"delay": "3"},
    "duration_mismatch": {"taxi": "51"},
    "cause_mismatch": {"causes": "1"},
}


def judge(*records: str, preamble: tuple[str, ...] = PREAMBLE) -> list[dict]:
    quoted = (",".join(f'"{value}"' for value in record.split(",")) for record in records)
    lines = [*preamble, ",".join(FEED.header), *quoted, "", " SOURCE: Bureau of Transportation Statistics"]
    return judged(FEED, "\n".join(lines))


def changed(**values: str) -> str:
    record: list[str] = [*FLOWN.split(",")]
    for name, value in values.items():
        record[COLUMNS[name]] = value
    return ",".join(record)


def test_the_origin_is_said_once_and_belongs_to_every_line():
    rows = judge(FLOWN, CANCELLED, LEFT)
    assert [(row["reason"], row["origin"], row["line_number"]) for row in rows] == [
        (None, "GRR", 9),
        (None, "GRR", 10),
        (None, "GRR", 11),
    ]


def test_the_same_line_of_another_airport_is_another_fact():
    elsewhere = tuple(line.replace("(GRR)", "(DTW)") for line in PREAMBLE)
    [here], [there] = judge(FLOWN), judge(FLOWN, preamble=elsewhere)
    assert here["event_id"] != there["event_id"]
    assert here["leg_uid"] != there["leg_uid"]


def test_a_preamble_without_an_airport_leaves_nothing_to_file_a_line_under():
    [row] = judge(FLOWN, preamble=("",) * 7)
    assert row["reason"] == "missing_value"


def test_times_are_those_of_the_origin_in_utc_and_the_arrival_follows_from_the_elapsed_time():
    [row] = judge(FLOWN)
    assert (row["std_at"], row["out_at"]) == (datetime(2022, 1, 1, 22, 10), datetime(2022, 1, 1, 22, 12))
    assert (row["off_at"], row["in_at"]) == (datetime(2022, 1, 1, 23, 4), datetime(2022, 1, 2, 0, 50))
    assert (row["nas_delay_minutes"], row["carrier_delay_minutes"]) == (34, 0)


def test_a_line_of_zeros_is_a_leg_that_never_left():
    [row] = judge(CANCELLED)
    assert (row["is_cancelled"], row["is_diverted"]) == (True, False)
    nothing = ("out_at", "off_at", "in_at", "carrier_delay_minutes", "reported_departure_delay_minutes")
    assert {row[name] for name in nothing} == {None}


def test_a_departure_at_midnight_is_no_cancellation():
    night = changed(std="00:00", out="00:00", delay="0", off="00:10", taxi="10", elapsed="126").replace(",34,", ",0,")
    [row] = judge(night)
    assert (row["reason"], row["is_cancelled"], row["out_at"]) == (None, False, datetime(2022, 1, 1, 5, 0))


def test_what_became_of_a_leg_that_left_and_has_no_end_is_not_made_up():
    [row] = judge(LEFT)
    assert (row["is_cancelled"], row["is_diverted"], row["in_at"]) == (None, None, None)
    assert row["out_at"] == datetime(2022, 12, 16, 16, 33)


@pytest.fixture(scope="module")
def refused():
    """Every broken record between two good ones, in one file."""
    rows = judge(*(record for values in REFUSED.values() for record in (FLOWN, changed(**values), CANCELLED)))
    return {reason: rows[3 * number : 3 * number + 3] for number, reason in enumerate(REFUSED)}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_record_that_breaks_a_rule_is_refused_with_its_reason_and_its_neighbours_are_not(refused, reason):
    before, row, after = refused[reason]
    assert (before["reason"], row["reason"], after["reason"]) == (None, reason, None)
    assert row["message"]


def test_an_airport_that_nobody_knows_is_refused():
    [row] = judge(FLOWN, preamble=tuple(line.replace("(GRR)", "(QQQ)") for line in PREAMBLE))
    assert row["reason"] == "unknown_airport"


def test_every_rule_of_the_register_has_a_record_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys() | {"unknown_airport"}


def test_the_published_year_is_taken_in_whole_and_its_sums_are_the_file_s(shared_data):
    file = shared_data / "flights" / "bts_detailed_departures_GRR_DL_2022.csv.gz"
    rows = judged(FEED, gzip.decompress(file.read_bytes()))
    assert Counter(row["reason"] for row in rows) == {None: 3_210}
    assert Counter(row["destination"] for row in rows) == {"ATL": 1_319, "DTW": 1_305, "MSP": 586}
    assert Counter(row["is_cancelled"] for row in rows) == {False: 3_167, True: 41, None: 2}
    assert sum(row["scheduled_block_minutes"] for row in rows) == 283_201
    assert sum(row["reported_departure_delay_minutes"] or 0 for row in rows) == 9_697
    causes = {name: sum(row[f"{name}_delay_minutes"] or 0 for row in rows) for name in CAUSES}
    assert causes == {"carrier": 10_355, "weather": 1_359, "nas": 4_261, "security": 0, "late_aircraft": 10_256}


def test_a_leg_that_left_its_stand_and_never_took_off_is_cancelled_and_has_left_as_in_the_other_file_of_bts():
    [here] = judge("DL,12/16/2022,2706,N358NW,MSP,07:30,11:33,98,0,243,00:00,0,0,0,0,0,0")
    assert here["reason"] is None
    assert (here["is_cancelled"], here["is_diverted"], here["off_at"]) == (True, False, None)
    assert here["out_at"] == datetime(2022, 12, 16, 16, 33)
    [there] = bts_ontime.judge(bts_ontime.LEFT_THEN_CANCELLED.replace(",20,1149,", ",,,"))
    assert (there["reason"], there["is_cancelled"], there["off_at"]) == (None, True, None)
    assert there["out_at"] is not None
