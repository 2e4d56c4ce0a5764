"""Questions to a warehouse, each a function over open sessions: PostgreSQL answers those in tests that it can."""

import io
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from aero_assets.defs.catalog.glue import TypedCatalog, table_name
from aero_assets.feeds import Feed
from aero_assets.manifests import ArrivalManifest, TypedFile
from aero_assets.storage import Bucket
from aero_assets.warehouses import SPECTRUM, QueryError, Warehouse
from tools.redshift_lint import compiled

#: No time that a source sends lies outside.
FIRST, AFTER = datetime(1990, 1, 1), datetime(2101, 1, 1)  # noqa: DTZ001 - the lake holds UTC without a zone
VIEWS_SECONDS = 120


def files_of_last_date(manifests: Iterable[ArrivalManifest], feed: Feed) -> list[TypedFile]:
    """Return the files of the last date that a feed has rows of."""
    files = [file for manifest in manifests if manifest.feed == feed.path for file in manifest.files]
    return [file for file in files if file.date == max(file.date for file in files)]


def first_and_last(warehouse: Warehouse, feed: Feed, files: Sequence[TypedFile]) -> dict[str, tuple[Any, Any]]:
    """Return the first and the last value of every time in files of a feed, as the engine reads them."""
    names = [column.name for column in feed.file_columns if column.type == "TIMESTAMP"]
    if not names:
        return {}
    values = ", ".join(f'min("{name}"), max("{name}")' for name in names)
    [row] = warehouse.rows(f"select {values} from {warehouse.typed(feed, files)}")
    return dict(zip(names, zip(row[::2], row[1::2], strict=True), strict=True))


def impossible(times: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """Return the columns with a time that no source sends: one that was read in another unit."""
    return [name for name, limits in times.items() for value in limits if value and not FIRST <= value < AFTER]


def queries(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the compiled query of every model and data test by its name."""
    return {file.stem: file.read_text(encoding="utf-8") for file in compiled(folder, environ)}


def refused(warehouse: Warehouse, named: Mapping[str, str]) -> list[str]:
    """Return the queries that the engine cannot plan, with its reasons."""
    problems = []
    for name, sql in named.items():
        try:
            warehouse.explain(f"select * from (\n{sql}\n) as planned")
        except QueryError as error:
            problems.append(f"{name}: {error}")
    return problems


def partitions_read(warehouse: Warehouse, query: str) -> int:
    """Run a query over external tables; return the most partitions that it read of one of them."""
    mark = uuid4().hex
    warehouse.execute(f"{query} /* {mark} */")
    asked = (
        "select max(d.qualified_partitions) from sys_external_query_detail d "
        f"join sys_query_history h on h.query_id = d.query_id where h.query_text like '%{mark}%'"
    )
    until = time.monotonic() + VIEWS_SECONDS
    # The views of the system follow with a delay.
    while not (rows := [row for row in warehouse.rows(asked) if row[0] is not None]) and time.monotonic() < until:
        time.sleep(2)
    return int(rows[0][0])


def conflict(first: Warehouse, other: Warehouse, table: str, begin: str = "begin") -> tuple[list[str], int]:
    """Replace the rows of the same day in two sessions at once; return the errors and the rows afterwards."""
    other.execute(f"drop table if exists {table}")
    other.execute(f"create table {table} as select cast('2026-01-01' as date) as operating_date, 1 as a")
    errors: list[str] = []

    def take_over(session: Warehouse) -> None:
        try:
            session.execute(f"delete from {table} where operating_date = cast('2026-01-01' as date)")
            session.execute(f"insert into {table} select cast('2026-01-01' as date), 2")
            session.execute("commit")
        except QueryError as error:
            errors.append(f"{error}")
            session.execute("rollback")

    try:
        for session in (first, other):
            session.execute(begin)
            # A snapshot is taken by the first statement that reads.
            session.rows(f"select count(*) from {table}")
        # The second waits for the first one's locks.
        first.execute(f"delete from {table} where operating_date = cast('2026-01-01' as date)")
        waiting = threading.Thread(target=take_over, args=(other,))
        waiting.start()
        time.sleep(1)
        take_over(first)
        waiting.join()
        return errors, first.rows(f"select count(*) from {table}")[0][0]
    finally:
        first.execute(f"drop table {table}")


def column_added_later(
    rows: Callable[[str], list[tuple[Any, ...]]], catalog: TypedCatalog, lake: Bucket, feed: Feed
) -> list[Any]:
    """Register a partition of a copy of a feed before and after its last text was added; return the texts it shows."""
    late = [column for column in feed.file_columns if column.type == "VARCHAR"][-1]
    copied = replace(feed, name=f"account_{uuid4().hex[:8]}")
    older = replace(copied, columns=tuple(column for column in copied.columns if column != late))
    key, file = f"typed/{copied.path}/{copied.business_date}=2026-01-01/file.parquet", io.BytesIO()
    pq.write_table(pa.table({late.name: ["late"]}), file)
    lake.write(key, file.getvalue())
    try:
        for version in (older, copied):
            catalog.register(version, ["2026-01-01"])
        table, day = f"{SPECTRUM}.{table_name(copied)}", f"{copied.business_date} = cast('2026-01-01' as date)"
        return [text for (text,) in rows(f"select {late.name} from {table} where {day}")]
    finally:
        catalog.glue.delete_table(DatabaseName=catalog.database, Name=table_name(copied))
        lake.delete([key])


def is_conflict(error: str) -> bool:
    """Return True for the error with which a session loses against another one."""
    return re.search(r"1023|serializable|could not serialize|concurrent", error, re.IGNORECASE) is not None
