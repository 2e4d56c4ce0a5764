"""The places of a feed's columns in a file, found by the names in the file's header.

Publishers give the same table with other names, in another order, with more columns or fewer. A feed that is read
`by_name` says which names it also knows and what it can do without; any other feed takes its own header alone. The
door and the typed step ask here, so that both find the same columns.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

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
    seen: Sequence[str], header: Sequence[str], also_called: Mapping[str, Sequence[str]], optional: Collection[str]
) -> Places:
    """Find each column of a header among the names that a file has; capitals and signs between words do not matter.

    Of several names that a column has, the first one that the file has counts. Names that nobody knows are passed over.
    """
    plain = [_plain(name) for name in seen]
    known = {name: [_plain(other) for other in (name, *also_called.get(name, ()))] for name in header}
    at: list[int | None] = []
    for name in header:
        called = next((other for other in known[name] if other in plain), None)
        if called is not None and plain.count(called) > 1:
            return Places(problem=f"{seen[plain.index(called)]!r} stands in it twice")
        at.append(None if called is None else plain.index(called) + 1)
    if missing := [name for name, place in zip(header, at, strict=True) if place is None and name not in optional]:
        names = ", ".join(" or ".join((name, *also_called.get(name, ()))) for name in missing)
        return Places(problem=f"it has no column {names}")
    return Places(tuple(at), len(seen))


def _plain(name: str) -> str:
    return _NOT_PART_OF_A_NAME.sub("", name.casefold())
