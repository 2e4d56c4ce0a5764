"""Reading the register: one TOML file per feed, checked at load; every error names the file and the line."""

import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args

from aero_assets.feeds.layouts import ALL_KEYS, read_layout
from aero_assets.feeds.lineage import (
    EXTRACTED,
    JSON_LINEAGE,
    LINEAGE,
    LOG_ID,
    LOG_TIME,
    ROW_ID,
    ROW_VERSION,
    SENDERS_OWN,
)
from aero_assets.feeds.model import MOST_WIDTH, Arrival, Clock, Column, Contradiction, Feed, RowRule, Supersedes, Value
from aero_streaming.events.types import EVENT_TYPES, TOPICS, fields_of

TYPES = frozenset({"VARCHAR", "INTEGER", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP"})
#: The column that orders the editions of a feed whose files supersede whole periods.
EDITION = "edition_at"
#: Columns that the typed step puts beside the typed columns of a judged record.
RESERVED = {"record", "line_number", "raw_key", "reason", "message"}
#: Columns that it puts beside the raw columns of a record, before the feed's expressions see it.
OWN = {
    "_body", "_json", "_line_number", "_defect", "_message", "_raw_key", "_received_at", "_width", "_expected",
    "_source", "_event_id", "_raw_ref", "_verdict", "_iata", "_date", "_before", "_after", "_switch", "_day", "_anchor",
    "_minute", "_local", "_first", "_second",
}  # fmt: skip
KEYS = ALL_KEYS | {
    "version", "system", "feed", "grain", "owner", "arrival", "source", "business_date", "header", "delimiter",
    "fresh_within_hours", "max_days_ahead", "values", "clocks", "rules", "columns", "topic", "judged_as",
    "format", "supersedes", "identity", "contradiction", "about", "row_key", "across_dates", "airport_numbers",
    "reaches_days", "builds_dates",
}  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class FeedError(ValueError):
    """A register entry that cannot be used; the message names the file, the line and the correction."""


def load_feed(path: Path) -> Feed:
    """Read one register entry; raise FeedError if it is wrong."""
    text = path.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FeedError(f"{path}: {error}") from error
    return _Reader(path, text, data).feed()


def load_register(folder: Path) -> tuple[Feed, ...]:
    """Read every entry below `folder`, sorted by path; two entries may not share a name."""
    feeds = [load_feed(path) for path in sorted(folder.glob("*/*.toml"))]
    names = [feed.path for feed in feeds]
    if twice := {name for name in names if names.count(name) > 1}:
        raise FeedError(f"{folder}: registered twice: {', '.join(sorted(twice))}")
    return tuple(feeds)


class _Reader:
    """Turns one parsed TOML document into a Feed, and knows the lines for its error messages."""

    def __init__(self, path: Path, text: str, data: dict[str, Any]) -> None:
        self.path, self.lines, self.data = path, text.splitlines(), data

    def fail(self, message: str, *, at: str) -> FeedError:
        """Build the error for the line that `at` first matches (the file's first line if none does)."""
        number = next((i for i, line in enumerate(self.lines, 1) if re.match(at, line.strip())), 1)
        return FeedError(f"{self.path}:{number}: {message}")

    def text(self, key: str) -> str:
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f'`{key}` is missing: write {key} = "…"', at=rf"{key}\s*=")
        return value.strip()

    def rows(self, table: str, build: Callable[[dict[str, Any]], Any]) -> tuple[Any, ...]:
        """Build one object per `[[table]]`; the error for a missing or unknown key names the entry's line."""
        built = []
        for number, entry in enumerate(self.data.get(table, [])):
            try:
                built.append(build(entry))
            except (TypeError, KeyError) as error:
                raise self._entry_error(table, number, f"{error}".strip("'")) from error
        return tuple(built)

    def _entry_error(self, table: str, number: int, message: str) -> FeedError:
        starts = [i for i, line in enumerate(self.lines, 1) if line.strip() == f"[[{table}]]"]
        return FeedError(f"{self.path}:{starts[number] if number < len(starts) else 1}: [[{table}]] {message}")

    def feed(self) -> Feed:
        """Assemble the whole entry and check its parts against each other."""
        columns = self.rows("columns", lambda entry: Column(**{"sql": entry["name"], **entry}))
        arrival = self.data.get("arrival", "file")
        self._check_lineage(columns, arrival)
        declared = {column.name for column in columns}
        lineage, _ = JSON_LINEAGE.get(arrival, (LINEAGE, ""))
        kind, layout = read_layout(self.data, self.fail)
        feed = Feed(
            system=self.text("system"),
            name=self.text("feed"),
            version=int(self.data.get("version", 0)),
            about=self.text("about"),
            grain=self.text("grain"),
            owner=self.text("owner"),
            arrival=arrival,
            source=self.text("source"),
            business_date=self.text("business_date"),
            header=self._fields_of_events() if arrival == "event" else tuple(self.data.get("header", ())),
            delimiter=self.data.get("delimiter", ","),
            values=self.rows("values", lambda entry: Value(**entry)),
            clocks=self.rows("clocks", lambda entry: Clock(**entry)),
            rules=self.rows("rules", lambda entry: RowRule(**entry)),
            columns=(*columns, *(column for column in lineage if column.name not in declared)),
            fresh_within_hours=int(self.data.get("fresh_within_hours", 48)),
            max_days_ahead=int(self.data.get("max_days_ahead", 1)),
            topic=self.data.get("topic", ""),
            judged_as=self.data.get("judged_as", self.data.get("topic", "")),
            format=kind,
            layout=layout,
            supersedes=self.data.get("supersedes", "key"),
            identity=tuple(self.data.get("identity", ())),
            contradiction=self.data.get("contradiction", "refuse"),
            row_key=tuple(self.data.get("row_key", ())),
            across_dates=bool(self.data.get("across_dates")),
            reaches_days=int(self.data.get("reaches_days", 0)),
            builds_dates=bool(self.data.get("builds_dates", True)),
            airport_numbers=tuple(self.data.get("airport_numbers", ())),
        )
        self._check(feed)
        return feed

    def _fields_of_events(self) -> tuple[str, ...]:
        """Return the fields of events on the feed's topic, each name once."""
        topic = self.data.get("topic")
        if topic not in TOPICS:
            known = ", ".join(TOPICS)
            raise self.fail(f"a feed of events names its `topic`: {known}", at=r"(topic|arrival)\s*=")
        if "header" in self.data or "delimiter" in self.data:
            raise self.fail("events have no `header` and no `delimiter`", at=r"(header|delimiter)\s*=")
        kinds = [kind for kind in EVENT_TYPES.values() if kind.topic == topic]
        return tuple(dict.fromkeys(field.name for kind in kinds for field in fields_of(kind)))

    def _check(self, feed: Feed) -> None:
        if unknown := sorted(self.data.keys() - KEYS):
            at = rf"\[*{re.escape(unknown[0])}\b"
            raise self.fail(f"`{unknown[0]}` means nothing here; known: {', '.join(sorted(KEYS))}", at=at)
        self._check_topics(feed)
        if feed.version < 1:
            raise self.fail("`version` must be a whole number from 1", at=r"version\s*=")
        if feed.arrival not in get_args(Arrival):
            raise self.fail(f"`arrival` is one of {', '.join(get_args(Arrival))}", at=r"arrival\s*=")
        if (feed.system, feed.name) != (self.path.parent.name, self.path.stem):
            raise self.fail(f"{feed.path} must live in {feed.system}/{feed.name}.toml", at=r"feed\s*=")
        self._check_header(feed.raw_columns, feed.arrival)
        self._check_editions(feed)
        self._check_airport_numbers(feed)
        self._check_identity(feed)
        self._check_names("columns", (column.name for column in feed.columns))
        self._check_names("rules", (rule.code for rule in feed.rules))
        helpers = [item.name for item in (*feed.values, *feed.clocks)]
        helpers += [f"{clock.name}_offset" for clock in feed.clocks]
        self._check_names("values", helpers)
        raw = {name.lower() for name in feed.raw_columns}
        for name in helpers:
            if name in raw:
                raise self.fail(f"{name!r} is also a raw column (SQL ignores case)", at=rf'name\s*=\s*"{name}"')
        for column in feed.columns:
            self._check_column(column)
        if not any(c.name == feed.business_date and c.type == "DATE" for c in feed.columns):
            raise self.fail(f"no DATE column named {feed.business_date!r}", at=r"business_date\s*=")

    def _check_column(self, column: Column) -> None:
        at = rf'name\s*=\s*"{column.name}"'
        if column.name in RESERVED:
            raise self.fail(f"column {column.name}: the typed step uses this name, choose another one", at=at)
        if column.type not in TYPES:
            raise self.fail(f"type {column.type!r}: use one of {', '.join(sorted(TYPES))}", at=at)
        if column.warehouse_type and not re.fullmatch(r"decimal\(\d+, \d+\)", column.warehouse_type):
            raise self.fail(f'column {column.name}: a `warehouse_type` is like "decimal(18, 2)"', at=at)
        if column.width and (column.type != "VARCHAR" or not 1 <= column.width <= MOST_WIDTH):
            raise self.fail(f"column {column.name}: only a VARCHAR has a `width`, 1 to {MOST_WIDTH} bytes", at=at)
        if not column.description.strip():
            raise self.fail(f"column {column.name} has no description", at=at)

    def _check_topics(self, feed: Feed) -> None:
        if feed.topic and feed.arrival != "event":
            raise self.fail("`topic` belongs to a feed of events", at=r"topic\s*=")
        if "judged_as" in self.data and (feed.arrival != "table" or feed.judged_as not in TOPICS):
            topics = ", ".join(TOPICS)
            raise self.fail(f"`judged_as` names the topic that a table's rows travel on: {topics}", at=r"judged_as\s*=")

    def _check_header(self, header: tuple[str, ...], arrival: str) -> None:
        lower = [name.lower() for name in header]
        if not header or "" in lower:
            raise self.fail("`header` must list the file's columns, each with a name", at=r"header\s*=")
        if twice := sorted({name for name in lower if lower.count(name) > 1}):
            raise self.fail(f"`header` names {', '.join(twice)} twice (SQL ignores case)", at=r"header\s*=")
        if arrival == "log" and not {LOG_ID, LOG_TIME} <= set(header):
            raise self.fail(f"lines of a log have `{LOG_ID}` and `{LOG_TIME}`: name both", at=r"header\s*=")
        if arrival == "table" and not {ROW_ID, ROW_VERSION, EXTRACTED} <= set(header):
            added = f"`{ROW_ID}`, `{ROW_VERSION}` and `{EXTRACTED}`"
            raise self.fail(f"rows of a table have {added}: name all three", at=r"header\s*=")
        if taken := OWN.intersection(lower):
            raise self.fail(f"raw columns may not be called {', '.join(sorted(taken))}", at=r"header\s*=")

    def _check_editions(self, feed: Feed) -> None:
        if feed.supersedes not in get_args(Supersedes):
            raise self.fail(f"`supersedes` is one of {', '.join(get_args(Supersedes))}", at=r"supersedes\s*=")
        ordered = any(
            (column.name, column.type, column.required) == (EDITION, "TIMESTAMP", True) for column in feed.columns
        )
        if feed.supersedes == "period" and not ordered:
            raise self.fail(f"editions are ordered by a required TIMESTAMP column {EDITION}", at=r"supersedes\s*=")
        if feed.format != "csv" and feed.arrival != "file":
            raise self.fail("only files have a `format`", at=r"format\s*=")

    def _check_airport_numbers(self, feed: Feed) -> None:
        read = {match[1] for value in feed.values if (match := re.match(r"airport_code\((\w+)", value.sql))}
        if read != set(feed.airport_numbers):
            names = ", ".join(sorted(read)) or "none"
            raise self.fail(
                f"`airport_numbers` lists the columns that `airport_code` reads: {names}", at=r"airport_numbers\s*="
            )

    def _check_identity(self, feed: Feed) -> None:
        known = {column.name for column in feed.columns}
        for key, names in (("identity", feed.identity), ("row_key", feed.row_key)):
            if unknown := [name for name in names if name not in known]:
                raise self.fail(f"`{key}` lists columns of the feed; {', '.join(unknown)} is none", at=rf"{key}\s*=")
        if feed.arrival == "table" and not feed.row_key:
            raise self.fail(
                "`row_key` is missing: list the columns that rows of the table are told apart by", at=r"grain\s*="
            )
        if feed.across_dates and feed.arrival != "table":
            raise self.fail("`across_dates` is about versions of rows of a table", at=r"across_dates\s*=")
        if feed.contradiction not in get_args(Contradiction):
            raise self.fail(f"`contradiction` is one of {', '.join(get_args(Contradiction))}", at=r"contradiction\s*=")
        if feed.arrival == "file" and "identity" not in self.data:
            raise self.fail("`identity` is missing: list the columns that tell two rows of one file apart, or none",
                            at=r"grain\s*=")  # fmt: skip

    def _check_lineage(self, columns: Iterable[Column], arrival: str) -> None:
        """Refuse a column that has the name of a lineage column and cannot replace it."""
        if arrival in JSON_LINEAGE:
            theirs, of = JSON_LINEAGE[arrival]
            # Database feeds may declare `attempt` as a data column although it is a lineage column elsewhere.
            given = {column.name for column in (*theirs, *LINEAGE)} - ({"attempt"} if arrival == "table" else set())
            for name in [column.name for column in columns if column.name in given]:
                at = rf'name\s*=\s*"{name}"'
                raise self.fail(f"column {name} of a {of} comes by itself, leave it out", at=at)
        lineage = {column.name: column for column in LINEAGE}
        for column in columns:
            if not (ours := lineage.get(column.name)):
                continue
            at = rf'name\s*=\s*"{column.name}"'
            if column.name not in SENDERS_OWN:
                own = ", ".join(sorted(SENDERS_OWN))
                raise self.fail(f"column {column.name} is set by the typed step; a feed may declare {own}", at=at)
            if (column.type, column.required) != (ours.type, True):
                raise self.fail(f"column {column.name} replaces ours: type {ours.type}, required = true", at=at)

    def _check_names(self, table: str, names: Iterable[str]) -> None:
        seen: set[str] = set()
        for name in names:
            if not _NAME.fullmatch(name) or name in seen:
                why = "twice" if name in seen else "not snake_case"
                raise self.fail(f"[[{table}]] {name!r} is {why}", at=rf'(name|code)\s*=\s*"{re.escape(name)}"')
            seen.add(name)
