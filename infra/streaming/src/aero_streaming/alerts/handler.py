"""Lambda: records of the alerts feed become leg state, event log, alerts and notifications.

What cannot be used is put into quarantine here and never tried again. What AWS could not do just now is asked for
again, from the first record that failed; everything may therefore come twice, and changes nothing the second time.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from aero_streaming.alerts import setup as alert_setup
from aero_streaming.alerts.batch import Done, Engine, process
from aero_streaming.alerts.desk import Contended
from aero_streaming.alerts.metrics import emit
from aero_streaming.alerts.records import Batch, Poison, batch_of

PASSING = (ClientError, BotoCoreError, Contended)
"""Errors that another try may not meet."""
QUARANTINE = "quarantine/stream/alerts_feed"

Answer = dict[str, list[dict[str, str]]]
KinesisRecord = Mapping[str, Any]


@dataclass(frozen=True)
class Quarantine:
    """The quarantine of unusable records: one object each, named by its place in the stream, so a repeat is one."""

    s3: Any
    bucket: str

    def put(self, record: KinesisRecord, poison: Poison) -> str:
        """Keep a record with its reason; return the key."""
        kinesis = record["kinesis"]
        arrived = datetime.fromtimestamp(kinesis.get("approximateArrivalTimestamp", 0), UTC)
        shard = str(record.get("eventID", "shard")).partition(":")[0]
        key = f"{QUARANTINE}/dt={arrived.date()}/{shard}-{kinesis['sequenceNumber']}.json"
        document = {
            "reason": poison.reason,
            "message": poison.message,
            "sequence_number": kinesis["sequenceNumber"],
            "partition_key": kinesis.get("partitionKey"),
            "arrived_at": arrived.isoformat().replace("+00:00", "Z"),
            "record_base64": kinesis.get("data"),
        }
        body = json.dumps(document, ensure_ascii=False).encode()
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json")
        return key


@cache
def quarantine() -> Quarantine:
    """Read the environment once per process."""
    return Quarantine(boto3.client("s3", config=alert_setup.CONFIG), os.environ["AERO_LAKE_BUCKET"])


def handler(event: Mapping[str, Any], context: object) -> Answer:
    """Entry point of the event source mapping, which reports failures by item."""
    return handle(event["Records"], alert_setup.engine(), quarantine())


def handle(records: Sequence[KinesisRecord], engine: Engine, aside: Quarantine) -> Answer:
    """Take in the records of one batch; return the first that must be tried again, if any."""
    began = engine.wall()
    numbered = {record["kinesis"]["sequenceNumber"]: record for record in records}
    batch = batch_of((sequence, record["kinesis"]["data"]) for sequence, record in numbered.items())
    try:
        done = process(batch, engine)
    except PASSING as error:
        # Something that all need is not there: nothing of the batch counts as done.
        done = Done(failures=[(min(numbered, key=int), error)])
    again = [(sequence, error) for sequence, error in done.failures if isinstance(error, PASSING)]
    wrong = [
        (sequence, Poison("evaluation_failed", f"{type(error).__name__}: {error}"))
        for sequence, error in done.failures
        if not isinstance(error, PASSING)
    ]
    for sequence, poison in [*batch.poison, *wrong]:
        try:
            aside.put(numbered[sequence], poison)
        except PASSING as error:
            again.append((sequence, error))
    _log(batch, done, records, wrong, again, began, engine)
    first = min((sequence for sequence, _ in again), key=int, default=None)
    return {"batchItemFailures": [{"itemIdentifier": first}] if first is not None else []}


def _log(
    batch: Batch,
    done: Done,
    records: Sequence[KinesisRecord],
    wrong: Sequence[tuple[str, Poison]],
    again: Sequence[tuple[str, Exception]],
    began: datetime,
    engine: Engine,
) -> None:
    ended = engine.wall()
    arrivals = [record["kinesis"].get("approximateArrivalTimestamp") for record in records]
    oldest = min((moment for moment in arrivals if moment), default=ended.timestamp())
    counts = {
        "Records": batch.records,
        "Fresh": done.fresh,
        "Repeated": done.repeated,
        "Stale": done.stale,
        "Events": done.events,
        "Poison": len(batch.poison) + len(wrong),
        "Evaluated": done.tally.evaluated,
        "AlertsWritten": done.tally.written,
        "Transitions": done.tally.transitions,
        "Conflicts": done.tally.conflicts,
        "Rechecked": done.tally.rechecked,
        "Failed": len(again),
        "BatchMilliseconds": round((ended - began).total_seconds() * 1000, 1),
        "LatencyMilliseconds": round(max(0.0, ended.timestamp() - oldest) * 1000, 1),
    }
    emit("alert_handler", counts, int(ended.timestamp() * 1000))
    for sequence, error in again[:5]:
        print(json.dumps({"failed": sequence, "error": f"{type(error).__name__}: {error}"[:500]}), flush=True)
    for sequence, poison in [*batch.poison, *wrong][:5]:
        print(json.dumps({"quarantined": sequence, "reason": poison.reason}), flush=True)
