"""Publishing: relations of a DuckDB connection become Parquet parts and one new manifest.

A part is a month of a table, or all of a table without dates. Its key follows from its content, so an unchanged part is
neither written nor sent again. The manifest is replaced last: until then readers see the version before, and a
publisher that dies leaves only files that the next one removes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import duckdb

from aero_assets.published import CURRENT, KEPT_SECONDS, KEPT_VERSIONS, PREFIX, Manifest, Part, Table, versions
from aero_assets.storage import Bucket, DamagedObjectError, digest_of

WHOLE = "all"
#: The order of rows, so that a reader who asks for dates or a route skips most of a file.
#: One number over rows `t`: the sum does not depend on their order.
CONTENT = "coalesce(sum(hash(t)::hugeint), 0)"
SORTED_BY = ("operating_date", "route", "std_at")


@dataclass(frozen=True)
class Relation:
    """A relation to publish, and its name for readers."""

    name: str
    sql: str
    description: str


@dataclass(frozen=True)
class Published:
    """The result of a publication."""

    manifest: Manifest
    uploaded: int
    reused: int
    pruned: int
    #: The keys of the files that are new.
    new: tuple[str, ...] = ()


class Publisher:
    """Writes versions into a lake bucket; only one at a time, which the pool of the warehouse ensures."""

    def __init__(self, lake: Bucket, scratch: Path) -> None:
        self.lake, self.scratch = lake, scratch

    def publish(
        self,
        connection: duckdb.DuckDBPyConnection,
        relations: Iterable[Relation],
        *,
        level: str,
        now: datetime,
        labels: Iterable[str] = (),
    ) -> Published:
        """Publish relations as one version; an unchanged part keeps its file.

        `level` is the level from which the version was made, `labels` mark its figures (datos sintéticos), `now` is its
        time.
        """
        labels = tuple(sorted(labels))
        tables = tuple(_table(connection, relation) for relation in relations)
        digests = [f"{part.key}" for table in tables for part in table.parts]
        digest = sha256("\n".join([level, *labels, *digests]).encode()).hexdigest()[:8]
        at = now.astimezone(UTC)
        manifest = Manifest(f"{at:%Y%m%dT%H%M%S%f}Z-{digest}", f"{at:%Y-%m-%dT%H:%M:%SZ}", level, tables, labels)
        sizes = {item.key: item.size for item in self.lake.list(f"{PREFIX}/data/")}
        kept = {key: part for key, part in self._known().items() if sizes.get(key) == part.bytes}
        new: list[Part] = []

        def stored(table: Table, part: Part) -> Part:
            """The part with its file, which is written where the bucket does not hold it as it was written."""
            if part.key in kept:
                return kept[part.key]
            new.append(part)
            return self._upload(connection, table, part, labels)

        tables = tuple(replace(table, parts=tuple(stored(table, part) for part in table.parts)) for table in tables)
        manifest = replace(manifest, tables=tables)
        self.lake.write_json(Manifest.key_of(manifest.version), manifest.to_json())
        # The switch: a reader finds the version before or this one, whole.
        self.lake.write_json(CURRENT, manifest.to_json())
        pruned, keys = self._prune(manifest, set(sizes), at), tuple(part.key for part in new)
        return Published(manifest, len(new), sum(len(table.parts) for table in tables) - len(new), pruned, keys)

    def _known(self) -> dict[str, Part]:
        """Return the parts of the newest readable version, with their files."""
        newest = next(versions(self.lake, []), None)
        return {key: part for key, part in newest.parts.items() if part.sha256} if newest else {}

    def _upload(self, connection: duckdb.DuckDBPyConnection, table: Table, part: Part, labels: tuple[str, ...]) -> Part:
        self.scratch.mkdir(parents=True, exist_ok=True)
        file = self.scratch / "part.parquet"
        order = [name for name in SORTED_BY if name in table.columns]
        order += [f'"{name}"' for name in table.columns if name not in order]
        connection.execute(
            f"copy (select * from {_staged(table.name)} where {in_part(table.columns, part.name)} "
            f"order by {', '.join(order)}) to '{file}' "
            f"(format parquet, compression zstd, kv_metadata {{label: '{', '.join(labels)}'}})"
        )
        self.lake.upload(file, part.key)
        done = replace(part, sha256=digest_of(file), bytes=file.stat().st_size)
        file.unlink()
        return done

    def _prune(self, current: Manifest, present: set[str], now: datetime) -> int:
        """Delete versions that nobody can have pinned any more, and the files that only they named."""
        stored = sorted((item.key for item in self.lake.list(f"{PREFIX}/versions/")), reverse=True)
        old = [key for key in stored[KEPT_VERSIONS:] if _age_seconds(key, now) > KEPT_SECONDS]
        named = set(current.files)
        for key in set(stored) - set(old):
            try:
                if manifest := self.lake.read_as(key, Manifest.from_json):
                    named |= manifest.files
            except DamagedObjectError:
                old.append(key)  # nobody can read it any more
        gone = sorted(present - named)
        self.lake.delete(gone)
        self.lake.delete(old)
        return len(gone)


def _staged(name: str) -> str:
    return f'temp."{name}"'


def _table(connection: duckdb.DuckDBPyConnection, relation: Relation) -> Table:
    """Stage a relation as a view and find its columns and parts."""
    connection.execute(f'create or replace temp view "{relation.name}" as {relation.sql}')
    columns = {name: kind for name, kind, *_ in connection.execute(f"describe {_staged(relation.name)}").fetchall()}
    month = _month(columns)
    groups = connection.execute(
        f"select {month}, count(*), {CONTENT} from {_staged(relation.name)} as t group by 1 order by 1"
    ).fetchall()
    # A table without rows still has its columns.
    parts = [_part(relation.name, columns, *row) for row in groups] or [_part(relation.name, columns, "empty", 0, 0)]
    return Table(relation.name, relation.description, columns, tuple(parts))


def content(rows: str) -> str:
    """Return the query for one number over all rows of a relation, independent of their order."""
    return f"select {CONTENT} from {rows} as t"


def _part(table: str, columns: Mapping[str, str], name: str, rows: int, content: int) -> Part:
    # Columns and types belong to the content.
    digest = sha256(f"{columns} {rows} {content}".encode()).hexdigest()[:16]
    return Part(f"{PREFIX}/data/{table}/{name}-{digest}.parquet", name, rows, digest)


def _month(columns: Mapping[str, str]) -> str:
    return "strftime(operating_date, '%Y-%m')" if "operating_date" in columns else f"'{WHOLE}'"


def in_part(columns: Mapping[str, str], part: str) -> str:
    """Return the condition for the rows of a part."""
    return "true" if part in (WHOLE, "empty") else f"{_month(columns)} = '{part}'"


def _age_seconds(key: str, now: datetime) -> float:
    stamp = key.rsplit("/", 1)[-1].partition("-")[0]
    return (now - datetime.strptime(stamp, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)).total_seconds()
