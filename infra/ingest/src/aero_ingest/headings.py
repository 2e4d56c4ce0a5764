"""The places of a feed's columns in a file, found by the names in the file's header.

Publishers give the same table with other names, in another order, with more columns or fewer. A feed that is read
`by_name` says which names it also knows and what it can do without; any other feed takes its own header alone. The
door and the typed step ask here, so that both find the same columns.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NOT_PART_OF_A_NAME = re.compile(r"[^0-9a-z]")


@dataclass(frozen=True)
class Places:
    """Of each column of a feed its place in a record of the file, from 1; None where the file does not have it.

    `width` is the number of columns in the file's header. `problem` says why it cannot be used; empty if it can.
    """

    at: tuple[int | None, ...] = ()
    width: int = 0
    problem: str = ""


def columns_of(line: bytes) -> tuple[str, ...] | None:
    """Return the columns that a line of CSV names; None where it is none. Raises UnicodeDecodeError."""
    try:
        return tuple(next(csv.reader([line.decode("utf-8")]), []))
    except csv.Error:
        return None


def find(
    seen: Sequence[str],
    header: Sequence[str],
    also_called: Mapping[str, Sequence[str]],
    optional: Collection[str],
    alternatives: Sequence[Sequence[str]] = (),
) -> Places:
    """Find each column of a header among the names that a file has; capitals and signs between words do not matter.

    Of several names that a column has, the first one that the file has counts: its own, then the others, or the others
    in their order where its own stands among them. Of alternatives one must be there whole; their columns are optional.
    Names that nobody knows are passed over.
    """
    present = [plain(name) for name in seen]
    known = {name: names_of(name, also_called) for name in header}
    at: dict[str, int | None] = {}
    for name in header:
        called = next((other for other in map(plain, known[name]) if other in present), None)
        if called is not None and present.count(called) > 1:
            return Places(problem=f"{seen[present.index(called)]!r} stands in it twice")
        at[name] = None if called is None else present.index(called) + 1
    free = {*optional, *(name for names in alternatives for name in names)}
    if missing := [name for name, place in at.items() if place is None and name not in free]:
        return Places(problem=f"it has no column {', '.join(_told(name, known[name]) for name in missing)}")
    if alternatives and not any(all(at[name] for name in names) for names in alternatives):
        ways = (" and ".join(_told(name, known[name]) for name in names) for names in alternatives)
        return Places(problem=f"it has no date: no column {', nor '.join(ways)}")
    return Places(tuple(at.values()), len(seen))


def names_of(name: str, also_called: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the names of a column in the order in which they count."""
    others = tuple(also_called.get(name, ()))
    return others if name in others else (name, *others)


def _told(name: str, names: Sequence[str]) -> str:
    """A column by its own name and the two others that count most."""
    return " or ".join((name, *[other for other in names if other != name][:2]))


def recognised(seen: Sequence[str], layouts: Sequence[Mapping[str, Any]]) -> str:
    """Return the name of the layout that a file has; of several the one with most columns, empty if it has none."""
    return next((layout["name"] for layout, missing in _by_likeness(seen, layouts) if not missing), "")


def nearest(seen: Sequence[str], layouts: Sequence[Mapping[str, Any]]) -> str:
    """Say which layout a file is nearest to, what it lacks of it, and the way out; empty if it is like none."""
    for layout, missing in _by_likeness(seen, layouts):
        if missing and len(missing) < len(layout["columns"]):
            lacks = ", ".join(missing)
            return f"it is nearest to the layout {layout['name']!r} and lacks {lacks} of it: {layout['way_out']}"
    return ""


def _by_likeness(
    seen: Sequence[str], layouts: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], list[str]]]:
    """Return each layout with its columns that a file lacks, the likest first."""
    present = {plain(name) for name in seen}
    lacks = [(layout, [name for name in layout["columns"] if plain(name) not in present]) for layout in layouts]
    return sorted(lacks, key=lambda pair: (len(pair[1]) / len(pair[0]["columns"]), -len(pair[0]["columns"])))


def plain(name: str) -> str:
    """Return a name as it is compared: without capitals, accents, blanks and signs."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return _NOT_PART_OF_A_NAME.sub("", letters)
