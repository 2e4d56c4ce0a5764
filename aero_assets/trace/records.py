"""Typed records of legs, the facts that they are to the leg merge, and the fact that won each field of a leg.

The typed files of one operating date are read with the names of `int_leg_fact`, and the facts are made in Python: by
the vocabulary of events, and by the oracle of the merge. A test compares both with the warehouse.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from hashlib import md5
from pathlib import Path
from typing import Any, Literal

import duckdb

from aero_assets.copies import fetch_verified
from aero_assets.feeds import Feed, feeds
from aero_assets.lake import LakeCopy
from aero_assets.storage import DamagedObjectError
from aero_assets.zones import AIRPORTS_CSV
from aero_streaming.events import attempts, to_fact
from aero_streaming.merge import FIELDS, merge, winners

#: A record is a fact of the merge; a copy of an event that came before; an earlier row or state of its leg; or the last
#: state of a row that the database withdrew.
State = Literal["counts", "copy", "earlier", "withdrawn"]
DELAY_CODES_CSV = AIRPORTS_CSV.with_name("delay_codes.csv")
CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")
IDENTITY = ("operating_date", "carrier", "flight_number", "operational_suffix", "leg_sequence", "origin")
_CODE = re.compile(r"[0-9][0-9]:0*[1-9][0-9]*")
_ARRIVED = re.compile(r"/arrived=([0-9]{4}-[0-9]{2}-[0-9]{2})-[^/]*$")


@dataclass
class Record:
    """A typed record about a leg. `wins` are the fields of the merged leg whose value is this record's."""

    feed: str
    event_id: str
    leg_uid: str
    kind: str
    source: str
    version: int
    attempt: int
    received_at: datetime
    arrived_on: str
    raw_ref: str
    state: State = "counts"
    wins: list[str] = field(default_factory=list)
    facts: list[Mapping[str, Any]] = field(default_factory=list, repr=False)


