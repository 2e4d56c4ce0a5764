"""The state machine of alerts: from a condition, the previous alert and the time it computes the new alert.

Pure: no clock, no store. `evaluate` is the whole of it; the same condition again changes nothing, and a scope of which
nothing more is to come is judged by enter limits alone, so its last state does not depend on the way there.
"""

from collections.abc import Mapping
from datetime import datetime

from aero_streaming.alerts.draft import Draft
from aero_streaming.alerts.model import (
    CORRECTED,
    LEVEL_DOWN,
    LEVEL_UP,
    NO_SAMPLE,
    OVER,
    RESOLVED,
    Alert,
    Condition,
    Transition,
    scope_of,
)
from aero_streaming.rules.levels import Reading, level_of, limit_of
from aero_streaming.rules.model import LEVELS, Rule, rank
from aero_streaming.times import minutes_since, text

Outcome = tuple[Alert | None, list[Transition]]


def evaluate(
    rule: Rule, condition: Condition, alert_before: Alert | None, now: datetime, rules_version: int = 0
) -> Outcome:
    """Return the alert after a condition was seen at `now`, and the transitions to log; the same alert if none.

    `now` is event time: holds and cool-downs are measured in it.
    """
    if alert_before is None or not alert_before.is_fired:
        is_told = alert_before is not None and alert_before.close_reason == OVER and condition.follows_leg
        if alert_before is not None and is_told and _is_settled(rule, condition):
            return _after_the_end(rule, condition, alert_before, now)
        return _at_rest(rule, condition, alert_before, now, rules_version)
    draft = Draft(rule, alert_before, now)
    if condition.is_over:
        _end(draft, condition)
    elif condition.is_stale or (condition.is_grey and not condition.is_complete):
        _turn_grey(draft, condition)
    else:
        _judge(draft, condition)
    if draft.alert.is_fired:
        _set_parent(draft, condition)
        draft.calm()
    return draft.alert, draft.transitions


def _reading(condition: Condition) -> Reading:
    return Reading(condition.value, condition.n, condition.k, condition.baseline)


def _is_settled(rule: Rule, condition: Condition) -> bool:
    """Return True if a condition is about something that has ended: it says so, or says that it never was."""
    return condition.is_over or condition.is_past_close or level_of(rule, _reading(condition)) is None


def _after_the_end(rule: Rule, condition: Condition, before: Alert, now: datetime) -> Outcome:
    """News of what is over: they may correct its level without a word, or take it back as CORREGIDA."""
    if condition.is_past_close:
        return before, []
    draft, level = Draft(rule, before, now), level_of(rule, _reading(condition))
    if level is None:
        draft.close(CORRECTED, undone_by=condition.seen)
    elif (level, condition.value) != (before.level, before.value):
        draft.set(level=level, severity=rule.severity[level], **_seen(rule, condition, level))
    return draft.alert, draft.transitions


def _end(draft: Draft, condition: Condition) -> None:
    """Close the alert when its subject is over: at the level that it had in the end, or as wrong."""
    if not condition.follows_leg:
        draft.close(OVER)
        return
    level = level_of(draft.rule, _reading(condition))
    if level is None:
        draft.close(CORRECTED, undone_by=condition.seen)
        return
    draft.set(level=level, severity=draft.rule.severity[level], **_seen(draft.rule, condition, level))
    draft.close(OVER)


def _at_rest(rule: Rule, condition: Condition, before: Alert | None, now: datetime, rules_version: int) -> Outcome:
    """Nothing is open: the condition may begin to hold, or have held long enough to fire."""
    blind = condition.is_grey or condition.is_past_close
    target = None if blind else level_of(rule, _reading(condition))
    if target is None:
        if before is None or not before.held_since:
            return before, []
        draft = Draft(rule, before, now)
        draft.set(held_since={}, level=None, severity=None)
        return draft.alert, []
    fresh = before is None or not before.held_since
    draft = Draft(rule, _blank(rule, condition, before, rules_version) if before is None or fresh else before, now)
    held = {level: draft.alert.held_since.get(level, text(now)) for level in LEVELS if 1 <= rank(level) <= rank(target)}
    ripe = _ripe(held, now, 0 if condition.is_complete else rule.hold_minutes)
    level = ripe or target
    draft.set(held_since=held, level=level, severity=rule.severity[level], **_seen(rule, condition, level))
    if ripe:
        _fire(draft, condition)
        if condition.is_over:
            _end(draft, condition)
    return draft.alert, draft.transitions


