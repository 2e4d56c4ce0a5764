"""Figures of frozen plans traced to legs, flown or only planned: they add up to the mart and to MetricFlow."""

from datetime import UTC, datetime

import duckdb
import pytest

from aero_assets.defs.published.assets import mart_relations
from aero_assets.defs.published.export import Publisher
from aero_assets.metrics import Question as Asked
from aero_assets.published import PublishedCopy
from aero_assets.trace.leg_rows import PLANNED
from aero_assets.trace.numbers import Question, trace_number
from aero_cli.commands.query import ask
from aero_streaming.figures import figures
from tests.dbt.test_metrics import CALENDAR, LEGS, SCHEDULES, metrics, warehouse  # noqa: F401 - fixtures
from tests.fakes import FolderBucket

KPIS = sorted(kpi.id for kpi in figures().kpis.values() if kpi.of.id == "schedules")


def test_legs_of_plans_add_up_to_the_figures_of_completion(warehouse, metrics, tmp_path):  # noqa: F811
    bucket = FolderBucket(tmp_path / "marts")
    marts = [mart for mart in mart_relations() if mart.name in (LEGS, SCHEDULES, PLANNED, CALENDAR)]
    with duckdb.connect(f"{warehouse.folder / 'warehouse.duckdb'}", read_only=True) as connection:
        Publisher(bucket, tmp_path / "scratch").publish(connection, marts, level="x", now=datetime.now(UTC))
    snapshot = PublishedCopy(tmp_path / "copy", bucket).pull()
    assert KPIS == ["completion_d1", "completion_d7"]
    only_planned = 0
    with snapshot.connect() as connection:
        for name in KPIS:
            rows = ask(snapshot, metrics.sql(Asked([name], ["day", "route"])))[1]
            for day, route, expected in rows[::7]:
                question = Question("fct_schedule_day", name, day.date(), {"route": [route]})
                number = trace_number(connection, snapshot.manifest, question)
                assert number.differences == []
                [judged] = number.figure.under
                assert sum(leg.under for leg in number.legs) == number.sums[judged.id]
                assert float(number.value or 0) == pytest.approx(float(expected or 0))
                only_planned += sum(leg.under and leg.names["flight_number"] > 9000 for leg in number.legs)
    assert only_planned > 0, "no dropped leg is traced"
