"""The layout of records in a file of a feed: lines before and after them, and the lines or sheets that hold them.

This module defines the vocabulary and checks it. The typed step reads files by it; the door recognises them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

from aero_assets.feeds.tables import Table, read_table

Format = Literal["csv", "xlsx", "parquet", "lines", "table"]
#: Parsers that take a line apart into the columns of `header`; the typed step has one of each name.
PARSERS = ("metar", "messages", "ssim")
#: Of these the door tells the gateway, which makes events of them.
HANDED_ON = ("messages", "ssim")
#: Raw columns that a workbook gives beside its own keys and figures.
SHEET_COLUMNS = ("EDITION_AT", "THROUGH_MONTH", "FIGURES_DIGEST", "SHEET", "YEAR", "MONTH")
MONTHS = 12

Fail = Callable[..., Exception]


@dataclass(frozen=True)
class Caption:
    """A value stated once above the header (the group of a pattern), which becomes a raw column of every record."""

    name: str
    pattern: str


@dataclass(frozen=True)
class Sheet:
    """A sheet that holds records: its name, and heading → raw column of the cells that name the subject of a row."""

    name: str
    keys: Mapping[str, str]


@dataclass(frozen=True)
class Workbook:
    """Wide sheets: each row is a subject, with twelve months and a total side by side for every figure.

    `figures` are the headings above `months`, heading → raw column; `year` is a pattern that a cell above the header
    matches; the row whose first cell is `ends_at` holds the sums of the columns.
    """

    header_row: int
    ends_at: str
    year: str
    months: tuple[str, ...]
    total: str
    figures: Mapping[str, str]
    sheets: tuple[Sheet, ...]

    def headings(self, sheet: Sheet) -> tuple[str, ...]:
        """The cells of the header row that are not empty, in order."""
        return (*sheet.keys, *((*self.months, self.total) * len(self.figures)))


@dataclass(frozen=True)
class Layout:
    """Everything about a file that its format and its header do not define.

    `xml`: documents of XML are accepted beside lines. `footer` is the beginning of the last line of every file; the
    door refuses a file without it. The named groups of `name_pattern` are values that only the file's name holds, as
    raw columns of every record. `by_name`: columns are found by the names in the header, in any order and beside
    others; `also_called` are further names of a column, `optional` the columns that a file may lack, `further` raw
    columns that only other layouts have. Of `alternatives` one must be present completely. `unknown` are words that
    stand for no value. `layouts` are known layouts, for messages: `name`, `columns` under their names there, and
    `way_out`.
    """

    name_pattern: str = ""
    preamble_lines: int = 0
    footer: str = ""
    captions: tuple[Caption, ...] = ()
    line_pattern: str = ""
    xml: bool = False
    parser: str = ""
    workbook: Workbook | None = None
    by_name: bool = False
    also_called: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, ...], ...] = ()
    unknown: tuple[str, ...] = ()
    layouts: tuple[Mapping[str, Any], ...] = ()
    table: Table | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The raw columns whose values are in the file's name."""
        return tuple(re.compile(self.name_pattern).groupindex)

    def named_by(self, name: str) -> list[str | None]:
        """Return the values in a file's name, by raw column; null if the name has another form."""
        match = re.fullmatch(self.name_pattern, name)
        return [match[group] if match else None for group in self.named]

    def door(self) -> dict[str, Any]:
        """Return the part that the door must know; empty for a plain file."""
        details: dict[str, Any] = {name: value for name, value in asdict(self).items() if value and name != "parser"}
        if self.parser in HANDED_ON:
            details["hand_on"] = True
        if "captions" in details:
            details["captions"] = [caption.pattern for caption in self.captions]
        if self.workbook:
            sheets = {sheet.name: list(self.workbook.headings(sheet)) for sheet in self.workbook.sheets}
            details["workbook"] = {"header_row": self.workbook.header_row, "sheets": sheets}
        if self.table:
            details["table"] = self.table.door()
        return details


#: A header in the first line, and records below it to the end.
PLAIN = Layout()
#: Keys of a feed whose columns are found by their names.
BY_NAME = ("also_called", "optional", "further", "alternatives", "unknown", "layouts")
#: Keys of a register entry by the format they belong to.
KEYS: dict[str, tuple[str, ...]] = {
    "csv": ("preamble_lines", "footer", "captions", "by_name", *BY_NAME),
    "lines": ("line_pattern", "parser", "footer", "xml"),
    "xlsx": ("workbook", "sheets"),
    "parquet": (),
    "table": ("table",),
}
FORMAT_KEYS = frozenset(key for keys in KEYS.values() for key in keys)
ALL_KEYS = FORMAT_KEYS | {"name_pattern"}


def read_layout(data: Mapping[str, Any], fail: Fail) -> tuple[Format, Layout]:
    """Return format and layout of a register entry; `fail` builds an error from a message and a line's start."""
    kind = data.get("format", "csv")
    if kind not in get_args(Format):
        raise fail(f"`format` is one of {', '.join(get_args(Format))}", at=r"format\s*=")
    for key in sorted(FORMAT_KEYS & data.keys()):
        if key not in KEYS[kind]:
            owners = " or ".join(f'"{name}"' for name, keys in KEYS.items() if key in keys)
            raise fail(f"`{key}` belongs to format = {owners}", at=rf"\[*{key}\b")
    if kind == "xlsx":
        layout = Layout(workbook=_workbook(data, fail))
    elif kind == "lines":
        layout = _lines(data, fail)
    elif kind == "table":
        layout = Layout(table=read_table(data, fail))
    else:
        layout = Layout("", _preamble(data, fail), data.get("footer", ""), _captions(data, fail), **_names(data, fail))
    if name := data.get("name_pattern"):
        _pattern(name, "`name_pattern`", r"name_pattern\s*=", fail, groups=len(re.findall(r"\(\?P<", name)))
    return kind, replace(layout, name_pattern=name or "")


