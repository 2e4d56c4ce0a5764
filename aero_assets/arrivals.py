"""What arrived: the receipts that the door for files leaves in the raw zone, and which of them count.

A partner file is known by its inbox key. A later object under the same key supersedes the earlier one; different
keys add up; equal content under several keys counts once, where it arrived first. All of this is decided from the
names of the receipts, `<arrived>Z-<hash of the inbox key>-<hash of the content>.json`, so a feed's whole history is
one cheap listing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from aero_assets.feeds import Feed
from aero_assets.storage import Bucket


@dataclass(frozen=True, order=True)
class Receipt:
    """One arrival of one file: when, under which inbox key, with which content (the latter two as hashes)."""

    arrived: str
    key_hash: str
    content_hash: str

    @property
    def arrival_id(self) -> str:
        """The name the door gave this arrival."""
        return f"{self.arrived}-{self.key_hash}-{self.content_hash}"

    @property
    def arrived_at(self) -> datetime:
        """When the object was created in the inbox (UTC)."""
        return datetime.strptime(self.arrived, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)

    @property
    def arrived_on(self) -> date:
        """The arrival day: the partition of the raw zone."""
        return self.arrived_at.date()

    def receipt_key(self, feed: Feed) -> str:
        """Where the receipt lies in the raw bucket."""
        return f"{feed.path}/_arrivals/dt={self.arrived_on}/{self.arrival_id}.json"


@dataclass(frozen=True)
class ArrivalDay:
    """What one arrival day contributes to the typed zone."""

    arrived_on: date
    counted: tuple[Receipt, ...]
    ignored: int

    def level(self, feed: Feed) -> str:
        """A digest of the day's contribution and of the rules that read it: the level the typed zone must reach."""
        parts = (feed.contract, *(receipt.arrival_id for receipt in self.counted))
        return sha256("\n".join(parts).encode()).hexdigest()[:16]


def receipts(raw: Bucket, feed: Feed) -> list[Receipt]:
    """List every arrival of a feed, oldest first."""
    found = []
    for item in raw.list(f"{feed.path}/_arrivals/"):
        name = item.key.rsplit("/", 1)[-1].removesuffix(".json")
        found.append(Receipt(*name.split("-")))
    return sorted(found)


def plan(all_receipts: Iterable[Receipt]) -> dict[date, ArrivalDay]:
    """Decide which arrivals count, per arrival day; every day with an arrival has an entry, even if nothing of it
    counts.

    The answer depends on the set of receipts alone, not on the order in which they are seen.
    """
    ordered = sorted(set(all_receipts))
    latest: dict[str, Receipt] = {}
    for receipt in ordered:
        # The same file sent again under its key is no new arrival: the first of the unbroken run stands for it.
        if receipt.key_hash not in latest or latest[receipt.key_hash].content_hash != receipt.content_hash:
            latest[receipt.key_hash] = receipt
    first_of_content: dict[str, Receipt] = {}
    for receipt in sorted(latest.values()):
        first_of_content.setdefault(receipt.content_hash, receipt)
    counted = set(first_of_content.values())
    days: dict[date, list[Receipt]] = {}
    for receipt in ordered:
        days.setdefault(receipt.arrived_on, []).append(receipt)
    return {
        day: ArrivalDay(
            day, tuple(item for item in items if item in counted), sum(item not in counted for item in items)
        )
        for day, items in days.items()
    }
