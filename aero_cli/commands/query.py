"""`aero query`: SQL over the published marts, under the role analyst."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aero_cli.commands.common import JsonOption, StateOption, acting, print_json, print_table
from aero_local.errors import AeroError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aero_assets.published import Snapshot, Table


CsvOption = Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")]


def query(
    sql: Annotated[str | None, typer.Argument(help="DuckDB SQL; without it, list the tables.")] = None,
    as_csv: CsvOption = False,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Query the published marts, read-only; the query reads one fixed version."""
    snapshot = pin(name)
    if sql is None:
        tables = snapshot.manifest.tables
        if as_json:
            print_json([{"table": table.name, "rows": table.rows, "columns": dict(table.columns)} for table in tables])
        else:
            print(f"version {snapshot.version}")
            print_table(("table", "rows", "what"), [(table.name, f"{table.rows:,}", _grain(table)) for table in tables])
        return
    print_answer(*ask(snapshot, sql), as_csv=as_csv, as_json=as_json)


def print_answer(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    as_csv: bool,
    as_json: bool,
    show: Callable[[str, Any], str] = lambda _, value: "" if value is None else str(value),
) -> None:
    """Print rows for a program, or for a person with the values formatted by `show`."""
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        print_table(columns, [[show(*cell) for cell in zip(columns, row, strict=True)] for row in rows])


#: Kinds of statements that would change a table.
CHANGING = {"ALTER", "DELETE", "DROP", "INSERT", "MERGE_INTO", "UPDATE"}


def ask(snapshot: Snapshot, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return columns and rows of a pinned version; an AeroError names the problem and the existing tables."""
    import duckdb  # noqa: PLC0415 - the command line must stay quick

    with snapshot.connect() as connection:
        try:
            kinds = {statement.type.name for statement in connection.extract_statements(sql)}
            if kinds & CHANGING:
                raise AeroError("The published tables are read, never changed.", "Ask with select or describe.")
            answer = connection.execute(sql)
            return [column[0] for column in answer.description or ()], answer.fetchall()
        except duckdb.Error as error:
            known = len(snapshot.manifest.tables)
            hint = f'`aero query` lists the {known} published tables; `aero query "describe TABLE"` their columns.'
            raise AeroError(str(error).strip(), hint) from error


def pin(name: str | None) -> Snapshot:
    """Return the current published version of a state directory, pinned."""
    from aero_assets import published  # noqa: PLC0415

    with acting("analyst", name):
        try:
            return published.current().pull()
        except published.NothingPublishedError as error:
            hint = "The first build of the warehouse publishes them; `aero status` tells what runs."
            raise AeroError(str(error), hint) from error


def _grain(table: Table) -> str:
    """Return the last sentence of a description, which states the grain."""
    return table.description.strip().rstrip(".").split(". ")[-1]
