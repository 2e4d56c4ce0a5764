"""`aero legs`: the legs of an operating date as they were known at any time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aero_cli.commands.common import JsonOption, StateOption, acting
from aero_cli.commands.metrics import DAY
from aero_cli.commands.query import CsvOption, print_answer
from aero_local.errors import AeroError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

#: The word for the time at which the operating day closes.
CLOSE = "close"
#: Columns that a person sees; a program gets all of them.
SHOWN = (
    "carrier", "flight_number", "route", "std_at", "out_at", "in_at", "departure_delay_minutes",
    "arrival_delay_minutes", "state", "delay_codes",
)  # fmt: skip


def legs(
    on: Annotated[datetime, typer.Option("--date", formats=DAY, help="The operating date.")],
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="TIME|close",
            help="Records received later do not count: UTC (2026-11-22T14:00Z), or close: the end of the operating "
            "day; default: now.",
        ),
    ] = None,
    route: Annotated[str | None, typer.Option("--route", help="A route: origin and destination with a hyphen.")] = None,
    carrier: Annotated[str | None, typer.Option("--carrier", help="A carrier by its IATA code.")] = None,
    as_csv: CsvOption = False,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the legs of an operating date as they were known at a time.

    They are merged anew from the records of the lake that had been received by then; no published table changes.
    """
    known_by = moment(as_of, on.date())
    rows = _known(on.date(), known_by, name)
    chosen = [
        row
        for row in rows
        if (route is None or row["route"] == route) and (carrier is None or row["carrier"] == carrier)
    ]
    if not chosen:
        scope = ", ".join(part for part in (f"{on:%Y-%m-%d}", route, carrier) if part)
        raise AeroError(
            f"No leg of {scope} {'is known' if known_by is None else f'was known at {_text(known_by)}'}.",
            "`aero legs` without --as-of shows what is known now; `aero status` what there is.",
        )
    columns = list(chosen[0]) if as_json or as_csv else list(SHOWN)
    if not (as_json or as_csv):
        print(f"{_counts(chosen)} as known {'now' if known_by is None else f'at {_text(known_by)}'}\n")
    print_answer(
        columns,
        [[_state(row) if column == "state" else row[column] for column in columns] for row in chosen],
        as_csv=as_csv,
        as_json=as_json,
    )


def moment(text: str | None, day: date) -> datetime | None:
    """Return the time that is asked for, in UTC; None for now, when every record counts."""
    from aero_assets.completeness import closes_at  # noqa: PLC0415 - the command line must stay quick

    if text is None:
        return None
    if text == CLOSE:
        return closes_at(day).replace(tzinfo=UTC)
    try:
        asked = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"--as-of is {text!r}; write UTC as 2026-11-22T14:00Z, or {CLOSE}") from error
    return asked.replace(tzinfo=UTC) if asked.tzinfo is None else asked.astimezone(UTC)


def _known(day: date, known_by: datetime | None, name: str | None) -> list[dict[str, Any]]:
    from aero_assets import lake  # noqa: PLC0415 - the command line must stay quick
    from aero_assets.trace.known_legs import known_legs  # noqa: PLC0415

    with acting("analyst", name), TemporaryDirectory() as scratch:
        return known_legs(lake.current(), day, known_by, Path(scratch))


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _state(row: dict[str, Any]) -> str:
    if row["is_cancelled"] or row["is_diverted"]:
        return "cancelled" if row["is_cancelled"] else "diverted"
    return "arrived" if row["in_at"] else "departed" if row["is_operated"] else "planned"


def _counts(rows: Sequence[dict[str, Any]]) -> str:
    states = [_state(row) for row in rows]
    kinds = ("arrived", "departed", "planned", "cancelled", "diverted")
    named = ", ".join(f"{states.count(kind)} {kind}" for kind in kinds if kind in states)
    return f"{len(rows)} legs ({named})"