def _names(data: Mapping[str, Any], fail: Fail) -> dict[str, Any]:
    """Return the settings for finding columns by name; nothing for a feed that accepts only its own header."""
    if not data.get("by_name"):
        if given := [key for key in BY_NAME if key in data]:
            raise fail(f"`{given[0]}` belongs to by_name = true", at=rf"\[*{given[0]}\b")
        return {}
    also, optional, further = data.get("also_called", {}), data.get("optional", ()), tuple(data.get("further", ()))
    alternatives = tuple(tuple(names) for names in data.get("alternatives", ()))
    columns = (*data.get("header", ()), *further)
    of_alternatives = [name for names in alternatives for name in names]
    for key, names in (("also_called", also), ("optional", optional), ("alternatives", of_alternatives)):
        if unknown := [name for name in names if name not in columns]:
            raise fail(f"`{key}` names columns of `header`; {', '.join(unknown)} is none", at=rf"\[?{key}\b")
    for layout in data.get("layouts", ()):
        if set(layout) != {"name", "columns", "way_out"} or not layout["columns"]:
            raise fail("[[layouts]] needs `name`, `columns` and `way_out`", at=r"\[\[layouts\]\]")
    return {
        "by_name": True,
        "also_called": {name: tuple(others) for name, others in also.items()},
        "optional": (*optional, *(name for name in further if name not in of_alternatives)),
        "further": further,
        "alternatives": alternatives,
        "unknown": tuple(data.get("unknown", ())),
        "layouts": tuple(data.get("layouts", ())),
    }


def _preamble(data: Mapping[str, Any], fail: Fail) -> int:
    lines = data.get("preamble_lines", 0)
    if not isinstance(lines, int) or not 0 <= lines <= 100:
        raise fail("`preamble_lines` is a whole number of lines above the header, at most 100", at=r"preamble_lines")
    return lines


def _captions(data: Mapping[str, Any], fail: Fail) -> tuple[Caption, ...]:
    captions = tuple(
        Caption(str(entry.get("name", "")), str(entry.get("pattern", ""))) for entry in data.get("captions", ())
    )
    if captions and not data.get("preamble_lines"):
        raise fail("[[captions]] are read from the preamble: say `preamble_lines`", at=r"\[\[captions\]\]")
    for caption in captions:
        if not caption.name:
            raise fail("[[captions]] needs a `name`", at=r"\[\[captions\]\]")
        _pattern(caption.pattern, f"caption {caption.name}", rf'name\s*=\s*"{caption.name}"', fail, groups=1)
    return captions


def _lines(data: Mapping[str, Any], fail: Fail) -> Layout:
    if data.get("parser") not in PARSERS:
        raise fail(f"a feed of lines names its `parser`: {', '.join(PARSERS)}", at=r"(parser|format)\s*=")
    pattern = data.get("line_pattern", "")
    _pattern(pattern, "`line_pattern`", r"(line_pattern|format)\s*=", fail, groups=0)
    return Layout(
        line_pattern=pattern, parser=data["parser"], footer=data.get("footer", ""), xml=data.get("xml", False)
    )


def _pattern(text: str, subject: str, at: str, fail: Fail, *, groups: int) -> None:
    try:
        compiled = re.compile(text)
    except re.error as error:
        raise fail(f"{subject} is no regular expression: {error}", at=at) from error
    if not text or compiled.groups != groups:
        raise fail(f"{subject} must be a regular expression with {groups} groups", at=at)


def _workbook(data: Mapping[str, Any], fail: Fail) -> Workbook:
    workbook, sheets, at = data.get("workbook", {}), data.get("sheets", ()), r"(\[workbook\]|format\s*=)"
    if missing := [
        key for key in ("header_row", "ends_at", "year", "months", "total", "figures") if not workbook.get(key)
    ]:
        raise fail(f"[workbook] lacks {', '.join(missing)}", at=at)
    if not sheets:
        raise fail("a workbook has [[sheets]], each with `name` and `keys`", at=at)
    for sheet in sheets:
        if not sheet.get("name") or not isinstance(sheet.get("keys"), dict) or not sheet["keys"]:
            raise fail("[[sheets]] needs `name` and `keys`: heading = raw column", at=r"\[\[sheets\]\]")
    if len(workbook["months"]) != MONTHS:
        raise fail(f"`months` lists the {MONTHS} headings of the months", at=r"months\s*=")
    _pattern(workbook["year"], "`year`", r"year\s*=", fail, groups=1)
    made = {
        *SHEET_COLUMNS,
        *workbook["figures"].values(),
        *(name for sheet in sheets for name in sheet["keys"].values()),
    }
    if wrong := sorted(set(data.get("header", ())) ^ made):
        raise fail(f"`header` lists what the sheets give, and nothing else: see {', '.join(wrong)}", at=r"header\s*=")
    return Workbook(
        header_row=workbook["header_row"],
        ends_at=workbook["ends_at"],
        year=workbook["year"],
        months=tuple(workbook["months"]),
        total=workbook["total"],
        figures=workbook["figures"],
        sheets=tuple(Sheet(sheet["name"], sheet["keys"]) for sheet in sheets),
    )
