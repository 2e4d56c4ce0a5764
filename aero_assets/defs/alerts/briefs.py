"""Incident briefs: the data that a person needs for a red alert, collected when it turned red. One object per alert.

The brief of the highest revision of an alert is stored; an existing brief is not written again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from aero_assets.defs.alerts.history import History
from aero_assets.storage import Bucket, DamagedObjectError
from aero_streaming.airline import airline
from aero_streaming.alerts.baselines import baseline_key
from aero_streaming.alerts.flights import top_flights
from aero_streaming.alerts.items import Item, alert_of
from aero_streaming.alerts.messages import compose
from aero_streaming.alerts.model import SHELVED, SUPPRESSED, Alert
from aero_streaming.alerts.records import leg_key, state_key
from aero_streaming.alerts.store import AlertStore
from aero_streaming.alerts.words import WORDS, Settings, flight_text, reading_text, where
from aero_streaming.rules.model import Rule, RuleSet, rank

FOLDER = "published/briefs"
#: Transitions that need a person: it fires, gets graver, or is no longer folded under its parent.
RAISED = frozenset({"FIRED", "LEVEL_UP", "RELEASED"})
MOST_EVENTS, MOST_LEGS = 10, 20
RED = rank("red")
#: Headings of a brief around its figures, by language.
HEADINGS = {
    "es": {
        "where": "Dónde", "what": "Qué", "since": "Desde", "action": "Acción", "flights": "Vuelos",
        "events": "Últimos eventos", "usual": "Habitual", "before": "Días anteriores",
        "similar": "Así terminaron las parecidas", "days": "días", "unknown": "sin dato", "cancelled": "canceladas",
        "open": "abierta", "median": "mediana",
    },
    "en": {
        "where": "Where", "what": "What", "since": "Since", "action": "Action", "flights": "Flights",
        "events": "Latest events", "usual": "Usual", "before": "Days before",
        "similar": "How similar ones ended", "days": "days", "unknown": "no data", "cancelled": "cancelled",
        "open": "open", "median": "median",
    },
}  # fmt: skip
#: Of an item, what only serves its table.
OWN = frozenset({"expires_at", "scope_day", "tail_day", "on_ground", "ground_since_at", "key", "partition_key", "kind"})


@dataclass(frozen=True)
class Brief:
    """One brief: its key, the log line that led to it, its data and its text."""

    key: str
    alert_key: str
    revision: int
    content: dict[str, Any]
    markdown: str


def due(lines: Iterable[Item]) -> list[Item]:
    """Return the last line of each alert that requires a brief: red or worse, notified, of a rule not on trial."""
    latest = {
        line["alert_key"]: line
        for line in sorted(lines, key=lambda raised: raised["revision"])
        if line["kind"] in RAISED
        and rank(line.get("level_after")) >= RED
        and not line.get("is_shadow")
        and line["state_after"] not in (SUPPRESSED, SHELVED)
        and not line.get("parent_key")
    }
    return list(latest.values())


def key_of(alert_key: str) -> str:
    """Return the key of an alert's brief."""
    return f"{FOLDER}/{sha256(alert_key.encode()).hexdigest()[:32]}.json"


