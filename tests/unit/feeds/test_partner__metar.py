# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
"""Feed partner/metar: what a report says, and when, as far as its day of the month tells."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_assets.defs.typed.metar_lines import values_of
from aero_assets.feeds import find
from tests.judging import judged

FEED = find("partner/metar")
ARRIVED = date(2026, 11, 23)
STORM = "SPECI MMMX 222312Z 35018G32KT 1SM +TSRA BKN015CB OVC080 13/12 A3021"
FOG = "METAR MMTJ 221343Z 00000KT 1/4SM FG VV002 11/11 A3008"
REFUSED = {
    "unreadable_report": "METAR MMMX 221345Z 02004KT 5SM what is this",
    "weather_mismatch": STORM.replace("18G32", "32G18"),
    "impossible_weather": STORM.replace("18G32", "350"),
}


def judge(*lines: str) -> list[dict]:
    return judged(FEED, "\n".join(lines) + "\n", ARRIVED)


def test_a_report_says_what_stops_an_airport():
    [storm, fog] = judge(STORM, "", f"{FOG}=")
    assert (storm["report_kind"], storm["observed_at"]) == ("SPECI", datetime(2026, 11, 22, 23, 12))
    assert (storm["weather"], storm["gust_kt"], storm["ceiling_ft"]) == ("+TSRA", 32.0, 1500)
    assert (fog["weather"], fog["visibility_miles"], fog["ceiling_ft"]) == ("FG", 0.25, 200)
    assert (fog["line_number"], fog["raw_ref"]) == (3, "raw/key#3")


def test_a_correction_is_the_second_version_of_its_report():
    rows = judge(FOG, FOG.replace("METAR", "METAR COR").replace("11/11", "12/11"))
    assert [(row["version"], row["report_kind"], row["temperature_c"]) for row in rows] == [
        (1, "METAR", 11.0),
        (2, "METAR", 12.0),
    ]


def test_slashes_are_unknown_and_no_weather():
    [row] = judge("METAR MMMX 221345Z /////KT //// // ////// ///// Q////")
    measured = ("wind_kt", "visibility_miles", "weather", "ceiling_ft", "temperature_c", "pressure_hpa")
    assert {row[name] for name in measured} == {None}


def test_a_report_of_nothing_is_none():
    [row] = judge("METAR MMMX 221345Z NIL")
    assert (row["reason"], row["record"]) == ("unreadable_report", "METAR MMMX 221345Z NIL")


@pytest.mark.parametrize("reason", REFUSED)
def test_a_line_that_cannot_be_used_is_put_aside_between_good_ones(reason):
    rows = judge(FOG, REFUSED[reason], STORM)
    assert [row["reason"] for row in rows] == [None, reason, None]
    assert rows[1]["message"]
    assert rows[1]["record"] == REFUSED[reason]


def test_a_line_that_is_no_text_is_one_record_aside():
    rows = judged(FEED, FOG.encode() + b"\nMETAR \xff\xfe\n", ARRIVED)
    assert [row["reason"] for row in rows] == [None, "bad_encoding"]


def test_every_rule_of_the_register_has_a_record_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()


ARRIVALS = st.datetimes(datetime(2011, 1, 1), datetime(2030, 12, 31))


@given(arrived=ARRIVALS, late=st.integers(-59, 27 * 24 * 60))
def test_a_report_that_arrives_within_four_weeks_is_dated_to_the_minute(arrived, late):
    observed = (arrived - timedelta(minutes=late)).replace(second=0, microsecond=0)
    said = values_of(f"METAR MMMX {observed:%d%H%M}Z 02004KT 5SM", arrived)
    assert said["OBSERVED_AT"] == f"{observed:%Y-%m-%d %H:%M}:00"


@given(arrived=ARRIVALS, day=st.integers(1, 31), minute=st.integers(0, 1439))
def test_no_report_is_from_the_future_or_older_than_it_must_be(arrived, day, minute):
    said = values_of(f"METAR MMMX {day:02d}{minute // 60:02d}{minute % 60:02d}Z 02004KT 5SM", arrived)
    observed = datetime.fromisoformat(f"{said['OBSERVED_AT']}")
    assert observed <= arrived + timedelta(hours=1)
    assert arrived - observed < timedelta(days=62)


def test_the_reports_of_the_fixtures_are_read(shared_data):
    rows = judged(FEED, shared_data / "messages" / "metar.txt", ARRIVED)
    assert Counter(row["reason"] for row in rows) == {None: 4}
    assert [(row["station"], f"{row['observed_at']:%d %H:%M}") for row in rows] == [
        ("MMMX", "22 13:45"),
        ("MMMX", "22 23:12"),
        ("MMTJ", "22 13:43"),
        ("MMUN", "22 23:40"),
    ]
