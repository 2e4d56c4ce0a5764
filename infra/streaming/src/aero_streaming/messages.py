"""What people are told of an alert, in Spanish or English: a subject of plain letters and a body for a phone.

Pure: text from data. Which flights contributed is found by `alert_flights.py`; what to do is said by the rule.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from aero_streaming.alert_model import Alert
from aero_streaming.rule_model import Rule
from aero_streaming.times import parse

SUBJECT_LENGTH = 100
"""SNS takes no longer subject, and ASCII only."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "amber": "ÁMBAR", "red": "ROJO", "critical": "CRÍTICO",
        "FIRED": "Alerta nueva", "LEVEL_UP": "Empeora", "ESCALATED": "Sin respuesta, paso {step}",
        "RELEASED": "Sigue por sí sola", "UNSHELVED": "Vuelve de la repisa",
        "UNSTABLE": "Inestable: no se avisa más hasta que se calme",
        "value": "{value} (límite {limit}{baseline}), n = {n}", "baseline": ", habitual {baseline}",
        "since": "Desde {local} hora local ({utc} UTC)", "flights": "Vuelos", "action": "Acción",
        "cancelled": "cancelado", "diverted": "desviado", "late": "+{minutes} min",
        "network": "red", "first_wave": "red, primera ola", "percent": "%", "points": " puntos", "minutes": " min",
        "legs": " vuelos", "unit_legs": "cancelados", "return": "regreso a plataforma", "divert": "desvío o regreso",
        "not_known": "sin dato", "before_std": "{minutes} antes de la salida", "inbound": "espera a {flight}",
        "shadow": "Regla en prueba",
    },
    "en": {
        "amber": "AMBER", "red": "RED", "critical": "CRITICAL",
        "FIRED": "New alert", "LEVEL_UP": "Getting worse", "ESCALATED": "No answer, step {step}",
        "RELEASED": "Goes on by itself", "UNSHELVED": "Back from the shelf",
        "UNSTABLE": "Unstable: no more messages until it is calm",
        "value": "{value} (limit {limit}{baseline}), n = {n}", "baseline": ", usually {baseline}",
        "since": "Since {local} local time ({utc} UTC)", "flights": "Flights", "action": "Action",
        "cancelled": "cancelled", "diverted": "diverted", "late": "+{minutes} min",
        "network": "network", "first_wave": "network, first wave", "percent": "%", "points": " points",
        "minutes": " min", "legs": " flights", "return": "return to the ramp", "divert": "diversion or return",
        "not_known": "not known", "before_std": "{minutes} before departure", "inbound": "waits for {flight}",
        "shadow": "Rule on trial",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Message:
    """A notification: subject (ASCII, 100 characters at most) and body."""

    subject: str
    body: str


@dataclass(frozen=True)
class Settings:
    """How messages are written. The offset stands for where no leg tells one (the control centre's clock)."""

    language: str = "es"
    dashboard_url: str = ""
    utc_offset_minutes: int = -360


def compose(
    rule: Rule, alert: Alert, line: Mapping[str, Any], flights: Sequence[Mapping[str, Any]], settings: Settings
) -> Message:
    """Write the message of one line of the transition log."""
    words = WORDS[settings.language]
    level = words[line.get("level_after") or "amber"]
    title = f"{rule.title[settings.language]}: {where(alert, words)}"
    what = value_text(rule, line.get("value"), words)
    lines = [
        f"{level} · {words.get(line['kind'], line['kind']).format(step=line.get('step', ''))}",
        title,
        words["value"].format(
            value=what,
            limit=value_text(rule, line.get("limit"), words),
            baseline=_baseline(alert, words),
            n=line.get("n", 0),
        ),
        _since(alert, flights, words, settings),
        *([words["inbound"].format(flight=alert.facts["inbound"]).capitalize()] if "inbound" in alert.facts else []),
        *([f"{words['flights']}: {'; '.join(flight_text(one, words) for one in flights)}"] if flights else []),
        f"{words['action']}: {rule.action[settings.language]}",
        *([words["shadow"]] if alert.is_shadow else []),
        *([link(alert, settings)] if settings.dashboard_url else []),
        *([str(alert.facts["data_label"])] if alert.facts.get("data_label") else []),
    ]
    return Message(ascii_only(f"[{level}] {title}: {what}")[:SUBJECT_LENGTH], "\n".join(lines))


def where(alert: Alert, words: Mapping[str, str]) -> str:
    """Say what an alert is about: a flight with its route and day, a route, a hub, the network, a feed."""
    if alert.scope_type == "leg":
        facts = alert.facts
        flight = f"{facts.get('carrier', '')}{facts.get('flight_number', '')}{facts.get('operational_suffix', '')}"
        return f"{flight} {facts.get('origin', '')}-{facts.get('destination', '')} {alert.operating_date}"
    if alert.scope_type in ("network", "first_wave"):
        return f"{words[alert.scope_type]} {alert.operating_date}"
    return f"{alert.scope_id} {alert.operating_date}"


def value_text(rule: Rule, value: float | None, words: Mapping[str, str]) -> str:
    """Write a value or a limit in the rule's unit."""
    if value is None:
        return words["not_known"]
    if rule.kpi == "cancellation":
        return words["before_std"].format(minutes=_hours(value))
    if rule.unit == "grade":
        return words["return"] if value < 2 else words["divert"]
    if rule.unit == "percent":
        return f"{value:.1f} %"
    return f"{value:+.1f}{words['points']}" if rule.unit == "points" else f"{value:.0f}{words[rule.unit]}"


def flight_text(leg: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Write a flight and what is wrong with it: AM123 MEX-GDL +95 min."""
    if leg.get("is_cancelled"):
        state = words["cancelled"]
    elif leg.get("is_diverted"):
        state = words["diverted"]
    else:
        late = leg.get("arrival_delay_minutes")
        late = leg.get("expected_delay_minutes") if late is None else late
        state = "" if late is None else words["late"].format(minutes=late).replace("+-", "-")
    flight = f"{leg['carrier']}{leg['flight_number']}{leg.get('operational_suffix') or ''}"
    return f"{flight} {leg['origin']}-{leg.get('destination') or '?'} {state}".rstrip()


def link(alert: Alert, settings: Settings) -> str:
    """Return the address of an alert on the live board."""
    return f"{settings.dashboard_url.rstrip('/')}/live?alert={quote(alert.alert_key, safe='')}&lang={settings.language}"


def ascii_only(value: str) -> str:
    """Return a text in plain letters on one line, accents taken off."""
    letters = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return "".join(letter if letter.isprintable() else " " for letter in letters)


def _baseline(alert: Alert, words: Mapping[str, str]) -> str:
    return "" if alert.baseline is None else words["baseline"].format(baseline=f"{alert.baseline:.1f} %")


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


def _hours(minutes: float) -> str:
    whole = round(abs(minutes))
    sign = "-" if minutes < 0 else ""
    return f"{sign}{whole // 60} h {whole % 60:02d} min"
