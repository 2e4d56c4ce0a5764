"""Shared parts of the commands: options, progress, results, and error messages."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from aero_assets.feeds import Feed
    from aero_local.errors import Log
    from aero_local.state import State


#: Messages of typer's validator, and clearer words for each.
VALIDATOR_WORDS = (
    (r"Value error, ", ""),
    (r"Input should be greater than or equal to ", "it must be at least "),
    (r"Input should be less than or equal to ", "it must be at most "),
    (r"Input should be a valid integer.*", "it must be a whole number"),
    (r"Input should be a valid number.*", "it must be a number"),
    (r"Input should be ", "it must be "),
)


class EnvironmentName(StrEnum):
    """The environment that a command acts in."""

    local = "local"
    dev = "dev"
    prod = "prod"


InputOption = Annotated[
    Path | None,
    typer.Option(
        "--input",
        metavar="FILE|FOLDER",
        exists=True,
        help="A file of flights, or a folder of them. Each has its own state directory.",
    ),
]
StateOption = Annotated[
    str | None, typer.Option("--state", metavar="NAME", help="Name of the state directory; default: the last one used.")
]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of made-up data; equal seeds give equal data.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
PortOption = Annotated[
    list[str] | None,
    typer.Option("--port", metavar="[SERVICE=]NUMBER", help="Port of a service; without a service name, of dagster."),
]
EnvOption = Annotated[EnvironmentName, typer.Option("--env", help="Environment; dev and prod are AWS accounts.")]


def progress() -> Log:
    """Return a log that prints seconds and lines to standard error; results have standard output to themselves."""
    begin = time.monotonic()

    def log(line: str) -> None:
        print(f"{time.monotonic() - begin:6.1f} s  {line}", file=sys.stderr, flush=True)

    return log


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    """Print a result for a program."""
    print(json.dumps(value, indent=2, default=str))


def print_table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a result for a person."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(soft_wrap=True).print(table)


def registered(path: str) -> Feed:
    """Return a feed by its name; refuse a name that is not registered before anything slow is imported."""
    from aero_assets.feeds import FeedError, find  # noqa: PLC0415

    try:
        return find(path)
    except FeedError as error:
        raise typer.BadParameter(str(error)) from error


def find_state(source: Path | None, name: str | None) -> State:
    """Return the state directory that the options select."""
    from aero_local.state import State  # noqa: PLC0415

    if source and name is not None:
        raise typer.BadParameter("name either an input or a state, not both")
    if name is not None:
        return State.named(name)
    return State.for_input(source) if source else State.current()


def terminal_state(name: str | None) -> State:
    """Return the state directory of this terminal: the named one, else that of `aero env`, else the last one used."""
    from aero_assets.environment import Environment  # noqa: PLC0415
    from aero_local.state import State  # noqa: PLC0415

    environment = Environment.current()
    chosen = name is None and environment.is_local and "AERO_STATE" in environment.variables
    return State(environment.state) if chosen else find_state(None, name)


def port_options(options: Iterable[str] | None) -> dict[str, int]:
    """Return the ports given with --port."""
    from aero_local import ports  # noqa: PLC0415
    from aero_local.errors import AeroError  # noqa: PLC0415

    ports_by_service = {}
    for option in options or ():
        service, _, number = option.rpartition("=")
        try:
            ports_by_service[service or "dagster"] = ports.parse(number, f"--port {service or 'dagster'}")
        except AeroError as error:
            raise typer.BadParameter(str(error)) from error
    return ports_by_service


def running(state: State, service: str = "ministack", subject: str = "The platform", start: str = "up") -> State:
    """Return the state directory if its emulator or another service runs; otherwise the error says how to start it."""
    from aero_local.errors import AeroError  # noqa: PLC0415
    from aero_local.services.known import services  # noqa: PLC0415
    from aero_local.services.supervisor import Supervisor  # noqa: PLC0415

    status = Supervisor(state, services()).status(service)
    if status.state != "up":
        why = f": {service} {status.missing}" if status.missing else ""
        raise AeroError(f"{subject} {state.name} is not running{why}.", f"Start it with `aero {start}`.")
    return state


@contextmanager
def acting(role: str, name: str | None) -> Generator[None]:
    """Run the body under a role: on this machine one of the local platform, elsewhere the environment's own."""
    from aero_assets.environment import Environment  # noqa: PLC0415

    if not Environment.current().is_local:
        yield
        return
    with running(terminal_state(name)).acting_as(role):
        yield


def s3_of(role: str, name: str | None) -> S3Client:
    """Return an S3 client: on this machine under a role of its platform, elsewhere under the environment's own."""
    import boto3  # noqa: PLC0415

    from aero_assets.environment import Environment  # noqa: PLC0415

    return (terminal_state(name).session(role) if Environment.current().is_local else boto3.Session()).client("s3")


def explain(error: Exception) -> str:
    """Return an error as one clear message, without a traceback, which helps only developers."""
    from aero_local.errors import AeroError  # noqa: PLC0415

    text = str(error).strip() or type(error).__name__
    known = isinstance(error, AeroError) or type(error).__module__.split(".")[0].startswith(("aero_", "infra"))
    if known:
        return text
    return f"{type(error).__name__}: {text}\nAERO_DEBUG=1 shows where."


class Command(TyperCommand):
    """A command whose errors about options are sentences of ours."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - click's, or typer's own copy of it
        """Read the options."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = plain(error.message)
            raise


def plain(message: str) -> str:
    """Return the message of a validator without its technical words."""
    for theirs, ours in VALIDATOR_WORDS:
        message = re.sub(theirs, ours, message)
    return message


class App(typer.Typer):
    """The command line: every error is a message and exit code 1; wrong use gives exit code 2."""

    def command(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - typer's own
        """Add a command."""
        return super().command(*args, cls=Command, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - typer's own
        """Run a command."""
        try:
            return super().__call__(*args, **kwargs)
        except Exception as error:
            if os.environ.get("AERO_DEBUG"):
                raise
            print(f"error: {explain(error)}", file=sys.stderr)
            sys.exit(1)


def every(seconds: float, action: Callable[[], object]) -> None:
    """Repeat a call until Ctrl-C."""
    try:
        while True:
            action()
            time.sleep(seconds)
    except KeyboardInterrupt:
        return
