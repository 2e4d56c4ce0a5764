"""Heartbeats: the stream is reported as materialised after each batch that the alert Lambda processed."""

import json

import dagster as dg

from aero_assets.automation import sensor
from aero_assets.defs.streaming.assets import ALERTS_FEED, FLINK_JOB, LEG_STATE
from aero_assets.live import ABSENT, Live
from aero_streaming.alerts.pulse import CLOCK, FEED

#: Flink flushes in tenths of a second; people look at minutes.
SECONDS = 15


@sensor(minimum_interval_seconds=SECONDS, default_status=dg.DefaultSensorStatus.RUNNING)
def heartbeats(context: dg.SensorEvaluationContext, live: Live) -> dg.SensorResult:
    """Report job, stream and state as materialised each time that the stream processed newer data of the feed."""
    store = live.store()
    if store is None:
        return dg.SensorResult(skip_reason=ABSENT, cursor=context.cursor)
    beats = store.heartbeats()
    if FEED not in beats:
        return dg.SensorResult(skip_reason="The feed was never heard.", cursor=context.cursor)
    cursor = json.dumps(beats, sort_keys=True)
    if cursor == context.cursor:
        return dg.SensorResult(skip_reason=f"Nothing since {beats[FEED]}.", cursor=cursor)
    metadata = {"last_received_at": beats[FEED], "event_time": beats.get(CLOCK, beats[FEED])}
    made = [dg.AssetMaterialization(key, metadata=metadata) for key in (FLINK_JOB, ALERTS_FEED, LEG_STATE)]
    return dg.SensorResult(asset_events=made, cursor=cursor)
