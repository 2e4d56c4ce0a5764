"""Feeds that arrive as files: their headers, and the feed that an inbox key belongs to.

The list is ``doors.json`` beside this file. It is made from the feed register when the zip is packed and is
not in the repository: the register is the only place where a feed is written down.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aero_ingest import headings
from aero_ingest.headings import Places
from aero_ingest.reasons import RejectedFile, unknown_feed, wrong_folder

DOORS_FILE = Path(__file__).with_name("doors.json")
UNKNOWN_FEED = "partner/_unknown"


@dataclass(frozen=True)
class Door:
    """One feed as the door knows it; ``layout`` says what its format and its header leave open."""

    feed: str
    header: tuple[str, ...]
    contract: str
    format: str = "csv"
    layout: Mapping[str, Any] = field(default_factory=dict)

    def places_in(self, seen: Sequence[str]) -> Places:
        """Return where the columns stand in a file with this header; of a feed that is read by name."""
        layout = self.layout
        columns = (*self.header, *layout.get("further", ()))
        also_called, optional = layout.get("also_called", {}), layout.get("optional", ())
        return headings.find(seen, columns, also_called, optional, layout.get("alternatives", ()))


@dataclass(frozen=True)
class Place:
    """The place of a file by its key; without a door, ``problem`` says why not."""

    feed: str
    file_name: str
    door: Door | None = None
    problem: RejectedFile | None = None


def load_doors(path: Path = DOORS_FILE) -> dict[str, Door]:
    """Read the doors that were packed into the zip."""
    if not path.exists():
        raise FileNotFoundError(f"{path.name} is missing: the zip was not made by infra/package.py")
    return by_feed(json.loads(path.read_text("utf-8")))


def by_feed(entries: Iterable[Mapping[str, Any]]) -> dict[str, Door]:
    """Return the doors of feeds as the register tells them."""
    doors = (
        Door(door["feed"], tuple(door["header"]), door["contract"], door["format"], door.get("layout", {}))
        for door in entries
    )
    return {door.feed: door for door in doors}


def place_of(key: str, doors: Mapping[str, Door]) -> Place:
    """Recognise the feed in ``partner/<feed>/<file>``."""
    folders, _, name = key.rpartition("/")
    feed = "/".join(folders.split("/")[:2])
    door = doors.get(feed)
    if door is None:
        return Place(UNKNOWN_FEED, name or "unnamed", problem=unknown_feed(key, doors))
    if folders != feed or not name:
        return Place(feed, name or "unnamed", problem=wrong_folder(key, feed))
    return Place(feed, name, door)
