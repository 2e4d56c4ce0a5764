"""Objects of the raw zone behind records: that they are there, how large they are, and when and how they arrived."""

from __future__ import annotations

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

from aero_assets.arrivals import Receipt
from aero_assets.feeds import Feed, FeedError, find
from aero_assets.storage import Bucket, DamagedObjectError

_BUCKET = re.compile(r"s3://[^/]+/")
_DAY = re.compile(r"/dt=([0-9]{4}-[0-9]{2}-[0-9]{2})/hh=([0-9]{2})/([^/]+)$")


@dataclass(frozen=True)
class RawObject:
    """An object that records refer to. `arrival` is its receipt or commit, empty where objects have none of their own.

    `arrived_at` is the time of arrival as far as names and receipts tell it (UTC), for events the hour.
    """

    key: str
    is_there: bool
    bytes: int = 0
    arrived_at: str = ""
    arrival: str = ""
    sent_as: str = ""


def key_of(raw_ref: str) -> str:
    """Return the key of the object that a record's place in the raw zone names."""
    return _BUCKET.sub("", raw_ref, count=1).partition("#")[0]


def look_up(raw: Bucket, raw_refs: Iterable[str]) -> dict[str, RawObject]:
    """Look for the object of each place; the result has its key."""
    keys = sorted({key_of(raw_ref) for raw_ref in raw_refs if raw_ref})

    @cache
    def commits(system: str, day: str) -> dict[str, str]:
        return _commits(raw, system, day)

    def look(key: str) -> RawObject:
        stored = next((item for item in raw.list(key) if item.key == key), None)
        if stored is None:
            return RawObject(key, is_there=False)
        named = _DAY.search(key)
        feed = _feed_of(key)
        if named is None or feed is None:
            return RawObject(key, True, stored.size)
        day, hour, name = named.groups()
        if feed.arrival == "file":
            return RawObject(key, True, stored.size, *_receipt(raw, feed, day, name))
        return RawObject(
            key, True, stored.size, f"{day}T{hour}:00:00Z",
            commits(feed.system, day).get(key, "") if feed.arrival == "table" else "",
        )  # fmt: skip

    with ThreadPoolExecutor(8) as pool:
        return dict(zip(keys, pool.map(look, keys), strict=True))


def _feed_of(key: str) -> Feed | None:
    try:
        return find("/".join(key.split("/")[:2]))
    except FeedError:
        return None


def _receipt(raw: Bucket, feed: Feed, day: str, name: str) -> tuple[str, str, str]:
    """Return arrival time, key of the receipt and inbox key of a body, which is named by time and sender's key."""
    begin = f"{feed.path}/_arrivals/dt={day}/{name.split('.', maxsplit=1)[0]}"
    stored = next(iter(raw.list(begin)), None)
    if stored is None:
        return "", "", ""
    receipt = Receipt(*stored.key.rpartition("/")[2].removesuffix(".json").split("-"))
    try:
        sent_as = receipt.contents(raw, feed).sent_as
    except DamagedObjectError:
        sent_as = ""
    return f"{receipt.arrived_at:%Y-%m-%dT%H:%M:%SZ}", stored.key, sent_as


def _commits(raw: Bucket, system: str, day: str) -> dict[str, str]:
    """Return the commit of each part that the extract wrote for windows of a day, by the key of the part."""
    commit_of = {}
    for item in raw.list(f"{system}/_extracts/dt={day}/"):
        try:
            commit = raw.read_json(item.key) or {}
        except DamagedObjectError:
            continue
        for table in commit.get("tables", {}).values():
            commit_of |= dict.fromkeys(table["parts"], item.key)
    return commit_of
