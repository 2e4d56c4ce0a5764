"""The body of a movement message cut into its elements, wherever they stand; what is none is a finding.

    AD1334/1352 EA1542 CUN
    DL62/0004
    SI CONX PAX 14

An element is a tag and what follows it up to the next blank; only `EA` may have an airport behind a blank. After `SI`
everything is free text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from aero_ingest.message import Finding
from aero_ingest.type_b import Line

TAG = re.compile(r"EDL|DLA|FLD|CRT|MAP|TOF|TOW|ZFW|AD|EA|EB|AA|ED|EO|NI|DL|PX|RR|FR|RC|DR")
AIRPORT = re.compile(r"[A-Z]{3}")
WORD = re.compile(r"[^ ]+")
FREE = "SI"


@dataclass(frozen=True, slots=True)
class Element:
    """A tag and what follows it, up to the next blank or tag."""

    tag: str
    value: str
    line: int
    column: int


def cut(lines: tuple[Line, ...], findings: list[Finding]) -> tuple[list[Element], str | None]:
    """Return the elements in order and the free text; complain about words that begin with no tag."""
    found: list[Element] = []
    for at, line in enumerate(lines):
        for word in WORD.finditer(line.text):
            if word[0].startswith(FREE):
                free = [line.text[word.start() + len(FREE) :], *(rest.text for rest in lines[at + 1 :])]
                return found, "\n".join(text.strip() for text in free).strip() or None
            _take(word, line, found, findings)
    return found, None


def _take(word: re.Match[str], line: Line, found: list[Element], findings: list[Finding]) -> None:
    text, column = word[0], line.column + word.start()
    last = found[-1] if found and found[-1].line == line.number else None
    # Airports may look like tags: ADD, EDI.
    if last and last.tag == "EA" and " " not in last.value and AIRPORT.fullmatch(text):
        found[-1] = replace(last, value=f"{last.value} {text}")
    elif tag := TAG.match(text):
        found.append(Element(tag[0], text[tag.end() :], line.number, column))
    else:
        problem = f"{text[:20]!r} begins with no element that is known; left out"
        findings.append(Finding("unknown_element", problem, line.number, column))
