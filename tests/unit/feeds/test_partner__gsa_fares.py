"""Feed partner/gsa_fares: no fare is no zero, and every sum is the file's own."""

from collections import Counter
from datetime import date

import pyarrow.parquet as pq
import pytest

from aero_assets.feeds import find
from tests.judging import judged
from tests.unit.feeds.parquet_files import write

FEED = find("partner/gsa_fares")
RECORD = dict.fromkeys(FEED.header) | {
    "ITEM_NUM": 4122, "AWARD_YEAR": 2025, "ORIGIN_AIRPORT_ABBREV": "ABQ", "DESTINATION_AIRPORT_ABBREV": "JNU",
    "AIRLINE_ABBREV": "AS", "AWARDED_SERV": "C", "PAX_COUNT": 32, "YCA_FARE": 478, "_CA_FARE": 0, "BUSINESS_FARE": 0,
    "_CP_FARE": 0, "EFFECTIVE_DATE": date(2024, 10, 1), "EXPIRATION_DATE": date(2024, 10, 29),
}  # fmt: skip
REFUSED = {
    "missing_value": {"AIRLINE_ABBREV": None},
    "bad_airport": {"ORIGIN_AIRPORT_ABBREV": "Albuquerque"},
    "bad_carrier": {"AIRLINE_ABBREV": "Alaska"},
    "period_mismatch": {"AWARD_YEAR": 2026},
    "airport_mismatch": {
        "ORIGIN_CITY_STATE_AIRPORT": "ALBUQUERQUENM-ABQ",
        "ORIGIN_CITY_NAME": "ALBUQUERQUE",
        "ORIGIN_STATE": "NM",
        "ORIGIN_AIRPORT_ABBREV": "BQN",
    },
    "bad_flag": {"AWARDED_SERV": "Y"},
    "negative_amount": {"YCA_FARE": -478},
    "same_airport": {"DESTINATION_AIRPORT_ABBREV": "ABQ"},
    "impossible_fare": {"_CA_FARE": 479},
    "impossible_amount": {"PAX_COUNT": 1_000_001},
    "bad_period": {"EXPIRATION_DATE": date(2024, 9, 30)},
}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "fares.parquet"


def test_a_fare_of_zero_is_no_fare(file):
    [row] = judged(FEED, write(file, RECORD))
    fares = [row[name] for name in ("yca_fare_usd", "ca_fare_usd", "business_fare_usd", "cp_fare_usd")]
    assert (row["reason"], fares) == (None, [478, None, None, None])
    assert (row["effective_on"], row["expires_on"]) == (date(2024, 10, 1), date(2024, 10, 29))
    assert row["fiscal_year_start_on"] == date(2024, 10, 1)


def test_a_fare_that_changes_has_a_row_for_each_period_and_a_row_sent_twice_is_one_fact(file):
    later = {"EFFECTIVE_DATE": date(2024, 11, 21), "EXPIRATION_DATE": date(2025, 9, 30)}
    rows = judged(FEED, write(file, RECORD, later, {}))
    assert [f"{row['effective_on']}" for row in rows] == ["2024-10-01", "2024-11-21", "2024-10-01"]
    assert [row["event_id"] for row in rows].count(rows[0]["event_id"]) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"YCA_FARE": 47_800_000}, "impossible_fare"), ({"YCA_FARE": 2_000_000_000}, "impossible_fare"),
     ({"YCA_FARE": -2_000_000_000}, "negative_amount"), ({"EXPIRATION_DATE": date(2999, 1, 1)}, "period_mismatch"),
     ({"_CA_FARE": 478}, None)],
)  # fmt: skip
def test_a_fare_beyond_anything_possible_is_refused(file, changes, reason):
    [row] = judged(FEED, write(file, RECORD | changes))
    assert row["reason"] == reason


@pytest.mark.parametrize("reason", REFUSED)
def test_a_record_that_breaks_a_rule_is_refused_with_its_reason(file, reason):
    rows = judged(FEED, write(file, RECORD, REFUSED[reason]))
    assert [row["reason"] for row in rows] == [None, reason]
    assert rows[1]["message"]


def test_every_rule_of_the_register_has_a_record_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()


def test_every_row_of_a_file_that_breaks_off_inside_a_page_is_given_or_refused(file):
    write(file, RECORD, *[{"ITEM_NUM": number} for number in range(2_000)])
    body = bytearray(file.read_bytes())
    start = pq.read_metadata(file).row_group(0).column(0).data_page_offset
    body[start : start + 12] = bytes(12)
    file.write_bytes(body)
    rows = judged(FEED, file)
    assert [row["line_number"] for row in rows] == [*range(1, 2_002)]
    assert {row["reason"] for row in rows} == {"unreadable_body"}
    assert rows[0]["message"].startswith("the Parquet file cannot be read after row 0")


def test_the_published_year_is_taken_in_whole_and_its_sums_are_the_file_s(shared_data):
    rows = judged(FEED, shared_data / "fares" / "gsa_city_pair_fares_fy2025.parquet")
    assert Counter(row["reason"] for row in rows) == {None: 14_105}
    fares = {name: [row[name] for row in rows] for name in rows[0] if name.endswith("_usd")}
    assert {name: sum(filter(None, fare)) for name, fare in fares.items()} == {
        "yca_fare_usd": 6_306_106, "ca_fare_usd": 2_762_170, "business_fare_usd": 5_157_853, "cp_fare_usd": 209_022,
    }  # fmt: skip
    assert {name: fare.count(None) for name, fare in fares.items()} == {
        "yca_fare_usd": 0, "ca_fare_usd": 2_358, "business_fare_usd": 13_249, "cp_fare_usd": 13_974,
    }  # fmt: skip
    assert sum(row["passengers"] for row in rows) == 7_103_097
