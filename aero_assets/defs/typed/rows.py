"""Raw records to typed rows: the SQL of the typed step, compiled from a feed's register entry.

Relations in a DuckDB connection, in order: `line` (records as received) → `helped` (raw columns and helper values) →
`judged` (every record with its typed columns and, if it is refused, the reason). Local clocks without an offset become
UTC here; times that state theirs are converted where they are read (macro `instant`, AIDX), and SSIM schedules by their
parser (`ssim_legs.py`). Columns that this module adds to a record have a leading underscore, so that they cannot
collide with the sender's column names.
"""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from aero_assets.defs.typed import event_rows, raw_columns
from aero_assets.defs.typed.lines import places_of
from aero_assets.defs.typed.macros import FORMS, MACROS
from aero_assets.defs.typed.readers import Reader, read
from aero_assets.feeds import Clock, Feed
from aero_assets.zones import airport_table, dot_airport_list, zone_days
from aero_ingest.headings import Places

#: Reasons that concern a record's form; a feed's own rules follow them.
FORM_RULES = (
    ("bad_encoding", "_defect = 'bad_encoding'", "'the line is not UTF-8 text'"),
    ("line_too_long", "_defect = 'line_too_long'", "'the line is longer than any record'"),
    ("bad_quotes", "_defect = 'bad_quotes'", "'a quotation mark is not closed or stands inside a value'"),
    ("unreadable_body", "_defect = 'unreadable_body'", "'the file cannot be read from this row on'"),
    ("too_few_columns", "_width < _expected", "'expected ' || _expected || ' columns, found ' || _width"),
    ("too_many_columns", "_width > _expected", "'expected ' || _expected || ' columns, found ' || _width"),
)

_IN_FILE = re.compile(r"\bin_file\((\w+)\)")


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the macros of the register, the airports and the empty `line` relation."""
    connection.register("airport_source", airport_table())
    connection.execute("create or replace temp table airport as select * from airport_source")
    connection.execute(MACROS)
    empty(connection)


def empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Replace the records read before by an empty `line` relation."""
    connection.execute("""
        create or replace temp table line (
            body varchar, line_number bigint, defect varchar, message varchar, part varchar, given varchar[],
            named varchar[], arrived_at varchar, raw_key varchar, received_at timestamp, places integer[],
            width integer, columns bigint
        )
    """)


def add_lines(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    raw_key: str,
    received_at: datetime,
    feed: Feed | None = None,
    sent_as: str = "",
    read: Reader = read,
) -> None:
    """Append the records of one raw object of a feed, sent as `sent_as`, to `line`; without a feed, of a CSV file."""
    connection.register("lines_read", read(path, received_at, feed))
    places = places_of(path, feed) if feed and feed.layout.by_name else Places()
    connection.execute(
        "insert into line by name "
        "select lines_read.*, cast($raw_key as varchar) as raw_key, cast($received_at as timestamp) as received_at, "
        "cast($named as varchar[]) as named, cast($places as integer[]) as places, cast($width as integer) as width, "
        "cast($columns as bigint) as columns "
        "from lines_read",
        {
            "raw_key": raw_key,
            "received_at": received_at.astimezone(UTC).replace(tzinfo=None),
            "named": feed.layout.named_by(sent_as) if feed else [],
            "places": list(places.at),
            "width": places.width,
            "columns": sum(1 << number for number, place in enumerate(places.at) if place),
        },
    )
    connection.unregister("lines_read")


def judge(connection: duckdb.DuckDBPyConnection, feed: Feed, first: date, last: date) -> None:
    """Create `judged`: one row per record of `line` with the feed's typed columns, `reason` and `message`.

    A record whose business date is outside `first`..`last` is refused like any other that breaks a rule.
    """
    _load_airport_numbers(connection, feed)
    helpers = "".join(f", {_resolved(value.sql, feed)} as {value.name}" for value in feed.values)
    fields = event_rows.fields(feed) if feed.is_json else raw_columns.fields(feed)
    connection.execute(f"create or replace temp table helped as select *{helpers} from ({fields})")
    _load_zones(connection, feed)
    connection.execute(f"create or replace temp table judged as {_judged(feed, first, last)}")
    connection.execute("drop table helped")


