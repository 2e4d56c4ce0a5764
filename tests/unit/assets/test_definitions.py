"""The code location: it loads with nothing, holds what it should, and every piece says who owns it and what one row
is.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from aero_assets.defs.schedules import RUNS_IN, status
from aero_assets.feeds import feeds

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def defs():
    from aero_assets.definitions import defs as load

    return load()


@pytest.fixture(scope="module")
def graph(defs):
    return defs.resolve_asset_graph()


def test_it_loads_without_environment_network_or_credentials():
    """Guards the promise that a code location can be validated anywhere: no bucket, key, profile or home is needed."""
    block = "import socket\nsocket.socket.connect = None\nimport aero_assets.definitions as d\nd.defs()\n"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", block], cwd=PROJECT, env={"PATH": os.defpath},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def test_what_was_loaded_is_left_alone_by_a_collector_that_goes_on_and_nothing_complains_at_the_end():
    script = "import gc, aero_assets.definitions as d\nd.defs()\nprint(gc.isenabled(), gc.get_freeze_count() > 0)"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=PROJECT, env={"PATH": os.defpath},
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert (done.stdout.split(), done.stderr) == (["True", "True"], "")


def test_every_feed_is_an_asset_in_every_layer(graph):
    """A module with a @definitions function drops its other assets without a word."""
    here = ("raw", "typed", "catalog")
    layers = {"file": ("inbox", *here), "event": here, "log": here, "table": ("database", *here)}
    expected = {dg.AssetKey([layer, *feed.key]) for feed in feeds() for layer in layers[feed.arrival]}
    assert expected <= set(graph.get_all_asset_keys())


def test_every_sensor_schedule_and_job_says_what_it_does(defs):
    known = defs.get_repository_def()
    jobs = [job for job in known.get_all_jobs() if not job.name.startswith("__")]
    silent = [
        definition.name
        for definition in (*known.sensor_defs, *known.schedule_defs, *jobs)
        if not definition.description
    ]
    assert (silent, len(jobs) > 5) == ([], True)


def test_every_check_says_what_it_asks(graph):
    checks = {key: graph.get_check_spec(key).description for key in graph.asset_check_keys}
    assert len(checks) > 200
    assert [key.to_user_string() for key, said in checks.items() if not said] == []


def test_the_lineage_runs_from_the_inbox_to_the_marts(graph):
    ancestors = graph.get_ancestor_asset_keys(dg.AssetKey(["operations", "fct_route_day"]))
    assert dg.AssetKey(["inbox", "partner", "bts_ontime"]) in ancestors


def test_the_lineage_runs_from_the_topics_to_the_marts_and_through_the_stream_to_the_alerts(graph):
    for mart in ("fct_alert", "fct_decision"):
        ancestors = graph.get_ancestor_asset_keys(dg.AssetKey(["operations", mart]))
        way = "kafka/leg-events streaming/flink_job streaming/alerts_feed alerts/alert_log alerts/log_copies"
        assert {dg.AssetKey(step.split("/")) for step in way.split()} <= ancestors
    ancestors = graph.get_ancestor_asset_keys(dg.AssetKey(["operations", "fct_leg"]))
    assert {dg.AssetKey(["kafka", "leg-events"]), dg.AssetKey(["raw", "ops", "leg_events"])} <= ancestors


def test_the_lineage_runs_from_the_tables_of_the_database_to_the_marts(graph):
    ancestors = graph.get_ancestor_asset_keys(dg.AssetKey(["operations", "fct_leg"]))
    assert {dg.AssetKey([layer, "opsdb", "legs"]) for layer in ("database", "raw", "typed", "catalog")} <= ancestors


def test_every_table_of_the_database_ends_in_a_mart(graph):
    """Also one that comes later: what is extracted and read by nobody is work for nothing."""
    published = graph.get_ancestor_asset_keys(dg.AssetKey(["published", "marts"]))
    tables = {dg.AssetKey(["database", *feed.key]) for feed in feeds() if feed.arrival == "table"}
    assert tables
    assert tables <= set(published)


def test_the_lineage_runs_on_to_the_pages_that_show_the_marts(graph):
    for page in ("network_page", "route_page", "data_health_page"):
        ancestors = graph.get_ancestor_asset_keys(dg.AssetKey(["dashboard", page]))
        assert {dg.AssetKey(["published", "marts"]), dg.AssetKey(["operations", "fct_leg"])} <= set(ancestors)


def test_every_asset_has_owner_group_kind_and_a_description_that_ends_in_its_grain(graph):
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.owners, key
        assert node.group_name != "default", key
        assert node.kinds, key
        assert "one row per" in node.description.lower(), key
        assert node.description.rstrip().endswith("."), key


def test_there_are_nine_jobs_seven_sensors_and_the_named_backfills(defs):
    repository = defs.get_repository_def()
    jobs = {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")}
    assert jobs == {
        "ingest", "catalog_and_staging", "catch_up", "warehouse", "publish", "after_alerts", "extract", "plans",
        "discovery",
    }  # fmt: skip
    assert {sensor.name for sensor in repository.sensor_defs} == {
        "arrivals",
        "typed_changes",
        "unpublished_changes",
        "dashboard_shows",
        "heartbeats",
        "alert_lines",
        "failed_runs",
    }
    assert {schedule.name for schedule in repository.schedule_defs} == set(RUNS_IN)


def test_no_schedule_runs_by_itself_on_a_laptop(defs):
    for schedule in defs.get_repository_def().schedule_defs:
        assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED


def test_every_sensor_is_on_from_the_start(defs):
    for sensor in defs.get_repository_def().sensor_defs:
        assert sensor.default_status is dg.DefaultSensorStatus.RUNNING, sensor.name


@pytest.mark.parametrize("name", RUNS_IN)
def test_every_schedule_is_on_from_the_start_in_production(monkeypatch, name):
    monkeypatch.setenv("AERO_ENV", "prod")
    assert status(name) is dg.DefaultScheduleStatus.RUNNING


@pytest.mark.parametrize(
    ("name", "at", "first", "last"),
    [
        ("nightly_last_three_days", datetime(2026, 3, 1, 12, 30, tzinfo=UTC), "2026-02-26", "2026-02-28"),
        ("monthly_close", datetime(2024, 3, 4, 14, tzinfo=UTC), "2024-02-01", "2024-02-29"),
    ],
)
def test_a_scheduled_backfill_asks_for_its_range(defs, name, at, first, last):
    schedule = defs.get_repository_def().get_schedule_def(name)
    with dg.DagsterInstance.ephemeral() as instance:
        tick = schedule.evaluate_tick(dg.build_schedule_context(instance, scheduled_execution_time=at))
    [request] = tick.run_requests
    assert request.tags["dagster/asset_partition_range_start"] == first
    assert request.tags["dagster/asset_partition_range_end"] == last


def test_every_mart_people_wait_for_has_a_freshness_policy(graph):
    for key in graph.get_all_asset_keys():
        if key.path[-1].startswith("fct_") or key.path[0] in {"raw", "typed"}:
            assert graph.get(key).freshness_policy, key


def test_dbt_tests_of_models_and_of_sources_are_checks(graph):
    names = {key.name for key in graph.asset_check_keys}
    assert {"rows_balance", "columns_match", "primary_key_fct_leg_leg_uid"} <= names
    assert any(name.startswith("source_filled") for name in names)
