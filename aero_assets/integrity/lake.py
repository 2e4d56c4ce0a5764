"""Verification of the lake bucket without the published marts: typed files, manifests, levels, quarantine, ledger.

Manifests, typed files and refused rows are made again from the raw zone, by compacting their arrival day. Levels are
deleted, so that the work is done again. Everything else is restored from an earlier version of the bucket.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from aero_assets.feeds import Feed
from aero_assets.integrity.damage import CannotRepairError, Damage, problem_of_json
from aero_assets.integrity.reading import Log, check_all
from aero_assets.lake import empty_file, write_empty
from aero_assets.manifests import TYPED, ArrivalManifest
from aero_assets.set_aside import PREFIX as DECISIONS
from aero_assets.storage import Bucket, DamagedObjectError

ZONE = "typed"
MANIFESTS = "_manifests/"
#: Compacts one arrival day of a feed from the raw zone.
Compact = Callable[[Feed, date], object]
GONE = "it is gone, or the feed is new since the last `aero up`"
_FROM_RAW = "its arrival day is compacted again from the raw zone"
_VERSIONS = "an earlier version of the bucket"


@dataclass
class LakeZone:
    """The present content of the lake bucket, and the function that compacts an arrival day of it again."""

    lake: Bucket
    feeds: tuple[Feed, ...]
    compact: Compact
    scratch: Path
    log: Log
    _there: set[str] = field(default_factory=set)
    _days_done: set[tuple[str, date]] = field(default_factory=set)
    #: Keys named by the manifests of the chosen feeds; where one cannot be read, by the names of its files.
    _named: set[str] = field(default_factory=set)

    def damages(self, *, is_whole: bool) -> Iterator[Damage]:
        """Yield the damaged objects; with `is_whole` (all feeds are checked) also those that belong to no feed."""
        self._there = {item.key for item in self.lake.list("") if not item.key.startswith("published/")}
        for feed in self.feeds:
            yield from self._feed(feed)
        chosen = tuple(f"quarantine/{feed.path}/" for feed in self.feeds)
        others = [
            key
            for key in sorted(self._there - self._named)
            if not key.startswith(("typed/", f"{TYPED}/")) and (is_whole or key.startswith(chosen))
        ]
        yield from check_all(others, self._other, self.log, "ledger, quarantine, levels")
        for prefix in ("_outcomes/", "quarantine/", f"{DECISIONS}/") if is_whole else chosen:
            yield from self._deleted(prefix)

    def _feed(self, feed: Feed) -> Iterator[Damage]:
        manifests: dict[str, ArrivalManifest | None] = {}
        prefix = f"{TYPED}/{feed.path}/"
        # A day that was never compacted has none yet; nobody of ours ever deletes one.
        for key in sorted(self.lake.history(prefix).keys() - self._there):
            manifests[_day_of(key)] = None
            yield self._again(feed, _day_of(key), key, "arrival manifest", "it was deleted")
        for key in sorted(key for key in self._there if key.startswith(prefix)):
            day = _day_of(key)
            try:
                manifests[day] = self.lake.read_as(key, ArrivalManifest.from_json)
            except DamagedObjectError as error:
                manifests[day] = None
                yield self._again(feed, day, key, "arrival manifest", error.problem)
        for day, manifest in sorted(manifests.items()):
            files = manifest or ArrivalManifest.from_names(self.lake, feed.path, day)
            named = {file.key: file.digest for file in files.files}
            named |= {key: key.rpartition("-")[2].removesuffix(".parquet") for key in files.quarantine}
            self._named |= named.keys() | set(files.intended)
            check = partial(self._digest, feed, day, named)
            yield from check_all(sorted(named), check, self.log, f"{feed.path} of {day}: files")
            row = f"_outcomes/typed/dt={day}/{feed.system}.{feed.name}.json"
            if manifest and manifest.level and row not in self._there:
                yield self._again(feed, day, row, "ledger row", "it is gone")
        yield from self._strays(feed, manifests)
        yield from self._empty(feed)

    def _digest(self, feed: Feed, day: str, named: dict[str, str], key: str) -> Damage | None:
        kind = "refused rows" if key.startswith("quarantine/") else "typed file"
        body = self.lake.read(key)
        if body is None:
            return self._again(feed, day, key, kind, "it is gone")
        if sha256(body).hexdigest().startswith(named[key]):
            return None
        return self._again(feed, day, key, kind, f"its {len(body)} bytes have another digest than its manifest names")

    def _strays(self, feed: Feed, manifests: dict[str, ArrivalManifest | None]) -> Iterator[Damage]:
        """Yield files of a compacted day that its manifest does not name: a reader would count them twice."""
        for key in sorted(key for key in self._there - self._named if key.startswith(f"typed/{feed.path}/")):
            day = key.rpartition("/arrived=")[2][:10]
            if key != empty_file(feed) and manifests.get(day) is not None:
                remove = partial(self._remove, key)
                yield Damage(
                    ZONE, key, "typed file", "no manifest names it", "it is removed", feed.path, rebuild=remove
                )

    def _empty(self, feed: Feed) -> Iterator[Damage]:
        key, path = empty_file(feed), self.scratch / "empty.parquet"
        write_empty(feed, path)
        body = path.read_bytes()
        if self.lake.read(key) != body:
            problem = "it is not the schema that the register declares" if key in self._there else GONE
            rebuild = partial(self._write, key, body)
            yield Damage(ZONE, key, "zero-row file", problem, "the register", feed.path, rebuild=rebuild)

    def _again(self, feed: Feed, day: str, key: str, kind: str, problem: str) -> Damage:
        rebuild = partial(self._compact, feed, day)
        return Damage(ZONE, key, kind, problem, _FROM_RAW, feed.path, rebuild=rebuild)

    def _compact(self, feed: Feed, day: str) -> str:
        """Compact an arrival day, once for all of its damaged objects."""
        on = date.fromisoformat(day)
        if (feed.path, on) not in self._days_done:
            self.log(f"{feed.path} of {day}: compacting again")
            try:
                self.compact(feed, on)
            except DamagedObjectError as error:
                raise CannotRepairError(f"the raw zone before it is damaged too: {error}") from error
            self._days_done.add((feed.path, on))
        return f"{feed.path} of {day} was compacted again"

    def _other(self, key: str) -> Damage | None:
        body = self.lake.read(key)
        if body is None:
            return None  # gone meanwhile
        if key.startswith(MANIFESTS) and key.endswith(".json"):
            return self._level(key, body)
        if problem := _problem_of(key, body) or self._other_size(key, body):
            rebuild = self._from_day(key)
            way_back = f"{_VERSIONS}; else whoever sent it" if "/files/" in key else _VERSIONS
            return Damage(
                ZONE, key, _kind_of(key), problem, way_back, "", self.lake, partial(self._is_whole, key), rebuild
            )
        return None

    def _deleted(self, prefix: str) -> Iterator[Damage]:
        """Yield deleted objects of ledger, quarantine and decisions: the platform itself replaces refused rows only."""
        for key in sorted(self.lake.history(prefix).keys() - self._there):
            if "/rows-" not in key:
                is_good = partial(self._is_whole, key)
                yield Damage(ZONE, key, _kind_of(key), "it was deleted", _VERSIONS, "", self.lake, is_good)

    def _is_whole(self, key: str, body: bytes) -> bool:
        return not (_problem_of(key, body) or self._other_size(key, body))

    def _level(self, key: str, body: bytes) -> Damage | None:
        if not (problem := problem_of_json(body, "levels")):
            return None
        rebuild = partial(self._write, key, json.dumps({"levels": {}}).encode())
        return Damage(ZONE, key, "levels", problem, "they are forgotten: the work is done again", rebuild=rebuild)

    def _other_size(self, key: str, body: bytes) -> str:
        """Return the problem if a received file has another size than the reason object beside it says."""
        if "/files/" not in key or key.endswith("/reason.json"):
            return ""
        try:
            details = self.lake.read_json(f"{key.rpartition('/')[0]}/reason.json") or {}
        except DamagedObjectError:
            return ""
        size = details.get("bytes", len(body))
        return "" if size == len(body) else f"it has {len(body)} bytes, and {size} were received"

    def _from_day(self, key: str) -> partial[str] | None:
        """Return the repair by compacting an arrival day again, if compaction writes objects of this kind."""
        for feed in self.feeds:
            row = f"/{feed.system}.{feed.name}.json"
            if key.startswith("_outcomes/typed/dt=") and key.endswith(row):
                return partial(self._compact, feed, key.removesuffix(row).rpartition("=")[2])
        return None

    def _remove(self, key: str) -> str:
        self.lake.delete([key])
        return "removed"

    def _write(self, key: str, body: bytes) -> str:
        self.lake.write(key, body)
        return "written again"


def _day_of(manifest_key: str) -> str:
    return manifest_key.removesuffix(".json").rpartition("/dt=")[2]


def _kind_of(key: str) -> str:
    names = {
        "_outcomes/": "ledger row",
        "quarantine/": "quarantine object",
        "_manifests/": "manifest",
        f"{DECISIONS}/": "decision",
    }
    return next((kind for prefix, kind in names.items() if key.startswith(prefix)), "object")


def _problem_of(key: str, body: bytes) -> str:
    """Return the problem of an object, checked by the kind that its name shows; or nothing."""
    if key.endswith(".json") and "/files/" not in key:
        return problem_of_json(body, *(("hop",) if key.startswith("_outcomes/") else ()))
    if key.endswith("/reason.json"):
        return problem_of_json(body, "reason", "inbox_key")
    if key.endswith(".parquet") and "/files/" not in key:
        try:
            pq.read_table(BytesIO(body))
        except (pa.ArrowInvalid, OSError) as error:
            return f"it is no Parquet file ({error})"
    return ""


def damages(
    lake: Bucket, feeds: Iterable[Feed], compact: Compact, scratch: Path, log: Log, *, is_whole: bool
) -> Iterator[Damage]:
    """Yield every damaged object of some feeds in the lake bucket, except published data."""
    return LakeZone(lake, tuple(feeds), compact, scratch, log).damages(is_whole=is_whole)
