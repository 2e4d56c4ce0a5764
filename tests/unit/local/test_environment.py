"""The environment: where names come from, and what a missing one says."""

import subprocess
import sys
from pathlib import Path

import pytest

from aero_assets.environment import PROJECT, ConfigurationError, Environment


def test_nothing_set_means_local_and_names_follow_the_rule():
    environment = Environment.current({})

    assert environment.is_local
    assert environment.buckets == {
        role: f"aero-local-{role}-000000000000" for role in ("raw", "lake", "results", "inbox")
    }
    assert (environment.raw_database, environment.typed_database) == ("aero_local_raw", "aero_local_typed")
    assert (environment.workgroup, environment.role("analyst")) == ("aero-local", "aero-local-analyst")
    assert environment.warehouse == PROJECT / ".aero" / "current" / "warehouse.duckdb"


def test_places_are_inside_the_state_directory_unless_they_are_named():
    environment = Environment.current({"AERO_STATE": "/var/aero", "AERO_WAREHOUSE": "/fast/warehouse.duckdb"})

    assert environment.lake_copy == Path("/var/aero/lake")
    assert environment.warehouse == Path("/fast/warehouse.duckdb")


def test_an_unknown_environment_is_refused():
    with pytest.raises(ConfigurationError, match="'production' is unknown; it is one of local, dev, prod"):
        Environment.current({"AERO_ENV": "production"})


@pytest.mark.parametrize("name", ["dev", "prod"])
@pytest.mark.parametrize(
    ("attribute", "variable"),
    [("raw_bucket", "AERO_RAW_BUCKET"), ("inbox_bucket", "AERO_INBOX_BUCKET"), ("warehouse", "AERO_STATE")],
)
def test_on_aws_what_is_missing_is_named_by_whoever_needs_it(name, attribute, variable):
    environment = Environment.current({"AERO_ENV": name, "AERO_LAKE_BUCKET": "lake"})

    assert environment.lake_bucket == "lake"
    with pytest.raises(ConfigurationError, match=f"{variable} is not set"):
        getattr(environment, attribute)


def test_importing_it_brings_nothing_else_along():
    code = "import sys, aero_assets.environment; print({'boto3', 'dagster', 'duckdb', 'pyarrow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.strip() == "set()"
