"""The unit of work of alerts: load, evaluate, commit, notify, for the handler and the tick.

An evaluation that changes nothing writes nothing. A commit that somebody else was faster than is evaluated again on
what they left. Parents are settled before their children.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from botocore.exceptions import ClientError

from aero_streaming.alerts.engine import evaluate
from aero_streaming.alerts.items import Item, alert_item, alert_of, transition_item
from aero_streaming.alerts.model import Alert, Condition, Transition, changed
from aero_streaming.alerts.outbox import Outbox
from aero_streaming.alerts.store import AlertStore
from aero_streaming.alerts.tables import Change
from aero_streaming.rules.model import SCOPE_ORDER, Rule, RuleSet, rank
from aero_streaming.times import parse

ATTEMPTS = 8
MOST_ITEMS = 50
"""A transaction takes a hundred items; half of them keeps it short."""
RED = rank("red")

After = Callable[[Rule, Alert], tuple[Alert, list[Transition]]]
Failed = Callable[["Work", Exception], None]


class Contended(RuntimeError):
    """An alert that others changed again and again while we tried; the batch is to be tried again."""


@dataclass
class Work:
    """The work on one alert: conditions in order, the events behind them, whether all came before."""

    rule: Rule
    key: str
    conditions: list[Condition] = field(default_factory=list)
    events: list[Item] = field(default_factory=list)
    is_repeat: bool = False
    sequence: str = ""
    #: The step after the conditions (the tick lets time act).
    after: After | None = None


@dataclass
class Tally:
    """Counts of the work done."""

    evaluated: int = 0
    written: int = 0
    transitions: int = 0
    conflicts: int = 0
    rechecked: int = 0


class Desk:
    """One batch's or one tick's view of the alerts; `now` is event time, `arrived` the wall clock."""

    def __init__(self, store: AlertStore, rules: RuleSet, outbox: Outbox, now: datetime, arrived: datetime) -> None:
        self._store, self._rules, self._outbox = store, rules, outbox
        self._now, self._arrived = now, arrived
        self._alerts: dict[str, Alert | None] = {}
        self.tally = Tally()

    def load(self, keys: Iterable[str]) -> None:
        """Read alerts that were not read yet; what is not there is remembered as not there."""
        missing = list(dict.fromkeys(key for key in keys if key not in self._alerts))
        if missing:
            items = self._store.alerts(missing)
            self._alerts |= {key: alert_of(items[key]) if key in items else None for key in missing}

    def alert(self, key: str) -> Alert | None:
        """Return an alert as last read or written here."""
        self.load([key])
        return self._alerts[key]

    def know(self, alerts: Iterable[Alert]) -> None:
        """Take in alerts that were just read."""
        self._alerts |= {alert.alert_key: alert for alert in alerts}

    def settle(self, works: Iterable[Work], failed: Failed) -> None:
        """Do all the work, parents first; what fails is told and does not stop the rest.

        Everything is evaluated, then written many alerts at a time; where one stands in the way, one by one.
        """
        ordered = sorted(works, key=lambda work: SCOPE_ORDER[work.rule.scope])
        self.load(work.key for work in ordered)
        self.load(parent for work in ordered for condition in work.conditions for parent in condition.parents)
        drafts: list[_Draft] = []
        for work in ordered:
            try:
                drafts.append(self._draft(work))
            except Exception as error:
                failed(work, error)
        changed_ones = [draft for draft in drafts if draft.change]
        for group in _groups(changed_ones):
            if len(group) == 1 or not self._together(group, failed):
                for draft in group:
                    self._attempt(draft.work, failed, lambda draft=draft: self._alone(draft))
        for draft in drafts:
            if not draft.change:
                self._attempt(draft.work, failed, lambda draft=draft: self._unchanged(draft.work, draft.before))

    def _attempt(self, work: Work, failed: Failed, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:
            failed(work, error)

    def _draft(self, work: Work) -> "_Draft":
        """Evaluate; what comes of it is what later work of this batch sees."""
        before = self._alerts[work.key]
        after, transitions = self._evaluate(work, before)
        self.tally.evaluated += 1
        if after is None or (after == before and not transitions):
            return _Draft(work, before)
        expected = before.item_version if before else 0
        lines = [transition_item(transition, self._arrived) for transition in transitions]
        pending = [line for line in lines if "pending" in line]
        if pending:
            after = changed(after, last_notification=f"{pending[-1]['arrived_hour']}|{pending[-1]['arrival']}")
        after = changed(after, item_version=expected + 1)
        self._alerts[work.key] = after
        return _Draft(work, before, after, Change(alert_item(after, self._arrived), expected, lines, work.events))

    def _together(self, group: list["_Draft"], failed: Failed) -> bool:
        """Write alerts as one transaction; what they have to tell is told after it."""
        try:
            if not self._store.commit_all([draft.change for draft in group if draft.change]):
                return False
        except ClientError:
            # One by one it shows whose fault it is.
            return False
        for draft in group:
            self._count(draft)
        for draft in group:
            self._attempt(draft.work, failed, lambda draft=draft: self._tell(draft))
        return True

    def _alone(self, draft: "_Draft") -> None:
        """Write one alert; where somebody was faster, evaluate again on what they left."""
        for _ in range(ATTEMPTS):
            if draft.change is None:
                self._unchanged(draft.work, draft.before)
                return
            if self._store.commit(draft.change):
                self._count(draft)
                self._tell(draft)
                return
            self.tally.conflicts += 1
            self._alerts.pop(draft.work.key)
            self.load([draft.work.key])
            draft = self._draft(draft.work)
        raise Contended(f"{draft.work.key} was changed {ATTEMPTS} times while it was evaluated")

    def _unchanged(self, work: Work, before: Alert | None) -> None:
        """Nothing to write but the events; if all this came before, its notification may still be in the outbox."""
        known = self._store.log_events(work.events)
        if before is not None and (work.is_repeat or known):
            self.tally.rechecked += self._outbox.recheck(before)

    def _count(self, draft: "_Draft") -> None:
        self.tally.written += 1
        self.tally.transitions += len(draft.change.transitions) if draft.change else 0

    def _tell(self, draft: "_Draft") -> None:
        for line in draft.change.transitions if draft.change else ():
            if "pending" in line and draft.after:
                self._outbox.send(draft.after, line)

    def _evaluate(self, work: Work, before: Alert | None) -> tuple[Alert | None, list[Transition]]:
        alert, happened = before, []
        for condition in work.conditions:
            if alert is not None and _is_behind(work.rule, condition, alert):
                continue
            # A child stays one while its parent is open, whoever looks.
            kept = (alert.parent_key,) if alert and alert.parent_key else ()
            seen = changed(condition, parents=self._active((*kept, *condition.parents)))
            alert, transitions = evaluate(work.rule, seen, alert, self._now, self._rules.version)
            happened += transitions
        if work.after and alert is not None:
            alert, transitions = work.after(work.rule, alert)
            happened += transitions
        return alert, happened

    def _active(self, parents: tuple[str, ...]) -> tuple[str, ...]:
        """The parents that are open: a root leg or a feed at any level, others from where their rule says."""
        active = []
        for key in parents:
            parent = self.alert(key)
            if parent and parent.is_fired and not parent.is_shadow:
                at_any_level = parent.scope_type in ("leg", "feed")
                rule = self._rules.by_id(parent.rule_id)
                least = rank(rule.speaks_from) if rule else RED
                active += [key] if at_any_level or rank(parent.level) >= least else []
        return tuple(active)


def _is_behind(rule: Rule, condition: Condition, alert: Alert) -> bool:
    """Return True if the alert knows more of its flight, by an event, than the merged leg, which decides in the end.

    So a row that comes again, or half of an update, does not undo what an event ahead of it said. Of a rotation two
    legs are looked at, and another aircraft's may well be older.
    """
    if rule.scope != "leg" or rule.kpi == "rotation" or not alert.event_at:
        return False
    return not condition.last_event_at or parse(condition.last_event_at) < parse(alert.event_at)


@dataclass(frozen=True)
class _Draft:
    """The result of one piece of work before it is written; no change means that nothing is new."""

    work: Work
    before: Alert | None
    after: Alert | None = None
    change: Change | None = None


def _groups(drafts: Iterable[_Draft]) -> Iterator[list[_Draft]]:
    """Put as many together as a transaction takes."""
    group: list[_Draft] = []
    size = 0
    for draft in drafts:
        own = draft.change.size if draft.change else 0
        if group and size + own > MOST_ITEMS:
            yield group
            group, size = [], 0
        group.append(draft)
        size += own
    if group:
        yield group


def by_key(works: Iterable[Work]) -> Mapping[str, Work]:
    """Put work on the same alert together, conditions in the order given."""
    merged: dict[str, Work] = {}
    for work in works:
        known = merged.get(work.key)
        if known is None:
            merged[work.key] = work
            continue
        known.conditions += work.conditions
        known.events += work.events
        known.is_repeat = known.is_repeat and work.is_repeat
    return merged
