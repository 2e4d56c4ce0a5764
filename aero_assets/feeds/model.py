"""The definition of a feed: the vocabulary of the register, with no I/O and no Dagster.

A feed defines the origin of its facts, the meaning of one row, the conversion of a raw record into typed columns and
the reasons to refuse a record. Expressions are DuckDB SQL over the raw columns; the typed step compiles them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Literal

from aero_assets.environment import Environment
from aero_assets.feeds.layouts import PLAIN, Format, Layout
from aero_ingest import headings
from aero_ingest.headings import Places
from aero_streaming.events.limits import LIMITS, Limit
from aero_streaming.merge import SOURCES

#: A log is kept by ourselves, elsewhere, and copied to the raw zone line by line.
Arrival = Literal["file", "event", "log", "table"]
#: The scope of a new file: it supersedes the earlier one under its key, or every earlier edition of its periods.
Supersedes = Literal["key", "period"]
#: The treatment of rows of one file that contradict each other: all refused, or the last one counts.
Contradiction = Literal["refuse", "last"]


@dataclass(frozen=True)
class Value:
    """A named helper expression; later expressions may use it by name."""

    name: str
    sql: str


@dataclass(frozen=True)
class Clock:
    """A local wall-clock time that becomes whole minutes since 1970-01-01 in UTC.

    `minute_of_day` is an expression for minutes after local midnight, `airport` names the airport whose local time it
    is. `near` is an expression for the instant (in the same unit) it must be closest to; it chooses the day and, where
    a clock is set back, which of the two hours is meant. Without it the operating date and the first hour are taken.
    `otherwise` is an expression for the instant of a record that does not have the time (its file may leave it out).
    The UTC offset used, in minutes, is available as `<name>_offset`.
    """

    name: str
    minute_of_day: str
    airport: str
    near: str | None = None
    otherwise: str | None = None


@dataclass(frozen=True)
class RowRule:
    """A reason to refuse a record: the first rule whose condition is true gives the reason."""

    code: str
    when: str
    message: str


#: Bytes of a text whose column states no width: those of `varchar` on Redshift. The most that a column may state.
DEFAULT_WIDTH, MOST_WIDTH = 256, 65_535


@dataclass(frozen=True)
class Column:
    """One column of the typed zone. `width` is the most bytes (UTF-8) of a text; other types have none."""

    name: str
    type: str
    #: No part of the contract: a better sentence changes no row.
    description: str = field(repr=False)
    sql: str
    required: bool = False
    width: int = 0
    #: The type in the warehouse where that is another one: money is a decimal there. No part of the contract.
    warehouse_type: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Give a text that states no width the default one."""
        if self.type == "VARCHAR" and not self.width:
            object.__setattr__(self, "width", DEFAULT_WIDTH)


