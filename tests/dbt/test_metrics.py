"""Figures by name: MetricFlow over published marts says what pandas counts from the same files, by hand."""

import math
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from aero_assets.defs.published.assets import mart_relations
from aero_assets.defs.published.export import Publisher
from aero_assets.metrics import Metrics, Question
from aero_assets.published import PublishedCopy, Snapshot
from aero_cli.commands.metrics import until_complete
from aero_cli.commands.query import ask
from aero_streaming.figures import figures
from tests.dbt.customer_rows import ANSWERS_BY_HAND, CONNECTIONS_BY_HAND, write_passengers
from tests.dbt.leg_rows import (
    CAUSES_BY_HAND,
    DEPARTURES_BY_HAND,
    FARES_BY_HAND,
    LEAST_DAYS,
    LEAST_SEATS,
    LEGS_BY_HAND,
    PACE_BY_HAND,
    holds,
    on_time,
)
from tests.dbt.money_rows import MONEY_BY_HAND, write_money
from tests.dbt.project import FOLDER, Warehouse, messages
from tests.dbt.random_legs import DAYS, FIRST, loaded, reported
from tests.dbt.rotation_rows import ROTATIONS_BY_HAND, TURNS_BY_HAND, flown
from tests.dbt.schedule_rows import SCHEDULES_BY_HAND, write_schedules
from tests.dbt.typed_lake import AIRLINE, leg, write, write_empty
from tests.fakes import FolderBucket

LEGS, CAUSES, ROUTE_DAYS = "operations.fct_leg", "operations.fct_delay_cause_day", "operations.fct_route_day"
ANSWERS, CONNECTIONS = "customer.fct_satisfaction", "customer.fct_misconnect"
ROTATIONS, TURNS = "operations.fct_rotation", "operations.fct_turnaround"
MARGINS, SCHEDULES = "finance.fct_route_margin", "network.fct_schedule_day"
DEPARTURES, FARES = "operations.fct_imputed_departure", "commercial.fct_fare_position"
PACE = "commercial.fct_booking_pace"
COUNTED = (LEGS, CAUSES, MARGINS, ROTATIONS, TURNS, ANSWERS, CONNECTIONS, SCHEDULES, DEPARTURES, FARES, PACE)
CALENDAR, AIRPORTS, CARRIERS = "reference.dim_date", "reference.dim_airport", "reference.dim_carrier"
SEED = 20261129
AS_OF = date(2015, 1, 10)
PLANNED = leg(600, "2015-02-08", None, None, origin="MEX", destination="CUN")
Frame = pd.DataFrame
Counted = Callable[[Frame], Any]


@pytest.fixture(scope="module")
def metrics(parsed) -> Metrics:
    return Metrics.of_project(parsed.semantic_manifest)


@pytest.fixture(scope="module")
def warehouse(parsed, tmp_path_factory) -> Warehouse:
    """Some hundred legs with every fate a leg may have, built by dbt."""
    warehouse = Warehouse(tmp_path_factory.mktemp("metrics"), parsed)
    write_empty(warehouse.lake)
    rng = random.Random(SEED)
    write(warehouse.lake, [PLANNED, *(reported(rng, number) for number in range(600)), *flown(rng)])
    with_loads = [loaded(rng, number) for number in range(300)]
    write(warehouse.lake, with_loads, feed=AIRLINE)
    write_money(warehouse.lake, with_loads, random.Random(SEED))
    write_passengers(warehouse.lake, with_loads, random.Random(SEED))
    write_schedules(warehouse.lake, with_loads, random.Random(SEED))
    names = [f"+{name.partition('.')[2]}" for name in (*COUNTED, ROUTE_DAYS, CALENDAR, AIRPORTS, CARRIERS)]
    # As of a day in the middle: later legs are due where they flew, and only there.
    chosen = ("--select", *names, "--exclude-resource-type", "test", "unit_test")
    result = warehouse.dbt(
        "build",
        *chosen,
        as_of=f"{AS_OF} 12:00:00",
        fare_least_seats=LEAST_SEATS,
        fare_least_baseline_seats=LEAST_SEATS,
        pace_least_days=LEAST_DAYS,
    )
    assert result.success, messages(result)
    return warehouse


@pytest.fixture(scope="module")
def published(warehouse) -> Snapshot:
    """The same, published."""
    lake = FolderBucket(warehouse.folder / "published")
    names = (*COUNTED, ROUTE_DAYS, CALENDAR, AIRPORTS, CARRIERS)
    marts = [mart for mart in mart_relations() if mart.name in names]
    with duckdb.connect(f"{warehouse.folder / 'warehouse.duckdb'}", read_only=True) as connection:
        scratch = warehouse.folder / "scratch"
        Publisher(lake, scratch).publish(connection, marts, level="x", now=datetime.now(UTC))
    return PublishedCopy(warehouse.folder / "copy", lake).pull()


