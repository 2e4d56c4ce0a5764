"""The balance of a publication: rows counted in the warehouse before the export against rows that a reader finds.

Every new file is also read back and compared: its rows must equal those of the warehouse.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from aero_assets.defs.published.export import Published, Relation, Source
from aero_assets.published import PublishedCopy, Snapshot, Table
from aero_assets.storage import DamagedObjectError
from aero_assets.warehouses import QueryError, Warehouse


@dataclass(frozen=True)
class Counts:
    """Rows per table in the warehouse and as read back, and what new files hold that the warehouse does not have."""

    warehouse: dict[str, int]
    reader: dict[str, int]
    mixed: int = 0
    mixed_example: str = ""
    problem: str = ""

    @property
    def different(self) -> dict[str, list[int]]:
        """Tables whose number of published rows differs from that of the warehouse, with both numbers."""
        return {
            name: [rows, self.reader.get(name, 0)]
            for name, rows in self.warehouse.items()
            if rows != self.reader.get(name, 0)
        }


def in_warehouse(warehouse: Warehouse, relations: Iterable[Relation]) -> dict[str, int]:
    """Count the rows of every relation, before anything is exported."""
    return {relation.name: warehouse.rows(f"select count(*) {relation.sql}")[0][0] for relation in relations}


def count(sources: Mapping[str, Source], warehouse: Mapping[str, int], done: Published, copy: PublishedCopy) -> Counts:
    """Read a version back as readers do; `warehouse` holds the counts taken before the version was made.

    `sources` are those of the export, by the names of the tables: the content of every new file is compared with them.
    """
    counted = dict(warehouse)
    try:
        snapshot = copy.pull()
    except DamagedObjectError as error:
        return Counts(counted, {}, problem=f"{error}")
    if snapshot.version != done.manifest.version:
        return Counts(counted, {}, problem=f"readers find {snapshot.version}: {snapshot.problem}")
    mixed, example, added = 0, "", set(done.new)
    with duckdb.connect() as reader:
        readable = {table.name: _readable(reader, snapshot, table) for table in snapshot.manifest.tables}
    for table in snapshot.manifest.tables:
        for part in (part for part in table.parts if part.key in added):
            try:
                differing = sources[table.name].mixed(table, part, snapshot.root / part.key)
            except (duckdb.Error, QueryError):
                continue  # what cannot be read was counted as missing
            if differing:
                mixed, example = mixed + differing, f"{table.name} of {part.name}"
    return Counts(counted, readable, mixed, example)


def _readable(reader: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: Table) -> int:
    """Return the rows of a table's files; an unreadable file counts as empty."""
    total = 0
    for path in snapshot.paths(table.name):
        try:
            total += _one(reader, f"select count(*) from read_parquet('{path}')")
        except duckdb.Error:
            continue
    return total


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    [(value,)] = connection.execute(sql).fetchall()
    return value
