"""The outcomes of asset checks, as Dagster keeps them, for the end of a demo."""

import time
from typing import Any

from aero_local import http
from aero_local.errors import AeroError
from aero_local.state import State

#: The longest wait for checks of a run that is still under way.
PATIENCE_SECONDS = 120
CHECKS = """{ assetNodes { assetKey { path } assetMaterializations(limit: 1) { runId }
    assetChecksOrError { ... on AssetChecks { checks { name executionForLatestMaterialization {
        status evaluation { severity } } } } } } }"""


def latest(state: State) -> dict[str, Any]:
    """Count the latest results of the checks of materialised assets, by outcome, as stored in Dagster.

    A run that began in the last seconds is waited for: a check without an end has no outcome yet.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        data = None
        for _ in range(3):
            # Hundreds of checks: a busy machine takes its time.
            data = data or http.graphql(f"{state.url('dagster')}/graphql", CHECKS, timeout=60)
        if data is None:
            raise AeroError("Dagster does not answer how the checks went.", "`aero logs dagster` shows what it does.")
        checks = counted(data)
        if not checks.pop("under_way") or time.monotonic() > until:
            return checks
        time.sleep(1)


def counted(data: dict[str, Any]) -> dict[str, Any]:
    """Sort checks by the outcome of their latest execution; those that have not ended are `not_run` too."""
    checks: dict[str, Any] = {"passed": 0, "failed": [], "not_run": [], "under_way": 0}
    for node in data["assetNodes"]:
        # A feed that nobody sent has nothing to be checked.
        if not node["assetMaterializations"]:
            continue
        for check in node["assetChecksOrError"].get("checks", []):
            name = f"{'/'.join(node['assetKey']['path'])}:{check['name']}"
            last = check["executionForLatestMaterialization"] or {}
            status = last.get("status")
            if status == "SUCCEEDED":
                checks["passed"] += 1
            elif status == "IN_PROGRESS":
                checks["under_way"] += 1
                checks["not_run"].append(name)
            elif (last.get("evaluation") or {}).get("severity") != "WARN":  # a warning is for the page, not a failure
                checks["failed" if status else "not_run"].append(name)
    return checks
