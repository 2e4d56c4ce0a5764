"""Feed partner/t100_segment: what a record becomes, every reason to refuse one, and the file's own sums."""

import gzip
from collections import Counter
from datetime import date

import pytest

from aero_assets.feeds import find
from tests.judging import broken, judged

FEED = find("partner/t100_segment")
RECORD = (
    "0,21,1,3486,2986,0,0,1277,0,0,AM,19534,Aeromexico,9541F,I,AM,Aeromexico,0,0,13303,1330303,32467,MIA,"
    '"Miami, FL",US,United States,33,13541,1354102,33541,MEX,"Mexico City, Mexico",MX,Mexico,148,6,612,1,2024,1,1,3,F'
)
SAMPLE = "\n".join([",".join(FEED.header), RECORD, ""])
REFUSED = {
    "missing_value": {"CARRIER": ""},
    "bad_value": {"SEATS": "many"},
    "bad_month": {"MONTH": "13"},
    "bad_carrier": {"CARRIER": "Aeromexico"},
    "bad_carrier_group": {"CARRIER_GROUP": "00"},
    "bad_airport": {"DEST": "MEXICO"},
    "bad_service_class": {"CLASS": "X"},
    "quarter_mismatch": {"QUARTER": "2"},
    "too_many_passengers": {"PASSENGERS": "29860"},
    "bad_seats": {"SEATS": "34860"},
    "passengers_on_cargo_flights": {"CLASS": "G"},
    "duration_mismatch": {"CARRIER_GROUP": "3", "RAMP_TO_RAMP": "4000", "AIR_TIME": "4100"},
    "distance_group_mismatch": {"DISTANCE": "1585"},
    "airport_mismatch": {"DEST_AIRPORT_ID": "13540"},
    "distance_mismatch": {"DISTANCE": "1377"},
    "country_mismatch": {"ORIGIN": "MEX", "DEST": "MIA"},
    "negative_amount": {"PASSENGERS": "-1"},
    "load_without_departure": {"DEPARTURES_PERFORMED": "0"},
    "bad_code": {"AIRCRAFT_TYPE": "６１２"},
    "impossible_amount": {"FREIGHT": "2000000000"},
    "too_fast": {"CARRIER_GROUP": "3", "RAMP_TO_RAMP": "61", "AIR_TIME": "48"},
    "bad_distance": {"DISTANCE": "1277000", "DISTANCE_GROUP": "25"},
}


def test_a_foreign_carrier_that_files_no_schedule_has_none():
    [row] = judged(FEED, SAMPLE)
    assert row["reason"] is None
    assert (row["departures"], row["departures_scheduled"], row["air_minutes"]) == (21, None, None)
    assert row["month_start_on"] == date(2024, 1, 1)


def test_a_carrier_of_the_united_states_that_scheduled_nothing_scheduled_nothing():
    [row] = judged(FEED, broken(SAMPLE, {"CARRIER_GROUP": "3", "AIR_TIME": "900"}))
    assert (row["departures_scheduled"], row["air_minutes"]) == (0, 900)


#: Amounts of another unit, beyond anything possible, or of a row that has no such amount.
MISTAKEN = (
    ({"PASSENGERS": "+999999"}, "too_many_passengers"), ({"PASSENGERS": "2000000000"}, "too_many_passengers"),
    ({"PASSENGERS": "1.000"}, "bad_value"), ({"DEPARTURES_PERFORMED": "999999999"}, "impossible_amount"),
    ({"QUARTER": "999999999"}, "quarter_mismatch"), ({"FREIGHT": "12600002"}, "impossible_amount"),
    ({"PAYLOAD": "5000", "FREIGHT": "4000", "MAIL": "1001"}, "impossible_amount"),
    ({"DEPARTURES_PERFORMED": "0", "SEATS": "0", "PASSENGERS": "0", "RAMP_TO_RAMP": "9"}, "load_without_departure"),
    ({"ORIGIN_COUNTRY": "", "DISTANCE": "2055", "DISTANCE_GROUP": ""}, "distance_mismatch"),
    ({"ORIGIN_COUNTRY": "", "DISTANCE": "1110", "DISTANCE_GROUP": ""}, "distance_mismatch"),
    ({"ORIGIN_COUNTRY": "", "DISTANCE": "1290", "DISTANCE_GROUP": ""}, None),
    ({"DEST": "MIA", "DEST_COUNTRY": "US"}, "bad_distance"),
    ({"PAYLOAD": "5000", "FREIGHT": "4000", "MAIL": "1000"}, None),
)  # fmt: skip


@pytest.fixture(scope="module")
def mistaken() -> dict[str, dict]:
    """The rows of all mistaken records, which lie in one file, by what was changed in them."""
    changes = [change for change, _ in MISTAKEN]
    return dict(zip(map(str, changes), judged(FEED, broken(SAMPLE, *changes)), strict=True))


@pytest.mark.parametrize(("changes", "reason"), [(f"{changes}", reason) for changes, reason in MISTAKEN])
def test_an_amount_of_another_unit_or_beyond_anything_possible_is_refused(mistaken, changes, reason):
    assert mistaken[changes]["reason"] == reason


@pytest.fixture(scope="module")
def refused() -> dict[str, dict]:
    """The rows of all broken records, which lie in one file."""
    return dict(zip(REFUSED, judged(FEED, broken(SAMPLE, *REFUSED.values())), strict=True))


@pytest.mark.parametrize("reason", REFUSED)
def test_a_record_that_breaks_a_rule_is_refused_with_its_reason(refused, reason):
    assert refused[reason]["reason"] == reason
    assert refused[reason]["message"]


def test_every_rule_of_the_register_has_a_record_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()


def test_the_published_month_is_taken_in_whole_and_its_sums_are_the_file_s(shared_data):
    file = shared_data / "traffic" / "bts_t100i_segment_all_carrier_2024-01.csv.gz"
    rows = judged(FEED, gzip.decompress(file.read_bytes()))
    assert Counter(row["reason"] for row in rows) == {None: 8_640}
    assert _sums(rows) == (143_796, 24_577_216, 18_911_854)
    ours = [row for row in rows if row["carrier"] == "AM"]
    assert (len(ours), len({(row["origin"], row["destination"]) for row in ours})) == (75, 33)
    assert _sums(ours) == (1_962, 335_213, 295_947)
    assert {row["departures_scheduled"] for row in rows if row["is_foreign_carrier"]} == {None}


def _sums(rows: list[dict]) -> tuple[int, ...]:
    return tuple(sum(row[name] for row in rows) for name in ("departures", "seats", "passengers"))
