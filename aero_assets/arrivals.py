"""Arrivals of a feed, and the choice of those that count.

An arrival is known by a receipt of the door (files), a commit of the extract (tables), or an object that Firehose or
the copier of logs wrote (events and logs).

A partner file is identified by its inbox key. A later object under the same key supersedes the earlier one; different
keys add up; equal content under several keys counts once, where it arrived first. All of this is decided from the names
of the receipts, `<arrived>Z-<hash of the inbox key>-<hash of the content>.json`, so a feed's whole history is one cheap
listing.

An object of events or of a log is identified by its key, and all of them count: repeated events are found by their id,
not by object.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from aero_assets.feeds import Feed
from aero_assets.storage import Bucket, DamagedObjectError

#: The folder of records that Firehose's transform could not be asked about: they are events like the others.
_NOT_ASKED = "_errors/processing-failed/"
_HOUR = re.compile(rf"[^/]+/[^/]+/(?:{_NOT_ASKED})?dt=[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}/hh=[0-9]{{2}}/[^/]+$")


@dataclass(frozen=True)
class Contents:
    """The contents of an arrival: the keys of its bodies in the raw bucket, and facts noted when it arrived.

    `rows` is the number of records that the door or the extract counted; None if nobody counted them before the typed
    step.
    """

    keys: tuple[str, ...]
    sent_as: str = ""
    rows: int | None = None
    #: SHA-256 of the content of a file as it came, unpacked; empty where nobody noted it.
    digest: str = ""


@dataclass(frozen=True, order=True)
class Receipt:
    """One arrival of one file: its time, the hash of its inbox key, and the hash of its content."""

    arrived: str
    key_hash: str
    content_hash: str

    @property
    def arrival_id(self) -> str:
        """The name the door gave this arrival."""
        return f"{self.arrived}-{self.key_hash}-{self.content_hash}"

    @property
    def arrived_at(self) -> datetime:
        """The time the object was created in the inbox (UTC)."""
        return datetime.strptime(self.arrived, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)

    @property
    def arrived_on(self) -> date:
        """The arrival day: the partition of the raw zone."""
        return self.arrived_at.date()

    def receipt_key(self, feed: Feed) -> str:
        """The key of the receipt in the raw bucket."""
        return f"{feed.path}/_arrivals/dt={self.arrived_on}/{self.arrival_id}.json"

    def contents(self, raw: Bucket, feed: Feed) -> Contents:
        """Return the contents of the file by its receipt; DamagedObjectError if the receipt lacks them, or is gone."""
        key = self.receipt_key(feed)
        contents = raw.read_as(key, lambda details: self._said(details, feed))
        if contents is None:
            raise DamagedObjectError(raw.name, key, "it has vanished")
        return contents

    def body_keys(self, raw: Bucket, feed: Feed) -> tuple[str, ...]:
        """Return the keys of the bodies in the raw bucket, by the receipt; DamagedObjectError if that is gone."""
        return self.contents(raw, feed).keys

    def _said(self, details: Mapping[str, Any], feed: Feed) -> Contents:
        rows = int(details["rows"]) if feed.door_counts_records else None
        sent_as, digest = str(details["inbox_key"]).rpartition("/")[2], str(details.get("content_sha256", ""))
        return Contents((str(details["raw_key"]),), sent_as, rows, digest)


@dataclass(frozen=True, order=True)
class Extract(Receipt):  # ty: ignore[subclass-of-dataclass-with-order] - a feed has arrivals of one kind
    """One commit of the extract: one window of all tables of a database; `arrived` is the beginning of the window.

    If the same window is read again with another result, that is a separate arrival; rows that both contain count once.
    """

    def receipt_key(self, feed: Feed) -> str:
        """The key of the commit in the raw bucket."""
        return f"{feed.system}/_extracts/dt={self.arrived_on}/{self.arrival_id}.json"

    def _said(self, details: Mapping[str, Any], feed: Feed) -> Contents:
        table = details["tables"].get(feed.name)
        return Contents(tuple(table["parts"]), rows=int(table["rows"])) if table else Contents((), rows=0)


@dataclass(frozen=True, order=True)
class EventObject:
    """One object of events as Firehose wrote it, `<feed>/dt=YYYY-MM-DD/hh=HH/<name>`, or under `_errors`."""

    key: str
    etag: str

    @property
    def arrival_id(self) -> str:
        """The key of the object and its content, so that an object that is written again is read again."""
        return f"{self.key} {self.etag}"

    @property
    def arrived_at(self) -> datetime:
        """The beginning of the hour in which its first record arrived (UTC); events have their own times."""
        day, hour = self.key.split("/")[-3:-1]
        return datetime.fromisoformat(f"{day.removeprefix('dt=')}T{hour.removeprefix('hh=')}").replace(tzinfo=UTC)

    @property
    def arrived_on(self) -> date:
        """The arrival day: the partition of the raw zone."""
        return self.arrived_at.date()

    def contents(self, raw: Bucket, feed: Feed) -> Contents:
        """The object itself as the only body, without a row count: events have no receipt."""
        return Contents(self.body_keys(raw, feed))

    def body_keys(self, raw: Bucket, feed: Feed) -> tuple[str, ...]:
        """Return the object's own key: the object itself is the raw body."""
        return (self.key,)


