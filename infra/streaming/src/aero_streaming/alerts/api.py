"""The interface of alerts for people and programs: list what is open and what happened, acknowledge, shelve.

An act names the `revision` of the alert that its author saw. Readings move without raising it; whatever people should
know of first (another level, somebody else's act) does, and then the act is a `Conflict` that says who was faster.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from aero_streaming.alerts import acts as alert_acts
from aero_streaming.alerts import setup as alert_setup
from aero_streaming.alerts.batch import Engine
from aero_streaming.alerts.context import HUBS, Context
from aero_streaming.alerts.desk import Work
from aero_streaming.alerts.items import Item, alert_item, alert_of, arrival_text, arrived_hour, transition_item
from aero_streaming.alerts.model import Alert, Condition, Transition, changed
from aero_streaming.alerts.pulse import CLOCK, KEPT, REPLAY, Pulse
from aero_streaming.alerts.tables import Change
from aero_streaming.rules.levels import Reading, level_of
from aero_streaming.rules.model import Rule, rank
from aero_streaming.times import parse, text

ATTEMPTS = 8
HOUR = timedelta(hours=1)
RAISED = ("FIRED", "LEVEL_UP", "RELEASED")
"""Lines of the log that tell of an alert; reminders and ends tell nothing new."""

COLOURS = {None: "V", "amber": "A", "red": "R", "critical": "R"}
"""The colour of each level."""

Act = Callable[[Rule, Alert, datetime], tuple[Alert, list[Transition]]]


class Unknown(LookupError):
    """There is no such alert."""


class Conflict(RuntimeError):
    """The alert changed since its author looked; `winner` is who changed it last."""

    def __init__(self, alert: Alert, expected: int) -> None:
        super().__init__(
            f"{alert.alert_key} is at revision {alert.revision}, not {expected}: "
            f"{alert.changed_by} was faster; it is {alert.state} now"
        )
        self.alert, self.winner = alert, alert.changed_by


@dataclass(frozen=True)
class Light:
    """The colour of a scope now, without memory: V, A, R or gris; `alert_key` is the alert that it may have."""

    alert_key: str
    scope_type: str
    scope_id: str
    rule_id: str
    status: str
    value: float | None
    n: int


class Alerts:
    """Alerts as people see them; `from_env` reads the same variables as the Lambdas."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._store, self._rules = engine, engine.store, engine.rules

    @classmethod
    def from_env(cls) -> "Alerts":
        """Build from the environment; needs no topic, what an act has to tell is sent by `tick`."""
        return cls(alert_setup.engine())

    # -- asking

    def now(self) -> datetime:
        """Return the time that alerts are evaluated at."""
        return self._engine.now(self._store.states([CLOCK]).get(CLOCK, {}).get("at", ""))

    def alert(self, alert_key: str) -> Alert:
        """Return one alert, closed ones too; raise Unknown."""
        item = self._store.alerts([alert_key]).get(alert_key)
        if item is None:
            raise Unknown(f"there is no alert {alert_key}")
        return alert_of(item)

    def open_alerts(self, with_shadow: bool = False) -> list[Alert]:
        """Return what is open, gravest first, then oldest; alerts of rules in shadow only on demand."""
        fired = [alert for alert in map(alert_of, self._store.alerts_in_view()) if alert.is_fired]
        shown = [alert for alert in fired if with_shadow or not alert.is_shadow]
        return sorted(shown, key=lambda alert: (-rank(alert.level), alert.fired_at or "", alert.alert_key))

    def history(self, subject: str, start: str, end: str) -> list[Item]:
        """Return the events of a route (`MEX-GDL`) or a flight (`AM123`) between two times, both included, in order."""
        index, key = ("by_route", "route") if "-" in subject else ("by_flight", "flight")
        table = self._store.tables.event_log
        return list(self._store.query(table, (key, subject), index=index, between=("event_time", start, end)))

    def transitions_of(self, alert_key: str) -> list[Item]:
        """Return what happened to an alert, in order of arrival."""
        return list(self._store.query(self._store.tables.transitions, ("alert_key", alert_key), index="by_alert"))

    def transitions_since(self, arrival: str, until: datetime | None = None) -> Iterator[Item]:
        """Yield lines of the transition log that arrived after `arrival` (the sort key of one, or a time), in order."""
        hour = parse(f"{arrival[:13]}:00:00Z")
        last = until or self._engine.wall()
        while hour <= last:
            between = ("arrival", arrival, "9")
            for line in self._store.query(
                self._store.tables.transitions, ("arrived_hour", arrived_hour(hour)), between=between
            ):
                if line["arrival"] > arrival:
                    yield line
            hour += timedelta(hours=1)

    def told_in_the_last_hour(self, now: datetime) -> int:
        """Return how many alerts people were told of in the hour before `now`, each once, as the budget counts them.

        A replay packs that hour into less; where it stopped, its last hour stays the last one.
        """
        replay = {} if self._engine.runs_by_wall else self._store.states([REPLAY]).get(REPLAY, {})
        until = parse(replay["ticked_at"]) if replay.get("ticked_at") else self._engine.wall()
        first = text(now - HOUR)
        notified = {
            (line["alert_key"], line["incident"])
            for line in self.transitions_since(arrival_text(until - HOUR))
            if line["kind"] in RAISED and line["notify_state"] != "muted" and first < line["at"]
        }
        return len(notified)

    def decisions_of(self, alert_key: str) -> list[Item]:
        """Return what people decided about an alert, in order."""
        return list(self._store.query(self._store.tables.decisions, ("subject", alert_key)))

    def pulse(self, now: datetime | None = None) -> Pulse:
        """Return how far the feed has come, and how long it has been silent."""
        kept = self._store.states(KEPT)
        return self._engine.pulse(kept, now or self._engine.now(kept.get(CLOCK, {}).get("at", "")))

    def is_silent(self, now: datetime | None = None) -> bool:
        """Tell whether the feed is silent or behind for so long that every figure is grey; or was never heard."""
        return self.pulse(now).is_stale(self._rules)

    def lights(self, scope_type: str, operating_date: str, now: datetime | None = None) -> list[Light]:
        """Return the colours of all routes, hubs (their windows) or the network of a day, as enter limits have them."""
        moment = now or self.now()
        arrived = self._engine.wall()
        hubs = self._store.states([HUBS]).get(HUBS, {}).get("members", set())
        feed = self.pulse(moment)
        context = Context(self._store, self._engine.baselines, self._rules, moment, arrived, hubs, feed=feed)
        if scope_type == "hub":
            works = context.of_hubs(hubs, with_stations=True)
        else:
            works = context.of_states(self._store.of_scope_day(f"{scope_type}#{operating_date}"))
        silent = feed.is_stale(self._rules)
        return [_light(work, silent) for work in works if not work.rule.is_shadow]

    # -- acting

    def acknowledge(self, alert_key: str, who: str, note: str | None, expected_version: int) -> Alert:
        """Say that a person has the alert in hand; raise Conflict, Unknown or NotPossible."""
        return self._act(
            alert_key,
            expected_version,
            who,
            note,
            lambda rule, alert, now: alert_acts.acknowledge(rule, alert, who, note, now),
        )

    def shelve(self, alert_key: str, until: datetime, who: str, reason: str, expected_version: int) -> Alert:
        """Put the alert aside until a time, with a reason; raise Conflict, Unknown or NotPossible."""
        return self._act(
            alert_key,
            expected_version,
            who,
            reason,
            lambda rule, alert, now: alert_acts.shelve(rule, alert, until, who, reason, now),
        )

    def unshelve(self, alert_key: str, who: str, expected_version: int) -> Alert:
        """Take the alert from the shelf before its time; raise Conflict, Unknown or NotPossible."""
        return self._act(
            alert_key, expected_version, who, None, lambda rule, alert, now: alert_acts.unshelve(rule, alert, who, now)
        )

    def _act(self, alert_key: str, expected: int, who: str, note: str | None, act: Act) -> Alert:
        if not who.strip():
            raise alert_acts.NotPossible("an act needs the name of who does it")
        for _ in range(ATTEMPTS):
            before = self.alert(alert_key)
            if before.revision != expected:
                raise Conflict(before, expected)
            rule = self._rules.by_id(before.rule_id)
            if rule is None:
                raise Unknown(f"{alert_key} is of a rule that version {self._rules.version} does not have")
            after, transitions = act(rule, before, self.now())
            if (written := self._write(before, after, transitions, who, note)) is not None:
                return written
            # The engine moved the reading meanwhile; if it moved more than that, the next look finds it.
        raise Conflict(self.alert(alert_key), expected)

    def _write(
        self, before: Alert, after: Alert, transitions: list[Transition], who: str, note: str | None
    ) -> Alert | None:
        arrived = self._engine.wall()
        lines = [transition_item(transition, arrived) for transition in transitions]
        pending = [line for line in lines if "pending" in line]
        if pending:
            after = changed(after, last_notification=f"{pending[-1]['arrived_hour']}|{pending[-1]['arrival']}")
        after = changed(after, item_version=before.item_version + 1)
        decision = _decision(transitions[0], who, note, arrived)
        change = Change(alert_item(after, arrived), before.item_version, lines, decision=decision)
        return after if self._store.commit(change) else None


