"""A typed lake as tables of the external schema, as Spectrum would show it: one table a feed, its date column last."""

import csv
import io
from pathlib import Path

import duckdb
import psycopg2

from aero_assets.feeds import feeds

SCHEMA = "spectrum_typed"
#: Glue's `string` has no width.
TYPES = {"VARCHAR": "varchar(65535)", "DOUBLE": "double precision"}


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
            text = io.StringIO()
            csv.writer(text).writerows([["\\N" if value is None else value for value in row] for row in rows])
            text.seek(0)
            cursor.copy_expert(f"copy {table} ({names}) from stdin (format csv, null '\\N')", text)
            total += len(rows)
    return total
