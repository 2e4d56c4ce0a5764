"""The SQL that is particular to feeds of events and to logs: taking a JSON line apart, and what was judged when it came
in.
"""

from aero_assets.feeds import Feed
from aero_streaming.event_types import EVENT_TYPES, EventType, fields_of

#: Reason, condition and message as expressions: what the transform of Firehose said of a line stands.
FIRST_WORD = ("_defect", "_defect is not null", "_message")
#: Everything else about the form was judged by the vocabulary of events.
RULES = (("unreadable_json", "_json is null", "'the event is not JSON that the engine can read'"),)
#: Fields of events that name an airport.
AIRPORTS = ("origin", "destination", "diverted_to")


def fields(feed: Feed) -> str:
    """Return the query over `line` that gives each field of an event or a log line as text, null where absent."""
    kinds = [kind for kind in EVENT_TYPES.values() if kind.topic == feed.topic] if feed.arrival == "event" else []
    paths = ", ".join(f"'$.{name}'" for name in ("event_type", *feed.header))
    names = ", ".join(f'{_field(name, f"parts[{n}]", kinds)} as "{name}"' for n, name in enumerate(feed.header, 2))
    return f"""
        with read as (select *, case when defect is null and json_valid(body) then body end as _json from line),
        split as (select *, json_extract_string(_json, [{paths}]) as parts from read)
        select body as _body, _json, line_number as _line_number, defect as _defect, message as _message,
               raw_key as _raw_key, received_at as _received_at, raw_key || '#' || line_number as _raw_ref,
               '{feed.source}' as _source, {names}
        from split
    """


def airports(feed: Feed) -> tuple[str, ...]:
    """Return the raw columns of a feed of events or of a table that hold airports."""
    return tuple(name for name in AIRPORTS if feed.arrival in ("event", "table") and name in feed.header)


def _field(name: str, value: str, kinds: list[EventType]) -> str:
    """A field that the vocabulary does not give to the type of an event means nothing there, whatever it is called."""
    having = [kind.name for kind in kinds if name in {one.name for one in fields_of(kind)}]
    if len(having) == len(kinds):
        return value
    types = ", ".join(f"'{kind}'" for kind in having)
    return f"case when parts[1] in ({types}) then {value} end"
