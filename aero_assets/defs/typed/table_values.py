"""Cells of tables kept by people, read completely or refused with a message: figures, dates, flights, routes, words.

A cell is a text, or a number or date of a workbook. Nothing is guessed: `1,234` may be 1234 or 1.234, and 3/4/2026 a
day in March or in April, so such a cell is refused unless the file declares the form.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from aero_assets.feeds.tables import TableColumn
from aero_assets.zones import airports
from aero_ingest.headings import plain
from aero_ingest.tables import CURRENCIES
from aero_streaming.airline import airline

#: Words for a cell that says nothing.
NOTHING = frozenset({"", "-", "--", "–", "—", "n/a", "na", "n/d", "nd", "s/d", "sd", "null", "none", "nan", "#n/a"})
#: No amount of one flight comes near it.
LARGEST = 10**12
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("ene enero jan january", "feb febrero february", "mar marzo march", "abr abril apr april", "may mayo",
         "jun junio june", "jul julio july", "ago agosto aug august", "sep sept septiembre september",
         "oct octubre october", "nov noviembre november", "dic diciembre dec december"), 1)
    for name in names.split()
}  # fmt: skip
#: A figure with nothing beside it, as programs write them.
_PLAIN = re.compile("-?[0-9][0-9.,]*")
_GROUPED = r"[1-9][0-9]{{0,2}}(?:(?P<g>[{groups}])[0-9]{{3}}(?:(?P=g)[0-9]{{3}})*)|[0-9]+"
#: Mark of decimals → the form of a figure that has it; groups of three stand between the other marks.
_FIGURE = {
    ".": re.compile(rf"(?P<whole>{_GROUPED.format(groups=',’ ' + chr(39))})?(?:\.(?P<part>[0-9]+))?"),
    ",": re.compile(rf"(?P<whole>{_GROUPED.format(groups='.’ ' + chr(39))})?(?:,(?P<part>[0-9]+))?"),
}
_MONEY = {"US$": "USD", "U$S": "USD", "USD$": "USD", "MX$": "MXN", "MXN$": "MXN", "€": "EUR", "£": "GBP"}
#: Marks of money that a cell may have, longer ones before those that are part of them.
_MARKS = sorted({*_MONEY, *CURRENCIES}, key=lambda mark: (-len(mark), mark))
_FLIGHT = re.compile(
    r"(?P<carrier>[A-Z]{3}|[A-Z][A-Z0-9]|[0-9][A-Z])?[ -]*0*(?P<number>[1-9][0-9]{0,3})(?P<suffix>[A-Z]?)"
)
_ROUTE = re.compile(r"([A-Z]{3})(?: *(?:-|–|—|/|>|->|→| ) *|)([A-Z]{3})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})([/.-]?)([0-9]{2})\2([0-9]{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_NAMED = re.compile(r"([0-9]{1,2})(?:[ -]|/| de )([^\W\d_]+)\.?(?:[ -]|/| de | del )([0-9]{4})")

_YEAR_MONTH = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})[-/]([0-9]{4})")
_NAMED_MONTH = re.compile(r"([^\W\d_]+)\.?(?:[ -]|/| de | del )([0-9]{4})")


class UnreadError(ValueError):
    """A cell that was not understood: the reason, and the message about it without row and column."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason, self.sentence = reason, sentence


@dataclass(frozen=True)
class Declared:
    """The declarations above the header of a file, which apply to all of its rows."""

    decimal: str = ""
    dates: str = ""
    currency: str = ""
    carrier: str = ""
    scale: str = ""


