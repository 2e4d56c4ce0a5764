"""Legs of an operating date as they were known at any time: merged from the records that had been received by then.

Nothing is written. A record that came later replaces nothing, so what it corrected stands, as in `fct_leg_at_close`;
a test compares both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aero_assets.trace.records import merged_legs
from aero_streaming.merge.leg_times import judge

if TYPE_CHECKING:
    from aero_assets.lake import LakeCopy

#: Columns of `fct_leg` that a known leg has, in its order.
COLUMNS = (
    "leg_uid", "operating_date", "carrier", "flight_number", "operational_suffix", "leg_sequence", "origin",
    "destination", "route", "tail", "aircraft_type", "std_at", "sta_at", "out_at", "off_at", "on_at", "in_at",
    "attempts", "time_problem", "is_cancelled", "cancellation_code", "is_diverted", "is_operated",
    "departure_delay_minutes", "arrival_delay_minutes", "delay_codes", "seats", "passengers", "data_label",
)  # fmt: skip
MINUTE = timedelta(minutes=1)


def known_legs(copy: LakeCopy, day: date, known_by: datetime | None, scratch: Path) -> list[dict[str, Any]]:
    """Return the legs of a date as known at a time (UTC; None: now), by STD; those without a record are absent."""
    legs = merged_legs(copy, day, None, scratch, known_by=known_by.replace(tzinfo=None) if known_by else None)
    rows = [_leg({**leg.identity, **leg.values}) for leg in legs.values() if leg.values]
    return sorted(rows, key=lambda row: (row["std_at"] or datetime.max, row["carrier"], row["flight_number"],  # noqa: DTZ901
                                         row["leg_uid"]))  # fmt: skip


def _leg(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a merged leg with status and delays, as the macro `leg_figures` of dbt makes them."""
    judged = judge(values)
    is_cancelled = bool(values.get("is_cancelled"))
    is_diverted = bool(values.get("is_diverted")) and not is_cancelled
    movements = ("out_at", "last_out_at", "off_at", "on_at", "in_at")
    is_departed = bool(values.get("is_diverted")) or any(values.get(name) for name in movements)
    delay = _minutes(judged.times["std_at"], judged.times["out_at"])
    arrival = _minutes(judged.times["sta_at"], judged.times["in_at"])
    destination = values.get("destination")
    leg = dict(values) | {
        "route": f"{values['origin']}-{destination}" if destination else None,
        "time_problem": judged.time_problem,
        "is_cancelled": is_cancelled,
        "cancellation_code": values.get("cancellation_code") if is_cancelled else None,
        "is_diverted": is_diverted,
        "is_operated": is_departed and not is_cancelled,
        "departure_delay_minutes": delay,
        "arrival_delay_minutes": None if is_cancelled or is_diverted else arrival,
        "delay_codes": None if is_cancelled else values.get("delay_codes"),
    }
    return {name: _value(name, leg.get(name)) for name in COLUMNS}


def _minutes(earlier: str | None, later: str | None) -> int | None:
    """Return whole minutes, truncated toward minus infinity; None where a time is unknown or doubtful."""
    if earlier is None or later is None:
        return None
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)) // MINUTE


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - any column
    """Return a value as the marts hold it: times in UTC without a zone."""
    if value is None or not name.endswith("_at"):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=None)