BY_HAND: dict[str, tuple[Counted, Counted | None]] = {
    **LEGS_BY_HAND,
    **CAUSES_BY_HAND,
    **DEPARTURES_BY_HAND,
    **FARES_BY_HAND,
    **PACE_BY_HAND,
    **ROTATIONS_BY_HAND,
    **TURNS_BY_HAND,
    **MONEY_BY_HAND,
    **ANSWERS_BY_HAND,
    **CONNECTIONS_BY_HAND,
    **SCHEDULES_BY_HAND,
}
#: The published table that a KPI counts, where that is not the table of legs.
TABLE_OF = dict.fromkeys(CAUSES_BY_HAND, CAUSES) | dict.fromkeys(MONEY_BY_HAND, MARGINS)
TABLE_OF |= dict.fromkeys(TURNS_BY_HAND, TURNS)
TABLE_OF |= dict.fromkeys(ROTATIONS_BY_HAND, ROTATIONS) | dict.fromkeys(SCHEDULES_BY_HAND, SCHEDULES)
TABLE_OF |= dict.fromkeys(DEPARTURES_BY_HAND, DEPARTURES) | dict.fromkeys(FARES_BY_HAND, FARES)
TABLE_OF |= dict.fromkeys(PACE_BY_HAND, PACE)
TABLE_OF |= dict.fromkeys(ANSWERS_BY_HAND, ANSWERS) | dict.fromkeys(CONNECTIONS_BY_HAND, CONNECTIONS)
#: Dimension of a question → the same made by pandas from a row's own columns.
GROUPS: dict[str, Callable[[Frame, "Tables"], pd.Series]] = {
    "day": lambda rows, _: rows.operating_date,
    "week": lambda rows, _: rows.operating_date - pd.to_timedelta(rows.operating_date.dt.day_of_week, "D"),
    "month": lambda rows, _: rows.operating_date.dt.to_period("M").dt.start_time,
    "quarter": lambda rows, _: rows.operating_date.dt.to_period("Q").dt.start_time,
    "year": lambda rows, _: rows.operating_date.dt.to_period("Y").dt.start_time,
    "weekday": lambda rows, _: rows.operating_date.dt.day_of_week + 1,
    "is_weekend": lambda rows, _: rows.operating_date.dt.day_of_week >= 5,
    "route": lambda rows, _: rows.route.fillna("unknown"),
    "origin": lambda rows, _: rows.origin,
    "destination": lambda rows, _: rows.destination.fillna("unknown"),
    "carrier": lambda rows, _: rows.carrier,
    "carrier_group": lambda rows, tables: rows.carrier.map(tables[CARRIERS].set_index("iata").carrier_group),
    "origin__country": lambda rows, tables: rows.origin.map(tables[AIRPORTS].set_index("iata").country),
    "destination__country": lambda rows, tables: rows.destination.map(tables[AIRPORTS].set_index("iata").country),
}


def by_column(*names: str) -> dict[str, Callable[[Frame, "Tables"], pd.Series]]:
    return {name: lambda rows, _, name=name: rows[name] for name in names}


GROUPS_OF = {
    LEGS: by_column("aircraft_type", "std_local_hour", "data_label"),
    CAUSES: by_column("cause"),
    ROTATIONS: by_column("rotation_link"),
    ANSWERS: by_column("cabin", "delay_band", "main_cause"),
}
#: Connections are of a hub and turns of a station: the origin of the leg that leaves.
NOT_OF = {
    CONNECTIONS: {"route", "destination", "carrier", "carrier_group", "destination__country"},
    TURNS: {"route", "destination", "destination__country"},
}
Tables = dict[str, Frame]


@pytest.fixture(scope="module")
def tables(published) -> Tables:
    """The published files as pandas reads them."""
    names = (*COUNTED, AIRPORTS, CARRIERS)
    found = {name: pd.concat([pd.read_parquet(path) for path in published.paths(name)]) for name in names}
    found[CONNECTIONS] = found[CONNECTIONS].rename(columns={"airport": "origin"})
    found[TURNS] = found[TURNS].rename(columns={"station": "origin"})
    for name in COUNTED:
        found[name]["operating_date"] = pd.to_datetime(found[name].operating_date)
    return found


def questions() -> Iterator[Question]:
    """Every KPI once, by one or two things and in a period of its own."""
    rng = random.Random(SEED)
    for name in BY_HAND:
        table = TABLE_OF.get(name, LEGS)
        groups = [by for by in (*GROUPS, *GROUPS_OF.get(table, ())) if by not in NOT_OF.get(table, ())]
        first, last = sorted(FIRST + timedelta(days=rng.randrange(DAYS)) for _ in range(2))
        yield Question(
            [name], rng.sample(groups, rng.choice((1, 1, 2))), rng.choice((first, None)), rng.choice((last, None))
        )


def counted(question: Question, tables: Tables) -> dict[tuple[Any, ...], float]:
    """Answer a question by hand."""
    [name] = question.metrics
    over, under = BY_HAND[name]
    rows = tables[TABLE_OF.get(name, LEGS)]
    if question.first:
        rows = rows[rows.operating_date >= pd.Timestamp(question.first)]
    if question.last:
        rows = rows[rows.operating_date <= pd.Timestamp(question.last)]
    groups = GROUPS | GROUPS_OF.get(TABLE_OF.get(name, LEGS), {})
    keys = [groups[by](rows, tables).rename(by) for by in question.by]
    found = {}
    for key, group in rows.groupby(keys, dropna=False):
        divisor = under(group) if under else 1
        found[tuple(map(plain, key if isinstance(key, tuple) else (key,)))] = (
            over(group) / divisor if divisor else math.nan
        )
    return found