def text_of(cell: object) -> str:
    """Return a cell as one line of text; a whole number of a workbook has no decimals."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < LARGEST:
        return f"{cell:.0f}"
    return " ".join(f"{cell}".split()) if cell is not None else ""


def is_nothing(cell: object) -> bool:
    """Return True if a cell is empty or holds a word for an unknown value."""
    return cell is None or text_of(cell).casefold() in NOTHING


def amount(cell: object, declared: Declared) -> tuple[Decimal, str]:
    """Return the figure of a cell and the currency in it (empty: none)."""
    if isinstance(cell, bool):
        raise UnreadError("bad_value", f"{cell} is no amount")
    if isinstance(cell, int | float):
        figure, currency = Decimal(repr(cell)), ""
    else:
        bare, sign, currency = _unsigned(text_of(cell))
        figure = sign * _figure(bare, text_of(cell), declared.decimal)
    if not figure.is_finite() or abs(figure) >= LARGEST:
        raise UnreadError("bad_value", f"{text_of(cell)!r} is no amount below {LARGEST:,}")
    return figure, currency


def _unsigned(text: str) -> tuple[str, int, str]:
    """Return a figure without sign and currency; a negative one may have parentheses, or the sign at its end."""
    if _PLAIN.fullmatch(text):
        return text.lstrip("-"), -1 if text.startswith("-") else 1, ""
    text, currency = text.upper().replace("−", "-"), ""
    negative = text.startswith("(") and text.endswith(")")
    text = text[1:-1].strip() if negative else text
    for mark in _MARKS:
        if text.lstrip("- ").startswith(mark) or text.endswith(mark):
            text, currency = text.replace(mark, "", 1).strip(), _MONEY.get(mark, mark)
            break
    text = text.replace("$", "", 1).strip()
    if text.startswith("-") or text.endswith("-"):
        text, negative = (text[1:] if text.startswith("-") else text[:-1]).strip(), not negative
    return text.lstrip("$ "), -1 if negative else 1, currency


def _figure(text: str, written: str, decimal: str) -> Decimal:
    """Return the only value that the separators of a figure allow."""
    readings = set()
    for mark in decimal or ".,":
        match = _FIGURE[mark].fullmatch(text)
        if match and (match["whole"] or match["part"]):
            whole = re.sub("[^0-9]", "", match["whole"] or "0")
            readings.add(Decimal(f"{whole}.{match['part'] or 0}"))
    if len(readings) > 1:
        low, high = sorted(readings)
        raise UnreadError("ambiguous_number", f"{written!r} is {low.normalize():f} or {high:,.0f}: write «decimal: ,» "
                          "or «decimal: .» in a line above the header")  # fmt: skip
    if not readings:
        with_mark = f" with decimals behind {decimal!r}" if decimal else ""
        raise UnreadError("bad_value", f"{written!r} is no figure{with_mark}")
    return readings.pop()


def whole(cell: object, column: TableColumn, declared: Declared) -> str:
    """Return a whole number within the bounds of its column."""
    figure, currency = amount(cell, declared)
    if currency or figure != figure.to_integral_value():
        raise UnreadError("bad_value", f"{text_of(cell)!r} is no whole number")
    least, most = column.least, column.most
    if (least is not None and figure < least) or (most is not None and figure > most):
        raise UnreadError("out_of_scale", f"{figure:f} is outside {least} to {most}")
    return f"{figure:.0f}"


def day(cell: object, declared: Declared) -> date:
    """Return a date; a date in figures needs a declared order, unless only one order gives a date."""
    if isinstance(cell, datetime):
        if cell.time() != datetime.min.time():
            raise UnreadError("bad_value", f"{cell} is a time, and a date is needed")
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if match := _YEAR_FIRST.fullmatch(text):
        dates = {_date(match[1], match[3], match[4])}
    elif match := _DAY_FIRST.fullmatch(text):
        dmy, mdy = _date(match[4], match[3], match[1]), _date(match[4], match[1], match[3])
        dates = {"dmy": {dmy}, "mdy": {mdy}}.get(declared.dates, {dmy, mdy})
    elif (match := _NAMED.fullmatch(text.casefold())) and (month := _MONTHS.get(match[2])):
        dates = {_date(match[3], f"{month}", match[1])}
    else:
        dates = set()
    dates.discard(None)
    if len(dates) > 1:
        raise UnreadError("ambiguous_date", f"{text!r} is " + " or ".join(sorted(map(str, dates))) + ": write "
                          "«dates: dd/mm/yyyy» or «dates: mm/dd/yyyy» in a line above the header")  # fmt: skip
    if not dates:
        raise UnreadError("bad_value", f"{text!r} is no date with a year of four figures: write 2026-11-27")
    return next(filter(None, dates))


def month(cell: object, declared: Declared) -> date:
    """Return the first day of a month: of a date in it, of its number and year, or of its name and year."""
    text = text_of(cell).casefold()
    first_day = None
    if match := _YEAR_MONTH.fullmatch(text):
        first_day = _date(match[1], match[2], "1")
    elif match := _MONTH_YEAR.fullmatch(text):
        first_day = _date(match[2], match[1], "1")
    elif (match := _NAMED_MONTH.fullmatch(text)) and (number := _MONTHS.get(match[1])):
        first_day = _date(match[2], f"{number}", "1")
    if first_day:
        return first_day
    try:
        return day(cell, declared).replace(day=1)
    except UnreadError as refused:
        if refused.reason == "bad_value":
            raise UnreadError("bad_value", f"{text_of(cell)!r} is no month: write 2026-11") from None
        raise


def _date(year: str, month: str, of_month: str) -> date | None:
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError:
        return None


def flight(cell: object, carrier: str, icao: Mapping[str, str]) -> tuple[str, str, str]:
    """Return carrier, number and suffix; `carrier` is used if the cell has none, `icao` converts three letters."""
    text = text_of(cell).upper()
    match = _FLIGHT.fullmatch(text)
    if not match:
        raise UnreadError(
            "unknown_flight", f"{text!r} is no flight: write carrier and number, as {airline().sample_flight}"
        )
    written = match["carrier"] or carrier
    if not written:
        raise UnreadError(
            "unknown_flight",
            f"{text!r} has no carrier: write {airline().sample_flight}, or add a column for the carrier",
        )
    if len(written) > 2 and written not in icao:
        raise UnreadError("unknown_flight", f"{text!r}: nobody knows the carrier {written}; write its IATA code")
    if match["carrier"] and carrier and icao.get(written, written) != carrier:
        raise UnreadError("unknown_flight", f"{text!r} is no flight of {carrier}, which the row also says")
    return icao.get(written, written), match["number"], match["suffix"]


def carrier_of(cell: object, icao: Mapping[str, str]) -> str:
    """Return the IATA code of a carrier."""
    text = text_of(cell).upper()
    text = icao.get(text, text)
    if not re.fullmatch("[A-Z][A-Z0-9]|[0-9][A-Z]", text):
        raise UnreadError("unknown_flight", f"{text!r} is no carrier: write its IATA code, as {airline().mainline}")
    return text


def route(cell: object, on: date | None) -> tuple[str, str]:
    """Return the two airports of a route."""
    text = text_of(cell).upper()
    match = _ROUTE.fullmatch(text)
    if not match or match[1] == match[2]:
        raise UnreadError(
            "unknown_route", f"{text!r} is no route of one leg: write two airports, as {airline().sample_route}"
        )
    return airport(match[1], on), airport(match[2], on)


def airport(cell: object, on: date | None) -> str:
    """Return the IATA code of an airport that is in service on a day."""
    code = text_of(cell).upper()
    known = airports().get(code)
    if known is None or (on is not None and not known.valid_from <= on <= known.valid_to):
        raise UnreadError(
            "unknown_route", f"{code!r} is not in our airport table: write its IATA code, as {airline().base}"
        )
    return code


def currency(cell: object) -> str:
    """Return a currency of ISO 4217."""
    text = text_of(cell).upper()
    code = _MONEY.get(text, text)
    if code not in CURRENCIES:
        raise UnreadError(
            "unknown_currency", f"{text!r} is no currency: write its ISO 4217 code, as {airline().currency} or USD"
        )
    return code


def word(cell: object, column: TableColumn) -> str:
    """Return the value of a column for which the word in a cell stands."""
    text = plain(text_of(cell))
    for known, others in column.words.items():
        if text in {plain(known), *map(plain, others)}:
            return known
    raise UnreadError("bad_value", f"{text_of(cell)!r} is none of {', '.join(column.words)}")
