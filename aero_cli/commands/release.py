"""`aero release`: what waited for the airport reference is let go once the reference has the airport."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from aero_cli.commands.common import JsonOption, StateOption, print_json, progress, running, terminal_state


def release(
    feed: Annotated[str | None, typer.Argument(metavar="[SYSTEM/FEED]", help="One feed; else all of them.")] = None,
    begin: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First arrival day.")] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last arrival day (UTC).")] = None,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let go what was refused for an airport that the reference has now: rows, events to the stream, messages."""
    from aero_assets.feeds import feeds, find  # noqa: PLC0415
    from aero_cli.release import release as let_go  # noqa: PLC0415

    if feed is not None and feed not in {one.path for one in feeds()}:
        raise typer.BadParameter(f"{feed} is not registered; there are {', '.join(one.path for one in feeds())}")
    first, last = begin.date() if begin else date.min, end.date() if end else date.max
    if last < first:
        raise typer.BadParameter(f"--to {last} is before --from {first}")
    wanted = [find(feed)] if feed else feeds()
    found = let_go(running(terminal_state(name)), wanted, first, last, progress())
    if as_json:
        print_json([one.to_json() for one in found])
        return
    for one in found:
        sent = f", {one.events_sent} events sent to the stream again" if one.events_sent else ""
        handed = f", {one.handed_on} bodies handed to the gateway" if one.handed_on else ""
        still = f", {one.still_waiting} still wait" if one.still_waiting else ""
        print(f"{one.feed}: {one.rows} records let go from {len(one.arrival_days)} arrival days{sent}{handed}{still}")
    if not any(one.rows for one in found):
        print("Nothing was refused for an airport that the reference has now.")
