"""Models and tests that read the lake are built by date on Redshift; statements as dbt compiles them."""

import json
from pathlib import Path
from typing import Any

import pytest

from aero_assets.feeds import feeds
from tests.dbt.project import environment, invoke, messages
from tests.redshift.partitions import reads

REQUESTED = ["2015-01-01", "2015-03-01"]
TAGS = {"unpartitioned", "operating_day"}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, compiled for Redshift and requested dates."""
    folder = tmp_path_factory.mktemp("compiled")
    with environment(AERO_OPERATING_DATES=json.dumps(REQUESTED)):
        result = invoke(
            folder,
            *("compile", "--target", "redshift", "--no-introspect", "--no-populate-cache"),
            *("--exclude", "test_type:unit", "--no-partial-parse"),
        )
    assert result.success, messages(result)
    return folder


@pytest.fixture(scope="module")
def nodes(compiled: Path) -> dict[str, Any]:
    return json.loads((compiled / "manifest.json").read_text(encoding="utf-8"))["nodes"]


def test_every_statement_about_the_lake_names_exactly_the_requested_dates(compiled):
    """Also a dated model that comes later; feeds that ask for no date are read as a whole."""
    found = reads(path.read_text(encoding="utf-8") for path in (compiled / "compiled").rglob("*.sql"))
    assert {feed.path for feed, _ in found} == {feed.path for feed in feeds()}
    assert {dates for feed, dates in found if feed.builds_dates} == {frozenset(REQUESTED)}
    assert {dates for feed, dates in found if not feed.builds_dates} == {None}


def test_staging_is_a_table_by_date_unless_its_rows_ask_for_none(nodes):
    for feed in feeds():
        node = nodes[f"model.aero.{feed.staging_model}"]
        config = node["config"]
        if feed.builds_dates:
            assert (config["materialized"], config["incremental_strategy"]) == ("incremental", "requested_dates")
            assert (config["meta"]["date_column"], config["sort"]) == (feed.business_date, [feed.business_date])
            assert (node["tags"], config["on_schema_change"]) == (["operating_day"], "append_new_columns")
        else:
            assert (config["materialized"], node["tags"]) == ("view", ["unpartitioned"])


def test_what_has_no_date_depends_on_nothing_that_is_built_by_date(nodes):
    kinds = ("model", "seed", "test")
    tags = {name: TAGS & set(node["tags"]) for name, node in nodes.items() if node["resource_type"] in kinds}
    assert {len(tag) for tag in tags.values()} == {1}
    wrong = [
        f"{name} reads {parent}"
        for name, tag in tags.items()
        for parent in nodes[name]["depends_on"].get("nodes", [])
        if tag == {"unpartitioned"} and tags.get(parent) == {"operating_day"}
    ]
    assert wrong == []
    assert sum(tag == {"unpartitioned"} for tag in tags.values()) > 50


def test_on_duckdb_staging_has_views_over_the_whole_lake(parsed, built):
    staging = {f"model.aero.{feed.staging_model}": feed for feed in feeds()}
    for name in (*staging, "model.aero.int_database_leg_version"):
        node = parsed.manifest.nodes[name]
        assert (node.config.materialized, node.tags) == ("view", ["unpartitioned"]), name
    legs = built.compiled("stg_partner__bts_ontime", dates=REQUESTED)
    assert "qualify" in legs
    assert "where" not in legs.partition("qualify")[0]
