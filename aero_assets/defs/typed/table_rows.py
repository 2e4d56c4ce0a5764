"""Reading tables kept by people, CSV text or workbook: a record per row, and per column of those side by side.

A row with a cell that is not understood is one record in quarantine, whose message names row and column; none of its
figures count. Columns side by side (one for each line of costs) are a record each if they are filled.
"""

import csv
import gzip
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from aero_assets.defs.typed import table_values as values
from aero_assets.defs.typed.given import Given, csv_text, handed_on, unreadable
from aero_assets.defs.typed.table_counts import sheet_rows
from aero_assets.defs.typed.table_values import Declared, UnreadError, is_nothing, text_of
from aero_assets.feeds import Feed
from aero_assets.feeds.tables import KINDS, Table
from aero_assets.zones import AIRPORTS_CSV
from aero_ingest import tables
from aero_ingest.gunzip import GZIP
from aero_ingest.tables import Header
from aero_streaming.airline import airline

#: A stated total and a sum that differ by less are equal.
TOLERANCE = Decimal("0.011")
#: Beginnings of a cell that marks the line of an example, as templates have one.
EXAMPLE = ("ejemplo", "example", "sample")
#: Lines above the header that declare something for the whole file, in Spanish and English.
_DECLARED = {
    "decimal": (r"(?:decimal(?:es| separator| mark)?|separador decimal)", r"(,|\.|coma|comma|punto|point|dot)"),
    "dates": (r"(?:dates?(?: format)?|fechas|formato de fechas?)", r"(d{1,2}.mm?.[ya]{4}|m{1,2}.dd?.[ya]{4}|dmy|mdy)"),
    "currency": (r"(?:currency|moneda|divisa)", r"([a-z]{3})"),
    "carrier": (r"(?:carrier|airline|aerol[ií]nea)", r"([a-z0-9]{2,3})"),
    "scale": (r"(?:scale|escala)", r"(0 ?(?:-|–|a|to) ?10|1 ?(?:-|–|a|to) ?5)"),
}  # fmt: skip
_MARKS = {"coma": ",", "comma": ",", "punto": ".", "point": ".", "dot": "."}


class Row(NamedTuple):
    """One row as in the file: its number, its cells, its text, and the defect of its form if any."""

    number: int
    cells: Sequence[Any]
    text: str
    defect: str = ""


def read_table_rows(path: Path, feed: Feed) -> pa.RecordBatchReader:
    """Return the records of a body: the row's number in its file or sheet, values in the order of the header."""
    return handed_on(_records(path, feed))


def _records(path: Path, feed: Feed) -> Iterator[Given]:
    try:
        for sheet, rows in parts(path, feed):
            yield from _of_part(sheet, rows, feed)
    except tables.NoTextError as error:
        yield unreadable(f"the file cannot be read: {error}")
    except Exception as error:
        # A library that takes files of strangers apart may raise anything; the body stays in the raw zone.
        yield unreadable(f"the workbook cannot be read: {error.__cause__ or error}")


def parts(path: Path, feed: Feed) -> Iterator[tuple[str | None, Iterable[Row]]]:
    """Yield the rows of a text, or of each sheet of a workbook that has the header, with the sheet's name."""
    with path.open("rb") as file:
        head = file.read(4)
    if not head.startswith(b"PK"):
        data = gzip.decompress(path.read_bytes()) if head.startswith(GZIP) else path.read_bytes()
        text = tables.text_of(data)
        delimiter, _ = tables.of_text(text, _table(feed).door())
        yield None, (Row(*record) for record in tables.records(text, delimiter))
        return
    from openpyxl import load_workbook  # noqa: PLC0415 - brings along what only workbooks need

    with path.open("rb") as file, path.open("rb") as again:
        shown = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        entered = load_workbook(again, read_only=True, keep_links=False)
        for sheet in shown.sheetnames:
            yield sheet, _of_sheet(shown[sheet], entered[sheet])


def _of_sheet(shown: Any, entered: Any) -> Iterator[Row]:  # noqa: ANN401 - openpyxl has no types
    """Yield rows with a value; a formula without a calculated value is returned as its text, which is no figure."""
    for number, (cells, formulas) in enumerate(zip(sheet_rows(shown), sheet_rows(entered), strict=True), 1):
        filled = [formula if cell is None else cell for cell, formula in zip_longest(cells, formulas)]
        while filled and (filled[-1] is None or text_of(filled[-1]) == ""):
            filled.pop()
        if any(text_of(cell) for cell in filled):
            yield Row(number, filled, csv_text(map(text_of, filled)))


