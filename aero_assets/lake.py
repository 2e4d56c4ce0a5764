"""The read-through copy of the typed zone, from which DuckDB reads the lake, because it does not read from S3 here.

The copy holds exactly the files that the arrival manifests name, plus a zero-row file per feed so that everything
builds on an empty lake. Each pull builds a new version beside the old one (unchanged files are hard links) and switches
a symbolic link, so a reader never sees half of a change.

A file is accepted only with the digest that its manifest names; afterwards its size and modification time show whether
it was touched. A file that differs from its manifest in the bucket is left out and named, and the business dates that
need it are reported as damaged; all other dates are processed.
"""

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from aero_assets.copies import Kept, fetch_verified
from aero_assets.environment import Environment
from aero_assets.feeds import Feed, feeds
from aero_assets.local_files import read_local, write_atomically
from aero_assets.manifests import TYPED, ArrivalManifest, TypedFile, typed_versions
from aero_assets.storage import Bucket, DamagedObjectError

ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}
KEPT_VERSIONS = 2


@dataclass(frozen=True)
class DamagedFile:
    """A typed file that is missing in the bucket or differs from its manifest."""

    key: str
    feed: str
    arrived_on: str
    date: str
    problem: str

    def __str__(self) -> str:
        return (
            f"{self.key} ({self.feed}, arrived on {self.arrived_on}) {self.problem}; {self.date} waits for it. "
            f"`aero repair --zone typed --feed {self.feed}` writes it again from the raw zone"
        )


@dataclass(frozen=True)
class Pulled:
    """The result of a pull: counts, and the version of every business date in the copy; a damaged date has none."""

    files: int
    downloaded: int
    deleted: int
    versions: dict[str, str] = field(repr=False)
    damaged: tuple[DamagedFile, ...] = ()
    manifests: tuple[ArrivalManifest, ...] = field(default=(), repr=False)

    @property
    def damaged_dates(self) -> frozenset[str]:
        """Business dates for which the copy lacks rows."""
        return frozenset(file.date for file in self.damaged)


def empty_file(feed: Feed) -> str:
    """The key of a feed's zero-row file: it makes the declared schema readable before the first row arrives."""
    return f"typed/{feed.path}/{feed.business_date}=1970-01-01/arrived=1970-01-01-empty.parquet"


