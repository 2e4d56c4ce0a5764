"""Publishing: relations become Parquet parts and one new manifest.

A part is a month of a table, or all of a table without dates. Its place follows from its content, so an unchanged part
is neither written nor sent again. The manifest is replaced last: until then readers see the version before, and a
publisher that dies leaves only files that the next one removes. A `Source` knows the relations of one engine and writes
their parts: here DuckDB, Redshift in `unload.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import duckdb

from aero_assets.published import CURRENT, KEPT_SECONDS, KEPT_VERSIONS, PREFIX, Manifest, Part, Table, versions
from aero_assets.storage import Bucket, DamagedObjectError, digest_of

#: Table, name and digest of a part.
PartName = tuple[str, str, str]
WHOLE = "all"
#: One number over rows `t`: the sum does not depend on their order.
CONTENT = "coalesce(sum(hash(t)::hugeint), 0)"
#: The order of rows, so that a reader who asks for dates or a route skips most of a file.
SORTED_BY = ("operating_date", "route", "std_at")


@dataclass(frozen=True)
class Relation:
    """A relation to publish, and its name for readers."""

    name: str
    sql: str
    description: str
    #: Columns and types as readers see them, where the engine is not asked for them.
    columns: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """The relations of one engine, for a publication."""

    def table(self, relation: Relation) -> Table:
        """Return a table with its parts: their rows and digests; the files may not exist yet."""
        ...

    def write(self, table: Table, part: Part, labels: tuple[str, ...]) -> Part:
        """Write the file of a part into the lake and return the part with the file's key, digest and size."""
        ...

    def mixed(self, table: Table, part: Part, file: Path) -> int:
        """Return the number of rows, or of columns, of a file that are not as in the warehouse."""
        ...


@dataclass(frozen=True)
class Written:
    """Tables whose parts all have files, and the keys of those that are new."""

    tables: tuple[Table, ...]
    new: tuple[str, ...]


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
        """Publish relations of a DuckDB connection as one version; an unchanged part keeps its file.

        `level` is the level from which the version was made, `labels` mark its figures (datos sintéticos), `now` is its
        time.
        """
        source = DuckDbSource(connection, self.lake, self.scratch)
        return self.switch([self.write(source, relations, self.kept(), labels)], level=level, now=now, labels=labels)

    def write(
        self, source: Source, relations: Iterable[Relation], kept: Mapping[PartName, Part], labels: Iterable[str] = ()
    ) -> Written:
        """Write the parts of relations that are not `kept`; no reader sees them yet."""
        labels, new = tuple(sorted(labels)), []
        tables = []
        for relation in relations:
            table = source.table(relation)
            parts: list[Part] = []
            for part in table.parts:
                stored = kept.get((table.name, part.name, part.digest))
                if stored is None:
                    stored = source.write(table, part, labels)
                    new.append(stored.key)
                parts.append(stored)
            tables.append(replace(table, parts=tuple(parts)))
        return Written(tuple(tables), tuple(new))

    def switch(self, written: Iterable[Written], *, level: str, now: datetime, labels: Iterable[str] = ()) -> Published:
        """Make one version of everything written, and switch readers to it."""
        written, labels = list(written), tuple(sorted(labels))
        tables = tuple(table for group in written for table in group.tables)
        new = tuple(key for group in written for key in group.new)
        keys = [part.key for table in tables for part in table.parts]
        digest = sha256("\n".join([level, *labels, *keys]).encode()).hexdigest()[:8]
        at = now.astimezone(UTC)
        manifest = Manifest(f"{at:%Y%m%dT%H%M%S%f}Z-{digest}", f"{at:%Y-%m-%dT%H:%M:%SZ}", level, tables, labels)
        self.lake.write_json(Manifest.key_of(manifest.version), manifest.to_json())
        # The switch: a reader finds the version before or this one, whole.
        self.lake.write_json(CURRENT, manifest.to_json())
        return Published(manifest, len(new), len(keys) - len(new), self._prune(manifest, at), new)

    def kept(self) -> dict[PartName, Part]:
        """Return the parts of the newest readable version whose files the bucket has."""
        newest = next(versions(self.lake, []), None)
        sizes = {item.key: item.size for item in self.lake.list(f"{PREFIX}/data/")}
        return {
            (table.name, part.name, part.digest): part
            for table in (newest.tables if newest else ())
            for part in table.parts
            if part.sha256 and sizes.get(part.key) == part.bytes
        }

    def _prune(self, current: Manifest, now: datetime) -> int:
        """Delete versions that nobody can have pinned any more, and the files that only they named."""
        present = {item.key for item in self.lake.list(f"{PREFIX}/data/")}
        stored = sorted((item.key for item in self.lake.list(f"{PREFIX}/versions/")), reverse=True)
        old = [key for key in stored[KEPT_VERSIONS:] if _age_seconds(key, now) > KEPT_SECONDS]
        named = set(current.files)
        for key in set(stored) - set(old):
            try:
                if manifest := self.lake.read_as(key, Manifest.from_json):
                    named |= manifest.files
            except DamagedObjectError:
                old.append(key)  # nobody can read it any more
        # Beside the files that Redshift unloaded lies their manifest, which says that they are whole.
        folders = {key.rpartition("/")[0] for key in named}
        named |= {key for key in present if key.endswith("/manifest") and key.rpartition("/")[0] in folders}
        gone = sorted(present - named)
        self.lake.delete(gone)
        self.lake.delete(old)
        return len(gone)


