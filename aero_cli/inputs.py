"""The input of a demo: a file, a folder of files, or the last two weeks of the synthetic airline (datos sintéticos)."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from aero_assets.feeds import Feed, feeds
from aero_ingest.reasons import RejectedFile
from aero_local import text_files
from aero_local.errors import AeroError, Log

#: The same seed gives the same airline on every machine.
SEED = 20260101
DAYS = 14
AIRLINE = "airline"
#: Seconds without a word while files are written.
NEWS_SECONDS = 2
#: Holds the first operating day that was ever sent from a state directory.
SINCE = "since.txt"
#: The inbox folder for a file of no feed: the door refuses it and says why.
NO_FEED = "partner/bts_ontime"


@dataclass(frozen=True)
class Input:
    """Files for the inbox and, if their maker printed them, the control totals that the marts must reach."""

    name: str
    files: tuple[Path, ...]
    control: Mapping[str, float] | None = None
    #: The first operating day that the files say nothing of, where that is known.
    before: date | None = None
    #: First and last operating day that the airline's database holds; None where no airline comes with the files.
    database: tuple[date, date] | None = None
    #: Further files with their feeds: tables that people keep say by no header whose they are.
    tables: tuple[tuple[str, Path], ...] = ()


def from_path(source: Path, log: Log) -> Input:
    """Return the input for a file, or for the files of flights in a folder; log the layout and gaps of each.

    Raises `AeroError` for a file with the columns of no feed, and for a folder without any file of flights. Files are
    sent in the order of their names.
    """
    if not source.is_dir():
        feed = recognised(source)
        if feed is None:
            from aero_local.live import replay  # noqa: PLC0415 - brings the typed step along

            replay.check_header(source)
        _tell_layout(source, feed, log)
        return Input(str(source), (source,))
    files = sorted(file for file in source.iterdir() if file.is_file() and not file.name.startswith("."))
    feed_by_file = {file: recognised(file) for file in files}
    known = [file for file in files if feed_by_file[file]]
    for file in files:
        if not feed_by_file[file]:
            log(f"{file.name} is left out: it has the columns of no feed")
    if not known:
        hint = "docs/formats.md lists the layouts of flight files"
        raise AeroError(f"{source} has no file of flights among {len(files)} files.", hint)
    for file in known:
        _tell_layout(file, feed_by_file[file], log)
    return Input(str(source), tuple(known))


def last_flown(files: Sequence[Path]) -> Path:
    """Return the file with the latest flights, by the first record of each, because a file name is no proof."""
    if len(files) == 1:
        return files[0]
    from aero_local.live import replay  # noqa: PLC0415 - brings the typed step along

    return max(files, key=lambda file: (f"{replay.first_date(file) or ''}", file.name))


def _tell_layout(file: Path, feed: Feed | None, log: Log) -> None:
    if feed is None or not feed.layout.by_name:
        return
    seen = text_files.columns(file)
    places = feed.places_in(seen)
    lacks = [name for name, place in zip(feed.in_records, places.at, strict=True) if not place and name in feed.header]
    unknown = f"; not in it, so unknown: {', '.join(lacks)}" if lacks else ""
    log(f"{file.name}: {feed.layout_of(seen) or 'a layout of its own, its columns found by name'}{unknown}")


def from_airline(folder: Path, today: date, log: Log, asked_days: int | None = None) -> Input:
    """Return the synthetic airline's operating days up to yesterday: two weeks, or `asked_days`; one more each day.

    The file of a day is the same whenever it is made. So a later demo sends the earlier files again, which the door
    recognises, and the new ones. Raises `AeroError` if `asked_days` begins before the first arrival day.
    """
    from aero_airline import Airline  # noqa: PLC0415 - brings numpy along, which a given file does not need
    from aero_airline.tables import write as write_tables  # noqa: PLC0415

    first = _first_day(folder, today, asked_days, log)
    days = (today - first).days
    airline = Airline(seed=SEED, reports_since=first)
    told_at = time.monotonic()

    def tell(number: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at > NEWS_SECONDS:
            told_at = time.monotonic()
            log(f"{number} of {days} days of the airline are written")

    control: dict[str, float] = dict(airline.files(first, days, folder, tell).to_json())
    tables = write_tables(airline, first, days, folder, tell)
    control["cargo_usd"] = tables.cargo_usd
    log(f"no INPUT: {days} days of a made-up airline, {control['legs']:,} legs (datos sintéticos)")
    files = tuple(sorted(folder.glob("*.csv.gz")))
    return Input(AIRLINE, files, control, today, (first, today - timedelta(days=1)), tables.files)


def _first_day(folder: Path, today: date, asked_days: int | None, log: Log) -> date:
    """Return the first operating day of the airline, and store it, so that days sent once stay in the input."""
    from aero_assets.partitions import FIRST_ARRIVAL_DATE  # noqa: PLC0415 - brings Dagster along

    folder.mkdir(parents=True, exist_ok=True)
    note = folder / SINCE
    known = date.fromisoformat(note.read_text()) if note.exists() else None
    first = today - timedelta(days=asked_days or DAYS)
    # The plan of an operating day is entered the day before, and nothing arrives before the first arrival date.
    earliest = FIRST_ARRIVAL_DATE + timedelta(days=1)
    if asked_days and first < earliest:
        raise AeroError(
            f"DAYS={asked_days} begins on {first}; the demo's days begin on {earliest} at the earliest.",
            f"Give DAYS={(today - earliest).days} or fewer.",
        )
    if known and (known <= first or not asked_days):
        if asked_days and known < first:
            log(f"this platform has had days since {known}: all of them are shown")
        first = known
    note.write_text(f"{first}")
    return first


def feed_of(file: Path) -> str:
    """Return the feed with the columns of a file, by its own header or by names that the feed also accepts."""
    feed = recognised(file)
    return feed.path if feed else NO_FEED


def recognised(file: Path) -> Feed | None:
    """Return the feed with the columns of a file; None if no feed has them, or if the file cannot be read."""
    try:
        header = text_files.columns(file)
    except (OSError, EOFError, UnicodeDecodeError, RejectedFile):
        return None
    exact = [feed for feed in feeds() if feed.arrival == "file" and feed.header == header]
    by_name = [feed for feed in feeds() if feed.layout.by_name and not feed.places_in(header).problem]
    return next(iter((*exact, *by_name)), None)
