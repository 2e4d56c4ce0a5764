"""Words for alerts in Spanish and English: levels, values and limits in their unit, flights, places.

Pure. Notifications (`messages.py`), the alert line (`line.py`), the board and the briefs write with these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aero_streaming.alerts.model import Alert
from aero_streaming.rules.model import Rule

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "amber": "ÁMBAR", "red": "ROJO", "critical": "CRÍTICO",
        "FIRED": "Alerta nueva", "LEVEL_UP": "Empeora", "ESCALATED": "Sin respuesta, paso {step}",
        "RELEASED": "Vuelve a ser independiente", "UNSHELVED": "Reactivada",
        "UNSTABLE": "Inestable: no se avisa más hasta que se calme",
        "value": "{value} (límite {limit}{baseline})", "sample": ", n = {n}", "baseline": ", habitual {baseline}",
        "since": "Desde {local} hora local ({utc} UTC)", "flights": "Vuelos", "action": "Acción",
        "cancelled": "cancelado", "diverted": "desviado", "late": "+{minutes} min",
        "network": "red", "first_wave": "red, primera ola", "percent": "%", "points": " puntos", "minutes": " min",
        "legs": " vuelos", "unit_legs": "cancelados", "return": "regreso a plataforma", "divert": "desvío o regreso",
        "not_known": "sin datos", "before_std": "{minutes} antes de la salida", "inbound": "espera {flight}",
        "shadow": "Regla en prueba", "local": "local", "expected": "est.",
        "on_ground": "en tierra con pasajeros a bordo",
        "leg_behind": "{count} tramo después", "legs_behind": "{count} tramos después", "follow_up": "Seguimiento",
    },
    "en": {
        "amber": "AMBER", "red": "RED", "critical": "CRITICAL",
        "FIRED": "New alert", "LEVEL_UP": "Getting worse", "ESCALATED": "No answer, step {step}",
        "RELEASED": "Independent again", "UNSHELVED": "Unshelved",
        "UNSTABLE": "Unstable: no more messages until it is calm",
        "value": "{value} (limit {limit}{baseline})", "sample": ", n = {n}", "baseline": ", usually {baseline}",
        "since": "Since {local} local time ({utc} UTC)", "flights": "Flights", "action": "Action",
        "cancelled": "cancelled", "diverted": "diverted", "late": "+{minutes} min",
        "network": "network", "first_wave": "network, first wave", "percent": "%", "points": " points",
        "minutes": " min", "legs": " flights", "return": "return to the ramp", "divert": "diversion or return",
        "not_known": "not known", "before_std": "{minutes} before departure", "inbound": "waits for {flight}",
        "shadow": "Shadow rule", "local": "local", "expected": "est.",
        "on_ground": "on the ground with passengers on board",
        "leg_behind": "{count} leg behind", "legs_behind": "{count} legs behind", "follow_up": "Follow-up",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """Settings of messages. The offset stands for where no leg tells one (the control centre's clock)."""

    language: str = "es"
    dashboard_url: str = ""
    utc_offset_minutes: int = -360


def where(alert: Alert, words: Mapping[str, str]) -> str:
    """Say what an alert is about: a flight with its route and day, a route, a hub, the network, a feed."""
    if alert.scope_type == "leg":
        facts = alert.facts
        return f"{flight_name(facts)} {facts.get('origin', '')}-{facts.get('destination', '')} {alert.operating_date}"
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


def reading_text(rule: Rule, reading: Mapping[str, Any], baseline: float | None, words: Mapping[str, str]) -> str:
    """Write value and limit of an alert or of a line of its log, with n where the value is of a sample."""
    value = value_text(rule, reading.get("value"), words)
    if rule.unit == "grade":
        # A thing that happened is its own limit.
        return value
    usual = "" if baseline is None else words["baseline"].format(baseline=f"{baseline:.1f} %")
    text = words["value"].format(value=value, limit=value_text(rule, reading.get("limit"), words), baseline=usual)
    return text if rule.evidence == "event" else text + words["sample"].format(n=reading.get("n") or 0)


def flight_name(leg: Mapping[str, Any]) -> str:
    """Return a flight as people write it: AM258."""
    return f"{leg.get('carrier', '')}{leg.get('flight_number', '')}{leg.get('operational_suffix') or ''}"


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
    return f"{flight_name(leg)} {leg['origin']}-{leg.get('destination') or '?'} {state}".rstrip()


def _hours(minutes: float) -> str:
    whole = round(abs(minutes))
    sign = "-" if minutes < 0 else ""
    return f"{sign}{whole // 60} h {whole % 60:02d} min"
