"""Published marts, which dashboards, exports and `aero query` read instead of the warehouse.

They are Parquet files that never change, named by content, behind one manifest whose replacement is the switch from one
version to the next. A reader pins a manifest and sees that version and nothing else, however often others publish
meanwhile. The name of the folder contains the version of the schema: a change that would break readers is published
beside the old one. The code that publishes is in `defs/published`; this module defines the format and reads it.

A file is accepted only with the digest that its manifest names. If the current version is damaged, a reader gets the
newest complete one, and a description of the problem.
"""

import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aero_assets.copies import fetch_verified
from aero_assets.environment import Environment
from aero_assets.local_files import write_atomically
from aero_assets.storage import Bucket, DamagedObjectError, digest_of

if TYPE_CHECKING:
    import duckdb

#: Raise it when a column goes or changes its meaning; adding tables and columns breaks nobody.
SCHEMA_VERSION = 1
PREFIX = f"published/v{SCHEMA_VERSION}"
CURRENT = f"{PREFIX}/manifest.json"
#: Inputs of a version: another one is due when any of these changed.
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
    """There is no manifest yet, because the first build of the warehouse has not ended."""


def level(lake: Bucket) -> str:
    """Return the level that a published version must reach: the current state of warehouse, ledger and quarantine."""
    seen = [f"{item.key} {item.etag}" for prefix in SOURCES for item in lake.list(prefix)]
    return sha256("\n".join([f"{SCHEMA_VERSION}", *seen]).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Part:
    """One file of a table: a month of it, or all of it; its key follows from its content.

    `digest` is that of its rows; `sha256` and `bytes` are those of the file, empty if an older publisher wrote it.
    """

    key: str
    name: str
    rows: int
    digest: str
    sha256: str = ""
    bytes: int = 0


@dataclass(frozen=True)
class Table:
    """One published table: `schema.name`, its grain, its columns with their types, and the files it is made of."""

    name: str
    description: str
    columns: Mapping[str, str]
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """The number of rows of the table."""
        return sum(part.rows for part in self.parts)


@dataclass(frozen=True)
class Manifest:
    """One version with everything that a reader needs; `labels` mark made-up figures (datos sintéticos)."""

    version: str
    published_at: str
    level: str
    tables: tuple[Table, ...]
    labels: tuple[str, ...] = ()
    schema_version: int = SCHEMA_VERSION

    @staticmethod
    def key_of(version: str) -> str:
        """Return the key at which a version's manifest stays after the next version has replaced it."""
        return f"{PREFIX}/versions/{version}.json"

    @property
    def files(self) -> frozenset[str]:
        """The keys of every file of this version."""
        return frozenset(self.parts)

    @property
    def parts(self) -> dict[str, Part]:
        """Every file of this version by its key."""
        return {part.key: part for table in self.tables for part in table.parts}

    def table(self, name: str) -> Table:
        """Return a table by `schema.name`."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(f"{name} is not published; there are {', '.join(table.name for table in self.tables)}")

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Manifest":
        """Read a manifest in its stored form; keys added by a later minor version are ignored."""
        tables = tuple(
            Table(item["name"], item["description"], item["columns"], tuple(Part(**part) for part in item["parts"]))
            for item in data["tables"]
        )
        known = {name: data[name] for name in ("version", "published_at", "level", "schema_version")}
        return cls(**known, tables=tables, labels=tuple(data["labels"]))


@dataclass(frozen=True)
class Snapshot:
    """One pinned version on this disk; if it is not the current one, `problem` gives the reason."""

    manifest: Manifest
    root: Path = field(repr=False)
    problem: str = ""

    @property
    def version(self) -> str:
        """The version that is pinned."""
        return self.manifest.version

    def paths(self, table: str) -> list[Path]:
        """The Parquet files of a table."""
        return [self.root / part.key for part in self.manifest.table(table).parts]

    def connect(self) -> "duckdb.DuckDBPyConnection":
        """Open a separate DuckDB with a view per table; it can read these files and no others of this machine."""
        import duckdb  # noqa: PLC0415 - who only looks at a manifest needs no engine

        connection = duckdb.connect()
        create_views(connection, self.manifest.tables, self.root)
        connection.execute(f"set allowed_directories = ['{self.root}/']")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        return connection


def create_views(connection: "duckdb.DuckDBPyConnection", tables: Iterable[Table], root: Path) -> None:
    """Create a view per table over its files below a folder, in the schemas that their names begin with."""
    tables = list(tables)
    for schema in sorted({table.name.split(".")[0] for table in tables}):
        connection.execute(f"create schema {schema}")
    for table in tables:
        files = ", ".join(f"'{root / part.key}'" for part in table.parts)
        connection.execute(f"create view {table.name} as select * from read_parquet([{files}], union_by_name=true)")


class PublishedCopy:
    """A read-through copy of the published files at `root`, read from `bucket` under the caller's role."""

    def __init__(self, root: Path, bucket: Bucket) -> None:
        self.root, self.bucket = root, bucket
        self._lock = threading.Lock()

    def pull(self) -> Snapshot:
        """Pin the current version and fetch its missing files; if it is damaged, pin the newest complete one.

        Raises NothingPublishedError if there is no version, DamagedObjectError if none is complete.
        """
        seen: list[str] = []
        for _ in range(5):
            damages: list[DamagedObjectError] = []
            snapshot = self._newest_whole(damages)
            complaints = [f"{damage}" for damage in damages]
            if complaints == seen:
                break
            # It may have been pruned while we read: by then there is a newer version.
            seen = complaints
        if snapshot:
            return snapshot
        if damages:
            raise damages[0]
        raise NothingPublishedError(f"s3://{self.bucket.name}/{CURRENT} does not exist: nothing was published")

    def _newest_whole(self, damages: list[DamagedObjectError]) -> Snapshot | None:
        for manifest in versions(self.bucket, damages):
            try:
                with self._lock:
                    self._fetch(manifest)
            except DamagedObjectError as error:
                damages.append(error)
            else:
                return Snapshot(manifest, self.root, f"{damages[0]}" if damages else "")
        return None

    def _fetch(self, manifest: Manifest) -> None:
        """Fetch every file of a version; DamagedObjectError if one is damaged in the bucket."""
        note = self.root / Manifest.key_of(manifest.version)
        if not self.hold(manifest.parts.values()) and note.exists():
            return
        write_atomically(note, json.dumps(manifest.to_json()))
        self._forget(manifest)

    def hold(self, parts: Iterable[Part]) -> int:
        """Fetch the files of parts that are not here, and return their number; parts need be in no version yet.

        Raises DamagedObjectError if a file is damaged in the bucket.
        """
        notes = (self.root / PREFIX / "versions").glob("[0-9]*.json")
        last_verified_ns = max((note.stat().st_mtime_ns for note in notes), default=0)
        missing = [part for part in parts if not self._is_here(part, last_verified_ns)]
        with ThreadPoolExecutor(8) as pool:
            problems = list(pool.map(self._download, missing))
        for part, problem in zip(missing, problems, strict=True):
            if problem:
                raise DamagedObjectError(self.bucket.name, part.key, f"it {problem}")
        return len(missing)

    def _is_here(self, part: Part, last_verified_ns: int) -> bool:
        """Return True if the file is here and unchanged; one that was touched since is compared by content."""
        file = self.root / part.key
        if not file.exists() or (part.bytes and file.stat().st_size != part.bytes):
            return False
        if file.stat().st_mtime_ns > last_verified_ns:
            if digest_of(file) != part.sha256:
                return False
            os.utime(file, ns=(last_verified_ns, last_verified_ns))
        return True

    def _download(self, part: Part) -> str:
        # Other processes keep the same copy: none may see, or finish, half a file of another.
        unique = self.root / f"{part.key}.{os.getpid()}.{threading.get_ident()}"
        if problem := fetch_verified(self.bucket, part.key, part.sha256, unique):
            return problem
        unique.replace(self.root / part.key)
        return ""

    def _forget(self, current: Manifest) -> None:
        """Delete files that are named by no version which a reader may still have open."""
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


def versions(bucket: Bucket, damages: list[DamagedObjectError]) -> Iterator[Manifest]:
    """Yield the current version, then the others from the newest; unreadable ones are added to `damages`."""
    seen = set()
    for key in chain([CURRENT], _earlier(bucket)):
        try:
            manifest = bucket.read_as(key, Manifest.from_json)
        except DamagedObjectError as error:
            damages.append(error)
            continue
        if manifest and manifest.version not in seen:
            seen.add(manifest.version)
            yield manifest


def _earlier(bucket: Bucket) -> Iterator[str]:
    # As a generator: listed only where the current one does not do.
    yield from sorted((item.key for item in bucket.list(f"{PREFIX}/versions/")), reverse=True)


def current() -> PublishedCopy:
    """Return the copy that the environment names."""
    environment = Environment.current()
    return PublishedCopy(environment.published_copy, Bucket(environment.lake_bucket))