def _decision(transition: Transition, who: str, note: str | None, arrived: datetime) -> dict[str, Any]:
    """Return the item that the decisions table keeps of an act."""
    decided_at = arrival_text(arrived)
    identity = sha256(f"{transition.alert_key}#{transition.revision}#{who}".encode()).hexdigest()[:16]
    act = asdict(transition)
    return {
        "subject": transition.alert_key,
        "decided": f"{decided_at}#{identity}",
        "decision_id": identity,
        "decided_at": decided_at,
        "decision": transition.kind,
        "who": who,
        "note": note,
        **{name: act[name] for name in ("at", "revision", "level_after", "value", "n", "until")},
    }


def colour_of(rule: Rule, condition: Condition) -> str:
    """Return the colour that enter limits alone give a condition: V, A, R or gris."""
    level = level_of(rule, Reading(condition.value, condition.n, condition.k, condition.baseline))
    colour = COLOURS[level]
    thin = condition.n < rule.minimum_legs and colour != "R"
    return "gris" if condition.is_grey or thin else colour


def _light(work: Work, silent: bool) -> Light:
    condition = work.conditions[0]
    status = "gris" if silent else colour_of(work.rule, condition)
    return Light(work.key, work.rule.scope, condition.scope_id, work.rule.id, status, condition.value, condition.n)
