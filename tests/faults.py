"""Faults of a step, put in from outside: readers, engines and stores that lose, double, invent or mix rows.

They stand where the real ones stand and leave all counting alone. Used by the tests of the balance and by
`proof/mutations.py`.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from aero_assets.defs.typed.readers import read
from aero_assets.storage import StoredObject
from tests.fakes import FolderBucket

KINDS = ("lose", "double", "invent", "mix")


def mutated(records: list[dict[str, Any]], kind: str, column: str) -> list[dict[str, Any]]:
    """Return two or more records with one fault: one lost, doubled, invented, or two that swapped a column."""
    first, second, *rest = records
    if kind == "lose":
        return [second, *rest]
    if kind == "double":
        return [*records, second]
    if kind == "invent":
        return [*records, second | {column: first[column]}]
    return [first | {column: second[column]}, second | {column: first[column]}, *rest]


def reader(kind: str) -> Callable[..., pa.RecordBatchReader]:
    """A reader of lines with one fault; what it mixes is the carrier (the fifth value) of two lines."""

    def faulty(*asked: Any) -> pa.RecordBatchReader:
        table = read(*asked).read_all()
        lines = table.to_pylist()
        split = [{**line, "cells": line["body"].split(",")} for line in lines]
        if kind in ("invent", "mix"):
            split = [line | {"carrier": line["cells"][4]} for line in split]
            split = mutated(split, kind, "carrier")
            for line in split:
                line["body"] = ",".join([*line["cells"][:4], line["carrier"], *line["cells"][5:]])
        else:
            split = mutated(split, kind, "body")
        found = pa.Table.from_pylist(
            [{name: line[name] for name in table.column_names} for line in split], table.schema
        )
        return pa.RecordBatchReader.from_batches(found.schema, found.to_batches())

    return faulty


def spoil(path: Path, kind: str, column: str) -> None:
    """Write a Parquet file of two or more rows again, with one fault."""
    table = pq.read_table(path)
    if table.num_rows > 1:
        pq.write_table(pa.Table.from_pylist(mutated(table.to_pylist(), kind, column), table.schema), path)


class Engine:
    """A DuckDB connection that does something after a statement that contains a text; the act gets that statement."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, after: str, act: str | Callable[[str], Any]) -> None:
        self._connection, self._after, self._act = connection, after, act

    def execute(self, sql: str, *given: Any) -> Any:
        done = self._connection.execute(sql, *given)
        if self._after not in sql:
            return done
        return self._connection.execute(self._act) if isinstance(self._act, str) else self._act(sql)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class Store(FolderBucket):
    """A bucket that spoils the Parquet files below a prefix while it takes them in."""

    def __init__(self, root: Path, prefix: str, kind: str, column: str) -> None:
        super().__init__(root)
        self.prefix, self.kind, self.column = prefix, kind, column

    def upload(self, path: Path, key: str) -> StoredObject:
        if key.startswith(self.prefix) and key.endswith(".parquet"):
            path = Path(shutil.copy(path, path.with_name("spoiled.parquet")))
            spoil(path, self.kind, self.column)
        return super().upload(path, key)
