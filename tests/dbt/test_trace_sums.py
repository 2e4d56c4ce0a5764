"""Figures of frozen plans and of connections traced to legs: they add up to the mart and to MetricFlow."""

from datetime import UTC, datetime

import duckdb
import pytest

from aero_assets.defs.published.assets import mart_relations
from aero_assets.defs.published.export import Publisher
from aero_assets.metrics import Question as Asked
from aero_assets.published import PublishedCopy, Snapshot
from aero_assets.trace.leg_rows import CONNECTING, PLANNED
from aero_assets.trace.numbers import Number, Question, trace_number
from aero_cli.commands.query import ask
from aero_streaming.figures import figures
from tests.dbt.project import Warehouse
from tests.dbt.test_metrics import CALENDAR, CONNECTIONS, LEGS, SCHEDULES, metrics, warehouse  # noqa: F401 - fixtures
from tests.fakes import FolderBucket


@pytest.fixture(scope="module")
def published(warehouse: Warehouse) -> Snapshot:  # noqa: F811
    """Legs, and the marts of plans and connections, published."""
    bucket, names = (
        FolderBucket(warehouse.folder / "sums"),
        (LEGS, SCHEDULES, PLANNED, CONNECTIONS, CONNECTING, CALENDAR),
    )
    marts = [mart for mart in mart_relations() if mart.name in names]
    with duckdb.connect(f"{warehouse.folder / 'warehouse.duckdb'}", read_only=True) as connection:
        Publisher(bucket, warehouse.folder / "scratch").publish(connection, marts, level="x", now=datetime.now(UTC))
    return PublishedCopy(warehouse.folder / "sums-copy", bucket).pull()


def traced(published: Snapshot, question: Question, expected: float | None) -> Number:
    """Trace a number and hold it against its mart and MetricFlow."""
    with published.connect() as connection:
        number = trace_number(connection, published.manifest, question)
    assert number.differences == []
    assert sum(leg.under for leg in number.legs) == number.figure.denominator(number.sums)
    assert float(number.value or 0) == pytest.approx(float(expected or 0))
    return number


@pytest.mark.parametrize("name", [kpi.id for kpi in figures().kpis.values() if kpi.of.id == "schedules"])
def test_legs_of_plans_add_up_to_the_figures_of_completion(name, published, metrics):  # noqa: F811
    rows = ask(published, metrics.sql(Asked([name], ["day", "route"])))[1]
    only_planned = 0
    for day, route, expected in rows[::7]:
        number = traced(published, Question("fct_schedule_day", name, day.date(), {"route": [route]}), expected)
        only_planned += sum(leg.under and leg.names["flight_number"] > 9000 for leg in number.legs)
    assert only_planned > 0, "no dropped leg is traced"


@pytest.mark.parametrize("name", [kpi.id for kpi in figures().kpis.values() if kpi.of.id == "connections"])
def test_passengers_of_onward_legs_add_up_to_the_misconnects(name, published, metrics):  # noqa: F811
    missed = 0
    for day, expected in ask(published, metrics.sql(Asked([name], ["day"])))[1][::5]:
        number = traced(published, Question("fct_misconnect", name, day.date()), expected)
        assert all(leg.names["flight_number"] for leg in number.legs)
        missed += sum(leg.over for leg in number.legs)
    assert missed > 0
