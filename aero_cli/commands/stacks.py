"""Commands that deploy the templates to the emulator, or to an AWS account given with --env."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aero_cli.commands.common import (
    EnvironmentName,
    EnvOption,
    JsonOption,
    StateOption,
    find_state,
    print_json,
    progress,
    running,
)

if TYPE_CHECKING:
    from collections.abc import Callable

#: Stack outputs by the environment variable that the platform's processes read.
VARIABLES = {
    "RawBucket": "AERO_RAW_BUCKET",
    "LakeBucket": "AERO_LAKE_BUCKET",
    "ResultsBucket": "AERO_RESULTS_BUCKET",
    "InboxBucket": "AERO_INBOX_BUCKET",
    "WarehouseHost": "REDSHIFT_HOST",
    "WarehousePort": "REDSHIFT_PORT",
    "WarehouseDatabase": "REDSHIFT_DATABASE",
    "WarehouseWorkgroup": "REDSHIFT_WORKGROUP",
    "WarehouseAccount": "REDSHIFT_ACCOUNT_ID",
    "WarehouseRegion": "AWS_REGION",
}


def deploy(
    where: EnvOption = EnvironmentName.local,
    only_plan: Annotated[bool, typer.Option("--plan", help="Show the change sets without executing them.")] = False,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Deploy every stack by change sets; a second run changes nothing."""
    if only_plan:
        plan(where, name, as_json)
        return
    from aero_assets.feeds import doors  # noqa: PLC0415
    from infra import deploy as driver  # noqa: PLC0415

    result = _with_session(
        where, name, lambda session, log: driver.deploy(where.value, session, log, doors=doors()), keep=True
    )
    if as_json:
        print_json({"env": result.env, "outputs": result.outputs, "changes": _changes(result.changes)})
        return
    for output, variable in VARIABLES.items():
        if output in result.values:
            print(f"{variable}={result.values[output]}")


def plan(where: EnvOption = EnvironmentName.local, name: StateOption = None, as_json: JsonOption = False) -> None:
    """Show the changes of a deployment without executing them."""
    from aero_assets.feeds import doors  # noqa: PLC0415
    from infra import deploy as driver  # noqa: PLC0415

    changes = _with_session(
        where, name, lambda session, log: driver.deploy_plan(where.value, session, log, doors=doors())
    )
    if as_json:
        print_json({"env": where.value, "changes": _changes(changes)})


def _with_session(where: EnvironmentName, name: str | None, action: Callable[..., Any], *, keep: bool = False) -> Any:  # noqa: ANN401
    log = progress()
    if where is not EnvironmentName.local:
        import boto3  # noqa: PLC0415

        return action(boto3.Session(), log)
    from aero_local.services import kafka  # noqa: PLC0415

    state = running(find_state(None, name))
    with state.acting_as("root", **kafka.variables(state)):
        result = action(state.session("root"), log)
    if keep:
        state.write_platform({stack: dict(outputs) for stack, outputs in result.outputs.items()})
    return result


def _changes(changes: dict[str, Any]) -> dict[str, Any]:
    return {stack: None if rows is None else [asdict(row) for row in rows] for stack, rows in changes.items()}
