"""`aero metrics`: figures by their name from the published marts, under the role analyst."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aero_cli.commands.common import JsonOption, StateOption, print_json, print_table
from aero_cli.commands.query import CsvOption, ask, pin, print_answer
from aero_streaming.airline import airline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aero_assets.metrics import Metrics, Question
    from aero_assets.published import Snapshot

#: The form of a day.
DAY = ["%Y-%m-%d"]


def metrics(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names of figures; without names, list all figures.")
    ] = None,
    by: Annotated[
        str, typer.Option("--by", metavar="NAMES", help="Dimensions, separated by commas: route,month.")
    ] = "",
    first: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="The first operating date.")] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=DAY, help="The last operating date, inclusive; default: the last complete one."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="NAME=VALUES",
            help=f"Filter: carrier={airline().mainline},{airline().regional}; can be repeated.",
        ),
    ] = None,
    order: Annotated[
        str | None, typer.Option("--order", help="Sort by a figure or dimension; with a minus, highest first.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Maximum number of rows.")] = None,
    every: Annotated[bool, typer.Option("--sums", help="Also list sums.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print the SQL without running it.")] = False,
    as_csv: CsvOption = False,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compute figures by name from the published marts. The register of figures (docs/kpis.md) defines them.

    Without --to the answer ends on the last operating date of which every leg is due, like the pages. Planned legs of
    later days are in no figure then, not even in plain sums.
    """
    from aero_assets.dbt import dbt_project  # noqa: PLC0415 - the command line must stay quick
    from aero_assets.metrics import Metrics, Question  # noqa: PLC0415

    known = Metrics.of_project(dbt_project.manifest_path.with_name("semantic_manifest.json"))
    if not names:
        show_list(known, every, as_json)
        return
    question = Question(
        split(",".join(names)), split(by), _day(first), _day(last), only_options(only or ()), order, limit
    )
    sql = known.sql(question)
    if not (as_csv or as_json):
        question = with_samples(known, question)
        sql = known.sql(question)
    if explain:
        print(sql)
        if not question.last:
            print("without --to the answer ends on the last complete operating date", file=sys.stderr)
        return
    snapshot = pin(name)
    question, left_out = until_complete(question, snapshot)
    if left_out:
        print(left_out, file=sys.stderr)
        sql = known.sql(question)
    # Steps of time begin with a day; people see it, and the names that they typed, not MetricFlow's.
    rows = [[cell.date() if isinstance(cell, datetime) else cell for cell in row] for row in ask(snapshot, sql)[1]]
    columns = (*question.by, *question.metrics)
    units = {metric: known.all[metric].unit for metric in question.metrics}
    print_answer(
        columns, rows, as_csv=as_csv, as_json=as_json, show=lambda column, value: shown(value, units.get(column, ""))
    )
    if not (as_csv or as_json):
        remarks = () if is_answer(rows, question) else ("no leg answers to that",)
        print(", ".join((*remarks, f"version {snapshot.version}", *snapshot.manifest.labels)), file=sys.stderr)


def with_samples(known: Metrics, question: Question) -> Question:
    """Add the sums of a share for a person, who needs its n; a program gets only the requested figures."""
    samples = [
        sample
        for metric in question.metrics
        if known.all[metric].unit in ("percent", "points", "per_mille")
        for sample in split(known.all[metric].sample)
    ]
    return replace(question, metrics=tuple(dict.fromkeys((*question.metrics, *samples))))


def until_complete(question: Question, snapshot: Snapshot) -> tuple[Question, str]:
    """End a question on the last complete day if it names no later one; return it, and a note about days left out.

    A question that begins after that day is not changed.
    """
    from aero_assets.complete_days import span  # noqa: PLC0415 - the command line must stay quick

    if question.last:
        return question, ""
    with snapshot.connect() as connection:
        known_days = span(connection)
    if known_days is None:
        return question, ""
    _, complete, last = known_days
    if last <= complete or (question.first and question.first > complete):
        return question, ""
    return replace(question, last=complete), (
        f"operating dates up to {complete}, the last complete one; later ones have legs that are not due "
        f"(--to {last} takes them in)"
    )


def is_answer(rows: Sequence[Sequence[Any]], question: Question) -> bool:
    """Return True if there is a value; a question without dimensions gives one row even if no leg matches it."""
    return any(value is not None for row in rows for value in row[len(question.by) :])


def split(text: str) -> list[str]:
    """Return the names of a comma-separated list, each once."""
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def only_options(options: Sequence[str]) -> dict[str, list[str]]:
    """Return the values by name of options like carrier=AM,5D."""
    values_of = {}
    for option in options:
        name, sign, values = option.partition("=")
        if not (sign and name.strip() and split(values)):
            raise typer.BadParameter(f"--only {option!r} is no NAME=VALUE, as in carrier={airline().mainline}")
        values_of[name.strip()] = split(values)
    return values_of


def shown(value: Any, unit: str) -> str:  # noqa: ANN401 - whatever a column holds
    """Return a value in the form for people.

    Shares are in percent or per mille, fractions have two digits, figures per kilometre four, and days no time.
    """
    if value is None:
        return ""
    if unit in ("percent", "points") and isinstance(value, float):
        return f"{100 * value:.1f} %"
    if unit == "per_mille" and isinstance(value, float):
        return f"{1000 * value:.1f} ‰"
    if isinstance(value, float | Decimal):
        return f"{value:.4f}" if unit.endswith("_per_km") else f"{value:,.2f}" if unit == "usd" else f"{value:.2f}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else f"{value}"


def show_list(known: Metrics, every: bool, as_json: bool) -> None:
    """Print the available figures and dimensions."""
    groupings_of = {metric: tuple(known.groupings([metric.name])) for metric in known.all.values()}
    if as_json:
        print_json([vars(metric) | {"by": groupings} for metric, groupings in groupings_of.items()])
        return
    listed = {metric: groupings for metric, groupings in groupings_of.items() if every or metric.kind == "kpi"}
    rows = [(metric.name, metric.unit, metric.sample, metric.label) for metric in listed]
    print_table(("figure", "unit", "n", "what"), rows)
    for groupings in dict.fromkeys(listed.values()):
        named = [metric.name for metric, own in listed.items() if own == groupings]
        heading = (
            ", ".join(named) if len(named) < len(listed) / 2 else "the others" if len(named) < len(listed) else "all"
        )
        print(f"\n{heading}: by {', '.join(groupings)}")
