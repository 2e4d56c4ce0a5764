"""SSIM chapter 7, the file: lines in, leg records out one by one, in flat memory but for a hash per record.

What is odd about the file (serials, trailers, duplicates, short lines) is a finding of the leg record nearest to it. A
record that cannot be read is given as `Unreadable` and stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aero_ingest.message import Finding, ParseError, Unreadable
from aero_ingest.ssim_records import (
    LENGTH,
    TITLE,
    Carrier,
    LegRecord,
    read_carrier,
    read_flight,
    read_leg,
    serial_of,
)

FORMAT = "ssim"
#: Data elements of segment records: flights that share this leg, and the flight by which it is really operated.
CODESHARES, OPERATED_AS = "010", "050"
#: The carrier that operates a leg which is only sold here.
SOLD_FOR = "002"
#: A codeshare list longer than this is none.
MOST_CODESHARES = 40


def is_ssim(first_line: str) -> bool:
    """Tell an SSIM file by its first line."""
    return first_line.startswith(TITLE)


def read(lines: Iterable[str]) -> Iterator[LegRecord | Unreadable]:
    """Yield every leg record of a file, and every line that should be one and cannot be read."""
    reader = _Reader()
    for number, line in enumerate(lines, 1):
        try:
            yield from reader.take(line.rstrip("\r\n"), number)
        except ParseError as error:
            yield Unreadable(error, line.rstrip("\r\n")[:LENGTH], FORMAT)
    yield from reader.finish()


@dataclass
class _Reader:
    """The position in the file."""

    block: Carrier | None = None
    leg: LegRecord | None = None
    seen: set[int] = field(default_factory=set)
    notes: list[Finding] = field(default_factory=list)
    serial: int | None = None
    has_header: bool = False
    has_trailer: bool = True
    complained: set[str] = field(default_factory=set)

    def take(self, line: str, number: int) -> Iterator[LegRecord | Unreadable]:
        if not line.strip() or not line.strip("0"):
            return
        record = self._padded(line, number)
        kind = record[0]
        if kind != "4" and kind in "1235":
            yield from self._release(number if kind == "5" else None, record)
        if kind == "1":
            self.has_header = True
        elif kind == "2":
            # If this carrier record cannot be read, its legs must not go by the carrier before it.
            self.block, self.has_trailer = None, False
            self.block = read_carrier(record, number)
        elif kind == "3":
            self._leg(record, number)
        elif kind == "4":
            self._segment(record, number)
        elif kind != "5":
            raise ParseError("unknown_record", f"a record begins with {line[:1]!r}; 1 to 5 are known", number)
        self._count(record, number)

    def finish(self) -> Iterator[LegRecord]:
        """Give the last leg, with what the end of the file shows."""
        if not self.has_trailer and self.leg:
            self.leg.complain("no_trailer", "the file ends without a trailer (record 5): it may be cut off")
        yield from self._release(None, "")

    def _release(self, trailer: int | None, record: str) -> Iterator[LegRecord]:
        """The leg before this record is complete."""
        if trailer is not None:
            self.has_trailer = True
            serial = record[187:193].strip()
            if self.serial is not None and serial != f"{self.serial:06d}":
                problem = f"the trailer checks serial {serial or 'nothing'}, the record before it has {self.serial:06d}"
                self._note("trailer_serial", problem, trailer, 188)
        if self.leg is None:
            return
        leg, self.leg = self.leg, None
        leg.findings += self.notes
        self.notes = []
        yield leg

    def _leg(self, record: str, number: int) -> None:
        if self.block is None:
            raise ParseError(
                "no_carrier",
                "a leg below no carrier record (type 2) that can be read: are its times local or UTC?",
                number,
            )
        content = hash(record[: LENGTH - 6])
        self.leg = read_leg(record, number, self.block)
        if content in self.seen:
            self.leg.complain("duplicate_record", "the same leg record as before, but for its serial; it counts once")
            self.leg.days = ()
        self.seen.add(content)
        if not self.has_header:
            self._once("no_header", "the file has no header (record 1)", number)

    def _segment(self, record: str, number: int) -> None:
        element = record[30:33]
        leg = self.leg
        if leg is None or leg.flight != read_flight(record, number):
            self._once("lost_segment", f"segment data {element} follows no leg of its flight", number)
        elif element == CODESHARES:
            leg.codeshares += [flight.strip() for flight in record[39:194].split("/") if flight.strip()][
                :MOST_CODESHARES
            ]
        elif element == OPERATED_AS:
            leg.operated_as = record[39:194].strip() or "?"
        elif element == SOLD_FOR and (carrier := record[39:42].strip(" /")) and carrier != leg.flight.carrier:
            leg.operated_as = leg.operated_as or carrier

    def _count(self, record: str, number: int) -> None:
        serial = serial_of(record)
        if serial is None:
            self._once("bad_serial", f"{record[194:200]!r} is no serial of a record", number, 195)
        elif self.serial is not None and serial != self.serial + 1:
            self._note("serial_gap", f"serial {serial:06d} follows {self.serial:06d}", number, 195)
        self.serial = serial if serial is not None else self.serial

    def _padded(self, line: str, number: int) -> str:
        if len(line) > LENGTH:
            if line[LENGTH:].strip():
                raise ParseError(
                    "too_long", f"the record has {len(line):,} characters; {LENGTH} are due", number, LENGTH + 1
                )
            line = line[:LENGTH]
        if len(line) < LENGTH:
            self._once(
                "short_record", f"the record has {len(line)} characters; filled up to {LENGTH} with blanks", number
            )
        return line.ljust(LENGTH)

    def _once(self, code: str, message: str, line: int, column: int = 1) -> None:
        """Say something about the file the first time only: it is true of every line or of none."""
        if code not in self.complained:
            self.complained.add(code)
            self._note(code, message, line, column)

    def _note(self, code: str, message: str, line: int, column: int = 1) -> None:
        finding = Finding(code, message, line, column)
        (self.leg.findings if self.leg else self.notes).append(finding)
