"""From what is known of a leg, an event or a feed to conditions that rules are held against; `alert_sums` has the rest.

Pure: rows in, `Condition` out. A row is a record of the stream (`alert_records.py`), as leg-state keeps it. Minutes are
whole, cut toward minus infinity.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aero_streaming.alert_model import Condition, alert_key, changed
from aero_streaming.leg_times import believable
from aero_streaming.rule_model import Rule, RuleSet
from aero_streaming.times import business_date, close_of, minutes_between, parse, text

Row = Mapping[str, Any]

FACTS = (
    "route", "carrier", "flight_number", "operational_suffix", "origin", "destination", "tail", "std_at", "sta_at",
    "std_utc_offset_minutes", "sta_utc_offset_minutes", "passengers", "seats", "data_label",
)  # fmt: skip
"""What an alert on a flight keeps of it, for people."""
GRADES = {"return_to_ramp": 1, "air_return": 2, "divert": 2}


def is_accounted(leg: Row) -> bool:
    """Tell whether nothing more is to come of a leg: cancelled, diverted or IN known."""
    return bool(leg.get("is_cancelled") or leg.get("is_diverted") or leg.get("in_at"))


def key_of(rule: Rule, scope_id: str, operating_date: str) -> str:
    """Return the key of a rule's alert on a scope."""
    return alert_key(rule.id, rule.scope, scope_id, operating_date)


def of_leg(rules: RuleSet, rule: Rule, leg: Row, now: datetime) -> Condition:
    """Hold a merged leg against a rule that looks at nothing else."""
    return _about_leg(rules, rule, leg, now, LEG_VALUES[rule.kpi](rules, leg, now), is_accounted(leg))


def _cancellation(rules: RuleSet, leg: Row, now: datetime) -> int | None:
    std_at = believable(leg, "std_at")
    if not leg.get("is_cancelled") or not leg.get("cancelled_at") or not std_at:
        return None
    return minutes_between(leg["cancelled_at"], std_at)


def _diversion(rules: RuleSet, leg: Row, now: datetime) -> int | None:
    if leg.get("is_diverted"):
        return GRADES["divert"]
    return GRADES.get(leg.get("last_return_type") or "") if leg.get("return_count") else None


def _long_delay(rules: RuleSet, leg: Row, now: datetime) -> int | None:
    return None if leg.get("is_cancelled") else leg.get("expected_delay_minutes")


def _tarmac(rules: RuleSet, leg: Row, now: datetime) -> int | None:
    ground = on_ground(rules, leg)
    return None if ground is None else minutes_between(ground[1], text(now))


LEG_VALUES: Mapping[str, Callable[[RuleSet, Row, datetime], int | None]] = {
    "cancellation": _cancellation,
    "diversion": _diversion,
    "long_delay": _long_delay,
    "tarmac": _tarmac,
}


def on_ground(rules: RuleSet, leg: Row) -> tuple[str, str] | None:
    """Return airport and since when passengers sit on the ground under the US rule; None where they do not."""
    if is_accounted(leg):
        return None
    if leg.get("on_at"):
        on_at = believable(leg, "on_at")
        return (leg["destination"], on_at) if on_at and leg.get("destination") in rules.united_states else None
    out_at = believable(leg, "last_out_at") or believable(leg, "out_at")
    back_at = leg.get("last_return_at")
    if not out_at or leg.get("off_at") or (back_at and back_at >= out_at):
        return None
    return (leg["origin"], out_at) if leg.get("origin") in rules.united_states else None


def minutes_before(now: datetime, minutes: float) -> str:
    """Return the text of a time so many minutes ago."""
    return text(now - timedelta(minutes=minutes))


def of_rotation(rules: RuleSet, rule: Rule, leg: Row, inbound: Row | None, now: datetime) -> Condition:
    """Hold a leg against its aircraft's flight before: minutes by which it cannot leave on time.

    Expected IN of that flight + the turnaround the rule asks for, never more than planned, - STD. Nothing to judge once
    the leg has left or is cancelled, or where its aircraft has no flight before.
    """
    over = bool(leg.get("out_at")) or is_accounted(leg)
    value = None if over or inbound is None else rotation_minutes(rule.turnaround_minutes, leg, inbound)
    condition = _about_leg(rules, rule, leg, now, value, over)
    if inbound is None:
        return condition
    return changed(
        condition,
        seen=f"{condition.seen}, {_flight(inbound)} v{inbound['state_version']}",
        corrections=condition.corrections + inbound.get("corrections", 0),
        last_event_at=max(condition.last_event_at, inbound.get("last_event_at") or ""),
        facts={**condition.facts, "inbound": _flight(inbound)},
    )


