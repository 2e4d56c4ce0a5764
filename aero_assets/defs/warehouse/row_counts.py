"""Row counts of warehouse tables, as metadata of the asset that was built."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg

from aero_assets.defs.warehouse.failures import UNDATED


def with_row_counts(
    context: dg.AssetExecutionContext, events: Iterable[Any], counted: Mapping[tuple[str, str], int], days: list[str]
) -> Iterator[Any]:
    """Yield dbt's results; a model has the number of rows of its table now, and the dates that this run built."""
    dates = {} if days == [UNDATED] else {"dates": days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"}
    for event in events:
        if not isinstance(event, dg.Output):
            yield event
            continue
        *_, schema, table = ("", *context.asset_key_for_output(event.output_name).path)
        rows = counted.get((schema, table))
        known = {} if rows is None else {"dagster/row_count": rows}
        yield event.with_metadata({**(event.metadata or {}), **known, **dates})
