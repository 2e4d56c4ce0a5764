"""The sums of the register of figures that the stream keeps, as `flink.sql` counts them."""

from aero_streaming.figures import Sum, figures

COUNTS = {"leg": "counts", "departure": "counts AND departs", "arrival": "counts AND arrives"}
"""Whether a leg counts for a scope that it belongs to: a station has departures or arrivals only."""


def sums() -> dict[str, str]:
    """Return what fills in `flink.sql`; sums of what is due are left to who knows the time."""
    kept = [one for one in figures().kept_in("stream") if not one.due_flag]
    return {
        "sum_columns": ", ".join(f"{one.id} BIGINT" for one in kept),
        "sum_names": ", ".join(one.id for one in kept),
        "measures": ",\n  ".join(f"{_measure(one)} AS {one.id}" for one in kept),
        "sums": ",\n  ".join(f"SUM(CAST({one.id} AS BIGINT)) AS {one.id}" for one in kept),
    }


def _measure(one: Sum) -> str:
    """Return the SQL of a leg's part in a sum; the views say `cancelled` where `fct_leg` says `is_cancelled`."""
    condition = one.condition_sql(_column)
    counts = f"{COUNTS[one.side]} AND ({condition})" if condition else COUNTS[one.side]
    if one.total is None:
        value = "1"
    elif one.floor is None:
        value = f"COALESCE({_column(one.total)}, 0)"
    else:
        value = f"GREATEST(COALESCE({_column(one.total)}, {one.floor}), {one.floor})"
    return f"CASE WHEN {counts} THEN {value} ELSE 0 END"


def _column(name: str) -> str:
    return name.removeprefix("is_")
