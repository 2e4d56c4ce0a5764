"""`aero feed new`: skeletons of a new feed, written from a sample file; `feed_check.py` lists the parts still missing.

These are the register entry, a test with the first records of the sample, and the dbt files that `feed_sync.py`
generates from the entry. They load, parse and build as written; texts that only a person can write are marked DESCRIBE.
"""

import re
from datetime import UTC, date, datetime
from pathlib import Path

from aero_assets.feeds import FeedError, load_feed
from aero_cli.feeds.feed_sample import Guess, Sample, read
from aero_cli.feeds.feed_skeletons import feed_test, register_entry
from aero_cli.feeds.feed_sync import files as dbt_files
from aero_cli.feeds.layout import HERE, Layout


class UsageError(FeedError):
    """Arguments that are not valid."""


def create(
    name: str, sample: Path, date_column: str | None, layout: Layout = HERE, today: date | None = None
) -> list[Path]:
    """Write the skeletons of feed `system/feed` from a sample file; refuse to overwrite anything."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*", name):
        raise UsageError(f"{name!r} is not a feed name: write system/feed in snake_case, e.g. partner/bts_ontime")
    system, _, feed = name.partition("/")
    if system != "partner":
        raise UsageError(f"{name}: files arrive through the door, which watches partner/: call it partner/{feed}")
    seen = read(sample)
    columns, day = _with_date(seen, date_column)
    arrived = today or datetime.now(UTC).date()
    files = {
        layout.register(name): register_entry(system, feed, seen, columns, day, arrived),
        layout.test(name): feed_test(name, day, arrived),
        layout.sample(name): seen.text,
    }
    if taken := [path for path in files if path.exists()]:
        raise FeedError(f"already there, nothing was written: {', '.join(map(str, taken))}")
    _write(files)
    from_entry = dbt_files(load_feed(layout.register(name)), layout)
    _write(from_entry)
    return [*files, *from_entry]


def _write(files: dict[Path, str]) -> None:
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def _with_date(sample: Sample, date_column: str | None) -> tuple[list[Guess], Guess]:
    """Return the typed columns, and the one of the business date; where no column is a date, one is added."""
    columns = list(sample.columns)
    dates = [column for column in columns if column.type == "DATE"]
    chosen = [column for column in columns if column.raw == date_column] if date_column else dates
    if len(chosen) != 1:
        choices = ", ".join(column.raw for column in dates or columns)
        raise UsageError(f"which column is the business date? Say --date COLUMN, one of: {choices}")
    [day] = chosen
    if day.type != "DATE":
        example = "day_of(YEAR, MONTH, DAY)"
        note = f"{day.raw} is no date in the sample; write an expression that gives YYYY-MM-DD, e.g. {example}"
        name = "business_date" if all(column.name != "business_date" for column in columns) else "business_date_2"
        day = Guess(day.raw, name, "DATE", day.sql, note)
        columns.insert(0, day)
    return columns, day
