"""Drill: a real day through the whole stream, compared with a recount and with the warehouse, at close and at the end.

There must be no difference. Compared are: the stream's sums of every scope with a recount of the events in plain
Python; those of every route with `fct_route_day`, published from the same events by way of Firehose; and the shares and
colours that people see for routes and network.
"""

import shutil
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aero_assets.environment import Environment
from aero_assets.published import NothingPublishedError, PublishedCopy
from aero_assets.storage import Bucket
from aero_drills import compare, shares
from aero_local import platform, topics
from aero_local.errors import AeroError, Log
from aero_local.live import source
from aero_local.live.player import Played, play
from aero_local.live.watch import Watcher
from aero_local.services import flink, kafka
from aero_local.services.known import live
from aero_local.state import State
from aero_streaming.events import Event
from aero_streaming.events.types import TOPICS

#: Seconds without any change on the way to the warehouse before it gives up; a day of 130,000 events takes minutes.
PATIENCE_SECONDS = 600
NEWS_SECONDS = 10


@dataclass(frozen=True)
class Plan:
    """A replay: the events as sent, the operating day, its number of legs, and the batch settings of the job.

    All events are sent at once, so the stream starts with a backlog. A job that collects changes for some seconds
    writes far fewer rows, and writing to the emulator's tables takes most of the time. No compared figure depends on
    it.

    Partitions of a topic are then read hours apart. The final figures are the same, but until then some flights seem to
    stand on the tarmac, and each of them raises an alert.
    """

    sent: Sequence[Event]
    operating_date: str
    legs: int
    is_twice: bool = False
    mini_batch_milliseconds: int | None = None  #: As deployed if not given.


def run(state: State, plan: Plan, log: Log, *, with_warehouse: bool = True) -> dict[str, Any]:
    """Play the plan on a new platform and return the verdict; the state directory is empty at the start."""
    platform.down(state, log)
    shutil.rmtree(state.root, ignore_errors=True)
    if plan.mini_batch_milliseconds is not None:
        flink.ask(state, {"mini.batch.latency.ms": str(plan.mini_batch_milliseconds)})
    began = time.monotonic()
    names = (*(platform.WORKERS if with_warehouse else ("ministack",)), *live(state))
    with platform.foreground(state, log, names=names):
        log(f"platform up after {time.monotonic() - began:.0f} s")
        verdict = _play(state, plan, log, with_warehouse)
    verdict["seconds"]["whole"] = round(time.monotonic() - began, 1)
    return verdict


def _play(state: State, plan: Plan, log: Log, with_warehouse: bool) -> dict[str, Any]:
    watcher = Watcher(state, "root")
    early, late = source.at_close(plan.sent, plan.operating_date)
    seconds: dict[str, float] = {}
    verdict: dict[str, Any] = {
        "drill": "replay", "operating_date": plan.operating_date, "legs": plan.legs, "sent": len(plan.sent),
        "after_close": len(late), "mini_batch_milliseconds": plan.mini_batch_milliseconds, "seconds": seconds,
    }  # fmt: skip
    for name, part, known in (("close", early, early), ("end", late, plan.sent)):
        for pass_number in (1, 2) if plan.is_twice else (1,):
            log(f"{name}: sending {len(part):,} events" + (" again" if pass_number == 2 else ""))
            seconds[f"{name}_send"] = round(_send(state, part, log).seconds, 1)
        seconds[f"{name}_rest"] = round(watcher.until_rest([plan.operating_date], _distinct(known)), 1)
        stream, result = compare.settled(watcher, known)
        rest = f"stream at rest after {seconds[f'{name}_rest']} s"
        log(f"{name}: {rest}, {result.differing} of {result.compared:,} scopes differ")
        verdict[name] = {"recount": result.to_json()}
        if with_warehouse:
            began = time.monotonic()
            verdict[name]["warehouse"] = agreed(state, stream, log).to_json()
            verdict[name] |= _seen(state, stream).to_json()
            seconds[f"{name}_warehouse"] = round(time.monotonic() - began, 1)
    return verdict | _counted(watcher, plan)


def _send(state: State, events: Sequence[Event], log: Log) -> Played:
    logged_at = 0.0

    def log_progress(played: Played) -> None:
        nonlocal logged_at
        if played.seconds - logged_at >= NEWS_SECONDS or played.events == len(events):
            logged_at = played.seconds
            log(f"  {played.events:,} events, {played.per_second:,.0f} a second")

    with topics.producer(kafka.bootstrap(state)) as producer:
        return play(events, producer, speed=None, each_second=log_progress)


def agreed(state: State, stream: compare.Sums, log: Log, operating_date: str | None = None) -> compare.Comparison:
    """Wait until the published marts equal the stream; return the comparison, or the differences after a timeout.

    All sent events are forwarded first. The marts follow later and continue to change, because the alert log is data
    too and arrives in the same way.
    """
    began = moved = time.monotonic()
    before = -1
    while waiting := sum(topics.lag(kafka.bootstrap(state), f"firehose-{topic}", [topic]) for topic in TOPICS):
        if waiting != before:
            before, moved = waiting, time.monotonic()
        if time.monotonic() - moved > PATIENCE_SECONDS:
            raise AeroError(
                f"{waiting:,} events wait at the forwarder, and none has moved for {PATIENCE_SECONDS} s.",
                "`aero status` and `aero logs forwarder` say why.",
            )
        time.sleep(0.5)
    logged_at, last = 0.0, compare.Comparison(0, 1)
    moved = time.monotonic()
    with state.acting_as("orchestrator"):
        copy = PublishedCopy(state.published_copy, Bucket(Environment.current().lake_bucket))
        while True:
            try:
                result = compare.against_marts(stream, copy.pull(), operating_date)
            except NothingPublishedError:
                result = compare.Comparison(0, 1)
            if result != last:
                last, moved = result, time.monotonic()
            if (result.compared and not result.differing) or time.monotonic() - moved > PATIENCE_SECONDS:
                return result
            waited = time.monotonic() - began
            if waited - logged_at > 20:
                logged_at = waited
                log(f"  the warehouse is on its way: {result.differing} of {result.compared} routes still differ")
            time.sleep(2)


def _seen(state: State, stream: compare.Sums) -> shares.Verdict:
    """Compare the shares and colours that people see in the stream with those of the marts published now."""
    with state.acting_as("orchestrator"):
        copy = PublishedCopy(state.published_copy, Bucket(Environment.current().lake_bucket))
        return shares.against_marts(stream, copy.pull())


def _counted(watcher: Watcher, plan: Plan) -> dict[str, Any]:
    """Return the numbers of accepted and sent events, of alerts and of transitions."""
    distinct, accepted = _distinct(plan.sent), watcher.accepted()
    transitions = Counter(row["kind"] for row in watcher.rows("transitions"))
    closed = Counter(f"{row.get('reason')}" for row in watcher.rows("transitions") if row["kind"] == "CLOSED")
    return {
        "distinct": distinct,
        "accepted": accepted,
        "lost": max(0, distinct - accepted),
        "duplicated": max(0, accepted - distinct),
        "alerts": sum(1 for _ in watcher.rows("alerts")),
        "transitions": dict(sorted(transitions.items())),
        "closed_as": dict(sorted(closed.items())),
    }


def _distinct(events: Iterable[Event]) -> int:
    return len({event["event_id"] for event in events})


def differing(verdict: dict[str, Any]) -> int:
    """Return the number of differing keys in all comparisons of a verdict."""
    return sum(part["differing"] for name in ("close", "end") for part in verdict[name].values())
