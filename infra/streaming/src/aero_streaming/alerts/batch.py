"""One batch of the alerts feed: new states are written to leg-state, then the desk evaluates their alerts.

Rows first, so that evaluation always reads the truth; an event is judged by itself only while it is ahead of the
merged leg. Everything may be repeated: a version that is there already is evaluated again and changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from aero_streaming.alerts import conditions, told
from aero_streaming.alerts.baselines import Baselines
from aero_streaming.alerts.conditions import Row
from aero_streaming.alerts.context import HUBS, Context
from aero_streaming.alerts.desk import Desk, Tally, Work, by_key
from aero_streaming.alerts.items import Item, log_item, state_item
from aero_streaming.alerts.outbox import Outbox
from aero_streaming.alerts.pulse import ARRIVED, CLOCK, FEED, KEPT, Pulse, pulse, whole_second
from aero_streaming.alerts.records import Batch, is_newer, leg_key
from aero_streaming.alerts.store import AlertStore
from aero_streaming.rules.model import RuleSet
from aero_streaming.times import parse, text

REPLAY_AHEAD = timedelta(days=30)
"""How far a replay may be ahead of the wall clock."""


@dataclass
class Done:
    """The result of a batch; `failures` are sequence numbers to be tried again, with the reason."""

    fresh: int = 0
    repeated: int = 0
    stale: int = 0
    events: int = 0
    tally: Tally = field(default_factory=Tally)
    failures: list[tuple[str, Exception]] = field(default_factory=list)


@dataclass(frozen=True)
class Engine:
    """The tools of a batch or a tick. `wall` is the wall clock; `runs_by_wall` says that evaluation follows it."""

    store: AlertStore
    rules: RuleSet
    baselines: Baselines
    outbox: Outbox
    wall: Callable[[], datetime]
    runs_by_wall: bool = False

    def now(self, *moments: str) -> datetime:
        """Return the time that is evaluated at: the wall clock, or as far as event time has come."""
        known = [parse(moment) for moment in moments if moment]
        return self.wall() if self.runs_by_wall or not known else max(known)

    def pulse(self, kept: Mapping[str, Item], now: datetime) -> Pulse:
        """Return the pulse of the feed at `now`, from the items of `pulse.KEPT`."""
        return pulse(kept, self.rules, now, self.wall(), self.runs_by_wall)

    def heard(self, batch: Batch) -> str:
        """Return when a batch was heard, as far as that can be; empty where it says nothing of it.

        Where the wall clock counts, no record hides a silence by a time to come. In a replay days of this month may be
        played ahead; one record of another century is no clock.
        """
        wall = self.wall()
        latest = batch.last_received_at(wall if self.runs_by_wall else wall + REPLAY_AHEAD)
        return latest or (text(wall) if self.runs_by_wall and batch.received else "")


def process(batch: Batch, engine: Engine) -> Done:
    """Process a batch; return counts and the sequence numbers to retry."""
    done = Done(events=len(batch.events))
    if not batch.rows and not batch.events:
        return done
    arrived = engine.wall()
    legs_of_events = {leg_key(event["leg_uid"]) for event in batch.events.values()}
    days = {told.key(row["operating_date"]) for row in batch.rows.values()}
    before = engine.store.states([*KEPT, HUBS, *days, *batch.rows, *legs_of_events])
    heard = engine.heard(batch)
    now = engine.now(before.get(CLOCK, {}).get("at", ""), heard)
    rows, repeats = _write(batch, before, engine, arrived, done)
    hubs = _remember_hubs(rows, before.get(HUBS, {}).get("members", set()), engine)
    for day, member in told.news(rows.values(), before):
        engine.store.remember(day, member)
    news = _advance(heard, before, engine, arrived)
    feed = engine.pulse({**before, **news}, now)
    context = Context(engine.store, engine.baselines, engine.rules, now, arrived, hubs, rows, feed)
    desk = Desk(engine.store, engine.rules, engine.outbox, now, arrived)
    works = _works(batch, rows, repeats, before, context, done)
    # News end a silence before anything else is judged: what they tell is nobody's child.
    works += context.of_feed(feed, None) if FEED in news else []
    works += _event_works(batch, rows, before, context, engine, arrived, done)
    desk.settle(by_key(works).values(), lambda work, error: done.failures.append((work.sequence, error)))
    done.tally = desk.tally
    return done


def _write(
    batch: Batch, before: Mapping[str, Row], engine: Engine, arrived: datetime, done: Done
) -> tuple[dict[str, Row], set[str]]:
    """Write what is newer; returns the rows to evaluate and which of them were there already."""
    fresh = {key: row for key, row in batch.rows.items() if is_newer(row, before.get(key))}
    repeats = {
        key
        for key, row in batch.rows.items()
        if key not in fresh and row["state_version"] == before[key]["state_version"]
    }
    beaten = engine.store.put_newer([state_item(engine.rules, key, row, arrived) for key, row in fresh.items()])
    done.fresh, done.repeated = len(fresh) - len(beaten), len(repeats)
    done.stale = len(batch.rows) - done.fresh - done.repeated
    rows = {key: row for key, row in fresh.items() if key not in beaten}
    return rows | {key: before[key] for key in repeats}, repeats


def _remember_hubs(rows: Mapping[str, Row], known: set[str], engine: Engine) -> set[str]:
    seen = {row["scope_id"] for row in rows.values() if row.get("scope_type") == "hub_quarter"}
    for hub in sorted(seen - known):
        engine.store.remember(HUBS, hub)
    return known | seen


def _advance(heard: str, before: Mapping[str, Row], engine: Engine, arrived: datetime) -> dict[str, Item]:
    """Event time and the feed's last arrival go forward only; return what went forward. An old record is no news."""
    news: dict[str, Item] = {}
    for key in (CLOCK, FEED) if heard else ():
        known = before.get(key, {}).get("at")
        if known is None or parse(heard) > parse(known):
            engine.store.advance(key, heard)
            news[key] = {"at": heard}
    if FEED in news:
        at = whole_second(arrived)
        if at > before.get(ARRIVED, {}).get("at", ""):
            engine.store.advance(ARRIVED, at)
        news[ARRIVED] = {"at": at}
    return news


