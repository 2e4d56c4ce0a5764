"""Lambda: the gateway for files of partner_drop and of the extract, and each minute for messages without a schedule.

    {"feed": "partner/messages", "raw_key": "…", "arrival_id": "…", "arrived_at": "2026-11-22T13:55:02Z"}
    {"feed": "opsdb/legs", …}                      rows of the operational database, as the raw zone holds them
    {"feed": "partner/ssim", …, "came_at": "…"}    a schedule that came at that time, for the days around now
    {"retry": true}

Events are acknowledged by the brokers before the outcome is written, so an invocation that dies is run again as a whole
and sends the same events. Quarantine and outcome are named by arrival: run again, they are overwritten by the same.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from aero_ingest import database_events
from aero_ingest.gateway import Gateway, Knowledge
from aero_ingest.gateway_kafka import TopicProducer
from aero_ingest.gateway_tables import GatewayTables
from aero_ingest.gateway_tally import Tally, unreadable
from aero_ingest.message import ParseError
from aero_ingest.message_files import lines_of
from aero_ingest.station_clocks import StationClocks
from aero_streaming.events.limits import airports_csv
from aero_streaming.times import parse as moment_of
from aero_streaming.times import text as utc_text

STAGE = "gateway"
MESSAGES = "partner/messages"
#: A part of the extract has up to 100,000 rows of under a kilobyte.
MAX_ROWS_BYTES = 256 << 20
#: Reference tables beside this file, put there when the zip is packed; the repository has them as dbt seeds.
TABLES = Path(__file__).parent


@dataclass(frozen=True)
class Settings:
    """Everything the handler needs beside the event."""

    s3: Any
    tables: GatewayTables
    raw_bucket: str
    lake_bucket: str
    bootstrap: str
    security: str
    knowledge: Knowledge
    producer: Callable[[str, str], TopicProducer] = TopicProducer


@functools.cache
def knowledge(folder: Path = TABLES) -> Knowledge:
    """Read the reference tables: carriers and delay codes of a folder, and the airports that events are judged by."""
    stations = {row["iata"]: row["zone"] for row in _rows(airports_csv()) if row["zone"]}
    return Knowledge(
        iata_of={row["icao"]: row["iata"] for row in _rows(folder / "carriers.csv") if row["icao"]},
        delay_letters={row["alpha"]: row["code"] for row in _rows(folder / "delay_codes.csv") if row["alpha"]},
        offset_of=StationClocks(stations).offset_of,
    )


def settings() -> Settings:
    """Read the environment; tables by the clock of this invocation."""
    dynamodb = boto3.resource("dynamodb")
    named = {name: dynamodb.Table(os.environ[f"AERO_{name}_TABLE"]) for name in ("LEG_STATE", "MESSAGES")}
    return Settings(
        s3=boto3.client("s3"),
        tables=GatewayTables(named["LEG_STATE"], named["MESSAGES"], datetime.now(UTC)),
        raw_bucket=os.environ["AERO_RAW_BUCKET"],
        lake_bucket=os.environ["AERO_LAKE_BUCKET"],
        bootstrap=os.environ["AERO_BOOTSTRAP_SERVERS"],
        security=os.environ["AERO_KAFKA_SECURITY"],
        knowledge=knowledge(),
    )


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Entry point: what became of an arrival, or of what waited."""
    return handle(event, settings())


