# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
"""Feed partner/metar: what a report says, and when, as far as its day of the month tells."""

import gzip
import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aero_assets.defs.typed import sources
from aero_assets.defs.typed.metar_lines import values_of
from aero_assets.feeds import find
from tests.judging import judged
from tests.unit.feeds import metar_cases as cases

FEED = find("partner/metar")
ARRIVED = date(2026, 11, 23)
STORM = "SPECI MMMX 222312Z 35018G32KT 1SM +TSRA BKN015CB OVC080 13/12 A3021"
FOG = "METAR MMTJ 221343Z 00000KT 1/4SM FG VV002 11/11 A3008"
REFUSED = {
    "more odd than known": "METAR MMMX 221345Z 02004KT 5SM what is this",
    "no station": "METAR M 221345Z 02004KT 5SM",
    "no day in the time": "METAR MMMX 1345Z 02004KT 5SM",
    "no such day": "METAR MMMX 321345Z 02004KT 5SM",
    "no report at all": "METAR MMMX 221345Z NIL",
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


@pytest.mark.parametrize("name", REFUSED)
def test_a_report_that_cannot_be_used_is_put_aside_between_good_ones(name):
    rows = judge(FOG, REFUSED[name], STORM)
    assert [row["reason"] for row in rows] == [None, "unreadable_report", None]
    assert rows[1]["message"].startswith("not a weather report: ")
    assert rows[1]["record"] == REFUSED[name]


@pytest.mark.parametrize("name", cases.CASES)
def test_every_group_counts_for_itself_and_an_odd_one_is_named(name):
    groups, said, _ = cases.CASES[name]
    values = values_of(f"METAR MMMX 221243Z {groups}", datetime(2026, 11, 23))
    assert " ".join(values[name] or "-" for name in cases.NAMES) == said


@pytest.mark.parametrize("opening", cases.OPENINGS)
def test_a_correction_is_the_version_that_its_mark_tells(opening):
    version, kind, _ = cases.OPENINGS[opening]
    values = values_of(f"{opening} {cases.REPORT}", datetime(2026, 11, 28, 13))
    assert (values["VERSION"], values["KIND"]) == (f"{version}", kind)


def test_a_bulletin_that_corrects_another_corrects_its_reports():
    rows = judged(FEED, f"SAMX31 MMMX 221240 CCB\n{FOG}=\n\x03\n{STORM}=\n", ARRIVED)
    assert [row["version"] for row in rows] == [3, 1]


@pytest.mark.parametrize("name", cases.BODIES)
def test_a_report_ends_where_it_ends_whatever_carries_it(name):
    body, expected, _ = cases.BODIES[name]
    rows = judged(FEED, body, date(2026, 11, 29))
    found = [
        (row["line_number"], row["reason"])
        if row["reason"]
        else (row["line_number"], row["station"], f"{row['observed_at']:%Y-%m-%d %H:%M}")
        for row in rows
    ]
    assert sorted(found, key=lambda row: row[0]) == expected
    assert all(row["wind_kt"] == 8 and row["pressure_hpa"] == 1018 for row in rows if not row["reason"])


@pytest.mark.parametrize("name", cases.BODIES)
def test_the_door_takes_what_carries_reports_and_counts_them_by_their_reader(name, tmp_path):
    body, expected, _ = cases.BODIES[name]
    lines = [line for line in body.encode().split(b"\n") if line.strip()]
    unlike = [line for line in lines if not re.match(FEED.layout.line_pattern.encode(), line)]
    assert 2 * len(unlike) <= len(lines)
    file = tmp_path / "body"
    file.write_bytes(gzip.compress(body.encode()))
    assert sources.count(FEED, file) == len(expected)


def test_the_same_words_in_two_months_of_an_archive_are_two_reports():
    said = "MMMX 282359Z 24008KT CAVOK 18/08 Q1018"
    rows = judged(FEED, f"station,valid,metar\nMMMX,2024-01-28 23:59,{said}\nMMMX,2024-02-28 23:59,{said}\n")
    assert len({row["event_id"] for row in rows}) == 2


def test_the_last_report_without_the_sign_that_ends_all_others_may_be_cut_off():
    rows = judge(f"{STORM}=", FOG[:-6])
    assert [row["findings"] for row in rows] == [None, "no_end"]


def test_a_line_that_is_no_text_is_one_record_aside():
    rows = judged(FEED, FOG.encode() + b"\nMETAR \xff\xfe\n", ARRIVED)
    assert [row["reason"] for row in rows] == [None, "bad_encoding"]


def test_a_number_that_no_date_can_hold_is_no_date_and_stops_no_other_report():
    report = "METAR LEMD 221343Z 00000KT 9999 FEW020 11/10 Q1012"
    rows = judged(
        FEED, f"ESTACION,YEAR,MONTH,DAY,HOUR,MINUTE,REPORT\nLEMD,{'9' * 32},11,22,13,43,{report}=\n"
        f"LEMD,2026,11,22,13,43,{report}=\n", ARRIVED
    )  # fmt: skip
    assert [row["station"] for row in rows if row["reason"] is None][-1:] == ["LEMD"]


ARRIVALS = st.datetimes(datetime(2011, 1, 1), datetime(2030, 12, 31))


@example(arrived=datetime(2011, 4, 30, 23, 14), late=-46)
@given(arrived=ARRIVALS, late=st.integers(-59, 27 * 24 * 60))
def test_a_report_that_arrives_within_four_weeks_is_dated_to_the_minute(arrived, late):
    observed = (arrived - timedelta(minutes=late)).replace(second=0, microsecond=0)
    said = values_of(f"METAR MMMX {observed:%d%H%M}Z 02004KT 5SM", arrived)
    assert said["OBSERVED_AT"] == f"{observed:%Y-%m-%d %H:%M}:00"


@given(arrived=ARRIVALS, day=st.integers(1, 31), minute=st.integers(0, 1439))
def test_no_report_is_from_the_future_or_older_than_it_must_be(arrived, day, minute):
    time = f"{day:02d}{minute // 60:02d}{minute % 60:02d}Z"
    try:
        said = values_of(f"METAR MMMX {time} 02004KT 5SM", arrived)
    except ValueError as error:
        ahead = re.fullmatch(f"{time} is ([0-9]+) minutes after its arrival: .*", f"{error}")
        assert ahead
        assert 60 <= int(ahead[1]) <= 14 * 60
        return
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


@pytest.mark.parametrize(
    ("groups", "findings"),
    [
        ("18005KT 36030KT 10SM BKN020 13/12 Q1013", "odd_group:36030KT"),
        ("18005KT 10SM 2SM BKN020 13/12 Q1013", "odd_group:2SM"),
        ("18005KT 10SM BKN020 13/12 20/15 Q1013", "odd_group:20/15"),
        ("18005KT 10SM BKN020 13/12 Q1013 Q0990", "odd_group:Q0990"),
        ("18005KT 10SM BKN020 13/12 Q1013 A2892", "odd_group:A2892"),
        ("18005KT 10SM SKC BKN020 13/12 Q1013", "odd_group:SKC"),
        ("18005KT 10SM BKN020 13/12 18005KT 13/12 Q1013 A2992", None),
        ("18005KT 9999 4000 BKN020 13/12 Q1013", None),
    ],
)
def test_a_group_that_contradicts_another_one_is_odd_and_the_first_counts(groups, findings):
    [row] = judge(f"METAR MMMX 221345Z {groups}")
    assert (row["findings"], row["wind_kt"], row["ceiling_ft"], row["pressure_hpa"]) == (findings, 5.0, 2000, 1013.0)


@pytest.mark.parametrize(("group", "air"), [("13/15", None), ("13/14", 13.0), ("M05/M03", None), ("//15", None)])
def test_a_dew_point_above_the_temperature_makes_both_unknown(group, air):
    [row] = judge(f"METAR MMMX 221345Z 18005KT 10SM BKN020 {group} Q1013")
    assert row["temperature_c"] == air


@pytest.mark.parametrize(
    ("arrived", "observed"),
    [
        ("2026-11-23 13:45", "2026-11-23 13:45"),
        ("2026-11-23 12:45", "2026-11-23 13:45"),
        ("2026-11-23 12:44", None),
        ("2026-11-22 23:45", None),
        ("2026-11-22 23:44", "2026-10-23 13:45"),
        ("2026-11-24 09:00", "2026-11-23 13:45"),
    ],
)
def test_a_report_hours_ahead_of_its_arrival_is_refused_and_not_of_the_month_before(arrived, observed):
    def read() -> str | None:
        return values_of("METAR MMMX 231345Z 02004KT 5SM", datetime.fromisoformat(arrived))["OBSERVED_AT"]

    if observed:
        assert read() == f"{observed}:00"
    else:
        with pytest.raises(ValueError, match=r"231345Z is [0-9]+ minutes after its arrival"):
            read()


@pytest.mark.parametrize("wind", ["23512KT", "00112KT", "36112KT", "99912KT", "235//KT", "00512G22MPS"])
def test_a_wind_from_no_direction_that_is_reported_is_odd(wind):
    [row] = judge(f"METAR MMMX 221345Z {wind} 10SM BKN020 13/12 Q1013")
    assert (row["findings"], row["wind_kt"], row["wind_from_degrees"]) == (f"odd_group:{wind}", None, None)


@pytest.mark.parametrize(("station", "findings"), [("QQQQ", "unknown_station"), ("MMMX", None), ("KJFK", None)])
def test_a_station_that_nobody_knows_is_kept_and_named(station, findings):
    [row] = judge(f"METAR {station} 221345Z 18005KT 10SM BKN020 13/12 Q1013")
    assert (row["reason"], row["station"], row["findings"]) == (None, station, findings)
