"""Figures of money traced to legs, over random coupons and costs: legs add up to the mart and to MetricFlow."""

import random
from datetime import UTC, datetime

import duckdb
import pytest

from aero_assets.defs.published.assets import mart_relations
from aero_assets.defs.published.export import Publisher
from aero_assets.metrics import Question as Asked
from aero_assets.published import PublishedCopy, Snapshot
from aero_assets.trace.leg_rows import BEYOND, COST, MARGIN, REVENUE
from aero_assets.trace.numbers import Question, trace_number
from aero_cli.commands.query import ask
from aero_streaming.figures import figures
from tests.dbt.project import Warehouse
from tests.dbt.test_metrics import CALENDAR, LEGS, metrics, warehouse  # noqa: F401 - fixtures
from tests.fakes import FolderBucket

SEED = 20261130
KPIS = sorted(kpi.id for kpi in figures().kpis.values() if kpi.of.model == MARGIN.split(".")[1])


@pytest.fixture(scope="module")
def published(warehouse: Warehouse) -> Snapshot:  # noqa: F811
    """The marts of money and legs, published."""
    bucket = FolderBucket(warehouse.folder / "money")
    marts = [mart for mart in mart_relations() if mart.name in (LEGS, REVENUE, COST, BEYOND, MARGIN, CALENDAR)]
    with duckdb.connect(f"{warehouse.folder / 'warehouse.duckdb'}", read_only=True) as connection:
        Publisher(bucket, warehouse.folder / "scratch").publish(connection, marts, level="x", now=datetime.now(UTC))
    return PublishedCopy(warehouse.folder / "money-copy", bucket).pull()


@pytest.mark.parametrize("name", KPIS)
def test_legs_add_up_to_the_figure_of_money_that_mart_and_metricflow_give(name, metrics, published):  # noqa: F811
    draw = random.Random(f"{SEED} {name}")
    asked = ask(published, metrics.sql(Asked([name], ["day", "route"])))[1]
    whole_days = {on: value for on, value in ask(published, metrics.sql(Asked([name], ["day"])))[1]}
    questions = [(on, {"route": [route]}, value) for on, route, value in draw.sample(sorted(asked, key=str), 8)]
    questions += [(on, {}, whole_days[on]) for on in draw.sample(sorted(whole_days), 2)]
    legs_that_count = 0
    with published.connect() as connection:
        for on, only, value in questions:
            number = trace_number(connection, published.manifest, Question("fct_route_margin", name, on.date(), only))
            assert number.differences == []
            assert sum(leg.over for leg in number.legs) == number.figure.numerator(number.sums)
            assert float(number.value or 0) == pytest.approx(float(value or 0), rel=1e-9, abs=1e-9)
            legs_that_count += sum(leg.counts for leg in number.legs)
    assert legs_that_count > 0 or not any(value for *_, value in questions)


def test_journeys_of_several_legs_are_in_the_figures(published):
    [(beyond, legs)] = ask(
        published, f"select sum(beyond_revenue_usd), count(*) filter (where beyond_revenue_usd > 0) from {BEYOND}"
    )[1]
    assert beyond > 0
    assert legs > 1
