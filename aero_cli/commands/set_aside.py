"""`aero checks` and `aero set-aside`: which records stop a build, and what people decided about them."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from aero_cli.commands.common import JsonOption, StateOption, acting, print_json, print_table


def checks(name: StateOption = None, as_json: JsonOption = False) -> None:
    """Show the checks that stopped a build, day by day: their rows and the records behind them. Exit code 1 if any."""
    from aero_assets.defs.warehouse import failures  # noqa: PLC0415
    from aero_assets.environment import Environment  # noqa: PLC0415
    from aero_assets.storage import Bucket  # noqa: PLC0415

    with acting("orchestrator", name):
        found = failures.kept(Bucket(Environment.current().lake_bucket))
    if as_json:
        print_json(found)
    elif not found:
        print("no check stops a build")
    for day, told in found.items() if not as_json else ():
        for check in told["checks"]:
            print(f"{day}  {check['check']} at {told['at']}: {check['message']}")
            for row in check["rows"]:
                print("    " + ", ".join(f"{column}={value}" for column, value in row.items()))
            if check["records"]:
                print_table(
                    ("event", "source", "record as received"),
                    ((one["event_id"], one["source"], one["raw_ref"]) for one in check["records"]),
                )
                print("    what is wrong there can be kept out: aero set-aside EVENT_ID --why …")
    if found:
        raise typer.Exit(1)


def set_aside(
    references: Annotated[
        list[str] | None, typer.Argument(metavar="EVENT_ID|RAW_REF …", help="As `aero checks` names them.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="A sentence for whoever asks later; kept for good.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who decides; the user of this terminal when not given.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take it back: the records count again.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Show what is set aside.")] = False,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep records out of the typed zone, with an audit record; their days are compacted and built again."""
    from aero_assets.environment import Environment  # noqa: PLC0415
    from aero_assets.set_aside import decisions, in_force  # noqa: PLC0415
    from aero_assets.storage import Bucket  # noqa: PLC0415
    from aero_cli.set_aside import decide, take_back  # noqa: PLC0415

    if show == bool(references):
        raise typer.BadParameter("name what to set aside, or ask for --list")
    if references and not why.strip():
        raise typer.BadParameter("say --why: the audit record needs a reason")
    with acting("orchestrator", name):
        environment = Environment.current()
        lake = Bucket(environment.lake_bucket)
        if references:
            act = take_back if undo else decide
            found = act(lake, environment.lake_copy, references, by or getpass.getuser(), why, datetime.now(UTC))
        else:
            found = [*in_force(decisions(lake)).values()]
    if as_json:
        print_json([asdict(one) for one in found])
    elif show:
        _print(found)
    else:
        days = len({(one.feed, one.arrived_on) for one in found})
        print(f"{len(found)} decisions kept; sensors read {days} arrival days again and build what they touch")


def _print(found: list) -> None:
    if not found:
        print("nothing is set aside")
        return
    print_table(
        ("event", "feed", "arrived on", "by", "at", "why"),
        ((one.event_id, one.feed, one.arrived_on, one.by, one.at[:19] + "Z", one.why) for one in found),
    )