class DuckDbSource:
    """Relations of a DuckDB connection; a part is one file, whose name ends with its digest."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, lake: Bucket, scratch: Path) -> None:
        self.connection, self.lake, self.scratch = connection, lake, scratch

    def table(self, relation: Relation) -> Table:
        """Stage a relation as a view and find its columns and parts."""
        self.connection.execute(f'create or replace temp view "{relation.name}" as {relation.sql}')
        described = self.connection.execute(f"describe {_staged(relation.name)}").fetchall()
        columns = {name: kind for name, kind, *_ in described}
        groups = self.connection.execute(
            f"select {_month(columns)}, count(*), {CONTENT} from {_staged(relation.name)} as t group by 1 order by 1"
        ).fetchall()
        # A table without rows still has its columns.
        parts = [_part(relation.name, columns, *group) for group in groups or [("empty", 0, 0)]]
        return Table(relation.name, relation.description, columns, tuple(parts))

    def write(self, table: Table, part: Part, labels: tuple[str, ...]) -> Part:
        """Write the file of a part and send it."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        file = self.scratch / "part.parquet"
        self.connection.execute(
            f"copy (select * from {_staged(table.name)} where {_in_part(table.columns, part.name)} "
            f"order by {order_of(table.columns)}) to '{file}' "
            f"(format parquet, compression zstd, kv_metadata {{label: '{', '.join(labels)}'}})"
        )
        self.lake.upload(file, part.key)
        done = replace(part, sha256=digest_of(file), bytes=file.stat().st_size)
        file.unlink()
        return done

    def mixed(self, table: Table, part: Part, file: Path) -> int:
        """Return the number of rows of a file that are not in the part of the warehouse from which it was made."""
        columns = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in table.columns.items())
        read = f"(select {columns} from read_parquet('{file}'))"
        staged = f"(select * from {_staged(table.name)} where {_in_part(table.columns, part.name)})"
        if self._one(content(read)) == self._one(content(staged)):
            return 0
        rows = "select hash(t) as row from {} as t"
        return self._one(f"select count(*) from ({rows.format(read)}) where row not in ({rows.format(staged)})")

    def _one(self, sql: str) -> int:
        [(value,)] = self.connection.execute(sql).fetchall()
        return value


def order_of(columns: Mapping[str, str]) -> str:
    """Return the order of rows in a file: by date and route first, then by everything else."""
    first = [name for name in SORTED_BY if name in columns]
    return ", ".join(first + [f'"{name}"' for name in columns if name not in first])


def _staged(name: str) -> str:
    return f'temp."{name}"'


def content(rows: str) -> str:
    """Return the query for one number over all rows of a relation, independent of their order."""
    return f"select {CONTENT} from {rows} as t"


def _part(table: str, columns: Mapping[str, str], name: str, rows: int, content: int) -> Part:
    # Columns and types belong to the content.
    digest = sha256(f"{columns} {rows} {content}".encode()).hexdigest()[:16]
    return Part(f"{PREFIX}/data/{table}/{name}-{digest}.parquet", name, rows, digest)


def _month(columns: Mapping[str, str]) -> str:
    return "strftime(operating_date, '%Y-%m')" if "operating_date" in columns else f"'{WHOLE}'"


def _in_part(columns: Mapping[str, str], part: str) -> str:
    """Return the condition for the rows of a part."""
    return "true" if part in (WHOLE, "empty") else f"{_month(columns)} = '{part}'"


def _age_seconds(key: str, now: datetime) -> float:
    stamp = key.rsplit("/", 1)[-1].partition("-")[0]
    return (now - datetime.strptime(stamp, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)).total_seconds()
