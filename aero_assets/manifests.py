"""Manifests: the list of files of the typed zone, and the progress of each later step.

An arrival manifest names every typed file that one arrival day produced; the union of all manifests is the typed zone.
The version of an operating date is a digest of its files. A later step writes down a level when it has done the work
for it.

Both can be made again: a manifest by compacting its arrival day (until then the names of its files replace it), levels
by doing the work again.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from aero_assets.feeds import Feed, feeds
from aero_assets.storage import Bucket, DamagedObjectError

TYPED = "_manifests/typed"
#: A level that no arrival day can have: the sensor asks for the day again, and its files are compared by content.
AGAIN = "again"
#: A level that no partition can have: work on it is under way. What dies half way is behind, even with no rows left.
UNDER_WAY = "under way"
#: Characters of the digest in the name of a typed file.
DIGEST_IN_NAME = 12


@dataclass(frozen=True)
class TypedFile:
    """One Parquet file of one business date; its name and its digest follow from its content."""

    key: str
    digest: str
    date: str
    rows: int


@dataclass(frozen=True)
class ArrivalManifest:
    """The result of compacting one arrival day of one feed.

    While `level` is empty a compaction is in progress: `intended` names the files that it may write beside `files`, so
    that the next one can remove them after a crash.
    """

    feed: str
    arrived_on: str
    level: str = ""
    files: tuple[TypedFile, ...] = ()
    quarantine: tuple[str, ...] = ()
    intended: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    @staticmethod
    def key_of(feed: Feed, arrived_on: date) -> str:
        """Return the key of an arrival day's manifest in the lake bucket."""
        return f"{TYPED}/{feed.path}/dt={arrived_on}.json"

    @property
    def key(self) -> str:
        """The key of this manifest in the lake bucket."""
        return f"{TYPED}/{self.feed}/dt={self.arrived_on}.json"

    @property
    def dates(self) -> set[str]:
        """The business dates for which this arrival day has rows."""
        return {file.date for file in self.files}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ArrivalManifest":
        """Read a manifest in the form in which `save` writes it."""
        files = tuple(TypedFile(**file) for file in data["files"])
        known = {name: data[name] for name in ("feed", "arrived_on", "level", "counts")}
        return cls(**known, files=files, quarantine=tuple(data["quarantine"]), intended=tuple(data["intended"]))

    @classmethod
    def load(cls, lake: Bucket, feed: Feed, arrived_on: date) -> "ArrivalManifest":
        """Read the manifest of an arrival day; an empty one if it was never compacted."""
        manifest = lake.read_as(cls.key_of(feed, arrived_on), cls.from_json)
        return manifest or cls(feed.path, f"{arrived_on}")

    @classmethod
    def from_names(cls, lake: Bucket, feed: str, arrived_on: str) -> "ArrivalManifest":
        """Return a manifest from the file names in the bucket, for an arrival day whose manifest is damaged or missing.

        Its level is empty, so the day is requested again; its rows are not counted.
        """
        mark = f"/arrived={arrived_on}-"
        typed = [item.key for item in lake.list(f"typed/{feed}/") if mark in item.key]
        refused = lake.list(f"quarantine/{feed}/dt={arrived_on}/rows-")
        return cls(feed, arrived_on, files=tuple(map(_named, typed)), quarantine=tuple(item.key for item in refused))

    def save(self, lake: Bucket) -> None:
        """Write the manifest; at this moment a compaction takes effect."""
        lake.write_json(self.key, asdict(self))


def _named(key: str) -> TypedFile:
    folder, _, name = key.rpartition("/")
    return TypedFile(key, name.removesuffix(".parquet").rsplit("-", 1)[-1], folder.rpartition("=")[2], 0)


def ask_again(lake: Bucket, feed: Feed, arrived_on: date) -> None:
    """Request the compaction of an arrival day, with every file compared by content.

    A day that is being compacted, was never compacted, or has a damaged manifest is requested anyway.
    """
    try:
        manifest = ArrivalManifest.load(lake, feed, arrived_on)
    except DamagedObjectError:
        return
    if manifest.level:
        replace(manifest, level=AGAIN).save(lake)


def typed_versions(manifests: Iterable[ArrivalManifest]) -> dict[str, str]:
    """Return a digest per business date over the content of the files that hold its rows.

    Rows of a feed that reaches further (`Feed.reaches_days`) also count for the days after theirs that have files; rows
    of a feed that builds no dates (`Feed.builds_dates`) do not count.
    """
    files: dict[str, list[str]] = {}
    reaching: dict[str, list[str]] = {}
    reach_days = {feed.path: feed.reaches_days for feed in feeds() if feed.reaches_days}
    undated = {feed.path for feed in feeds() if not feed.builds_dates}
    for manifest in (manifest for manifest in manifests if manifest.feed not in undated):
        for file in manifest.files:
            files.setdefault(file.date, []).append(file.digest)
            for days in range(1, reach_days.get(manifest.feed, 0) + 1):
                reaching.setdefault(f"{date.fromisoformat(file.date) + timedelta(days=days)}", []).append(file.digest)
    for day in files.keys() & reaching.keys():
        files[day] += reaching[day]
    return {day: sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16] for day, keys in sorted(files.items())}


class Levels:
    """The progress of a step: a small JSON object with one writer (the step's pool admits one run at a time)."""

    def __init__(self, lake: Bucket, name: str) -> None:
        self.lake, self.key = lake, f"_manifests/{name}.json"

    def read(self) -> dict[str, str]:
        """Return partition → level reached; empty if the object is damaged, so that the work is done again."""
        try:
            return self.lake.read_as(self.key, lambda document: dict(document["levels"])) or {}
        except DamagedObjectError as error:
            logging.getLogger(__name__).warning("%s. Until then everything counts as not reached", error)
            return {}

    def clear(self) -> None:
        """Delete every level, because the data for which they stand are gone."""
        self.lake.write_json(self.key, {"levels": {}})

    def advance(self, reached: Mapping[str, str]) -> None:
        """Store levels; an empty level means that the partition has no data any more."""
        levels = {**self.read(), **reached}
        self.lake.write_json(self.key, {"levels": {name: level for name, level in sorted(levels.items()) if level}})
