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

from aero_ingest.type_b import Oddity

LONG_TAGS = frozenset(("EDL", "DLA", "FLD", "CRT", "MAP", "TOF", "TOW", "ZFW"))
#: How long tags begin: other words need no second look.
STEMS = frozenset(tag[:2] for tag in LONG_TAGS)
TAGS = LONG_TAGS | {"AD", "EA", "EB", "AA", "ED", "EO", "NI", "DL", "PX", "RR", "FR", "RC", "DR"}
AIRPORT = re.compile(r"[A-Z]{3}")
FREE = "SI"

#: A tag, what follows it up to the next blank, and the number of its line in the body.
Element = tuple[str, str, int]


def cut(lines: Sequence[str], oddities: list[Oddity]) -> tuple[list[Element], str | None]:
    """Return the elements below the flight line in order and the free text; complain about words without a tag."""
    found: list[Element] = []
    for at in range(1, len(lines)):
        line, is_airport_due = lines[at], False
        for word in line.split():
            tag = word[:2]
            if tag in STEMS and word[:3] in LONG_TAGS:
                tag = word[:3]
            # Airports may look like tags: ADD, EDI, SIN.
            if is_airport_due and AIRPORT.fullmatch(word):
                found[-1] = ("EA", f"{found[-1][1]} {word}", at)
                is_airport_due = False
            elif tag == FREE:
                free = line[line.index(word) + len(FREE) :].strip()
                more = lines[at + 1 :]
                return found, ("\n".join([free, *more]).strip() if more else free) or None
            elif tag in TAGS:
                found.append((tag, word[len(tag) :], at))
                is_airport_due = tag == "EA"
            else:
                problem = f"{word[:20]!r} begins with no element that is known; left out"
                oddities.append(("unknown_element", problem, at, line.find(word)))
    return found, None
