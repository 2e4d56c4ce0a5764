"""A door with a made-up feed of three columns, an in-memory S3 and the events that S3 would send."""

import gzip
from itertools import pairwise
from typing import Any
from urllib.parse import quote_plus

from aero_ingest.content import Content
from aero_ingest.doors import Door
from aero_ingest.partner_drop import Settings, handle
from aero_ingest.reasons import RejectedFile
from tests.unit.infra.fake_s3 import FakeS3

INBOX, RAW, LAKE = "inbox", "raw", "lake"
FEED = "partner/legs"
DOOR = Door(FEED, ("CARRIER", "NUMBER", "DELAY"), "contract-1")
HEADER = b"CARRIER,NUMBER,DELAY\n"
GOOD = HEADER + b"AM,1,5\nAM,2,-3\nAM,3,\n"
AT = "2026-11-23T23:59:59.999Z"


def using(s3: FakeS3, **changes: Any) -> Settings:
    settings: dict[str, Any] = {
        "s3": s3,
        "raw_bucket": RAW,
        "lake_bucket": LAKE,
        "doors": {FEED: DOOR, "partner/bookings": Door("partner/bookings", ("PNR",), "contract-2")},
    }
    return Settings(**{**settings, **changes})


def event(key: str, version: str | None, size: int, at: str = AT) -> dict[str, Any]:
    """One record, as S3 sends it."""
    item = {"key": quote_plus(key, safe="/"), "size": size, "eTag": "x", "sequencer": "1"}
    if version is not None:
        item["versionId"] = version
    return {
        "eventTime": at,
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": INBOX}, "object": item},
    }


def put(s3: FakeS3, key: str, data: bytes, at: str = AT) -> dict[str, Any]:
    """Put a file into the inbox; returns the event's record."""
    return event(key, s3.put(INBOX, key, data), len(data), at)


def send(s3: FakeS3, data: bytes, key: str = f"{FEED}/january.csv", at: str = AT, **changes: Any) -> dict[str, Any]:
    """Put a file into the inbox and let the door take it; returns the outcome."""
    [outcome] = handle({"Records": [put(s3, key, data, at)]}, using(s3, **changes))
    return outcome


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def read(door: Door, data: bytes, cuts: list[int]) -> object:
    """The facts or the reason that come of a content cut into blocks at these places."""
    content = Content(door)
    edges = sorted({0, *(cut % (len(data) + 1) for cut in cuts), len(data)})
    try:
        for start, end in pairwise(edges):
            content.feed(data[start:end])
        return content.finish()
    except RejectedFile as rejected:
        return rejected.reason
