"""Output: partner files of legs (feed `partner/airline_legs`), one gzipped CSV per operating day, and their totals."""

import gzip
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from aero_airline import parameters as p
from aero_airline.delay_codes import text as codes_text
from aero_airline.faults import DAMAGES, Report
from aero_airline.geography import distance_miles, local_text
from aero_airline.leg import Leg
from aero_airline.randomness import Purpose, stream

HEADER = (
    "DATA_LABEL", "CARRIER", "FLIGHT_NUMBER", "SUFFIX", "LEG_SEQUENCE", "OPERATING_DATE", "ORIGIN", "DESTINATION",
    "ATTEMPT", "VERSION", "TAIL", "AIRCRAFT_TYPE", "SEATS", "PASSENGERS", "STD", "STA", "AOBT", "ATOT", "ALDT", "AIBT",
    "CANCELLED", "CANCELLATION_CODE", "DIVERTED", "DELAY_CODES", "DISTANCE_MILES",
)  # fmt: skip


@dataclass(frozen=True)
class Totals:
    """Sums over a set of files after later versions replaced earlier ones (datos sintéticos); minutes are whole.

    `departed` and `arrived` count legs with a departure delay and with an arrival delay: a diverted leg has no arrival
    delay. Passengers and seats are the sums of the values sent: for a cancelled leg its planned seats and no
    passengers. Row counts are those of the files.
    """

    files: int
    legs: int
    cancelled: int
    diverted: int
    departed: int
    arrived: int
    passengers: int
    seats: int
    departure_delay_minutes: int  #: sum of max(OUT of the first attempt - STD, 0)
    arr_late_15: int
    rows: int
    corrected_rows: int
    duplicate_rows: int
    garbled_rows: int
    garbled_by_reason: dict[str, int]

    def to_json(self) -> dict[str, int]:
        """Return every total by name."""
        return {name: value for name, value in asdict(self).items() if isinstance(value, int)}


@dataclass
class Ledger:
    """Counts legs and rows while files are written."""

    files: int = 0
    rows: int = 0
    corrected_rows: int = 0
    duplicate_rows: int = 0
    garbled: dict[str, int] = field(default_factory=dict)
    _legs: dict[tuple[date, str, int, str, int], tuple[int, ...]] = field(default_factory=dict)

    def report(self, leg: Leg) -> None:
        """Count a version of a leg; it replaces the version before."""
        departure, arrival = leg.departure_delay_minutes, leg.arrival_delay_minutes
        key = (leg.operating_date, leg.carrier, leg.flight_number, leg.origin, leg.leg_sequence)
        self._legs[key] = (
            1, leg.is_cancelled, leg.is_diverted, departure is not None, arrival is not None,
            leg.passengers, leg.seats, max(0, departure or 0), (arrival or 0) >= 15,
        )  # fmt: skip

    def totals(self) -> Totals:
        """Return the totals of everything counted so far."""
        sums = np.array(list(self._legs.values()), dtype=np.int64).reshape(-1, 9).sum(axis=0).tolist()
        garbled = sum(self.garbled.values())
        counted = (self.rows, self.corrected_rows, self.duplicate_rows, garbled, dict(self.garbled))
        return Totals(self.files, *sums, *counted)


def lines(leg: Leg, version: int) -> list[str]:
    """Return the rows of one version of a leg as lines, one per departure attempt; no value needs quotes.

    The attempt before a return has only its own times, and the delay codes: the delay is that of the first OUT.
    """
    sent = _values(leg, version)
    if leg.first_out is None:
        return [",".join(sent)]
    row = dict(zip(HEADER, sent, strict=True))
    before = {
        "AOBT": local_text(leg.origin, leg.first_out), "ATOT": local_text(leg.origin, leg.first_off),
        "ALDT": "", "AIBT": "",
    }  # fmt: skip
    return [",".join((row | change).values()) for change in (before, {"ATTEMPT": "2", "DELAY_CODES": ""})]


def _values(leg: Leg, version: int) -> tuple[str, ...]:
    start, end = leg.origin, leg.destination
    return (
        p.DATA_LABEL, leg.carrier, str(leg.flight_number), "", str(leg.leg_sequence), leg.operating_date.isoformat(),
        start, end, "1", str(version), leg.tail, leg.aircraft_type, str(leg.seats), str(leg.passengers),
        local_text(start, leg.std), local_text(end, leg.sta), local_text(start, leg.out), local_text(start, leg.off),
        local_text(end, leg.on), local_text(end, leg.in_), "1" if leg.cancellation_code else "0",
        leg.cancellation_code, "1" if leg.is_diverted else "0", codes_text(leg.delay_codes),
        str(distance_miles(start, end)),
    )  # fmt: skip


def write(path: Path, on: date, today: list[Report], yesterday: list[Report], seed: int, ledger: Ledger) -> None:
    """Write the file of one operating day: first versions of its legs, corrections of the day before, and faults."""
    sent: list[tuple[str, Leg]] = []
    for first, _ in today:
        ledger.report(first)
        sent += [(text, first) for text in lines(first, 1)]
    for _, corrected in yesterday:
        if corrected is not None:
            ledger.report(corrected)
            again = lines(corrected, 2)
            ledger.corrected_rows += len(again)
            sent += [(text, corrected) for text in again]
    chance = stream(seed, Purpose.FAULTS, on, 2)
    placed = [(float(number), text) for number, (text, _) in enumerate(sent)]
    placed += _garbled(sent, on, chance, ledger)
    records = _disordered(placed, len(sent), chance, ledger)
    ledger.files += 1
    ledger.rows += len(records)
    body = "\n".join((",".join(HEADER), *records)) + "\n"
    # No time stamp and no name inside: the same day is the same bytes.
    path.write_bytes(gzip.compress(body.encode(), 6, mtime=0))


def _garbled(
    sent: list[tuple[str, Leg]], on: date, chance: np.random.Generator, ledger: Ledger
) -> list[tuple[float, str]]:
    """Return damaged copies of good rows, with their place in the file."""
    good = [n for n, (_, leg) in enumerate(sent) if leg.in_ is not None and not leg.returned]
    if not good:
        return []
    count = max(1, round(p.GARBLED_SHARE * len(sent)))
    places = chance.integers(0, len(good), count).tolist()
    lines = []
    for number, place in enumerate(places):
        damage = DAMAGES[(on.toordinal() * count + number) % len(DAMAGES)]
        text, leg = sent[good[place]]
        row = dict(zip(HEADER, text.split(","), strict=True))
        lines.append((good[place] + 0.5, ",".join(damage.apply(row, leg).values())))
        ledger.garbled[damage.reason] = ledger.garbled.get(damage.reason, 0) + 1
    return lines


def _disordered(placed: list[tuple[float, str]], good: int, chance: np.random.Generator, ledger: Ledger) -> list[str]:
    """Repeat some of the good rows and move some away from their place; return the lines in the order of the file."""
    uniform = chance.random((3, good))
    moved = list(placed)
    for n in np.flatnonzero(uniform[1] < p.OUT_OF_ORDER_SHARE).tolist():
        moved[n] = (float(uniform[2, n]) * good, placed[n][1])
    repeated = [
        (moved[n][0] + 1 + 3 * float(uniform[2, n]), placed[n][1])
        for n in np.flatnonzero(uniform[0] < p.DUPLICATE_SHARE).tolist()
    ]
    ledger.duplicate_rows += len(repeated)
    return [text for _, text in sorted(moved + repeated, key=lambda item: item[0])]