Arrival = Receipt | EventObject


@dataclass(frozen=True)
class ArrivalDay:
    """The contribution of one arrival day to the typed zone."""

    arrived_on: date
    counted: tuple[Arrival, ...]
    ignored: int
    #: Keys of what people decided about records of the day.
    decisions: tuple[str, ...] = ()

    def level(self, feed: Feed) -> str:
        """The level that the typed zone must reach: a digest of contribution, contract and decisions of people."""
        parts = (feed.contract, *(receipt.arrival_id for receipt in self.counted), *self.decisions)
        return sha256("\n".join(parts).encode()).hexdigest()[:16]


def list_arrivals(raw: Bucket, feed: Feed) -> list[Arrival]:
    """List every arrival of a feed, oldest first."""
    if feed.arrival == "table":
        return [*extracts(raw, feed)]
    return [*event_objects(raw, feed)] if feed.is_json else [*receipts(raw, feed)]


def receipts(raw: Bucket, feed: Feed) -> list[Receipt]:
    """List every arrival of a feed that comes as files, oldest first."""
    return sorted(Receipt(*_named(item.key)) for item in raw.list(f"{feed.path}/_arrivals/"))


def extracts(raw: Bucket, feed: Feed) -> list[Extract]:
    """List every commit of the extract that a table may be part of, oldest first."""
    return sorted(Extract(*_named(item.key)) for item in raw.list(f"{feed.system}/_extracts/"))


def _named(key: str) -> list[str]:
    return key.rsplit("/", 1)[-1].removesuffix(".json").split("-")


def event_objects(raw: Bucket, feed: Feed) -> list[EventObject]:
    """List every object of events or log lines of a feed, by hour of arrival; objects in other places are ignored."""
    objects = [item for place in ("", _NOT_ASKED) for item in raw.list(f"{feed.path}/{place}dt=")]
    return [EventObject(item.key, item.etag) for item in objects if _HOUR.match(item.key)]


def plan(
    arrivals: Iterable[Arrival], decisions: Mapping[date, tuple[str, ...]] = MappingProxyType({})
) -> dict[date, ArrivalDay]:
    """Decide which arrivals count, per arrival day; every day with an arrival has an entry, even if none of it counts.

    `decisions` are those of the feed by arrival day, in the form of `set_aside.listed`. The result depends only on the
    set of arrivals, not on the order in which they are seen.
    """
    everything = set(arrivals)
    files = {item for item in everything if isinstance(item, Receipt)}
    counted = _counted_files(files) | (everything - files)
    days: dict[date, list[Arrival]] = {}
    for item in sorted(everything, key=_order):
        days.setdefault(item.arrived_on, []).append(item)
    return {
        day: ArrivalDay(
            day,
            tuple(item for item in items if item in counted),
            sum(item not in counted for item in items),
            tuple(sorted(decisions.get(day, ()))),
        )
        for day, items in days.items()
    }


def _order(item: Arrival) -> tuple[datetime, str]:
    return item.arrived_at, item.arrival_id


def _counted_files(receipts: Iterable[Receipt]) -> set[Receipt]:
    """Return the latest object under each inbox key, each content once."""
    latest: dict[str, Receipt] = {}
    for receipt in sorted(receipts):
        # The same file sent again under its key is no new arrival: the first of the unbroken run stands for it.
        if receipt.key_hash not in latest or latest[receipt.key_hash].content_hash != receipt.content_hash:
            latest[receipt.key_hash] = receipt
    first_of_content: dict[str, Receipt] = {}
    for receipt in sorted(latest.values()):
        first_of_content.setdefault(receipt.content_hash, receipt)
    return set(first_of_content.values())
