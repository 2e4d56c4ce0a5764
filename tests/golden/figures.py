"""The golden day of figures: its legs as events for every engine, and the answers, which were worked out by hand."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aero_streaming.events import Event, build

TABLE = json.loads((Path(__file__).parent / "figures.json").read_text(encoding="utf-8"))
AS_OF = datetime.fromisoformat(TABLE["as_of"])
ON = TABLE["operating_date"]
MILES = 625
Answer = tuple[float, float | None]


@dataclass(frozen=True)
class GoldenDay:
    """What happened, in order of arrival, and what each figure is: numerator and denominator."""

    events: tuple[Event, ...]
    answers: dict[str, Answer]


def golden_day() -> GoldenDay:
    """Read the table."""
    found = [event for number, leg in enumerate(TABLE["legs"], 100) for event in _events(number, leg)]
    answers = {name: (over, under) for name, (over, under) in TABLE["answers"].items()}
    return GoldenDay(tuple(sorted(found, key=lambda event: event["received_at"])), answers)


def _events(number: int, leg: dict[str, Any]) -> list[Event]:
    std = _at(f"{leg['std']}:00")
    plan = {
        "carrier": "AM", "flight_number": number, "operational_suffix": "", "leg_sequence": 1, "origin": "MEX",
        "destination": "MTY", "operating_date": ON, "std_at": _text(std), "sta_at": _text(std + timedelta(hours=2)),
        "std_utc_offset_minutes": -360, "sta_utc_offset_minutes": -360, "tail": f"XA{number}", "aircraft_type": "738",
        "seats": leg.get("seats"), "data_label": None,
    }  # fmt: skip

    def told(kind: str, at: datetime, source: str = "ops_event", **payload: Any) -> Event:
        return build(kind, plan, source=source, event_time=at, received_at=at + timedelta(seconds=30), **payload)

    found = [told("schedule", _at("06:00:00"), "schedule", distance_miles=MILES)]
    for name, kind, field in (
        ("out", "out", "out_at"), ("returned", "return_to_ramp", "return_in_at"), ("out_again", "out", "out_at"),
        ("in", "in", "in_at"),
    ):  # fmt: skip
        if name in leg:
            at = _at(leg[name])
            found.append(told(kind, at, **{field: _text(at)}))
    if "cancelled" in leg:
        found.append(told("cancel", _at(leg["cancelled"]), cancellation_code="A"))
    if "diverted" in leg:
        found.append(told("divert", _at(leg["diverted"]), diverted_to="SLP"))
    if "passengers" in leg:
        found.append(told("load", std - timedelta(minutes=5), passengers=leg["passengers"]))
    return found


def _at(clock: str) -> datetime:
    """A time of the day; 24:00 is midnight UTC, when it is still the day before in Mexico."""
    hours, minutes, seconds = map(int, clock.split(":"))
    return datetime.fromisoformat(ON).replace(tzinfo=UTC) + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
