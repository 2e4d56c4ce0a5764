"""`aero feed`: adds a feed and lists what it still lacks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aero_cli.commands.common import App, JsonOption, print_json

if TYPE_CHECKING:
    from aero_cli.feeds.layout import Layout

app = App(help="Add a feed, generate its files and check that it is complete.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="SYSTEM/FEED", help="In snake_case, e.g. partner/afac_slots.")]
Project = Annotated[
    Path | None,
    typer.Option("--project", metavar="FOLDER", exists=True, file_okay=False, help="Another checkout of the project."),
]


@app.command(epilog="Example: aero feed new partner/afac_slots --sample slots.csv --date SLOT_DATE")
def new(
    name: Name,
    sample: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="A sample file in the form that will arrive.")
    ],
    date: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column with the business date.")] = None,
    project: Project = None,
    as_json: JsonOption = False,
) -> None:
    """Write the register entry, source, staging model and test of a new feed from a sample file."""
    from aero_cli.feeds.feed_check import check as missing_of  # noqa: PLC0415
    from aero_cli.feeds.feed_new import UsageError, create  # noqa: PLC0415

    layout = _layout(project)
    try:
        files = [str(path) for path in create(name, sample, date, layout)]
    except UsageError as error:
        raise typer.BadParameter(str(error)) from error
    missing = missing_of(name, layout)
    if as_json:
        print_json({"feed": name, "files": files, "missing": missing})
        return
    _show("written:", files)
    _show(f"still missing ({len(missing)}):", missing)
    print(f"Then `aero feed check {name}` again, until it is complete.")


@app.command(epilog="Example: aero feed check partner/afac_slots")
def check(name: Name, project: Project = None, as_json: JsonOption = False) -> None:
    """List everything that a feed still lacks; exit code 1 if it is incomplete."""
    from aero_cli.feeds.feed_check import check as missing_of  # noqa: PLC0415

    missing = missing_of(name, _layout(project))
    if as_json:
        print_json({"feed": name, "missing": missing})
    elif missing:
        _show(f"missing ({len(missing)}):", missing)
    else:
        print(f"{name} is complete. Prove it: `make test TIER=unit`, then TIER=dbt.")
        print("Then `make manifest` and `aero up` open its door.")
    raise typer.Exit(1 if missing else 0)


@app.command(epilog="Example: aero feed sync --check")
def sync(
    project: Project = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 if a file differs.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Generate dbt sources and staging models of all feeds from the register, or list those that differ."""
    from aero_cli.feeds.feed_sync import differences  # noqa: PLC0415
    from aero_cli.feeds.feed_sync import sync as write  # noqa: PLC0415

    layout = _layout(project)
    lines = differences(layout) if check else [str(path) for path in write(layout)]
    title = "differ from the register" if check else "written or deleted"
    if as_json:
        print_json({title.replace(" ", "_"): lines})
    elif lines:
        _show(f"{title} ({len(lines)}):", lines)
    else:
        print("every staging file is what the register gives")
    raise typer.Exit(1 if check and lines else 0)


@app.command(epilog="Example: aero feed template partner/costs --to costs.csv")
def template(
    name: Name,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="File to write; default: standard output.")
    ] = None,
    language: Annotated[str, typer.Option(metavar="es|en", help="Language of the headings.")] = "es",
) -> None:
    """Write an empty CSV with the headings of a feed and one example line, for people to fill in."""
    from aero_assets.feeds import FeedError, find  # noqa: PLC0415
    from aero_cli.feeds.feed_template import EXAMPLE, NoTemplateError  # noqa: PLC0415
    from aero_cli.feeds.feed_template import template as text_of  # noqa: PLC0415

    if language not in EXAMPLE:
        raise typer.BadParameter(f"headings are in {' or '.join(EXAMPLE)}, not in {language!r}")
    try:
        text = text_of(find(name), language)
    except (FeedError, NoTemplateError) as error:
        raise typer.BadParameter(str(error)) from error
    if to is None:
        print(text, end="")
        return
    if to.exists():
        raise typer.BadParameter(f"{to} is there already and may be filled in; give another name, or delete it")
    if not to.parent.is_dir():
        raise typer.BadParameter(f"{to.parent} is no folder; make it, or give another")
    # With the mark by which Excel knows UTF-8.
    to.write_text(text, encoding="utf-8-sig", newline="")
    print(f"{to}: fill it, delete the line of the example, and put it into the inbox: aero drop {name} {to}")


def _layout(project: Path | None) -> Layout:
    from aero_cli.feeds.layout import HERE, Layout  # noqa: PLC0415

    return Layout(project.absolute()) if project else HERE


def _show(title: str, lines: Iterable[str]) -> None:
    """Print lines with paths as this terminal would name them."""
    folder = f"{Path.cwd()}/"
    print("\n".join([title, *(f"  {line.replace(folder, '')}" for line in lines)]))