def write_empty(feed: Feed, path: Path) -> None:
    """Write a Parquet file with the declared schema and no rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = pa.schema([pa.field(column.name, ARROW_TYPES[column.type]) for column in feed.file_columns])
    pq.write_table(schema.empty_table(), path)


class LakeCopy:
    """A local copy of the typed zone at `root` (a symbolic link), read from `bucket` under the caller's role."""

    def __init__(self, root: Path, bucket: Bucket) -> None:
        self.root, self.bucket = root, bucket
        self._versions = root.with_name(f"{root.name}.versions")
        self._cache = root.with_name(f"{root.name}.manifests")

    def manifests(self) -> list[ArrivalManifest]:
        """Return every arrival manifest; only those whose ETag changed are fetched.

        For a damaged manifest the last readable one is used, or else the names of its files; in both cases without a
        level. So its day is compacted again, and until then none of its dates looks empty.
        """
        index_file = self._cache / "index.json"
        index = read_local(index_file)
        fresh: dict[str, dict[str, Any]] = {}
        manifests: list[ArrivalManifest] = []
        for item in self.bucket.list(f"{TYPED}/"):
            cached = index.get(item.key)
            if not cached or cached["etag"] != item.etag:
                try:
                    manifest = self.bucket.read_as(item.key, ArrivalManifest.from_json)
                except DamagedObjectError:
                    if cached:
                        fresh[item.key] = cached
                    manifests.append(self._stand_in(item.key, cached))
                    continue
                if manifest is None:
                    continue
                cached = {"etag": item.etag, "data": asdict(manifest)}
            else:
                manifest = ArrivalManifest.from_json(cached["data"])
            fresh[item.key] = cached
            manifests.append(manifest)
        if fresh != index:
            write_atomically(index_file, json.dumps(fresh))
        return manifests

    def _stand_in(self, key: str, cached: dict[str, Any] | None) -> ArrivalManifest:
        if cached:
            return replace(ArrivalManifest.from_json(cached["data"]), level="")
        feed, _, day = key.removeprefix(f"{TYPED}/").removesuffix(".json").rpartition("/dt=")
        return ArrivalManifest.from_names(self.bucket, feed, day)

    def pull(self, log: Callable[[str], None] = lambda _: None) -> Pulled:
        """Bring the copy up to date; safe to repeat, and cheap when nothing changed.

        A file that is missing or differs in the bucket is left out and returned as damaged.
        """
        seen: dict[str, str] = {}
        downloaded = deleted = 0
        for attempt in range(3):
            manifests = self.manifests()
            named = {file.key: (manifest, file) for manifest in manifests for file in manifest.files}
            digests = {key: file.digest for key, (_, file) in named.items()}
            digests |= {empty_file(feed): f"schema {feed.contract}" for feed in feeds()}
            came, went, problems = self._switch(digests, log)
            downloaded, deleted = downloaded + came, deleted + went
            if problems and digests != seen and attempt < 2:
                # A compaction may have replaced its files between the listing and the download: look again.
                seen = digests
                continue
            damaged = tuple(_damaged(*named[key], problem) for key, problem in sorted(problems.items()))
            for file in damaged:
                log(f"lake: damaged: {file}")
            versions = typed_versions(manifests)
            for file in damaged:
                versions.pop(file.date, None)
            return Pulled(len(digests) - len(damaged), downloaded, deleted, versions, damaged, tuple(manifests))
        raise AssertionError("unreachable")

    def _switch(self, digests: dict[str, str], log: Callable[[str], None]) -> tuple[int, int, dict[str, str]]:
        """Build the next version of the copy and make it the current one; return the problems by key."""
        state_file = self.root / ".state.json"
        try:
            have = {key: Kept(*facts) for key, facts in read_local(state_file).items()}
        except TypeError:
            have = {}
        missing = sorted(
            key
            for key, digest in digests.items()
            if key not in have or have[key].digest != digest or not have[key].is_at(self.root / key)
        )
        gone = have.keys() - digests.keys()
        if not missing and not gone:
            return 0, 0, {}
        number = max((int(path.name) for path in self._versions.glob("[0-9]*")), default=0) + 1
        building = self._versions / f".building-{os.getpid()}"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        kept = {key: have[key] for key in digests.keys() - set(missing)}
        for key in kept:
            (building / key).parent.mkdir(parents=True, exist_ok=True)
            os.link(self.root / key, building / key)
        problems = self._fetch(missing, digests, building, log)
        taken = {key: Kept.of(digests[key], building / key) for key in missing if key not in problems}
        if not taken and kept.keys() == have.keys():
            # Nothing came and nothing went: readers keep the version that they have.
            shutil.rmtree(building, ignore_errors=True)
            return 0, 0, problems
        state = {
            key: [kept_file.digest, kept_file.size, kept_file.changed_ns] for key, kept_file in (kept | taken).items()
        }
        (building / ".state.json").write_text(json.dumps(state))
        final = self._versions / f"{number:08d}"
        building.rename(final)
        link = self.root.with_name(f".{self.root.name}.{os.getpid()}")
        link.unlink(missing_ok=True)
        link.symlink_to(Path(self._versions.name) / final.name)
        link.replace(self.root)
        for old in sorted(self._versions.glob("[0-9]*"))[:-KEPT_VERSIONS]:
            shutil.rmtree(old, ignore_errors=True)
        return len(taken), len(gone), problems

    def _fetch(
        self, keys: list[str], digests: dict[str, str], target: Path, log: Callable[[str], None]
    ) -> dict[str, str]:
        """Download in parallel; return the problem of each damaged object, by key.

        Zero-row files are written from the register instead.
        """
        empties = {empty_file(feed): feed for feed in feeds()}

        def fetch(key: str) -> str:
            if key in empties:
                write_empty(empties[key], target / key)
                return ""
            return fetch_verified(self.bucket, key, digests[key], target / key)

        problems = {}
        with ThreadPoolExecutor(8) as pool:
            for number, (key, problem) in enumerate(zip(keys, pool.map(fetch, keys), strict=True), 1):
                if problem:
                    problems[key] = problem
                if number % 200 == 0 or number == len(keys):
                    log(f"lake: {number} of {len(keys)} files")
        return problems


def _damaged(manifest: ArrivalManifest, file: TypedFile, problem: str) -> DamagedFile:
    return DamagedFile(file.key, manifest.feed, manifest.arrived_on, file.date, problem)


def current() -> LakeCopy:
    """Return the copy that the environment names."""
    environment = Environment.current()
    return LakeCopy(environment.lake_copy, Bucket(environment.lake_bucket))


def pull(log: Callable[[str], None] = print) -> Pulled:
    """Bring the environment's copy up to date under the role of the running process."""
    return current().pull(log)


def register_feeds(log: Callable[[str], None] = print) -> list[str]:
    """Write the zero-row file of every feed to the typed zone; return the feeds whose file was new or differed."""
    changed = []
    environment = Environment.current()
    bucket = Bucket(environment.lake_bucket)
    scratch = environment.lake_copy.with_name("empty")
    for feed in feeds():
        path = scratch / f"{feed.system}.{feed.name}.parquet"
        write_empty(feed, path)
        if not bucket.holds(empty_file(feed), path):
            bucket.upload(path, empty_file(feed))
            log(f"lake: {feed.path} registered")
            changed.append(feed.path)
    return changed
