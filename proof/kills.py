"""Every process killed in turn, in the middle of ingest, build, publish and live play.

SIGKILL, but for the emulator, which saves its memory only when it is asked to stop. No watchdog runs: what is tried is
that `aero status` tells the truth, that one start brings everything back, and that nothing is lost or doubled.
"""

import os
import signal
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any

import boto3
import duckdb
import psutil

from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_assets.environment import Environment
from aero_drills import compare
from aero_local import code_server, platform, processes, progress, topics
from aero_local.live.player import play
from aero_local.live.watch import Watcher
from aero_local.services import kafka
from aero_local.services.known import live, services
from aero_local.services.supervisor import Supervisor
from aero_local.state import State
from aero_streaming.events import Event
from bench import sample

PHASES = ("ingest", "build", "publish", "live")
#: Service and which of its processes: its own, a Java child, a run, dbt, or the process that runs are forked from.
VICTIMS = (
    ("dagster-code", "own"), ("dagster-code", "run"), ("dagster-code", "dbt"), ("dagster-code", "warm"),
    ("dagster-daemon", "own"), ("dagster", "own"), ("dashboard", "own"), ("docs", "own"), ("ministack", "own"),
    ("kafka-1", "own"), ("flink", "own"), ("flink", "java"), ("forwarder", "own"),
)  # fmt: skip
TRUTH_SECONDS = 10
FIRST_FILE_ON = date(2026, 1, 1)
PLAYED_ON = date(2026, 11, 24)
LEGS_OF_A_PHASE = 40

Log = Callable[[str], None]
Round = tuple[str, str, str]


def run(log: Log, rounds: Sequence[Round] | None = None) -> dict[str, Any]:
    """Kill every process once in each phase, or as `rounds` say: (phase, service, process)."""
    rounds = rounds or [(phase, name, part) for phase in PHASES for name, part in VICTIMS]
    results: dict[str, Any] = {"kills": 0, "not_there": 0, "failed": []}
    truth: list[float] = []
    healed: list[float] = []
    with _platform(log) as state:
        events = _events(sum(phase == "live" for phase, *_ in rounds))
        played, legs = 0, 0
        for number, (phase, name, part) in enumerate(rounds):
            supervisor = Supervisor(state, services(), lambda line: None)
            sent = events[played : played + LEGS_OF_A_PHASE * 20] if phase == "live" else []
            played += len(sent)
            with _at_work(state, phase, sent, FIRST_FILE_ON + timedelta(days=number)) as new_legs:
                legs += new_legs
                if not (doomed := _processes(supervisor, name, part)):
                    results["not_there"] += 1
                    log(f"{phase}: no {name} {part} at that moment")
                    continue
                results["kills"] += 1
                seconds = _kill_and_ask(supervisor, name, part, doomed)
                if seconds is None:
                    results["failed"].append(f"{phase}: {name} {part} killed, and the status did not tell within 10 s")
                truth.append(TRUTH_SECONDS if seconds is None else seconds)
                began = time.monotonic()
                platform.up(state, lambda line: None, names=_names(state))
                healed.append(time.monotonic() - began)
                if wrong := [service for service in platform.status(state) if service.is_faulty]:
                    results["failed"].append(f"{phase}: {name} {part}: one start left {wrong}")
            log(f"{phase}: {name} {part}: told after {seconds} s, back after {healed[-1]:.0f} s")
        results |= _verdict(state, events[:played], legs, log)
    results["slowest_word_seconds"] = round(max(truth, default=0), 1)
    results["slowest_start_seconds"] = round(max(healed, default=0))
    for name in ("legs_lost", "events_lost", "events_doubled", "scopes_differing", "legs_doubled"):
        if results[name]:
            results["failed"].append(f"{name}: {results[name]}")
    return results


@contextmanager
def _platform(log: Log) -> Generator[State]:
    state = State.for_drill("kills")
    platform.down(state, log)
    if state.root.exists():
        _forget(state)
    try:
        platform.up(state, log, names=_names(state))
        yield state
    finally:
        platform.down(state, log)


def _forget(state: State) -> None:
    import shutil  # noqa: PLC0415

    shutil.rmtree(state.root)


def _names(state: State) -> tuple[str, ...]:
    return (*platform.WORKERS, "dashboard", "docs", *live(state))


def _events(rounds: int) -> list[Event]:
    """As many events of a day as the rounds of the live phase play."""
    return day_events(Airline(7), PLAYED_ON, faults=False)[: rounds * LEGS_OF_A_PHASE * 20]


