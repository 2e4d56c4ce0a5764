"""Semantic models and metrics of dbt: written from the register of figures, and nothing of it left out."""

import json

import pytest

from aero_assets.dbt import dbt_project, manifest
from aero_streaming.figures import figures
from tools.figures import texts
from tools.semantic_models import GROUPINGS


@pytest.fixture(scope="module")
def parsed():
    return json.loads(dbt_project.manifest_path.with_name("semantic_manifest.json").read_text(encoding="utf-8"))


def test_the_file_is_what_the_register_says_now():
    [(path, text)] = [item for item in texts().items() if item[0].name.endswith("__semantic_models.yml")]
    assert path.read_text(encoding="utf-8") == text, "write it again: python -m tools.figures"


def test_every_figure_made_of_sums_is_a_metric_and_so_is_every_sum(parsed):
    kpis = {kpi.id for kpi in figures().kpis.values() if kpi.percentile or not (kpi.measures or kpi.change_of)}
    assert {metric["name"] for metric in parsed["metrics"]} == kpis | figures().sums.keys()


def test_a_metric_says_what_the_register_says(parsed):
    told = {metric["name"]: metric for metric in parsed["metrics"]}
    for kpi in figures().kpis.values():
        if kpi.id in told:
            assert (told[kpi.id]["label"], told[kpi.id]["description"]) == (kpi.name["en"], kpi.help["en"])
            assert told[kpi.id]["config"]["meta"]["unit"] == kpi.unit


@pytest.mark.parametrize("facts", figures().facts.values(), ids=lambda facts: facts.id)
def test_facts_are_asked_by_and_summed_over_columns_that_they_have(facts):
    columns = manifest()["nodes"][f"model.aero.{facts.model}"]["columns"].keys()
    grouping = GROUPINGS[facts.id]
    plain = {name for name, sql in {**grouping.entities, **grouping.dimensions}.items() if sql is None}
    known = facts.columns.flags | facts.columns.numbers | facts.columns.texts | set(facts.due.values())
    assert plain | known | {facts.date} <= columns


def test_every_expression_of_a_grouping_reads_a_column_of_its_facts():
    for facts in figures().facts.values():
        columns = manifest()["nodes"][f"model.aero.{facts.model}"]["columns"].keys()
        for sql in (*GROUPINGS[facts.id].entities.values(), *GROUPINGS[facts.id].dimensions.values()):
            assert sql is None or any(column in sql for column in columns), sql
