"""From a leg record of a schedule to plans of its legs: one `schedule` event per leg and date.

The newest schedule wins, by the time it was made; the same schedule told again is the same events.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from aero_ingest.ssim_legs import DatedLeg, Offsets, expand
from aero_ingest.ssim_records import LegRecord
from aero_streaming.event_limits import CODES
from aero_streaming.events import Event, EventError, build

#: Passengers book them; positioning, ferries and test flights are nobody's route.
PASSENGER_SERVICES = frozenset("JCGSQUBR")


def schedule_events(
    record: LegRecord,
    offset_of: Offsets,
    first: date,
    last: date,
    made_at: datetime,
    received_at: datetime,
    raw_ref: str | None = None,
) -> Iterator[Event]:
    """Yield the plans of a record's legs on operating dates from `first` to `last`, both included.

    Records of carriers who only sell the leg, and of services without passengers, say nothing.
    """
    if not record.is_operated or record.service_type not in PASSENGER_SERVICES:
        return
    if len(record.flight.carrier) != len("AM"):
        record.complain("icao_carrier", f"{record.flight.carrier} is no IATA code; no legs", 3)
        return
    for leg in expand(record, offset_of):
        if not first <= leg.operating_date <= last:
            continue
        try:
            yield build(
                "schedule", _said(leg), source="schedule", event_time=made_at, received_at=received_at, raw_ref=raw_ref
            )
        except EventError as error:
            code, why = error.problem.code, error.problem.message
            record.complain(code if code in CODES else "no_event", f"{leg.operating_date}: {why}")


def _said(leg: DatedLeg) -> dict[str, object]:
    record = leg.record
    return {
        "carrier": record.flight.carrier,
        "flight_number": record.flight.number,
        "operational_suffix": record.flight.suffix,
        "leg_sequence": record.leg_sequence,
        "origin": record.origin,
        "destination": record.destination,
        "operating_date": leg.operating_date.isoformat(),
        "std_at": leg.std_at,
        "sta_at": leg.sta_at,
        "std_utc_offset_minutes": leg.std_utc_offset_minutes,
        "sta_utc_offset_minutes": leg.sta_utc_offset_minutes,
        "aircraft_type": record.aircraft_type or None,
        "seats": record.seats,
    }
