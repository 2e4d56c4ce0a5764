"""The partitions of external tables that a statement reads: Spectrum skips what a condition on literals leaves out.

The condition must stand right behind the table. Nothing says that Redshift pushes another one below a window.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from aero_assets.feeds import Feed, feeds

#: A table of the external schema, and the dates that it is limited to where it is read.
READ = re.compile(
    r'\b(?:from|join)\s+(?:"\w+"\.)?"?spectrum_typed"?\."?(?P<table>\w+)"?(?:\s+as\s+\w+)?'
    r"(?:\s+where\s+(?P<column>\w+)\s+in\s*\((?P<dates>(?:\s*cast\('[0-9-]{10}' as date\)\s*,?)+)\s*\))?",
    re.IGNORECASE,
)
FEEDS = {f"{feed.system}_{feed.name}": feed for feed in feeds()}


def reads(statements: Iterable[str]) -> list[tuple[Feed, frozenset[str] | None]]:
    """Return every reading of an external table: its feed, and its dates; None where it is read as a whole."""
    found: list[tuple[Feed, frozenset[str] | None]] = []
    for sql in statements:
        matches = list(READ.finditer(sql))
        assert len(matches) == len(re.findall(r"spectrum_typed", sql)), f"read in another way: {sql}"
        for match in matches:
            feed = FEEDS[match["table"]]
            limited = match["column"] == feed.business_date
            found.append((feed, frozenset(re.findall(r"[0-9-]{10}", match["dates"])) if limited else None))
    return found


def opened(statements: Iterable[str], lake: Path) -> int:
    """Count the partitions of a lake that statements read, each as often as it is read."""
    total = 0
    for feed, dates in reads(statements):
        held = {folder.name.partition("=")[2] for folder in (lake / "typed" / feed.path).glob("*=*")}
        total += len(held if dates is None else held & dates)
    return total
