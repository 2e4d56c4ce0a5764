"""Publishing from Redshift: a part is the file that one UNLOAD wrote, in a folder named by content.

UNLOAD cannot name a file by its content. So the digest of each month is taken in SQL first, and names the folder: a
month without a change is not unloaded. UNLOAD writes its own manifest last: a folder without one is the half of an
UNLOAD that died, and is written again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from aero_assets.defs.published.export import WHOLE, Relation, order_of
from aero_assets.published import PREFIX, Part, PublishedCopy, Table
from aero_assets.storage import Bucket, digest_of
from aero_assets.warehouses import Warehouse

#: Hexadecimal digits of each row's hash that enter the sum: 60 bits, the most that STRTOL reads.
DIGITS = 15
#: The types of a contract, as readers name them.
READER = {
    "varchar": "VARCHAR", "integer": "INTEGER", "bigint": "BIGINT", "date": "DATE", "boolean": "BOOLEAN",
    "double precision": "DOUBLE", "timestamp": "TIMESTAMP",
}  # fmt: skip
#: Types that SQL spells otherwise.
SPELLED = {"DOUBLE": "double precision"}
DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")


class UnloadError(RuntimeError):
    """An UNLOAD whose manifest does not say what was asked for."""


def reader_type(data_type: str) -> str:
    """Return the type of a published column for one of a contract; raises ValueError for a type without one."""
    if match := DECIMAL.fullmatch(data_type):
        return f"DECIMAL({match[1]},{match[2]})"
    name = data_type.partition("(")[0]
    if name not in READER:
        raise ValueError(f"{data_type!r} has no type for readers; known are {', '.join(READER)} and decimal(p, s)")
    return READER[name]


@dataclass
class RedshiftSource:
    """The marts in Redshift, unloaded into the lake and fetched into the copy of published files."""

    warehouse: Warehouse
    lake: Bucket
    copy: PublishedCopy
    #: Counts and sums of every column by table and part, as Redshift has them.
    content: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)

    def table(self, relation: Relation) -> Table:
        """Return a table with a part per month, each with its rows and digest."""
        columns = relation.columns
        groups = self.warehouse.rows(
            f"select {_month(columns)} as part, count(*), {_hashed(columns)}, {_content(columns)} "
            f"{relation.sql} group by 1 order by 1"
        )
        # A table without rows still has its columns.
        groups = groups or [("empty", 0, 0)]
        parts = [self._part(relation, *group) for group in groups]
        return Table(relation.name, relation.description, dict(columns), tuple(parts))

    def _part(self, relation: Relation, name: str, rows: int, hashed: int, *content: Any) -> Part:  # noqa: ANN401
        self.content[relation.name, name] = content
        spelled = sha256(f"{dict(relation.columns)} {rows} {int(hashed)}".encode()).hexdigest()[:16]
        return Part(f"{PREFIX}/data/{relation.name}/{name}-{spelled}/", name, rows, spelled)

    def write(self, table: Table, part: Part, labels: tuple[str, ...]) -> Part:
        """Unload a part unless a whole file of it is there, and fetch it: readers need its digest."""
        if part.rows == 0:
            return self._empty(table, part)
        listed = self.lake.read_json(f"{part.key}manifest")
        if listed is None:
            self._unload(table, part)
            listed = self.lake.read_json(f"{part.key}manifest") or {}
        entries = listed.get("entries", [])
        if len(entries) != 1 or entries[0]["meta"]["record_count"] != part.rows:
            unloaded = [entry["meta"]["record_count"] for entry in entries]
            raise UnloadError(f"{table.name} {part.name}: {part.rows} rows in one file were asked for, not {unloaded}")
        key = entries[0]["url"].removeprefix(f"s3://{self.lake.name}/")
        file = self._file(key)
        self.lake.download(key, file)
        return replace(part, key=key, sha256=digest_of(file), bytes=file.stat().st_size)

    def _empty(self, table: Table, part: Part) -> Part:
        """Write a file with columns and no rows, of which no UNLOAD is sure."""
        key = f"{part.key}000.parquet"
        file = self._file(key)
        columns = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in table.columns.items())
        with duckdb.connect() as writer:
            writer.execute(f"copy (select {columns} where false) to '{file}' (format parquet)")
        self.lake.upload(file, key)
        return replace(part, key=key, sha256=digest_of(file), bytes=file.stat().st_size)

    def _file(self, key: str) -> Path:
        file = self.copy.root / key
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def _unload(self, table: Table, part: Part) -> None:
        where = "1 = 1" if part.name in (WHOLE, "empty") else f"{_month(table.columns)} = '{part.name}'"
        values = ", ".join(f'{_value(name, kind)} as "{name}"' for name, kind in table.columns.items())
        query = f"select {values} from {table.name} where {where} order by {order_of(table.columns)}"
        quoted = query.replace("'", "''")
        self.warehouse.execute(
            f"unload ('{quoted}') to 's3://{self.lake.name}/{part.key}' iam_role default format parquet "
            "parallel off manifest verbose allowoverwrite"
        )

    def mixed(self, table: Table, part: Part, file: Path) -> int:
        """Return the number of figures of a file's columns (counts, sums, limits) that differ from Redshift's."""
        columns = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in table.columns.items())
        with duckdb.connect() as reader:
            figures = reader.execute(
                f"select {_content(table.columns)} from (select {columns} from read_parquet('{file}'))"
            ).fetchone()
        expected = self.content[table.name, part.name]
        if part.rows == 0 or figures is None:
            return 0
        return sum(ours != theirs for ours, theirs in zip(expected, figures, strict=True))


def _month(columns: Mapping[str, str]) -> str:
    return "to_char(operating_date, 'YYYY-MM')" if "operating_date" in columns else f"'{WHOLE}'"


def _value(name: str, kind: str) -> str:
    """Return a column in the type of its contract: those of a view's columns follow from its query."""
    # A text without a width would be cut at 256 bytes.
    return f'"{name}"' if kind in ("VARCHAR", "BOOLEAN") else f'cast("{name}" as {SPELLED.get(kind, kind)})'


def _hashed(columns: Mapping[str, str]) -> str:
    """Return the sum of the rows' hashes, which does not depend on their order."""
    # A null and an empty text differ: every value has a mark before it.
    text = " || ".join(f"coalesce('|' || {_as_text(name, kind)}, '-')" for name, kind in columns.items())
    return f"coalesce(sum(cast(strtol(substring(md5({text}), 1, {DIGITS}), 16) as decimal(38, 0))), 0)"


def _as_text(name: str, kind: str) -> str:
    # Redshift casts no boolean to text.
    if kind == "BOOLEAN":
        return f"case when \"{name}\" then '1' when not \"{name}\" then '0' end"
    return f"cast({_value(name, kind)} as varchar(65535))"


def _content(columns: Mapping[str, str]) -> str:
    """Return figures of every column that both engines compute exactly alike."""
    return ", ".join(figure for name, kind in columns.items() for figure in _figures(name, kind))


def _figures(name: str, kind: str) -> tuple[str, ...]:
    value = _value(name, kind)
    if kind == "BOOLEAN":
        return f"count({value})", f"sum(case when {value} then 1 else 0 end)"
    if kind in ("INTEGER", "BIGINT"):
        return f"count({value})", f"sum(cast({value} as decimal(38, 0)))"
    if kind.startswith("DECIMAL"):
        return f"count({value})", f"sum({value})"
    return f"count({value})", f"min({value})", f"max({value})"
