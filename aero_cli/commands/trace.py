"""`aero trace`: a published number, the legs that make it, the records behind them and their raw objects."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aero_cli.commands.common import JsonOption, StateOption, acting, print_json, print_table
from aero_cli.commands.metrics import DAY, only_options
from aero_cli.commands.query import pin
from aero_local.errors import AeroError
from aero_streaming.airline import airline

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from aero_assets.published import Snapshot
    from aero_assets.trace.numbers import Number
    from aero_assets.trace.way_back import Ways

_FLIGHT = re.compile(r"([A-Z][A-Z0-9]|[0-9][A-Z]) ?([0-9]{1,4})([A-Z]?)")
#: Legs that a person sees by default; a program gets all of them.
MOST = 10


def trace(
    mart: Annotated[str, typer.Argument(help="A mart of a day, with or without its schema: fct_route_day, fct_leg.")],
    metric: Annotated[
        str | None, typer.Option("--metric", help="KPI or sum of docs/kpis.md; not needed for a single leg.")
    ] = None,
    on: Annotated[datetime | None, typer.Option("--date", formats=DAY, help="The operating date.")] = None,
    route: Annotated[str | None, typer.Option("--route", help="A route: origin and destination with a hyphen.")] = None,
    carrier: Annotated[str | None, typer.Option("--carrier", help="A carrier by its IATA code.")] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAME=VALUES", help="Filter by another column; can be repeated."),
    ] = None,
    leg: Annotated[str | None, typer.Option("--leg", metavar="UID", help="A leg of fct_leg by its identity.")] = None,
    flight: Annotated[
        str | None, typer.Option("--flight", help=f"Legs of fct_leg by flight: {airline().mainline}905, with --date.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help=f"Maximum number of legs; default: {MOST}, with --json all.")
    ] = None,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Trace a published number to the legs that make it, their records and the objects of the raw zone.

    Shows numerator and denominator with what every leg adds, the record that won each field of a leg, and checks that
    every object is there; exit code 1 if one is missing or the legs do not add up to the number.
    """
    filters = only_options(only or ()) | {n: [v] for n, v in (("route", route), ("carrier", carrier)) if v}
    limit = limit or (None if as_json else MOST)
    if leg or flight:
        _check_leg(mart, leg, flight, on)
        with _sentences():
            _trace_leg(pin(name), leg, flight, on.date() if on else None, filters, name, limit, as_json)
        return
    if not metric or not on:
        raise typer.BadParameter("name --metric and --date, or a leg of fct_leg by --leg, or by --flight and --date")
    with _sentences():
        _trace_number(mart, metric, on.date(), filters, name, limit, as_json)


def _check_leg(mart: str, leg: str | None, flight: str | None, on: datetime | None) -> None:
    if mart not in ("fct_leg", "operations.fct_leg"):
        raise typer.BadParameter(f"--leg and --flight choose legs of fct_leg, not rows of {mart}")
    if flight and not (on and _FLIGHT.fullmatch(flight)):
        raise typer.BadParameter(f"--flight is carrier and number, like {airline().mainline}905, with its --date")
    if leg and not re.fullmatch("[0-9a-f]{32}", leg):
        raise typer.BadParameter(f"--leg is the leg_uid of fct_leg, 32 hexadecimal digits, and not {leg!r}")


@contextmanager
def _sentences() -> Generator[None]:
    """Turn a question that cannot be answered into a message: wrong use, or nothing there."""
    from aero_assets.trace.leg_rows import NoWayBackError  # noqa: PLC0415 - the command line must stay quick
    from aero_assets.trace.numbers import TraceError  # noqa: PLC0415

    try:
        yield
    except TraceError as error:
        if error.is_usage:
            raise typer.BadParameter(str(error)) from error
        raise AeroError(str(error), "`aero query` shows what is published.") from error
    except NoWayBackError as error:
        raise AeroError(str(error), "`aero query` shows its rows.") from error


def _trace_number(
    mart: str, metric: str, day: date, only: Mapping[str, list[str]], name: str | None, limit: int | None, as_json: bool
) -> None:
    from aero_assets import lake  # noqa: PLC0415 - the command line must stay quick
    from aero_assets.trace import numbers, way_back  # noqa: PLC0415
    from aero_assets.trace.own_figures import ANSWERS, MONEY, answers_of_legs, figure_records  # noqa: PLC0415
    from aero_cli import trace_text  # noqa: PLC0415

    figure = numbers.Figure.named(metric)
    snapshot = pin(name)
    with snapshot.connect() as connection:
        if figure.facts.id == "answers":
            with acting("analyst", name), TemporaryDirectory() as scratch:
                legs_of_day = way_back.names_of_legs(connection, day)
                answers = figure_records(lake.current(), day, legs_of_day, Path(scratch), ANSWERS)
            way_back.put_answers(connection, answers_of_legs(answers))
        number = numbers.trace_number(connection, snapshot.manifest, numbers.Question(mart, metric, day, only))
        counting = [leg for leg in number.legs if leg.counts]
        chosen = (number.legs if as_json else counting)[:limit]
        published = way_back.published_rows(connection, (leg.leg_uid for leg in chosen), day)
    shown = {"margins": MONEY, "answers": ANSWERS}.get(figure.facts.id, {})
    ways = _ways([leg.names for leg in chosen], published, name, shown)
    if as_json:
        legs = [vars(leg) | way_back.leg_json(leg.leg_uid, ways) for leg in chosen]
        print_json(_number_json(number, snapshot) | {"legs": legs, "missing": ways.missing})
    else:
        trace_text.print_number(number, snapshot, chosen, len(counting))
        for leg in chosen:
            trace_text.print_leg(leg.leg_uid, trace_text.called(leg.names), ways)
    _end(ways, number.differences)


