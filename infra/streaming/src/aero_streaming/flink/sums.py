"""The sums of the register of figures that the stream keeps, as `flink.sql` counts them."""

from aero_streaming.figures import Sum, figures

COUNTS = {"leg": "counts", "departure": "counts AND departs", "arrival": "counts AND arrives"}
"""Whether a leg counts for a scope that it belongs to: a station has departures or arrivals only."""


def sums() -> dict[str, str]:
    """Return what fills in `flink.sql`; sums of what is due are left to who knows the time."""
    kept = [part for part in figures().kept_in("stream") if not part.due_flag]
    return {
        "sum_columns": ", ".join(f"{part.id} BIGINT" for part in kept),
        "sum_names": ", ".join(part.id for part in kept),
        "measures": ",\n  ".join(f"{_measure(part)} AS {part.id}" for part in kept),
        "sums": ",\n  ".join(f"SUM(CAST({part.id} AS BIGINT)) AS {part.id}" for part in kept),
    }


def _measure(part: Sum) -> str:
    """Return the SQL of a leg's part in a sum; the views say `cancelled` where `fct_leg` says `is_cancelled`."""
    condition = part.condition_sql(_column)
    counts = f"{COUNTS[part.side]} AND ({condition})" if condition else COUNTS[part.side]
    if part.total is None:
        value = "1"
    elif part.floor is None:
        value = f"COALESCE({_column(part.total)}, 0)"
    else:
        value = f"GREATEST(COALESCE({_column(part.total)}, {part.floor}), {part.floor})"
    return f"CASE WHEN {counts} THEN {value} ELSE 0 END"


def _column(name: str) -> str:
    return name.removeprefix("is_")