def _fire(draft: Draft, condition: Condition) -> None:
    alert, rule = draft.alert, draft.rule
    closed_at = alert.last_closed_at
    cooling = closed_at is not None and minutes_since(closed_at, draft.now) < rule.cooldown_minutes
    draft.set(parent_key=_parent(condition, alert.level))
    notified = alert.notified_level if cooling else None
    draft.tell(
        "FIRED",
        notify=rank(alert.level) > rank(notified),
        notified_level=notified,
        incident=alert.incident + 1,
        since_at=min(alert.held_since.values()),
        fired_at=text(draft.now),
        raised_at=text(draft.now),
        fired_on=condition.seen,
        fired_corrections=condition.corrections,
        fired_event_at=condition.last_event_at,
    )


def _blank(rule: Rule, condition: Condition, before: Alert | None, rules_version: int) -> Alert:
    """An alert that has not fired; of an earlier incident it keeps what unrest, cool-down and counting need."""
    past = before or Alert("", "", "", "", "", "")
    return Alert(
        alert_key=condition.alert_key,
        rule_id=rule.id,
        kpi=rule.kpi,
        scope_type=condition.scope_type,
        scope_id=condition.scope_id,
        operating_date=condition.operating_date,
        is_shadow=rule.is_shadow,
        is_leading=rule.is_leading,
        rules_version=rules_version,
        incident=past.incident,
        notified_level=past.notified_level,
        last_closed_at=past.last_closed_at,
        recent_at=past.recent_at,
        is_unstable=past.is_unstable,
        revision=past.revision,
        item_version=past.item_version,
        last_notification=past.last_notification,
    )


def _seen(rule: Rule, condition: Condition, level: str | None) -> dict[str, object]:
    """The last reading, as it is kept."""
    return {
        "value": condition.value,
        "n": condition.n,
        "k": condition.k,
        "baseline": condition.baseline,
        "limit": limit_of(rule, level),
        "event_at": condition.last_event_at,
        "facts": dict(condition.facts),
    }


def _turn_grey(draft: Draft, condition: Condition) -> None:
    """Too little or stale data: the alert stays, its colour does not count. A window that stays empty ends it."""
    alert = draft.alert
    if not condition.is_stale:
        draft.set(value=condition.value, n=condition.n, k=condition.k)
    if alert.grey_since_at is None:
        draft.tell("GREY", grey_since_at=text(draft.now), held_since={}, cleared_since={})
    elif draft.rule.is_rolling and not condition.is_stale:
        waited = minutes_since(alert.grey_since_at, draft.now)
        if waited >= max(draft.rule.clear_hold_minutes, 1):
            _close(draft, NO_SAMPLE, condition.seen)


def _judge(draft: Draft, condition: Condition) -> None:
    """The reading counts: levels rise after their hold, fall after twice that, at once when all is known."""
    rule, now = draft.rule, draft.now
    if draft.alert.grey_since_at is not None:
        draft.tell("KNOWN", grey_since_at=None)
    alert = draft.alert
    # The memory of a level is of one leg: when that has left, the rest of its chain has to enter by itself.
    has_left = alert.facts.get("leg_uid") in condition.gone
    held_level = None if condition.is_complete or has_left else alert.level
    reading = _reading(condition) if not condition.is_grey else Reading(None)
    target = level_of(rule, reading, held_level)
    stamp = text(now)
    held = {level: alert.held_since.get(level, stamp) for level in LEVELS if 1 <= rank(level) <= rank(target)}
    cleared = {
        level: alert.cleared_since.get(level, stamp)
        for level in LEVELS
        if rank(target) < rank(level) <= rank(alert.level)
    }
    if cleared and not alert.cleared_since:
        draft.set(clearing_reason=_reason(rule, alert, condition), clearing_on=condition.seen)
    draft.set(held_since=held, cleared_since=cleared)
    if condition.value is not None:
        draft.set(**_seen(rule, condition, alert.level))
    _move(draft, condition, target, has_left)


