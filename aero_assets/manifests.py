"""Manifests: which files make up the typed zone, and how far each later step has come.

An arrival manifest names every typed file that one arrival day produced; the union of all manifests is the typed
zone. The version of an operating date is a digest of its files. Levels are what later steps write down when they
have caught up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from aero_assets.feeds import Feed
from aero_assets.storage import Bucket

TYPED = "_manifests/typed"


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

    While `level` is empty a compaction is under way: `intended` names what it may have written beside `files`, so
    that the next one can clean up after a crash.
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
        """Where the manifest of an arrival day lies in the lake bucket."""
        return f"{TYPED}/{feed.path}/dt={arrived_on}.json"

    @property
    def key(self) -> str:
        """Where this manifest lies in the lake bucket."""
        return f"{TYPED}/{self.feed}/dt={self.arrived_on}.json"

    @property
    def dates(self) -> set[str]:
        """The business dates this arrival day has rows for."""
        return {file.date for file in self.files}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ArrivalManifest":
        """Read a manifest as it was written by `save`."""
        files = tuple(TypedFile(**file) for file in data["files"])
        known = {name: data[name] for name in ("feed", "arrived_on", "level", "counts")}
        return cls(**known, files=files, quarantine=tuple(data["quarantine"]), intended=tuple(data["intended"]))

    @classmethod
    def load(cls, lake: Bucket, feed: Feed, arrived_on: date) -> "ArrivalManifest":
        """Read the manifest of an arrival day; an empty one if it was never compacted."""
        data = lake.read_json(cls.key_of(feed, arrived_on))
        return cls.from_json(data) if data else cls(feed.path, f"{arrived_on}")

    def save(self, lake: Bucket) -> None:
        """Write the manifest: the moment at which a compaction takes effect."""
        lake.write_json(self.key, asdict(self))


def typed_versions(manifests: Iterable[ArrivalManifest]) -> dict[str, str]:
    """Return a digest per business date over the content of the files that hold its rows."""
    files: dict[str, list[str]] = {}
    for manifest in manifests:
        for file in manifest.files:
            files.setdefault(file.date, []).append(file.digest)
    return {day: sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16] for day, keys in sorted(files.items())}


class Levels:
    """How far a step has come: a small JSON object with one writer (the step's pool admits one run at a time)."""

    def __init__(self, lake: Bucket, name: str) -> None:
        self.lake, self.key = lake, f"_manifests/{name}.json"

    def read(self) -> dict[str, str]:
        """Return partition → level reached."""
        return (self.lake.read_json(self.key) or {}).get("levels", {})

    def advance(self, reached: Mapping[str, str]) -> None:
        """Record levels; an empty level means that nothing is left of the partition."""
        levels = {**self.read(), **reached}
        self.lake.write_json(self.key, {"levels": {name: level for name, level in sorted(levels.items()) if level}})
