"""The operational database of the synthetic airline: start it, fill it, count its rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from aero_cli.commands.common import (
    App,
    JsonOption,
    StateOption,
    find_state,
    print_json,
    print_table,
    progress,
    running,
)

app = App(help="The operational database of the synthetic airline (datos sintéticos).", no_args_is_help=True)


@app.command(epilog="Example: aero opsdb up")
def up(name: StateOption = None) -> None:
    """Start PostgreSQL, migrate the database and give the extract access; `aero down` stops it."""
    from aero_local import opsdb  # noqa: PLC0415

    opsdb.up(running(find_state(None, name)), progress())


@app.command(epilog="Example: aero opsdb fill --date 2026-11-01 --days 2 --until 2026-11-02T18:00:00Z")
def fill(
    on: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="First operating day.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, help="Number of operating days.")] = 1,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%dT%H:%M:%SZ"], help="Time of the last entry; default: now."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the made-up airline.")] = 2026,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter the rows of operating days as the airline would; with a later --until, add the later changes."""
    from aero_airline import Airline  # noqa: PLC0415
    from aero_local import opsdb  # noqa: PLC0415
    from aero_local.services import postgres  # noqa: PLC0415

    state = running(find_state(None, name))
    opsdb.up(state, progress())
    first = on.date() if on else (datetime.now(UTC) - timedelta(days=days)).date()
    connection = postgres.connect(state)
    try:
        moment = until.replace(tzinfo=UTC) if until else datetime.now(UTC)
        filled = opsdb.fill(connection, Airline(seed), first, days, moment)
    finally:
        connection.close()
    if as_json:
        print_json(filled.to_json())
    else:
        print(
            f"{filled.first}, {filled.days} days until {filled.until}: {filled.changes:,} changes, {filled.rows:,} rows"
        )


@app.command(epilog="Example: aero opsdb tables --json")
def tables(name: StateOption = None, as_json: JsonOption = False) -> None:
    """Show for every table the number of rows, of withdrawn rows, and the time of the last change."""
    from aero_local import opsdb  # noqa: PLC0415
    from aero_local.services import postgres  # noqa: PLC0415

    connection = postgres.connect(
        running(find_state(None, name), "postgres", "The operational database of", "opsdb up")
    )
    try:
        rows = opsdb.counts(connection)
    finally:
        connection.close()
    if as_json:
        print_json(rows)
    else:
        shown = ([row["table"], f"{row['rows']:,}", f"{row['withdrawn']:,}", row["changed_at"] or "–"] for row in rows)
        print_table(["table", "rows", "withdrawn", "last change"], shown)