def _of_part(sheet: str | None, rows: Iterable[Row], feed: Feed) -> Iterator[Given]:
    table, rows = _table(feed), iter(rows)
    top = list(islice(rows, tables.MOST_ABOVE + 1))
    header = tables.find([tuple(map(text_of, row.cells)) for row in top], table.door())
    if header.problem:
        return  # the door found a header in another sheet
    declared = _declared([row.text for row in top[: header.row]], table)
    reading = _Reading(feed, table, header, declared, sheet)
    for row in chain(top[header.row + 1 :], rows):
        yield from reading.records(row)


def _table(feed: Feed) -> Table:
    if feed.layout.table is None:
        raise ValueError(f"{feed.path} is no feed of tables")
    return feed.layout.table


def _declared(above: Iterable[str], table: Table) -> Declared:
    """Return the declarations in the lines above the header; if there are none, those of the register."""
    stated: dict[str, str] = {}
    for line in above:
        for name, (words, value) in _DECLARED.items():
            match = re.fullmatch(rf"\W*{words}\s*[,;\t]*[:=]?[\s,;\"]*?{value}[\s,;\"]*", line.strip(), re.IGNORECASE)
            if match:
                stated[name] = match[1].lower()
    decimal = _MARKS.get(stated.get("decimal", ""), stated.get("decimal", "")) or table.decimal
    order = re.sub("[^dmya]", "", stated.get("dates", ""))
    dates = {"d": "dmy", "m": "mdy"}.get(order[:1], table.dates)
    scale = {"0": "0-10", "1": "1-5"}.get(stated.get("scale", "")[:1], "")
    currency, carrier = stated.get("currency", "").upper(), stated.get("carrier", "").upper()
    return Declared(decimal, dates, currency if currency in tables.CURRENCIES else "", carrier, scale)


@cache
def _icao() -> dict[str, str]:
    """Return the IATA code of every carrier by its ICAO code."""
    with AIRPORTS_CSV.with_name("carriers.csv").open(encoding="utf-8", newline="") as file:
        return {row["icao"]: row["iata"] for row in csv.DictReader(file) if row["icao"]}


