"""The leg merge: which fact wins for each field of a leg, as data, and the plain Python oracle.

Standard library only: every Lambda zip carries this module, dbt reads the same numbers from its
variables, Flink computes the same expression, and one table of golden cases runs through all of them.

Each field is the maximum of a sortable string over the facts of a leg,

    actual|priority|version|received_at|event_id|value

with fixed widths before the value. A maximum cannot depend on order or repetition. A null value has
no key and takes no part, so silence never erases what another source said.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

Fact = Mapping[str, Any]
Policy = Literal["first_out", "last_out"]

VERSION = 2
"""Raise it with any change below: results before and after are not comparable."""

VALUE_AT = 1 + 1 + 2 + 1 + 10 + 1 + 26 + 1 + 32 + 1
"""Where the value starts in a key, counted from zero; SQL counts from one."""

MAX_TEXT = 256


@dataclass(frozen=True)
class Field:
    """A merged field: its type, the class whose priorities decide it, and which attempts count.

    ``any`` fields describe the leg whatever its attempts; ``last`` fields belong to the attempt that
    flew; ``departure`` is OUT, where the departure policy chooses between the first and the last.
    """

    name: str
    type: Literal["text", "timestamp", "integer", "boolean"]
    field_class: Literal["operational", "schedule", "passengers", "delay_codes"]
    attempt: Literal["any", "last", "departure"] = "any"


FIELDS = (
    Field("destination", "text", "schedule"),
    Field("tail", "text", "schedule"),
    Field("aircraft_type", "text", "schedule"),
    Field("std_at", "timestamp", "schedule"),
    Field("sta_at", "timestamp", "schedule"),
    Field("std_utc_offset_minutes", "integer", "schedule"),
    Field("sta_utc_offset_minutes", "integer", "schedule"),
    Field("distance_miles", "integer", "schedule"),
    Field("seats", "integer", "schedule"),
    Field("data_label", "text", "schedule"),
    Field("out_at", "timestamp", "operational", "departure"),
    Field("off_at", "timestamp", "operational", "last"),
    Field("on_at", "timestamp", "operational", "last"),
    Field("in_at", "timestamp", "operational", "last"),
    Field("is_cancelled", "boolean", "operational"),
    Field("is_diverted", "boolean", "operational"),
    Field("passengers", "integer", "passengers"),
    Field("cancellation_code", "text", "delay_codes"),
    Field("delay_codes", "text", "delay_codes"),
    Field("carrier_delay_minutes", "integer", "delay_codes"),
    Field("weather_delay_minutes", "integer", "delay_codes"),
    Field("nas_delay_minutes", "integer", "delay_codes"),
    Field("security_delay_minutes", "integer", "delay_codes"),
    Field("late_aircraft_delay_minutes", "integer", "delay_codes"),
)

PRIORITY: dict[str, dict[str, int]] = {
    # The nearest witness of the aircraft first; a load message (ldm) says nothing about times.
    "operational": {
        "acars": 90,
        "mva": 90,
        "mvt": 80,
        "ops_event": 70,
        "database": 60,
        "partner_file": 50,
        "adsb": 40,
        "ldm": 20,
        "schedule": 10,
    },
    # Place, time and aircraft: the message nearest to the aircraft counts first, the plan last.
    "schedule": {
        "acars": 90,
        "mva": 90,
        "mvt": 80,
        "ldm": 75,
        "ops_event": 70,
        "database": 60,
        "partner_file": 50,
        "adsb": 40,
        "schedule": 10,
    },
    # The load sheet counts people; the others repeat it.
    "passengers": {
        "ldm": 95,
        "acars": 90,
        "mva": 90,
        "mvt": 80,
        "ops_event": 70,
        "database": 60,
        "partner_file": 50,
        "adsb": 40,
        "schedule": 10,
    },
    # Causes are recoded after review, and the review is written into the database.
    "delay_codes": {
        "database": 95,
        "acars": 90,
        "mva": 90,
        "mvt": 80,
        "ops_event": 70,
        "partner_file": 50,
        "adsb": 40,
        "ldm": 20,
        "schedule": 10,
    },
}

SOURCES = tuple(PRIORITY["operational"])


class FactError(ValueError):
    """A fact that cannot be merged; the message says which one, what is wrong and how to mend it."""


def check_tables(fields: Iterable[Field] = FIELDS, priority: Mapping[str, Mapping[str, int]] = PRIORITY) -> None:
    """Refuse a merge table with a gap: a source without a number would lose silently."""
    names = [field.name for field in fields]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"merge table: field {name} is there twice; keep one")
    for field in fields:
        if field.field_class not in priority:
            raise ValueError(f"merge table: field {field.name}: class {field.field_class} has no priorities")
    for field_class, sources in priority.items():
        if missing := set(SOURCES) ^ set(sources):
            raise ValueError(f"merge table: class {field_class} must rank every source: {sorted(missing)}")
        for source, number in sources.items():
            if not 1 <= number <= 99:
                raise ValueError(f"merge table: {field_class}.{source} is {number}; two digits, 1 to 99")


check_tables()


def validate(fact: Fact) -> None:
    """Raise FactError unless the fact has what every key is built from, in its fixed width."""
    where = f"fact {fact.get('event_id')!r} of leg {fact.get('leg_uid')!r}"
    if not re.fullmatch("[0-9a-f]{32}", str(fact.get("event_id", ""))):
        raise FactError(f"{where}: event_id must be 32 lower-case hex digits; hash it before it is sent")
    if fact.get("source") not in SOURCES:
        raise FactError(f"{where}: no priority for source {fact.get('source')!r}; use one of {SOURCES}")
    if not isinstance(fact.get("is_actual"), bool):
        raise FactError(f"{where}: is_actual must be true (it happened) or false (an estimate)")
    _whole(where, "version", fact.get("version"), least=0)
    _whole(where, "attempt", fact.get("attempt"), least=1)
    _time(where, "received_at", fact.get("received_at"))
    for field in FIELDS:
        # Most facts say little: a look costs less than a check.
        if (value := fact.get(field.name)) is not None:
            _text(where, field, value)


def sort_key(field: Field, fact: Fact) -> str | None:
    """The key by which the fact competes for the field, or None if it says nothing about it."""
    if fact.get(field.name) is None:
        return None
    where = f"fact {fact['event_id']!r}"
    value = _text(where, field, fact[field.name])
    return "|".join(
        (
            "1" if fact["is_actual"] else "0",
            f"{PRIORITY[field.field_class][fact['source']]:02d}",
            f"{fact['version']:010d}",
            _time(where, "received_at", fact["received_at"]),
            fact["event_id"],
            value,
        )
    )


def first_received(facts: Iterable[Fact]) -> list[Fact]:
    """Each event once: the copy with the lowest received_at, in no particular order."""
    kept: dict[str, Fact] = {}
    for fact in facts:
        validate(fact)
        other = kept.get(fact["event_id"])
        if other is None or _arrival(fact) < _arrival(other):
            kept[fact["event_id"]] = fact
    return list(kept.values())


def merge(facts: Iterable[Fact], departure_policy: Policy = "first_out") -> dict[str, Any]:
    """The leg that these facts describe, one leg's facts at a time; times are ISO-8601 with Z.

    Operational times come twice: ``out_at`` is what happened, ``estimated_out_at`` the best estimate
    while nothing did. ``last_out_at`` is the OUT of the attempt that flew, whatever the policy.
    """
    if departure_policy not in ("first_out", "last_out"):
        raise ValueError(f"departure_policy is {departure_policy!r}; write first_out or last_out")
    unique = first_received(facts)
    legs = {fact.get("leg_uid") for fact in unique}
    if len(legs) != 1:
        raise FactError(f"merge takes the facts of one leg; group them by leg_uid, these are of {len(legs)}")
    last = max(fact["attempt"] for fact in unique)
    leg: dict[str, Any] = {"leg_uid": legs.pop(), "attempts": last}
    for field in FIELDS:
        if field.attempt == "any":
            leg[field.name] = _value(field, _winner(field, unique))
            continue
        first = field.attempt == "departure" and departure_policy == "first_out"
        winner = _winner(field, (fact for fact in unique if fact["attempt"] == (1 if first else last)))
        is_actual = winner is not None and winner.startswith("1")
        leg[field.name] = _value(field, winner) if is_actual else None
        leg[f"estimated_{field.name}"] = None if is_actual else _value(field, winner)
        if field.attempt == "departure":
            flown = _winner(field, (fact for fact in unique if fact["attempt"] == last))
            leg[f"last_{field.name}"] = _value(field, flown) if flown and flown.startswith("1") else None
    return leg


def winners(facts: Iterable[Fact], departure_policy: Policy = "first_out") -> dict[str, Fact]:
    """The fact that won each field of the leg that `merge` makes of the same facts; unknown fields are absent."""
    unique = first_received(facts)
    by_id = {fact["event_id"]: fact for fact in unique}
    last = max((fact["attempt"] for fact in unique), default=0)
    won: dict[str, Fact] = {}
    for field in FIELDS:
        counting = {"any": None, "last": last}.get(field.attempt, 1 if departure_policy == "first_out" else last)
        if key := _winner(field, (fact for fact in unique if counting in (None, fact["attempt"]))):
            won[field.name] = by_id[key[VALUE_AT - 33 : VALUE_AT - 1]]
    return won


def _winner(field: Field, facts: Iterable[Fact]) -> str | None:
    return max((key for fact in facts if (key := sort_key(field, fact)) is not None), default=None)


def _value(field: Field, key: str | None) -> Any:  # noqa: ANN401 - text, whole number, flag or nothing
    if key is None:
        return None
    text = key[VALUE_AT:]
    if field.type == "integer":
        return int(text)
    if field.type == "boolean":
        return text == "1"
    if field.type == "timestamp":
        return datetime.fromisoformat(f"{text}+00:00").isoformat().replace("+00:00", "Z")
    return text


def _text(where: str, field: Field, value: Any) -> str:  # noqa: ANN401 - it is what is checked
    if field.type == "timestamp":
        return _time(where, field.name, value)
    if field.type == "integer":
        return str(_whole(where, field.name, value))
    if field.type == "boolean":
        if not isinstance(value, bool):
            raise FactError(f"{where}: {field.name} is {value!r}; it must be true, false or null")
        return "1" if value else "0"
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise FactError(f"{where}: {field.name} is {value!r}; it must be 1 to {MAX_TEXT} characters, or null")
    return value


def _whole(where: str, name: str, value: Any, least: int = -(2**31)) -> int:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**31:
        raise FactError(f"{where}: {name} is {value!r}; it must be a whole number from {least} to 2^31 - 1")
    return value


def _time(where: str, name: str, value: Any) -> str:  # noqa: ANN401
    try:
        text = _utc_text(value)
    except (TypeError, ValueError) as error:
        raise FactError(f"{where}: {name} is {value!r}; write UTC as 2015-01-01T13:34:00Z") from error
    if text is None:
        raise FactError(f"{where}: {name} is {value!r}, which has no zone; add Z if it is UTC")
    return text


@lru_cache(65_536)
def _utc_text(value: datetime | str) -> str | None:
    """A time as keys hold it, None without a zone. The facts of a leg share their times, and each is read often."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if moment.tzinfo is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def _arrival(fact: Fact) -> tuple[str, str]:
    """Return a copy's time of arrival, then its place: the order that deduplication keeps."""
    received = _time(f"fact {fact['event_id']!r}", "received_at", fact["received_at"])
    return received, str(fact.get("raw_ref") or "")
