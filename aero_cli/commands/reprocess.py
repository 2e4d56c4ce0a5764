"""`aero reprocess`: processes raw or quarantined files again, after a fix."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from aero_cli.commands.common import JsonOption, StateOption, acting, print_json, progress, registered, s3_of
from aero_local.errors import AeroError


def reprocess(
    feed: Annotated[str, typer.Argument(metavar="SYSTEM/FEED", help="Name of the feed in the register.")],
    begin: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First arrival day (UTC).")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last arrival day (UTC).")],
    refused: Annotated[bool, typer.Option("--refused", help="Send refused files to the inbox again instead.")] = False,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read raw objects again into typed rows, and messages also into events; or retry refused files."""
    source = registered(feed)
    if end < begin:
        raise typer.BadParameter(f"--to {end.date()} is before --from {begin.date()}")
    from aero_cli import reprocess as work  # noqa: PLC0415 - imports Dagster, which takes seconds

    with acting("orchestrator", name):
        if refused:
            done = work.put_again(source, begin.date(), end.date(), s3_of("partner", name), progress())
        else:
            done = work.reprocess(source, begin.date(), end.date(), progress())
    if as_json:
        print_json(done.to_json())
    elif not (done.arrival_days or done.files):
        raise AeroError(f"Nothing of {feed} arrived from {begin.date()} to {end.date()}.", "The days are arrival days.")
    elif refused:
        print(f"{done.files} refused files are in the inbox again; `aero logs ministack` shows the door at work")
    else:
        handed = f", {done.handed_on} arrivals handed to the gateway" if done.handed_on else ""
        print(f"{done.arrival_days} arrival days are asked for again{handed}; sensors take them from here")
