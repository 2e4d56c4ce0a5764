"""Commands that start, watch and stop the local platform."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aero_cli.commands.common import (
    EnvironmentName,
    EnvOption,
    InputOption,
    JsonOption,
    PortOption,
    StateOption,
    every,
    find_state,
    port_options,
    print_json,
    print_table,
    progress,
)


class Profile(StrEnum):
    """The roles that a person may use."""

    analyst = "analyst"
    dashboard = "dashboard"
    orchestrator = "orchestrator"
    partner = "partner"


def up(
    source: InputOption = None,
    live: Annotated[
        bool, typer.Option("--live", help="Also start the live part: Kafka, Flink, the forwarder.")
    ] = False,
    name: StateOption = None,
    port: PortOption = None,
    as_json: JsonOption = False,
) -> None:
    """Start or repair the platform in the background and wait until it is ready; safe to repeat.

    A service that died, hangs or cannot load its code is restarted, and each such step is printed. With AERO_CLOCK=wall
    at the first start the platform runs by the system clock, for live feeds; later starts keep this choice.
    """
    from aero_cli.commands.live import need_java  # noqa: PLC0415
    from aero_local import platform  # noqa: PLC0415
    from aero_local.services import known  # noqa: PLC0415

    chosen, state = port_options(port), find_state(source, name)
    platform.refuse_second(state)
    if live:
        need_java()
    names = (*platform.EVERYTHING, *(known.live(state) if live else ()))
    result = platform.up(state, progress(), names=names, port_overrides=chosen)
    if as_json:
        print_json(result.to_json())
    else:
        print_table(("service", "address"), result.addresses.items())


def down(name: StateOption = None, as_json: JsonOption = False) -> None:
    """Stop all services in reverse order; the emulator saves its state."""
    from aero_local import platform  # noqa: PLC0415

    state = find_state(None, name)
    stopped = platform.down(state, progress())
    if as_json:
        print_json({"state": state.name, "stopped": stopped})
    elif not stopped:
        print(f"Nothing of {state.name} was running.")


def status(name: StateOption = None, as_json: JsonOption = False) -> None:
    """Show the state of every service and the clock; exit code 1 if one that should be up is not usable.

    `aero up` repairs such a service. States: up, starting, degraded (runs, but something is missing), died, down.
    """
    from aero_assets.environment import Environment  # noqa: PLC0415
    from aero_local import platform  # noqa: PLC0415

    state = find_state(None, name)
    statuses = platform.status(state)
    faulty = any(service.is_faulty for service in statuses)
    if as_json:
        services = [asdict(service) for service in statuses]
        print_json({"state": state.name, "root": str(state.root), "clock": state.clock, "services": services})
        raise typer.Exit(int(faulty))
    print(f"{state.name}  {state.root}  {state.clock} clock")
    rows = (
        (service.name, service.state, str(service.pid or ""), _duration(service.seconds), service.url or "")
        for service in statuses
    )
    print_table(("service", "state", "process", "for", "address"), rows)
    for service in statuses:
        if service.missing:
            print(f"{service.name} {service.state}: {_first_line(service.missing)}")
    asked = Environment.current().asked_clock
    if asked and asked != state.clock:
        print(f"AERO_CLOCK={asked} of this terminal is not its clock: `aero down`, then `aero up` changes it.")
    holder = platform.holder(state)
    if holder:
        print(f"{holder} keeps this platform up and looks after it.")
    if faulty:
        print("`aero up` brings back what died or cannot be used." if not holder else "Wait, or end that command.")
        raise typer.Exit(1)


def logs(
    service: Annotated[str | None, typer.Argument(help="Name of a service; default: all.")] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="Number of lines.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show new lines until Ctrl-C.")] = False,
    name: StateOption = None,
) -> None:
    """Show the last lines of the logs of services."""
    from aero_local import processes  # noqa: PLC0415
    from aero_local.services.known import services  # noqa: PLC0415

    state, known = find_state(None, name), list(services())
    if service is not None and service not in known:
        raise typer.BadParameter(f"no service is called {service}; known: {', '.join(known)}")
    offsets = {}
    for log_name in [service] if service else known:
        file = state.log_file(log_name)
        if not service:
            print(f"── {log_name}  {file}")
        print(processes.tail(file, lines))
        offsets[file] = file.stat().st_size if file.exists() else 0

    def news() -> None:
        for file, offset in offsets.items():
            if file.exists() and file.stat().st_size > offset:
                with file.open("rb") as log:
                    log.seek(offset)
                    sys.stdout.write(log.read().decode("utf-8", errors="replace"))
                    offsets[file] = log.tell()
        sys.stdout.flush()

    if follow:
        every(0.5, news)


def env(
    profile: Annotated[Profile, typer.Option(help="The role to take.")] = Profile.analyst, name: StateOption = None
) -> None:
    """Print shell commands that connect this terminal to the platform."""
    from aero_assets.environment import PROJECT  # noqa: PLC0415

    state = find_state(None, name)
    dbt = PROJECT / "dbt_project"
    variables = {
        **state.variables(profile.value),
        "DBT_PROJECT_DIR": str(dbt),
        "DBT_PROFILES_DIR": str(dbt),
        "DBT_TARGET_PATH": str(state.dbt_target),
        "DBT_LOG_PATH": str(state.root / "logs"),
    }
    # A key in the environment would win over the profile.
    print("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3")
    for variable, value in variables.items():
        print(f"export {variable}={shlex.quote(value)}")
    tools = str(Path(sys.executable).parent)
    if tools not in os.environ.get("PATH", "").split(os.pathsep):
        print(f'export PATH={shlex.quote(tools)}:"$PATH"')


def destroy(
    where: EnvOption = EnvironmentName.local,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    name: StateOption = None,
) -> None:
    """Stop the local platform and delete its state directory with lake, warehouse and history."""
    from aero_local import platform  # noqa: PLC0415
    from aero_local.errors import AeroError  # noqa: PLC0415
    from aero_local.state import HOME  # noqa: PLC0415

    if where is not EnvironmentName.local:
        raise AeroError(
            f"aero destroys nothing in {where.value}: its data buckets outlive their stacks by design.",
            "Delete the stacks that hold no data in CloudFormation, latest first; buckets stay until they are emptied.",
        )
    state = find_state(None, name)
    if not state.root.exists():
        print(f"There is no {state.root}.")
        return
    if not state.exists or state.root.parent != HOME / "state":
        raise AeroError(f"{state.root} is no state directory of ours; it was left alone.")
    if not yes:
        typer.confirm(f"Delete {state.root} and everything in it?", abort=True)
    platform.down(state, progress())
    shutil.rmtree(state.root)
    link = HOME / "current"
    if link.is_symlink() and not link.exists():
        link.unlink()
    print(f"{state.root} is gone.")


def demo(
    source: InputOption = None,
    once: Annotated[
        bool, typer.Option("--once", help="Stop after the results; exit code 1 if they are wrong.")
    ] = False,
    live: Annotated[
        bool, typer.Option("--live/--no-live", help="Also play a live day, if the live part can run.")
    ] = True,
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="Days of the made-up airline; default: 14. Not with --input.")
    ] = None,
    port: PortOption = None,
) -> None:
    """Process a file of flights with the whole platform, show the results, run until Ctrl-C."""
    from aero_cli.demo.demo import run  # noqa: PLC0415
    from aero_local.state import State  # noqa: PLC0415

    if source and days:
        raise typer.BadParameter("--days is of the made-up airline, and --input gives a file: give one of them")
    chosen = port_options(port)
    state = State.for_input(source)
    raise typer.Exit(run(source, state=state, once=once, live=live, port_overrides=chosen, days=days, log=progress()))


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, hours = int(seconds // 60), int(seconds // 3600)
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min" if minutes else f"{seconds:.0f} s"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:160]
