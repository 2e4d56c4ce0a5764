"""`aero release`: what waited for the airport reference is let go once the reference has the airport."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import Annotated

import typer

from aero_cli.commands.common import JsonOption, StateOption, acting, print_json, progress, registered, terminal_state


def release(
    feed: Annotated[str | None, typer.Argument(metavar="[SYSTEM/FEED]", help="One feed; else all of them.")] = None,
    begin: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First arrival day.")] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last arrival day (UTC).")] = None,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let go what was refused for an airport that the reference has now: rows, events to the stream, messages."""
    from aero_assets.feeds import feeds  # noqa: PLC0415

    wanted = feeds() if feed is None else (registered(feed),)
    first, last = begin.date() if begin else date.min, end.date() if end else date.max
    if last < first:
        raise typer.BadParameter(f"--to {last} is before --from {first}")
    from aero_cli import release as work  # noqa: PLC0415 - imports Dagster, which takes seconds

    log = progress()
    with acting("orchestrator", name):
        found = work.release(wanted, first, last, work.sender(*_brokers(name), log), log)
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


def _brokers(name: str | None) -> tuple[str, str]:
    """Where events are sent, and how to sign in there: the brokers of this machine, else those of the environment."""
    from aero_assets.environment import Environment  # noqa: PLC0415
    from aero_local.services import kafka  # noqa: PLC0415

    if Environment.current().is_local:
        return kafka.bootstrap(terminal_state(name)), "plaintext"
    return os.environ.get("AERO_BOOTSTRAP_SERVERS", ""), "iam"
