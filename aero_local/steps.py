"""Steps of `platform.up`: ports, left-overs of the last boot, processes that hang."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from aero_assets.environment import PROJECT, Environment
from aero_local import ports, processes
from aero_local.errors import AeroError, ServiceError
from aero_local.parse_ahead import REMEMBERED
from aero_local.services import health
from aero_streaming.events.limits import CLOCKS

if TYPE_CHECKING:
    from aero_local.services.supervisor import Supervisor

#: Seconds for which a service that hangs or restarts its job by itself is let alone before it is started again.
GRACE_SECONDS = 30


def wake(supervisor: Supervisor, names: Iterable[str]) -> None:
    """Continue services that were halted by SIGSTOP."""
    for name in names:
        if health.wake(supervisor, name):
            supervisor.log(f"{name} was stopped in its tracks (SIGSTOP); it goes on")


def ready(supervisor: Supervisor, name: str, start: Callable[[str], None]) -> None:
    """Wait for a service; one that was usable before and is not now gets a grace period, and is then restarted."""
    record = supervisor.record(name)
    if record is None or not record.was_ready or not supervisor.is_alive(name):
        supervisor.wait(name)
        return
    try:
        supervisor.wait(name, seconds=GRACE_SECONDS)
    except ServiceError:
        missing = supervisor.status(name).missing or "did not answer"
        culprit = supervisor.services[name].culprit(missing)
        supervisor.log(f"{name}: {missing.splitlines()[0][:200]}; {culprit} is started again")
        supervisor.stop([culprit])
        start(culprit)
        for service in dict.fromkeys((culprit, name)):
            supervisor.wait(service)


def settle_clock(supervisor: Supervisor, running: Iterable[str]) -> None:
    """Store the clock of a platform at its first start; AERO_CLOCK may change it while nothing runs."""
    state = supervisor.state
    kept, asked = state.clock, Environment.current().asked_clock
    if asked and asked != kept:
        if alive := [name for name in running if supervisor.is_alive(name)]:
            raise AeroError(
                f"{state.name} runs by the {kept} clock ({', '.join(alive)}), and AERO_CLOCK={asked} asks for another.",
                "Unset AERO_CLOCK to leave it so, or run `aero down` first to change it.",
            )
        supervisor.log(f"the {kept} clock is changed for the {asked} clock: events that came are judged again")
    elif kept != CLOCKS[0] and not asked:
        supervisor.log(f"it runs by the {kept} clock, as {state.clock_file} keeps it")
    state.keep_clock(asked or kept)


def choose_ports(supervisor: Supervisor, names: Sequence[str], asked: Mapping[str, int]) -> None:
    """Choose every port; a running service keeps its port."""
    every = [port for service in supervisor.services.values() for port in service.ports]
    if unknown := set(asked) - set(every):
        raise AeroError(f"No service is called {', '.join(sorted(unknown))}.", f"Known: {', '.join(every)}.")
    overrides = {port: number for port in every if (number := ports.override(port))} | dict(asked)
    before = ports.read(supervisor.state.ports_file)
    for name in names:
        for port in supervisor.services[name].ports:
            changes = port in overrides and port in before and overrides[port] != before[port]
            if changes and supervisor.is_alive(name):
                raise AeroError(f"{name} already runs on port {before[port]}.", "Run `aero down` first.")
    ports.choose(supervisor.state.ports_file, every, overrides)


def close_last_boot(supervisor: Supervisor) -> None:
    """Fail the runs whose process is gone, because Dagster would notice it only after hours."""
    from aero_local.orphans import fail_orphans_in  # noqa: PLC0415

    if failed := fail_orphans_in(supervisor.state.dagster_home):
        supervisor.log(f"dagster: {len(failed)} runs of the last boot had no process any more and were failed")


def parse_ahead(supervisor: Supervisor) -> None:
    """Start dbt's first parse of a new state directory in the background; it stops together with Dagster."""
    state = supervisor.state
    if not (state.dbt_target / REMEMBERED).exists():
        command = [sys.executable, "-m", "aero_local.parse_ahead", str(state.dbt_target)]
        log = state.log_file("dbt")
        processes.spawn(command, state.env("orchestrator"), PROJECT, log, supervisor.mark("dagster-code"))
