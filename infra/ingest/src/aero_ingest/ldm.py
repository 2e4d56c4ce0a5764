"""LDM: load messages (compatible with AHM 583), new and old version, one block per destination.

    AM0905/22.XAMAZ.J16Y165.2/4                              flight / day . registration . version . crew
    -CUN.152/13/3.0.T2140.1/640.3/900.4/600.PAX/14/151.PAD/0/3
                                                             destination . adults/children/infants . cabin bags kg
                                                             . T total . hold/weight … . PAX by class . PAD standby

The old version has no cabin bags, some count adults as men and women. Who is on board when the leg leaves is in all
blocks together; infants do not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aero_ingest import configuration, flight_line
from aero_ingest.message import Finding, Load, Message
from aero_ingest.type_b import Oddity, Telegram

VERSION = re.compile(r"(?:[A-Z]{1,2}[0-9]{1,4}){1,6}(?:VV[A-Z0-9]*)?")
CREW = re.compile(r"[0-9]{1,2}(?:/[0-9]{1,2}){1,3}")
DESTINATION = re.compile(r"-([A-Z]{3})")
PEOPLE = re.compile(r"[0-9]{1,3}(?:/[0-9]{1,3}){2,3}")
WHOLE = re.compile(r"[0-9]{1,6}")
TOTAL = re.compile(r"T([0-9]{1,6})")
HOLD = re.compile(r"[0-9]{1,2}/([0-9]{1,6})")
BY_CLASS = re.compile(r"(PAX|PAD)((?:/[0-9]{1,3}){1,5})")
#: More blocks than any flight has stations.
MOST_BLOCKS = 20


@dataclass
class _Block:
    """One destination as it is read."""

    destination: str
    at: int
    people: list[int] = field(default_factory=list)
    total: int | None = None
    holds: list[int] = field(default_factory=list)
    by_class: tuple[int, ...] = ()
    is_nil: bool = False

    @property
    def says_people(self) -> bool:
        return bool(self.people) or self.is_nil

    def load(self) -> Load:
        *adults, children, infants = self.people or [0, 0, 0]
        return Load(self.destination, sum(adults), children, infants, self.by_class, self.total)


def parse(telegram: Telegram) -> Message:
    """Read a load message; raise ParseError where it names no flight."""
    oddities: list[Oddity] = []
    flight, flight_date, registration, rest = flight_line.read(telegram, oddities)
    seats = _version(rest, oddities)
    blocks: list[_Block] = []
    supplement: list[str] = []
    for at, line in enumerate(telegram.lines[1:], 1):
        if supplement or line.startswith("SI"):
            supplement.append(line.removeprefix("SI").strip())
        else:
            _read(line, at, blocks, oddities)
    blocks = _last_of_each(blocks, oddities)
    for block in blocks:
        _check(block, oddities)
    loads = tuple(block.load() for block in blocks)
    # One block of which nobody knows the people makes those on board unknown, not fewer.
    is_known = bool(blocks) and all(block.says_people for block in blocks)
    _check_seats(loads, seats, oddities)
    findings = telegram.with_oddities(oddities)
    if not loads:
        findings += (Finding("no_load", "the message has no block -DEST; nobody knows who is on board"),)
    subject = f"LDM {flight} of {flight_date or 'an unknown day'}"
    return Message(
        format="ldm",
        raw=telegram.raw,
        sent_at=telegram.sent_at,
        is_stamped=telegram.is_stamped,
        originator=telegram.originator,
        flight=flight,
        flight_date=flight_date,
        registration=registration,
        passengers=sum(load.passengers for load in loads) if is_known else None,
        infants=sum(load.infants for load in loads) if is_known else None,
        loads=loads,
        supplement="\n".join(supplement) or None,
        is_correction=telegram.is_correction,
        corrects=(f"{subject}: LOAD",) if telegram.is_correction else (),
        findings=findings,
        extra={"seats": sum(seats)} if seats else {},
    )


def _version(rest: flight_line.Parts, oddities: list[Oddity]) -> tuple[int, ...]:
    """Seats by class, in the order of the version string; crew is passed over."""
    seats: tuple[int, ...] = ()
    for text, at in rest:
        if VERSION.fullmatch(text):
            version = configuration.read(text)
            seats = version.seats
            if version.problem:
                oddities.append(("doubtful_configuration", version.problem, 0, at))
        elif not CREW.fullmatch(text):
            problem = f"{text[:20]!r} is neither version (J16Y165) nor crew (2/4); left out"
            oddities.append(("bad_version", problem, 0, at))
    return seats


def _read(line: str, at: int, blocks: list[_Block], oddities: list[Oddity]) -> None:
    before = 0
    for number, part in enumerate(line.split(".")):
        start, before = before, before + len(part) + 1
        text = part.strip()
        if number == 0 and text:
            match = DESTINATION.fullmatch(text)
            if match is None or len(blocks) == MOST_BLOCKS:
                oddities.append(("unknown_line", f"{text[:20]!r} begins no block; left out", at, start))
                return
            blocks.append(_Block(match[1], at))
        elif text and blocks:
            _part(text, blocks[-1], at, start, oddities)
        elif text:
            oddities.append(("unknown_line", f"{text[:20]!r} is before the first block", at, start))
            return


def _part(text: str, block: _Block, at: int, before: int, oddities: list[Oddity]) -> None:
    if text == "NIL":
        block.is_nil = True
    elif PEOPLE.fullmatch(text) and not block.people:
        block.people = [int(count) for count in text.split("/")]
    elif match := TOTAL.fullmatch(text):
        block.total = int(match[1])
    elif match := HOLD.fullmatch(text):
        block.holds.append(int(match[1]))
    elif match := BY_CLASS.fullmatch(text):
        if match[1] == "PAX":
            block.by_class = tuple(int(count) for count in match[2][1:].split("/"))
    elif not WHOLE.fullmatch(text):  # A number alone is the weight of cabin bags.
        problem = f"{text[:20]!r} is no part of a load that is known; left out"
        oddities.append(("unknown_element", problem, at, before))


def _last_of_each(blocks: list[_Block], oddities: list[Oddity]) -> list[_Block]:
    """The blocks by destination, in order; of one that is said twice the last counts."""
    last = {block.destination: block for block in blocks}
    for block in blocks:
        if last[block.destination] is not block:
            problem = f"{block.destination}: its load is said twice; the last counts"
            oddities.append(("said_twice", problem, last[block.destination].at, 0))
    return list(last.values())


def _check(block: _Block, oddities: list[Oddity]) -> None:
    """The sums that a block states twice."""
    load, at = block.load(), block.at
    if not block.says_people:
        problem = f"{block.destination}: no passengers are stated (152/13/3, or NIL)"
        oddities.append(("no_people", problem, at, 0))
    if block.people and block.is_nil:
        problem = f"{block.destination}: NIL and {load.passengers} passengers are stated; the latter count"
        oddities.append(("people_differ", problem, at, 0))
    if block.by_class and sum(block.by_class) != load.passengers:
        problem = f"{block.destination}: PAX by class are {sum(block.by_class)}, adults and children {load.passengers}"
        oddities.append(("people_differ", f"{problem}; the latter count", at, 0))
    if block.total is not None and block.holds and sum(block.holds) != block.total:
        problem = f"{block.destination}: holds are {sum(block.holds)} kg together, T says {block.total}"
        oddities.append(("weights_differ", problem, at, 0))


def _check_seats(loads: tuple[Load, ...], seats: tuple[int, ...], oddities: list[Oddity]) -> None:
    if not seats:
        return
    if any(load.by_class and len(load.by_class) != len(seats) for load in loads):
        problem = f"PAX names other classes than the {len(seats)} of the version"
        oddities.append(("classes_differ", problem, 0, 0))
    if (people := sum(load.passengers for load in loads)) > sum(seats):
        problem = f"{people} passengers on {sum(seats)} seats"
        oddities.append(("more_than_seats", problem, 0, 0))
