"""Verification of all zones: the damaged objects, and the result of each repair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from aero_assets import set_aside
from aero_assets.arrivals import list_arrivals, plan
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.environment import Environment
from aero_assets.feeds import Feed, feeds
from aero_assets.integrity import copy, lake, published, raw
from aero_assets.integrity.damage import CannotRepairError, Damage
from aero_assets.integrity.reading import Log
from aero_assets.lake import LakeCopy
from aero_assets.manifests import ask_again
from aero_assets.published import PublishedCopy
from aero_assets.storage import Bucket

#: In the order of the flow: what is made from a zone can be repaired once that zone is.
ZONES = (raw.ZONE, lake.ZONE, published.ZONE, copy.ZONE)
#: A body is looked at only once its receipt is back: so more than one round.
ROUNDS = 3


@dataclass(frozen=True)
class Places:
    """The buckets and folders to check, under the role of the running process."""

    raw: Bucket
    lake: Bucket
    inbox: Bucket
    scratch: Path
    copy: LakeCopy
    published: PublishedCopy

    @classmethod
    def current(cls, client: Any = None) -> Places:  # noqa: ANN401 - boto3 clients have no static type
        """Return those of the environment."""
        environment = Environment.current()
        lake_bucket = Bucket(environment.lake_bucket, client)
        return cls(
            Bucket(environment.raw_bucket, client),
            lake_bucket,
            Bucket(environment.inbox_bucket, client),
            environment.state / "scratch",
            LakeCopy(environment.lake_copy, lake_bucket),
            PublishedCopy(environment.published_copy, lake_bucket),
        )

    def compact(self, feed: Feed, on: date) -> None:
        """Compact an arrival day from the raw zone, with every file compared by content."""
        ask_again(self.lake, feed, on)
        planned = plan(list_arrivals(self.raw, feed), set_aside.listed(self.lake).get(feed.path, {}))
        compact_day(Compactor(self.raw, self.lake, self.scratch), feed, planned, on)


def verify(places: Places, log: Log, *, zones: Sequence[str] = ZONES, feed: Feed | None = None) -> list[Damage]:
    """Return every damaged object of some zones, of one feed or of all."""
    chosen = [feed] if feed else list(feeds())
    damages: list[Damage] = []
    for zone in zones:
        log(f"{zone}: looking at every object")
        damages += _damages(places, zone, chosen, log, is_whole=feed is None)
    return damages


def _damages(places: Places, zone: str, chosen: list[Feed], log: Log, *, is_whole: bool) -> Iterable[Damage]:
    if zone == raw.ZONE:
        return raw.damages(places.raw, places.inbox, chosen, log)
    if zone == lake.ZONE:
        return lake.damages(places.lake, chosen, places.compact, places.scratch, log, is_whole=is_whole)
    if zone == published.ZONE:
        return published.damages(places.lake, log)
    return copy.damages(places.copy, places.published, chosen, log)


@dataclass
class Repairs:
    """The result of a repair: the restored objects, and those that could not be restored."""

    done: list[tuple[Damage, str]] = field(default_factory=list)
    left: list[tuple[Damage, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "repaired": [damage.to_json() | {"done": done} for damage, done in self.done],
            "left": [damage.to_json() | {"why": why} for damage, why in self.left],
        }


def repair(look: Callable[[str], Iterable[Damage]], zones: Sequence[str], log: Log) -> Repairs:
    """Restore damaged objects, zone by zone in the order of the flow; damage found by a last check is `left`."""
    repairs = Repairs()
    for zone in zones:
        damages, why = list(look(zone)), {}
        done: dict[str, tuple[Damage, str]] = {}
        for _ in range(ROUNDS):
            repaired = [damage for damage in damages if _is_repaired(damage, done, why, log)]
            if not repaired:
                break
            damages = list(look(zone))
        still = {damage.key for damage in damages}
        repairs.done += [repaired_object for key, repaired_object in done.items() if key not in still]
        for damage in damages:
            tried = f"tried: {done[damage.key][1]}" if damage.key in done else damage.way_back
            repairs.left.append((damage, why.get(damage.key, tried)))
    return repairs


def _is_repaired(damage: Damage, done: dict[str, tuple[Damage, str]], why: dict[str, str], log: Log) -> bool:
    log(f"{damage.key}: {damage.problem}")
    try:
        remedy = damage.repair()
    except CannotRepairError as error:
        why[damage.key] = f"{error}"
        return False
    log(f"{damage.key}: {remedy}")
    done[damage.key] = damage, remedy
    return True
