"""`aero feed`: adding a feed, and finding out what it still lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aero_local.commands.common import JsonOption, print_json

app = typer.Typer(help="Add a feed, and be told what is missing until it is right.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="SYSTEM/FEED", help="In snake_case, e.g. partner/afac_slots.")]


@app.command(epilog="Example: aero feed new partner/afac_slots --sample slots.csv --date SLOT_DATE")
def new(
    name: Name,
    sample: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="A file as it will arrive.")],
    date: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column of the business date.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the register entry, source, staging model and test of a new feed from a sample file."""
    from aero_local import feed_new  # noqa: PLC0415

    files = [str(path) for path in feed_new.create(name, sample, date)]
    missing = feed_new.check(name)
    if as_json:
        print_json({"feed": name, "files": files, "missing": missing})
        return
    print("\n".join(["written:", *(f"  {file}" for file in files), "still missing:", *(f"  {one}" for one in missing)]))


@app.command(epilog="Example: aero feed check partner/afac_slots")
def check(name: Name, as_json: JsonOption = False) -> None:
    """Say what is missing before a feed is complete; exit 1 while something is."""
    from aero_local import feed_new  # noqa: PLC0415

    missing = feed_new.check(name)
    if as_json:
        print_json({"feed": name, "missing": missing})
    else:
        print("\n".join(missing) or f"{name} is complete.")
    raise typer.Exit(1 if missing else 0)
