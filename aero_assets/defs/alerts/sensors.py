"""Sensors that report the alert log as materialisations, request its follow-up, and notify of failed runs."""

import json
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from aero_assets.automation import run_failure_sensor, sensor
from aero_assets.defs.alerts.assets import (
    ALERT_LOG,
    FIRST_TAG,
    LEVELS,
    PARTITION,
    RUN_FAILURES,
    WANTED_TAG,
    after_alerts,
)
from aero_assets.defs.alerts.log import Cursor, unread
from aero_assets.levels import SUBJECT_TAG, Want, requests
from aero_assets.live import ABSENT, Live
from aero_assets.manifests import Levels
from aero_assets.resources import Zones
from aero_assets.storage import DamagedObjectError
from aero_streaming.alerts.items import Item

SUBJECT = "alert_log"
SECONDS = 10
#: A follow-up brings a build of the marts behind it: a storm of alerts is followed up in rounds.
PAUSE = timedelta(minutes=5)
FAILURES = "_outcomes/run_failures"
log = logging.getLogger("aero.runs")


@sensor(job=after_alerts, minimum_interval_seconds=SECONDS, default_status=dg.DefaultSensorStatus.RUNNING)
def alert_lines(context: dg.SensorEvaluationContext, zones: Zones, live: Live) -> dg.SensorResult:
    """Report new lines of the log, and request a follow-up until one has reached the last reported line."""
    store = live.store()
    if store is None:
        return dg.SensorResult(skip_reason=ABSENT, cursor=context.cursor)
    now = datetime.now(UTC)
    lines, cursor = unread(store, Cursor.from_text(context.cursor), now)
    asked = _requests(context.instance, zones, cursor, now) if cursor.lines else []
    made = [_materialization(lines)] if lines else []
    return dg.SensorResult(run_requests=asked, cursor=cursor.text(), asset_events=made)


def _materialization(lines: Sequence[Item]) -> dg.AssetMaterialization:
    kinds = Counter(line["kind"] for line in lines)
    levels = Counter(line.get("level_after") or "none" for line in lines if line["kind"] == "FIRED")
    metadata: dict[str, Any] = {
        "lines": len(lines),
        "alerts": len({line["alert_key"] for line in lines}),
        "kinds": dg.MetadataValue.json(dict(sorted(kinds.items()))),
        "fired": dg.MetadataValue.json(dict(sorted(levels.items()))),
        "first_arrived_at": lines[0]["arrived_at"],
        "last_arrived_at": lines[-1]["arrived_at"],
    }
    return dg.AssetMaterialization(ALERT_LOG, metadata=metadata)


def _requests(instance: dg.DagsterInstance, zones: Zones, cursor: Cursor, now: datetime) -> list[dg.RunRequest]:
    """Request a follow-up if none has reached the last reported line, but not too soon after the previous one."""
    desired, reached = {PARTITION: f"{cursor.lines}"}, Levels(zones.lake(), LEVELS).read()
    want = Want(SUBJECT, after_alerts.name, desired, reached, partitioned=False)
    if not want.behind or now - _last_end(instance) < PAUSE:
        return []
    tags = {WANTED_TAG: desired[PARTITION], FIRST_TAG: cursor.first}
    return [
        dg.RunRequest(run_key=request.run_key, job_name=request.job_name, tags={**request.tags, **tags})
        for request in requests(instance, want, now=now)
    ]


def _last_end(instance: dg.DagsterInstance) -> datetime:
    records = instance.get_run_records(filters=dg.RunsFilter(tags={SUBJECT_TAG: SUBJECT}), limit=1)
    ended = records[0].end_time if records else None
    return datetime.fromtimestamp(ended or 0, UTC)


@run_failure_sensor(minimum_interval_seconds=SECONDS, default_status=dg.DefaultSensorStatus.RUNNING)
def failed_runs(context: dg.RunFailureSensorContext, zones: Zones) -> None:
    """Report a failed run: a row in the ledger, a materialisation, and a log line for monitoring.

    The orchestrator's role may not publish messages; where there are alarms, an alarm on the log line does that.
    """
    run = context.dagster_run
    row = {
        "hop": "run_failures",
        "run_id": run.run_id,
        "job": run.job_name,
        "subject": run.tags.get(SUBJECT_TAG, ""),
        "attempt": run.tags.get("aero/attempt", "1"),
        "message": context.failure_event.message or "",
    }
    stats = context.instance.get_run_stats(run.run_id)
    day = datetime.fromtimestamp(stats.end_time or 0, UTC).date()
    key = f"{FAILURES}/dt={day}/{run.run_id}.json"
    try:
        if zones.lake().read_json(key) is not None:
            return
    except DamagedObjectError:
        log.warning("%s was damaged and is written again", key)
    metadata = {name: value for name, value in row.items() if name != "hop"}
    context.instance.report_runless_asset_event(dg.AssetMaterialization(RUN_FAILURES, metadata=metadata))
    log.error("run_failed %s", json.dumps(row, sort_keys=True))
    zones.lake().write_json(key, row)
