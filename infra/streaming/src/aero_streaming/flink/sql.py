"""Fills in `flink.sql`: from the tables of events and merge, and from what the job is configured with, to statements.

Standard library only. What is said once (fields, priorities, event types, hubs, sums of figures) is written into the
SQL from there, so the places where a leg is merged and counted (oracle, dbt, Flink) cannot drift apart in what they
know.
"""

from collections.abc import Mapping
from pathlib import Path
from string import Template

from aero_streaming.events.registrations import PLACEHOLDER
from aero_streaming.events.types import DESCRIPTION, ENVELOPE, EVENT_TYPES, LEG, Field
from aero_streaming.flink.sums import sums
from aero_streaming.merge import FIELDS, PRIORITY, VALUE_AT, leg_times
from aero_streaming.merge import Field as Merged
from aero_streaming.rules.stations import hubs_and_stations

HERE = Path(__file__).parent
SQL = HERE / "flink.sql"

Options = Mapping[str, str]

_TYPES = {"text": "STRING", "timestamp": "STRING", "date": "STRING", "integer": "INT", "number": "DOUBLE",
          "boolean": "BOOLEAN"}  # fmt: skip
RETURNS = ("return_to_ramp", "air_return")
NOTABLE = ("cancel", "reinstate", "divert", *RETURNS)
SINKS = {"event": "json", "leg": "debezium-json", "state": "debezium-json", "unreadable": "json"}
"""Kinds of record and the format that carries them: updating ones as a changelog."""
FLAGS = ("is_cancelled", "is_diverted")
_ALL_TIMES = (
    "event_time", "received_at", "last_received_at", "last_event_at", "std_at", "sta_at", "last_return_at", "out_at",
    "estimated_out_at", "last_out_at", "off_at", "estimated_off_at", "on_at", "estimated_on_at", "in_at",
    "estimated_in_at", "cancelled_at", "diverted_at",
)  # fmt: skip


def event_fields() -> tuple[Field, ...]:
    """Return every field that an event of any type may have, each once; unknown fields do not reach Flink."""
    fields = {field.name: field for field in (*ENVELOPE, *LEG)}
    for kind in EVENT_TYPES.values():
        fields |= {field.name: field for field in kind.fields}
    return tuple(fields.values())


def statements(
    source: Options,
    sinks: Mapping[str, Options],
    *,
    departure_policy: str = "first_out",
    is_partitioned: bool = True,
) -> list[str]:
    """Return the statements in order; `sinks` holds the WITH options of each kind of record in `SINKS`.

    A sink that cannot take partition keys (a file in a test) gets none with `is_partitioned=False`.
    """
    if departure_policy not in ("first_out", "last_out"):
        raise ValueError(f"departure_policy is {departure_policy!r}; write first_out or last_out")
    values = _vocabulary() | sums() | _merge() | _times() | _rounds()
    values["value_departure_key"] = _time_value("out_at", f"{departure_policy}_at_key")
    values["value_last_out_at_key"] = _time_value("last_out_at", "last_out_at_key")
    values["source"] = _with(source)
    for kind in SINKS:
        values[f"{kind}_sink"] = _with(sinks[kind])
        values[f"{kind}_partition"] = "PARTITIONED BY (partition_key)" if is_partitioned else ""
    lines = (line for line in SQL.read_text(encoding="utf-8").splitlines() if not line.startswith("--"))
    text = Template("\n".join(lines)).substitute(values)
    return [statement.strip() for statement in text.split(";\n") if statement.strip()]


def _with(options: Options) -> str:
    return ", ".join(f"'{name}' = '{_quoted(value)}'" for name, value in options.items())


def _quoted(value: str) -> str:
    return value.replace("'", "''")


