"""The body of a movement message cut into its elements, wherever they stand; what is none is a finding.

    AD1334/1352 EA1542 CUN
    DL62/0004
    SI CONX PAX 14

An element is a tag and what follows it up to the next blank; only `EA` may have an airport behind a blank. After `SI`
everything is free text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from aero_ingest.message import Finding
from aero_ingest.type_b import Line

TAGS = frozenset(("AD", "EA", "EB", "AA", "ED", "EO", "NI", "DL", "PX", "RR", "FR", "RC", "DR"))
LONG_TAGS = frozenset(("EDL", "DLA", "FLD", "CRT", "MAP", "TOF", "TOW", "ZFW"))
AIRPORT = re.compile(r"[A-Z]{3}")
FREE = "SI"


class Element(NamedTuple):
    """A tag and what follows it, up to the next blank."""

    tag: str
    value: str
    line: Line

    @property
    def column(self) -> int:
        """Where its tag stands in the message's line; looked for when somebody asks."""
        return self.line.column + max(0, self.line.text.find(self.tag + self.value.partition(" ")[0]))


def cut(lines: tuple[Line, ...], findings: list[Finding]) -> tuple[list[Element], str | None]:
    """Return the elements in order and the free text; complain about words that begin with no tag."""
    found: list[Element] = []
    for at, line in enumerate(lines):
        for word in line.text.split():
            tag = word[:3] if word[:3] in LONG_TAGS else word[:2]
            if tag == FREE:
                free = [line.text[line.text.index(word) + len(FREE) :], *(rest.text for rest in lines[at + 1 :])]
                return found, "\n".join(text.strip() for text in free).strip() or None
            last = found[-1] if found else None
            # Airports may look like tags: ADD, EDI.
            if last and last.tag == "EA" and last.line is line and " " not in last.value and AIRPORT.fullmatch(word):
                found[-1] = Element("EA", f"{last.value} {word}", line)
            elif tag in TAGS or tag in LONG_TAGS:
                found.append(Element(tag, word[len(tag) :], line))
            else:
                problem = f"{word[:20]!r} begins with no element that is known; left out"
                findings.append(Finding("unknown_element", problem, line.number, line.column + line.text.find(word)))
    return found, None
