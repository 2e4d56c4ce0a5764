"""The environment: where names come from, and what a missing one says."""

import re
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
    [("raw_bucket", "AERO_RAW_BUCKET"), ("inbox_bucket", "AERO_INBOX_BUCKET"), ("lake_copy", "AERO_STATE")],
)
def test_on_aws_what_is_missing_is_named_by_whoever_needs_it(name, attribute, variable):
    environment = Environment.current({"AERO_ENV": name, "AERO_LAKE_BUCKET": "lake"})

    assert environment.lake_bucket == "lake"
    with pytest.raises(ConfigurationError, match=f"{variable} is not set"):
        getattr(environment, attribute)


ON_AWS = {
    "REDSHIFT_HOST": "aero.000000000000.us-east-1.redshift-serverless.amazonaws.com", "REDSHIFT_DATABASE": "aero",
    "REDSHIFT_WORKGROUP": "aero-dev", "REDSHIFT_ACCOUNT_ID": "000000000000", "AWS_REGION": "us-east-1",
}  # fmt: skip


@pytest.mark.parametrize("name", ["dev", "prod"])
@pytest.mark.parametrize("variable", ON_AWS)
def test_on_aws_the_warehouse_is_redshift_and_each_variable_of_it_is_needed(name, variable):
    whole = Environment.current({"AERO_ENV": name} | ON_AWS)
    assert whole.warehouse_kind == "redshift"
    assert (whole.redshift.workgroup, whole.redshift.method, whole.redshift.port) == ("aero-dev", "iam_role", 5439)
    lacking = Environment.current({"AERO_ENV": name} | {key: value for key, value in ON_AWS.items() if key != variable})
    with pytest.raises(ConfigurationError, match=f"{variable} is not set"):
        _ = lacking.redshift


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_on_aws_there_is_no_warehouse_file_and_no_password(name):
    environment = {"AERO_ENV": name, "AERO_STATE": "/var/aero"} | ON_AWS
    with pytest.raises(ConfigurationError, match="Redshift: it has no DuckDB file"):
        _ = Environment.current(environment).warehouse
    with pytest.raises(ConfigurationError, match="AERO_WAREHOUSE names a DuckDB file"):
        _ = Environment.current(environment | {"AERO_WAREHOUSE": "/fast/warehouse.duckdb"}).redshift
    with pytest.raises(ConfigurationError, match="'any' is no port"):
        _ = Environment.current(environment | {"REDSHIFT_PORT": "any"}).redshift
    with pytest.raises(ConfigurationError, match="only iam_role logs in"):
        _ = Environment.current(environment | {"REDSHIFT_METHOD": "database"}).redshift


def test_locally_the_warehouse_is_a_file_unless_redshift_is_asked_for():
    assert Environment.current({}).warehouse_kind == "duckdb"
    assert Environment.current({"AERO_WAREHOUSE_KIND": "redshift"}).warehouse_kind == "redshift"
    with pytest.raises(ConfigurationError, match="'athena' is unknown; it is duckdb or redshift"):
        _ = Environment.current({"AERO_WAREHOUSE_KIND": "athena"}).warehouse_kind


def test_a_password_is_not_shown_with_its_place():
    environment = {"AERO_WAREHOUSE_KIND": "redshift", "REDSHIFT_METHOD": "database"} | ON_AWS
    place = Environment.current(environment | {"DBT_ENV_SECRET_REDSHIFT_PASSWORD": "hunter2"}).redshift
    assert place.password == "hunter2"
    assert "hunter2" not in repr(place)


def test_dbt_s_profile_reads_the_variables_that_the_environment_reads():
    profile = (PROJECT / "dbt_project" / "profiles.yml").read_text(encoding="utf-8")
    source = (PROJECT / "aero_assets" / "environment.py").read_text(encoding="utf-8")
    asked = set(re.findall(r"env_var\('((?:DBT_ENV_SECRET_)?REDSHIFT_\w+|AWS_REGION)'", profile))
    # These three shape a session of dbt and nothing that the orchestrator asks.
    assert {name for name in asked if f'"{name}"' not in source} == {
        "REDSHIFT_SERVERLESS", "REDSHIFT_SSLMODE", "REDSHIFT_QUERY_GROUP",
    }  # fmt: skip


def test_importing_it_brings_nothing_else_along():
    code = "import sys, aero_assets.environment; print({'boto3', 'dagster', 'duckdb', 'pyarrow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.strip() == "set()"
