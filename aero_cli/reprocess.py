"""Reprocessing after a fix: files of the raw zone or of quarantine are processed once more.

Typed rows are made again from their raw bodies, messages go through the gateway once more, and files that the door
refused are put into the inbox again. All of it may be repeated: the same bodies give the same files and the same
events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from aero_assets.arrivals import Receipt, list_arrivals, plan
from aero_assets.environment import Environment
from aero_assets.feeds import Feed
from aero_assets.feeds.layouts import HANDED_ON
from aero_assets.manifests import ask_again
from aero_assets.resources import Gateway
from aero_assets.storage import Bucket
from aero_local.errors import Log

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REASON = "/reason.json"


@dataclass
class Reprocessed:
    """Counts of the objects requested again for one feed."""

    feed: str
    arrival_days: int = 0
    handed_on: int = 0
    files: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return asdict(self)


def reprocess(feed: Feed, first: date, last: date, log: Log) -> Reprocessed:
    """Request the arrival days of a feed again, both included, under the role of the orchestrator."""
    done, environment = Reprocessed(feed.path), Environment.current()
    raw, lake = Bucket(environment.raw_bucket), Bucket(environment.lake_bucket)
    for day in [day for on, day in plan(list_arrivals(raw, feed)).items() if first <= on <= last]:
        ask_again(lake, feed, day.arrived_on)
        done.arrival_days += 1
        log(f"{feed.path} of {day.arrived_on}: {len(day.counted)} arrivals to be read again")
        if feed.layout.parser in HANDED_ON:
            done.handed_on += sum(
                hand_on(feed, raw, arrival, Gateway()) for arrival in day.counted if isinstance(arrival, Receipt)
            )
    return done


def hand_on(feed: Feed, raw: Bucket, receipt: Receipt, gateway: Gateway) -> bool:
    """Send an arrival to the gateway, as the door did."""
    details = raw.read_json(receipt.receipt_key(feed))
    if details is None:
        return False
    body = {name: details[name] for name in ("feed", "raw_key", "arrival_id", "arrived_at")}
    gateway.send(body)
    return True


def put_again(feed: Feed, first: date, last: date, partner: S3Client, log: Log) -> Reprocessed:
    """Put the files that the door refused on some days into the inbox again, only the latest of each key.

    They are read under the role of the orchestrator and uploaded by the client `partner`, which has the right.
    """
    done, environment, refused = Reprocessed(feed.path), Environment.current(), {}
    lake = Bucket(environment.lake_bucket)
    for day in _days(first, last):
        for item in sorted(lake.list(f"quarantine/{feed.path}/dt={day}/files/"), key=lambda item: item.key):
            if item.key.endswith(REASON) and (reason := lake.read_json(item.key)):
                refused[reason["inbox_key"]] = item.key.removesuffix(REASON)
    for inbox_key, folder in refused.items():
        for item in lake.list(f"{folder}/"):
            if not item.key.endswith(REASON):
                body = lake.client.get_object(Bucket=lake.name, Key=item.key)["Body"].read()
                partner.put_object(Bucket=environment.inbox_bucket, Key=inbox_key, Body=body)
                done.files += 1
                log(f"{inbox_key}: put into the inbox again")
    return done


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
