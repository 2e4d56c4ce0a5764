"""AIDX: notifications of flight legs in XML, as airports and airlines exchange them (compatible with IATA's AIDX).

A document has legs, each identified by carrier, number, airports and the UTC date of the flight's origin. Every leg
is a message of its own, with a copy of the document's head: that copy is what is kept of it and read again. Documents
with a document type or entities are refused (defusedxml), as they could make work without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from xml.etree.ElementTree import Element, SubElement, tostring
from xml.etree.ElementTree import ParseError as XmlError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from aero_ingest import flight_line
from aero_ingest.message import (
    AHM730,
    AHM732,
    CANCEL,
    DIVERT,
    IN,
    OFF,
    ON,
    OUT,
    REINSTATE,
    RETURN_TO_RAMP,
    Delay,
    Finding,
    Flight,
    Message,
    Movement,
    ParseError,
)
from aero_ingest.message_times import AHEAD
from aero_ingest.stations import iata_of

FORMAT = "aidx"
ROOT = re.compile(r"(?:\{[^}]*\})?IATA_AIDX_FlightLeg(?:Notif)?R[QS]")
#: More characters and legs than a notification has.
MAX_CHARACTERS, MAX_LEGS = 8 << 20, 20_000
#: Of a document that cannot be read so much is kept.
LONGEST_REFUSED = 32_768
MOVEMENTS = {"OFB": OUT, "TKO": OFF, "TDN": ON, "ONB": IN}
#: Types of time. What happened; what is expected: a target, a calculation, an estimate, of which the last one counts;
#: and the plan, which is taken from schedules.
ACTUAL, ESTIMATED, PLANNED = "ACT", ("TAR", "CAL", "EST"), "SCT"
#: Operational states that are events of a leg; the others repeat what times say.
STATES = {"DX": CANCEL, "SQ": REINSTATE, "DV": DIVERT, "GRT": RETURN_TO_RAMP}
DURATION = re.compile(r"P(?:([0-9]{1,2})D)?(?:T(?:([0-9]{1,3})H)?(?:([0-9]{1,4})M)?(?:[0-9.]+S)?)?")
#: Times and dates as XML Schema writes them: a date alone is no time, and a date has no hour.
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2}|T00:00:00Z?)?")
COUNT = re.compile(r"[0-9]{1,3}")
CODE = re.compile(r"[0-9]{2}|[A-Z]{2,3}")


def is_aidx(text: str) -> bool:
    """Tell a document by its first characters: text of messages never begins so."""
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def split(text: str) -> Iterator[str]:
    """Yield each leg of a document as a document of its own; what is no such document is given back as it stands."""
    try:
        root = _root(text)
    except ParseError:
        yield text[:LONGEST_REFUSED]
        return
    legs = [part for part in root if _name(part) == "FlightLeg"]
    for leg in legs[:MAX_LEGS]:
        alone = Element(root.tag, root.attrib)
        for part in root:
            if _name(part) in ("Originator", "DeliveringSystem"):
                SubElement(alone, part.tag, part.attrib)
        alone.append(leg)
        yield tostring(alone, encoding="unicode")
    if not legs or len(legs) > MAX_LEGS:
        yield text[:LONGEST_REFUSED]


def parse(text: str, reference_at: datetime) -> Message:
    """Read a document of one leg; raise ParseError for what is none."""
    root = _root(text)
    legs = [part for part in root if _name(part) == "FlightLeg"]
    if len(legs) != 1:
        raise ParseError("no_legs", f"the AIDX document has {len(legs)} legs (FlightLeg); 1 to {MAX_LEGS:,} are read")
    return _Leg(root, legs[0], text, reference_at).read()


def _root(text: str) -> Element:
    if len(text) > MAX_CHARACTERS:
        raise ParseError(
            "too_long", f"the document has {len(text):,} characters; {MAX_CHARACTERS:,} are read; split it"
        )
    try:
        root: Element = fromstring(text.lstrip("\ufeff \t\r\n"), forbid_dtd=True)
    except (XmlError, DefusedXmlException, ValueError, RecursionError) as error:
        raise ParseError(
            "bad_xml", f"the XML cannot be read ({error or type(error).__name__}); send it whole"
        ) from error
    if not ROOT.fullmatch(root.tag):
        raise ParseError("other_xml", f"<{root.tag[-60:]}> is no AIDX; IATA_AIDX_FlightLegNotifRQ is due")
    return root


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


class _Leg:
    """One leg while it is read."""

    def __init__(self, root: Element, leg: Element, text: str, reference_at: datetime) -> None:
        self.root, self.text, self.reference_at = root, text, reference_at
        self.parts = {_name(part): part for part in leg}
        self.findings: list[Finding] = []
        for name in ("LegIdentifier", "LegData"):
            if len(_all(leg, name)) > 1:
                raise ParseError("said_twice", f"the leg has {name} more than once; which one counts is unknown")

    def read(self) -> Message:
        named, data = self.parts.get("LegIdentifier"), self.parts.get("LegData")
        if named is None or data is None:
            raise ParseError("no_flight", "the leg lacks LegIdentifier or LegData")
        sent_at = self._moment(self.root.get("TimeStamp", ""), "TimeStamp")
        origin, destination = (self._airport(named, f"{end}Airport") for end in ("Departure", "Arrival"))
        message = Message(
            FORMAT, self.text, sent_at or self.reference_at, sent_at is not None, None, self._flight(named),
            self._date(named), self._registration(data), origin,
        )  # fmt: skip
        message.movements = self._movements(data, message.sent_at, origin, destination)
        message.delays = self._delays(data)
        message.passengers = self._passengers(data)
        message.extra = {"destination": destination} if destination else {}
        message.findings = tuple(self.findings)
        return message

    def _flight(self, named: Element) -> Flight:
        carrier, number = (_text(named, name).upper() for name in ("Airline", "FlightNumber"))
        suffix = _text(named, "OperationalSuffix").upper()
        match = flight_line.FLIGHT.fullmatch(f"{carrier}{number}{suffix}/01")
        if match is None or not int(match[2]):
            raise ParseError("bad_flight", f"{carrier[:9]} {number[:9]} is no flight; Airline and FlightNumber are due")
        return Flight(match[1], int(match[2]), match[3])

    def _date(self, named: Element) -> date | None:
        text = _text(named, "OriginDate")
        written = DATE.fullmatch(text)
        try:
            return date.fromisoformat(written[1] if written else "")
        except ValueError:
            self._complain("no_date", f"OriginDate {text[:20]!r} is no date; the flight has none")
            return None

    def _airport(self, named: Element, name: str) -> str | None:
        text = _text(named, name).upper()
        airport = iata_of(text)
        if airport is None:
            self._complain("bad_airport", f"{name} {text[:20]!r} is no airport that is known; left out")
        return airport

    def _registration(self, data: Element) -> str | None:
        written = [_text(aircraft_info, "Registration").upper() for aircraft_info in _all(data, "AircraftInfo")]
        aircraft = {text.replace("-", "").replace(" ", ""): text for text in written if text}
        if len(aircraft) > 1:
            self._complain("said_twice", f"aircraft {', '.join(aircraft)[:40]}; which one flies is unknown, left out")
            return None
        plain, text = next(iter(aircraft.items()), ("", ""))
        if not plain:
            return None
        if flight_line.is_placeholder(plain) or not flight_line.REGISTRATION.fullmatch(plain):
            self._complain("unknown_registration", f"{text[:20]!r} is no aircraft; left out")
            return None
        return plain

    def _movements(
        self, data: Element, sent_at: datetime, origin: str | None, destination: str | None
    ) -> tuple[Movement, ...]:
        movements: dict[tuple[str, bool], Movement] = {}
        states = dict.fromkeys(
            STATES[text] for status in _all(data, "OperationalStatus") if (text := _own(status)) in STATES
        )
        if len(states) > 1:
            self._complain("said_twice", f"the leg is {', '.join(states)} at once; none of it counts")
        state = next(iter(states)) if len(states) == 1 else None
        elsewhere = self._elsewhere(data) if state == DIVERT else None
        stated: dict[tuple[str, str], datetime] = {}
        for element in sorted(_all(data, "OperationTime"), key=_order):
            kind = MOVEMENTS.get(element.get("OperationQualifier", ""))
            time_type = element.get("TimeType", "")
            moment = self._moment(_own(element), f"{element.get('OperationQualifier')} {time_type}") if kind else None
            if kind and time_type not in (ACTUAL, *ESTIMATED, PLANNED):
                self._complain("unknown_time_type", f"{kind} has a time of type {time_type[:9]!r}; left out")
            if kind is None or moment is None or time_type not in (ACTUAL, *ESTIMATED):
                continue
            place = origin if kind in (OUT, OFF) else elsewhere or destination
            is_estimated = time_type in ESTIMATED
            earlier = movements.get((kind, is_estimated))
            if earlier and earlier.event_time != moment and (kind, time_type) not in stated:
                self._complain("several_estimates", f"{kind} is expected at different times; {time_type} counts")
            if stated.setdefault((kind, time_type), moment) != moment:
                self._complain("said_twice", f"{kind} {time_type} is said twice; the last repeat counts")
            stated[kind, time_type] = moment
            movements[kind, is_estimated] = Movement(kind, moment, place, is_estimated)
            if not is_estimated and moment > sent_at + AHEAD:
                self._complain(
                    "not_yet", f"{kind} {moment:%Y-%m-%dT%H:%MZ}: after the message was sent; kept as it stands"
                )
        if state:
            at = movements[ON, False].event_time if state == DIVERT and (ON, False) in movements else sent_at
            happened = Movement(state, at, elsewhere if state == DIVERT else origin)
            return (happened, *movements.values())
        return tuple(movements.values())

    def _elsewhere(self, data: Element) -> str | None:
        airports = [iata_of(_own(airport).upper()) for airport in _all(data, "PlannedArrivalAptHistory")]
        if not airports or airports[-1] is None:
            self._complain("no_airport", "the message does not say where the flight goes")
        return airports[-1] if airports else None

    def _delays(self, data: Element) -> tuple[Delay, ...]:
        delays = []
        for element in _all(data, "IrregularityDelay"):
            code, spent = _text(element, "ReasonCode").upper(), DURATION.fullmatch(_text(element, "Duration"))
            if element.get("DepartureOrArrival") == "Arrival":
                self._complain("arrival_delay", f"delay {code[:9]} is of the arrival; delays of departures are read")
            elif not CODE.fullmatch(code) or len(delays) == 8:
                self._complain("bad_delay", f"{code[:9]!r} is no code of a delay, or one of more than 8; left out")
            else:
                days, hours, minutes = (int(part or 0) for part in spent.groups()) if spent else (0, 0, 0)
                if spent is None and (written := _text(element, "Duration")):
                    self._complain("bad_delay", f"{written[:20]!r} is no duration like PT4M; the minutes are unknown")
                total = days * 1440 + hours * 60 + minutes
                delays.append(Delay(AHM732 if len(code) == 3 else AHM730, code, total if spent else None))
        return tuple(delays)

    def _passengers(self, data: Element) -> int | None:
        counts: dict[str, str] = {}
        for cabin in _all(data, "CabinClass"):
            for count_element in _all(cabin, "PaxCount"):
                if count_element.get("Qualifier") != "70A" or count_element.get("Usage") != "Actual":
                    continue
                name, count = cabin.get("Class", ""), _own(count_element)
                if not COUNT.fullmatch(count) or counts.setdefault(name, count) != count:
                    problem = f"class {name[:9]} has {counts.get(name, count)[:9]} and {count[:9]} passengers"
                    self._complain("bad_passengers", f"{problem}; who is on board is unknown")
                    return None
        return sum(map(int, counts.values())) if counts else None

    def _moment(self, text: str, name: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(text if MOMENT.fullmatch(text) else "")
        except ValueError:
            if text:
                self._complain("bad_time", f"{name} {text[:30]!r} is no time; left out")
            return None
        if moment.tzinfo is None:
            self._complain("no_zone", f"{name} {text[:30]} has no zone; read as UTC")
            return moment.replace(tzinfo=UTC, second=0, microsecond=0)
        return moment.astimezone(UTC).replace(second=0, microsecond=0)

    def _complain(self, code: str, problem: str) -> None:
        self.findings.append(Finding(code, problem))


def _order(time_element: Element) -> tuple[int, int]:
    """Return the rank of a time among estimates, and which repetition it is; one without number is the first."""
    time_type, number = time_element.get("TimeType", ""), time_element.get("RepeatIndex", "")
    rank = ESTIMATED.index(time_type) if time_type in ESTIMATED else 0
    return rank, int(number) if COUNT.fullmatch(number) else 0


def _all(element: Element, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name]


def _own(element: Element) -> str:
    return (element.text or "").strip()


def _text(element: Element, name: str) -> str:
    """The text of a child, empty if there is none."""
    return next((_own(child) for child in _all(element, name)), "")
