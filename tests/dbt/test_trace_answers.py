"""Figures of passengers traced to answers in the lake: they add up to the mart and to MetricFlow."""

from datetime import UTC, datetime

import duckdb
import pytest

from aero_assets.defs.published.assets import mart_relations
from aero_assets.defs.published.export import Publisher
from aero_assets.metrics import Question as Asked
from aero_assets.published import PublishedCopy
from aero_assets.trace import way_back
from aero_assets.trace.numbers import Question, trace_number
from aero_assets.trace.own_figures import ANSWERS, answers_of_legs, figure_records
from aero_cli.commands.query import ask
from aero_streaming.figures import figures
from tests.dbt.test_metrics import ANSWERS as MART
from tests.dbt.test_metrics import CALENDAR, LEGS, metrics, warehouse  # noqa: F401 - fixtures
from tests.dbt.test_trace import with_manifests
from tests.fakes import FolderBucket

KPIS = sorted(kpi.id for kpi in figures().kpis.values() if kpi.of.id == "answers")


def test_answers_of_legs_add_up_to_the_figures_of_passengers(warehouse, metrics, tmp_path):  # noqa: F811
    bucket, lake = FolderBucket(tmp_path / "marts"), with_manifests(warehouse.lake, tmp_path / "manifests")
    marts = [mart for mart in mart_relations() if mart.name in (LEGS, MART, CALENDAR)]
    with duckdb.connect(f"{warehouse.folder / 'warehouse.duckdb'}", read_only=True) as connection:
        Publisher(bucket, tmp_path / "scratch").publish(connection, marts, level="x", now=datetime.now(UTC))
    snapshot = PublishedCopy(tmp_path / "copy", bucket).pull()
    assert {"nps", "csat"} <= set(KPIS)
    days = ask(snapshot, f"select distinct operating_date from {MART} order by 1")[1][::7]
    asked = {name: dict(ask(snapshot, metrics.sql(Asked([name], ["day"])))[1]) for name in KPIS}
    answers = 0
    for (day,) in days:
        with snapshot.connect() as connection:
            records = figure_records(lake, day, way_back.names_of_legs(connection, day), tmp_path, ANSWERS)
            way_back.put_answers(connection, answers_of_legs(records))
            for name in KPIS:
                number = trace_number(connection, snapshot.manifest, Question("fct_satisfaction", name, day))
                assert number.differences == []
                answers += sum(leg.under for leg in number.legs)
                expected = asked[name][datetime.combine(day, datetime.min.time())]
                assert float(number.value or 0) == pytest.approx(float(expected or 0))
    assert answers > 100
