"""Repair of damaged objects: the ledger names a damaged object, and its arrival day is requested again.

Only objects that follow from the previous zone are made again here. `aero_assets.integrity` repairs those that need
earlier versions, the sender or a person.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from hashlib import sha256

from aero_assets.feeds import find
from aero_assets.lake import DamagedFile
from aero_assets.manifests import ask_again
from aero_assets.outcomes import PREFIX
from aero_assets.storage import Bucket

STAGE = "repair"
REASON = "damaged_object"


def note(lake: Bucket, key: str, feed: str, day: date, message: str) -> None:
    """Write a damaged object into the ledger of its day; the same damage again overwrites the same row."""
    row = {
        "hop": STAGE,
        "feed": feed,
        "subject": key,
        "status": "damaged",
        "day": f"{day}",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **dict.fromkeys(("files_in", "rows_in", "rows_out", "duplicates", "rejects"), 0),
        "dates_touched": [],
        "version": "",
        "reason": REASON,
        "message": message,
    }
    lake.write_json(f"{PREFIX}/{STAGE}/dt={day}/{sha256(key.encode()).hexdigest()[:24]}.json", row)


def ask_for(lake: Bucket, damaged: Iterable[DamagedFile], log: Callable[[str], None]) -> None:
    """Request the compaction of every arrival day with a damaged typed file."""
    days = set()
    for file in damaged:
        day = date.fromisoformat(file.arrived_on)
        note(lake, file.key, file.feed, day, f"{file}. It was asked for again by itself.")
        days.add((file.feed, day))
    for feed, day in sorted(days):
        ask_again(lake, find(feed), day)
        log(f"{feed} of {day}: a typed file is damaged; the day is read again from the raw zone")
