"""Row counts of warehouse tables, as metadata of the asset that was built."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from aero_assets.defs.warehouse.failures import UNDATED


def row_counts(warehouse: Path) -> dict[tuple[str, str], int]:
    """Return the number of rows of every table by schema and name; views are not counted, as that would run them."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        counted = {}
        for schema, table in tables:
            [(rows,)] = connection.execute(f'select count(*) from "{schema}"."{table}"').fetchall()
            counted[schema, table] = rows
    return counted


def with_row_counts(
    context: dg.AssetExecutionContext, events: Iterable[Any], warehouse: Path, days: list[str]
) -> Iterator[Any]:
    """Yield dbt's results; a model has the number of rows of its table now, and the dates that this run built."""
    counted = row_counts(warehouse) if warehouse.exists() else {}
    dates = {} if days == [UNDATED] else {"dates": days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"}
    for event in events:
        if not isinstance(event, dg.Output):
            yield event
            continue
        *_, schema, table = ("", *context.asset_key_for_output(event.output_name).path)
        rows = counted.get((schema, table))
        known = {} if rows is None else {"dagster/row_count": rows}
        yield event.with_metadata({**(event.metadata or {}), **known, **dates})
