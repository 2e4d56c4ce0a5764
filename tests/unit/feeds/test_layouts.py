"""Feeds that are read by the names of their columns: the same records in other layouts give the same rows."""

import csv
import gzip
import io
from dataclasses import replace
from operator import itemgetter

import duckdb
import pytest

from aero_assets.feeds import find
from aero_ingest import headings
from tests.judging import judged

BTS = find("partner/bts_ontime")
VALUES = "2015,1,1,4,AS,98,N407AS,ANC,SEA,0005,2354,-11,21,0015,205,194,169,1448,0404,4,0430,0408,-22,0,0,,,,,,"
RECORD = dict(zip(BTS.header, next(csv.reader([VALUES])), strict=True))
SAYS = ("record", "event_id", "raw_ref", "line_number")


def text(columns: list[str], *records: dict[str, str]) -> str:
    """A file with these columns, each heading with the value of the same place in the records."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([columns, *([*record.values()] for record in records)])
    return file.getvalue()


def rows(file: str | bytes) -> list[dict]:
    return [{name: value for name, value in row.items() if name not in SAYS} for row in judged(BTS, file)]


def called(name: str) -> str:
    """The first other name of a column."""
    return BTS.layout.also_called.get(name, (name.title().replace("_", ""),))[0]


@pytest.fixture(scope="module")
def plain():
    [row] = rows(text(list(RECORD), RECORD))
    assert row["reason"] is None
    return row


def test_other_names_another_order_and_more_columns_give_the_same_row(plain):
    turned = dict(reversed(RECORD.items()))
    assert rows(text([called(name) for name in turned], turned)) == [plain]
    assert rows(text(["Quarter", *map(str.lower, RECORD)], {"QUARTER": "1", **RECORD})) == [plain]


def test_quoted_values_minutes_with_decimals_and_a_trailing_comma_give_the_same_row(plain):
    numbers = {name: f"{value}.00" if name in ("DEPARTURE_DELAY", "CANCELLED", "DIVERTED", "DISTANCE") else value
               for name, value in RECORD.items()}  # fmt: skip
    quoted = ",".join(f'"{value}"' if value.isalpha() else value for value in numbers.values())
    assert rows(f"{','.join(RECORD)},\n{quoted},\n") == [plain]
    assert rows(f"{','.join(RECORD)}\n{quoted},\n") == [plain]


def test_a_record_with_another_number_of_values_than_its_own_header_is_refused():
    wide = ["Quarter", *RECORD]
    [short, long] = rows(text(wide, RECORD, {"Q": "1", **RECORD, "X": "y"}))
    assert (short["reason"], long["reason"]) == ("too_few_columns", "too_many_columns")
    assert short["message"] == "expected 32 columns, found 31"


def test_a_column_that_may_be_missing_is_unknown(plain):
    without = {name: value for name, value in RECORD.items() if name != "TAIL_NUMBER"}
    assert rows(text(list(without), without)) == [plain | {"tail": None}]


@pytest.mark.parametrize(
    ("seen", "problem"),
    [
        (
            ["Year", "Month"],
            "it has no column AIRLINE or IATA_CODE_Reporting_Airline or Reporting_Airline, FLIGHT_NUMBER",
        ),
        ([name for name in RECORD if name != "DAY"], "it has no date: no column YEAR and MONTH and DAY or DayofMonth"),
        ([*RECORD, "origin"], ""),
        ([*RECORD, "Tail Number"], "'TAIL_NUMBER' stands in it twice"),
    ],
)
def test_a_header_that_cannot_be_used_is_told_apart(seen, problem):
    found = BTS.places_in(seen)
    assert found.problem.startswith(problem)
    assert bool(found.problem) == bool(problem)


def test_names_of_a_feed_are_told_apart_from_each_other():
    for feed in (BTS, find("partner/t100_segment")):
        layout = feed.layout
        names = [name for column in feed.in_records for name in headings.names_of(column, layout.also_called)]
        plain = [headings.find([name], (name,), {}, ()).at for name in names]
        assert plain == [(1,)] * len(names)
        alone = replace(layout, also_called={})
        for column, others in layout.also_called.items():
            for other in set(others) - {column}:
                places = headings.find([other], feed.header, alone.also_called, feed.header)
                assert places.at == (None,) * len(feed.header), (column, other)


def test_two_days_of_real_flights_as_bts_publishes_months_give_the_same_rows(real_bts, tmp_path):
    endings = ("_DELAY", "_TIME", "TAXI_IN", "TAXI_OUT", "CANCELLED", "DIVERTED", "DISTANCE")
    minutes = {name for name in BTS.header if name.endswith(endings)} - {"DEPARTURE_TIME", "ARRIVAL_TIME"}
    columns = ", ".join(
        f"""{name} || '.00' as "{called(name)}" """ if name in minutes else f'{name} as "{called(name)}"'
        for name in reversed(BTS.header)
    )
    published = tmp_path / "month.csv"
    with duckdb.connect() as engine:
        engine.execute(f"create view days as select * from read_csv('{real_bts}', all_varchar = true)")
        engine.execute(f"""
            copy (select '1' as "Quarter", {columns}, '' as "Div5TailNum" from days)
            to '{published}' (header, force_quote ('{called("AIRLINE")}', '{called("ORIGIN_AIRPORT")}'))
        """)
    bodies = (gzip.decompress(real_bts.read_bytes()), published.read_bytes())
    own, other = (sorted(rows(body), key=itemgetter("leg_uid")) for body in bodies)
    assert len(own) == 30_691
    assert own == other


TIMES = ("out_at", "off_at", "on_at", "in_at")
FOLLOW = {
    "out_at": (("DEPARTURE_TIME",), ("DEPARTURE_DELAY",)),
    "off_at": (("WHEELS_OFF",), ("TAXI_OUT",)),
    "on_at": (("WHEELS_ON",), ("AIR_TIME",)),
    "in_at": (("ARRIVAL_TIME",), ("ARRIVAL_DELAY",), ("TAXI_IN",), ("ELAPSED_TIME",)),
}
"""The column of each time, and each column that the time follows from where a file leaves the first out."""


@pytest.mark.parametrize("given", [
    (), ("DEPARTURE_DELAY",), ("DEPARTURE_DELAY", "TAXI_OUT"), ("DEPARTURE_DELAY", "TAXI_OUT", "AIR_TIME"),
    ("DEPARTURE_DELAY", "TAXI_OUT", "AIR_TIME", "TAXI_IN"), ("DEPARTURE_DELAY", "ELAPSED_TIME"), ("ARRIVAL_DELAY",),
], ids=",".join)  # fmt: skip
def test_times_that_a_file_leaves_out_follow_from_its_delays_and_durations(plain, given):
    columns = {name for ways in FOLLOW.values() for way in ways for name in way} - {*given}
    [row] = rows(text([name for name in RECORD if name not in columns],
                      {name: value for name, value in RECORD.items() if name not in columns}))  # fmt: skip
    known = {
        "out_at": "DEPARTURE_DELAY" in given, "off_at": "TAXI_OUT" in given, "on_at": "AIR_TIME" in given,
        "in_at": bool({"ARRIVAL_DELAY", "TAXI_IN", "ELAPSED_TIME"} & {*given}),
    }  # fmt: skip
    assert row["reason"] is None
    assert {name: row[name] for name in TIMES} == {name: plain[name] if known[name] else None for name in TIMES}


def test_a_time_that_a_file_has_and_leaves_empty_follows_from_nothing():
    [row] = rows(text(list(RECORD), RECORD | {"DEPARTURE_TIME": ""}))
    assert row["reason"] == "incomplete_movement"


def test_a_cancelled_flight_of_a_file_without_times_did_not_leave_with_a_delay_of_nothing():
    left_out = ("DEPARTURE_TIME", "WHEELS_OFF", "WHEELS_ON", "ARRIVAL_TIME", "ARRIVAL_DELAY", "TAXI_OUT", "TAXI_IN",
                "AIR_TIME", "ELAPSED_TIME")  # fmt: skip
    record = {name: value for name, value in RECORD.items() if name not in left_out}
    [row] = rows(text(list(record), record | {"CANCELLED": "1", "CANCELLATION_REASON": "B", "DEPARTURE_DELAY": "0"}))
    assert (row["out_at"], row["is_cancelled"]) == (None, True)
