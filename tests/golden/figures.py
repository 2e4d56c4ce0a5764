"""The golden days of figures: their legs as events for every engine, and answers that were worked out by hand."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aero_streaming.events import Event, build

MILES = 625
Answer = tuple[float, float | None]


@dataclass(frozen=True)
class GoldenDay:
    """Events in order of arrival, and each figure as of a time: numerator and denominator, some with a factor."""

    on: str
    as_of: datetime
    events: tuple[Event, ...]
    answers: dict[str, Answer]
    factors: dict[str, float]
    legs: int


def golden_day(name: str = "figures") -> GoldenDay:
    """Read a table: `figures` has a leg of every kind, `two_hundred_legs` the day that was three numbers once."""
    table = json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
    legs = [leg for leg in table["legs"] for _ in range(leg.get("count", 1))]
    on = table["operating_date"]
    found = [event for number, leg in enumerate(legs, 100) for event in _events(on, number, leg)]
    answers = {kpi_id: (answer[0], answer[1]) for kpi_id, answer in table["answers"].items()}
    factors = {kpi_id: answer[2] for kpi_id, answer in table["answers"].items() if len(answer) > 2}
    events = tuple(sorted(found, key=lambda event: event["received_at"]))
    return GoldenDay(on, datetime.fromisoformat(table["as_of"]), events, answers, factors, len(legs))


def _events(on: str, number: int, leg: dict[str, Any]) -> list[Event]:
    def moment(clock: str) -> datetime:
        return _at(on, clock)

    std = moment(f"{leg['std']}:00")
    plan = {
        "carrier": "AM", "flight_number": number, "operational_suffix": "", "leg_sequence": 1, "origin": "MEX",
        "destination": "MTY", "operating_date": on, "std_at": _text(std), "sta_at": _text(std + timedelta(hours=2)),
        "std_utc_offset_minutes": -360, "sta_utc_offset_minutes": -360, "tail": f"XA{number}", "aircraft_type": "738",
        "seats": leg.get("seats"), "data_label": None,
    }  # fmt: skip

    def told(kind: str, at: datetime, source: str = "ops_event", **payload: Any) -> Event:
        return build(kind, plan, source=source, event_time=at, received_at=at + timedelta(seconds=30), **payload)

    found = [told("schedule", moment("06:00:00"), "schedule", distance_miles=MILES)]
    for name, kind, field in (
        ("out", "out", "out_at"), ("returned", "return_to_ramp", "return_in_at"), ("out_again", "out", "out_at"),
        ("off", "off", "off_at"), ("on", "on", "on_at"), ("in", "in", "in_at"),
    ):  # fmt: skip
        if name in leg:
            at = moment(leg[name])
            found.append(told(kind, at, **{field: _text(at)}))
    if "cancelled" in leg:
        found.append(told("cancel", moment(leg["cancelled"]), cancellation_code="A"))
    if "diverted" in leg:
        found.append(told("divert", moment(leg["diverted"]), diverted_to="SLP"))
    if "passengers" in leg:
        found.append(told("load", std - timedelta(minutes=5), passengers=leg["passengers"]))
    return found


def _at(on: str, clock: str) -> datetime:
    """A time of the day; 24:00 is midnight UTC, when it is still the day before in Mexico."""
    hours, minutes, seconds = map(int, clock.split(":"))
    return datetime.fromisoformat(on).replace(tzinfo=UTC) + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


GOLDEN = {name: golden_day(name) for name in ("figures", "two_hundred_legs")}
CASES = [(name, kpi_id) for name, day in GOLDEN.items() for kpi_id in day.answers]
"""Every figure of every golden day."""
