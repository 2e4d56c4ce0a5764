"""The SQL that is particular to feeds of JSON lines: events, logs, tables.

It splits a line, uses the verdict given on its arrival, and turns the limits of events
(`aero_streaming/events/limits.py`) into rules of the typed step.

Limits are checked whenever rows are made, and never taken from the verdict on arrival: after an airport is added to the
reference, the rows that waited for it must be accepted.
"""

from aero_assets.feeds import Feed
from aero_streaming.events.limits import AIRPORTS, ARRIVED, LIMITS, UNKNOWN_AIRPORT, Limit, is_fixed
from aero_streaming.events.types import EDITIONS, EVENT_TYPES, VERSIONS_BEGIN, EventType, fields_of

#: Reason, condition and message as expressions: what the transform of Firehose said of a line stands.
FIRST_WORD = ("_defect", "_defect is not null", "_message")
#: Everything else about the form was judged by the vocabulary of events.
RULES = (("unreadable_json", "_json is null", "'the event is not JSON that the engine can read'"),)
#: Fields that a limit may be about; each is there as microseconds since 1970 in a column `_us_<name>`.
TIMES = tuple(dict.fromkeys(name for limit in LIMITS for name in (*limit.fields, limit.base) if not is_fixed(name)))
#: Time of arrival of a line in microseconds since 1970, as the transform or the extract noted. Else the latest
#: that it can be, for the raw object is known by the beginning of its hour.
CAME = "coalesce(epoch_us(try_cast(arrived_at as timestamp)), epoch_us(received_at) + 3600000000)"
#: A row of the operational database becomes events (`aero_ingest/database_events.py`): what it calls their times.
IN_TABLES = {"received_at": "extracted_at", "event_time": "updated_at"}


def fields(feed: Feed) -> str:
    """Return the query over `line` that gives each field of an event or a log line as text, null where absent."""
    kinds = [kind for kind in EVENT_TYPES.values() if kind.topic == feed.topic] if feed.arrival == "event" else []
    paths = ", ".join(f"'$.{name}'" for name in ("event_type", *feed.header))
    values = {name: _field(name, f"parts[{n}]", kinds) for n, name in enumerate(feed.header, 2)}
    names = ", ".join(f'{value} as "{name}"' for name, value in values.items())
    moments = "".join(f", {_moment(name, values.get(_column(feed, name)))} as _us_{name}" for name in _times(feed))
    return f"""
        with read as (select *, case when defect is null and json_valid(body) then body end as _json from line),
        split as (select *, json_extract_string(_json, [{paths}]) as parts from read)
        select body as _body, _json, line_number as _line_number, defect as _defect, message as _message,
               arrived_at as _arrived_at, raw_key as _raw_key, received_at as _received_at,
               raw_key || '#' || line_number as _raw_ref, '{feed.source}' as _source, {names}{moments}
        from split
    """


def limits(feed: Feed) -> list[tuple[str, str, str]]:
    """Return the limits of events as rules, in their order: code, condition, expression for the message.

    Empty for a feed whose rows are not events and do not become events.
    """
    if not feed.judged_as:
        return []
    known = _times(feed)
    rules = [
        (limit.code, _broken(limit, name, feed), _sentence(limit, name, feed))
        for limit in feed.limits
        for name in limit.fields
        if name in known and (is_fixed(limit.base) or limit.base in known)
        and not (limit.types and feed.arrival == "table")
    ]  # fmt: skip
    day = feed.date_expression
    for name in (airport_field for airport_field in AIRPORTS if airport_field in feed.header):
        message = f"""'{name} is ' || {name} || ', which the airport reference does not have on ' || {day}
            || '; it waits for the reference'"""
        rules.append((UNKNOWN_AIRPORT, f"unknown_airport({name}, {day})", message))
    return rules


def _times(feed: Feed) -> tuple[str, ...]:
    """Return the event fields with limits that the feed's lines have, by their names in events."""
    if not feed.judged_as:
        return ()
    return tuple(name for name in TIMES if name == ARRIVED or _column(feed, name) in feed.header)


def _column(feed: Feed, name: str) -> str:
    return IN_TABLES.get(name, name) if feed.arrival == "table" else name


def _moment(name: str, value: str | None) -> str:
    """Return an expression for a time of a line in microseconds since 1970; without a value, its arrival."""
    if value is None:
        return CAME
    if name == "version":
        minutes = f"try_cast({value} as bigint) // {EDITIONS}"
        return f"epoch_us(timestamp '{VERSIONS_BEGIN:%Y-%m-%d}') + 60000000 * ({minutes})"
    return f"epoch_us(try_cast({value} as timestamp))"


def _broken(limit: Limit, name: str, feed: Feed) -> str:
    base = f"epoch_us(timestamp '{limit.base[:10]}')" if is_fixed(limit.base) else f"_us_{limit.base}"
    sides = [
        f"_us_{name} - {base} {sign} {minutes * 60_000_000}"
        for sign, minutes in (("<", limit.least), (">", limit.most))
        if minutes is not None
    ]
    types = ", ".join(f"'{kind}'" for kind in limit.types)
    return f"({' or '.join(sides)})" + (f" and event_type in ({types})" if types else "")


def _sentence(limit: Limit, name: str, feed: Feed) -> str:
    sentence = f"'{name} is ' || {_column(feed, name)}"
    if limit.base == ARRIVED:
        sentence += f" || ', {ARRIVED} is ' || coalesce(_arrived_at, cast(_received_at as varchar))"
    elif not is_fixed(limit.base):
        sentence += f" || ', {limit.base} is ' || {_column(feed, limit.base)}"
    return f"{sentence} || '; {limit.sentence}'"


def _field(name: str, value: str, kinds: list[EventType]) -> str:
    """Return an expression for a field; null if the vocabulary does not define it for the type of the event."""
    having = [kind.name for kind in kinds if name in {field.name for field in fields_of(kind)}]
    if len(having) == len(kinds):
        return value
    types = ", ".join(f"'{kind}'" for kind in having)
    return f"case when parts[1] in ({types}) then {value} end"
