"""A typed lake as tables of the external schema, as Spectrum would show it: one table a feed, its date column last."""

import csv
import io
import threading
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import pyarrow.parquet as pq

from aero_assets.feeds import feeds

SCHEMA = "spectrum_typed"
#: Glue's `string` has no width.
TYPES = {"VARCHAR": "varchar(65535)", "DOUBLE": "double precision"}
GLUE = {
    "string": "varchar(65535)", "int": "integer", "bigint": "bigint", "double": "double precision",
    "boolean": "boolean", "date": "date", "timestamp": "timestamp",
}  # fmt: skip


def show(dsn: str, lake: Path) -> int:
    """Replace the rows of every external table by those of a lake, in one transaction; return their number."""
    total = 0
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor, duckdb.connect() as reader:
        cursor.execute(f"create schema if not exists {SCHEMA}")
        for feed in feeds():
            columns = {column.name: column.type for column in feed.columns if column.name != feed.business_date}
            columns[feed.business_date] = "DATE"
            table = f"{SCHEMA}.{feed.system}_{feed.name}"
            listed = ", ".join(f'"{name}" {TYPES.get(kind, kind)}' for name, kind in columns.items())
            # Views that name the table keep standing, as late-binding views do.
            cursor.execute(f"create table if not exists {table} ({listed}); truncate {table}")
            names = ", ".join(f'"{name}"' for name in columns)
            rows = reader.execute(
                f"select {names} from read_parquet('{lake}/typed/{feed.path}/*/*.parquet', hive_partitioning = true, "
                f"hive_types = {{'{feed.business_date}': date}}, union_by_name = true)"
            ).fetchall()
            _copy(cursor, table, list(columns), rows)
            total += len(rows)
    return total


@dataclass
class Spectrum:
    """The external schema over a Glue database: columns and partitions as the catalogue has them, files of the bucket.

    Nothing that is not registered is shown, and a registered partition shows the files that lie there now.
    """

    dsn: str
    glue: Any
    s3: Any
    database: str
    #: Files of each partition as they were when it was last shown.
    shown: dict[tuple[str, str], str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self) -> None:
        """Show what catalogue and bucket hold now; one partition at a time, and only what changed."""
        with self.lock, closing(psycopg2.connect(self.dsn)) as connection, connection.cursor() as cursor:
            # Of a lock that is held until the end, and another, a deadlock with a reader would be made.
            connection.autocommit = True
            cursor.execute(f"create schema if not exists {SCHEMA}")
            for page in self.glue.get_paginator("get_tables").paginate(DatabaseName=self.database):
                for table in page["TableList"]:
                    self._refresh(cursor, table)

    def _refresh(self, cursor: Any, table: dict[str, Any]) -> None:
        name, [key] = f"{SCHEMA}.{table['Name']}", table["PartitionKeys"]
        columns = [*table["StorageDescriptor"]["Columns"], key]
        listed = {column["Name"]: f'"{column["Name"]}" {GLUE[column["Type"]]}' for column in columns}
        cursor.execute(f"create table if not exists {name} ({', '.join(listed.values())})")
        cursor.execute(
            "select column_name from information_schema.columns where table_schema || '.' || table_name = %s", [name]
        )
        for column in listed.keys() - {known for (known,) in cursor.fetchall()}:
            cursor.execute(f"alter table {name} add column {listed[column]}")
        present = set()
        for page in self.glue.get_paginator("get_partitions").paginate(
            DatabaseName=self.database, TableName=table["Name"]
        ):
            for partition in page["Partitions"]:
                [value] = partition["Values"]
                present.add((table["Name"], value))
                self._show(cursor, table, value, partition["StorageDescriptor"]["Location"])
        for gone in [part for part in self.shown if part[0] == table["Name"] and part not in present]:
            cursor.execute(f'delete from {name} where "{key["Name"]}" = %s', [gone[1]])
            del self.shown[gone]

    def _show(self, cursor: Any, table: dict[str, Any], value: str, location: str) -> None:
        bucket, _, prefix = location.removeprefix("s3://").partition("/")
        files = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        state = f"{[(file['Key'], file['ETag']) for file in files]}"
        if self.shown.get((table["Name"], value)) == state:
            return
        [key] = table["PartitionKeys"]
        names = [column["Name"] for column in table["StorageDescriptor"]["Columns"]]
        cursor.execute(f'delete from {SCHEMA}.{table["Name"]} where "{key["Name"]}" = %s', [value])
        for file in files:
            body = self.s3.get_object(Bucket=bucket, Key=file["Key"])["Body"].read()
            rows = pq.read_table(io.BytesIO(body)).to_pylist()
            lines = [[*(row.get(name) for name in names), value] for row in rows]
            _copy(cursor, f"{SCHEMA}.{table['Name']}", [*names, key["Name"]], lines)
        self.shown[table["Name"], value] = state


def _copy(cursor: Any, table: str, names: list[str], rows: Iterable[Sequence[Any]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["\\N" if value is None else value for value in row] for row in rows])
    text.seek(0)
    listed = ", ".join(f'"{name}"' for name in names)
    cursor.copy_expert(f"copy {table} ({listed}) from stdin (format csv, null '\\N')", text)
