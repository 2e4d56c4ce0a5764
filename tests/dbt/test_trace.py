"""Numbers traced to legs and records: the same facts that the warehouse merged, and legs that add up to the figure."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from aero_assets.defs.published.assets import mart_relations
from aero_assets.defs.published.export import Publisher
from aero_assets.lake import LakeCopy
from aero_assets.manifests import ArrivalManifest, TypedFile
from aero_assets.metrics import Metrics
from aero_assets.metrics import Question as Asked
from aero_assets.published import PublishedCopy, Snapshot
from aero_assets.trace import numbers
from aero_assets.trace.numbers import Question, trace_number
from aero_assets.trace.records import MergedLeg, merged_legs
from aero_cli.commands.query import ask
from aero_streaming.figures import figures
from aero_streaming.merge import FIELDS
from tests.dbt.project import Warehouse
from tests.dbt.test_database_legs import both as database  # noqa: F401 - a fixture
from tests.dbt.test_leg_balance import whole  # noqa: F401 - a fixture
from tests.dbt.test_ops_events import day, with_events  # noqa: F401 - fixtures
from tests.fakes import FolderBucket

FACT = ("event_id", "source", "attempt", "is_actual", "version", "received_at", "raw_ref")
SEED = 20261130
MARTS = (
    "fct_leg", "fct_route_day", "fct_carrier_day", "fct_otp_day", "fct_delay_cause_day", "fct_rotation",
    "fct_imputed_departure",
)  # fmt: skip
KPIS = sorted(
    kpi.id
    for kpi in figures().kpis.values()
    if kpi.numerator and not kpi.change_of and kpi.of.id in ("legs", "delay_causes", "rotations", "departures")
)


@pytest.fixture(scope="module")
def lake(whole: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> LakeCopy:  # noqa: F811
    return with_manifests(whole.lake, tmp_path_factory.mktemp("manifests"))


def with_manifests(lake: Path, folder: Path) -> LakeCopy:
    """A lake as a copy with manifests, which name all of its files."""
    bucket = FolderBucket(folder)
    files: dict[tuple[str, str], list[TypedFile]] = defaultdict(list)
    for path in sorted(lake.glob("typed/*/*/*/arrived=*.parquet")):
        key = f"{path.relative_to(lake)}"
        _, system, feed, dated, name = key.split("/")
        rows = pq.read_metadata(path).num_rows
        files[f"{system}/{feed}", name[8:18]].append(TypedFile(key, "", dated.partition("=")[2], rows))
    for (feed, arrived_on), typed in files.items():
        ArrivalManifest(feed, arrived_on, "level", tuple(typed)).save(bucket)
    return LakeCopy(lake, bucket)


@pytest.fixture(scope="module")
def published(whole: Warehouse) -> Snapshot:  # noqa: F811
    """The marts of operations of the warehouse, published."""
    bucket = FolderBucket(whole.folder / "published")
    marts = [mart for mart in mart_relations() if mart.name.split(".")[0] in ("operations", "reference")]
    with duckdb.connect(f"{whole.folder / 'warehouse.duckdb'}", read_only=True) as connection:
        Publisher(bucket, whole.folder / "scratch").publish(connection, marts, level="x", now=datetime.now(UTC))
    return PublishedCopy(whole.folder / "copy", bucket).pull()


@pytest.fixture(scope="module")
def days(whole: Warehouse) -> list[date]:  # noqa: F811
    return [row[0] for row in whole.rows("select distinct operating_date from operations.fct_leg order by 1")]


@pytest.fixture(scope="module")
def traced(whole, lake, days, tmp_path_factory) -> dict[str, MergedLeg]:  # noqa: F811
    """Every leg of the warehouse, traced into the lake."""
    legs: dict[str, MergedLeg] = {}
    for on in days:
        uids = [row[0] for row in whole.rows(f"select leg_uid from operations.fct_leg where operating_date = '{on}'")]
        legs |= merged_legs(lake, on, uids, tmp_path_factory.mktemp("scratch"))
    return legs


def spelt(fact: dict[str, Any]) -> dict[str, Any]:
    """A fact without unknown values, its times without a zone."""
    return {
        name: datetime.fromisoformat(value).replace(tzinfo=None)
        if name.endswith("_at") and isinstance(value, str)
        else value
        for name, value in fact.items()
        if value is not None
    }


def test_the_facts_of_a_trace_are_those_that_the_warehouse_merged(whole, traced):  # noqa: F811
    names = ("leg_uid", *FACT, *(field.name for field in FIELDS))
    rows = whole.rows(f"select {', '.join(names)} from intermediate.int_leg_fact")
    merged = {(row[0], row[1]): spelt(dict(zip(names, row, strict=True))) for row in rows}
    facts = [fact for leg in traced.values() for record in leg.records for fact in record.facts]
    assert len(facts) == len(merged) > 500
    assert {fact["source"] for fact in facts} >= {"partner_file", "database", "ops_event", "schedule"}
    for fact in facts:
        known = {name: fact[name] for name in names if name in fact}
        assert spelt(known) == merged[fact["leg_uid"], fact["event_id"]]


def test_a_traced_leg_is_the_published_leg_and_each_of_its_fields_has_a_record(whole, traced):  # noqa: F811
    columns = ("leg_uid", "attempts", *(field.name for field in FIELDS))
    rows = whole.rows(f"select {', '.join(columns)} from intermediate.int_leg")
    assert len(rows) == len(traced) > 100
    for row in rows:
        merged = dict(zip(columns, row, strict=True))
        leg = traced[merged["leg_uid"]]
        assert leg.differs(merged) == {}
        won = {name for record in leg.records for name in record.wins}
        assert {name for name in columns[2:] if merged[name] is not None} <= won


def test_records_that_are_no_facts_are_shown_for_what_they_are(traced):
    states = [record.state for leg in traced.values() for record in leg.records]
    assert {state: states.count(state) > 0 for state in ("counts", "copy", "earlier")} == dict.fromkeys(
        ("counts", "copy", "earlier"), True
    )
    assert not [record for leg in traced.values() for record in leg.records if record.state != "counts" and record.wins]


def test_a_field_of_another_version_is_named(traced):
    leg = next(leg for leg in traced.values() if leg.values.get("tail"))
    assert leg.differs({"tail": "XANEW"}) == {"tail": ("XANEW", leg.values["tail"])}


@pytest.mark.parametrize("name", KPIS)
def test_legs_add_up_to_the_figure_that_mart_and_metricflow_give(name, parsed, published):
    draw, figure = random.Random(f"{SEED} {name}"), numbers.Figure.named(name)
    metrics = Metrics.of_project(parsed.semantic_manifest)
    asked = {
        column: {tuple(key): value for *key, value in ask(published, metrics.sql(Asked([name], by)))[1]}
        for column, by in (("route", ["day", "route"]), ("carrier", ["day", "carrier"]), ("", ["day"]))
    }
    tables = [published.manifest.table(f"operations.{mart}") for mart in MARTS]
    fitting = [table for table in tables if numbers.holds(table, figure)]
    with published.connect() as connection:
        for table in fitting:
            column = draw.choice([name for name in ("route", "carrier", "") if not name or name in table.columns])
            for on, *values in draw.sample(sorted(asked[column], key=str), 3):
                only = {column: [values[0] or "unknown"]} if values else {}
                number = trace_number(connection, published.manifest, Question(table.name, name, on.date(), only))
                assert number.differences == []
                assert sum(leg.over for leg in number.legs) == figure.numerator(number.sums)
                assert float(number.value or 0) == pytest.approx(float(asked[column][on, *values] or 0), rel=1e-9)
    assert fitting


def test_a_mart_that_does_not_agree_with_its_legs_is_named(published):
    [(on, route)] = ask(published, "select operating_date, route from operations.fct_route_day limit 1")[1]
    with published.connect() as connection:
        number = trace_number(
            connection, published.manifest, Question("fct_route_day", "arrived_legs", on, {"route": [route]})
        )
    spoilt = replace(number, in_mart={"arrived_legs": 99})
    assert spoilt.differences == [
        f"arrived_legs is 99 in operations.fct_route_day and {number.sums['arrived_legs']} over its legs"
    ]
