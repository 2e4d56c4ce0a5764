"""Tables that people keep by hand, as CSV text or rows of a sheet: their header is found by the names of its columns.

A table may have lines above its header, further columns and any order. A column goes by several names; its currency
may stand in the heading (`Ingreso (MXN)`). Delimiter and encoding of a text are told by the text. The door and the
typed step ask here, so that both see the same table.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from aero_ingest.content import UTF_16
from aero_ingest.headings import plain

#: Lines that may stand above a header, the most bytes of a text, and the most lines of one record.
MOST_ABOVE = 40
MAX_TEXT_BYTES = 32 << 20
MOST_LINES = 20
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SHOWN_NAMES = 3
#: Active codes of ISO 4217 that money is paid in.
_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
    RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
    USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
_UNIT = re.compile(r"(.*?)[\s_.,-]*[(\[]?\s*([A-Za-z]{3})\s*[)\]]?\s*")


class NoTextError(ValueError):
    """Bytes that are no text: says why."""


class Record(NamedTuple):
    """One record of a text: the number of its first line, its cells, its text, and what is wrong with it."""

    number: int
    cells: tuple[str, ...]
    text: str
    defect: str = ""


@dataclass(frozen=True)
class Header:
    """The row of a table that names its columns: column → place from 0, column → currency in its heading.

    `problem` says why the table cannot be read by it; empty if it can. `row` counts rows from 0.
    """

    row: int = 0
    headings: tuple[str, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)
    currencies: Mapping[str, str] = field(default_factory=dict)
    problem: str = "the file ends before it"


def text_of(data: bytes) -> str:
    """Return bytes as text: UTF-8 or UTF-16 with their mark, UTF-8 without one, else the Windows code page 1252."""
    codes = ["utf-16"] if data.startswith(UTF_16) else ["utf-8-sig", "cp1252"]
    for code in codes:
        try:
            text = data.decode(code)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise NoTextError("there is a NUL byte in it: the file was damaged or is binary")
        return text
    raise NoTextError(f"it is no text in {' or '.join(codes)}")


def records(text: str, delimiter: str) -> Iterator[Record]:
    """Yield the records of a text that are not blank; a quotation mark that is not closed costs one line, no more."""
    lines = re.split(r"\r\n|\n|\r", text)
    at = 0
    while at < len(lines):
        taken, number = lines[at], at + 1
        at += 1
        if taken.count('"') % 2:
            more = next((n for n in range(1, MOST_LINES) if "\n".join(lines[at : at + n]).count('"') % 2), 0)
            taken = "\n".join([taken, *lines[at : at + more]])
            at += more
        if not taken.strip(f" \t{delimiter}"):
            continue
        try:
            [cells] = csv.reader(taken.splitlines(keepends=True), delimiter=delimiter, strict=True)
        except (csv.Error, ValueError):
            yield Record(number, (), taken, "bad_quotes")
            continue
        yield Record(number, tuple(cell.strip() for cell in cells), taken)


def of_text(text: str, layout: Mapping[str, Any]) -> tuple[str, Header]:
    """Return delimiter and header of a text: those by which the most columns are known."""
    best = (",", Header())
    for delimiter in DELIMITERS:
        top = [record.cells for record in islice(records(text, delimiter), MOST_ABOVE + 1)]
        header = find(top, layout)
        if (not header.problem, len(header.places)) > (not best[1].problem, len(best[1].places)):
            best = (delimiter, header)
    return best


def find(top: Sequence[Sequence[str]], layout: Mapping[str, Any]) -> Header:
    """Return the first of the top rows that is a header of a layout, else the one that is nearest to it."""
    known = {plain(name): column for column, names in layout["names"].items() for name in (column, *names)}
    nearest = Header()
    for number, cells in enumerate(top[: MOST_ABOVE + 1]):
        header = _header(number, cells, known, layout)
        if not header.problem:
            return header
        if len(header.places) > len(nearest.places):
            nearest = header
    if top and not nearest.places:
        return Header(problem=f"none of its first {MOST_ABOVE + 1} rows names a column that is known")
    return nearest


def _header(number: int, cells: Sequence[str], known: Mapping[str, str], layout: Mapping[str, Any]) -> Header:
    places: dict[str, int] = {}
    currencies: dict[str, str] = {}
    problem = ""
    for place, text in enumerate(cells):
        column, currency = _column(text, known, layout)
        if not column:
            continue
        if column in places:
            problem = f"its columns {cells[places[column]]!r} and {text!r} mean the same"
        places[column] = place
        if currency:
            currencies[column] = currency
    return Header(number, tuple(cells), places, currencies, problem or missing(places, layout))


def _column(text: str, known: Mapping[str, str], layout: Mapping[str, Any]) -> tuple[str, str]:
    """Return the column that a heading names, and the currency in it; empty where there is none."""
    if column := known.get(plain(text), ""):
        return column, ""
    unit = _UNIT.fullmatch(text)
    if unit and (currency := unit[2].upper()) in CURRENCIES:
        column = known.get(plain(unit[1]), "")
        if column in layout["money"]:
            return column, currency
    return "", ""


def missing(places: Mapping[str, int], layout: Mapping[str, Any]) -> str:
    """Say which column a table lacks; empty if it has one of each that are needed."""
    for choice in layout["needs"]:
        if not any(column in places for column in choice):
            names = [name for column in choice for name in layout["names"][column][:SHOWN_NAMES]]
            return f"it has no column for {choice[0]}: name it {' or '.join(names)}"
    return ""
