"""Conditions for the rules, computed from a leg, an event or a feed; `sums` computes those of sums.

Pure: rows in, `Condition` out. A row is a record of the stream (`records.py`), as leg-state keeps it. Minutes are
whole, cut toward minus infinity.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aero_streaming.alerts.model import Condition, alert_key, changed
from aero_streaming.alerts.pulse import Pulse
from aero_streaming.merge.leg_times import believable
from aero_streaming.rules.model import Rule, RuleSet
from aero_streaming.times import business_date, close_of, minutes_between, parse, text

Row = Mapping[str, Any]

FACTS = (
    "route", "carrier", "flight_number", "operational_suffix", "origin", "destination", "tail", "std_at", "sta_at",
    "std_utc_offset_minutes", "sta_utc_offset_minutes", "passengers", "booked_seats", "seats", "data_label",
)  # fmt: skip
"""What an alert on a flight keeps of it, for people."""
DIVERSION_ENDS = timedelta(hours=3)
"""After planned arrival; of some diverted flights IN is never told."""
GRADES = {"return_to_ramp": 1, "air_return": 2, "divert": 2}


def is_accounted(leg: Row) -> bool:
    """Tell whether nothing more is to come of a leg: cancelled, diverted or IN known."""
    return bool(leg.get("is_cancelled") or leg.get("is_diverted") or leg.get("in_at"))


def has_left(leg: Row) -> bool:
    """Tell whether any movement of a leg is known: it has left the gate, even where OUT itself was never told."""
    return any(leg.get(name) for name in ("out_at", "last_out_at", "off_at", "on_at", "in_at"))


def key_of(rule: Rule, scope_id: str, operating_date: str) -> str:
    """Return the key of a rule's alert on a scope."""
    return alert_key(rule.id, rule.scope, scope_id, operating_date)


def of_leg(rules: RuleSet, rule: Rule, leg: Row, now: datetime, seen_at: datetime) -> Condition:
    """Hold a merged leg against a rule that looks at nothing else; timers run up to `seen_at`."""
    condition = about_leg(rules, rule, leg, now, LEG_VALUES[rule.kpi](rules, leg, seen_at), is_accounted(leg))
    over = ENDS.get(rule.kpi)
    if over is None:
        return condition
    is_over = over(leg, now)
    return changed(condition, follows_leg=True, is_over=is_over, is_complete=condition.is_complete or is_over)


def _cancellation(rules: RuleSet, leg: Row, seen_at: datetime) -> int | None:
    std_at = believable(leg, "std_at")
    if not leg.get("is_cancelled") or not leg.get("cancelled_at") or not std_at:
        return None
    return minutes_between(leg["cancelled_at"], std_at)


def _diversion(rules: RuleSet, leg: Row, seen_at: datetime) -> int | None:
    if leg.get("is_diverted"):
        return GRADES["divert"]
    return GRADES.get(leg.get("last_return_type") or "") if leg.get("return_count") else None


def _long_delay(rules: RuleSet, leg: Row, seen_at: datetime) -> int | None:
    return None if leg.get("is_cancelled") else leg.get("expected_delay_minutes")


def _tarmac(rules: RuleSet, leg: Row, seen_at: datetime) -> int | None:
    ground = on_ground(rules, leg)
    return None if ground is None else minutes_between(ground[1], text(seen_at))


LEG_VALUES: Mapping[str, Callable[[RuleSet, Row, datetime], int | None]] = {
    "cancellation": _cancellation,
    "diversion": _diversion,
    "long_delay": _long_delay,
    "tarmac": _tarmac,
}


def _has_departed(leg: Row, now: datetime) -> bool:
    return has_left(leg) and not leg.get("is_cancelled")


def _is_past_plan(leg: Row, now: datetime) -> bool:
    """A cancelled flight is over when it would have landed."""
    planned = believable(leg, "sta_at") or believable(leg, "std_at")
    return bool(planned) and now >= parse(planned)


def _is_back_or_on_stand(leg: Row, now: datetime) -> bool:
    """Over for a diverted flight with IN, for one that returned when it leaves again; else three hours after plan."""
    planned = believable(leg, "sta_at") or believable(leg, "std_at")
    if planned and now >= parse(planned) + DIVERSION_ENDS:
        return True
    if leg.get("is_diverted"):
        return bool(leg.get("in_at"))
    back_at, out_at = leg.get("last_return_at"), leg.get("last_out_at")
    return bool(leg.get("is_cancelled") or (back_at and out_at and out_at > back_at))


#: The end of what a rule warns of. What is left of its alerts follows from the merged leg, in any order of arrival.
ENDS: Mapping[str, Callable[[Row, datetime], bool]] = {
    "long_delay": _has_departed,
    "cancellation": _is_past_plan,
    "diversion": _is_back_or_on_stand,
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


def of_event(rules: RuleSet, event: Row, leg: Row | None, now: datetime) -> list[tuple[Rule, Condition]]:
    """Read the fast first word of a flight: the rules that an event speaks of, ahead of the merged leg."""
    kind = event["event_type"]
    values: dict[str, int | None] = {}
    if kind in ("cancel", "reinstate"):
        std_at = event.get("std_at") or (leg or {}).get("std_at")
        values["cancellation"] = minutes_between(event["event_time"], std_at) if kind == "cancel" and std_at else None
    elif kind in GRADES:
        values["diversion"] = GRADES[kind]
    elif event.get("departure_delay_minutes") is not None and (kind == "out" or not has_left(leg or {})):
        # An estimate says nothing of a flight that has left.
        values["long_delay"] = event["departure_delay_minutes"]
    known = {name: value for name, value in (leg or {}).items() if value is not None}
    row = {
        **known,
        **{name: value for name, value in event.items() if value is not None},
        "last_event_at": max(event["event_time"], known.get("last_event_at") or ""),
        "corrections": known.get("corrections", 0) + int(bool(event.get("is_correction"))),
    }
    return [
        (rule, _of_fact(rules, rule, row, now, values[rule.kpi])) for rule in rules.live("leg") if rule.kpi in values
    ]


def _of_fact(rules: RuleSet, rule: Rule, row: Row, now: datetime, value: int | None) -> Condition:
    """The condition of an event ahead of its leg. OUT ends a delay; how the others end only the merged leg shows."""
    condition = about_leg(rules, rule, row, now, value, False, f"event {row['event_id']}")
    is_over = rule.kpi == "long_delay" and row["event_type"] == "out"
    return changed(condition, follows_leg=rule.kpi in ENDS, is_over=is_over, is_complete=is_over)


def about_leg(
    rules: RuleSet, rule: Rule, leg: Row, now: datetime, value: int | None, is_complete: bool, seen: str = ""
) -> Condition:
    """Return the condition of a rule on one leg, with what people are told of it."""
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


def of_feed(rules: RuleSet, rule: Rule, feed: str, pulse: Pulse, planned: int | None) -> Condition:
    """Hold a feed's silence against a rule, whole minutes since it last brought news.

    At night nothing flies and nothing is told: grey, and no alert, where fewer flights were `planned` in the silence
    than the rule wants; None is not known, and then silence is what it is.
    """
    day = business_date(pulse.now, rules.close_hour_utc)
    heard_at = text(pulse.heard_at) if pulse.heard_at else ""
    return Condition(
        alert_key=key_of(rule, feed, day),
        rule_id=rule.id,
        scope_type="feed",
        scope_id=feed,
        operating_date=day,
        value=pulse.silent_minutes,
        n=0 if planned is None else planned,
        is_grey=planned is not None and planned < rule.minimum_legs,
        seen=f"last record {heard_at}",
        last_event_at=heard_at,
    )