@contextmanager
def _at_work(state: State, phase: str, part: Sequence[Event], on: date) -> Generator[int]:
    """Give the platform work, and begin the body when it is in the phase; the work is done when this ends."""
    if phase == "live":
        player = Thread(target=_play, args=(state, part))
        player.start()
        time.sleep(1)
        yield 0
        player.join()
        return
    file = state.root / f"{on}.csv.gz"
    legs = sample.write(file, datetime(on.year, on.month, on.day, tzinfo=UTC), 1)
    with state.acting_as("orchestrator"):
        client = boto3.Session().client("s3")
        inbox = Environment.current().inbox_bucket
        state.session("partner").client("s3").upload_file(str(file), inbox, f"partner/bts_ontime/{file.name}")
        _reach(phase, Supervisor(state, services(), lambda line: None), client)
    yield legs
    with state.acting_as("orchestrator"):
        client = boto3.Session().client("s3")
        _until("the published marts", lambda: progress.look(client).published, 600)


def _play(state: State, part: Sequence[Event]) -> None:
    """Send a part over about ten seconds, whatever happens to the broker meanwhile."""
    with topics.producer(kafka.bootstrap(state)) as producer:
        for start in range(0, len(part), 50):
            play(part[start : start + 50], producer, speed=None)
            time.sleep(10 * 50 / len(part))


def _reach(phase: str, supervisor: Supervisor, client: Any) -> None:  # noqa: ANN401 - a boto3 client
    """Return when a file that was dropped is in the phase, or past it: its caller sees that by what is not there."""
    has_arrived = False

    def is_there() -> bool:
        nonlocal has_arrived
        seen = progress.look(client)
        has_arrived = has_arrived or not seen.typed
        if not has_arrived:
            return False
        if phase == "ingest":
            is_in = not seen.typed and bool(_processes(supervisor, "dagster-code", "run"))
        else:
            is_in = seen.typed and not seen.built if phase == "build" else seen.built
        return is_in or seen.published

    _until(f"the {phase}", is_there, 180)


def _until(subject: str, condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{subject} did not come within {seconds:.0f} s")
        time.sleep(0.05)


def _processes(supervisor: Supervisor, name: str, part: str) -> list[psutil.Process]:
    record = supervisor.record(name)
    if part == "own":
        return [record.process] if record and record.process else []
    words = {"java": "java", "run": code_server.WARM, "dbt": "dbt", "warm": code_server.WARM}[part]
    members: list[psutil.Process] = []
    for process in processes.family(supervisor.mark(name), record):
        try:
            if any(words in part for part in process.cmdline()):
                members.append(process)
        except psutil.Error:
            continue
    if words == code_server.WARM:
        # A run is a fork of the warm process and looks like it.
        alike = {process.pid for process in members}
        return [process for process in members if (process.ppid() in alike) == (part == "run")]
    return members


def _kill_and_ask(supervisor: Supervisor, name: str, part: str, doomed: Sequence[psutil.Process]) -> float | None:
    """Kill, and return after how many seconds the status was true; None if it was not within ten."""
    for process in doomed:
        os.kill(process.pid, signal.SIGTERM if name == "ministack" else signal.SIGKILL)
    began = time.monotonic()
    while time.monotonic() - began < TRUTH_SECONDS:
        # A run, its dbt and what it is forked from are no services: that theirs still answers is the truth.
        if supervisor.status(name).is_faulty != (part in ("run", "dbt", "warm")):
            return round(time.monotonic() - began, 1)
        time.sleep(0.1)
    return None


def _verdict(state: State, events: Sequence[Event], legs: int, log: Log) -> dict[str, int]:
    log("everything is there: counting")
    counts = {"legs_lost": 0, "legs_doubled": 0, "events_lost": 0, "events_doubled": 0, "scopes_differing": 0}
    if events:
        watcher = Watcher(state, "root")
        distinct = len({event["event_id"] for event in events})
        watcher.until_rest([f"{PLAYED_ON}"], distinct)
        _, result = compare.settled(watcher, events)
        accepted = watcher.accepted()
        counts |= {"events_lost": max(0, distinct - accepted), "events_doubled": max(0, accepted - distinct),
                  "scopes_differing": result.differing, "events": distinct}  # fmt: skip
    with duckdb.connect(str(state.warehouse), read_only=True) as connection:
        query = f"select count(*), count(distinct leg_uid) from operations.fct_leg where operating_date < '{PLAYED_ON}'"
        [(rows, uids)] = connection.execute(query).fetchall()
    return counts | {"legs": legs, "legs_lost": max(0, legs - uids), "legs_doubled": rows - uids}
