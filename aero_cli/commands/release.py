"""`aero release`: processes records again that were refused because the airport reference lacked their airport."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import Annotated

import typer

from aero_cli.commands.common import JsonOption, StateOption, acting, print_json, progress, registered, terminal_state


def release(
    feed: Annotated[str | None, typer.Argument(metavar="[SYSTEM/FEED]", help="One feed; default: all feeds.")] = None,
    begin: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First arrival day (UTC).")
    ] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last arrival day (UTC).")] = None,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Process records that were refused as `unknown_airport`, after the airport was added to the reference."""
    from aero_assets.feeds import feeds  # noqa: PLC0415

    chosen = feeds() if feed is None else (registered(feed),)
    first, last = begin.date() if begin else date.min, end.date() if end else date.max
    if last < first:
        raise typer.BadParameter(f"--to {last} is before --from {first}")
    from aero_cli import release as work  # noqa: PLC0415 - imports Dagster, which takes seconds

    log = progress()
    with acting("orchestrator", name):
        released = work.release(chosen, first, last, work.sender(*_brokers(name), log), log)
    if as_json:
        print_json([per_feed.to_json() for per_feed in released])
        return
    for per_feed in released:
        sent = f", {per_feed.events_sent} events sent to the stream again" if per_feed.events_sent else ""
        handed = f", {per_feed.handed_on} bodies handed to the gateway" if per_feed.handed_on else ""
        still = f", {per_feed.still_waiting} still wait" if per_feed.still_waiting else ""
        days = len(per_feed.arrival_days)
        print(f"{per_feed.feed}: {per_feed.rows} records let go from {days} arrival days{sent}{handed}{still}")
    if not any(per_feed.rows for per_feed in released):
        print("Nothing was refused for an airport that the reference has now.")


def _brokers(name: str | None) -> tuple[str, str]:
    """Return the brokers' address and security: of this machine's brokers, else of the environment's."""
    from aero_assets.environment import Environment  # noqa: PLC0415
    from aero_local.services import kafka  # noqa: PLC0415

    if Environment.current().is_local:
        return kafka.bootstrap(terminal_state(name)), "plaintext"
    return os.environ.get("AERO_BOOTSTRAP_SERVERS", ""), "iam"
