"""Configurations of aircraft as schedules and load messages write them: seats by class, pallets, containers, a version.

J16Y165            16 and 165 seats
F32Y200K93PP20     seats of three classes, and 20 positions of pallets, which are none
LL05PP11           a freighter: containers and pallets
F014Y119VVT3M33    behind VV stands a version of the aircraft
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

#: No aircraft has more seats.
MOST_SEATS = 900
#: Characters of the longest configuration; longer texts are none and are not remembered.
LONGEST = 40
CARGO = re.compile(r"(?:PP|LL)([0-9]{1,3})")
CABINS = re.compile(r"(?:[A-Z][0-9]{1,4})+")
CABIN = re.compile(r"[A-Z]([0-9]{1,4})")
#: Written where the configuration is not known.
UNKNOWN = frozenset(("", "XX", "XXX", "VV"))


class Configuration(NamedTuple):
    """Seats by class in the order of the text; `problem` is what is doubtful about it."""

    seats: tuple[int, ...] = ()
    has_cargo: bool = False
    problem: str | None = None

    @property
    def total(self) -> int | None:
        """All seats; None where there are none or nobody knows."""
        return sum(self.seats) or None


@lru_cache(1024)
def _read(text: str) -> Configuration:
    written = "".join(text.split())
    cabins, has_cargo = CARGO.subn("", written.split("VV")[0])
    if cabins in UNKNOWN:
        return Configuration((), bool(has_cargo))
    if not CABINS.fullmatch(cabins):
        return Configuration((), bool(has_cargo), f"{text!r} is no configuration that is known (J16Y165); no seats")
    counts = CABIN.findall(cabins)
    seats = tuple(map(int, counts))
    if sum(seats) > MOST_SEATS:
        return Configuration(
            (), bool(has_cargo), f"{text!r} would be {sum(seats)} seats; {MOST_SEATS} at most are believed"
        )
    doubtful = any(len(count) > 3 for count in counts)
    problem = f"{text!r} has a count of four digits; read as {sum(seats)} seats" if doubtful else None
    return Configuration(seats, bool(has_cargo), problem)


def read(text: str) -> Configuration:
    """Return what a configuration says."""
    return _read(text) if len(text) <= LONGEST else Configuration((), False, f"{text[:20]!r} … is too long")
