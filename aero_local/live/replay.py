"""Replay: turns a file of real flights (feed `partner/bts_ontime`) into the events that its flights would have sent.

The file goes through the typed step, so a record that the platform would refuse gives no event and is counted. The
movements are real; the times of announcement and receipt are made up, and are the same for the same seed.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from aero_airline.leg_life import DRAWS, Chance, Departure, Story, minute_text, tell
from aero_airline.randomness import Purpose, stream
from aero_assets.defs.typed import rows
from aero_assets.feeds import find
from aero_assets.partitions import FIRST_OPERATING_DATE
from aero_ingest import headings
from aero_ingest.reasons import RejectedFile
from aero_local import text_files
from aero_local.errors import AeroError
from aero_streaming.events import Event

FEED = "partner/bts_ontime"
TIMES = ("std_at", "sta_at", "out_at", "off_at", "on_at", "in_at")
AS_THEY_ARE = (
    "carrier", "flight_number", "operational_suffix", "leg_sequence", "origin", "destination",
    "std_utc_offset_minutes", "sta_utc_offset_minutes", "tail",
)  # fmt: skip
CAUSES = (
    "carrier_delay_minutes", "weather_delay_minutes", "nas_delay_minutes", "security_delay_minutes",
    "late_aircraft_delay_minutes",
)  # fmt: skip

#: Minutes to the end of a flight of which neither the scheduled nor the actual one is known.
UNPLANNED = 120

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Flights:
    """The legs of a file as typed rows (times in whole minutes since 1970 UTC), and the number of refused records."""

    legs: tuple[Row, ...]
    refused: int
    #: The operating days of the file, in order; the legs may be those of one of them.
    days: tuple[date, ...] = ()

    def on(self, operating_date: date) -> "Flights":
        """Return the legs of one operating day."""
        return replace(self, legs=tuple(leg for leg in self.legs if leg["operating_date"] == operating_date))


def read(file: Path, choose: Callable[[Sequence[date]], date] | None = None) -> Flights:
    """Return the flights of a file, each record once; with `choose` those of one day, as a year exceeds memory.

    Raises AeroError if the file is not a file of flights.
    """
    check_header(file)
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        with _readable(file):
            body = text_files.body(file, Path(folder))
        _judge(connection, body, file.name)
        refused = connection.execute("select count(*) from judged where reason is not null").fetchall()[0][0]
        flown = "select distinct operating_date from judged where reason is null order by 1"
        days = tuple(day for (day,) in connection.execute(flown).fetchall())
        day = choose(days) if choose and days else None
        return Flights(tuple(_typed(connection, day)), refused, days)


def first_date(file: Path) -> date | None:
    """Return the operating date of the first record of a file; None if it cannot be read."""
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        _judge(connection, text_files.head(file, Path(folder)), file.name)
        first = "select operating_date from judged where operating_date is not null order by line_number limit 1"
        return next((day for (day,) in connection.execute(first).fetchall()), None)


def events(flights: Flights, seed: int) -> Iterator[Event]:
    """Yield the events of all flights in order of `received_at`."""
    days: dict[date, list[Row]] = {}
    for leg in flights.legs:
        days.setdefault(leg["operating_date"], []).append(leg)
    sent: list[Event] = []
    for on, legs in days.items():
        # The draws of a leg depend on the legs of its day, not on their order in the file.
        legs.sort(key=lambda leg: (leg["leg_uid"], leg["event_id"]))
        draws = stream(seed, Purpose.REPLAY, on).random((len(legs), DRAWS)).tolist()
        for leg, draw in zip(legs, draws, strict=True):
            chance = iter(draw)
            sent += tell(_story(leg, chance), on, chance)
    yield from sorted(sent, key=lambda event: (event["received_at"], event["event_id"]))


def _judge(connection: duckdb.DuckDBPyConnection, body: Path, name: str) -> None:
    """Create the relation `judged` from a body by the typed step."""
    feed, arrived = find(FEED), datetime.combine(FIRST_OPERATING_DATE, time(), UTC)
    rows.prepare(connection)
    rows.add_lines(connection, body, name, arrived, feed)
    rows.judge(connection, feed, FIRST_OPERATING_DATE, date(2100, 12, 31))


def check_header(file: Path) -> None:
    """Raise `AeroError` for a file without the columns of flights; it names what is missing and the nearest layout."""
    with _readable(file):
        seen = text_files.columns(file)
    if problem := find(FEED).places_in(seen).problem:
        way_out = headings.nearest(seen, find(FEED).layout.layouts)
        raise AeroError(
            f"{file} is no file of {FEED}: its first line is not the header of that feed: {problem}",
            way_out or "docs/formats.md lists the layouts that are read",
        )


@contextmanager
def _readable(file: Path) -> Generator[None]:
    """Turn a reading error of a file into an `AeroError` for the user."""
    try:
        yield
    except (OSError, EOFError, UnicodeDecodeError, RejectedFile) as error:
        hint = "give a file of flights: CSV, plain or in gzip, bzip2 or zip, or Parquet"
        raise AeroError(f"{file} cannot be read: {error}", hint) from error


def _typed(connection: duckdb.DuckDBPyConnection, day: date | None) -> Iterator[Row]:
    """Return the rows that the typed step accepts, in the order of the file, with times as minutes."""
    minutes = ", ".join(f"cast(epoch_us({name}) // 60000000 as bigint) as {name}" for name in TIMES)
    result = connection.execute(
        f"""
        select * replace ({minutes}) from judged where reason is null and ($day is null or operating_date = $day)
        qualify row_number() over (partition by event_id order by line_number) = 1
        order by line_number
    """,
        {"day": day},
    )
    names = [column[0] for column in result.description or ()]
    while batch := result.fetchmany(10_000):
        for row in batch:
            yield dict(zip(names, row, strict=True))


def _story(leg: Row, chance: Chance) -> Story:
    out, off, on, in_ = (leg[name] for name in ("out_at", "off_at", "on_at", "in_at"))
    described = {name: leg[name] for name in AS_THEY_ARE} | {
        "operating_date": f"{leg['operating_date']}",
        "std_at": minute_text(leg["std_at"]),
        "sta_at": minute_text(leg["sta_at"]),
    }
    # No event says a scheduled arrival that the file does not have; announcements are reckoned from the actual one.
    planned_end = leg["sta_at"] if leg["sta_at"] is not None else in_ if in_ is not None else leg["std_at"] + UNPLANNED
    end = in_ if in_ is not None else planned_end
    return Story(
        leg=described,
        std=leg["std_at"],
        sta=planned_end,
        distance_miles=leg["distance_miles"],
        departures=() if out is None and off is None else (Departure(out, off),),
        on=on,
        in_=in_,
        cancelled_at=_cancelled_at(leg, chance),
        cancellation_code=leg["cancellation_code"],
        diverted_at=_diverted_at(leg),
        coded_at=end + 10 + int(50 * next(chance)),
        coding={name: leg[name] for name in CAUSES if leg[name] is not None},
    )


def _cancelled_at(leg: Row, chance: Chance) -> int | None:
    """Return the time of cancellation: about the STD, or after the return if the flight had left its stand."""
    when = next(chance)
    if not leg["is_cancelled"]:
        return None
    left = max((leg[name] for name in TIMES[2:] if leg[name] is not None), default=None)
    return leg["std_at"] - 180 + int(210 * when) if left is None else left + 30 + int(60 * when)


def _diverted_at(leg: Row) -> int | None:
    """Return the time of a diversion: after 70 % of the planned flight; None for a leg that was not diverted."""
    if not leg["is_diverted"]:
        return None
    left = next(leg[name] for name in ("off_at", "out_at", "std_at") if leg[name] is not None)
    planned = UNPLANNED if leg["sta_at"] is None else leg["sta_at"] - leg["std_at"]
    return left + round(0.7 * planned)