@dataclass(frozen=True)
class Feed:
    """One source of facts, from the name of its inbox folder or topic to its typed columns.

    `header` lists: of a feed of events every field that the events of its topic may have; of a log those of its lines;
    of a table its columns and those that the extract adds; of a workbook or of parsed lines the columns that a reader
    makes.
    """

    system: str
    name: str
    version: int
    about: str
    grain: str
    owner: str
    arrival: Arrival
    source: str
    business_date: str
    header: tuple[str, ...]
    delimiter: str
    values: tuple[Value, ...]
    clocks: tuple[Clock, ...]
    rules: tuple[RowRule, ...]
    columns: tuple[Column, ...]
    fresh_within_hours: int
    max_days_ahead: int
    topic: str = ""
    #: The topic whose limits hold for its rows (`aero_streaming/events/limits.py`), if they are or become events.
    judged_as: str = ""
    format: Format = "csv"
    layout: Layout = PLAIN
    supersedes: Supersedes = "key"
    identity: tuple[str, ...] = ()
    contradiction: Contradiction = "refuse"
    #: Columns that say which thing a row is about: never null, and in a table what its versions are versions of.
    row_key: tuple[str, ...] = ()
    #: True if the versions of a row may stand on several business dates.
    across_dates: bool = False
    #: Days after its business date whose figures a row may still decide: a rate holds over the days off that follow.
    reaches_days: int = 0
    #: False if no mart of an operating date reads it: its rows then ask for no date.
    builds_dates: bool = True
    #: Raw columns with airports that may be numbers of the US Department of Transportation instead of codes.
    airport_numbers: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """`system/name`: the prefix of this feed in every zone."""
        return f"{self.system}/{self.name}"

    @property
    def key(self) -> tuple[str, str]:
        """`(system, name)`: the tail of every asset key of this feed."""
        return (self.system, self.name)

    @property
    def is_json(self) -> bool:
        """True if its raw objects hold one JSON object per line, by hour of arrival, and are not files of a sender."""
        return self.arrival in ("event", "log", "table")

    @property
    def door_counts_records(self) -> bool:
        """True if the row count of a receipt is the number of records; false for bodies that a parser splits.

        A line of a message, a report or a schedule is no record, and neither is a row of a sheet, which holds twelve
        months.
        """
        return self.arrival == "file" and self.format in ("csv", "parquet")

    @property
    def tells_of_legs(self) -> bool:
        """True if its rows are facts of the leg merge; `int_leg_fact` reads all such feeds."""
        return self.source in SOURCES and any(column.name == "leg_uid" for column in self.columns)

    @property
    def captions(self) -> tuple[str, ...]:
        """The raw columns whose values are stated once in a file, above its header."""
        return tuple(caption.name for caption in self.layout.captions)

    @property
    def raw_columns(self) -> tuple[str, ...]:
        """Every raw column that expressions may use: those of the records, of the captions, and of the file's name."""
        return (*self.in_records, *self.captions, *self.layout.named)

    @property
    def in_records(self) -> tuple[str, ...]:
        """The raw columns that a record of a file may hold."""
        return (*self.header, *self.layout.further)

    def places_in(self, seen: Sequence[str]) -> Places:
        """Return the places of the columns in a file with this header, for a feed with columns found by name."""
        layout = self.layout
        return headings.find(seen, self.in_records, layout.also_called, layout.optional, layout.alternatives)

    def layout_of(self, seen: Sequence[str]) -> str:
        """Return the name of the known layout of a file with this header; empty if it has none of them."""
        return headings.recognised(seen, self.layout.layouts)

    @property
    def staging_model(self) -> str:
        """The dbt model that reads this feed."""
        return f"stg_{self.system}__{self.name}"

    @property
    def version_of(self) -> tuple[str, ...]:
        """The columns that versions of one row of a table share; date first, so that engines skip files."""
        dated = self.across_dates or self.business_date in self.row_key
        return self.row_key if dated else (self.business_date, *self.row_key)

    @property
    def file_columns(self) -> tuple[Column, ...]:
        """The columns inside the Parquet files: all but the partition column."""
        return tuple(column for column in self.columns if column.name != self.business_date)

    @property
    def date_expression(self) -> str:
        """The business date as an expression over raw columns and helper values."""
        [column] = [column for column in self.columns if column.name == self.business_date]
        return f"try_cast({column.sql} as date)"

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits of events that its rows must meet, by the clock of this platform."""
        clock = Environment.current().clock
        return tuple(limit for limit in LIMITS if self.judged_as and limit.holds_by(clock))

    @cached_property
    def contract(self) -> str:
        """A digest of everything that decides the typed rows; when it changes, arrivals are compacted again."""
        parts = (self.version, self.header, self.delimiter, self.values, self.clocks, self.rules, self.columns)
        if self.judged_as:
            # Not the airports: one more of them must not compact all history again; `aero release` finds what waited.
            parts = (*parts, self.limits)
        read = () if (self.format, self.layout) == ("csv", PLAIN) else (self.format, self.layout)
        settled = (self.identity, self.contradiction) if self.identity else ()
        return sha256(repr((*parts, *read, *settled)).encode()).hexdigest()[:16]

    def door(self) -> dict[str, object]:
        """Return the part of this feed that the door must know."""
        details = {"feed": self.path, "format": self.format, "header": list(self.header), "contract": self.contract}
        layout = self.layout.door()
        return {**details, "layout": layout} if layout else details