class Briefer:
    """Writes briefs into the lake, from the live tables, the rules and the published marts."""

    def __init__(self, store: AlertStore, rules: RuleSet, lake: Bucket, history: History, settings: Settings) -> None:
        self._store, self._rules, self._lake = store, rules, lake
        self._history, self._settings = history, settings

    def write(self, lines: Iterable[Item]) -> list[Brief]:
        """Write the briefs that are due and missing; return those written."""
        due_lines = due(lines)
        alerts = self._store.alerts(line["alert_key"] for line in due_lines)
        written = []
        for line in due_lines:
            item, key = alerts.get(line["alert_key"]), key_of(line["alert_key"])
            if item is None or self._is_written(key, line["revision"]):
                continue
            brief = self._brief(line, alert_of(item), key)
            if brief is not None:
                self._lake.write_json(key, brief.content | {"markdown": brief.markdown})
                written.append(brief)
        return written

    def _is_written(self, key: str, revision: int) -> bool:
        """Return True if the brief of this revision or a later one exists; a damaged brief is written again."""
        try:
            return self._lake.read_as(key, lambda known: known["revision"] >= revision) or False
        except DamagedObjectError:
            return False

    def _brief(self, line: Item, alert: Alert, key: str) -> Brief | None:
        rule = self._rules.by_id(alert.rule_id)
        if rule is None:
            # Of a version that is gone: there is nothing to say what to do.
            return None
        flights = top_flights(self._store, alert)
        state, route = self._state(alert), self._route(alert)
        events = self._events(route, line["at"]) if route else []
        message = compose(rule, alert, line, flights, self._settings)
        content: dict[str, Any] = {
            "alert_key": alert.alert_key,
            "revision": line["revision"],
            "incident": line["incident"],
            "kind": line["kind"],
            "level": line["level_after"],
            "raised_at": line["at"],
            "arrived_at": line["arrived_at"],
            "data_label": alert.facts.get("data_label"),
            "what": _what(rule, line),
            "where": {"scope_type": alert.scope_type, "scope_id": alert.scope_id, "route": route,
                      "operating_date": alert.operating_date},
            "since_at": alert.since_at or alert.fired_at,
            "message": message.body,
            "evidence": {
                "state": _shown(state),
                "flights": [_shown(leg) for leg in flights],
                "events": [_shown(event) for event in events],
                "baseline": self._baseline(alert, rule),
                "last_28_days": self._history.days(alert, route),
                "similar": self._history.similar(alert),
            },
        }  # fmt: skip
        # As it will be read again: dates as texts.
        content = json.loads(json.dumps(content, default=str))
        return Brief(key, alert.alert_key, line["revision"], content, _markdown(rule, alert, line, content))

    def _state(self, alert: Alert) -> Item:
        keys = {"leg": leg_key(alert.scope_id), "feed": f"feed#{alert.scope_id}"}
        key = keys.get(alert.scope_type) or state_key(alert.scope_type, alert.scope_id, alert.operating_date)
        return self._store.states([key]).get(key, {})

    def _route(self, alert: Alert) -> str | None:
        if alert.scope_type == "route":
            return alert.scope_id
        origin, destination = alert.facts.get("origin"), alert.facts.get("destination")
        return f"{origin}-{destination}" if alert.scope_type == "leg" and origin and destination else None

    def _events(self, route: str, until: str) -> list[Item]:
        table, between = self._store.tables.event_log, ("event_time", "0", until)
        events = self._store.query(table, ("route", route), index="by_route", between=between, newest_first=True)
        return list(islice(events, MOST_EVENTS))

    def _baseline(self, alert: Alert, rule: Rule) -> Item | None:
        key = baseline_key(rule.kpi, alert.scope_type, alert.scope_id)
        return self._store.baselines([key]).get(key)


def _what(rule: Rule, line: Item) -> dict[str, Any]:
    reading = {name: line.get(name) for name in ("value", "limit", "baseline", "n")}
    return {"rule_id": rule.id, "kpi": rule.kpi, "unit": rule.unit, **reading,
            "title": dict(rule.title), "action": dict(rule.action)}  # fmt: skip


def _shown(item: Mapping[str, Any]) -> Item:
    return {name: value for name, value in item.items() if name not in OWN}


def _markdown(rule: Rule, alert: Alert, line: Item, content: Mapping[str, Any]) -> str:
    """Write the brief for people, in the language of the airline, because they read it in the control centre."""
    language = airline().language
    words, headings, evidence = WORDS[language], HEADINGS[language], content["evidence"]
    parts = [
        f"# {words[line['level_after']]} · {rule.title[language]}",
        *([f"_{content['data_label']}_"] if content["data_label"] else []),
        f"**{headings['where']}:** {where(alert, words)}",
        f"**{headings['what']}:** {reading_text(rule, line, alert.baseline, words)}. "
        f"{headings['since']} {content['since_at']} (UTC).",
        f"**{headings['action']}:** {rule.action[language]}",
        *_section(headings["flights"], [flight_text(leg, words) for leg in evidence["flights"]]),
        *_section(headings["events"], [_event(event) for event in evidence["events"]]),
        *_section(headings["usual"], _usual(evidence["baseline"], headings)),
        *_section(headings["before"], [_day(day, headings) for day in evidence["last_28_days"][-7:]]),
        *_section(headings["similar"], [_ending(ending, headings) for ending in evidence["similar"]]),
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f"## {title}\n\n" + "\n".join(f"- {line}" for line in lines)] if lines else []


def _event(event: Mapping[str, Any]) -> str:
    return f"{event['event_time']} {event['flight']} {event['event_type']}"


def _usual(baseline: Mapping[str, Any] | None, headings: Mapping[str, str]) -> list[str]:
    if not baseline:
        return []
    return [f"{baseline['value']:.1f} %, n = {baseline['n']}, {baseline['days']} {headings['days']}"]


def _day(day: Mapping[str, Any], headings: Mapping[str, str]) -> str:
    share = headings["unknown"] if day["a14_percent"] is None else f"{day['a14_percent']:.1f} %"
    cancelled = f"{headings['cancelled']} {day['cancelled_legs']}"
    return f"{day['operating_date']}: A14 {share}, n = {day['arr_tracked_legs']}, {cancelled}"


def _ending(ending: Mapping[str, Any], headings: Mapping[str, str]) -> str:
    median = f"{headings['median']} {ending['median_minutes_open'] or '–'} min"
    return f"{ending['resolution'] or headings['open']}: {ending['alerts']}, {median}"
