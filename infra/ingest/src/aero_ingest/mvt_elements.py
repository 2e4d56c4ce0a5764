"""The body of a movement message cut into its elements, wherever they stand; what is none is a finding.

    AD1334/1352 EA1542 CUN
    DL62/0004
    SI CONX PAX 14

An element is a tag and what follows it up to the next blank; only `EA` may have an airport behind a blank. After `SI`
everything is free text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aero_ingest.message import Finding
from aero_ingest.type_b import Line

LONG_TAGS = frozenset(("EDL", "DLA", "FLD", "CRT", "MAP", "TOF", "TOW", "ZFW"))
#: How long tags begin: other words need no second look.
STEMS = frozenset(tag[:2] for tag in LONG_TAGS)
TAGS = LONG_TAGS | {"AD", "EA", "EB", "AA", "ED", "EO", "NI", "DL", "PX", "RR", "FR", "RC", "DR"}
AIRPORT = re.compile(r"[A-Z]{3}")
FREE = "SI"

#: A tag, what follows it up to the next blank, and its line.
Element = tuple[str, str, Line]


def cut(lines: Sequence[Line], findings: list[Finding]) -> tuple[list[Element], str | None]:
    """Return the elements in order and the free text; complain about words that begin with no tag."""
    found: list[Element] = []
    for at, line in enumerate(lines):
        is_airport_due = False
        for word in line.text.split():
            tag = word[:2]
            if tag in STEMS and word[:3] in LONG_TAGS:
                tag = word[:3]
            if tag == FREE:
                first = line.text[line.text.index(word) + len(FREE) :].strip()
                return found, "\n".join([first, *[rest.text for rest in lines[at + 1 :]]]).strip() or None
            # Airports may look like tags: ADD, EDI.
            if is_airport_due and AIRPORT.fullmatch(word):
                found[-1] = ("EA", f"{found[-1][1]} {word}", line)
                is_airport_due = False
            elif tag in TAGS:
                found.append((tag, word[len(tag) :], line))
                is_airport_due = tag == "EA"
            else:
                problem = f"{word[:20]!r} begins with no element that is known; left out"
                findings.append(Finding("unknown_element", problem, line.number, line.column + line.text.find(word)))
    return found, None
