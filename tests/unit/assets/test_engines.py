"""The engine of the warehouse decides which assets have dates: each has its manifest, and its jobs hold together."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aero_assets import dbt
from aero_assets.feeds import feeds

PROJECT = Path(__file__).parents[3]
#: Prints the sets of assets, and whether a set is whole in the runs that the sensor asks for. In a process of its own,
#: because the manifest is chosen at import.
SCRIPT = """
import json, sys
from pathlib import Path
from aero_assets.definitions import defs
from aero_assets.defs.warehouse import sensors
from aero_assets.levels import Want
from tests.unit.assets.test_sensors import FolderZones

sensors._reached = lambda zones, name: {"staging": sensors.staging_level()}
repository, zones = defs().get_repository_def(), FolderZones(root=sys.argv[1])

def sets(job, assets=None, checks=None):
    job = repository.get_job(job)
    if assets:
        job = job.get_subset(asset_selection=set(assets), asset_check_selection=None if checks is None else set(checks))
    made = [made for made in job.asset_layer.asset_graph.assets_defs if made.is_executable and not made.keys == set()]
    names = ("staging", "operating_day")
    return {made.op.name: not made.is_subset for made in made if made.op.name in names}

undated, dated = sensors.catalog_want(zones, []), Want("warehouse", "warehouse", {}, {})
both = sensors.together(undated, dated)
staged = dict.fromkeys(key.path[-1] for key in sensors.operating_day.keys if key.path[0] == "staging")
kinds = defs().resolve_asset_graph().get(sorted(sensors.operating_day.keys)[0]).kinds
print(json.dumps({
    "staged by date": sorted(staged),
    "kinds": sorted(kinds),
    "catalog": sets("catalog_and_staging"),
    "catalog of late feeds": sets(undated.job, undated.assets, undated.checks),
    "dates": sets(dated.job),
    "dates and catalog": sets(both.job, both.assets, both.checks),
}))
"""


@pytest.mark.parametrize(
    ("variables", "engine"),
    [
        ({}, "duckdb"),
        ({"AERO_ENV": "local"}, "duckdb"),
        ({"AERO_ENV": "prod"}, "redshift"),
        ({"AERO_ENV": "dev"}, "redshift"),
        ({"AERO_WAREHOUSE_KIND": "redshift"}, "redshift"),
        ({"AERO_ENV": "moon"}, "duckdb"),
    ],
)
def test_the_manifest_is_that_of_the_engine(monkeypatch, variables, engine):
    for name in ("AERO_ENV", "AERO_WAREHOUSE_KIND"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    manifest = dbt.PROJECT_DIR / dbt._target_path() / "manifest.json"
    assert json.loads(manifest.read_text(encoding="utf-8"))["metadata"]["adapter_type"] == engine


@pytest.mark.parametrize("engine", ["duckdb", "redshift"])
def test_runs_have_the_whole_set_that_they_note_as_built_and_no_dates_where_there_are_none(engine, tmp_path):
    """A run that lacks a check of its set counts as partial: Dagster would not note its dates as built."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(tmp_path)], cwd=PROJECT, capture_output=True, text=True,
        env={**os.environ, "AERO_WAREHOUSE_KIND": engine}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    by_date = sorted(feed.staging_model for feed in feeds() if feed.builds_dates) if engine == "redshift" else []
    assert (found["staged by date"], found["kinds"]) == (by_date, sorted({"dbt", engine}))
    assert found["catalog"] == {"staging": True}
    assert found["catalog of late feeds"] == {"staging": False}
    assert found["dates"] == {"operating_day": True}
    assert found["dates and catalog"]["operating_day"]
