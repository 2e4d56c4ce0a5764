"""Published marts: what dashboards, exports and `aero query` read instead of the warehouse.

Parquet files that never change, named by content, behind one manifest whose replacement is the switch from one version
to the next. A reader pins a manifest and sees that version and nothing else, however often others publish meanwhile.
The folder carries the version of the schema: a change that would break readers is published beside the old one.
Who publishes is in `defs/published`; here is the format and how it is read.
"""

import json
import os
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from aero_assets.environment import Environment
from aero_assets.storage import Bucket

if TYPE_CHECKING:
    import duckdb

#: Raise it when a column goes or changes its meaning; adding tables and columns breaks nobody.
SCHEMA_VERSION = 1
PREFIX = f"published/v{SCHEMA_VERSION}"
CURRENT = f"{PREFIX}/manifest.json"
#: What a version is made from: another one is due when any of these changed.
SOURCES = (
    "_manifests/warehouse.json",
    "_manifests/staging.json",
    "_outcomes/door/",
    "_outcomes/typed/",
    "quarantine/",
)
#: Versions that stay whole: the newest, and whatever a reader may still have pinned.
KEPT_VERSIONS = 3
KEPT_SECONDS = 3600.0


class NothingPublishedError(LookupError):
    """There is no manifest yet: the first build of the warehouse has not ended."""


def level(lake: Bucket) -> str:
    """The level a published version must reach: the warehouse, the ledger and the quarantine as they are now."""
    seen = [f"{item.key} {item.etag}" for prefix in SOURCES for item in lake.list(prefix)]
    return sha256("\n".join([f"{SCHEMA_VERSION}", *seen]).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Part:
    """One file of a table: a month of it, or all of it; its key follows from its content."""

    key: str
    name: str
    rows: int
    digest: str


@dataclass(frozen=True)
class Table:
    """One published table: `schema.name`, its grain, its columns with their types, and the files it is made of."""

    name: str
    description: str
    columns: Mapping[str, str]
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return sum(part.rows for part in self.parts)


@dataclass(frozen=True)
class Manifest:
    """One version: everything a reader needs to know. `labels` say where figures are made up (datos sintéticos)."""

    version: str
    published_at: str
    level: str
    tables: tuple[Table, ...]
    labels: tuple[str, ...] = ()
    schema_version: int = SCHEMA_VERSION

    @staticmethod
    def key_of(version: str) -> str:
        """Where the manifest of a version stays after the next one took its place."""
        return f"{PREFIX}/versions/{version}.json"

    @property
    def files(self) -> frozenset[str]:
        """The keys of every file of this version."""
        return frozenset(part.key for table in self.tables for part in table.parts)

    def table(self, name: str) -> Table:
        """Return a table by `schema.name`."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(f"{name} is not published; there are {', '.join(table.name for table in self.tables)}")

    def to_json(self) -> dict[str, Any]:
        """What is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Manifest":
        """Read a manifest as it was stored; what a later minor change added is ignored."""
        tables = tuple(
            Table(item["name"], item["description"], item["columns"], tuple(Part(**part) for part in item["parts"]))
            for item in data["tables"]
        )
        known = {name: data[name] for name in ("version", "published_at", "level", "schema_version")}
        return cls(**known, tables=tables, labels=tuple(data["labels"]))


@dataclass(frozen=True)
class Snapshot:
    """One pinned version on this disk."""

    manifest: Manifest
    root: Path = field(repr=False)

    @property
    def version(self) -> str:
        """The version that is pinned."""
        return self.manifest.version

    def paths(self, table: str) -> list[Path]:
        """The Parquet files of a table."""
        return [self.root / part.key for part in self.manifest.table(table).parts]

    def connect(self) -> "duckdb.DuckDBPyConnection":
        """Open a DuckDB of its own with a view per table; it reads these files and nothing else of this machine."""
        import duckdb  # noqa: PLC0415 - who only looks at a manifest needs no engine

        connection = duckdb.connect()
        for schema in sorted({table.name.split(".")[0] for table in self.manifest.tables}):
            connection.execute(f"create schema {schema}")
        for table in self.manifest.tables:
            files = ", ".join(f"'{self.root / part.key}'" for part in table.parts)
            connection.execute(f"create view {table.name} as select * from read_parquet([{files}], union_by_name=true)")
        connection.execute(f"set allowed_directories = ['{self.root}/']")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        return connection


class PublishedCopy:
    """A read-through copy of the published files at `root`, read from `bucket` under the caller's role."""

    def __init__(self, root: Path, bucket: Bucket) -> None:
        self.root, self.bucket = root, bucket
        self._lock = threading.Lock()

    def pull(self) -> Snapshot:
        """Pin the current version, fetching what is not here yet; raise NothingPublishedError where there is none."""
        for attempt in range(5):
            data = self.bucket.read_json(CURRENT)
            if data is None:
                raise NothingPublishedError(f"s3://{self.bucket.name}/{CURRENT} does not exist: nothing was published")
            manifest = Manifest.from_json(data)
            try:
                with self._lock:
                    self._fetch(manifest)
            except ClientError as error:
                # It was pruned while we read: by then there is a newer version.
                if error.response["Error"]["Code"] not in ("404", "NoSuchKey") or attempt == 4:
                    raise
                continue
            return Snapshot(manifest, self.root)
        raise AssertionError("unreachable")

    def _fetch(self, manifest: Manifest) -> None:
        note = self.root / Manifest.key_of(manifest.version)
        if note.exists():
            return
        missing = sorted(key for key in manifest.files if not (self.root / key).exists())
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self._download, missing))
        note.parent.mkdir(parents=True, exist_ok=True)
        part = note.with_name(f".{note.name}.{os.getpid()}.{threading.get_ident()}")
        part.write_text(json.dumps(manifest.to_json()), encoding="utf-8")
        part.replace(note)
        self._forget(manifest)

    def _download(self, key: str) -> None:
        # Other processes keep the same copy: none may see, or finish, half a file of another.
        unique = self.root / f"{key}.{os.getpid()}.{threading.get_ident()}"
        self.bucket.download(key, unique)
        unique.replace(self.root / key)

    def _forget(self, current: Manifest) -> None:
        """Delete files that no version names which somebody may still have open."""
        folder = self.root / PREFIX
        notes = sorted((folder / "versions").glob("[0-9]*.json"), reverse=True)
        since = time.time() - KEPT_SECONDS
        kept = [note for number, note in enumerate(notes) if number < KEPT_VERSIONS or note.stat().st_mtime > since]
        if len(kept) == len(notes):
            return
        named = set(current.files)
        for note in kept:
            named |= Manifest.from_json(json.loads(note.read_text(encoding="utf-8"))).files
        for file in (folder / "data").rglob("*.parquet"):
            if f"{file.relative_to(self.root)}" not in named:
                file.unlink(missing_ok=True)
        for note in set(notes) - set(kept):
            note.unlink(missing_ok=True)


def current() -> PublishedCopy:
    """Return the copy that the environment names."""
    environment = Environment.current()
    return PublishedCopy(environment.published_copy, Bucket(environment.lake_bucket))
