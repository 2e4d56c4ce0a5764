"""Times of a leg that can be believed are the same in SQL and in Python: golden cases, and random legs."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_drills import recount
from aero_streaming.merge import merge
from tests.dbt.project import Warehouse
from tests.golden import time_cases
from tests.golden.facts import legs_with_odd_times

TEXTS = ("leg_uid", "carrier", "operational_suffix", "origin", "destination", "tail", "aircraft_type", "data_label",
         "cancellation_code", "delay_codes")  # fmt: skip
TIMES = ("std_at", "sta_at", "out_at", "last_out_at", "off_at", "on_at", "in_at", "estimated_out_at",
         "estimated_in_at")  # fmt: skip
WHOLE = ("flight_number", "leg_sequence", "attempts", "std_utc_offset_minutes", "sta_utc_offset_minutes", "seats",
         "distance_miles", "passengers", "carrier_delay_minutes", "weather_delay_minutes", "nas_delay_minutes",
         "security_delay_minutes", "late_aircraft_delay_minutes")  # fmt: skip
COLUMNS = {
    "operating_date": "date",
    **dict.fromkeys(TEXTS, "varchar"),
    **dict.fromkeys(TIMES, "timestamp"),
    **dict.fromkeys(WHOLE, "integer"),
    **dict.fromkeys(("is_cancelled", "is_diverted"), "boolean"),
}


class SqlFigures:
    """Makes figures of merged legs with the compiled SQL of fct_leg."""

    def __init__(self, built: Warehouse) -> None:
        self.fct_leg = built.compiled("fct_leg")
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        self.engine: Any = duckdb.connect()
        self.engine.execute("attach ':memory:' as warehouse; use warehouse; create schema intermediate")
        self.engine.execute(f"create table intermediate.int_leg ({columns})")

    def __call__(self, legs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the row of each leg, in the order of the legs."""
        self.engine.execute("delete from intermediate.int_leg")
        rows = [
            [_value(name, {**leg, "leg_uid": f"{number:032x}"}) for name in COLUMNS] for number, leg in enumerate(legs)
        ]
        marks = ", ".join("?" * len(COLUMNS))
        self.engine.executemany(f"insert into intermediate.int_leg values ({marks})", rows)
        found = self.engine.execute(f"select * from ({self.fct_leg}) order by leg_uid")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _value(name: str, leg: dict[str, Any]) -> Any:
    value = leg.get(name)
    if name == "operating_date":
        return date(2015, 1, 1)
    if name in TIMES and value:
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    return value


@pytest.fixture(scope="module")
def sql_figures(built) -> Iterator[SqlFigures]:
    figures = SqlFigures(built)
    yield figures
    figures.engine.close()
    figures.engine = None


def test_the_golden_cases_leave_the_figures_that_they_expect(sql_figures):
    cases = time_cases()
    rows = sql_figures([merge(case.facts, case.departure_policy) for case in cases])
    for case, row in zip(cases, rows, strict=True):
        expected = {"time_problem": case.time_problem} | {
            name: case.figures[name] for name in case.figures if name in row
        }
        assert {name: row[name] for name in expected} == expected, case.name


@given(legs=st.lists(legs_with_odd_times(), min_size=1, max_size=20))
@settings(deadline=None, max_examples=40)
def test_sql_and_the_recount_believe_the_same_times_of_any_leg(sql_figures, legs):
    for leg, row in zip(legs, sql_figures(legs), strict=True):
        problem, times = recount.believed(leg)
        assert row["time_problem"] == problem
        assert row["departure_delay_minutes"] == recount.minutes(times["std"], times["departure"])
        assert row["scheduled_block_minutes"] == recount.minutes(times["std"], times["sta"])
        if not leg["is_cancelled"] and not leg["is_diverted"]:
            assert row["arrival_delay_minutes"] == recount.minutes(times["sta"], times["in"])
            assert row["block_minutes"] == recount.minutes(times["out"], times["in"])
            assert row["air_minutes"] == recount.minutes(times["off"], times["on"])
