"""An alert in one line, the same on terminal, notification and board: when, how bad, what, who is behind it.

    08:52 local · ROJO · AM259 PVR-MEX 09:40 → est. 10:20 · XA-AMB espera AM258 · 3 tramos después · 181 pax

Pure: text from an alert and its rule. Times are local ones: the clock of the origin where a flight tells it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aero_streaming.alerts.model import Alert
from aero_streaming.alerts.words import WORDS, Settings, flight_name, reading_text, value_text, where
from aero_streaming.rules.model import Rule
from aero_streaming.times import parse

TAIL_PREFIXES = ("XA", "XB", "XC")
"""Registrations of Mexico are written with a hyphen behind their prefix; those of the United States without one."""


def line_text(rule: Rule, alert: Alert, at: str, settings: Settings, level: str | None = None) -> str:
    """Return the line of an alert at a time; `level` is what it was then, if that is not what it is now."""
    words = WORDS[settings.language]
    clock = f"{_clock(at, offset(alert, settings))} {words['local']}"
    return " · ".join([clock, words[level or alert.level or "amber"], *parts(rule, alert, settings)])


def parts(rule: Rule, alert: Alert, settings: Settings) -> list[str]:
    """Return what a line says behind time and level."""
    words = WORDS[settings.language]
    if alert.scope_type != "leg":
        reading = reading_text(rule, vars(alert), alert.baseline, words)
        return [f"{rule.title[settings.language]}: {where(alert, words)}", reading]
    facts = alert.facts
    parts = [_flight(rule, alert, settings), *_what(rule, alert, words)]
    if waits := _aircraft(facts, words):
        parts.append(waits)
    if behind := facts.get("legs_behind"):
        parts.append(words["leg_behind" if behind == 1 else "legs_behind"].format(count=behind))
    passengers = facts.get("affected_passengers") or facts.get("passengers") or facts.get("booked_seats")
    return [*parts, *([f"{passengers} pax"] if passengers else [])]


def offset(alert: Alert, settings: Settings) -> int:
    """Return the minutes by which an alert's local clock is ahead of UTC."""
    minutes = alert.facts.get("std_utc_offset_minutes")
    return settings.utc_offset_minutes if minutes is None else int(minutes)


def _flight(rule: Rule, alert: Alert, settings: Settings) -> str:
    """Flight, route, STD and, where one is expected, the time it will leave."""
    facts, minutes = alert.facts, offset(alert, settings)
    text = f"{flight_name(facts)} {facts.get('origin', '?')}-{facts.get('destination', '?')}"
    std_at, expected_at = facts.get("std_at"), facts.get("expected_out_at")
    if not std_at:
        return text
    if rule.kpi == "long_delay" and alert.value is not None:
        expected_at = (parse(std_at) + timedelta(minutes=alert.value)).isoformat()
    text += f" {_clock(std_at, minutes)}"
    return f"{text} → {WORDS[settings.language]['expected']} {_clock(expected_at, minutes)}" if expected_at else text


def _what(rule: Rule, alert: Alert, words: Mapping[str, str]) -> list[str]:
    """Return what happened, for rules whose times do not say it."""
    if rule.kpi in ("rotation", "long_delay"):
        return []
    value = value_text(rule, alert.value, words)
    texts = {"cancellation": f"{words['cancelled']}, {value}", "tarmac": f"{value} {words['on_ground']}"}
    return [texts.get(rule.kpi, value)]


def _aircraft(facts: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """The aircraft, and the flight that it comes from."""
    tail = str(facts.get("tail") or "")
    if tail[:2] in TAIL_PREFIXES and "-" not in tail:
        tail = f"{tail[:2]}-{tail[2:]}"
    waits = words["inbound"].format(flight=facts["inbound"]) if facts.get("inbound") else ""
    return " ".join(filter(None, (tail, waits)))


def _clock(at: str, offset_minutes: int) -> str:
    return f"{parse(at) + timedelta(minutes=offset_minutes):%H:%M}"
