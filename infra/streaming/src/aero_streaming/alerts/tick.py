"""Lambda that runs each minute: silent feeds, overdue flights, escalation, ends of shelves and days.

A feed that went silent (all its figures turn grey, with no event at all), passengers kept on the ground, holds that
mature, escalation, shelves and days that end, windows that move on, and notifications left in the outbox. The event may
carry `{"now": "2015-01-02T13:34:00Z", "speed": 600}`: a replay says what time it is, and how fast that passes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aero_streaming.alerts import conditions
from aero_streaming.alerts import setup as alert_setup
from aero_streaming.alerts import sums as alert_sums
from aero_streaming.alerts.acts import mature
from aero_streaming.alerts.batch import Engine
from aero_streaming.alerts.context import HUBS, Context, row_key
from aero_streaming.alerts.desk import Desk, Work, by_key
from aero_streaming.alerts.items import Item, alert_of
from aero_streaming.alerts.metrics import emit
from aero_streaming.alerts.model import Alert, Transition
from aero_streaming.alerts.pulse import CLOCK, KEPT, REPLAY, SOURCE, Pulse, whole_second
from aero_streaming.alerts.records import state_key
from aero_streaming.rules.model import Rule
from aero_streaming.times import business_date, parse, text


@dataclass(frozen=True)
class Ticked:
    """The result of a tick."""

    now: str
    looked_at: int
    written: int
    transitions: int
    swept: int
    silent_feeds: tuple[str, ...]


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Entry point of the schedule."""
    engine = alert_setup.engine()
    given = event.get("now")
    done = tick(engine, parse(given) if given else None, float(event.get("speed") or 1))
    counts = {"LookedAt": done.looked_at, "AlertsWritten": done.written, "Transitions": done.transitions,
              "Swept": done.swept, "SilentFeeds": len(done.silent_feeds)}  # fmt: skip
    emit("tick", counts, int(engine.wall().timestamp() * 1000))
    return vars(done)


def tick(engine: Engine, given: datetime | None = None, speed: float = 1.0) -> Ticked:
    """Let time act on every alert in view, and find what only time brings; event time moves to `given`."""
    kept = engine.store.states([*KEPT, HUBS])
    clock = kept.get(CLOCK, {}).get("at", "")
    now = given or engine.now(clock)
    if given and (not clock or given > parse(clock)):
        engine.store.advance(CLOCK, text(given))
    if given:
        replay = {"speed": speed, "ticked_at": whole_second(engine.wall())}
        if any(kept.get(REPLAY, {}).get(name) != value for name, value in replay.items()):
            engine.store.note(REPLAY, replay)
        kept[REPLAY] = replay
    arrived = engine.wall()
    alerts = [alert_of(item) for item in engine.store.alerts_in_view()]
    hubs = kept.get(HUBS, {}).get("members", set())
    desk = Desk(engine.store, engine.rules, engine.outbox, now, arrived)
    desk.know(alerts)
    feed = engine.pulse(kept, now)
    silent = {SOURCE} if feed.heard_at and feed.is_stale(engine.rules) else set()
    context = Context(engine.store, engine.baselines, engine.rules, now, arrived, hubs, feed=feed)
    rows = _rows_of(context, alerts)
    works = [
        *_feeds(engine, context, feed, hubs),
        *_of_time(engine, context, now),
        *_of_alerts(context, rows),
        *context.of_floods([(alert, row) for alert, _, row in rows if alert.scope_type == "leg"]),
    ]
    let_act = partial(_let_act, engine=engine, now=now)
    # An alert whose row is gone, or whose day is over, has no condition any more; time still acts on it.
    known = by_key([*works, *_bare(engine, alerts)])
    for work in known.values():
        work.after = let_act
    failures: list[Exception] = []
    desk.settle(
        known.values(),
        lambda work, error: failures.append(error),
    )
    swept = engine.outbox.sweep(lambda key: _reload(engine, key))
    if failures:
        raise ExceptionGroup("alerts that time could not act on", failures)
    tally = desk.tally
    return Ticked(text(now), len(known), tally.written, tally.transitions, swept, tuple(sorted(silent)))


