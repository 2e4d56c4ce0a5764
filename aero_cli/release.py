"""Release of records that were refused because the airport reference lacked their airport and now has it.

Rows are judged again by the typed step. If a row is no longer refused for its airport, its arrival day is requested
again, its event goes to its topic unchanged, and messages go to the gateway. Records that still wait stay in
quarantine. Repeating a release is harmless, because released records are not found again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow.parquet as pq
from kafka.errors import KafkaError

from aero_assets.arrivals import ArrivalDay, Receipt, list_arrivals, plan
from aero_assets.defs.streaming.gateway import SCHEDULES, send_schedules
from aero_assets.defs.typed import rows
from aero_assets.environment import Environment
from aero_assets.feeds import Feed
from aero_assets.feeds.layouts import HANDED_ON
from aero_assets.manifests import AGAIN, TYPED, ArrivalManifest, ask_again
from aero_assets.partitions import FIRST_OPERATING_DATE
from aero_assets.resources import Gateway
from aero_assets.storage import Bucket, DamagedObjectError
from aero_cli.reprocess import hand_on
from aero_ingest.database_events import FEED as DATABASE
from aero_ingest.gateway_kafka import TopicProducer
from aero_local.errors import Log
from aero_streaming.events import Problem, parse
from aero_streaming.events.limits import UNKNOWN_AIRPORT, is_known

#: The message of an event's limit that names an unknown airport and a day.
WAITS_FOR = re.compile(r"is ([A-Z]{3}), which the airport reference does not have on ([0-9]{4}-[0-9]{2}-[0-9]{2});")


@dataclass
class Released:
    """Counts of released records of one feed."""

    feed: str
    rows: int = 0
    still_waiting: int = 0
    arrival_days: list[str] = field(default_factory=list)
    #: Events that were sent to their topic again, and bodies that were handed to the gateway.
    events_sent: int = 0
    handed_on: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return asdict(self)


@dataclass(frozen=True)
class Zone:
    """Both buckets and the gateway."""

    raw: Bucket
    lake: Bucket
    gateway: Gateway


Send = Callable[[Feed, list[str]], int]


def release(feeds: Iterable[Feed], first: date, last: date, send: Send, log: Log) -> list[Released]:
    """Release the waiting records of feeds by arrival days, both included; return the counts of feeds with any.

    Works under the role of the orchestrator; `send` puts events on their topic unchanged and returns their number.
    """
    environment = Environment.current()
    zone = Zone(Bucket(environment.raw_bucket), Bucket(environment.lake_bucket), Gateway())
    done = [let_go(feed, zone, first, last, send, log) for feed in feeds]
    return [released for released in done if released.rows or released.still_waiting]


def let_go(feed: Feed, zone: Zone, first: date, last: date, send: Send, log: Log) -> Released:
    """Release the waiting records of one feed; `send` puts unchanged events on their topic and returns their number."""
    done = Released(feed.path)
    records = _rows(feed, zone.raw, zone.lake, first, last, done, log)
    if feed.topic and records:
        done.events_sent = send(feed, records)
    if feed.layout.parser in HANDED_ON or feed.path == DATABASE:
        _messages(feed, zone, first, last, done)
    return done


def _rows(feed: Feed, raw: Bucket, lake: Bucket, first: date, last: date, done: Released, log: Log) -> list[str]:
    """Request the arrival days with released rows again; return the records of those rows."""
    manifests = [
        manifest for manifest in _manifests(feed, lake) if first <= date.fromisoformat(manifest.arrived_on) <= last
    ]
    waiting = {manifest.arrived_on: refused for manifest in manifests if (refused := _waiting(lake, manifest))}
    if not waiting:
        return []
    planned, records = plan(list_arrivals(raw, feed)), []
    for manifest in (manifest for manifest in manifests if manifest.arrived_on in waiting):
        day, refused = planned.get(date.fromisoformat(manifest.arrived_on)), waiting[manifest.arrived_on]
        if day is None:
            continue
        still = _still_waiting(feed, raw, day, {key for key, _ in refused})
        let_go = {place: record for place, record in refused.items() if place not in still}
        done.still_waiting += len(refused) - len(let_go)
        if let_go:
            ask_again(lake, feed, day.arrived_on)
            done.rows += len(let_go)
            done.arrival_days.append(manifest.arrived_on)
            records += let_go.values()
            log(f"{feed.path} of {manifest.arrived_on}: {len(let_go)} rows are let go, the day is asked for again")
    return records


def _manifests(feed: Feed, lake: Bucket) -> Iterator[ArrivalManifest]:
    """Yield the manifests of arrival days without a pending compaction; other days get the new reference anyway."""
    for item in lake.list(f"{TYPED}/{feed.path}/"):
        with suppress(DamagedObjectError):
            manifest = lake.read_as(item.key, ArrivalManifest.from_json)
            if manifest and manifest.level not in ("", AGAIN):
                yield manifest


def _waiting(lake: Bucket, manifest: ArrivalManifest) -> dict[tuple[str, int], str]:
    """Return the records of an arrival day that were refused for their airport, by raw key and line."""
    records = {}
    with TemporaryDirectory() as folder:
        for key in manifest.quarantine:
            file = Path(folder) / "rows.parquet"
            lake.download(key, file)
            for row in pq.read_table(file, filters=[("reason", "=", UNKNOWN_AIRPORT)]).to_pylist():
                records[row["raw_key"], row["line_number"]] = row["record"]
    return records


def _still_waiting(feed: Feed, raw: Bucket, day: ArrivalDay, keys: set[str]) -> set[tuple[str, int]]:
    """Judge the bodies of some raw keys as the typed step does; return the records whose airport is still unknown."""
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        body = Path(folder) / "body"
        rows.prepare(connection)
        for arrival in day.counted:
            contents = arrival.contents(raw, feed)
            for key in keys.intersection(contents.keys):
                raw.download(key, body)
                rows.add_lines(connection, body, key, arrival.arrived_at, feed, contents.sent_as)
        rows.judge(connection, feed, FIRST_OPERATING_DATE, day.arrived_on + timedelta(days=feed.max_days_ahead))
        waiting = connection.execute(
            "select raw_key, line_number from judged where reason = $reason", {"reason": UNKNOWN_AIRPORT}
        )
        return {(key, number) for key, number in waiting.fetchall()}


def sender(bootstrap: str, security: str, log: Log) -> Send:
    """Return a function that sends events unchanged; the stream uses the first copy of each, the lake knows copies.

    `bootstrap` and `security` are those of the gateway (`plaintext` or `iam`). If no broker answers, the stream does
    not get the events, and a message says so.
    """

    def send(feed: Feed, records: list[str]) -> int:
        known = [(record, event) for record in records if not isinstance(event := parse(record), Problem)]
        try:
            with TopicProducer(bootstrap, security) as producer:
                for record, event in known:
                    producer.send_text(record.encode(), event)
        except (ConnectionError, KafkaError) as error:
            log(f"{feed.path}: the stream does not hear of {len(known)} events: {error}")
            return 0
        return len(known)

    return send


def _messages(feed: Feed, zone: Zone, first: date, last: date, done: Released) -> None:
    """Send bodies to the gateway again, of which it set a message aside for an airport that is known now."""
    raw, lake, receipts = zone.raw, zone.lake, {}
    for item in [*lake.list(f"quarantine/{feed.path}/dt=")]:
        folder, _, name = item.key.rpartition("/")
        on = date.fromisoformat(folder.rpartition("dt=")[2][:10])
        if not name.startswith("messages-") or not first <= on <= last:
            continue
        messages = (lake.read_json(item.key) or {}).get("messages", [])
        let_go = [
            message for message in messages if message["reason"] == UNKNOWN_AIRPORT and _is_known(message["message"])
        ]
        done.still_waiting += sum(message["reason"] == UNKNOWN_AIRPORT for message in messages) - len(let_go)
        if not let_go:
            continue
        # Before the gateway is told: it writes the object again where something of the body stays aside.
        kept = [message for message in messages if message not in let_go]
        if kept:
            lake.write_json(item.key, {"messages": kept})
        else:
            lake.delete([item.key])
        if not receipts and feed.path != DATABASE:
            receipts = _receipts(feed, raw)
        done.arrival_days.append(f"{on}")
        for (raw_ref, received_at), count in Counter(
            (message["raw_ref"], message["received_at"]) for message in let_go
        ).items():
            key = raw_ref.removeprefix(f"s3://{raw.name}/")
            done.rows += count
            done.handed_on += _tell(feed, zone, receipts.get(key), key, name, received_at)


def _is_known(message: str) -> bool:
    named = WAITS_FOR.search(message)
    return named is not None and is_known(*named.groups())


def _receipts(feed: Feed, raw: Bucket) -> dict[str, Receipt]:
    """Return the arrivals of a feed by the key of their body."""
    arrivals = [arrival for day in plan(list_arrivals(raw, feed)).values() for arrival in day.counted]
    return {
        key: receipt for receipt in arrivals if isinstance(receipt, Receipt) for key in receipt.body_keys(raw, feed)
    }


def _tell(feed: Feed, zone: Zone, receipt: Receipt | None, key: str, name: str, received_at: str) -> bool:
    """Send a body to the gateway as the first time; return False if the body no longer counts."""
    if feed.path == DATABASE:
        arrival_id = name.removeprefix("messages-").removesuffix(".json")
        zone.gateway.send({"feed": feed.path, "raw_key": key, "arrival_id": arrival_id, "arrived_at": received_at})
        return True
    if receipt is None:
        return False
    if feed.path == SCHEDULES.path:
        # A schedule speaks of the days around now, whenever it came.
        return bool(send_schedules(zone.raw, feed, zone.gateway, datetime.now(UTC)))
    return hand_on(feed, zone.raw, receipt, zone.gateway)
