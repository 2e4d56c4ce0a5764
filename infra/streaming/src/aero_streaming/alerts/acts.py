"""Changes of an alert by people and time: acknowledge, shelve, unshelve, escalation, the end of shelf and of day.

Pure, like `engine.py`: the alert as it was, who, when → the alert as it is, and what to log.
"""

from datetime import datetime

from aero_streaming.alerts.draft import Draft
from aero_streaming.alerts.model import END_OF_DAY, FIRING, PENDING, Alert, Transition
from aero_streaming.rules.model import Rule
from aero_streaming.times import close_of, minutes_since, parse, text


class NotPossible(ValueError):
    """The act does not fit the alert as it is; the message says why."""


def acknowledge(rule: Rule, alert: Alert, who: str, note: str | None, now: datetime) -> tuple[Alert, list[Transition]]:
    """Say that a person has the alert in hand; escalation stops."""
    _must_be_open(alert)
    draft = Draft(rule, alert, now, by=who)
    draft.tell("ACKNOWLEDGED", acknowledged_at=text(now), acknowledged_by=who, note=note)
    return draft.alert, draft.transitions


def shelve(
    rule: Rule, alert: Alert, until: datetime, who: str, reason: str, now: datetime
) -> tuple[Alert, list[Transition]]:
    """Put the alert aside until a time, with a reason."""
    _must_be_open(alert)
    if until <= now:
        raise NotPossible(f"shelving until {text(until)} ends before it begins, at {text(now)}; give a later time")
    if not reason.strip():
        raise NotPossible("shelving needs a reason")
    draft = Draft(rule, alert, now, by=who)
    draft.tell("SHELVED", shelved_until_at=text(until), shelved_by=who, shelved_reason=reason)
    return draft.alert, draft.transitions


def unshelve(rule: Rule, alert: Alert, who: str, now: datetime) -> tuple[Alert, list[Transition]]:
    """Take the alert from the shelf before its time."""
    _must_be_open(alert)
    if alert.shelved_until_at is None:
        raise NotPossible(f"{alert.alert_key} is not on the shelf; it is {alert.state}")
    draft = Draft(rule, alert, now, by=who)
    _take_down(draft)
    return draft.alert, draft.transitions


def mature(rule: Rule, alert: Alert, now: datetime, close_hour: int) -> tuple[Alert, list[Transition]]:
    """Do to an alert what time alone does: the day ends, the shelf ends, nobody has answered, unrest is over."""
    draft = Draft(rule, alert, now)
    if now >= close_of(alert.operating_date, close_hour):
        _end_day(draft)
    elif alert.is_fired:
        if alert.shelved_until_at is not None and parse(alert.shelved_until_at) <= now:
            _take_down(draft)
        _escalate(draft)
        draft.calm()
    return draft.alert, draft.transitions


def _must_be_open(alert: Alert) -> None:
    if not alert.is_fired:
        raise NotPossible(f"{alert.alert_key} is not open; it is {alert.state}")


def _take_down(draft: Draft) -> None:
    # Roles that are notified only now have had no time to answer yet.
    draft.set(shelved_until_at=None, raised_at=text(draft.now), escalations=0)
    draft.tell("UNSHELVED", notify=draft.alert.acknowledged_at is None)


def _end_day(draft: Draft) -> None:
    if draft.alert.is_fired:
        draft.close(END_OF_DAY)
    elif draft.alert.state == PENDING:
        draft.set(held_since={}, level=None, severity=None)


def _escalate(draft: Draft) -> None:
    """Go to the next person for each step that has passed without an answer; one message for all that are due."""
    alert = draft.alert
    if alert.state != FIRING or alert.is_shadow or alert.is_unstable or not alert.raised_at or not alert.severity:
        return
    steps = draft.rule.escalation_minutes.get(alert.severity, ())
    due = sum(minutes_since(alert.raised_at, draft.now) >= minutes for minutes in steps)
    if due > alert.escalations:
        draft.tell("ESCALATED", notify=True, step=due, escalations=due)
