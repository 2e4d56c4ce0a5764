"""The vocabulary of events, as data: topics, event types, and every field with its form and meaning.

`event.py` builds and reads events from these tables, `schema.py` writes them as JSON Schema. Raise
`SCHEMA_VERSION` when a field goes or changes its meaning; a new optional field needs no new version, readers keep what
they do not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from aero_streaming.merge import SOURCES

SCHEMA_VERSION = 1

Kind = Literal["text", "integer", "number", "boolean", "timestamp", "date"]

HASH = "[0-9a-f]{32}"
AIRPORT = "[A-Z]{3}"
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIMESTAMP = f"{DATE}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}([.][0-9]{{1,6}})?Z"
#: The codes of AHM 730, as seeds/reference/delay_codes.csv lists them; there is no 10, 49 or 74.
DELAY_CODE = "(0[0-9]|[123689][1-9]|4[1-8]|5[125-8]|7[1-35-7])"
DELAY_CODES = f"{DELAY_CODE}:[1-9][0-9]{{0,3}}(;{DELAY_CODE}:[1-9][0-9]{{0,3}}){{0,3}}"
BIGGEST = 2**31 - 1
#: Versions that are made of a time have this many numbers per minute since then, which fits 31 bits until 2050.
EDITIONS = 64
VERSIONS_BEGIN = datetime(1987, 1, 1, tzinfo=UTC)
#: Counts of files and of the database: a flight number has at most so many legs, no leg leaves its stand more often in
#: the days in which it may, and nobody corrects a row more often. A higher number is a date, a serial or a sum.
MOST_SEQUENCE, MOST_ATTEMPTS, MOST_VERSIONS = 99, 20, 100_000
#: UTC offsets (minutes) of the clocks of the world: -12:00 to +14:00; since 1987 all are whole quarters of an hour.
WESTMOST, EASTMOST, OFFSET_STEP = -12 * 60, 14 * 60, 15


@dataclass(frozen=True)
class Field:
    """A field of an event: its form and what it says.

    `least` and `most` bound numbers, which are multiples of `step`; `pattern` is the whole text.
    """

    name: str
    kind: Kind
    description: str
    required: bool = False
    pattern: str = ""
    least: int | None = None
    most: int | None = None
    step: int = 1


def _text(name: str, pattern: str, description: str, required: bool = False) -> Field:
    return Field(name, "text", description, required, pattern)


def _whole(name: str, least: int, most: int, description: str, required: bool = False) -> Field:
    return Field(name, "integer", description, required, least=least, most=most)


def _offset(name: str, description: str) -> Field:
    return Field(name, "integer", description, least=WESTMOST, most=EASTMOST, step=OFFSET_STEP)


def _time(name: str, description: str, required: bool = False) -> Field:
    return Field(name, "timestamp", description, required, TIMESTAMP)


ENVELOPE = (
    _text("event_id", HASH, "The same fact has the same id, however often it is sent.", True),
    _text("event_type", "[a-z_]{2,32}", "Kind of event; it decides the payload.", True),
    _whole("schema_version", 1, BIGGEST, "Version of this vocabulary.", True),
    _text("source", "[a-z_]{2,32}", "Source of the event; ranked by the merge table.", True),
    _time("event_time", "Time at which it happened or was decided; a correction keeps that time.", True),
    _time("received_at", "Time at which the platform first received it; later copies keep it.", True),
    _whole("version", 1, BIGGEST, "The higher version of a fact wins.", True),
    Field("is_correction", "boolean", "True if it replaces something that was said before.", True),
    _text("raw_ref", ".{1,512}", "Place of the record as received."),
)
LEG = (
    _text("leg_uid", HASH, "Identity of the operated leg; the key of the topic.", True),
    _text("carrier", "([A-Z][A-Z0-9]|[0-9][A-Z])", "IATA code of the operating carrier.", True),
    _whole("flight_number", 1, 9999, "Flight number without carrier and suffix.", True),
    _text("operational_suffix", "[A-Z]?", "Letter that tells two flights of one number apart; empty if none.", True),
    _whole(
        "leg_sequence",
        1,
        MOST_SEQUENCE,
        "Number of the visit to the origin, or position in the flight.",
        True,
    ),
    _text("origin", AIRPORT, "IATA code of the scheduled departure airport.", True),
    _text("destination", AIRPORT, "IATA code of the scheduled arrival airport; a diversion does not change it."),
    Field("operating_date", "date", "Scheduled date of departure on the clock of the origin.", True, DATE),
    _time("std_at", "Scheduled off-block time."),
    _time("sta_at", "Scheduled on-block time."),
    _offset("std_utc_offset_minutes", "Minutes to add to std_at for the origin's local time."),
    _offset("sta_utc_offset_minutes", "Minutes to add to sta_at for the destination's local time."),
    _text("tail", "[A-Z0-9]{2,7}", "Registration without hyphen."),
    _text("aircraft_type", "[A-Z0-9]{3}", "IATA code of the aircraft type."),
    _whole("seats", 1, 900, "Seats of that aircraft."),
    _text("data_label", ".{1,64}", "datos sintéticos where it is made up; absent for real data."),
)
#: Fields that describe the leg in an event beside its identity: as far as its source knows.
DESCRIPTION = tuple(f.name for f in LEG if not f.required)


@dataclass(frozen=True)
class Topic:
    """A Kafka topic, the same on the laptop and on MSK: the field that keys it, who may send to it, how it is kept."""

    name: str
    sources: tuple[str, ...]
    key: str = "leg_uid"
    #: Records of one key stay in one partition, so this number is for good.
    partitions: int = 3
    #: Time for Flink and Firehose to catch up with; the raw zone keeps everything for ever.
    retention_hours: int = 72


TOPICS = {
    topic.name: topic
    for topic in (
        Topic("leg-events", SOURCES),
        Topic("bookings", ("reservations",)),
        Topic("feedback", ("survey",)),
    )
}


@dataclass(frozen=True)
class EventType:
    """One kind of event: its fields, and its part in the leg merge.

    `describes_leg`: the leg's description in it counts, because its sender sees the plan or the aircraft; elsewhere it
    travels for the reader's sake. `is_dated`: a later one replaces an earlier one whatever arrives first, so its
    version is made from its event time. `states` are merge fields that it says by being there. `needs_any`: one of
    these must be there.
    """

    name: str
    description: str
    fields: tuple[Field, ...] = ()
    topic: str = "leg-events"
    describes_leg: bool = False
    is_actual: bool = True
    is_dated: bool = False
    states: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    needs_any: tuple[str, ...] = ()
    #: Fields of the leg that are optional elsewhere and without which this type says nothing.
    needs_leg: tuple[str, ...] = ()


CAUSES = tuple(
    _whole(f"{cause}_delay_minutes", 0, 10_000, f"Arrival delay minutes attributed to {meaning}.")
    for cause, meaning in (
        ("carrier", "the carrier"),
        ("weather", "extreme weather"),
        ("nas", "the national airspace system"),
        ("security", "security"),
        ("late_aircraft", "the aircraft arriving late"),
    )
)
ESTIMATES = tuple(
    _time(f"estimated_{name}_at", f"Estimated {meaning}.")
    for name, meaning in (("out", "off-block"), ("off", "take-off"), ("on", "touchdown"), ("in", "on-block"))
)
AS_PLANNED = MappingProxyType({"is_cancelled": False, "is_diverted": False})


def _movement(name: str, meaning: str) -> EventType:
    fields = (_time(f"{name}_at", f"Actual {meaning}.", True),)
    return EventType(name, f"{meaning.capitalize()}, of a diverted leg only at its destination.", fields,
                     describes_leg=True)  # fmt: skip


EVENT_TYPES = {
    kind.name: kind
    for kind in (
        EventType("schedule", "The plan of the leg, or its change.",
                  (_whole("distance_miles", 1, 10_000, "Great-circle distance, statute miles."),),
                  describes_leg=True, is_dated=True, states=AS_PLANNED,
                  needs_leg=("destination", "std_at")),
        EventType("estimate", "Expected times of departure and of arrival of the leg.", ESTIMATES, describes_leg=True,
                  is_actual=False, is_dated=True, states=AS_PLANNED, needs_any=tuple(f.name for f in ESTIMATES)),
        _movement("out", "off-block"),
        _movement("off", "take-off"),
        _movement("on", "touchdown"),
        _movement("in", "on-block"),
        EventType("delay_codes", "Delay codes of the leg so far; they replace the codes before.",
                  (_text("delay_codes", DELAY_CODES, "IATA AHM 730 codes with minutes: 93:30;41:15."), *CAUSES),
                  needs_any=("delay_codes", *(f.name for f in CAUSES))),
        EventType("cancel", "The leg will not fly.",
                  (_text("cancellation_code", "[ABCD]", "A carrier, B weather, C air traffic, airport, D security."),),
                  is_dated=True, states=MappingProxyType({"is_cancelled": True})),
        EventType("reinstate", "A cancelled leg will fly after all.", is_dated=True,
                  states=MappingProxyType({"is_cancelled": False})),
        EventType("divert", "The leg goes to another airport first.",
                  (_text("diverted_to", AIRPORT, "IATA code of that airport."),),
                  states=MappingProxyType({"is_diverted": True})),
        EventType("return_to_ramp", "Back on stand without having flown; the next departure is another attempt.",
                  (_time("return_in_at", "On-block after the return."),)),
        EventType("air_return", "Back at the origin from the air; the next departure is another attempt.",
                  (_time("return_on_at", "Touchdown at the origin."),
                   _time("return_in_at", "On-block after the return."))),
        EventType("load", "Passengers on board.", (_whole("passengers", 0, 1_000, "Passengers on board.", True),),
                  describes_leg=True),
        EventType("booking", "Booked seats and revenue of a leg so many days before departure, net and cumulative.",
                  (_whole("days_to_departure", 0, 400, "Whole days before departure.", True),
                   _whole("booked_seats", 0, 1_000, "Seats sold so far.", True),
                   Field("booked_revenue_usd", "number", "Passenger revenue so far, USD, without TUA and IVA.", True,
                         least=0, most=10_000_000)),
                  topic="bookings", is_dated=True),
        EventType("feedback", "One passenger's answer after the flight.",
                  (_text("response_id", HASH, "Identity of the answer; says nothing about the person.", True),
                   _text("cabin", "(economy|premium)", "Cabin flown.", True),
                   _whole("recommendation", 0, 10, "Would recommend, 0 to 10.", True),
                   _whole("satisfaction", 1, 5, "Satisfaction, 1 to 5.", True)),
                  topic="feedback"),
    )
}  # fmt: skip


def fields_of(kind: EventType) -> tuple[Field, ...]:
    """Return every field an event of this type may have, envelope first; each name once."""
    return (*ENVELOPE, *LEG, *kind.fields)


def is_needed(kind: EventType, field: Field) -> bool:
    """Tell whether an event of this type must have the field."""
    return field.required or field.name in kind.needs_leg


def sources_of(kind: EventType) -> tuple[str, ...]:
    """Return who may send this type. Schedules send plans only; of the others only the database holds the plan too."""
    if kind.topic != "leg-events":
        return TOPICS[kind.topic].sources
    if kind.name == "schedule":
        return ("database", "schedule")
    return tuple(source for source in TOPICS[kind.topic].sources if source != "schedule")
