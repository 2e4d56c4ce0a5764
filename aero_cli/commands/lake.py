"""`aero lake`: the copy of the typed zone that DuckDB and dbt read."""

from __future__ import annotations

from typing import Any

from aero_cli.commands.common import App, JsonOption, StateOption, acting, print_json, progress
from aero_local.errors import AeroError

app = App(help="The copy of the typed zone on this machine.", no_args_is_help=True)


@app.callback()
def lake() -> None:
    """The copy of the typed zone on this machine."""


@app.command(epilog="Example: aero lake pull && dbt build --select fct_route_day+")
def pull(name: StateOption = None, as_json: JsonOption = False) -> None:
    """Download new and changed files with the role analyst; quick when nothing changed."""
    from aero_assets import lake as reader  # noqa: PLC0415 - brings pyarrow along

    log = progress()
    # On AWS the caller's own role and variables say which lake; here the state directory does.
    with acting("analyst", name):
        pulled: Any = reader.pull(log)
    result = {"files": pulled.files, "downloaded": pulled.downloaded, "deleted": pulled.deleted}
    damaged = [{"key": file.key, "problem": file.problem} for file in pulled.damaged]
    if as_json:
        print_json({**result, "dates": pulled.versions, "damaged": damaged})
    else:
        print("{files} files in the copy, {downloaded} new, {deleted} gone".format(**result))
    if pulled.damaged:
        named = "\n".join(f"{file}" for file in pulled.damaged)
        raise AeroError(f"The copy lacks {len(pulled.damaged)} files:", named)
