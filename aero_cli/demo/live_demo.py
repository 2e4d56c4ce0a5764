"""The live part of the demo: after the batch results, a day of the same airline or file as a stream.

At the end it shows both sides: for every route the figures of the stream, a recount of the events, and the figures that
the warehouse computed from the same events, which it received through Firehose.
"""

import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_assets.environment import PROJECT
from aero_cli import inputs
from aero_cli.demo import session
from aero_drills import compare, replay_drill
from aero_local import jars, platform
from aero_local.errors import AeroError, Log
from aero_local.live import source
from aero_local.live.watch import Watcher
from aero_local.services.known import live
from aero_local.state import State
from aero_streaming.events import Event, topic_of

#: A day from dawn to close in about three minutes: twenty minutes without a word, a silent feed, are two seconds.
SPEED = 600.0
#: Routes of a real day that are played: all of its 130,000 events would take the emulator minutes.
ROUTES = 300
#: Seed of the choice of those routes.
SEED = 1


def run(state: State, source_file: Path | None, log: Log) -> dict[str, Any] | None:
    """Play a day on the running platform; without Java, print a message and return None, which is no error."""
    if lack := jars.missing_tools():
        log(f"live part skipped: {lack}")
        return None
    install(log)
    names = live(state)
    log("live part: broker, Flink, Lambdas")
    platform.up(state, log, names=("ministack", *names), register=None, detached=False)
    whole, speed = _events(state, source_file, log)
    # Answers of passengers come for a week after close; they are not waited for.
    events, late = source.at_close(whole, whole[0]["operating_date"])
    shown = session.show(state, events, speed, source.dawn(events), log)
    stream = compare.stream_scopes(Watcher(state, "root"))
    if source_file is not None:
        # The file itself is in the warehouse: what happened after the close is known there already.
        known = {f"{event['origin']}-{event['destination']}" for event in late if topic_of(event) == "leg-events"}
        stream = {key: figures for key, figures in stream.items() if key[1] not in known}
        if known:
            log(f"{len(known)} routes with flights after the close are not compared: {', '.join(sorted(known))}")
    result = replay_drill.agreed(state, stream, log, events[0]["operating_date"])
    shown["batch"] = result.to_json()
    word = "agree" if not result.differing else f"DIFFER in {result.differing}: {result.examples[:2]}"
    log(f"stream and batch {word}: {result.compared:,} routes of {events[0]['operating_date']}")
    return shown


def install(log: Log) -> None:
    """Install the live part if it is missing; raise `AeroError` if that fails."""
    if jars.stream_is_installed():
        return
    log("installing Kafka, Flink and their connectors; this is done once")
    done = subprocess.run(["make", "setup-stream"], cwd=PROJECT, check=False)  # noqa: S607 - whoever runs this has make
    if done.returncode:
        raise AeroError("The live part could not be installed.", "Run `make setup-stream`, or the demo with LIVE=0.")


def _events(state: State, file: Path | None, log: Log) -> tuple[Sequence[Event], float | None]:
    """Return the events of a day and the speed; the board's clock does not go back to a day that it has seen."""
    heard = session.heard(state)
    if file is None:
        today = datetime.now(UTC).date()
        events = session.day_after(heard, lambda day: day_events(Airline(inputs.SEED), day), today, log)
        on = events[0]["operating_date"]
        log(f"live day {on} of the synthetic airline (datos sintéticos), {SPEED:,.0f} times as fast")
        return events, SPEED
    events, legs = source.day_of_file(file, None, ROUTES, SEED)
    on = events[0]["operating_date"]
    if heard and source.dawn(events) < heard:
        log(f"live day {on} of the file: the board has seen it, so it is sent again at once and changes nothing")
        return events, None
    log(f"live day {on} of the file: {legs:,} legs of {ROUTES} routes at most, {SPEED:,.0f} times as fast")
    return events, SPEED
