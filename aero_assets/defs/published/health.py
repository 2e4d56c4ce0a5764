"""The health of the data as tables: feeds and their freshness, the outcome ledger, quarantine with its reasons.

A damaged object of the ledger or of the quarantine becomes a row that says so, and the rest is still shown. The tables
are read from the lake under the orchestrator's role and published beside the marts, so that their readers need no other
right. Ledger and quarantine go back `DAYS` arrival days from the newest one, because people ask about current problems.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import ClientError

from aero_assets import healing
from aero_assets.arrivals import list_arrivals
from aero_assets.feeds import Feed, feeds
from aero_assets.manifests import ArrivalManifest
from aero_assets.outcomes import PREFIX as OUTCOMES
from aero_assets.outcomes import TERMS
from aero_assets.storage import Bucket, DamagedObjectError, is_missing
from aero_ingest.message_kinds import KIND_NOT_READ

STAGES = ("door", "gateway", "extract", "typed", "warehouse", healing.STAGE)
QUARANTINE = "quarantine"
DAYS = 30
#: Records shown per feed, arrival day and reason; the counts are complete.
SAMPLE = 20
RECORD_LENGTH = 400

FEED = pa.schema(
    [
        ("feed", pa.string()), ("owner", pa.string()), ("grain", pa.string()), ("source", pa.string()),
        ("arrival", pa.string()), ("fresh_within_hours", pa.int32()), ("arrivals", pa.int32()),
        ("rows_out", pa.int64()), ("last_arrived_at", pa.timestamp("us")),
        ("first_operating_date", pa.date32()), ("last_operating_date", pa.date32()),
    ]
)  # fmt: skip
OUTCOME = pa.schema(
    [
        ("hop", pa.string()), ("feed", pa.string()), ("subject", pa.string()), ("arrived_on", pa.date32()),
        ("at", pa.timestamp("us")), ("status", pa.string()), ("files_in", pa.int64()), ("rows_in", pa.int64()),
        ("rows_out", pa.int64()), ("duplicates", pa.int64()), ("rejects", pa.int64()), ("mixed", pa.int64()),
        ("seconds", pa.float64()),
        ("reason", pa.string()), ("message", pa.string()),
    ]
)  # fmt: skip
REASON = pa.schema(
    [
        ("feed", pa.string()), ("arrived_on", pa.date32()), ("kind", pa.string()), ("reason", pa.string()),
        ("records", pa.int64()),
    ]
)  # fmt: skip
REFUSED = pa.schema(
    [
        ("feed", pa.string()), ("arrived_on", pa.date32()), ("kind", pa.string()), ("reason", pa.string()),
        ("message", pa.string()), ("raw_ref", pa.string()), ("record", pa.string()),
    ]
)  # fmt: skip


def feed_table(raw: Bucket, manifests: Iterable[ArrivalManifest]) -> pa.Table:
    """Return one row per registered feed: its arrivals, its latest data, and its expected freshness."""
    by_feed: dict[str, list[ArrivalManifest]] = {}
    for manifest in manifests:
        by_feed.setdefault(manifest.feed, []).append(manifest)
    return pa.Table.from_pylist([_feed(feed, raw, by_feed.get(feed.path, [])) for feed in feeds()], FEED)


def _feed(feed: Feed, raw: Bucket, manifests: list[ArrivalManifest]) -> dict[str, Any]:
    came = list_arrivals(raw, feed)
    dates = sorted({day for manifest in manifests for day in manifest.dates})
    return {
        "feed": feed.path,
        "owner": feed.owner,
        "grain": feed.grain,
        "source": feed.source,
        "arrival": feed.arrival,
        "fresh_within_hours": feed.fresh_within_hours,
        "arrivals": len(came),
        "rows_out": sum(manifest.counts.get("rows_out", 0) for manifest in manifests),
        "last_arrived_at": came[-1].arrived_at.replace(tzinfo=None) if came else None,
        "first_operating_date": date.fromisoformat(dates[0]) if dates else None,
        "last_operating_date": date.fromisoformat(dates[-1]) if dates else None,
    }


def outcome_table(lake: Bucket) -> pa.Table:
    """Return one row per outcome row of the last arrival days: stage, subject, counts, and the reason of refusals."""
    keys = {stage: [item.key for item in lake.list(f"{OUTCOMES}/{stage}/")] for stage in STAGES}
    rows = [_outcome(lake, stage, key) for stage in STAGES for key in _recent(keys[stage], keys["door"])]
    return pa.Table.from_pylist(rows, OUTCOME)


def _outcome(lake: Bucket, stage: str, key: str) -> dict[str, Any]:
    try:
        outcome = lake.read_json(key) or {"hop": stage, "subject": key}
        return _row(outcome, _day_of(key))
    except (DamagedObjectError, TypeError, ValueError) as error:
        outcome = {"hop": stage, "subject": key, "status": "damaged", "reason": healing.REASON, "message": f"{error}"}
        return _row(outcome, _day_of(key))


def _row(row: dict[str, Any], day: date) -> dict[str, Any]:
    at = row.get("at") or row.get("arrived_at")
    counts = {name: int(row.get(name, 0)) for name in ("files_in", *TERMS)}
    return {
        **{name: row.get(name) for name in ("hop", "feed", "subject", "status", "reason", "message")},
        **counts,
        "arrived_on": day,
        "at": datetime.fromisoformat(str(at)).replace(tzinfo=None) if at else None,
        "seconds": float(row.get("seconds", 0)),
    }


def quarantine_tables(lake: Bucket, scratch: Path) -> tuple[pa.Table, pa.Table]:
    """Return the quarantine: complete counts per feed, arrival day and reason, and a sample of the records."""
    keys = [item.key for item in lake.list(f"{QUARANTINE}/")]
    recent = [*_recent(keys, keys)]
    released = _released(lake, recent)
    refused: list[dict[str, Any]] = []
    for key in recent:
        try:
            refused += _records(lake, key, scratch, released)
        except DamagedObjectError as error:
            refused.append(_refused(key, "object", healing.REASON, f"{error}", key, ""))
    counts: dict[tuple[Any, ...], int] = {}
    sample = []
    for record in refused:
        group = tuple(record[name] for name in ("feed", "arrived_on", "kind", "reason"))
        counts[group] = counts.get(group, 0) + 1
        if counts[group] <= SAMPLE:
            sample.append(record)
    names = ("feed", "arrived_on", "kind", "reason", "records")
    reasons = [dict(zip(names, (*group, count), strict=True)) for group, count in sorted(counts.items())]
    return pa.Table.from_pylist(reasons, REASON), pa.Table.from_pylist(sample, REFUSED)


def _records(lake: Bucket, key: str, scratch: Path, released: set[str]) -> list[dict[str, Any]]:
    """Return the records of a quarantine object; a refused file is described by the reason object beside it."""
    name = key.rsplit("/", 1)[-1]
    if name == "reason.json":
        return [*_file(lake, key)]
    if name.startswith("rows-") and name.endswith(".parquet"):
        return [*_rows(lake, key, scratch / "refused.parquet")]
    return [*_messages(lake, key, released)] if name.startswith("messages-") else []


def _file(lake: Bucket, key: str) -> Iterator[dict[str, Any]]:
    """Return the row of a file that the door refused."""

    def refused(row: dict[str, Any]) -> dict[str, Any]:
        details = json.dumps({"bytes": row["bytes"], "arrived_at": row["arrived_at"]})
        return _refused(key, "file", row["reason"], row["message"], row["inbox_key"], details)

    if row := lake.read_as(key, refused):
        yield row


def _rows(lake: Bucket, key: str, file: Path) -> Iterator[dict[str, Any]]:
    """Return the records that the typed step refused."""
    try:
        lake.download(key, file)
    except ClientError as error:
        if is_missing(error):
            return  # its day was compacted again since the listing: what it refuses now is in the next version
        raise
    try:
        rows = pq.read_table(file).to_pylist()
    except (pa.ArrowInvalid, OSError) as error:
        raise DamagedObjectError(lake.name, key, f"it is no Parquet file ({error})") from error
    finally:
        file.unlink()
    for row in rows:
        raw_ref = f"{row['raw_key']}#{row['line_number']}"
        yield _refused(key, "row", row["reason"], row["message"], raw_ref, row["record"])


def _released(lake: Bucket, keys: Iterable[str]) -> set[str]:
    """Return the messages that waited for their schedule and were released."""
    named = [key for key in keys if key.rsplit("/", 1)[-1].startswith("released-")]
    released: set[str] = set()
    for key in named:
        # Without it the messages it names are shown as if they still waited.
        with suppress(DamagedObjectError):
            released |= set((lake.read_json(key) or {}).get("identities", []))
    return released


#: Reasons that the typed step gives the same messages.
REFUSED_TWICE = ("unreadable_message", KIND_NOT_READ)


def _messages(lake: Bucket, key: str, released: set[str]) -> Iterator[dict[str, Any]]:
    """Return messages without an event so far; unreadable ones are left out, as the typed step refused them."""
    rows: list[dict[str, Any]] = (lake.read_json(key) or {}).get("messages", [])
    for row in rows:
        if row["reason"] not in REFUSED_TWICE and row.get("identity") not in released:
            yield _refused(key, "message", row["reason"], row["message"], row["raw_ref"], row["text"])


def _refused(key: str, kind: str, reason: str, message: str, raw_ref: str, record: str) -> dict[str, Any]:
    return {
        "feed": _feed_of(key),
        "arrived_on": _day_of(key),
        "kind": kind,
        "reason": reason,
        "message": message,
        "raw_ref": raw_ref,
        "record": record[:RECORD_LENGTH],
    }


def _feed_of(key: str) -> str:
    return "/".join(key.split("/")[1:3])


def _day_of(key: str) -> date:
    [day] = [part for part in key.split("/") if part.startswith("dt=")]
    return date.fromisoformat(day.removeprefix("dt="))


def _recent(keys: Iterable[str], reference: Iterable[str]) -> list[str]:
    """Keep the keys of the last days, counted from the newest key of `reference`."""
    newest = max((_day_of(key) for key in reference), default=date.min)
    since = newest - timedelta(days=DAYS) if newest > date.min else newest
    return [key for key in keys if _day_of(key) >= since]