@dataclass(frozen=True)
class MergedLeg:
    """A leg as the merge makes it of the records in the lake: its values, its records, and what it is known by."""

    leg_uid: str
    values: Mapping[str, Any]
    records: tuple[Record, ...]
    identity: Mapping[str, Any] = field(default_factory=dict)

    def differs(self, published: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Return the fields whose value in a published row is another one: published, merged."""
        compared = {name: (published[name], _naive(self.values.get(name))) for name in STATED if name in published}
        return {name: pair for name, pair in compared.items() if pair[0] != pair[1]}


#: Columns of `fct_leg` that are the merged values as they are.
STATED = (
    "destination", "tail", "aircraft_type", "std_at", "sta_at", "std_utc_offset_minutes", "sta_utc_offset_minutes",
    "seats", "passengers", "out_at", "off_at", "on_at", "in_at", "attempts", "data_label",
)  # fmt: skip


def merged_legs(
    copy: LakeCopy, day: date, leg_uids: Iterable[str] | None, scratch: Path, known_by: datetime | None = None
) -> dict[str, MergedLeg]:
    """Return the legs of an operating date as the records in the lake make them; those without records are absent.

    None stands for all legs of the date. With `known_by` (UTC, without a zone) records that were received later do not
    count. Only the files of that date are read. Those that the copy lacks are fetched into `scratch`.
    """
    chosen_legs = None if leg_uids is None else sorted(set(leg_uids))
    telling = {feed.path: feed for feed in feeds() if feed.tells_of_legs}
    files = typed_files(copy, telling, day, scratch)
    records: dict[str, list[Record]] = {}
    events: dict[str, list[tuple[Record, dict[str, Any]]]] = {}
    for path, paths in files.items():
        feed = telling[path]
        for record, row in _states(feed, typed_rows(feed, paths, "leg_uid", chosen_legs, known_by)):
            records.setdefault(record.leg_uid, []).append(record)
            if record.state == "counts":
                events.setdefault(record.leg_uid, []).extend(_events(feed, record, row))
    return {uid: _merged(uid, records[uid], events.get(uid, [])) for uid in records}


def typed_files(copy: LakeCopy, telling: Mapping[str, Feed], day: date, scratch: Path) -> dict[str, list[Path]]:
    """Return the typed files of feeds for a business date, from the copy or else from the bucket."""
    chosen: dict[str, list[Path]] = {}
    for manifest in copy.manifests():
        for file in manifest.files if manifest.feed in telling else ():
            if file.date != f"{day}":
                continue
            path = copy.root / file.key
            if not path.exists():
                path = scratch / file.key
                if problem := fetch_verified(copy.bucket, file.key, file.digest, path):
                    raise DamagedObjectError(copy.bucket.name, file.key, f"it {problem}")
            chosen.setdefault(manifest.feed, []).append(path)
    return chosen


def typed_rows(
    feed: Feed, paths: Sequence[Path], column: str, values: Sequence[str] | None, known_by: datetime | None = None
) -> list[dict[str, Any]]:
    """Return the typed rows with these values (None: with any), with two columns more: `is_copy` and `arrived_on`.

    With `known_by` only rows that had been received by then.
    """
    conditions = [] if values is None else [f"{column} in ({', '.join('?' * len(values))})"]
    asked: list[Any] = list(values or ())
    if known_by is not None:
        conditions.append("received_at <= ?")
        asked.append(known_by)
    files = ", ".join(f"'{path}'" for path in paths)
    dated = f"hive_types = {{'{feed.business_date}': date}}"
    with duckdb.connect() as connection:
        answer = connection.execute(
            f"select *, row_number() over (partition by event_id order by received_at, raw_ref) > 1 as is_copy "
            f"from read_parquet([{files}], union_by_name = true, filename = true, hive_partitioning = true, {dated}) "
            f"where {' and '.join(conditions) or 'true'} order by received_at, event_id",
            asked,
        )
        names = [item[0] for item in answer.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    for row in rows:
        arrived = _ARRIVED.search(row.pop("filename"))
        row["arrived_on"] = arrived[1] if arrived else ""
    return rows


def record_of(feed: Feed, row: Mapping[str, Any], state: State) -> Record:
    """Return a typed row as a record."""
    return Record(
        feed.path, row["event_id"], row.get("leg_uid") or "", row.get("event_type") or "", row["source"],
        row["version"], row.get("attempt") or 1, row["received_at"], row["arrived_on"], row["raw_ref"], state,
    )  # fmt: skip


def _states(feed: Feed, rows: Iterable[dict[str, Any]]) -> Iterator[tuple[Record, dict[str, Any]]]:
    """Yield every row with its part in the merge, as staging and `last_rows_of_legs` decide it."""
    unique = [row for row in rows if not row["is_copy"]]
    yield from ((record_of(feed, row, "copy"), row) for row in rows if row["is_copy"])
    if feed.arrival == "event":
        yield from ((record_of(feed, row, "counts"), row) for row in unique)
        return
    last: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in unique:
        key = (row["leg_uid"], row["attempt"] if feed.arrival == "file" else None)
        if key not in last or _order(row) > _order(last[key]):
            last[key] = row
    kept = {row["event_id"] for row in last.values()}
    for row in unique:
        state: State = "counts" if row["event_id"] in kept else "earlier"
        if state == "counts" and row.get("deleted_at"):
            state = "withdrawn"
        yield record_of(feed, row, state), row


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["version"], row["received_at"], row["event_id"]


def _events(feed: Feed, record: Record, row: Mapping[str, Any]) -> Iterator[tuple[Record, dict[str, Any]]]:
    """Yield the events that a row is; a row of a file is a fact at once, and gets no event type."""
    values = {name: _aware(value) for name, value in row.items() if value is not None}
    if feed.arrival == "table":
        yield from ((record, event) for event in _events_of_database(values))
    else:
        yield record, values


def _events_of_database(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the events that a row of the database is, with the ids and versions of `int_database_leg_event`."""
    is_cancelled = bool(row.get("is_cancelled"))
    states = {
        "schedule": True, "cancel": is_cancelled, "divert": bool(row.get("is_diverted")),
        "out": "out_at" in row and row.get("attempt", 1) == 1, "off": "off_at" in row, "on": "on_at" in row,
        "in": "in_at" in row, "delay_codes": "delay_codes" in row, "load": "passengers" in row and not is_cancelled,
    }  # fmt: skip
    for kind in (kind for kind, is_stated in states.items() if is_stated):
        yield {
            **row,
            "event_type": kind,
            "event_id": md5(f"{row['event_id']}{kind}".encode()).hexdigest(),  # noqa: S324 - an id
            "event_time": row.get(f"{kind}_at") or row.get("updated_at") or row["received_at"],
            "version": 2 * row["version"] + (kind in ("cancel", "divert")),
        }


def _merged(leg_uid: str, records: list[Record], events: list[tuple[Record, dict[str, Any]]]) -> MergedLeg:
    attempt = attempts(event for _, event in events if "event_type" in event)
    record_of_fact: dict[str, Record] = {}
    facts: list[Mapping[str, Any]] = []
    for record, event in events:
        if "event_type" in event:
            record.attempt = attempt[event["event_id"]]
            fact = dict(to_fact(event, record.attempt))
        else:
            known = {name: event[name] for name in ("event_id", "leg_uid", "source", "attempt", "is_actual", "version",
                                                    "received_at", "raw_ref")}  # fmt: skip
            fact = known | {item.name: event[item.name] for item in FIELDS if item.name in event}
        record.facts.append(_coded(fact))
        record_of_fact[fact["event_id"]] = record
        facts.append(record.facts[-1])
    for name, fact in winners(facts).items():
        record_of_fact[fact["event_id"]].wins.append(name if fact["is_actual"] else f"{name} (estimate)")
    ordered = sorted(records, key=lambda record: (record.state != "counts", record.received_at, record.event_id))
    identity = {name: events[0][1].get(name) for name in IDENTITY} if events else {}
    return MergedLeg(leg_uid, merge(facts) if facts else {}, tuple(ordered), identity)


def _coded(fact: dict[str, Any]) -> dict[str, Any]:
    """Return a fact with the causes of its delay codes where it states none, as `causes_of_codes` of dbt does."""
    if "delay_codes" not in fact:
        return fact
    codes = [part for part in fact["delay_codes"].split(";")[:4] if _CODE.fullmatch(part) and len(part) <= 7]
    if not codes:
        return {name: value for name, value in fact.items() if name != "delay_codes"}
    if any(f"{cause}_delay_minutes" in fact for cause in CAUSES):
        return fact
    minutes = dict.fromkeys(CAUSES, 0)
    for part in codes:
        cause = _cause_of_code().get(part[:2])
        if cause in minutes:
            minutes[cause] += int(part[3:])
    return fact | {f"{cause}_delay_minutes": total for cause, total in minutes.items()}


@cache
def _cause_of_code() -> dict[str, str]:
    with DELAY_CODES_CSV.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["bts_cause"] for row in csv.DictReader(file)}


def _aware(value: Any) -> Any:  # noqa: ANN401 - any value of a typed row
    """Return a time as events have it; the lake holds UTC without a zone."""
    return value.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def _naive(value: Any) -> Any:  # noqa: ANN401 - a value of the merge
    """Return a merged time as the marts hold it."""
    if isinstance(value, str) and value.endswith("Z") and value[4:5] == "-":
        return datetime.fromisoformat(value).replace(tzinfo=None)
    return value
