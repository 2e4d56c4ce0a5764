"""Days of the synthetic airline as a table of legs: the form of the published marts, which a backtest reads."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from aero_airline import parameters as p
from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_airline.geography import offset
from aero_airline.leg import Leg
from aero_airline.leg_life import minute_text
from aero_streaming.events.checks import leg_uid


def rows(airline: Airline, on: date) -> dict[str, dict[str, Any]]:
    """Return the legs of a day as rows of a table of legs, by leg_uid."""
    known_at = _cancelled_at(airline, on)
    legs = {uid_of(leg): leg for leg in airline.day(on).legs}
    return {uid: _row(uid, leg, known_at) for uid, leg in legs.items()}


def uid_of(leg: Leg) -> str:
    """Return the identity of a leg."""
    return leg_uid(leg.carrier, leg.flight_number, "", leg.origin, leg.operating_date, leg.leg_sequence)


def _cancelled_at(airline: Airline, on: date) -> dict[str, str]:
    """Return the time at which each cancellation was sent, by leg_uid."""
    events = day_events(airline, on, faults=False)
    return {event["leg_uid"]: event["event_time"] for event in events if event["event_type"] == "cancel"}


def _row(uid: str, leg: Leg, known_at: Mapping[str, str]) -> dict[str, Any]:
    """Return a leg as a row of a table of legs."""
    times = {
        "std_at": leg.std,
        "sta_at": leg.sta,
        "out_at": leg.first_out or leg.out,
        "off_at": leg.off,
        "on_at": leg.on,
        "in_at": leg.in_,
    }
    return {
        "leg_uid": uid,
        "carrier": leg.carrier,
        "flight_number": leg.flight_number,
        "leg_sequence": leg.leg_sequence,
        "origin": leg.origin,
        "destination": leg.destination,
        "operating_date": f"{leg.operating_date}",
        "tail": leg.tail,
        "aircraft_type": leg.aircraft_type,
        "is_cancelled": leg.is_cancelled,
        "cancelled_at": known_at.get(uid),
        "is_diverted": leg.is_diverted,
        "std_utc_offset_minutes": offset(leg.origin, leg.std),
        "data_label": p.DATA_LABEL,
        **{name: None if minute is None else minute_text(minute) for name, minute in times.items()},
    }