class _Reading:
    """Reads rows of one part of a file by its header."""

    def __init__(self, feed: Feed, table: Table, header: Header, declared: Declared, sheet: str | None) -> None:
        self.feed, self.table, self.header, self.declared, self.sheet = feed, table, header, declared, sheet
        self.width = max((n + 1 for n, text in enumerate(header.headings) if text), default=0)
        spread = table.spread.names if table.spread else {}
        self.spread = {name: place for name, place in header.places.items() if name in spread}
        # Dates and carriers first: others are read with them.
        first, columns = ("date", "carrier", ""), table.columns
        kinds = {name: column.kind if column.kind in first else "" for name, column in columns.items()}
        self.order = [name for kind in first for name in columns if kinds[name] == kind and name in header.places]

    def records(self, row: Row) -> Iterator[Given]:
        """Yield the records of a row: one, or one for each filled column of those side by side."""
        filled = [name for name, place in self.spread.items() if not is_nothing(_cell(row, place))]
        for name in filled or [""]:
            body = f"{name}: {row.text}" if name else row.text
            try:
                record = self._read(row, name)
            except UnreadError as error:
                yield Given(row.number, body, part=self.sheet, defect=error.reason, message=error.sentence)
                continue
            listed = [record.get(column) for column in self.feed.header]
            yield Given(row.number, body, listed, self.sheet)

    def _read(self, row: Row, spread: str) -> dict[str, str | None]:
        self._check_form(row)
        record: dict[str, str | None] = {}
        currencies: dict[str, str] = {}
        on: date | None = None
        # The value of columns side by side comes from one of them; the column of its own name is their total.
        total = self.table.spread.value if spread and self.table.spread else None
        order = [name for name in self.order if name != total]
        for name in order:
            cell = _cell(row, self.header.places[name])
            if is_nothing(cell):
                continue
            with _named(row, self.header.headings[self.header.places[name]]):
                given = self._value(name, cell, on, record, currencies)
            if self.table.columns[name].kind == "date" and name == order[0]:
                on = date.fromisoformat(given[name] or "")
            self._take(row, record, given)
        if spread and self.table.spread:
            figure, currency = self._amount(row, self.spread[spread])
            self._check_total(row, self.table.spread.value)
            record |= {self.table.spread.column: spread, self.table.spread.value: f"{figure:f}"}
            currencies[spread] = currency or self.header.currencies.get(spread, "")
        if self.declared.scale and "SCALE" in self.table.columns and not record.get("SCALE"):
            record["SCALE"] = self.declared.scale
        self._settle_currency(row, record, currencies)
        self._check_required(row, record)
        return record

    def _amount(self, row: Row, place: int) -> tuple[Decimal, str]:
        with _named(row, self.header.headings[place]):
            return values.amount(_cell(row, place), self.declared)

    def _check_total(self, row: Row, value: str) -> None:
        """Compare the stated total of a row with the sum of its columns side by side."""
        place = self.header.places.get(value)
        if place is None or is_nothing(_cell(row, place)):
            return
        stated, _ = self._amount(row, place)
        cells = [part for part in self.spread.values() if not is_nothing(_cell(row, part))]
        total = sum((self._amount(row, part)[0] for part in cells), Decimal(0))
        if abs(stated - total) > TOLERANCE:
            raise UnreadError("total_mismatch", f"row {row.number}, column {self.header.headings[place]}: it says "
                              f"{stated:,f}, and the columns beside it sum to {total:,f}")  # fmt: skip

    def _value(
        self, name: str, cell: object, on: date | None, record: Mapping[str, str | None], currencies: dict[str, str]
    ) -> dict[str, str | None]:
        column = self.table.columns[name]
        if column.kind == "amount":
            figure, currency = values.amount(cell, self.declared)
            currencies[name] = currency or self.header.currencies.get(name, "")
            return {name: f"{figure:f}"}
        if column.kind == "flight":
            carrier = record.get("CARRIER") or self.declared.carrier
            return dict(zip(KINDS["flight"], values.flight(cell, _icao().get(carrier, carrier), _icao()), strict=True))
        if column.kind == "route":
            return dict(zip(KINDS["route"], values.route(cell, on), strict=True))
        read = {
            "date": lambda: f"{values.day(cell, self.declared)}",
            "month": lambda: f"{values.month(cell, self.declared)}",
            "carrier": lambda: values.carrier_of(cell, _icao()),
            "currency": lambda: values.currency(cell),
            "airport": lambda: values.airport(cell, on),
            "whole": lambda: values.whole(cell, column, self.declared),
            "word": lambda: values.word(cell, column),
            "text": lambda: text_of(cell),
        }
        return {name: read[column.kind]()}

    def _take(self, row: Row, record: dict[str, str | None], given: Mapping[str, str | None]) -> None:
        for raw, value in given.items():
            if record.get(raw) not in (None, value):
                reason = "unknown_route" if raw in KINDS["route"] else "unknown_flight"
                raise UnreadError(reason, f"row {row.number}: it says {raw} {record[raw]} and {value}")
            record[raw] = value

    def _settle_currency(self, row: Row, record: dict[str, str | None], currencies: Mapping[str, str]) -> None:
        """Return the one currency for all amounts of a row: of its column, its headings, its cells, or the file."""
        if "CURRENCY" not in self.table.columns or not currencies:
            return
        stated = {code for code in (record.get("CURRENCY") or "", *currencies.values()) if code}
        stated = stated or ({self.declared.currency} if self.declared.currency else set())
        if len(stated) != 1:
            problem = f"it says {' and '.join(sorted(stated))}" if stated else "nothing says the currency"
            headings = self.table.columns["CURRENCY"].names
            raise UnreadError("unknown_currency", f"row {row.number}: {problem}: fill a column {headings[0]}, or write "
                              f"«currency: {airline().currency}» in a line above the header")  # fmt: skip
        [record["CURRENCY"]] = stated

    def _check_form(self, row: Row) -> None:
        if any(text_of(cell).casefold().startswith(EXAMPLE) for cell in row.cells):
            raise UnreadError("sample_row", f"row {row.number} is the example of the template: delete it")
        if row.defect:
            raise UnreadError(row.defect, f"row {row.number}: a quotation mark is not closed or stands inside a value")
        if any(text_of(cell) for cell in row.cells[self.width :]):
            raise UnreadError("too_many_columns", f"row {row.number} has {len(row.cells)} columns and the header "
                              f"{self.width}: quote values with a delimiter in them")  # fmt: skip
        if self.sheet is None and len(row.cells) < self.width:
            raise UnreadError("too_few_columns", f"row {row.number} has {len(row.cells)} columns and the header "
                              f"{self.width}")  # fmt: skip

    def _check_required(self, row: Row, record: Mapping[str, str | None]) -> None:
        for name, column in self.table.columns.items():
            if column.required and not any(record.get(raw) for raw in KINDS[column.kind] or (name,)):
                place = self.header.places.get(name)
                heading = self.header.headings[place] if place is not None else (column.names or (name,))[0]
                raise UnreadError("missing_value", f"row {row.number}, column {heading}: it is empty")


@contextmanager
def _named(row: Row, heading: str) -> Generator[None]:
    """Put row and column in front of the message about a cell."""
    try:
        yield
    except UnreadError as error:
        raise UnreadError(error.reason, f"row {row.number}, column {heading}: {error.sentence}") from None


def _cell(row: Row, place: int) -> object:
    return row.cells[place] if place < len(row.cells) else None
