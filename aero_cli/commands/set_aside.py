"""`aero checks` and `aero set-aside`: the records that stop a build, and the decisions of people about them."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from aero_cli.commands.common import JsonOption, StateOption, acting, print_json, print_table


def checks(name: StateOption = None, as_json: JsonOption = False) -> None:
    """Show by day the checks that stopped a build, their rows and the source records; exit code 1 if any."""
    from aero_assets.defs.warehouse import failures  # noqa: PLC0415
    from aero_assets.environment import Environment  # noqa: PLC0415
    from aero_assets.storage import Bucket  # noqa: PLC0415

    with acting("orchestrator", name):
        failed = failures.kept(Bucket(Environment.current().lake_bucket))
    if as_json:
        print_json(failed)
    elif not failed:
        print("no check stops a build")
    for day, build in failed.items() if not as_json else ():
        for check in build["checks"]:
            print(f"{day}  {check['check']} at {build['at']}: {check['message']}")
            for row in check["rows"]:
                print("    " + ", ".join(f"{column}={value}" for column, value in row.items()))
            if check["records"]:
                print_table(
                    ("event", "source", "record as received"),
                    ((record["event_id"], record["source"], record["raw_ref"]) for record in check["records"]),
                )
                print("    what is wrong there can be kept out: aero set-aside EVENT_ID --why …")
    if failed:
        raise typer.Exit(1)


def set_aside(
    references: Annotated[
        list[str] | None, typer.Argument(metavar="EVENT_ID|RAW_REF …", help="Records, as named by `aero checks`.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="Reason, as a sentence; it is stored in the audit record.")] = "",
    by: Annotated[
        str, typer.Option("--by", help="Name of the person who decides; default: the user of this terminal.")
    ] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Include the records again.")] = False,
    show: Annotated[bool, typer.Option("--list", help="List excluded records.")] = False,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Exclude records from the typed zone, with an audit record; their days are built again."""
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
            decided = act(lake, environment.lake_copy, references, by or getpass.getuser(), why, datetime.now(UTC))
        else:
            decided = [*in_force(decisions(lake)).values()]
    if as_json:
        print_json([asdict(decision) for decision in decided])
    elif show:
        _print(decided)
    else:
        days = len({(decision.feed, decision.arrived_on) for decision in decided})
        print(f"{len(decided)} decisions kept; sensors read {days} arrival days again and build what they touch")


def _print(decided: list) -> None:
    if not decided:
        print("nothing is set aside")
        return
    print_table(
        ("event", "feed", "arrived on", "by", "at", "why"),
        (
            (decision.event_id, decision.feed, decision.arrived_on, decision.by, decision.at[:19] + "Z", decision.why)
            for decision in decided
        ),
    )
