"""An alert in words: level, state, since when, value against limit, flights, what to do. Pure; no Streamlit here.

Values and flights are written as in the notifications, so that board and message say the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from aero_dashboard.i18n import MISSING, Translator, plain
from aero_streaming.alerts.line import parts
from aero_streaming.alerts.model import ENGINE, UNKNOWN, Alert
from aero_streaming.alerts.setup import message_settings
from aero_streaming.alerts.words import WORDS, flight_text, reading_text, where
from aero_streaming.rules.model import Rule
from aero_streaming.times import minutes_since, parse

HOURS_FROM_MINUTES = 120


@dataclass(frozen=True)
class Look:
    """The look of an alert level: a shape of its own and a colour of the theme."""

    shape: str
    badge: str


LEVELS: Mapping[str, Look] = {
    "amber": Look("▲", "orange"), "red": Look("■", "red"), "critical": Look("◆", "red"),
}  # fmt: skip
GREY = Look("○", "gray")


def level(alert: Alert, t: Translator) -> tuple[str, str]:
    """Return the level in words with its shape, and its colour; grey where nothing can be said now."""
    name = WORDS[t.language].get(alert.level or "", MISSING)
    if alert.state == UNKNOWN:
        return f"{GREY.shape} {t('live.grey_level', level=name)}", GREY.badge
    look = LEVELS.get(alert.level or "", GREY)
    return f"{look.shape} {name}", look.badge


def state(name: str, t: Translator) -> str:
    """Return a state in words."""
    return t.known(f"live.state_{name}", name)


def title(rule: Rule | None, alert: Alert, t: Translator) -> str:
    """Return what an alert is about and where."""
    named = rule.title[t.language] if rule else alert.rule_id
    return f"{named}: {where(alert, WORDS[t.language])}"


def reading(rule: Rule | None, alert: Alert, t: Translator) -> str:
    """Return value, limit, usual value and n in one line."""
    if rule is None:
        n = t.integer(alert.n)
        return t("live.reading", value=t.decimal(alert.value), limit=t.decimal(alert.limit), n=n)
    return reading_text(rule, vars(alert), alert.baseline, WORDS[t.language])


def line(rule: Rule | None, alert: Alert, t: Translator) -> str:
    """Return what a notification says of an alert behind time and level: flight, estimate, aircraft, who is behind."""
    if rule is None:
        return title(rule, alert, t)
    return " · ".join(parts(rule, alert, replace(message_settings(), language=t.language)))


def moment(value: str | datetime | None, offset_minutes: int, t: Translator) -> str:
    """Return a time on a local clock, with its offset, and in UTC: 25 nov 2026, 12:05 (UTC-6) · 18:05 UTC."""
    if value is None:
        return MISSING
    utc = parse(value) if isinstance(value, str) else value
    local = utc + timedelta(minutes=offset_minutes)
    return f"{t.time(local)} ({zone(offset_minutes)}) · {utc:%H:%M} UTC"


def zone(offset_minutes: int) -> str:
    """Return an offset as people write it: UTC-6, UTC+5:30."""
    hours, minutes = divmod(abs(offset_minutes), 60)
    sign = "\u2212" if offset_minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def age(since: str | None, now: datetime, t: Translator) -> str:
    """Return how long ago something was: in minutes, later in hours."""
    if since is None:
        return MISSING
    minutes = max(0.0, minutes_since(since, now))
    if minutes < HOURS_FROM_MINUTES:
        return t("live.minutes_ago", count=t.integer(int(minutes)))
    return t("live.hours_ago", count=t.decimal(minutes / 60))


def offset(alert: Alert, flights: Sequence[Mapping[str, Any]], otherwise: int) -> int:
    """Return the local clock of an alert: that of the origin where a leg tells it, else the control centre's."""
    minutes = alert.facts.get("std_utc_offset_minutes")
    if minutes is None and alert.scope_type == "route" and flights:
        minutes = flights[0].get("std_utc_offset_minutes")
    return otherwise if minutes is None else int(minutes)


def since(alert: Alert, flights: Sequence[Mapping[str, Any]], otherwise: int, now: datetime, t: Translator) -> str:
    """Return since when an alert is what it is, local and UTC, and how long ago that was."""
    start = alert.since_at or alert.fired_at
    return f"{moment(start, offset(alert, flights, otherwise), t)} · {age(start, now, t)}"


def flights_line(flights: Sequence[Mapping[str, Any]], t: Translator) -> str:
    """Return the flights behind an alert on more than one flight, worst first."""
    words = WORDS[t.language]
    return "; ".join(flight_text(flight, words) for flight in flights)


def who(name: str | None, t: Translator) -> str:
    """Return who did something: a person, or the platform itself."""
    if name is None:
        return MISSING
    return t("live.platform") if name == ENGINE else name


def hands(alert: Alert, offset_minutes: int, t: Translator) -> list[str]:
    """Return what people did about an alert, escaped: who has it, until when it is put aside, and why."""
    lines = []
    if alert.acknowledged_by:
        at = moment(alert.acknowledged_at, offset_minutes, t)
        lines.append(t("live.acknowledged_by", who=plain(alert.acknowledged_by), at=plain(at)))
        if alert.note:
            lines.append(t("live.note_of", note=plain(alert.note)))
    if alert.shelved_until_at:
        until = moment(alert.shelved_until_at, offset_minutes, t)
        lines.append(
            t(
                "live.shelved_by",
                who=plain(who(alert.shelved_by, t)),
                until=plain(until),
                reason=plain(alert.shelved_reason or MISSING),
            )
        )
    return lines


def tag(alert: Alert) -> str:
    """Return what tells an alert's widgets from those of others, in letters that a style sheet takes."""
    return sha256(alert.alert_key.encode()).hexdigest()[:12]