def _trace_leg(
    snapshot: Snapshot,
    leg: str | None,
    flight: str | None,
    day: date | None,
    only: Mapping[str, list[str]],
    name: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    from aero_assets.trace import way_back  # noqa: PLC0415 - the command line must stay quick
    from aero_assets.trace.own_figures import ANSWERS, MONEY  # noqa: PLC0415
    from aero_cli import trace_text  # noqa: PLC0415

    chosen: dict[str, Any] = {column: values[0] for column, values in only.items()}
    if day:
        chosen["operating_date"] = day
    if leg:
        chosen["leg_uid"] = leg
    if flight and (parts := _FLIGHT.fullmatch(flight)):
        chosen |= {"carrier": parts[1], "flight_number": int(parts[2]), "operational_suffix": parts[3]}
    with snapshot.connect() as connection:
        rows = way_back.rows_of_legs(connection, chosen)[:limit]
    published = {row.leg_uid: row.values for row in rows}
    ways = _ways([row.values for row in rows], published, name, {**MONEY, **ANSWERS})
    if as_json:
        print_json([{**row.values, **way_back.leg_json(row.leg_uid, ways)} for row in rows])
    for row in () if as_json else rows:
        stated = [(column, f"{value}") for column, value in row.values.items() if value not in (None, "")]
        print_table(("column of fct_leg", "value"), stated)
        trace_text.print_leg(row.leg_uid, trace_text.called(row.values), ways)
    _end(ways, [])


def _ways(
    rows: Sequence[Mapping[str, Any]],
    published: Mapping[str, Mapping[str, Any]],
    name: str | None,
    shown: Mapping[str, tuple[str, ...]],
) -> Ways:
    """Follow legs into the lake and the raw zone: the lake as an analyst, raw objects as the orchestrator."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - the command line must stay quick

    from aero_assets import lake  # noqa: PLC0415
    from aero_assets.environment import Environment  # noqa: PLC0415
    from aero_assets.storage import Bucket  # noqa: PLC0415
    from aero_assets.trace import objects  # noqa: PLC0415
    from aero_assets.trace.own_figures import figure_records  # noqa: PLC0415
    from aero_assets.trace.records import merged_legs  # noqa: PLC0415
    from aero_assets.trace.way_back import Ways  # noqa: PLC0415

    known = [row for row in rows if row["flight_number"] is not None]
    ways = Ways({}, {}, published)
    with acting("analyst", name), TemporaryDirectory() as scratch:
        copy = lake.current()
        for day in {row["operating_date"] for row in known}:
            of_day = [row for row in known if row["operating_date"] == day]
            legs = merged_legs(copy, day, [row["leg_uid"] for row in of_day], Path(scratch))
            money = figure_records(copy, day, of_day, Path(scratch), shown)
            ways = replace(ways, legs={**ways.legs, **legs}, money={**ways.money, **money})
    with acting("orchestrator", name):
        try:
            return replace(ways, objects=objects.look_up(Bucket(Environment.current().raw_bucket), ways.places))
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("AccessDenied", "403"):
                raise
            return replace(ways, is_checked=False)


def _number_json(number: Number, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "mart": number.question.mart,
        "metric": number.figure.name,
        "unit": number.figure.unit,
        "day": number.question.day,
        "only": number.question.only,
        "version": snapshot.version,
        "labels": snapshot.manifest.labels,
        "value": number.value,
        "numerator": [part.id for part in number.figure.over],
        "less": [part.id for part in number.figure.less],
        "denominator": [part.id for part in number.figure.under],
        "times": float(kpi.times) if (kpi := number.figure.kpi) and kpi.times else None,
        "sums": number.sums,
        "mart_rows": number.mart_rows,
        "sums_of_mart": number.in_mart,
        "adds_up": not number.differences,
    }


def _end(ways: Ways, differences: list[str]) -> None:
    """Say what is not as it should be; exit code 1 then."""
    if not ways.is_checked:
        print("raw objects were not looked for: this role may not read the raw zone", file=sys.stderr)
    problems = [*differences, *(f"{key} is missing in the raw zone" for key in ways.missing)]
    if problems:
        raise AeroError("; ".join(problems[:3]) + ".", "`aero verify` shows what else is damaged.")
