"""Checks after a deployment: reads settings that a stack's status does not show, and mends some of them.

A stack can be complete and its tables without the settings that the template names (the emulator drops expiry and
recovery), or its Lambda without a mapping that runs. The first is set again here; the second fails the deployment.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from infra.changesets import DeployError

if TYPE_CHECKING:
    from infra.stacks import Deployment

#: Outputs of the alerting stack whose tables forget by `expires_at`, and those that only must be recoverable.
FORGETTING = ("LegStateTable", "AlertsTable", "TransitionsTable", "EventLogTable")
RECOVERABLE = (*FORGETTING, "DecisionsTable", "BaselinesTable")
EXPIRY = "expires_at"
PATIENCE_SECONDS = 30


def read_back(deployment: Deployment) -> None:
    """Hook of the stack alerting: expiry and recovery of its tables, and a mapping that runs; idempotent."""
    dynamodb = deployment.session.client("dynamodb")
    for output in FORGETTING:
        _expires(dynamodb, deployment.output(f"alerting.{output}"), deployment)
    for output in RECOVERABLE:
        _recoverable(dynamodb, deployment.output(f"alerting.{output}"), deployment)
    function = deployment.output("alerting.AlertHandlerFunction")
    _is_fed(deployment.session.client("lambda"), function, deployment.output("stream.AlertsFeedArn"))


def _expires(dynamodb: Any, table: str, deployment: Deployment) -> None:  # noqa: ANN401 - a boto3 client
    described = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if described.get("TimeToLiveStatus") in ("ENABLED", "ENABLING") and described.get("AttributeName") == EXPIRY:
        return
    expiry = {"Enabled": True, "AttributeName": EXPIRY}
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)
    deployment.log(f"  {table}: expiry was not set by the stack; set")


def _recoverable(dynamodb: Any, table: str, deployment: Deployment) -> None:  # noqa: ANN401 - a boto3 client
    described = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    recovery = described.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") == "ENABLED":
        return
    recovered = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovered)
    deployment.log(f"  {table}: recovery was not set by the stack; set")


def _is_fed(client: Any, function: str, source_arn: str) -> None:  # noqa: ANN401 - a boto3 client
    """Wait until the mapping runs; a Lambda that nothing calls looks healthy in every other way."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        mappings = client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
        states = {mapping["EventSourceArn"]: mapping for mapping in mappings}
        mapping = states.get(source_arn)
        if mapping and mapping["State"] == "Enabled":
            break
        if time.monotonic() > deadline:
            state = mapping["State"] if mapping else "missing"
            raise DeployError(f"the mapping from {source_arn} to {function} is {state}: no alert would ever be raised")
        time.sleep(0.5)
    if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
        raise DeployError(
            f"the mapping to {function} does not take back single failures (ReportBatchItemFailures): one record that "
            "fails would repeat or lose its batch"
        )
