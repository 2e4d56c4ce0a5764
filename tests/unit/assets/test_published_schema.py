"""The columns of schema version 1, held against what the dbt project would publish now."""

import json
import re
from pathlib import Path

import pytest

from aero_assets.dbt import manifest
from aero_assets.defs.published.assets import mart_relations
from aero_assets.published import SCHEMA_VERSION

GOLDEN = Path(__file__).parents[2] / "golden" / f"published_v{SCHEMA_VERSION}.json"


def promised() -> dict[str, dict[str, str]]:
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def declared() -> dict[str, dict[str, str]]:
    nodes = {f"{node['schema']}.{node['name']}": node for node in manifest()["nodes"].values()}
    # Published files have texts of any length; a width is a promise of the warehouse.
    return {
        relation.name: {
            name: re.sub(r"^varchar\(\d+\)$", "varchar", column["data_type"])
            for name, column in nodes[relation.name]["columns"].items()
        }
        for relation in mart_relations()
    }


@pytest.mark.parametrize("table", promised())
def test_no_column_that_readers_know_goes_or_changes_within_a_schema_version(table):
    found = declared().get(table, {})
    missing = {name: kind for name, kind in promised()[table].items() if found.get(name) != kind}
    assert not missing, f"{table}: raise SCHEMA_VERSION, or keep {missing}"


def test_what_is_new_is_written_down_as_a_promise():
    news = {
        table: sorted(columns.keys() - promised().get(table, {}).keys())
        for table, columns in declared().items()
        if columns.keys() - promised().get(table, {}).keys()
    }
    assert not news, f"add to {GOLDEN.name}: {news}"
