"""Weather reports cut out of what carries them: bulletins, hourly cycle files, CSV of archives, plain lines.

    SAMX31 MMMX 271245                 heading of a WMO bulletin: no report
    METAR MMMX 271243Z 00000KT 7SM     a report ends at `=`, at the next report, or at a blank line
         BKN080 12/08 A3031=
    2026/11/28 12:43                   cycle files of NOAA say date and time before each report
    station,valid,metar                archives: the report is a column, its full time another

What is neither a report nor known to stand around one is given back as a record that nobody can read, never as a part
of its neighbour.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

#: More characters than any report has, remarks included.
LONGEST_REPORT = 2_000

MARK = r"(?:COR|CC[A-Z]|AMD|RTD)"
STATION = r"[A-Z][A-Z0-9]{3}"
#: The beginning of a report: type or none, station, and its time or the word that there is nothing.
START = re.compile(
    rf"(?:(?:METAR|SPECI)\s+)?(?:{MARK}\s+)?{STATION}\s+(?:{MARK}\s+)?(?:[0-9]{{6}}Z?|[0-9]{{4}}Z|NIL)(?=\s|=|$)",
    re.IGNORECASE,
)
#: A type in the middle of a line begins the next report even without a time.
INNER = re.compile(
    rf"(?<=\s)(?=(?:METAR|SPECI)\s+(?:{MARK}\s+)?{STATION}\s+(?:{MARK}\s+)?(?:[0-9]{{6}}Z?|NIL)(?:\s|=|$))",
    re.IGNORECASE,
)
#: Whatever follows it, a line of this type is no part of the report before it.
TYPED = re.compile(r"(?:METAR|SPECI)\b", re.IGNORECASE)
KIND_ALONE = re.compile(rf"(METAR|SPECI)(?:\s+({MARK}))?(?:\s+[0-9]{{6}}Z?)?", re.IGNORECASE)
HEADING = re.compile(r"[A-Z]{4}[0-9]{1,2} [A-Z]{4} [0-9]{6}(?: ([A-Z]{3}))?", re.IGNORECASE)
AROUND = re.compile(r"(?:ZCZC.*|NNNN.*|[0-9]{3,5}|[A-Z]{4}[0-9]{0,2}|=+)", re.IGNORECASE)
STAMP = re.compile(
    r"([0-9]{4})[-/]([0-9]{2})[-/]([0-9]{2})[ T]([0-9]{2}):([0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|\+00(?::?00)?)?",
    re.IGNORECASE,
)
#: Station and time as numbers before a report, as the archive of Ogimet has them.
NUMBERED = re.compile(r"[A-Z0-9]{4},([0-9]{4}),([0-9]{2}),([0-9]{2}),([0-9]{2}),([0-9]{2}),", re.IGNORECASE)
PACKED = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?=\s+\S)")
OTHER = re.compile(r"(TAF|SIGMET|AIRMET|PIREP|AIREP|SYNOP|AAXX|NOTAM|SPECIAL)\b", re.IGNORECASE)
#: Lines above the header in the CSV of weather services.
PREAMBLE = re.compile(r"(?:no (?:errors|warnings)|[0-9.]+ ms|data source=\S+|[0-9]+ results?|#.*)", re.IGNORECASE)
END_OF_TEXT = "\x03"
CONTROL = dict.fromkeys(map(ord, "\x00\x01\x02\x03\x04\x07\x1e\x1f\ufeff"))

REPORT_COLUMNS = ("metar", "raw_text", "rawtext", "rawob", "raw_metar", "metar_text", "report", "parte", "raw")
TIME_COLUMNS = (
    "valid",
    "observation_time",
    "valid_utc",
    "observed_at",
    "obs_time",
    "report_time",
    "reporttime",
    "time",
)
KIND_COLUMNS = ("metar_type", "report_type", "type")
DATE_PARTS = (("year", "month", "day", "hour", "minute"), ("año", "mes", "dia", "hora", "minuto"))


class Cut(NamedTuple):
    """A report as sent, in one line, with the data around it; `problem` is set for text that is no report."""

    line: int
    text: str
    stamp: datetime | None = None
    #: METAR or SPECI as heading or column say it, and a mark of correction of the whole bulletin.
    kind: str | None = None
    mark: str | None = None
    is_open: bool = False
    problem: str | None = None


@dataclass
class _Cutter:
    """The reader of one body, with its position."""

    pieces: list[str] = field(default_factory=list)
    begin: int = 0
    stamp: datetime | None = None
    kind: str | None = None
    mark: str | None = None
    in_bulletin: bool = False
    #: The number of reports that ended with the sign, and whether all did.
    signed: int = 0
    are_all_signed: bool = True
    columns: dict[str, int] = field(default_factory=dict)
    delimiter: str = ","

    def take(self, number: int, raw: str) -> Iterator[Cut]:
        line = raw.translate(CONTROL).strip()
        if END_OF_TEXT in raw or line.startswith("NNNN"):
            yield from self._end_bulletin(number, line)
            return
        if self.columns:
            yield from self._row(number, line)
            return
        if not line:
            # In a bulletin the sign ends a report, and double line ends make blank lines within one.
            if not self.in_bulletin:
                yield from self._close(number)
            return
        if header := _header(line):
            yield from self._close(number)
            self.columns, self.delimiter = header
            return
        text = " ".join(line.split())
        if self._is_around(text):
            yield from self._close(number)
            self._note(text)
        else:
            yield from self._text(number, text)

    def _end_bulletin(self, number: int, line: str) -> Iterator[Cut]:
        if line and not line.startswith("NNNN"):
            yield from self._text(number, " ".join(line.split()))
        yield from self._close(number)
        self.kind, self.mark, self.in_bulletin = None, None, False

    def finish(self, number: int) -> Iterator[Cut]:
        yield from self._close(number, at_end=True)

    def _is_around(self, text: str) -> bool:
        if any(pattern.fullmatch(text) for pattern in (HEADING, KIND_ALONE, STAMP, PREAMBLE)) or text.startswith(
            "ZCZC"
        ):
            return True
        # Words like these end a wrapped report, too; so they stand around reports only where none is open.
        return bool(not self.pieces and AROUND.fullmatch(text))

    def _note(self, text: str) -> None:
        if match := HEADING.fullmatch(text):
            self.kind, self.mark, self.in_bulletin = None, _correction(match[1]), True
        elif match := KIND_ALONE.fullmatch(text):
            self.kind, self.mark = match[1].upper(), _correction(match[2]) or self.mark
        elif match := STAMP.fullmatch(text):
            self.stamp = _moment(match)

    def _text(self, number: int, text: str) -> Iterator[Cut]:
        for own in (STAMP, PACKED, NUMBERED):
            if (match := own.match(text)) and START.match(text, _blank(text, match.end())):
                yield from self._close(number)
                self.stamp, text = _moment(match), text[_blank(text, match.end()) :]
        for piece in re.split(r"(=)", text):
            if piece == "=":
                yield from self._close(number, signed=True)
            elif piece.strip():
                for part in _parts(piece):
                    yield from self._part(number, part.strip())

    def _part(self, number: int, text: str) -> Iterator[Cut]:
        if START.match(text) or TYPED.match(text) or OTHER.match(text):
            yield from self._close(number)
            self.pieces, self.begin = [text], number
        elif self.pieces:
            if sum(map(len, self.pieces)) + len(text) <= LONGEST_REPORT:
                self.pieces.append(text)
            else:
                yield from self._close(number)
                yield Cut(
                    number,
                    text[:LONGEST_REPORT],
                    problem=f"it makes a report longer than {LONGEST_REPORT:,} characters",
                )
        elif text not in ("$",):
            yield Cut(
                number, text[:LONGEST_REPORT], problem=f"{text[:40]!r} begins no report: METAR MMMX 271243Z is due"
            )

    def _close(self, number: int, *, signed: bool = False, at_end: bool = False) -> Iterator[Cut]:
        if not self.pieces:
            return
        text = " ".join(self.pieces)
        self.pieces = []
        if other := OTHER.match(text):
            yield Cut(self.begin, text, problem=f"this is {other[1].upper()}; METAR and SPECI are read")
            return
        # If reports of a body end with the sign, the last one without it may be cut off.
        is_open = not signed and at_end and self.are_all_signed and self.signed > 0
        self.signed, self.are_all_signed = self.signed + signed, self.are_all_signed and signed
        yield Cut(self.begin, text, self.stamp, self.kind, self.mark, is_open)
        self.stamp = None

    def _row(self, number: int, line: str) -> Iterator[Cut]:
        if not line or line.startswith("#"):
            return
        values = next(csv.reader([line], delimiter=self.delimiter), [])
        fields = {name: values[at].strip() for name, at in self.columns.items() if at < len(values)}
        text = " ".join(fields.get("report", "").split()).removesuffix("=").strip()
        if not text or text.upper() in ("M", "NULL", "NONE"):
            yield Cut(number, line[:LONGEST_REPORT], problem="the row holds no report")
            return
        yield Cut(number, text[:LONGEST_REPORT], _row_moment(fields), _kind(fields.get("kind", "")))


def cut(lines: Iterable[str]) -> Iterator[Cut]:
    """Yield the reports of a body in order, and texts that should be reports; one report is in memory at a time."""
    cutter, number = _Cutter(), 0
    for number, line in enumerate(lines, 1):
        yield from cutter.take(number, line)
    yield from cutter.finish(number)


def _parts(piece: str) -> list[str]:
    """Return the reports of a piece of a line: one, unless a report type begins another in its middle."""
    cuts = [0, *(inner.start() for inner in INNER.finditer(piece)), len(piece)]
    return [part for first, last in pairwise(cuts) if (part := piece[first:last]).strip()]


def _header(line: str) -> tuple[dict[str, int], str] | None:
    """Return the known columns of a CSV header, and its delimiter; None if the line is no header."""
    for delimiter in (",", ";", "\t"):
        names = [name.strip().strip('"').casefold() for name in line.split(delimiter)]
        report = next((names.index(name) for name in REPORT_COLUMNS if name in names), None)
        if len(names) > 1 and report is not None:
            places = {"report": report}
            for role, aliases in (("time", TIME_COLUMNS), ("kind", KIND_COLUMNS)):
                if alias := next((alias_here for alias_here in aliases if alias_here in names), None):
                    places[role] = names.index(alias)
            for parts in DATE_PARTS:
                if set(parts) <= set(names):
                    places |= dict(zip(DATE_PARTS[0], map(names.index, parts), strict=True))
            return places, delimiter
    return None


def _row_moment(fields: dict[str, str]) -> datetime | None:
    if match := STAMP.fullmatch(fields.get("time", "")):
        return _moment(match)
    return _utc([fields.get(name, "") for name in DATE_PARTS[0]])


def _moment(match: re.Match[str]) -> datetime | None:
    return _utc(match.groups()[:5])


def _utc(parts: Sequence[str]) -> datetime | None:
    """The moment of year, month, day, hour and minute, without a zone as the typed zone has it; None if none."""
    try:
        year, month, day, hour, minute = map(int, parts)
        return datetime(year, month, day, hour, minute)  # noqa: DTZ001
    except (ValueError, OverflowError):
        return None


def _kind(text: str) -> str | None:
    return text.upper() if text.upper() in ("METAR", "SPECI") else None


def _correction(mark: str | None) -> str | None:
    return mark.upper() if mark and re.fullmatch(r"(?i:COR|CC[A-Z])", mark) else None


def _blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in " ,;":
        at += 1
    return at