def _load_airport_numbers(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Set the variable `dot_airports` if a file has airport numbers, because a list of 7,000 takes time."""
    connection.execute("reset variable dot_airports")
    if not feed.airport_numbers:
        return
    # A file writes all its airports in one way, so the first column of them is enough.
    number = feed.in_records.index(feed.airport_numbers[0]) + 1
    for (place,) in connection.execute(f"select distinct places[{number}] from line").fetchall():
        before = f"""^(("[^"]*"|[^",]*),){{{(place or 1) - 1}}}"?[ ]*[0-9]{{5}}"""
        numbered = "select 1 from line where places[$n] = $place and regexp_matches(body, $before) limit 1"
        if connection.execute(numbered, {"n": number, "place": place, "before": before}).fetchall():
            connection.register("dot_source", dot_airport_list())
            connection.execute("set variable dot_airports = (select airports from dot_source)")
            return


def _load_zones(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Create `zone_day` for the airports and dates in the records."""
    codes: set[str] = set()
    for place in _places(feed):
        airports = connection.execute(f"select distinct {place} from helped where {place} is not null").fetchall()
        codes.update(code for (code,) in airports)
    day = feed.date_expression
    dates = connection.execute(f"select distinct {day} from helped where year({day}) between 1980 and 2100").fetchall()
    connection.register("zone_source", zone_days(codes, (day for (day,) in dates)))
    connection.execute("""
        create or replace temp table zone_day as
        select iata as _iata, local_date as _date, before as _before, after as _after, switch_minute as _switch
        from zone_source
    """)


def _places(feed: Feed) -> list[str]:
    """Return the expressions for the airports whose local clocks a feed has."""
    return sorted({clock.airport for clock in feed.clocks})


def _anchored(feed: Feed) -> str:
    """Return the relation before the first clock: `helped`, and each place's offset as the business date begins."""
    if not feed.clocks:
        return "select * from helped"
    places = list(enumerate(_places(feed)))
    offsets = ", ".join(f"'at_{n}': z{n}._before" for n, _ in places)
    joins = " ".join(
        f"left join zone_day z{n} on z{n}._iata = {place} and z{n}._date = {feed.date_expression}"
        for n, place in places
    )
    return f"select h.*, {{{offsets}}} as _before from helped h {joins}"


def _clock(feed: Feed, clock: Clock, number: int) -> str:
    """Return CTEs that add one UTC instant (whole minutes since 1970) and its UTC offset to `clock_<number - 1>`.

    The second CTE picks the local day that brings the clock nearest to its anchor. The third finds the offsets of that
    day: on a day with a change of the clock there are two, and the instant nearer to the anchor is used.
    """
    day = feed.date_expression
    before = f"_before.at_{_places(feed).index(clock.airport)}"
    read = f"_local - {clock.name}_offset"
    instant = f"coalesce({read}, {_resolved(clock.otherwise, feed)})" if clock.otherwise else read
    distance = f"_anchor + {before} - datediff('day', date '1970-01-01', {day}) * 1440 - _minute"
    return f"""
        anchor_{number} as (
            select *, ({clock.near or "null"}) as _anchor, ({clock.minute_of_day}) as _minute from clock_{number - 1}
        ),
        day_{number} as (
            select *, {day} + coalesce(cast(round(({distance}) / 1440.0) as integer), 0) as _day from anchor_{number}
        ),
        offset_{number} as (
            select d.*, datediff('day', date '1970-01-01', _day) * 1440 + _minute as _local,
                   case when _minute < greatest(_switch, _switch + _after - y._before)
                        then y._before else _after end as _first,
                   case when _minute < least(_switch, _switch + _after - y._before)
                        then y._before else _after end as _second
            from day_{number} d
            left join zone_day y on y._iata = {clock.airport} and y._date = _day
        ),
        clock_{number} as (
            select * exclude (_day, _anchor, _minute, _local, _first, _second),
                   case when abs(_local - _first - _anchor) > abs(_local - _second - _anchor)
                        then _second else _first end as {clock.name}_offset,
                   {instant} as {clock.name}
            from offset_{number}
        )"""


def _judged(feed: Feed, first: date, last: date) -> str:
    """Return the query: clocks in order, the first broken rule, the typed columns (null if they cannot be cast)."""
    rules = _rules(feed, first, last)
    verdict = " ".join(f"when {when} then {number}" for number, (_, when, _) in enumerate(rules))
    codes = " ".join(f"when {number} then {code}" for number, (code, _, _) in enumerate(rules))
    # A message that quotes an empty value is null: the reason must do then.
    messages = " ".join(f"when {n} then coalesce({message}, {code})" for n, (code, _, message) in enumerate(rules))
    columns = ", ".join(f"try_cast({column.sql} as {column.type}) as {column.name}" for column in feed.columns)
    clocks = "".join(f",{_clock(feed, clock, number)}" for number, clock in enumerate(feed.clocks, 1))
    # Most records have no verdict; they need not be compared with every one to learn that.
    return f"""
        with clock_0 as ({_anchored(feed)}){clocks},
        ruled as (select *, case {verdict} end as _verdict from clock_{len(feed.clocks)}),
        typed as (
            select _body as record, _line_number as line_number, _raw_key as raw_key,
                   case when _verdict is not null then case _verdict {codes} end end as reason,
                   case when _verdict is not null then case _verdict {messages} end end as message, {columns}
            from ruled
        )
        select * replace (coalesce(reason, case when {_too_long(feed, "'text_too_long'")} end) as reason,
                          coalesce(message, case when {_too_long(feed)} end) as message)
        from typed
    """


def _too_long(feed: Feed, then: str = "") -> str:
    """Return the branches of a CASE for texts that are longer than their column: each with `then`, or its message."""
    texts = [column for column in feed.columns if column.type == "VARCHAR"]
    branches = " when ".join(
        f"strlen({column.name}) > {column.width} then "
        + (
            then
            or f"'{column.name} has ' || strlen({column.name}) || ' bytes and may have {column.width}: ' "
            f"|| left({column.name}, 60)"
        )
        for column in texts
    )
    return branches or "false then null"


def _rules(feed: Feed, first: date, last: date) -> list[tuple[str, str, str]]:
    """Return the rules in order: form, the feed's own, then those of every feed.

    Those of every feed are: dates in range, values that fit, nothing missing. Each rule is an expression for its code,
    a condition, and an expression for its message.
    """
    day = feed.date_expression
    if feed.is_json:
        rules = [*event_rows.RULES]
    elif feed.format != "csv":
        rules = []
    else:
        rules = list(FORM_RULES)
    rules += [(rule.code, _resolved(rule.when, feed), rule.message) for rule in feed.rules]
    if feed.judged_as:
        # The same range as here, measured so that the stream says the same of an event.
        rules += event_rows.limits(feed)
    else:
        out_of_range = f"{day} not between date '{first}' and date '{last}'"
        rules.append(("date_out_of_range", out_of_range, f"'the date is outside {first} to {last}: ' || {day}"))
    for column in feed.columns:
        if column.type != "VARCHAR":
            message = f"'{column.name} is not {column.type}: ' || ({column.sql})"
            rules.append(("bad_value", misfit(column.sql, column.type), message))
        if column.required:
            rules.append(("missing_value", f"({column.sql}) is null", f"'{column.name} is empty'"))
    judged = [event_rows.FIRST_WORD] if feed.is_json or feed.format != "csv" else []
    return [*judged, *((f"'{code}'", when, message) for code, when, message in rules)]


def _resolved(sql: str, feed: Feed) -> str:
    """Return an expression in which `in_file(COLUMN)` is a condition: true if the record's file has that column."""
    if not feed.layout.by_name:
        return sql
    numbers = {name: number for number, name in enumerate(feed.in_records)}
    return _IN_FILE.sub(lambda call: f"(_columns & {1 << numbers[call[1]]} <> 0)", sql)


def misfit(sql: str, kind: str) -> str:
    """Return the condition under which the value of an expression does not fit a type of the register."""
    if kind == "VARCHAR":
        return "false"
    # typeof is known before any row is read: only expressions that are still text pay for their form.
    form = f"typeof({sql}) = 'VARCHAR' and not regexp_full_match(cast({sql} as varchar), '{FORMS[kind]}')"
    # A number with too many digits before its point or in its exponent is infinite as DOUBLE.
    endless = f" or not isfinite(try_cast({sql} as DOUBLE))" if kind == "DOUBLE" else ""
    return f"({sql}) is not null and (try_cast({sql} as {kind}) is null or ({form}){endless})"
