"""`aero ingest`: messages and schedules from files or standard input, straight to the topics of the local platform."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from aero_cli.commands.common import JsonOption, StateOption, print_json, progress, running, terminal_state
from aero_cli.commands.parse import STDIN, reference

SHOWN = 10


def ingest(
    source: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="A file, a directory, or - for standard input.")
    ] = None,
    reference_time: Annotated[
        str | None, typer.Option(metavar="TIME", help="Time of arrival, UTC (2026-11-22T14:00Z); default: now.")
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Retry messages that wait for a schedule.")] = False,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Turn messages and SSIM schedules into events; a message without a schedule waits until it arrives."""
    from aero_local.live.ingest import ingest_paths  # noqa: PLC0415

    if source is None and not retry:
        raise typer.BadParameter("give a file, a directory or -, or --retry for what waits")
    if source is not None and source != STDIN and not source.exists():
        raise typer.BadParameter(f"{source} is not there; give a file, a directory, or - for standard input")
    result = ingest_paths(running(terminal_state(name)), source, reference(reference_time), progress())
    if as_json:
        print_json(result)
    else:
        _tell(result)
    raise typer.Exit(1 if result["put_aside"] else 0)


def _tell(result: dict[str, Any]) -> None:
    print(
        f"messages {result['messages']:,}: accepted {result['accepted']:,}, waiting for a schedule "
        f"{result['waiting']:,}, put aside {len(result['put_aside']):,}; events sent {result['events']:,}"
    )
    for code, count in result["findings"].items():
        print(f"  ! {code}: {count:,}")
    for refused in result["put_aside"][:SHOWN]:
        print(f"  x {refused['reason']} ({refused['raw_ref']}): {refused['message']}")
    if len(result["put_aside"]) > SHOWN:
        print(f"  and {len(result['put_aside']) - SHOWN:,} more; --json shows all")
