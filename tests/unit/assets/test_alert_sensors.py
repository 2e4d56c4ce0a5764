"""The live part as the orchestrator sees it: heartbeats, lines of the log, and requests to follow them up."""

import json
from datetime import UTC, datetime

import dagster as dg
import pytest

from aero_assets.defs.alerts.assets import WANTED_TAG, Progress
from aero_assets.defs.alerts.sensors import FAILURES, alert_lines, failed_runs
from aero_assets.defs.streaming.sensors import heartbeats
from tests.unit.assets.live_samples import AlertZones, LiveLine, tick
from tests.unit.assets.test_sensors import instance  # noqa: F401 - a fixture


@pytest.fixture
def zones(tmp_path):
    return AlertZones(root=str(tmp_path))


@pytest.fixture
def line():
    line = LiveLine()
    # Sensors live by the wall clock.
    line.wall = datetime.now(UTC)
    return line


def caught_up(sensor, instance, line, zones=None, cursor=None):  # noqa: F811
    """Tick until the first look at the log is over; return what was seen meanwhile."""
    seen, asked = [], []
    for _ in range(8):
        data = tick(sensor, instance, line, zones, cursor)
        cursor, seen, asked = data.cursor, seen + data.asset_events, asked + data.run_requests
    return seen, asked, cursor


def test_without_live_tables_sensors_skip_with_a_sentence_and_keep_their_cursor(instance, line, zones):  # noqa: F811
    line.dynamo.is_there = False
    for sensor, more in ((heartbeats, None), (alert_lines, zones)):
        data = tick(sensor, instance, line, more, "kept")
        assert (data.run_requests, data.asset_events, data.cursor) == ([], [], "kept")
        assert "no tables" in data.skip_message


def test_the_stream_is_reported_when_it_moved_and_only_then(instance, line):  # noqa: F811
    assert tick(heartbeats, instance, line).skip_message == "The feed was never heard."
    line.heartbeat("18:00")
    data = tick(heartbeats, instance, line)
    assert {event.asset_key.path[-1] for event in data.asset_events} == {"flink_job", "alerts_feed", "leg_state"}
    assert data.asset_events[0].metadata["last_received_at"].value == "2026-11-25T18:00:00Z"
    assert tick(heartbeats, instance, line, cursor=data.cursor).asset_events == []
    line.heartbeat("18:01")
    assert len(tick(heartbeats, instance, line, cursor=data.cursor).asset_events) == 3


def test_new_lines_are_one_materialisation_with_their_counts_and_a_request(instance, line, zones):  # noqa: F811
    line.delay(100)
    line.delay(200, 70)
    [made], [request, *_], cursor = caught_up(alert_lines, instance, line, zones)
    counts = {name: made.metadata[name].value for name in ("lines", "alerts", "kinds", "fired")}
    assert counts == {"lines": 2, "alerts": 2, "kinds": {"FIRED": 2}, "fired": {"amber": 1, "red": 1}}
    assert (request.job_name, request.tags[WANTED_TAG]) == ("after_alerts", "2")
    assert request.tags["aero/first"] == line.log()[0]["arrived_hour"]
    assert tick(alert_lines, instance, line, zones, cursor).asset_events == []


def test_what_came_while_nobody_looked_is_reported_once(instance, line, zones):  # noqa: F811
    line.delay(100)
    _, _, cursor = caught_up(alert_lines, instance, line, zones)
    for number in range(200, 205):
        line.delay(number)
    seen, _, _ = caught_up(alert_lines, instance, line, zones, cursor)
    assert [made.metadata["lines"].value for made in seen] == [5]


def test_it_is_asked_for_until_a_run_has_come_as_far_as_was_reported(instance, line, zones):  # noqa: F811
    line.delay(100)
    _, asked, cursor = caught_up(alert_lines, instance, line, zones)
    assert {request.run_key for request in asked} == {asked[0].run_key}
    progress = Progress.load(zones.lake())
    progress.levels["log"] = "1"
    progress.save()
    assert tick(alert_lines, instance, line, zones, cursor).run_requests == []
    line.delay(200)
    [request] = tick(alert_lines, instance, line, zones, cursor).run_requests
    assert request.tags[WANTED_TAG] == "2"


def test_after_a_follow_up_the_next_one_waits_a_little(instance, line, zones):  # noqa: F811
    line.delay(100)
    _, [request, *_], cursor = caught_up(alert_lines, instance, line, zones)

    @dg.job
    def nothing():
        pass

    nothing.execute_in_process(instance=instance, tags=request.tags)
    line.delay(200)
    data = tick(alert_lines, instance, line, zones, cursor)
    assert (len(data.asset_events), data.run_requests) == (1, [])


def test_a_failed_run_is_in_the_ledger_in_the_log_and_a_materialisation_once(instance, zones, caplog):  # noqa: F811
    @dg.op
    def breaks():
        raise ValueError("the lake is dry")

    @dg.job
    def broken():
        breaks()

    failed = broken.execute_in_process(instance=instance, raise_on_error=False, tags={"aero/subject": "typed:x"})
    for _ in range(2):
        context = dg.build_run_status_sensor_context(
            "failed_runs", failed.get_run_failure_event(), instance, failed.dagster_run, resources={"zones": zones}
        ).for_run_failure()
        failed_runs(context)
    [item] = zones.lake().list(f"{FAILURES}/")
    row = zones.lake().read_json(item.key)
    assert (row["job"], row["subject"]) == ("broken", "typed:x")
    key = dg.AssetKey(["alerts", "run_failures"])
    records = instance.fetch_materializations(key, limit=10).records
    assert [record.asset_materialization.metadata["run_id"].value for record in records] == [failed.run_id]
    assert [
        json.loads(record.message.split(" ", 1)[1])["job"] for record in caplog.records if record.name == "aero.runs"
    ] == ["broken"]
