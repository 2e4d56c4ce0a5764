"""Events for tests: one good event of every type, and lists of events of one leg made up by Hypothesis to collide."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from aero_streaming.events import build, correct, to_facts
from aero_streaming.events.types import EVENT_TYPES, sources_of
from aero_streaming.merge import merge

LEG = {
    "carrier": "AM",
    "flight_number": 640,
    "operational_suffix": "",
    "leg_sequence": 1,
    "origin": "MEX",
    "destination": "MTY",
    "operating_date": "2026-11-22",
    "std_at": "2026-11-22T19:00:00Z",
    "sta_at": "2026-11-22T20:40:00Z",
    "std_utc_offset_minutes": -360,
    "sta_utc_offset_minutes": -360,
    "tail": "XAAMV",
    "aircraft_type": "738",
    "seats": 160,
    "data_label": "datos sintéticos",
}
STD = datetime(2026, 11, 22, 19, tzinfo=UTC)
#: Past movements lie within minutes of STD, so that an event may be received then.
PAYLOAD: dict[str, dict[str, Any]] = {
    "schedule": {"distance_miles": 447},
    "estimate": {"estimated_out_at": "2026-11-22T19:20:00Z", "estimated_in_at": "2026-11-22T21:00:00Z"},
    "out": {"out_at": "2026-11-22T19:05:00Z"},
    "off": {"off_at": "2026-11-22T19:06:00Z"},
    "on": {"on_at": "2026-11-22T19:07:00Z"},
    "in": {"in_at": "2026-11-22T19:08:00Z"},
    "delay_codes": {"delay_codes": "93:30;41:15"},
    "cancel": {"cancellation_code": "A"},
    "reinstate": {},
    "divert": {"diverted_to": "SLP"},
    "return_to_ramp": {"return_in_at": "2026-11-22T19:06:00Z"},
    "air_return": {"return_on_at": "2026-11-22T19:06:00Z", "return_in_at": "2026-11-22T19:07:00Z"},
    "load": {"passengers": 151},
    "booking": {"days_to_departure": 1, "booked_seats": 140, "booked_revenue_usd": 14_000.5},
    "feedback": {"response_id": "0" * 32, "cabin": "economy", "recommendation": 9, "satisfaction": 5},
}


def at(minutes: float) -> datetime:
    """Return an instant so many minutes after STD."""
    return STD + timedelta(minutes=minutes)


def event(kind: str, minutes: float = 0, received: float | None = None, leg: dict = LEG, **payload):
    """Return an event that happened so many minutes after STD and was received a minute later, or when said."""
    return build(
        kind,
        leg,
        source=payload.pop("source", first_source(kind)),
        event_time=at(minutes),
        received_at=at(minutes + 1 if received is None else received),
        **(PAYLOAD[kind] | payload),
    )


def first_source(kind: str) -> str:
    """Return who usually sends a type."""
    allowed = sources_of(EVENT_TYPES[kind])
    return "ops_event" if "ops_event" in allowed else allowed[-1]


def merged(events) -> dict:
    """Return the leg that the events of one leg describe."""
    [facts] = to_facts(events).values()
    return merge(facts)


SAYING = {
    "tail": st.sampled_from(["XAAMV", "XAAMZ"]),
    "seats": st.sampled_from([160, 166]),
}
TIMES = st.integers(0, 4)


@st.composite
def events_of_one_leg(draw):
    """Up to eight leg events of one leg, some of them corrections of others, received in any order."""
    kinds = st.sampled_from([name for name, kind in EVENT_TYPES.items() if kind.topic == "leg-events"])
    found = []
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(kinds)
        leg = LEG | {name: draw(values) for name, values in SAYING.items() if draw(st.booleans())}
        payload = {}
        if kind in ("out", "off", "on", "in"):
            payload[f"{kind}_at"] = at(draw(TIMES))
        elif kind == "load":
            payload["passengers"] = draw(st.integers(150, 152))
        source = "schedule" if kind == "schedule" else draw(st.sampled_from(["mvt", "ops_event"]))
        found.append(event(kind, draw(TIMES), draw(TIMES) + 5, leg, source=source, **payload))
    corrected = draw(st.lists(st.sampled_from(found), max_size=3))
    return [*found, *(correct(event, at(draw(TIMES) + 5), tail=draw(SAYING["tail"])) for event in corrected)]