def _works(
    batch: Batch,
    rows: Mapping[str, Row],
    repeats: set[str],
    before: Mapping[str, Row],
    context: Context,
    done: Done,
) -> list[Work]:
    """The work that rows give; a hub's windows are looked at once, however many of its quarters changed."""
    makers: list[tuple[str, Callable[[], list[Work]]]] = []
    hubs: dict[str, str] = {}
    for key, row in rows.items():
        if row["kind"] == "leg":
            if not row.get("is_deleted"):
                makers.append((key, partial(context.of_leg, row, before.get(key), key in repeats)))
        elif row["scope_type"] == "hub_quarter":
            hubs.setdefault(row["scope_id"], key)
        else:
            makers.append((key, partial(context.of_states, [row])))
    context.prepare([row for row in rows.values() if row["kind"] == "state"], hubs)
    makers += [(key, partial(context.of_hubs, [hub])) for hub, key in hubs.items()]
    works: list[Work] = []
    for key, make in makers:
        for work in _made(make, batch.sequences[key], done):
            work.is_repeat = work.is_repeat or key in repeats
            works.append(work)
    return works


def _event_works(
    batch: Batch,
    rows: Mapping[str, Row],
    before: Mapping[str, Row],
    context: Context,
    engine: Engine,
    arrived: datetime,
    done: Done,
) -> list[Work]:
    """The fast first word of events that the merged leg does not know yet; every event goes to the log, once."""
    works: list[Work] = []
    only_logged = []
    for event_id, event in sorted(batch.events.items(), key=lambda pair: parse(pair[1]["received_at"])):
        key = leg_key(event["leg_uid"])
        make = partial(_of_event, event, rows.get(key) or before.get(key), context)
        made = _made(make, batch.sequences[event_id], done)
        if made:
            # In the transaction that the event causes, if it causes one.
            made[0].events.append(log_item(event, arrived))
            works += made
        else:
            only_logged.append(log_item(event, arrived))
    engine.store.log_events(only_logged)
    return works


def _of_event(event: Row, leg: Row | None, context: Context) -> list[Work]:
    if leg is not None and parse(event["received_at"]) <= parse(leg["last_received_at"]):
        return []
    matched = conditions.of_event(context.rules, event, leg, context.now)
    return [context.about(rule, condition, event) for rule, condition in matched]


def _made(make: Callable[[], list[Work]], sequence: str, done: Done) -> list[Work]:
    """Let one row make its work; where that fails the others go on."""
    try:
        works = make()
    except Exception as error:
        done.failures.append((sequence, error))
        return []
    for work in works:
        work.sequence = sequence
    return works