def _let_act(rule: Rule, alert: Alert, engine: Engine, now: datetime) -> tuple[Alert, list[Transition]]:
    return mature(rule, alert, now, engine.rules.close_hour_utc)


def _feeds(engine: Engine, context: Context, feed: Pulse, hubs: Iterable[str]) -> list[Work]:
    """The work on the silence of the feed; one that was never heard is no alert."""
    if feed.heard_at is None:
        return []
    enter = min((rule.amber.enter for rule in engine.rules.live("feed")), default=0)
    since = feed.now - timedelta(minutes=feed.silent_minutes)
    return context.of_feed(feed, None if feed.silent_minutes < enter else _planned(engine, hubs, since, feed.now))


def _planned(engine: Engine, hubs: Iterable[str], since: datetime, now: datetime) -> int | None:
    """Count the flights that were to leave or reach a hub in a silence; None where no hub is known."""
    starts = alert_sums.quarters_between(since, now)
    asked = [state_key("hub_quarter", hub, start[:10], start) for hub in hubs for start in starts]
    if not asked:
        return None
    rows = engine.store.states(asked).values()
    return sum((row.get("scheduled_legs") or 0) - (row.get("cancelled_legs") or 0) for row in rows)


def _of_time(engine: Engine, context: Context, now: datetime) -> list[Work]:
    """Windows of every hub, shares of legs that become due, and flights on the ground for so long that it matters."""
    works = context.of_hubs(context.hubs) if context.hubs else []
    # Cancelled legs become due without any record; the network's day has one row, so it is looked at each minute.
    network = state_key("network", "network", business_date(now, engine.rules.close_hour_utc))
    works += [work for work in context.of_states(engine.store.states([network]).values()) if work.rule.counts_due]
    for rule in engine.rules.live("leg"):
        if rule.kpi == "tarmac":
            since = conditions.minutes_before(context.seen_at, rule.amber.enter)
            for leg in engine.store.on_ground_before(since):
                if context.told.ends(leg):
                    condition = conditions.of_leg(engine.rules, rule, leg, now, context.seen_at)
                    works.append(context.about(rule, condition, leg))
    return works


Looked = list[tuple[Alert, Rule, Item]]


def _rows_of(context: Context, alerts: Iterable[Alert]) -> Looked:
    """The alerts in view with their rules and what leg-state holds of them now; windows and feeds have no one row."""
    pairs = [
        (alert, rule, key)
        for alert in alerts
        if (rule := context.rules.by_id(alert.rule_id))
        and (key := row_key(alert.scope_type, alert.scope_id, alert.operating_date))
    ]
    rows = context.read(key for _, _, key in pairs)
    return [(alert, rule, rows[key]) for alert, rule, key in pairs if key in rows]


def _of_alerts(context: Context, looked: Looked) -> list[Work]:
    """The conditions of alerts in view, from the rows of leg-state; windows and feeds are looked at anyway."""
    works: list[Work] = []
    for alert, rule, row in looked:
        if alert.scope_type != "leg":
            continue
        if rule.kpi == "rotation":
            works += context.rotations(rule, row.get("tail"), row["operating_date"], row)
        else:
            works.append(
                context.about(rule, conditions.of_leg(context.rules, rule, row, context.now, context.seen_at), row)
            )
    in_view = {alert.alert_key for alert, _, _ in looked}
    unique = {row["key"]: row for alert, _, row in looked if alert.scope_type != "leg"}
    return works + [work for work in context.of_states(unique.values()) if work.key in in_view]


def _bare(engine: Engine, alerts: Iterable[Alert]) -> list[Work]:
    ruled = [(engine.rules.by_id(alert.rule_id), alert) for alert in alerts]
    return [Work(rule, alert.alert_key) for rule, alert in ruled if rule]


def _reload(engine: Engine, key: str) -> Alert | None:
    item = engine.store.alerts([key]).get(key)
    return alert_of(item) if item else None
