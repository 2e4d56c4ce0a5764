"""The local platform as a whole: starting it, stopping it, and keeping it up for as long as a command needs it.

Order of a start: the emulator; then runs that the last boot left open; then Dagster, which takes longest to import and
needs nothing else; at the same time stacks, profiles and feeds; then the docs; at the end the start waits for
everything. A start on a running platform repairs every service that should be up: one that died, hangs, or cannot load
its code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from aero_local import locks, profiles, steps
from aero_local.errors import AeroError, Log, ServiceError
from aero_local.services import dagster, kafka
from aero_local.services.known import services
from aero_local.services.ministack import has_saved_state
from aero_local.services.supervisor import Status, Supervisor
from aero_local.signals import deaf, interruptible, watched

if TYPE_CHECKING:
    from pathlib import Path

    from aero_local.processes import Record
    from aero_local.state import State

#: Services that do the work, and services that show it.
WORKERS = ("ministack", "dagster")
EVERYTHING = (*WORKERS, "dashboard", "docs", "watchdog")


@dataclass(frozen=True)
class Up:
    """A running platform: its state directory, addresses, stack outputs, and the seconds that its start took."""

    state: str
    addresses: dict[str, str]
    outputs: dict[str, dict[str, str]] = field(repr=False)
    seconds: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return asdict(self)


def register_feeds(log: Log) -> None:
    """Create the schema of every feed before its first row arrives, so that every feed can be read."""
    from aero_assets import lake  # noqa: PLC0415 - brings pyarrow along

    lake.register_feeds(log)


def up(
    state: State,
    log: Log = print,
    *,
    names: Sequence[str] = EVERYTHING,
    port_overrides: Mapping[str, int] | None = None,
    register: Callable[[Log], object] | None = register_feeds,
    detached: bool = True,
) -> Up:
    """Start missing services, repair faulty ones, update the stacks, and wait until everything is ready.

    Safe to repeat. If a start fails, it stops the services that it started, except those that ran before and their
    dependencies. `detached` services continue after the command and are stopped only by `down`.
    """
    supervisor = Supervisor(state, services(), log)
    with interruptible(), supervisor.lock():
        before = {name: record for name in supervisor.expected() if (record := supervisor.record(name))}
        started: list[str] = []
        try:
            return _up(supervisor, supervisor.order(names), before, port_overrides or {}, register, detached, started)
        except BaseException:
            kept = {*before, *supervisor.order(before)}
            if gone := [name for name in started if name not in kept]:
                log(f"stopping what was started: {', '.join(gone)}")
                with deaf():
                    supervisor.stop(gone)
            for name, record in before.items():
                # Services that should be up and are not stay in sight.
                supervisor.remember(name, record)
            raise


def down(state: State, log: Log = print) -> list[str]:
    """Stop all services of a state directory in reverse order; return the names of those that ran."""
    supervisor = Supervisor(state, services(), log)
    watchdog = supervisor.record("watchdog")
    if watchdog and watchdog.process:
        # It may be bringing something back, which is of no use any more.
        watchdog.process.terminate()
    with supervisor.lock(), deaf():
        return supervisor.stop()


def status(state: State) -> list[Status]:
    """Return the state of every service."""
    return Supervisor(state, services()).statuses()


def holder(state: State) -> str:
    """Return the command that keeps this platform up in the foreground; empty when there is none."""
    return locks.holder(_foreground_lock(state))


def refuse_second(state: State) -> None:
    """Raise `AeroError` if another command keeps this platform up, because its services end with that command."""
    if who := holder(state):
        raise AeroError(
            f"{who} already runs the platform {state.name}, and what it started ends with it.",
            "Use that one, or end it with Ctrl-C in its terminal; `aero status` shows what runs.",
        )


def _foreground_lock(state: State) -> Path:
    return state.run_dir / ".foreground"


@contextmanager
def foreground(
    state: State,
    log: Log = print,
    *,
    until: Callable[[], bool] | None = None,
    **options: Any,  # noqa: ANN401 - those of `up`
) -> Generator[Up]:
    """Keep the platform up for the body, then until `until` returns true; in every case stop it in order.

    SIGINT, SIGTERM and SIGHUP end it early: the body sees KeyboardInterrupt; a wait for `until` just ends. A service
    that dies meanwhile is restarted; a service that dies repeatedly is an error, in the body too. Services of an
    earlier `aero up` stay up. Only one command at a time may keep a platform up.
    """
    supervisor = Supervisor(state, services(), log)
    try:
        with (
            locks.held(_foreground_lock(state)),
            held(supervisor, lambda: up(state, log, detached=False, **options), until) as result,
        ):
            yield result
    except locks.Taken:
        refuse_second(state)
        raise


@contextmanager
def held(supervisor: Supervisor, begin: Callable[[], Any], until: Callable[[], bool] | None = None) -> Generator[Any]:
    """Run the body while the services that `begin` starts are up: `foreground` without a platform."""
    with interruptible():
        try:
            result = begin()
            with watched(supervisor):
                yield result
                _wait(supervisor.log, until)
        finally:
            supervisor.is_ending.set()
            with deaf(), supervisor.lock():
                # Whatever is not detached: also what a demo that was killed hard left behind.
                records = {name: supervisor.record(name) for name in supervisor.services}
                supervisor.stop([name for name, record in records.items() if record and not record.detached])


def _wait(log: Log, until: Callable[[], bool] | None) -> None:
    try:
        while until is not None and not until():
            time.sleep(0.5)
    except KeyboardInterrupt:
        log("stopping …")


def deploy(state: State, log: Log) -> dict[str, dict[str, str]]:
    """Deploy the current templates to the emulator; return the outputs by stack."""
    from aero_assets.feeds import doors  # noqa: PLC0415 - brings the register along
    from infra.deploy import deploy as deploy_stacks  # noqa: PLC0415 - brings boto3 along

    def brief(line: str) -> None:
        # Every resource of every stack is news for `aero deploy`, not for somebody who waits for a start.
        if not line.startswith(" "):
            log(line)

    with state.acting_as(profiles.ROOT, **kafka.variables(state)):
        result = deploy_stacks("local", state.session(profiles.ROOT), brief, doors=doors())
    outputs = {stack: dict(values) for stack, values in result.outputs.items()}
    state.write_platform(outputs)
    return outputs


def _up(
    supervisor: Supervisor,
    names: Sequence[str],
    before: Mapping[str, Record],
    port_overrides: Mapping[str, int],
    register: Callable[[Log], object] | None,
    detached: bool,
    started: list[str],
) -> Up:
    state, log, begin = supervisor.state, supervisor.log, time.monotonic()
    state.create()
    state.activate()
    names = supervisor.order([*names, *before])
    steps.settle_clock(supervisor, before)
    steps.choose_ports(supervisor, names, port_overrides)
    state.write_profiles()
    steps.wake(supervisor, before)
    for name in names:
        if name in before and not supervisor.is_alive(name):
            log(f"{name} died; it is started again")
        # Before anything is checked: what a killed service left may still hold its port.
        supervisor.sweep(name)
    supervisor.check(names)

    def start(name: str) -> None:
        keeps = before[name].detached if name in before else detached
        if supervisor.start(name, detached=keeps) and name not in started:
            started.append(name)

    history = dagster.make_history(state) if "dagster" in names else None
    start("ministack")
    if "dagster" in names and not supervisor.is_alive("dagster-code"):
        steps.close_last_boot(supervisor)
    steps.ready(supervisor, "ministack", start)
    seconds = {"ministack": time.monotonic() - begin}
    if "dagster" in names:
        if history is not None and history.wait():
            raise ServiceError(
                f"The tables of {state.dagster_home} could not be made.", "`aero logs dagster-daemon` says why."
            )
        for part in supervisor.order(["dagster"]):
            start(part)
        steps.parse_ahead(supervisor)
    mark = time.monotonic()
    outputs = deploy(state, log)
    if "ministack" in started and not has_saved_state(state):
        # Before anything arrives: the emulator is away for a moment, and runs would fail.
        _save(supervisor, start)
    if register:
        with state.acting_as("orchestrator"):
            register(log)
    seconds["deploy"] = time.monotonic() - mark
    for name in names:
        # Topics are made before Flink starts: its brokers must answer first.
        if name == "flink":
            for broker in kafka.names(state):
                steps.ready(supervisor, broker, start)
        start(name)
    for name in names[1:]:
        steps.ready(supervisor, name, start)
        seconds[name] = time.monotonic() - begin
    seconds["total"] = time.monotonic() - begin
    rounded = {name: round(value, 1) for name, value in seconds.items()}
    return Up(
        state.name, {name: state.url(name) for name in names if supervisor.services[name].ports}, outputs, rounded
    )


def _save(supervisor: Supervisor, start: Callable[[str], None]) -> None:
    """Make a new emulator save its stacks once: it saves only when it stops, and never if it is killed first."""
    supervisor.stop(["ministack"])
    start("ministack")
    supervisor.wait("ministack", verify=False)
