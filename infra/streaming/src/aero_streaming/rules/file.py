"""Reading `rules.toml`: every value is checked, every complaint names file and line."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from aero_streaming.rules.model import (
    KPIS,
    LEVELS,
    MOMENTS,
    ROLLING,
    SCOPES,
    SEVERITIES,
    WINDOWS,
    GroundTime,
    Limit,
    Rule,
    RuleError,
    RuleSet,
)
from aero_streaming.toml_checks import flag, names, no_more_than, texts, whole
from aero_streaming.toml_places import Place, read_toml

KEYS = ("id", "kpi", "scope", "window", "minimum_legs", "evidence", "amber", "red")
"""What every rule has."""
LIVE_KEYS = ("hold_minutes", "severity", "title", "action")
"""What a rule has that the stream is judged by."""
OPTIONAL = (
    "critical", "green_percent", "used_by", "cooldown_minutes", "escalation_minutes", "ahead_minutes",
    "baseline_minimum_legs", "departures_ahead", "evident_legs", "follow_up", "shadow", "leading", "parents",
    "roles", "root_leg", "speaks_from",
)  # fmt: skip
TOP_KEYS = (
    "version",
    "close_hour_utc",
    "arrival_seconds",
    "alerts_per_hour",
    "united_states",
    "escalation_minutes",
    "roles",
    "ground_time",
    "rule",
    "day_rule",
)
RANGES = {"percent": (0, 100), "points": (-100, 0), "minutes": (0, 20_000), "legs": (1, 10_000), "grade": (1, 10)}
"""What limits may be, by unit."""


def read(path: Path) -> RuleSet:
    """Read and validate a rule file; raise `RuleError` naming the line."""
    text, data = read_toml(path, RuleError)
    top = Place(path.name, text, RuleError, "rule")
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise RuleError(f"{path.name}: version is {version!r}; a whole number from 1 is wanted, raised with any change")
    no_more_than(data, TOP_KEYS, top, "the file")
    escalation = _escalation(data.get("escalation_minutes", {}), top)
    all_roles = _roles(data.get("roles", {}), top)
    airports = data.get("united_states", [])
    if not isinstance(airports, list) or not all(
        isinstance(airport, str) and len(airport) == 3 for airport in airports
    ):
        top.refuse("united_states", "wants a list of IATA codes of airports")
    close_hour = whole(data.get("close_hour_utc", 12), "close_hour_utc", top, 0, 23)
    rules: dict[str, Rule] = {}
    for number, item in enumerate(data.get("rule", [])):
        where = Place(path.name, text, RuleError, "rule", number)
        rule = _rule(item, escalation, all_roles, where)
        if rule.id in rules:
            where.refuse("id", f"{rule.id!r} is the id of an earlier rule; every rule has its own")
        if missing := [parent for parent in rule.parents if parent not in rules]:
            where.refuse("parents", f"{missing[0]!r} is no earlier rule; parents stand before their children")
        rules[rule.id] = rule
    if not rules:
        raise RuleError(f"{path.name}: there is no [[rule]]")
    ground_times = tuple(
        _ground_time(item, Place(path.name, text, RuleError, "ground_time", number))
        for number, item in enumerate(data.get("ground_time", []))
    )
    is_asked = any(rule.kpi == "rotation" for rule in rules.values())
    if is_asked and not any(ground_time.particularity == (False, False) for ground_time in ground_times):
        raise RuleError(f"{path.name}: rotation wants a [[ground_time]] for all types and stations")
    arrival = whole(data.get("arrival_seconds", 0), "arrival_seconds", top, 0, 3600)
    budget = whole(data.get("alerts_per_hour", 6), "alerts_per_hour", top, 1, 1000)
    return RuleSet(version, tuple(rules.values()), close_hour, frozenset(airports), ground_times, arrival, budget)


def _ground_time(item: Mapping[str, Any], where: Place) -> GroundTime:
    no_more_than(item, ("minutes", "source", "aircraft_types", "stations"), where, "a ground time")
    source = item.get("source")
    if not isinstance(source, str) or not source:
        where.refuse("source", "wants a text: where the minutes are from")
    return GroundTime(
        minutes=whole(item.get("minutes"), "minutes", where, 1, 600),
        source=source,
        aircraft_types=frozenset(names(item.get("aircraft_types", []), "aircraft_types", where)),
        stations=frozenset(names(item.get("stations", []), "stations", where)),
    )


def _rule(
    item: Mapping[str, Any],
    escalation: Mapping[str, tuple[int, ...]],
    all_roles: Mapping[str, tuple[str, ...]],
    where: Place,
) -> Rule:
    used_by = _used_by(item, where)
    needed = (*KEYS, *LIVE_KEYS) if "stream" in used_by else KEYS
    for key in needed:
        if key not in item:
            where.refuse(key, f"is missing; a rule has {', '.join(needed)}")
    no_more_than(item, (*KEYS, *LIVE_KEYS, *OPTIONAL), where, "a rule")
    _check_names(item, where)
    own = {**escalation, **_escalation(item.get("escalation_minutes", {}), where)}
    return Rule(
        id=item["id"],
        kpi=item["kpi"],
        scope=item["scope"],
        window=item["window"],
        minimum_legs=whole(item["minimum_legs"], "minimum_legs", where, 1, 100_000, "number of legs"),
        evidence=item["evidence"],
        limits=(limits := _limits(item, where)),
        green_percent=_green(item, limits["amber"], where),
        used_by=used_by,
        hold_minutes=whole(item.get("hold_minutes", 0), "hold_minutes", where, 0, 1440),
        cooldown_minutes=whole(item.get("cooldown_minutes", 30), "cooldown_minutes", where, 0, 10_080),
        severity=_severity(item.get("severity", "medium"), limits, where),
        escalation_minutes=own,
        roles=_own_roles(item, all_roles, own, where),
        ahead_minutes=whole(item.get("ahead_minutes", 0), "ahead_minutes", where, 0, 1440),
        baseline_minimum_legs=whole(item.get("baseline_minimum_legs", 0), "baseline_minimum_legs", where, 0, 10**6),
        evident_legs=_evident(item, where),
        departures_ahead=_departures_ahead(item, where),
        is_shadow=flag(item, "shadow", where),
        is_leading=flag(item, "leading", where),
        parents=names(item.get("parents", []), "parents", where),
        speaks_from=_speaks_from(item, where),
        has_root_leg=flag(item, "root_leg", where),
        title=texts(item.get("title", {}), "title", where) if "stream" in used_by else {},
        action=texts(item.get("action", {}), "action", where) if "stream" in used_by else {},
        follow_up=texts(item["follow_up"], "follow_up", where) if "follow_up" in item else {},
    )


def _used_by(item: Mapping[str, Any], where: Place) -> tuple[str, ...]:
    used_by = names(item.get("used_by", ["stream", "batch"]), "used_by", where)
    if not used_by or set(used_by) - {"stream", "batch"}:
        where.refuse("used_by", f"{list(used_by)!r} is not a list of stream, batch")
    return used_by


def _check_names(item: Mapping[str, Any], where: Place) -> None:
    for key, allowed in (
        ("kpi", tuple(KPIS)),
        ("scope", SCOPES),
        ("window", (*WINDOWS, *ROLLING, *MOMENTS)),
        ("evidence", ("wilson", "point", "event")),
    ):
        if item[key] not in allowed:
            hint = '; a KPI for rules has "rules" in its used_by (kpis.toml)' if key == "kpi" else ""
            where.refuse(key, f"{item[key]!r} is none of {', '.join(allowed)}{hint}")
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


def _limits(item: Mapping[str, Any], where: Place) -> dict[str, Limit]:
    kpi = KPIS[item["kpi"]]
    limits = {level: _limit(item[level], level, kpi.unit, where) for level in LEVELS if level in item}
    check_order(limits, kpi.bad, where)
    return limits


def check_order(limits: Mapping[str, Limit], bad: str, where: Place) -> None:
    """Refuse limits that are not in the order of their levels, or are left before they are entered."""
    for milder, graver in pairwise(limits.values()):
        if (milder.enter <= graver.enter) if bad == "below" else (milder.enter >= graver.enter):
            where.refuse("red", "limits must rise from red over amber to green, or fall where high is bad")
    for level, limit in limits.items():
        if (limit.exit < limit.enter) if bad == "below" else (limit.exit > limit.enter):
            where.refuse(level, f"is left at {limit.exit:g} before it is entered at {limit.enter:g}")


def _limit(value: object, key: str, unit: str, where: Place) -> Limit:
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


def _number(value: object, key: str, unit: str, where: Place) -> float:
    least, most = RANGES[unit]
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        where.refuse(key, f"{value!r} is no value in {unit} between {least} and {most}")
    return float(value)


def _green(item: Mapping[str, Any], amber: Limit, where: Place) -> float:
    if "green_percent" not in item:
        return amber.exit
    green = _number(item["green_percent"], "green_percent", "percent", where)
    if green < amber.enter:
        where.refuse("green_percent", f"{green:g} lies below the limit of amber, {amber.enter:g}")
    return green


def _severity(value: object, limits: Mapping[str, Limit], where: Place) -> dict[str, str]:
    severities = {level: value for level in limits} if isinstance(value, str) else value
    if (
        not isinstance(severities, dict)
        or set(severities) != set(limits)
        or not set(severities.values()) <= set(SEVERITIES)
    ):
        where.refuse("severity", f"wants one of {', '.join(SEVERITIES)}, or one for each of {', '.join(limits)}")
    return dict(severities)


def _escalation(value: object, where: Place) -> dict[str, tuple[int, ...]]:
    if not isinstance(value, dict) or set(value) - set(SEVERITIES):
        where.refuse("escalation_minutes", f"wants lists of minutes by severity: {', '.join(SEVERITIES)}")
    for steps in value.values():
        if not isinstance(steps, list) or any(type(minutes) is not int or minutes < 1 for minutes in steps):
            where.refuse("escalation_minutes", f"{steps!r} is no list of minutes from 1")
        if steps != sorted(set(steps)):
            where.refuse("escalation_minutes", f"{steps!r} does not rise")
    return {severity: tuple(steps) for severity, steps in value.items()}


def _departures_ahead(item: Mapping[str, Any], where: Place) -> int:
    legs = whole(item.get("departures_ahead", 0), "departures_ahead", where, 0, 1000, "number of legs")
    if legs and item["window"] not in ROLLING:
        where.refuse("departures_ahead", "is known of windows that roll only")
    return legs


def _speaks_from(item: Mapping[str, Any], where: Place) -> str:
    level = item.get("speaks_from", "red")
    if level not in LEVELS or level not in item:
        where.refuse("speaks_from", f"{level!r} is no level of this rule")
    return str(level)


def _roles(value: object, where: Place) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict) or set(value) - set(SEVERITIES):
        where.refuse("roles", f"wants lists of roles by severity: {', '.join(SEVERITIES)}")
    return {severity: names(roles, "roles", where) for severity, roles in value.items()}


def _own_roles(
    item: Mapping[str, Any],
    all_roles: Mapping[str, tuple[str, ...]],
    escalation: Mapping[str, tuple[int, ...]],
    where: Place,
) -> dict[str, tuple[str, ...]]:
    """Return the roles told of a rule: one more than there are steps of escalation, or a step would tell nobody new."""
    own = names(item["roles"], "roles", where) if "roles" in item else None
    own_roles = dict(all_roles) if own is None else dict.fromkeys(SEVERITIES, own)
    for severity, roles in own_roles.items():
        if len(roles) <= len(escalation.get(severity, ())):
            where.refuse("roles", f"{severity} has more steps of escalation than roles behind the first, {list(roles)}")
    return own_roles


def _evident(item: Mapping[str, Any], where: Place) -> int:
    legs = whole(item.get("evident_legs", 0), "evident_legs", where, 0, 100_000, "number of legs")
    if legs and (item["evidence"] != "wilson" or legs >= item["minimum_legs"]):
        where.refuse("evident_legs", f"{legs} wants evidence wilson, and fewer legs than minimum_legs")
    return legs
