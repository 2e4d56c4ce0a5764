"""The contents of an industry message, once read: the result types of all parsers, and their errors.

A parser is pure: text and a reference time in, a `Message` out, with a `Finding` for every oddity it met and the raw
text beside it. What it cannot read at all is a `ParseError` and nothing else. It looks nothing up: whether the leg
exists is the gateway's question.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from aero_streaming.times import text as utc_text

#: The movements that every airline writes in capitals; other event types go by their names in `aero_streaming.events`.
OUT, OFF, ON, IN = "OUT", "OFF", "ON", "IN"
DIVERT, RETURN_TO_RAMP, AIR_RETURN = "divert", "return_to_ramp", "air_return"
CANCEL, REINSTATE = "cancel", "reinstate"

AHM730, AHM731, AHM732 = "AHM730", "AHM731", "AHM732"


class ParseError(ValueError):
    """A text that no parser can make a message of: what is wrong and where; lines and columns count from one."""

    def __init__(self, code: str, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column = code, message, line, column

    def to_json(self) -> dict[str, Any]:
        """Return the error as `aero parse` prints it."""
        return {"code": self.code, "message": self.message, "line": self.line, "column": self.column}


class Finding(NamedTuple):
    """Something in a message that is not as it should be, and what was made of it."""

    code: str
    message: str
    line: int = 1
    column: int = 1

    def to_json(self) -> dict[str, Any]:
        """Return the finding as `aero parse` prints it."""
        return {"code": self.code, "message": self.message, "line": self.line, "column": self.column}


class Flight(NamedTuple):
    """A flight as its sender names it: carrier with two characters (IATA) or three (ICAO)."""

    carrier: str
    number: int
    suffix: str = ""

    def __str__(self) -> str:
        return f"{self.carrier}{self.number}{self.suffix}"

    def to_json(self) -> dict[str, Any]:
        """Return the flight as `aero parse` prints it; no suffix is null."""
        return {"carrier": self.carrier, "number": self.number, "suffix": self.suffix or None}


class Movement(NamedTuple):
    """One thing that happened to the leg, or is expected to; `until` is the on-block time of a return."""

    event_type: str
    event_time: datetime
    airport: str | None = None
    estimated: bool = False
    until: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the movement as `aero parse` prints it."""
        shown = {
            "event_type": self.event_type,
            "event_time": utc_text(self.event_time),
            "airport": self.airport,
            "estimated": self.estimated,
        }
        return shown if self.until is None else {**shown, "return_in_at": utc_text(self.until)}


class Delay(NamedTuple):
    """The cause of a delay: a code of a scheme, its minutes where they were given, and a sub-code of AHM 731."""

    scheme: str
    code: str
    minutes: int | None = None
    sub_code: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the delay as `aero parse` prints it."""
        shown = {"scheme": self.scheme, "code": self.code, "minutes": self.minutes}
        return shown if self.sub_code is None else {**shown, "sub_code": self.sub_code}


class Load(NamedTuple):
    """The load for one destination. People by class in the order of the version string."""

    destination: str
    adults: int = 0
    children: int = 0
    infants: int = 0
    by_class: tuple[int, ...] = ()
    total_weight_kg: int | None = None

    @property
    def passengers(self) -> int:
        """The people with a seat of their own: adults and children."""
        return self.adults + self.children

    def to_json(self) -> dict[str, Any]:
        """Return the block as `aero parse` prints it."""
        return {
            "destination": self.destination, "adults": self.adults, "children": self.children,
            "infants": self.infants, "by_class": list(self.by_class), "total_weight_kg": self.total_weight_kg,
        }  # fmt: skip


@dataclass(slots=True)
class Message:
    """A message that could be read. `flight_date` is the UTC date that it states; `sent_at` is its sender's stamp.

    `is_stamped`: `sent_at` is in the message, otherwise it is the reference time. `originator` is the sender's
    Type-B address, whose first three letters are its city or airport.
    """

    format: str
    raw: str
    sent_at: datetime
    is_stamped: bool = False
    originator: str | None = None
    flight: Flight | None = None
    flight_date: date | None = None
    registration: str | None = None
    airport: str | None = None
    movements: tuple[Movement, ...] = ()
    delays: tuple[Delay, ...] = ()
    passengers: int | None = None
    infants: int | None = None
    loads: tuple[Load, ...] = ()
    next_information_at: datetime | None = None
    diversion_reason: str | None = None
    supplement: str | None = None
    is_correction: bool = False
    corrects: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the message as `aero parse` prints it; what only some messages say is there only in them."""
        shown: dict[str, Any] = {
            "format": self.format,
            "flight": self.flight.to_json() if self.flight else None,
            "operating_date": self.flight_date.isoformat() if self.flight_date else None,
            "registration": self.registration,
            "airport": self.airport,
            "events": [movement.to_json() for movement in self.movements],
            "delays": [delay.to_json() for delay in self.delays],
            "passengers": self.passengers,
            "is_correction": self.is_correction,
            "findings": [finding.to_json() for finding in self.findings],
            "raw": self.raw,
        }
        optional = {
            "infants": self.infants,
            "loads": [load.to_json() for load in self.loads] or None,
            "next_information_at": utc_text(self.next_information_at) if self.next_information_at else None,
            "diversion_reason": self.diversion_reason,
            "supplement": self.supplement,
            "corrects": list(self.corrects) or None,
            **self.extra,
        }
        return shown | {name: value for name, value in optional.items() if value is not None}


class Unreadable(NamedTuple):
    """A text that is no message of a format we read, and why."""

    error: ParseError
    raw: str
    format: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as `aero parse` prints it."""
        return {"format": self.format, "error": self.error.to_json(), "raw": self.raw}
