"""The input of a demo: a given file, or the last two weeks of the synthetic airline (datos sintéticos)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from aero_assets.feeds import doors, feeds
from aero_ingest.reasons import RejectedFile
from aero_local import text_files
from aero_local.errors import Log

#: The same seed gives the same airline on every machine.
SEED = 20260101
DAYS = 14
AIRLINE = "airline"
#: Holds the first operating day that was ever sent from a state directory.
SINCE = "since.txt"
#: The inbox folder for a file of no feed: the door refuses it and says why.
NO_FEED = "partner/bts_ontime"


@dataclass(frozen=True)
class Input:
    """Files for the inbox and, where their maker printed some, the control totals that the marts must reach."""

    name: str
    files: tuple[Path, ...]
    control: Mapping[str, int] | None = None
    #: The first operating day that the files say nothing of, where that is known.
    before: date | None = None


def from_file(source: Path) -> Input:
    """A file somebody gives."""
    return Input(str(source), (source,))


def from_airline(folder: Path, today: date, log: Log) -> Input:
    """The synthetic airline's operating days up to yesterday: two weeks at first, a day more with every day since.

    The file of a day is the same whenever it is made, so a later demo sends what it sent before, which the door knows,
    and what is new.
    """
    from aero_airline import Airline  # noqa: PLC0415 - brings numpy along, which a given file does not need

    folder.mkdir(parents=True, exist_ok=True)
    note = folder / SINCE
    first = date.fromisoformat(note.read_text()) if note.exists() else today - timedelta(days=DAYS)
    note.write_text(f"{first}")
    days = (today - first).days
    control = Airline(seed=SEED, reports_since=first).files(first, days, folder).to_json()
    log(f"no INPUT: {days} days of a made-up airline, {control['legs']:,} legs (datos sintéticos)")
    return Input(AIRLINE, tuple(sorted(folder.glob("*.csv.gz"))), control, today)


def feed_of(file: Path) -> str:
    """Return the feed whose columns a file names, by its own header or by the names that the feed also knows."""
    try:
        header = text_files.columns(file)
    except (OSError, EOFError, UnicodeDecodeError, RejectedFile):
        return NO_FEED
    exact = [str(door["feed"]) for door in doors() if door["header"] == list(header)]
    by_name = [feed.path for feed in feeds() if feed.layout.by_name and not feed.places_in(header).problem]
    return next(iter((*exact, *by_name)), NO_FEED)
