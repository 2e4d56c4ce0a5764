# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
"""Feed partner/weather: the hour in UTC is the key, NA is unknown, and a wind of 1,048 mph is put aside."""

import gzip
from collections import Counter
from datetime import datetime

import pytest

from aero_assets.feeds import find
from tests.judging import broken, judged

FEED = find("partner/weather")
RECORD = "EWR,2013,1,1,1,39.02,26.06,59.37,270,10.35702,NA,0,1012,10,2013-01-01T06:00:00Z"
SAMPLE = "\n".join([",".join(FEED.header), RECORD, ""])
REFUSED = {
    "missing_value": {"origin": ""},
    "bad_value": {"visib": "far"},
    "bad_time": {"time_hour": "2013-01-01T06:30:00Z"},
    "unknown_airport": {"origin": "QQQ"},
    "weather_mismatch": {"dewp": "40.1"},
    "clock_mismatch": {"hour": "2"},
    "humidity_mismatch": {"temp": "3.9", "dewp": "-3.3"},
    "impossible_weather": {"wind_speed": "1048.36058"},
    "date_out_of_range": {"year": "1987", "time_hour": "1987-01-01T06:00:00Z"},
}

WORDS = ("NA", "NaN", "nan", "N/A", "M", "null", "None", "", "-")
#: Changes of a record, and the reason to refuse it.
UNITS = (
    ({"visib": "16.1"}, "impossible_weather"), ({"pressure": "850"}, "impossible_weather"),
    ({"hour": "999999999"}, "clock_mismatch"), ({"temp": "20", "dewp": "10", "humid": "52.5"}, "humidity_mismatch"),
    ({"dewp": "NA"}, None), ({"humid": "NA"}, None), ({"humid": "80"}, None),
)  # fmt: skip


def test_not_available_is_unknown_and_zero_is_zero():
    [row] = judged(FEED, SAMPLE)
    assert (row["reason"], row["gust_mph"], row["precipitation_inches"]) == (None, None, 0.0)
    assert (row["observed_at"], row["utc_offset_minutes"]) == (datetime(2013, 1, 1, 6), -300)


@pytest.fixture(scope="module")
def unknown() -> dict[str, dict]:
    """A row for every word for unknown, from one file."""
    rows = judged(FEED, broken(SAMPLE, *(dict.fromkeys(FEED.header[5:14], word) for word in WORDS)))
    return dict(zip(WORDS, rows, strict=True))


@pytest.mark.parametrize("word", WORDS)
def test_every_word_for_unknown_is_unknown_in_every_measure(unknown, word):
    row = unknown[word]
    names = ("temperature_f", "gust_mph", "precipitation_inches", "pressure_hpa", "visibility_miles")
    assert (row["reason"], [row[name] for name in names]) == (None, [None] * 5)


def test_a_trace_of_rain_is_no_figure_and_not_zero():
    [row] = judged(FEED, broken(SAMPLE, {"precip": "T"}))
    assert (row["reason"], row["precipitation_inches"]) == (None, None)


def test_a_frame_with_another_order_an_index_and_without_a_measure_is_read_by_names():
    header, record = SAMPLE.splitlines()
    names, values = header.split(","), record.split(",")
    kept = [n for n in reversed(range(len(names))) if names[n] != "humid"]
    text = "\n".join(["," + ",".join(names[n] for n in kept), "0," + ",".join(values[n] for n in kept), ""])
    [row] = judged(FEED, text)
    assert (row["reason"], row["airport"], row["temperature_f"], row["humidity_percent"]) == (None, "EWR", 39.02, None)


def test_the_hour_that_exists_twice_is_two_hours():
    night = {"month": "11", "day": "3", "hour": "1"}
    texts = [broken(SAMPLE, night | {"time_hour": f"2013-11-03T0{hour}:00:00Z"}) for hour in (5, 6, 7)]
    rows = [row for text in texts for row in judged(FEED, text)]
    assert [(row["reason"], row["utc_offset_minutes"]) for row in rows] == [
        (None, -240),
        (None, -300),
        ("clock_mismatch", -300),
    ]


@pytest.fixture(scope="module")
def units() -> dict[str, dict]:
    """The rows of these records, which lie in one file, by what was changed in them."""
    changes = [change for change, _ in UNITS]
    return dict(zip(map(str, changes), judged(FEED, broken(SAMPLE, *changes)), strict=True))


@pytest.mark.parametrize(("changes", "reason"), [(f"{changes}", reason) for changes, reason in UNITS])
def test_a_figure_in_another_unit_is_refused(units, changes, reason):
    assert units[changes]["reason"] == reason


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


def test_the_published_year_is_taken_in_but_for_one_wind_and_its_sums_are_the_file_s(shared_data):
    file = shared_data / "weather" / "nycflights13_weather.csv.gz"
    rows = judged(FEED, gzip.decompress(file.read_bytes()))
    [aside] = [row for row in rows if row["reason"]]
    assert (aside["reason"], aside["airport"], aside["observed_at"]) == (
        "impossible_weather",
        "EWR",
        datetime(2013, 2, 12, 8),
    )
    assert aside["message"].startswith("a value is beyond anything ever measured: wind 1048.36058 mph")
    assert Counter(row["airport"] for row in rows) == {"EWR": 8_703, "JFK": 8_706, "LGA": 8_706}
    assert Counter(row["gust_mph"] is None for row in rows)[True] == 20_778
    assert Counter(row["pressure_hpa"] is None for row in rows)[True] == 2_729
    assert sum(row["precipitation_inches"] for row in rows) == pytest.approx(116.71)
    assert len({(row["airport"], row["observed_at"]) for row in rows}) == len(rows) == 26_115
