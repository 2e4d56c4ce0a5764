"""Backtests: what a rule set would have raised over records of the past, per hour, and how two sets differ.

Pure: the real engine over tables in memory. Records come in the order of their arrival (stream records as they are, or
`leg_records.records_of_legs`); time is theirs, and ticks fall in between.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aero_streaming.alerts.baselines import Baselines
from aero_streaming.alerts.batch import Engine, process
from aero_streaming.alerts.conditions import Row
from aero_streaming.alerts.items import Item, alert_of
from aero_streaming.alerts.messages import Message
from aero_streaming.alerts.model import FIRED, Alert
from aero_streaming.alerts.outbox import Outbox
from aero_streaming.alerts.records import Batch, Record, leg_key, state_key
from aero_streaming.alerts.tables import Change
from aero_streaming.alerts.tick import tick
from aero_streaming.backtesting.memory_store import MemoryStore
from aero_streaming.rules.model import RuleSet
from aero_streaming.times import parse

MOST_RECORDS = 500
Key = tuple[str, int, str]


@dataclass(frozen=True)
class Backtest:
    """The alerts that a rule set raised.

    Alerts are counted by the hour (UTC) in which they fired, and only those that somebody was told of: no shadow ones,
    none that a parent speaks for or that fired again while cooling down. `facts` holds, by transition_id, what the
    alert knew of its flight when the line was written.
    """

    rules_version: int
    first_at: str
    last_at: str
    alerts: tuple[Alert, ...]
    transitions: tuple[Item, ...]
    facts: Mapping[str, Mapping[str, Any]]
    per_hour: Mapping[str, int]
    per_rule: Mapping[str, int]
    shadow_per_rule: Mapping[str, int]
    notifications: int

    @property
    def hours(self) -> int:
        """Hours from the first to the last record, begun ones counted."""
        if not self.first_at:
            return 0
        return int((parse(self.last_at) - parse(self.first_at)).total_seconds() // 3600) + 1

    @property
    def mean_per_hour(self) -> float:
        """Alerts per hour over the whole span, quiet hours included."""
        return sum(self.per_hour.values()) / self.hours if self.hours else 0.0


@dataclass(frozen=True)
class Difference:
    """Alerts that only one of two rule sets raised, as (alert key, incident, level first fired at)."""

    old: Backtest
    new: Backtest
    only_old: tuple[Key, ...]
    only_new: tuple[Key, ...]
    both: int


class _Clock:
    """The wall clock of a backtest: the time of its records."""

    def __init__(self) -> None:
        self.at = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class _Store(MemoryStore):
    """Tables that remember what an alert knew at each line of its log; an alert itself keeps the latest only."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: dict[str, Mapping[str, Any]] = {}

    def commit(self, change: Change) -> bool:
        """Write an alert with its transitions; False if another was faster."""
        if not super().commit(change):
            return False
        known = change.alert.get("facts", {})
        self.facts |= {line["transition_id"]: known for line in change.transitions}
        return True


def backtest(
    records: Iterable[Row],
    rules: RuleSet,
    tick_minutes: int = 5,
    baselines: Iterable[Item] = (),
    lag_minutes: int = 0,
    log: Callable[[str], None] | None = None,
) -> Backtest:
    """Run a rule set over records in order of arrival; `baselines` are items as `baselines.py` describes them.

    With `lag_minutes` every record comes so long after it was received, as from a stream that is behind. `log` hears of
    every day that begins.
    """
    lag = timedelta(minutes=lag_minutes)
    clock, store = _Clock(), _Store()
    for item in baselines:
        store.items[store.tables.baselines][(item["baseline_key"],)] = dict(item)
    outbox = Outbox(store, None, "", lambda alert, line: Message("", ""), clock)
    engine = Engine(store, rules, Baselines(store), outbox, clock)
    batch, first, day, due = Batch(), "", "", None
    for number, row in enumerate(records):
        at = row.get("last_received_at") or row["received_at"]
        first = first or at
        if log and at[:10] != day:
            day = at[:10]
            log(f"{day}, {number:,} records before it")
        arrives = parse(at) + lag
        due = due or arrives + timedelta(minutes=tick_minutes)
        while arrives >= due:
            batch = _run(batch, engine, clock, lag)
            clock.at = due
            tick(engine, due)
            due += timedelta(minutes=tick_minutes)
        batch.add(_record(row, number))
        if len(batch.rows) + len(batch.events) >= MOST_RECORDS:
            batch = _run(batch, engine, clock, lag)
    last = batch.last_received_at() or first
    _run(batch, engine, clock, lag)
    if due:
        tick(engine, max(clock.at, due - timedelta(minutes=tick_minutes)))
    return _result(store, rules, first, last)


def compare(
    records: Sequence[Row],
    old: RuleSet,
    new: RuleSet,
    tick_minutes: int = 5,
    log: Callable[[str], None] | None = None,
) -> Difference:
    """Run two rule sets over the same records."""
    before, after = (backtest(records, rule_set, tick_minutes, log=log) for rule_set in (old, new))
    raised_before, raised_after = _raised(before), _raised(after)
    return Difference(
        before,
        after,
        tuple(sorted(raised_before - raised_after)),
        tuple(sorted(raised_after - raised_before)),
        len(raised_before & raised_after),
    )


def _record(row: Row, number: int) -> Record:
    kind = row["kind"]
    if kind == "event":
        return Record(kind, row["event_id"], row, False, f"{number}")
    if kind == "leg":
        return Record(kind, leg_key(row["leg_uid"]), row, False, f"{number}")
    key = state_key(row["scope_type"], row["scope_id"], row["operating_date"], row.get("quarter_at"))
    return Record(kind, key, row, False, f"{number}")


def _run(batch: Batch, engine: Engine, clock: _Clock, lag: timedelta) -> Batch:
    if last := batch.last_received_at():
        clock.at = max(clock.at, parse(last) + lag)
        done = process(batch, engine)
        if done.failures:
            raise ExceptionGroup("records that could not be evaluated", [error for _, error in done.failures])
    return Batch()


def _raised(run: Backtest) -> set[Key]:
    return {
        (line["alert_key"], line["incident"], line["level_after"])
        for line in run.transitions
        if line["kind"] == FIRED and not line["is_shadow"]
    }


def _result(store: _Store, rules: RuleSet, first: str, last: str) -> Backtest:
    lines = sorted(store.items[store.tables.transitions].values(), key=lambda line: line["arrival"])
    fired = [line for line in lines if line["kind"] == FIRED]
    heard = [line for line in fired if line["notify_state"] != "muted"]
    return Backtest(
        rules_version=rules.version,
        first_at=first,
        last_at=last,
        alerts=tuple(alert_of(item) for item in store.items[store.tables.alerts].values()),
        transitions=tuple(lines),
        facts=store.facts,
        per_hour=Counter(line["at"][:13] for line in heard),
        per_rule=Counter(line["alert_key"].partition("#")[0] for line in heard),
        shadow_per_rule=Counter(line["alert_key"].partition("#")[0] for line in fired if line["is_shadow"]),
        notifications=sum(line["notify_state"] == "sent" for line in lines),
    )
