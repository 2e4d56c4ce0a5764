"""The last complete operating date, on which every leg is due: figures end there by default.

Pages and `aero metrics` end there. A published schedule reaches further: its legs are not due, so they are in no share,
but they are in plain sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import duckdb


def span(connection: duckdb.DuckDBPyConnection) -> tuple[date, date, date] | None:
    """Return the first operating date with legs, the last complete one and the last one; None if there are no legs.

    A day is complete when every leg of it is due. If no day is, the last date is returned as the last complete one.
    """
    dates = connection.execute(
        "with days as (select operating_date, bool_and(is_departure_due and is_arrival_due) as is_complete "
        "from operations.fct_leg group by operating_date) select min(operating_date), "
        "coalesce(max(operating_date) filter (is_complete), max(operating_date)), max(operating_date) from days"
    ).fetchone()
    return (dates[0], dates[1], dates[2]) if dates and dates[0] else None