def rotation_minutes(turnaround_minutes: int, leg: Row, inbound: Row) -> int | None:
    """Return by how many minutes the aircraft comes too late for a leg; negative while there is time."""
    std_at, sta_at = believable(leg, "std_at"), believable(inbound, "sta_at")
    if not std_at or not sta_at:
        return None
    expected = believable(inbound, "in_at") or believable(inbound, "estimated_in_at")
    if not expected:
        late = max(inbound.get("expected_delay_minutes") or 0, 0)
        expected = text(parse(sta_at) + timedelta(minutes=late))
    planned = minutes_between(sta_at, std_at)
    return minutes_between(std_at, expected) + min(turnaround_minutes, max(planned, 0))


def of_event(rules: RuleSet, event: Row, leg: Row | None, now: datetime) -> list[tuple[Rule, Condition]]:
    """Read the fast first word of a flight: the rules that an event speaks of, ahead of the merged leg."""
    kind = event["event_type"]
    told: dict[str, int | None] = {}
    if kind in ("cancel", "reinstate"):
        std_at = event.get("std_at") or (leg or {}).get("std_at")
        told["cancellation"] = minutes_between(event["event_time"], std_at) if kind == "cancel" and std_at else None
    elif kind in GRADES:
        told["diversion"] = GRADES[kind]
    elif event.get("departure_delay_minutes") is not None:
        told["long_delay"] = event["departure_delay_minutes"]
    known = {name: value for name, value in (leg or {}).items() if value is not None}
    row = {
        **known,
        **{name: value for name, value in event.items() if value is not None},
        "last_event_at": max(event["event_time"], known.get("last_event_at") or ""),
        "corrections": known.get("corrections", 0) + int(bool(event.get("is_correction"))),
    }
    return [
        (rule, _about_leg(rules, rule, row, now, told[rule.kpi], False, f"event {event['event_id']}"))
        for rule in rules.live("leg")
        if rule.kpi in told
    ]


def _about_leg(
    rules: RuleSet, rule: Rule, leg: Row, now: datetime, value: int | None, is_complete: bool, seen: str = ""
) -> Condition:
    return Condition(
        alert_key=key_of(rule, leg["leg_uid"], leg["operating_date"]),
        rule_id=rule.id,
        scope_type="leg",
        scope_id=leg["leg_uid"],
        operating_date=leg["operating_date"],
        value=value,
        is_complete=is_complete,
        is_past_close=now >= close_of(leg["operating_date"], rules.close_hour_utc),
        seen=seen or f"v{leg['state_version']}",
        corrections=leg.get("corrections") or 0,
        last_event_at=leg.get("last_event_at") or "",
        facts={name: leg[name] for name in FACTS if leg.get(name) is not None},
    )


def _flight(leg: Row) -> str:
    return f"{leg['carrier']}{leg['flight_number']}{leg.get('operational_suffix') or ''}"


def of_feed(
    rules: RuleSet, rule: Rule, feed: str, last_received_at: str, now: datetime, planned: int | None
) -> Condition:
    """Hold a feed's silence against a rule, whole minutes since its last record.

    At night nothing flies and nothing is told: grey, and no alert, where fewer flights were `planned` in the silence
    than the rule wants; None is not known, and then silence is what it is.
    """
    day = business_date(now, rules.close_hour_utc)
    return Condition(
        alert_key=key_of(rule, feed, day),
        rule_id=rule.id,
        scope_type="feed",
        scope_id=feed,
        operating_date=day,
        value=max(0, minutes_between(last_received_at, text(now))),
        n=1 if planned is None else planned,
        is_grey=planned is not None and planned < rule.minimum_legs,
        seen=f"last record {last_received_at}",
        last_event_at=last_received_at,
    )