def _move(draft: Draft, condition: Condition, target: str | None, has_left: bool) -> None:
    """Change the level; `has_left` says that the leg which the alert was about has, so a better one need not hold."""
    alert, rule = draft.alert, draft.rule
    hold = 0 if condition.is_complete else rule.hold_minutes
    if rank(target) > rank(alert.level):
        ripe = _ripe(alert.held_since, draft.now, hold)
        if rank(ripe) > rank(alert.level) and ripe:
            _rise(draft, ripe, condition)
        return
    # A single flight whose fact was taken back has nothing to wait for.
    undone = rule.evidence == "event" and alert.clearing_reason == CORRECTED
    is_sure = condition.is_complete or undone or has_left or condition.value is None
    wait = 0 if is_sure else rule.clear_hold_minutes
    left = [level for level, since in alert.cleared_since.items() if minutes_since(since, draft.now) >= wait]
    floor = min((rank(level) for level in left), default=rank(alert.level) + 1)
    if floor <= 1:
        reason = CORRECTED if condition.follows_leg else alert.clearing_reason or RESOLVED
        _close(draft, reason, alert.clearing_on or condition.seen)
    elif floor <= rank(alert.level):
        level = LEVELS[floor - 2]
        cleared = {name: since for name, since in alert.cleared_since.items() if rank(name) <= rank(level)}
        draft.tell(
            LEVEL_DOWN,
            level=level,
            severity=rule.severity[level],
            limit=limit_of(rule, level),
            cleared_since=cleared,
            # A downgrade is not told, but a later upgrade from here is.
            notified_level=level if rank(alert.notified_level) > rank(level) else alert.notified_level,
        )


def _rise(draft: Draft, level: str, condition: Condition) -> None:
    rule = draft.rule
    draft.set(parent_key=_parent(condition, level))
    draft.tell(
        LEVEL_UP,
        notify=rank(level) > rank(draft.alert.notified_level),
        level=level,
        severity=rule.severity[level],
        limit=limit_of(rule, level),
        # An acknowledgement of amber is none of red.
        acknowledged_at=None,
        acknowledged_by=None,
        escalations=0,
        raised_at=text(draft.now),
        fired_on=condition.seen,
        fired_corrections=condition.corrections,
        fired_event_at=condition.last_event_at,
    )


def _ripe(held: Mapping[str, str], now: datetime, hold_minutes: int) -> str | None:
    """The highest level that has held for long enough."""
    ripe = [level for level, since in held.items() if minutes_since(since, now) >= hold_minutes]
    return max(ripe, key=rank, default=None)


def _reason(rule: Rule, alert: Alert, condition: Condition) -> str:
    """Return the reason of the end: a correction or late fact undoes the alert, news or a moving window resolve it."""
    if rule.is_rolling and condition.is_grey:
        return NO_SAMPLE
    late = condition.last_event_at <= alert.fired_event_at and not rule.is_rolling
    return CORRECTED if late or condition.corrections > alert.fired_corrections else RESOLVED


def _close(draft: Draft, reason: str, seen: str) -> None:
    draft.close(reason, undone_by=seen if reason == CORRECTED else None)


def _parent(condition: Condition, level: str | None) -> str | None:
    """The parent that silences an alert of this level; of a critical one only a feed that says nothing more."""
    silencing = [key for key in condition.parents if level != "critical" or scope_of(key) == "feed"]
    return silencing[0] if silencing else None


def _set_parent(draft: Draft, condition: Condition) -> None:
    """A parent that opened silences its children; when it is gone they speak for themselves."""
    before, after = draft.alert.parent_key, _parent(condition, draft.alert.level)
    if after and not before:
        draft.tell("SUPPRESSED", parent_key=after)
    elif before and not after and not condition.is_past_close:
        draft.set(parent_key=None, raised_at=text(draft.now), escalations=0)
        draft.tell("RELEASED", notify=draft.is_worth_telling())
    elif before and after and before not in condition.parents:
        draft.set(parent_key=after)
