"""`aero warehouse`: the part of Redshift that no template can make."""

from __future__ import annotations

from typing import Annotated

import typer

from aero_cli.commands.common import App, EnvironmentName, EnvOption
from aero_local.errors import AeroError

app = App(help="The warehouse in an AWS account.", no_args_is_help=True)


@app.callback()
def warehouse() -> None:
    """The warehouse in an AWS account."""


@app.command(epilog="Example: aero warehouse setup --env dev --print")
def setup(
    where: EnvOption = EnvironmentName.local,
    only_print: Annotated[bool, typer.Option("--print", help="Show the statements without connecting.")] = False,
    rpu_hours: Annotated[
        int, typer.Option("--rpu-hours", min=1, help="RPU-hours a day after which queries end until the next day.")
    ] = 60,
) -> None:
    """Make users, schemas and grants, and limit the usage; a second run leaves all as it is."""
    from aero_assets.environment import Environment  # noqa: PLC0415

    if where is EnvironmentName.local:
        raise AeroError("The warehouse of local is a DuckDB file: there is nothing to set up (--env dev, --env prod).")
    from aero_assets import warehouse_setup  # noqa: PLC0415
    from aero_assets.dbt import manifest  # noqa: PLC0415 - imports Dagster, which takes seconds

    environment, schemas = Environment(where.value), warehouse_setup.schemas_of(manifest())
    if only_print:
        for step in warehouse_setup.statements(environment, schemas):
            if step.unless:
                print(f"-- only if this has no rows: {step.unless}")
            print(f"{step.sql};")
        return
    import boto3  # noqa: PLC0415

    session = boto3.Session()
    if session.get_credentials() is None or not session.region_name:
        raise AeroError(
            f"{where.value} needs AWS credentials and a region: name a profile that has both (AWS_PROFILE=…)."
        )
    for line in warehouse_setup.set_up(environment, session, schemas, rpu_hours):
        print(line)
