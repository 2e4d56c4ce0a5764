"""The local platform as a whole: up, down, and up for as long as somebody looks at it.

The order of a start: the emulator; what the last boot left open; Dagster, whose imports take longest and need
nothing else; meanwhile stacks, profiles and feeds; the docs; then everything is waited for.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from aero_assets.environment import PROJECT
from aero_local import ports, processes, profiles
from aero_local.errors import AeroError, Log
from aero_local.parse_ahead import REMEMBERED
from aero_local.services import services
from aero_local.services.ministack import has_saved_state
from aero_local.services.supervisor import Status, Supervisor
from aero_local.signals import deaf, interruptible, watched

if TYPE_CHECKING:
    from aero_local.state import State

#: What does the work, and what shows it.
WORKERS = ("ministack", "dagster")
EVERYTHING = (*WORKERS, "dashboard", "docs")


@dataclass(frozen=True)
class Up:
    """A platform that is up."""

    state: str
    addresses: dict[str, str]
    outputs: dict[str, dict[str, str]] = field(repr=False)
    seconds: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return asdict(self)


def register_feeds(log: Log) -> None:
    """Make every feed of the register readable before its first row arrives."""
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
    """Start what is not running, bring the stacks up to date, and wait until everything is ready.

    Safe to repeat. A start that fails stops what it started. `detached` services outlive the command and are
    stopped by `down` only.
    """
    supervisor = Supervisor(state, services(), log)
    with interruptible(), supervisor.lock():
        started: list[str] = []
        try:
            return _up(supervisor, supervisor.order(names), port_overrides or {}, register, detached, started)
        except BaseException:
            if started:
                log(f"stopping what was started: {', '.join(started)}")
                with deaf():
                    supervisor.stop(started)
            raise


def down(state: State, log: Log = print) -> list[str]:
    """Stop everything of a state directory in reverse order; return what ran."""
    supervisor = Supervisor(state, services(), log)
    with supervisor.lock(), deaf():
        return supervisor.stop()


def status(state: State) -> list[Status]:
    """Return what is known of every service."""
    supervisor = Supervisor(state, services())
    return [supervisor.status(name) for name in supervisor.services]


@contextmanager
def foreground(
    state: State,
    log: Log = print,
    *,
    until: Callable[[], bool] | None = None,
    **options: Any,  # noqa: ANN401 - those of `up`
) -> Generator[Up]:
    """Keep the platform up for the body, then while `until` says no; stop it in order whatever happens.

    SIGINT, SIGTERM and SIGHUP end it early: the body sees KeyboardInterrupt; a wait for `until` just ends. A
    service that dies meanwhile is an error, in the body too. What an earlier `aero up` left running stays.
    """
    supervisor = Supervisor(state, services(), log)
    with held(supervisor, lambda: up(state, log, detached=False, **options), until) as result:
        yield result


@contextmanager
def held(supervisor: Supervisor, begin: Callable[[], Any], until: Callable[[], bool] | None = None) -> Generator[Any]:
    """Hold whatever services `begin` starts for the body; the part of `foreground` that knows no platform."""
    with interruptible():
        try:
            result = begin()
            with watched(supervisor):
                yield result
                _wait(supervisor.log, until)
        finally:
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
    """Bring the emulator's stacks to what the templates say; return their outputs by stack."""
    from infra.deploy import deploy as deploy_stacks  # noqa: PLC0415 - brings boto3 along

    def brief(line: str) -> None:
        # Every resource of every stack is news for `aero deploy`, not for somebody who waits for a start.
        if not line.startswith(" "):
            log(line)

    with state.acting_as(profiles.ROOT):
        result = deploy_stacks("local", state.session(profiles.ROOT), brief)
    outputs = {stack: dict(values) for stack, values in result.outputs.items()}
    state.write_platform(outputs)
    return outputs


def _up(
    supervisor: Supervisor,
    names: Sequence[str],
    port_overrides: Mapping[str, int],
    register: Callable[[Log], object] | None,
    detached: bool,
    started: list[str],
) -> Up:
    state, log, begin = supervisor.state, supervisor.log, time.monotonic()
    state.create()
    state.activate()
    _choose_ports(supervisor, names, port_overrides)
    state.write_profiles()
    for name in names:
        # Before anything is checked: what a killed service left may still hold its port.
        supervisor.sweep(name)
    supervisor.check(names)

    def start(name: str) -> None:
        if supervisor.start(name, detached=detached) and name not in started:
            started.append(name)

    start("ministack")
    if "dagster" in names and not supervisor.is_alive("dagster"):
        _close_last_boot(supervisor)
    supervisor.wait("ministack")
    seconds = {"ministack": time.monotonic() - begin}
    if "dagster" in names:
        start("dagster")
        _parse_ahead(supervisor)
    mark = time.monotonic()
    outputs = deploy(state, log)
    if register:
        with state.acting_as("orchestrator"):
            register(log)
    if "ministack" in started and not has_saved_state(state):
        _save(supervisor, start)
    seconds["deploy"] = time.monotonic() - mark
    for name in names:
        start(name)
    for name in names[1:]:
        supervisor.wait(name)
        seconds[name] = time.monotonic() - begin
    seconds["total"] = time.monotonic() - begin
    rounded = {name: round(value, 1) for name, value in seconds.items()}
    return Up(
        state.name, {name: state.url(name) for name in names if supervisor.services[name].ports}, outputs, rounded
    )


def _choose_ports(supervisor: Supervisor, names: Sequence[str], wanted: Mapping[str, int]) -> None:
    """Settle every port; what runs already keeps its own."""
    every = [port for service in supervisor.services.values() for port in service.ports]
    if unknown := set(wanted) - set(every):
        raise AeroError(f"No service is called {', '.join(sorted(unknown))}.", f"Known: {', '.join(every)}.")
    overrides = {port: number for port in every if (number := ports.override(port))} | dict(wanted)
    before = ports.read(supervisor.state.ports_file)
    for name in names:
        for port in supervisor.services[name].ports:
            changes = port in overrides and port in before and overrides[port] != before[port]
            if changes and supervisor.is_alive(name):
                raise AeroError(f"{name} already runs on port {before[port]}.", "Run `aero down` first.")
    ports.choose(supervisor.state.ports_file, every, overrides)


def _close_last_boot(supervisor: Supervisor) -> None:
    """Fail runs whose process is gone; called when no process of Dagster's is alive, so all of them are."""
    from aero_local.orphans import fail_orphans_in  # noqa: PLC0415

    if failed := fail_orphans_in(supervisor.state.dagster_home):
        supervisor.log(f"dagster: {len(failed)} runs of the last boot had no process any more and were failed")


def _parse_ahead(supervisor: Supervisor) -> None:
    """Let dbt get to know a new state directory while the rest starts; it belongs to Dagster and stops with it."""
    state = supervisor.state
    if not (state.dbt_target / REMEMBERED).exists():
        command = [sys.executable, "-m", "aero_local.parse_ahead", str(state.dbt_target)]
        log = state.log_file("dbt")
        processes.spawn(command, state.env("orchestrator"), PROJECT, log, supervisor.mark("dagster"))


def _save(supervisor: Supervisor, start: Callable[[str], None]) -> None:
    """Let a new emulator save its stacks once: it does so when it stops, and never if it is killed first."""
    supervisor.stop(["ministack"])
    start("ministack")
    supervisor.wait("ministack", verify=False)
