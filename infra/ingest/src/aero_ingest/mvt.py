"""MVT, MVA and DIV: movement and diversion messages (compatible with AHM 780 and 781), one message at a time.

    AD1334/1352 EA1542 CUN         off-block / airborne, estimated touchdown at the next airport
    DL62/0004                      delay code and its duration
    PX168/3                        passengers / infants

Times without a day are dated by the `Clock` of `message_times`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from aero_ingest import delay_elements, flight_line
from aero_ingest.message import AIR_RETURN, DIVERT, IN, OFF, ON, OUT, RETURN_TO_RAMP, Message, Movement
from aero_ingest.message_times import LONGEST_BLOCK, LONGEST_TAXI, Stated, stated
from aero_ingest.mvt_elements import Element, cut
from aero_ingest.mvt_reading import Reading, note_doubts
from aero_ingest.type_b import Oddity, Telegram

#: Characters of the longest value with clock times, `221334/221352`; no part of a longer one is remembered.
LONGEST_TIMES = 13
PAX = re.compile(r"([0-9]{1,3})(?:[/+]([0-9]{1,3}))?")
#: Placeholders for a time that the sender does not know.
UNKNOWN_TIME = re.compile(r"X+|-+|\?+|NIL|TBA|UNK|N")
DIVERSION_REASON = re.compile(r"[0-9A-Z]{2,3}")
#: Said, and of no use to anybody here: kept in the raw text.
PASSED_OVER = ("FLD", "CRT", "MAP", "TOF", "TOW", "ZFW", "RC")


def parse(telegram: Telegram, std_at: datetime | None = None) -> Message:
    """Read a movement or diversion message; `std_at` dates its times better where the caller knows it.

    Raises ParseError where it names no flight.
    """
    oddities: list[Oddity] = []
    flight, flight_date, registration, airport = flight_line.read_movement(telegram, oddities)
    message = Message(
        telegram.identifier.lower(), telegram.raw, telegram.sent_at, telegram.is_stamped, telegram.originator,
        flight, flight_date, registration, airport,
    )  # fmt: skip
    elements, message.supplement = cut(telegram.lines, oddities)
    reading = Reading(telegram, message, std_at, oddities)
    for element in elements:
        reading.element = element
        _READ[element[0]](reading, element[1])
    _conclude(reading, elements)
    message.movements = tuple(reading.movements.values())
    if telegram.is_correction:
        message.is_correction = True
        subject = f"{telegram.identifier} {flight} of {flight_date or 'an unknown day'}"
        message.corrects = tuple(f"{subject}: {tag}" for tag in dict.fromkeys(tag for tag, _, _ in elements))
    message.findings = telegram.with_oddities(oddities)
    return message


def _times(reading: Reading, value: str) -> tuple[Stated | None, Stated | None] | None:
    """The one or two clock times of an element; None if they are none. One that cannot be read costs itself alone."""
    if len(value) <= LONGEST_TIMES:
        first, _, second = value.partition("/")
        first_time = stated(first) if first else None
        second_time = stated(second) if second else None
        if (first_time or not first) and (second_time or not second) and (first_time or second_time):
            return first_time, second_time
        if first_time or second_time:
            unread = second if first_time else first
            if not UNKNOWN_TIME.fullmatch(unread):
                _bad_time(reading, "one of its times cannot be read")
            return first_time, second_time
    _bad_time(reading, "no time can be read from it")
    return None


def _bad_time(reading: Reading, problem: str) -> None:
    tag, value, _ = reading.element
    reading.complain("bad_time", f"{tag}{value[:20]}: {problem}; left out")


def _nowhen(reading: Reading) -> None:
    _bad_time(reading, "there is no such day or time")


def _pair(reading: Reading, value: str) -> tuple[datetime | None, datetime | None]:
    """Two moments that have happened, the second the first such time after the first."""
    times = _times(reading, value)
    if times is None:
        return None, None
    first, second = times
    earlier = reading.past(first) if first else None
    if first and earlier is None:
        _nowhen(reading)
    if second is None:
        return earlier, None
    if earlier and first and first.clock is not None and second.day is None:
        later = reading.after(earlier, first.clock, second.clock)
    else:
        later = reading.past(second)
    if later is None:
        _nowhen(reading)
    elif earlier and not earlier <= later <= earlier + LONGEST_TAXI:
        problem = f"{reading.element[0]}{value}: from the first time to the second would be {_spell(later - earlier)}"
        reading.complain("implausible_times", f"{problem}; both are kept as they stand")
    return earlier, later


def _spell(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02d} h"


#: Meanings of the first and the second time of an element.
ACTUAL = {"AD": (OUT, OFF), "AA": (ON, IN)}


def _actual(reading: Reading, value: str) -> None:
    """Read an actual time at the place of the message."""
    first, second = ACTUAL[reading.element[0]]
    earlier, later = _pair(reading, value)
    if earlier:
        reading.put(first, earlier, reading.message.airport)
    if later:
        reading.put(second, later, reading.message.airport)


def _ramp_return(reading: Reading, value: str) -> None:
    moment, _ = _pair(reading, value)
    if moment:
        reading.put(RETURN_TO_RAMP, moment, reading.message.airport, until=moment)


def _air_return(reading: Reading, value: str) -> None:
    on, in_ = _pair(reading, value)
    if moment := on or in_:
        reading.put(AIR_RETURN, moment, reading.message.airport, until=in_)


def _estimate(reading: Reading, value: str, kind: str, where: str | None) -> None:
    times = _times(reading, value)
    if times is None or times[0] is None:
        return
    movements = reading.movements
    started = (movements.get((OFF, False)) or movements.get((OUT, False))) if kind in (ON, IN) else None
    after = started.event_time if started else None
    moment = reading.future(times[0], after)
    if moment is None:
        _nowhen(reading)
        return
    if after and not after <= moment <= after + LONGEST_BLOCK:
        problem = f"{''.join(reading.element[:2])}: {_spell(moment - after)} after departure"
        reading.complain("implausible_times", f"{problem}; kept as it stands")
    reading.put(kind, moment, where, is_estimated=True)


def _estimated_on(reading: Reading, value: str) -> None:
    """Touchdown at the next airport, which the element names; the flight line's is where the message comes from."""
    time, _, airport = value.partition(" ")
    reading.next_airport = airport or reading.next_airport
    _estimate(reading, time, ON, reading.next_airport)


