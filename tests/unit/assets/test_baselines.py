"""Baselines: what was published as usual is what relative rules are held against; without it they are grey."""

from datetime import UTC, datetime, timedelta

import pytest

from aero_assets.defs.alerts.assets import BASELINES, baselines
from aero_streaming.rules import rules
from tests.unit.assets.live_samples import AlertZones, LiveLine, bad_day, publish, run
from tests.unit.assets.test_sensors import instance  # noqa: F401 - a fixture
from tests.unit.streaming.alert_samples import DAY


@pytest.fixture
def zones(tmp_path):
    return AlertZones(root=str(tmp_path))


@pytest.fixture
def line():
    line = LiveLine()
    line.wall = datetime.now(UTC) - timedelta(minutes=1)
    return line


def usual(line):
    return {item["baseline_key"]: item for item in line.dynamo.rows("baselines")}


def test_the_baseline_of_a_route_is_its_share_over_the_last_28_days(instance, line, zones):  # noqa: F811
    publish(zones, days=40)
    assert run(baselines, instance, line, zones).success
    assert usual(line) == {
        "otp_a14#route#MEX-CUN": {
            "baseline_key": "otp_a14#route#MEX-CUN", "value": 80, "n": 280, "days": 28, "as_of": "2026-11-20",
        }
    }  # fmt: skip


def test_only_what_changed_is_written(instance, line, zones):  # noqa: F811
    publish(zones)
    run(baselines, instance, line, zones)
    line.dynamo.calls.clear()
    run(baselines, instance, line, zones)
    assert "batch_write_item" not in line.dynamo.calls
    publish(zones, late=5)
    run(baselines, instance, line, zones)
    assert usual(line)["otp_a14#route#MEX-CUN"]["value"] == 50


def test_the_day_that_is_live_is_not_in_its_own_baseline(instance, line, zones):  # noqa: F811
    publish(zones, day=DAY, days=3)
    line.heartbeat("18:00")
    run(baselines, instance, line, zones)
    assert (usual(line)["otp_a14#route#MEX-CUN"]["days"], usual(line)["otp_a14#route#MEX-CUN"]["as_of"]) == (
        2,
        "2026-11-24",
    )


def test_a_relative_rule_judges_by_the_baseline_that_was_published(instance, line, zones):  # noqa: F811
    publish(zones, days=28)
    run(baselines, instance, line, zones)
    line.send(bad_day())
    alert = line.alert("a14_route_vs_28d", "MEX-CUN")
    assert (alert["baseline"], alert["value"], alert["level"]) == (80, -40, "red")


@pytest.mark.parametrize("there", [True, False])
def test_without_tables_or_without_marts_there_are_no_baselines_and_no_failure(instance, line, zones, there):  # noqa: F811
    line.dynamo.is_there = there
    if not there:
        publish(zones)
    assert run(baselines, instance, line, zones).success
    assert instance.get_latest_materialization_event(BASELINES).asset_materialization.metadata["written"].value == 0
    assert usual(line) == {}


def test_every_relative_rule_has_a_baseline_that_is_written():
    relative = {(rule.kpi, rule.scope) for rule in rules().rules if rule.kpi.endswith("_change")}
    assert relative == {("otp_a14_change", "route")}