def _texts(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


# -- events -----------------------------------------------------------------------------------------------------------
def _vocabulary() -> dict[str, str]:
    fields = event_fields()
    return {
        "event_columns": ", ".join(f"{field.name} {_TYPES[field.kind]}" for field in fields),
        "event_names": ", ".join(field.name for field in fields),
        "leg_types": _texts(tuple(kind.name for kind in EVENT_TYPES.values() if kind.topic == "leg-events")),
        "return_types": _texts(RETURNS),
        "notable_types": _texts(NOTABLE),
        "hubs": _texts(hubs_and_stations()),
        "describing_types": _texts(tuple(kind.name for kind in EVENT_TYPES.values() if kind.describes_leg)),
    }


# -- the leg merge ----------------------------------------------------------------------------------------------------
def _merge() -> dict[str, str]:
    keys = [f"{field.name}_key" for field in FIELDS]
    plain = [field for field in FIELDS if field.attempt == "any" and field.name not in FLAGS]
    times = [name for field in FIELDS if field.attempt != "any" for name in (field.name, f"estimated_{field.name}")]
    return {
        "value_at": str(VALUE_AT + 1),
        "ranks": ",\n  ".join(f"{_rank(name)} AS {name}_rank" for name in PRIORITY),
        "keys": ",\n  ".join(f"{_key(field)} AS {field.name}_key" for field in FIELDS),
        "max_keys": ", ".join(f"MAX({key}) AS {key}" for key in keys),
        "values": ",\n  ".join(f"{_value(field)} AS {field.name}" for field in plain),
        "any_names": ", ".join(field.name for field in plain),
        "attempt_values": ",\n  ".join(
            f"CASE WHEN a.leg_uid IS NULL THEN m.{name} ELSE a.{name} END AS {name}" for name in times
        ),
    } | {f"value_{name}_key": _time_value(name, f"{name}_key") for name in ("out_at", "off_at", "on_at", "in_at")}


def _said(field: Merged) -> dict[str, str]:
    """Return the value of each event type for a merged field, by condition: `to_fact`; other types have none."""
    types_of: dict[str, list[str]] = {}
    for kind in EVENT_TYPES.values():
        carried = {part.name.removeprefix("estimated_"): part.name for part in kind.fields}
        if kind.topic != "leg-events":
            continue
        if field.name in kind.states:
            types_of.setdefault("'1'" if kind.states[field.name] else "'0'", []).append(kind.name)
        elif field.name in carried:
            types_of.setdefault(carried[field.name], []).append(kind.name)
    if field.name in DESCRIPTION:
        return {field.name: "describes_leg"}
    return {value: f"event_type IN ({_texts(tuple(names))})" for value, names in types_of.items()}


def _rank(field_class: str) -> str:
    """The merge key up to its value, as `merge.sort_key` builds it."""
    estimates = tuple(kind.name for kind in EVENT_TYPES.values() if not kind.is_actual)
    priorities = " ".join(f"WHEN '{source}' THEN '{number:02d}'" for source, number in PRIORITY[field_class].items())
    return (
        f"CASE WHEN event_type IN ({_texts(estimates)}) THEN '0|' ELSE '1|' END || "
        f"CASE source {priorities} END || '|' || LPAD(CAST(version AS STRING), 10, '0') || '|' || received_at || '|' "
        "|| event_id || '|'"
    )


def _key(field: Merged) -> str:
    def text(value: str) -> str:
        if field.name == "tail":
            return f"CASE WHEN NOT REGEXP({value}, '^({PLACEHOLDER})$') THEN {value} END"
        if field.name in FLAGS:
            return f"{value} || event_time"  # when that was decided travels behind the flag
        return value if field.type in ("text", "timestamp") else f"CAST({value} AS STRING)"

    rank = f"{field.field_class}_rank"
    branches = " ".join(f"WHEN {condition} THEN {rank} || {text(value)}" for value, condition in _said(field).items())
    return f"CASE {branches} END"


def _value(field: Merged) -> str:
    text = f"SUBSTRING({field.name}_key FROM {VALUE_AT + 1})"
    return f"CAST({text} AS INT)" if field.type == "integer" else text


def _time_value(name: str, key: str) -> str:
    """A time that happened, and beside it the estimate while it has not."""
    value = f"SUBSTRING({key} FROM {VALUE_AT + 1})"
    return ", ".join(
        f"CASE WHEN SUBSTRING({key} FROM 1 FOR 1) = '{digit}' THEN {value} END AS {column}"
        for digit, column in (("1", name), ("0", f"estimated_{name}"))
    )


# -- times ------------------------------------------------------------------------------------------------------------
def _times() -> dict[str, str]:
    texts = {f"{name}_text": _utc_text(name) for name in _ALL_TIMES}
    # A slice is a whole minute already; the scopes of a day have none.
    texts["quarter_at_text"] = "CASE WHEN quarter_at <> '' THEN REPLACE(quarter_at, ' ', 'T') || ':00Z' END"
    return texts | {
        "event_delay": _minutes_between("std_at", "CASE event_type WHEN 'out' THEN out_at ELSE estimated_out_at END"),
        "quarter_of_std": _quarter("std_at"),
        "quarter_of_sta": _quarter("sta_at"),
        "local_hour": "CAST(EXTRACT(HOUR FROM TIMESTAMPADD(MINUTE, std_utc_offset_minutes, "
        f"{_timestamp('std_at')})) AS INT)",
    }


# -- which times can be believed --------------------------------------------------------------------------------------
def _rounds() -> dict[str, str]:
    """One view per round of `leg_times`, and what figures are made of: `out_3` is OUT after three rounds.

    UNNEST of one row keeps the planner from writing the expressions of one view into the next, where each would be
    evaluated as often as it is named.
    """
    names = {time: f"{time}_at" for time in leg_times.TIMES} | {"out": "last_out_at"}
    names["first_out"] = "CASE WHEN last_out_at IS NULL OR out_at <> last_out_at THEN out_at END"
    start = _one_row("round_0", "leg", [f"{_microseconds(name)} AS {time}_0" for time, name in names.items()])
    last = leg_times.ROUNDS[-1]
    out = f"CASE WHEN out_at = last_out_at THEN out_{last} ELSE first_out_{last} END"
    return {
        "rounds": "\n\n".join([start, *map(_round, leg_times.ROUNDS)]).removesuffix(";"),
        "last_round": f"round_{last}",
        "time_problem": f"NULLIF(TRIM({' || '.join(f'problem_{number}' for number in leg_times.ROUNDS)}), '')",
        "departure_delay": _whole_minutes(f"std_{last}", out),
        "expected_delay": _whole_minutes(f"std_{last}", f"COALESCE({out}, estimated_out_{last})"),
        "arrival_delay": _whole_minutes(f"sta_{last}", f"in_{last}"),
    }


def _round(number: int) -> str:
    rules = [rule for rule in leg_times.RULES if rule.round == number]
    before = number - 1
    codes = " || ".join(f"CASE WHEN {_is_broken(rule)} THEN '{rule.code} ' ELSE '' END" for rule in rules)
    kept = [f"{codes} AS problem_{number}"]
    for time in leg_times.TIMES:
        doubts = " OR ".join(_is_broken(rule) for rule in rules if time in rule.doubts)
        value = f"{time}_{before}"
        kept.append(f"{f'CASE WHEN {doubts} THEN NULL ELSE {value} END' if doubts else value} AS {time}_{number}")
    return _one_row(f"round_{number}", f"round_{before}", kept)


def _one_row(view: str, source: str, columns: list[str]) -> str:
    """A view that adds columns, computed once."""
    values, names = zip(*(column.rsplit(" AS ", 1) for column in columns), strict=True)
    return (
        f"CREATE TEMPORARY VIEW {view} AS\nSELECT s.*, {', '.join(names)} FROM {source} AS s\n"
        f"CROSS JOIN UNNEST(ARRAY[ROW({', '.join(values)})]) AS t ({', '.join(names)});"
    )


def _is_broken(rule: leg_times.Rule) -> str:
    """Return the SQL test that a leg breaks a rule, over microseconds; not known counts as not broken."""
    passed = f"({rule.later}_{rule.round - 1} - {rule.earlier}_{rule.round - 1})"
    minute = 60_000_000
    # Whole minutes are rounded down: `least` minutes have passed with the last of them, `most` until the next begins.
    tests = [] if rule.least is None else [f"{passed} < {rule.least * minute}"]
    tests += [] if rule.most is None else [f"{passed} >= {(rule.most + 1) * minute}"]
    if rule.most_mph is not None:
        whole = f"FLOOR({passed} / {minute}E0)"
        tests.append(f"({passed} >= {minute} AND distance_miles * 60 > {rule.most_mph} * {whole})")
    broken = " OR ".join(tests)
    flown = "NOT COALESCE(is_cancelled, FALSE) AND NOT COALESCE(is_diverted, FALSE) AND "
    return f"({flown}({broken}))" if rule.only_as_planned else f"({broken})"


def _microseconds(name: str) -> str:
    """Microseconds since 1970 of a time of 26 characters, exact."""
    minute = f"CAST(SUBSTRING({name} FROM 1 FOR 16) || ':00' AS TIMESTAMP(0))"
    seconds = f"CAST(SUBSTRING({name} FROM 18 FOR 2) || SUBSTRING({name} FROM 21 FOR 6) AS BIGINT)"
    return f"TIMESTAMPDIFF(MINUTE, TIMESTAMP '1970-01-01 00:00:00', {minute}) * CAST(60000000 AS BIGINT) + {seconds}"


def _whole_minutes(earlier: str, later: str) -> str:
    """Elapsed whole minutes between microseconds, rounded down as everywhere: 14:59 late is 14."""
    return f"CAST(FLOOR(({later} - {earlier}) / 60000000E0) AS INT)"


def _utc_text(name: str) -> str:
    return f"REPLACE(REPLACE({name}, ' ', 'T') || 'Z', '.000000Z', 'Z')"


def _timestamp(expression: str) -> str:
    return f"CAST(SUBSTRING({expression} FROM 1 FOR 19) AS TIMESTAMP(0))"


def _minutes_between(earlier: str, later: str) -> str:
    """Elapsed whole minutes, rounded down as everywhere: 14:59 late is 14. Exact where `earlier` has whole seconds."""
    return f"CAST(FLOOR(TIMESTAMPDIFF(SECOND, {_timestamp(earlier)}, {_timestamp(later)}) / 60E0) AS INT)"


def _quarter(name: str) -> str:
    """The start of the quarter of an hour, 2015-01-02 13:30."""
    minute = f"SUBSTRING({name} FROM 15 FOR 2)"
    starts = " ".join(f"WHEN {minute} < '{end}' THEN '{end - 15:02d}'" for end in (15, 30, 45))
    return f"SUBSTRING({name} FROM 1 FOR 14) || CASE {starts} ELSE '45' END"