def plain(value: Any) -> Any:
    """The same value whoever read it: a day without a time, and nothing where nothing is known."""
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, datetime) else value.item() if hasattr(value, "item") else value


@pytest.mark.parametrize("question", questions(), ids=lambda asked: f"{asked.metrics[0]} by {', '.join(asked.by)}")
def test_a_question_for_a_figure_is_answered_as_pandas_counts_it(question, metrics, published, tables):
    _, rows = ask(published, metrics.sql(question))
    answered = {tuple(map(plain, key)): math.nan if value is None else float(value) for *key, value in rows}
    assert rows
    assert len(answered) == len(rows)
    assert answered == pytest.approx(counted(question, tables), rel=1e-9, nan_ok=True)


def test_every_kpi_of_the_register_is_asked_for(metrics):
    assert set(BY_HAND) == {metric.name for metric in metrics.all.values() if metric.kind == "kpi"}


def test_every_figure_can_be_asked_of_what_is_published(metrics, published):
    _, [row] = ask(published, metrics.sql(Question(list(metrics.all))))
    assert not [name for name, value in zip(metrics.all, row, strict=True) if value is None]


def test_sums_by_route_and_day_are_those_of_the_mart_that_has_them(metrics, published):
    kept = [kept_sum.id for kept_sum in figures().kept_in("marts")]
    _, asked = ask(published, metrics.sql(Question(kept, ["day", "route"])))
    _, stored = ask(published, f"select operating_date, route, {', '.join(kept)} from {ROUTE_DAYS} order by 1, 2")
    assert len(stored) > 100
    assert [(day.date(), *rest) for day, *rest in asked] == stored


def test_a_ratio_of_a_whole_is_no_mean_of_the_ratios_of_its_parts(metrics, published, tables):
    [(whole,)] = ask(published, metrics.sql(Question(["otp_a14"])))[1]
    parts = [part for _, part in ask(published, metrics.sql(Question(["otp_a14"], ["day"])))[1] if part is not None]
    arrived = holds(tables[LEGS].is_diverted | tables[LEGS].arrival_delay_minutes.notna())
    assert whole == pytest.approx(on_time(tables[LEGS]) / arrived)
    assert whole != pytest.approx(sum(parts) / len(parts), rel=1e-6)


def test_only_the_rows_that_a_question_names_are_counted(metrics, published, tables):
    asked = Question(["cancellations"], ["carrier"], only={"route": ["MEX-CUN", "CUN-MEX"], "carrier": ["5D"]})
    chosen = tables[LEGS].route.isin(["MEX-CUN", "CUN-MEX"]) & (tables[LEGS].carrier == "5D")
    own = tables[LEGS][chosen & tables[LEGS].is_cancelled]
    assert ask(published, metrics.sql(asked))[1] == [("5D", len(own))]


def test_a_plan_of_days_to_come_is_in_no_plain_sum_unless_somebody_asks_for_it(metrics, published, tables):
    legs = tables[LEGS]
    complete = legs.groupby("operating_date").apply(lambda day: (day.is_departure_due & day.is_arrival_due).all())
    planned = int((legs.operating_date > complete[complete].index.max()).sum())
    assert planned > 0, "nothing is planned: nothing is tested"
    asked, _ = until_complete(Question(["scheduled_legs"]), published)
    assert ask(published, metrics.sql(asked))[1] == [(len(legs) - planned,)]
    assert ask(published, metrics.sql(Question(["scheduled_legs"])))[1] == [(len(legs),)]


def test_the_highest_come_first_when_asked_so(metrics, published):
    asked = Question(["delay_minutes", "departed_legs"], ["route"], order="-delay_minutes", limit=3)
    minutes = [row[1] for row in ask(published, metrics.sql(asked))[1]]
    assert (minutes, len(minutes)) == (sorted(minutes, reverse=True), 3)


def test_the_command_of_metricflow_itself_answers_from_a_warehouse(warehouse, metrics, published):
    """As the guide says it: in the project, with the environment of a platform."""
    asked = ("query", "--metrics", "otp_a14", "--group-by", "route", "--order", "route", "--decimals", "6", "--quiet")
    told = {"AERO_WAREHOUSE": f"{warehouse.folder / 'warehouse.duckdb'}", "DBT_LOG_PATH": f"{warehouse.folder}"}
    program = Path(sys.executable).with_name("mf")
    env = os.environ | told
    done = subprocess.run((program, *asked), cwd=FOLDER, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split() for line in done.stdout.splitlines() if re.match(r"[A-Z]{3}-[A-Z]{3} ", line)]
    _, rows = ask(published, metrics.sql(Question(["otp_a14"], ["route"])))
    assert lines == [[route, f"{share:.6f}"] for route, share in rows]
