"""The read-through copy of the typed zone: how DuckDB, which does not talk to S3, reads the lake.

The copy holds exactly the files that the arrival manifests name, plus a zero-row file per feed so that everything
builds on an empty lake. Each pull builds a new version beside the old one (unchanged files are hard links) and
switches a symbolic link, so a reader never sees half of a change.
"""

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import ClientError

from aero_assets.environment import Environment
from aero_assets.feeds import Feed, feeds
from aero_assets.manifests import TYPED, ArrivalManifest, typed_versions
from aero_assets.storage import Bucket

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
class Pulled:
    """What a pull did, and the version of every business date in the copy afterwards."""

    files: int
    downloaded: int
    deleted: int
    versions: dict[str, str] = field(repr=False)


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
        """Return every arrival manifest; only those whose ETag changed are fetched."""
        index_file = self._cache / "index.json"
        index = json.loads(index_file.read_text()) if index_file.exists() else {}
        fresh: dict[str, dict[str, Any]] = {}
        for item in self.bucket.list(f"{TYPED}/"):
            cached = index.get(item.key)
            if cached and cached["etag"] == item.etag:
                fresh[item.key] = cached
            elif data := self.bucket.read_json(item.key):
                fresh[item.key] = {"etag": item.etag, "data": data}
        if fresh != index:
            _write_atomically(index_file, json.dumps(fresh))
        return [ArrivalManifest.from_json(entry["data"]) for entry in fresh.values()]

    def pull(self, log: Callable[[str], None] = lambda _: None) -> Pulled:
        """Bring the copy up to date; safe to repeat, and cheap when nothing changed."""
        for attempt in range(3):
            manifests = self.manifests()
            wanted = {file.key: file.digest for manifest in manifests for file in manifest.files}
            wanted |= {empty_file(feed): f"schema {feed.contract}" for feed in feeds()}
            try:
                downloaded, deleted = self._switch(wanted, log)
            except ClientError as error:
                # A compaction replaced its files between the listing and the download: look again.
                if error.response["Error"]["Code"] not in ("404", "NoSuchKey") or attempt == 2:
                    raise
                continue
            return Pulled(len(wanted), downloaded, deleted, typed_versions(manifests))
        raise AssertionError("unreachable")

    def _switch(self, wanted: dict[str, str], log: Callable[[str], None]) -> tuple[int, int]:
        """Build the next version of the copy and make it the current one."""
        state_file = self.root / ".state.json"
        have: dict[str, str] = json.loads(state_file.read_text()) if state_file.exists() else {}
        if have == wanted:
            return 0, 0
        missing = sorted(key for key, digest in wanted.items() if have.get(key) != digest)
        gone = have.keys() - wanted.keys()
        number = max((int(path.name) for path in self._versions.glob("[0-9]*")), default=0) + 1
        building = self._versions / f".building-{os.getpid()}"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        for key in wanted.keys() - set(missing):
            (building / key).parent.mkdir(parents=True, exist_ok=True)
            os.link(self.root / key, building / key)
        self._fetch(missing, building, log)
        (building / ".state.json").write_text(json.dumps(wanted))
        final = self._versions / f"{number:08d}"
        building.rename(final)
        link = self.root.with_name(f".{self.root.name}.{os.getpid()}")
        link.unlink(missing_ok=True)
        link.symlink_to(Path(self._versions.name) / final.name)
        link.replace(self.root)
        for old in sorted(self._versions.glob("[0-9]*"))[:-KEPT_VERSIONS]:
            shutil.rmtree(old, ignore_errors=True)
        return len(missing), len(gone)

    def _fetch(self, keys: list[str], target: Path, log: Callable[[str], None]) -> None:
        """Download in parallel; zero-row files are written from the register instead."""
        empties = {empty_file(feed): feed for feed in feeds()}

        def fetch(key: str) -> None:
            if key in empties:
                write_empty(empties[key], target / key)
            else:
                self.bucket.download(key, target / key)

        with ThreadPoolExecutor(8) as pool:
            for number, _ in enumerate(pool.map(fetch, keys), 1):
                if number % 200 == 0 or number == len(keys):
                    log(f"lake: {number} of {len(keys)} files")


def _write_atomically(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text)
    part.replace(path)


def current() -> LakeCopy:
    """Return the copy that the environment names."""
    environment = Environment.current()
    return LakeCopy(environment.lake_copy, Bucket(environment.lake_bucket))


def pull(log: Callable[[str], None] = print) -> Pulled:
    """Bring the environment's copy up to date under the role of the running process."""
    return current().pull(log)


def register_feeds(log: Callable[[str], None] = print) -> list[str]:
    """Write the zero-row file of every feed to the typed zone; return the feeds whose file was new or had changed."""
    changed = []
    environment = Environment.current()
    bucket = Bucket(environment.lake_bucket)
    scratch = environment.lake_copy.with_name("empty")
    for feed in feeds():
        path = scratch / f"{feed.system}.{feed.name}.parquet"
        write_empty(feed, path)
        stored = next(iter(bucket.list(empty_file(feed))), None)
        if stored is None or stored.size != path.stat().st_size:
            bucket.upload(path, empty_file(feed))
            log(f"lake: {feed.path} registered")
            changed.append(feed.path)
    return changed