def handle(event: Mapping[str, Any], using: Settings) -> dict[str, Any]:
    """Take in an arrival, or try again what waits; an arrival may be the schedule that others wait for."""
    began, now = time.monotonic(), datetime.now(UTC)
    with using.producer(using.bootstrap, using.security) as producer:
        gateway = Gateway(using.tables, using.tables, producer.send, using.knowledge)
        arrived = Tally() if event.get("retry") else _arrived(event, gateway, using)
        waited = gateway.retry(now)
    released = [finished.identity for finished in waited.finished]
    gateway.settle(waited)
    if event.get("retry"):
        subject, tally = f"retry-{now:%Y%m%dT%H%M%S%fZ}", waited
        # Messages that still wait were counted in the row of their arrival: do not count them again.
        tally.messages, tally.waiting = len(released), 0
    else:
        subject, tally = event["arrival_id"], arrived
        # Messages that waited and were given up now are in the quarantine of this arrival.
        tally.messages += len(released) - waited.accepted
        tally.put_aside += waited.put_aside
        tally.events += waited.events
    outcome = _outcome(tally, producer.acknowledged, {"feed": event.get("feed", MESSAGES), "subject": subject})
    outcome |= {"waited_and_sent": waited.accepted, "seconds": round(time.monotonic() - began, 3)}
    _keep(tally, released, outcome, event, using)
    print(json.dumps(outcome))
    return outcome


def _arrived(event: Mapping[str, Any], gateway: Gateway, using: Settings) -> Tally:
    body = using.s3.get_object(Bucket=using.raw_bucket, Key=event["raw_key"])["Body"].read()
    received_at = moment_of(event["arrived_at"])
    raw_ref = f"s3://{using.raw_bucket}/{event['raw_key']}"
    file: io.BufferedReader = io.BufferedReader(io.BytesIO(body))
    try:
        if event["feed"] == database_events.FEED:
            return gateway.take_rows(lines_of(file, MAX_ROWS_BYTES), received_at, raw_ref)
        # A schedule that is told again each day is as new as it was when it came.
        came_at = moment_of(event["came_at"]) if "came_at" in event else None
        return gateway.take(lines_of(file), received_at, raw_ref, came_at)
    except ParseError as error:
        # The door took the file for text; what it is not is for the one who sent it to know.
        tally = Tally(messages=1)
        tally.put_aside.append(unreadable(error, "", raw_ref, event["arrived_at"]))
        return tally


def _outcome(tally: Tally, acknowledged: int, document: Mapping[str, Any]) -> dict[str, Any]:
    """The ledger's row: messages as they were read, messages that became events, and those that quarantine holds.

    What waits is not lost but not out. An event that the brokers did not acknowledge, or that nobody made, shows as a
    message too few or too many.
    """
    rejects = len(tally.held) + len(tally.put_aside)
    reasons = sorted({aside.reason for aside in tally.put_aside} | ({"no_schedule"} if tally.waiting else set()))
    return {
        "hop": STAGE,
        **document,
        "status": "done",
        "at": utc_text(datetime.now(UTC)),
        "files_in": 1,
        "rows_in": tally.messages,
        "rows_out": tally.accepted + acknowledged - tally.events,
        "duplicates": 0,
        "rejects": rejects,
        "waiting": tally.waiting,
        "events": tally.events,
        "acknowledged": acknowledged,
        "findings": dict(sorted(tally.findings.items())),
        "reason": ", ".join(reasons) or None,
        "message": tally.put_aside[0].message if tally.put_aside else None,
        "dates_touched": [],
        "version": "",
    }


def _keep(
    tally: Tally, released: list[str], outcome: Mapping[str, Any], event: Mapping[str, Any], using: Settings
) -> None:
    """Write outcome and quarantine; a minute in which nothing that waits came to an end leaves no trace.

    What waits is in quarantine too. Nothing is deleted there: what waited and is `released` is named in an object of
    its own.
    """
    if event.get("retry") and not (tally.accepted or tally.put_aside):
        return
    day = (event.get("arrived_at") or outcome["at"])[:10]
    name = f"{outcome['subject']}.json"
    if aside := [asdict(put) for put in (*tally.put_aside, *tally.held)]:
        _put(using, f"quarantine/{outcome['feed']}/dt={day}/messages-{name}", {"messages": aside})
    if released:
        _put(using, f"quarantine/{MESSAGES}/dt={day}/released-{name}", {"identities": released})
    _put(using, f"_outcomes/{STAGE}/dt={day}/{name}", outcome)


def _put(using: Settings, key: str, document: object) -> None:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    using.s3.put_object(Bucket=using.lake_bucket, Key=key, Body=text.encode(), ContentType="application/json")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
