"""From a schedule to plans of its legs: one `schedule` event per leg and date.

The newest schedule wins, by the time it was made; the same schedule told again is the same events. Records of one file
that say different things of one leg are none of them told, as the register declares for rows of such files
(`contradiction`): which of them is right cannot be known from the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from aero_ingest.ssim_legs import DatedLeg, Offsets, expand
from aero_ingest.ssim_records import LegRecord
from aero_streaming.events import Event, EventError, build
from aero_streaming.events.limits import CODES

#: Length of the IATA code of a carrier.
IATA_CHARACTERS = 2
#: Passengers book them; positioning, ferries and test flights are nobody's route.
PASSENGER_SERVICES = frozenset("JCGSQUBR")
#: The reason of the typed step for the rows of such records.
CONTRADICTORY = "contradictory_rows"

Identity = tuple[object, ...]


def legs_between(record: LegRecord, offset_of: Offsets, first: date, last: date) -> list[DatedLeg]:
    """Return the legs of a record on operating dates from `first` to `last`, both included."""
    return [leg for leg in expand(record, offset_of) if first <= leg.operating_date <= last]


def identity(leg: DatedLeg) -> Identity:
    """Return what tells two legs of a file apart: the `identity` of the feed in the register, in its order."""
    record = leg.record
    flight = record.flight
    return (
        flight.carrier, flight.number, flight.suffix, record.leg_sequence, leg.operating_date, record.origin,
        record.block.created_at,
    )  # fmt: skip


def contradictions(legs: Iterable[DatedLeg]) -> dict[Identity, str]:
    """Return the legs of a file of which its records say different things, each with lines and fields that differ."""
    stated: dict[Identity, list[DatedLeg]] = {}
    for leg in legs:
        stated.setdefault(identity(leg), []).append(leg)
    contradicted = {}
    for name, same in stated.items():
        statements = [statement(leg) for leg in same]
        if differing := [field for field in statements[0] if len({statement[field] for statement in statements}) > 1]:
            lines = ", ".join(f"{leg.record.line}" for leg in same)
            contradicted[name] = f"lines {lines} of this file are the same leg and differ in {', '.join(differing)}"
    return contradicted


def schedule_events(
    record: LegRecord,
    legs: Iterable[DatedLeg],
    contradicted: dict[Identity, str],
    made_at: datetime,
    received_at: datetime,
    raw_ref: str | None = None,
) -> Iterator[Event]:
    """Yield the plans of legs of a record; what cannot be one is a finding of the record.

    Records of carriers who only sell the leg, and of services without passengers, say nothing.
    """
    is_told = record.is_operated and record.service_type in PASSENGER_SERVICES
    if is_told and len(record.flight.carrier) != IATA_CHARACTERS:
        record.complain("icao_carrier", f"{record.flight.carrier} is no IATA code; no legs", 3)
        return
    for leg in legs:
        if problem := contradicted.get(identity(leg)):
            record.complain(CONTRADICTORY, f"{leg.operating_date}: {problem}")
        elif is_told:
            try:
                yield build(
                    "schedule", _said(leg), source="schedule", event_time=made_at, received_at=received_at,
                    raw_ref=raw_ref,
                )  # fmt: skip
            except EventError as error:
                code, why = error.problem.code, error.problem.message
                record.complain(code if code in CODES else "no_event", f"{leg.operating_date}: {why}")


def statement(leg: DatedLeg) -> dict[str, object]:
    """Return what a record says of a leg beside its identity, by the names of the typed columns."""
    record = leg.record
    return {
        "season": record.block.season,
        "service_type": record.service_type,
        "destination": record.destination,
        "std_at": leg.std_at,
        "sta_at": leg.sta_at,
        "std_utc_offset_minutes": leg.std_utc_offset_minutes,
        "sta_utc_offset_minutes": leg.sta_utc_offset_minutes,
        "aircraft_type": record.aircraft_type,
        "seats": record.seats,
        "is_operated": record.is_operated,
        "codeshares": tuple(record.codeshares),
    }


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
