"""Messages about an alert, in Spanish or English: a subject of plain letters and a body for a phone.

Pure: text from data. Which flights contributed is found by `flights.py`; what to do is said by the rule.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from aero_streaming.alerts.line import line_text, parts
from aero_streaming.alerts.model import Alert, changed
from aero_streaming.alerts.words import WORDS, Settings, flight_text, reading_text
from aero_streaming.rules.model import Rule
from aero_streaming.times import parse

SUBJECT_LENGTH = 100
"""SNS takes no longer subject, and ASCII only."""


@dataclass(frozen=True)
class Message:
    """A notification: subject (ASCII, 100 characters at most), body, and whom it is for."""

    subject: str
    body: str
    role: str = ""


def compose(
    rule: Rule, alert: Alert, line: Mapping[str, Any], flights: Sequence[Mapping[str, Any]], settings: Settings
) -> Message:
    """Write the message of one line of the transition log."""
    words = WORDS[settings.language]
    level = line.get("level_after") or "amber"
    as_logged = changed(alert, value=line.get("value"), limit=line.get("limit"), n=line.get("n") or 0)
    headline = line_text(rule, as_logged, line["at"], settings, level)
    kind = words.get(line["kind"], line["kind"]).format(step=line.get("step", ""))
    lines = [
        headline,
        f"{kind} · {rule.title[settings.language]} · {reading_text(rule, line, alert.baseline, words)}",
        _since(alert, flights, words, settings),
        *([f"{words['flights']}: {'; '.join(flight_text(flight, words) for flight in flights)}"] if flights else []),
        f"{words['action']}: {rule.action[settings.language]}",
        *([f"{words['follow_up']}: {rule.follow_up[settings.language]}"] if rule.follow_up else []),
        *([words["shadow"]] if alert.is_shadow else []),
        *([link(alert, settings)] if settings.dashboard_url else []),
        *([str(alert.facts["data_label"])] if alert.facts.get("data_label") else []),
    ]
    subject = f"[{words[level]}] {' - '.join(parts(rule, as_logged, settings))}".replace("→", "->")
    role = rule.role(line.get("severity") or "medium", line.get("step") or 0)
    return Message(ascii_only(subject)[:SUBJECT_LENGTH], "\n".join(lines), role)


def link(alert: Alert, settings: Settings) -> str:
    """Return the address of an alert on the live board."""
    return f"{settings.dashboard_url.rstrip('/')}/live?alert={quote(alert.alert_key, safe='')}&lang={settings.language}"


def ascii_only(value: str) -> str:
    """Return a text in plain letters on one line, accents taken off."""
    letters = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return "".join(letter if letter.isprintable() else " " for letter in letters)


def _since(alert: Alert, flights: Sequence[Mapping[str, Any]], words: Mapping[str, str], settings: Settings) -> str:
    """Local time is that of the origin, where a leg tells it."""
    since = parse(alert.since_at or alert.fired_at or "1970-01-01T00:00:00Z")
    offset = alert.facts.get("std_utc_offset_minutes")
    if offset is None and alert.scope_type == "route" and flights:
        offset = flights[0].get("std_utc_offset_minutes")
    minutes = settings.utc_offset_minutes if offset is None else offset
    local = since + timedelta(minutes=minutes)
    return words["since"].format(local=_minute(local), utc=_minute(since))


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
