"""The balance of a publication: rows counted in the warehouse before the export against rows that a reader finds.

Every new file is also read back and compared: its rows must equal those of the warehouse.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from aero_assets.defs.published.export import Published, Relation, content, in_part
from aero_assets.published import Part, PublishedCopy, Snapshot, Table
from aero_assets.storage import DamagedObjectError


@dataclass(frozen=True)
class Counts:
    """Rows per table in the warehouse and as read back, and the rows of new files that the warehouse does not have."""

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


def in_warehouse(connection: duckdb.DuckDBPyConnection, relations: Iterable[Relation]) -> dict[str, int]:
    """Count the rows of every relation, before anything is exported."""
    return {relation.name: _one(connection, f"select count(*) {relation.sql}") for relation in relations}


def count(
    connection: duckdb.DuckDBPyConnection, warehouse: dict[str, int], done: Published, copy: PublishedCopy
) -> Counts:
    """Read a version back as readers do; `warehouse` holds the counts taken before the version was made.

    `connection` is that of the export: the published relations are still staged in it.
    """
    try:
        snapshot = copy.pull()
    except DamagedObjectError as error:
        return Counts(warehouse, {}, problem=f"{error}")
    if snapshot.version != done.manifest.version:
        return Counts(warehouse, {}, problem=f"readers find {snapshot.version}: {snapshot.problem}")
    mixed, example, added = 0, "", set(done.new)
    with duckdb.connect() as reader:
        readable = {table.name: _readable(reader, snapshot, table) for table in snapshot.manifest.tables}
    for table in snapshot.manifest.tables:
        for part in table.parts:
            if part.key in added and (differing := _mixed(connection, snapshot, table, part)):
                mixed, example = mixed + differing, f"{table.name} of {part.name}"
    return Counts(warehouse, readable, mixed, example)


def _readable(reader: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: Table) -> int:
    """Return the rows of a table's files; an unreadable file counts as empty."""
    total = 0
    for path in snapshot.paths(table.name):
        try:
            total += _one(reader, f"select count(*) from read_parquet('{path}')")
        except duckdb.Error:
            continue
    return total


def _mixed(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: Table, part: Part) -> int:
    """Return the number of rows of a file that are not in the part of the warehouse from which it was made."""
    columns = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in table.columns.items())
    file = f"(select {columns} from read_parquet('{snapshot.root / part.key}'))"
    staged = f'(select * from temp."{table.name}" where {in_part(table.columns, part.name)})'
    try:
        if _one(connection, content(file)) == _one(connection, content(staged)):
            return 0
        rows = "select hash(t) as row from {} as t"
        return _one(connection, f"select count(*) from ({rows.format(file)}) where row not in ({rows.format(staged)})")
    except duckdb.Error:
        return 0  # what cannot be read was counted as missing


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    [(value,)] = connection.execute(sql).fetchall()
    return value
