"""The columns of tables that people keep by hand: the names of each column, and the reading of its cells.

`[table]` of a register entry: `needs` (of each list one column must be there), `decimal` and `dates` (the reading of a
figure with one separator and of a date in figures, if a file does not declare it), `[table.columns.NAME]` and
`[table.spread]`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aero_ingest.headings import plain

Fail = Callable[..., Exception]
#: Kind of a column → raw columns that its cells give; empty: the one of its own name.
KINDS: dict[str, tuple[str, ...]] = {
    "amount": (),
    "carrier": (),
    "currency": (),
    "date": (),
    "airport": (),
    "month": (),
    "flight": ("CARRIER", "FLIGHT_NUMBER", "OPERATIONAL_SUFFIX"),
    "route": ("ORIGIN", "DESTINATION"),
    "text": (),
    "whole": (),
    "word": (),
}


@dataclass(frozen=True)
class TableColumn:
    """A column of a table: its names in files, the kind of its cells, and a cell of the template.

    `words` are the values that a `word` may have, each with the words for it; `least` and `most` bound a number;
    `scale` is written into the message about a number outside them.
    """

    kind: str
    names: tuple[str, ...] = ()
    required: bool = False
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    least: int | None = None
    most: int | None = None
    #: A value for the empty table that people fill in; no part of the contract.
    sample: str = field(default="", repr=False)


@dataclass(frozen=True)
class Spread:
    """Columns side by side that are values of one: the name of each goes into `column`, its cell into `value`."""

    column: str
    value: str
    names: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Table:
    """The reading rules of such a table."""

    columns: Mapping[str, TableColumn]
    needs: tuple[tuple[str, ...], ...]
    spread: Spread | None = None
    decimal: str = ""
    dates: str = ""

    def door(self) -> dict[str, Any]:
        """Return the part that is needed to find the header: names by column, needed columns, columns with money."""
        spread = dict(self.spread.names) if self.spread else {}
        names = {name: list(column.names) for name, column in self.columns.items()}
        money = [name for name, column in self.columns.items() if column.kind == "amount"]
        return {
            "names": names | {name: list(others) for name, others in spread.items()},
            "needs": [list(choice) for choice in self.needs],
            "money": [*money, *spread],
        }


def read_table(data: Mapping[str, Any], fail: Fail) -> Table:
    """Return the table of a register entry; `fail` builds an error from a message and a line's start."""
    table = data.get("table", {})
    if not table.get("columns") or not table.get("needs"):
        raise fail("a feed of tables says `needs` and [table.columns.NAME]", at=r"(\[table|format\s*=)")
    columns = {name: _column(name, entry, fail) for name, entry in table["columns"].items()}
    spread = _spread(table.get("spread"), fail)
    known = {*columns, *(spread.names if spread else ())}
    needs = tuple(tuple(choice) for choice in table["needs"])
    if unknown := sorted({name for choice in needs for name in choice} - known):
        raise fail(f"`needs` names columns of the table; {', '.join(unknown)} is none", at=r"needs\s*=")
    if table.get("decimal", "") not in ("", ".", ",") or table.get("dates", "") not in ("", "dmy", "mdy"):
        raise fail('`decimal` is "." or ",", `dates` is "dmy" or "mdy"; without them a file says it', at=r"\[table\]")
    _check_names(columns, spread, fail)
    made = {raw for name, column in columns.items() for raw in (KINDS[column.kind] or (name,))}
    if wrong := sorted(set(data.get("header", ())) ^ made):
        raise fail(f"`header` lists what the columns give, and nothing else: see {', '.join(wrong)}", at=r"header\s*=")
    return Table(columns, needs, spread, table.get("decimal", ""), table.get("dates", ""))


def _check_names(columns: Mapping[str, TableColumn], spread: Spread | None, fail: Fail) -> None:
    """Refuse a name that two columns share, because it would be ambiguous."""
    owners: dict[str, str] = {}
    others = spread.names if spread else {}
    for owner, names in (*((name, column.names) for name, column in columns.items()), *others.items()):
        for name in dict.fromkeys(map(plain, (owner, *names))):
            if name in owners:
                raise fail(f"{owner} and {owners[name]} both go by {name!r}", at=rf"(\[table\.columns\.)?{owner}\b")
            owners[name] = owner


def _column(name: str, entry: Mapping[str, Any], fail: Fail) -> TableColumn:
    at = rf"\[table\.columns\.{name}\]"
    if entry.get("kind") not in KINDS:
        raise fail(f"`kind` of a column is one of {', '.join(KINDS)}", at=at)
    if bool(entry.get("words")) != (entry["kind"] == "word"):
        raise fail("a column of words, and no other, lists its `words`", at=at)
    try:
        column = TableColumn(**entry)
        words = {word: tuple(others) for word, others in column.words.items()}
        return replace(column, names=tuple(column.names), words=words)
    except TypeError as error:
        raise fail(f"[table.columns.{name}] {error}", at=at) from error


def _spread(entry: Mapping[str, Any] | None, fail: Fail) -> Spread | None:
    if entry is None:
        return None
    if not entry.get("column") or not entry.get("value") or not entry.get("names"):
        raise fail("[table.spread] has `column`, `value` and `names`", at=r"\[table\.spread\]")
    return Spread(entry["column"], entry["value"], {name: tuple(others) for name, others in entry["names"].items()})
