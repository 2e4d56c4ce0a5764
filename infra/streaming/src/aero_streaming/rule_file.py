"""Reading `rules.toml`: every value is checked, every complaint names file and line."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from aero_streaming.rule_model import (
    KPIS,
    LANGUAGES,
    LEVELS,
    MOMENTS,
    ROLLING,
    SCOPES,
    SEVERITIES,
    WINDOWS,
    Limit,
    Rule,
    RuleError,
    RuleSet,
)

KEYS = ("id", "kpi", "scope", "window", "minimum_legs", "evidence", "amber", "red")
"""What every rule has."""
LIVE_KEYS = ("hold_minutes", "severity", "title", "action")
"""What a rule has that the stream is judged by."""
OPTIONAL = (
    "critical", "green_percent", "used_by", "cooldown_minutes", "escalation_minutes", "ahead_minutes",
    "turnaround_minutes", "baseline_minimum_legs", "evident_legs", "shadow", "leading", "parents", "root_leg",
)  # fmt: skip
TOP_KEYS = ("version", "close_hour_utc", "united_states", "escalation_minutes", "rule")
RANGES = {"percent": (0, 100), "points": (-100, 0), "minutes": (0, 20_000), "legs": (1, 10_000), "grade": (1, 10)}
"""What limits may be, by unit."""


def read(path: Path) -> RuleSet:
    """Read and validate a rule file; raise `RuleError` naming the line."""
    text = path.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{path.name}: {error}") from None
    top = _Where(path.name, text, None)
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise RuleError(f"{path.name}: version is {version!r}; a whole number from 1 is wanted, raised with any change")
    if unknown := sorted(set(data) - set(TOP_KEYS)):
        top.refuse(unknown[0], f"is unknown; the file has {', '.join(TOP_KEYS)}")
    escalation = _escalation(data.get("escalation_minutes", {}), top)
    airports = data.get("united_states", [])
    if not isinstance(airports, list) or not all(isinstance(one, str) and len(one) == 3 for one in airports):
        top.refuse("united_states", "wants a list of IATA codes of airports")
    close_hour = _whole(data.get("close_hour_utc", 12), "close_hour_utc", top, 0, 23)
    found: dict[str, Rule] = {}
    for number, item in enumerate(data.get("rule", [])):
        where = _Where(path.name, text, number)
        rule = _rule(item, escalation, where)
        if rule.id in found:
            where.refuse("id", f"{rule.id!r} is the id of an earlier rule; every rule has its own")
        if missing := [parent for parent in rule.parents if parent not in found]:
            where.refuse("parents", f"{missing[0]!r} is no earlier rule; parents stand before their children")
        found[rule.id] = rule
    if not found:
        raise RuleError(f"{path.name}: there is no [[rule]]")
    return RuleSet(version, tuple(found.values()), close_hour, frozenset(airports))


@dataclass(frozen=True)
class _Where:
    """Finds the lines of one rule (or of the head of the file): the TOML reader does not say where a value stood."""

    file: str
    text: str
    number: int | None

    def refuse(self, key: str, message: str) -> NoReturn:
        """Raise the error of a key, with its line."""
        lines, name = self.text.splitlines(), key.partition(".")[0]
        starts = [number for number, line in enumerate(lines) if line.strip() == "[[rule]]"]
        begin, end = 0, [*starts, len(lines)][0]
        if self.number is not None:
            begin, end = starts[self.number], [*starts, len(lines)][self.number + 1]
        own = range(begin, end)
        line = next((at for at in own if lines[at].partition("=")[0].strip(" []") == name), begin)
        raise RuleError(f"{self.file}:{line + 1}: {key}: {message}")


def _rule(item: Mapping[str, Any], escalation: Mapping[str, tuple[int, ...]], where: _Where) -> Rule:
    used_by = _used_by(item, where)
    needed = (*KEYS, *LIVE_KEYS) if "stream" in used_by else KEYS
    for key in needed:
        if key not in item:
            where.refuse(key, f"is missing; a rule has {', '.join(needed)}")
    allowed = (*KEYS, *LIVE_KEYS, *OPTIONAL)
    if unknown := sorted(set(item) - set(allowed)):
        where.refuse(unknown[0], f"is unknown; a rule has {', '.join(allowed)}")
    _check_names(item, where)
    own = {**escalation, **_escalation(item.get("escalation_minutes", {}), where)}
    return Rule(
        id=item["id"],
        kpi=item["kpi"],
        scope=item["scope"],
        window=item["window"],
        minimum_legs=_whole(item["minimum_legs"], "minimum_legs", where, 1, 100_000, "number of legs"),
        evidence=item["evidence"],
        limits=(limits := _limits(item, where)),
        green_percent=_green(item, limits["amber"], where),
        used_by=used_by,
        hold_minutes=_whole(item.get("hold_minutes", 0), "hold_minutes", where, 0, 1440),
        cooldown_minutes=_whole(item.get("cooldown_minutes", 30), "cooldown_minutes", where, 0, 10_080),
        severity=_severity(item.get("severity", "medium"), limits, where),
        escalation_minutes=own,
        ahead_minutes=_whole(item.get("ahead_minutes", 0), "ahead_minutes", where, 0, 1440),
        turnaround_minutes=_whole(item.get("turnaround_minutes", 0), "turnaround_minutes", where, 0, 600),
        baseline_minimum_legs=_whole(item.get("baseline_minimum_legs", 0), "baseline_minimum_legs", where, 0, 10**6),
        evident_legs=_evident(item, where),
        is_shadow=_flag(item, "shadow", where),
        is_leading=_flag(item, "leading", where),
        parents=_names(item.get("parents", []), "parents", where),
        has_root_leg=_flag(item, "root_leg", where),
        title=_texts(item.get("title", {}), "title", where) if "stream" in used_by else {},
        action=_texts(item.get("action", {}), "action", where) if "stream" in used_by else {},
    )


def _used_by(item: Mapping[str, Any], where: _Where) -> tuple[str, ...]:
    used_by = _names(item.get("used_by", ["stream", "batch"]), "used_by", where)
    if not used_by or set(used_by) - {"stream", "batch"}:
        where.refuse("used_by", f"{list(used_by)!r} is not a list of stream, batch")
    return used_by


def _check_names(item: Mapping[str, Any], where: _Where) -> None:
    for key, allowed in (
        ("kpi", tuple(KPIS)),
        ("scope", SCOPES),
        ("window", (*WINDOWS, *ROLLING, *MOMENTS)),
        ("evidence", ("wilson", "point", "event")),
    ):
        if item[key] not in allowed:
            where.refuse(key, f"{item[key]!r} is none of {', '.join(allowed)}")
    if not isinstance(item["id"], str) or not item["id"] or "#" in item["id"]:
        where.refuse("id", f"{item['id']!r} is no name")
    kpi = KPIS[item["kpi"]]
    if item["scope"] not in kpi.scopes:
        where.refuse("scope", f"{item['kpi']} is known of {', '.join(kpi.scopes)} only")
    if item["evidence"] == "wilson" and kpi.unit not in ("percent", "points"):
        where.refuse("evidence", f"wilson judges shares; {item['kpi']} is in {kpi.unit}")
    single = {"leg": "leg", "feed": "now"}.get(item["scope"])
    if single != (item["window"] if item["window"] in MOMENTS else None):
        where.refuse("window", f"{item['window']!r} does not fit scope {item['scope']}")
    if item["window"] in ROLLING and item["scope"] != "hub":
        where.refuse("window", f"{item['window']!r} rolls; only hubs have quarters of an hour")


def _limits(item: Mapping[str, Any], where: _Where) -> dict[str, Limit]:
    kpi = KPIS[item["kpi"]]
    limits = {level: _limit(item[level], level, kpi.unit, where) for level in LEVELS if level in item}
    for milder, graver in pairwise(limits.values()):
        if (milder.enter <= graver.enter) if kpi.bad == "below" else (milder.enter >= graver.enter):
            where.refuse("red", "limits must rise from red over amber to green, or fall where high is bad")
    for level, limit in limits.items():
        if (limit.exit < limit.enter) if kpi.bad == "below" else (limit.exit > limit.enter):
            where.refuse(level, f"is left at {limit.exit:g} before it is entered at {limit.enter:g}")
    return limits


def _limit(value: object, key: str, unit: str, where: _Where) -> Limit:
    enter, leave = f"enter_{unit}", f"exit_{unit}"
    known = {enter, leave, "or_percent"} if unit == "legs" else {enter, leave}
    if not isinstance(value, dict) or set(value) - known or enter not in value:
        where.refuse(key, f"wants {{ {enter} = …, {leave} = … }}; the second may be left out")
    start = _number(value[enter], f"{key}.{enter}", unit, where)
    share = value.get("or_percent")
    return Limit(
        start,
        _number(value.get(leave, start), f"{key}.{leave}", unit, where),
        None if share is None else _number(share, f"{key}.or_percent", "percent", where),
    )


def _number(value: object, key: str, unit: str, where: _Where) -> float:
    least, most = RANGES[unit]
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        where.refuse(key, f"{value!r} is no value in {unit} between {least} and {most}")
    return float(value)


def _green(item: Mapping[str, Any], amber: Limit, where: _Where) -> float:
    if "green_percent" not in item:
        return amber.exit
    green = _number(item["green_percent"], "green_percent", "percent", where)
    if green < amber.enter:
        where.refuse("green_percent", f"{green:g} lies below the limit of amber, {amber.enter:g}")
    return green


def _severity(value: object, limits: Mapping[str, Limit], where: _Where) -> dict[str, str]:
    found = {level: value for level in limits} if isinstance(value, str) else value
    if not isinstance(found, dict) or set(found) != set(limits) or not set(found.values()) <= set(SEVERITIES):
        where.refuse("severity", f"wants one of {', '.join(SEVERITIES)}, or one for each of {', '.join(limits)}")
    return dict(found)


def _escalation(value: object, where: _Where) -> dict[str, tuple[int, ...]]:
    if not isinstance(value, dict) or set(value) - set(SEVERITIES):
        where.refuse("escalation_minutes", f"wants lists of minutes by severity: {', '.join(SEVERITIES)}")
    for steps in value.values():
        if not isinstance(steps, list) or any(type(one) is not int or one < 1 for one in steps):
            where.refuse("escalation_minutes", f"{steps!r} is no list of minutes from 1")
        if steps != sorted(set(steps)):
            where.refuse("escalation_minutes", f"{steps!r} does not rise")
    return {severity: tuple(steps) for severity, steps in value.items()}


def _whole(value: object, key: str, where: _Where, least: int, most: int, what: str = "whole number") -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        where.refuse(key, f"{value!r} is no {what}; a whole number from {least} is wanted, {most} at most")
    return value


def _evident(item: Mapping[str, Any], where: _Where) -> int:
    legs = _whole(item.get("evident_legs", 0), "evident_legs", where, 0, 100_000, "number of legs")
    if legs and (item["evidence"] != "wilson" or legs >= item["minimum_legs"]):
        where.refuse("evident_legs", f"{legs} wants evidence wilson, and fewer legs than minimum_legs")
    return legs


def _flag(item: Mapping[str, Any], key: str, where: _Where) -> bool:
    value = item.get(key, False)
    if not isinstance(value, bool):
        where.refuse(key, f"{value!r} is neither true nor false")
    return value


def _names(value: object, key: str, where: _Where) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        where.refuse(key, f"{value!r} is no list of names")
    return tuple(value)


def _texts(value: object, key: str, where: _Where) -> dict[str, str]:
    if (
        not isinstance(value, dict)
        or set(value) != set(LANGUAGES)
        or not all(isinstance(one, str) and one for one in value.values())
    ):
        where.refuse(key, f"wants a text for each of {', '.join(LANGUAGES)}")
    return dict(value)
