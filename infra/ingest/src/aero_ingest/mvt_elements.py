"""The body of a movement message cut into its elements, wherever they stand; what is none is a finding.

    AD1334/1352 EA1542 CUN
    DL62/0004
    SI CONX PAX 14

An element is a tag and what follows it up to the next blank; only `EA` may have an airport behind a blank. Senders who
set blanks inside (`DL 93 / 0010`, `AD1334 1352`) are understood, with a finding. After `SI` everything is free text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aero_ingest.type_b import Oddity

LONG_TAGS = frozenset(("EDL", "DLA", "FLD", "CRT", "MAP", "TOF", "TOW", "ZFW"))
#: Beginnings of long tags: other words need no second look.
STEMS = frozenset(tag[:2] for tag in LONG_TAGS)
TAGS = LONG_TAGS | {"AD", "EA", "EB", "AA", "ED", "EO", "NI", "DL", "PX", "RR", "FR", "RC", "DR"}
AIRPORT = re.compile(r"[A-Z]{3}")
FREE = "SI"
TIMES_AGAIN = re.compile(r"[0-9]{4}|[0-9]{6}")
#: Elements that have times or codes and then times, parted by a slash.
IN_PARTS = frozenset(("AD", "AA", "FR", "DL", "EDL"))

#: A tag, what follows it up to the next blank, and the number of its line in the body.
Element = tuple[str, str, int]


def cut(lines: Sequence[str], oddities: list[Oddity]) -> tuple[list[Element], str | None]:
    """Return the elements below the flight line in order and the free text; complain about words without a tag."""
    elements: list[Element] = []
    for at in range(1, len(lines)):
        line, before, is_airport_due, free = lines[at], len(elements), False, ""
        for word in line.split():
            tag = word[:2]
            if tag in STEMS and word[:3] in LONG_TAGS:
                tag = word[:3]
            # Airports may look like tags: ADD, EDI, SIN.
            if is_airport_due and AIRPORT.fullmatch(word):
                elements[-1] = ("EA", f"{elements[-1][1]} {word}", at)
                is_airport_due = False
            elif tag == FREE:
                free = word
                break
            elif tag in TAGS and word != tag:
                elements.append((tag, word[len(tag) :], at))
                is_airport_due = tag == "EA"
            else:
                # Only a word that fits nowhere shows that some element of the line has blanks inside.
                del elements[before:]
                free = _with_care(line, at, elements, oddities)
                break
        if free:
            more = lines[at + 1 :]
            text = line[line.index(FREE, _place(line, free)) + len(FREE) :].strip()
            return elements, ("\n".join([text, *more]).strip() if more else text) or None
    return elements, None


def _with_care(line: str, at: int, elements: list[Element], oddities: list[Oddity]) -> str:
    """Add the elements of a line with blanks inside or odd words; return the word that begins free text, if any."""
    words, is_airport_due = line.split(), False
    if (joined := _joined(words)) != words:
        oddities.append(("spaced_element", "blanks inside an element; read as if there were none", at, None))
    for word in joined:
        tag = _tag(word)
        if is_airport_due and AIRPORT.fullmatch(word):
            elements[-1] = ("EA", f"{elements[-1][1]} {word}", at)
            is_airport_due = False
        elif tag == FREE:
            return word
        elif tag in TAGS:
            elements.append((tag, word[len(tag) :], at))
            is_airport_due = tag == "EA"
        else:
            problem = f"{word[:20]!r} begins with no element that is known; left out"
            oddities.append(("unknown_element", problem, at, line.find(word)))
    return ""


def _joined(words: list[str]) -> list[str]:
    """The elements of a line whose parts stand apart; free text stays as it is."""
    joined: list[str] = []
    for at, word in enumerate(words):
        before = joined[-1] if joined else ""
        if word[:2] == FREE:
            return joined + words[at:]
        if before and (before.endswith("/") or word.startswith("/") or before in TAGS):
            joined[-1] = before + word
        elif TIMES_AGAIN.fullmatch(word) and _tag(before) in IN_PARTS:
            joined[-1] = f"{before}/{word}"
        else:
            joined.append(word)
    return joined


def _tag(word: str) -> str:
    return word[:3] if word[:3] in LONG_TAGS else word[:2]


def _place(line: str, word: str) -> int:
    """Return the place of a word in its line; nought where its parts stand apart."""
    return max(0, line.find(word))
