"""A live session on a terminal: it starts the platform, plays events, prints alerts as they fire, and sums up."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aero_drills import compare
from aero_local import platform, topics
from aero_local.errors import Log
from aero_local.live import source
from aero_local.live.player import Played, play, ticker
from aero_local.live.watch import Watcher
from aero_local.services import kafka
from aero_local.services.known import live
from aero_local.state import State
from aero_streaming.alerts.items import alert_of
from aero_streaming.alerts.line import line_text
from aero_streaming.alerts.model import changed
from aero_streaming.alerts.pulse import CLOCK
from aero_streaming.alerts.setup import message_settings
from aero_streaming.events import Event
from aero_streaming.rules import rules
from aero_streaming.times import close_of, text

#: From this lag of the alerts on, in time of the played day, a person is told that the machine is too slow.
LONG_LAG = timedelta(minutes=30)


def run(state: State, choose: Callable[[datetime | None], Sequence[Event]], speed: float | None, log: Log) -> None:
    """Play the events that `choose` returns for the board's clock, and keep the platform up until Ctrl-C."""
    names = ("ministack", *live(state), "dashboard")
    with platform.foreground(state, log, names=names, until=lambda: False) as up:
        events = choose(heard(state))
        log(f"live board  {up.addresses['dashboard']}/live")
        show(state, events, speed, source.dawn(events), log)
        log("Ctrl-C stops everything.")


def heard(state: State) -> datetime | None:
    """Return the time of the board's clock, which never goes back; None if nothing was played yet."""
    at = Watcher(state).store.states([CLOCK]).get(CLOCK, {}).get("at")
    return datetime.fromisoformat(at) if at else None


def day_after(
    clock: datetime | None, events_of: Callable[[date], Sequence[Event]], asked_day: date, log: Log
) -> Sequence[Event]:
    """Return the events of the wanted day, or of the first later day that begins after everything on the board."""
    day = asked_day
    while clock is not None and source.dawn(events := events_of(day)) < clock:
        # A day ends at noon of the next one: mostly one look back is enough.
        day = max(day + timedelta(days=1), clock.date())
    if day != asked_day:
        log(f"the board has seen everything up to {clock:%Y-%m-%d %H:%M} UTC, and does not go back: {day} is played")
        return events
    return events_of(asked_day)


def show(
    state: State, events: Sequence[Event], speed: float | None, real_time_from: datetime | None, log: Log
) -> dict[str, Any]:
    """Play events, print alerts as they are raised, and compare the stream with a recount; return the figures."""
    watcher = Watcher(state)
    lags: list[timedelta] = []
    tell = _teller(watcher, log, lags)
    function = state.platform()["outputs"]["alerting"]["AlertTickFunction"]
    tick = ticker(state.session("player").client("lambda"), function, speed)
    close = close_of(max(event["operating_date"] for event in events), rules().close_hour_utc)
    with topics.producer(kafka.bootstrap(state)) as producer:
        played = play(
            events, producer, speed=speed, real_time_from=real_time_from, real_time_until=close, tick=tick,
            each_second=tell,
        )  # fmt: skip
    root = Watcher(state, "root")
    distinct = len({event["event_id"] for event in events})
    rest = root.until_rest(sorted({event["operating_date"] for event in events}), distinct)
    alerts = tell(played)
    if speed and (lag := max(lags, default=timedelta())) >= LONG_LAG:
        log(
            f"alerts came up to {lag.total_seconds() / 60:,.0f} minutes of the played day after their time "
            f"({lag.total_seconds() / speed:.0f} s here): this machine is slower than the play"
        )
    _, result = compare.settled(root, events)
    verdict = "equal a recount of the events" if not result.differing else f"DIFFER: {result.examples[:2]}"
    log(f"stream at rest {rest:.0f} s after the last event: {result.compared:,} scopes {verdict}")
    return {
        "events": played.events,
        "events_per_second": round(played.per_second, 1),
        "alerts": alerts,
        "scopes": result.compared,
        "differing": result.differing,
    }


def alert_line(line: Mapping[str, Any], watcher: Watcher) -> str:
    """Return one line of the transition log for a terminal, in English like the rest there, or in `AERO_LANGUAGE`."""
    rule, alerts = rules().by_id(line["alert_key"].split("#")[0]), watcher.store.alerts([line["alert_key"]])
    if rule is None or not alerts:
        return f"{line.get('level_after')} {line['alert_key']}"
    then = {name: line.get(name) for name in ("value", "limit")}
    alert = changed(alert_of(alerts[line["alert_key"]]), n=line.get("n", 0), **then)
    settings = replace(message_settings(), language=os.environ.get("AERO_LANGUAGE", "en"))
    return line_text(rule, alert, line["at"], settings, line.get("level_after"))


def _teller(watcher: Watcher, log: Log, lags: list[timedelta]) -> Callable[[Played], int]:
    """Return a function that logs alerts raised since its last call, and returns the total number so far.

    It adds to `lags` the time of the played day that had passed since each alert.
    """
    seen = {"arrival": text(datetime.now(UTC)), "alerts": 0, "events": 0}

    def tell(played: Played) -> int:
        for line in watcher.transitions_since(str(seen["arrival"])):
            seen["arrival"] = line["arrival"]
            if line["kind"] == "FIRED" and line.get("notify_state") != "muted":
                seen["alerts"] = int(seen["alerts"]) + 1
                lags.append(datetime.fromisoformat(played.at) - datetime.fromisoformat(line["at"]))
                log(f"  ⚑ {alert_line(line, watcher)}")
        if played.events != seen["events"]:
            log(f"  {played.at[:16]}Z  {played.events:,} events, {played.per_second:,.0f} a second")
            seen["events"] = played.events
        return int(seen["alerts"])

    return tell