def _estimated_in(reading: Reading, value: str) -> None:
    _estimate(reading, value, IN, reading.next_airport)


#: Elements with an estimate at the place of the message.
EXPECTED = {"ED": OUT, "EO": OFF}


def _estimated_here(reading: Reading, value: str) -> None:
    _estimate(reading, value, EXPECTED[reading.element[0]], reading.message.airport)


def _next_information(reading: Reading, value: str) -> None:
    times = _times(reading, value)
    if times and times[0]:
        reading.message.next_information_at = reading.future(times[0], None)
        if reading.message.next_information_at is None:
            _nowhen(reading)


def _delay(reading: Reading, value: str) -> None:
    delays, problems = delay_elements.codes(value, is_provisional=reading.element[0] == "EDL")
    known = reading.message.delays
    # Within an element a code may stand twice, with sub-codes of its own in DLA.
    reading.message.delays += tuple(delay for delay in delays if delay not in known)
    if len(reading.message.delays) < len(known) + len(delays):
        problems += (("said_twice", "a delay is said twice with the same minutes; it counts once"),)
    _complain_of(reading, problems)


def _sub_codes(reading: Reading, value: str) -> None:
    reading.message.delays, problems = delay_elements.with_sub_codes(reading.message.delays, value)
    _complain_of(reading, problems)


def _complain_of(reading: Reading, problems: delay_elements.Problems) -> None:
    tag, value, _ = reading.element
    for code, problem in problems:
        reading.complain(code, f"{tag}{value[:40]}: {problem}")


def _passengers(reading: Reading, value: str) -> None:
    match = PAX.fullmatch(value)
    if match is None:
        reading.complain("bad_passengers", f"PX{value[:20]}: write PX168/3; left out")
        return
    passengers, infants = match.groups()
    known = reading.message.passengers, reading.message.infants
    counts = int(passengers), int(infants) if infants else None
    if known[0] is not None and known != counts:
        reading.complain("said_twice", f"PX{value}: passengers are said twice; the last count")
    reading.message.passengers, reading.message.infants = counts


def _diversion_reason(reading: Reading, value: str) -> None:
    if DIVERSION_REASON.fullmatch(value):
        reading.message.diversion_reason = value
    else:
        reading.complain("bad_reason", f"DR{value[:20]}: write DR72; left out")


def _pass(reading: Reading, value: str) -> None:
    """Nothing is read from it; the raw text has it."""


_READ: dict[str, Callable[[Reading, str], None]] = {
    **dict.fromkeys(ACTUAL, _actual), **dict.fromkeys(EXPECTED, _estimated_here), "RR": _ramp_return, "FR": _air_return,
    "EA": _estimated_on, "EB": _estimated_in, "NI": _next_information,
    "DL": _delay, "EDL": _delay, "DLA": _sub_codes, "PX": _passengers, "DR": _diversion_reason,
    **dict.fromkeys(PASSED_OVER, _pass),
}  # fmt: skip


def _conclude(reading: Reading, elements: list[Element]) -> None:
    """Check what only the whole message shows."""
    telegram, oddities = reading.telegram, reading.oddities
    if telegram.identifier == "DIV":
        reading.movements[DIVERT, False] = Movement(DIVERT, telegram.sent_at, reading.next_airport)
        reading.is_doubtful = True
        if reading.next_airport is None:
            oddities.append(("no_airport", "the message does not say where the flight goes", 0, None))
    elif not elements:
        oddities.append(("no_elements", "the message says nothing of its flight", 0, None))
    if reading.is_assumed and reading.movements:
        problem = "without a time of sending the times are taken to be of the flight's date"
        oddities.append(("date_assumed", problem, 0, None))
    note_doubts(reading)
