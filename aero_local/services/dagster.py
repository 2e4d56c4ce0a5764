"""Dagster on one machine: web server, daemon and code server by `dagster dev`, under the orchestrator's role."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from aero_assets.environment import PROJECT
from aero_local import http
from aero_local.errors import Log, ServiceError
from aero_local.ports import LOOPBACK
from aero_local.services import Service

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aero_local.state import State

MANIFEST = PROJECT / "dbt_project" / "target" / "manifest.json"
#: What must beat before a run that is asked for is sure to start.
DAEMONS = {"SENSOR", "QUEUED_RUN_COORDINATOR"}
HEALTH = """{
  workspaceOrError { ... on Workspace { locationEntries {
    name loadStatus locationOrLoadError { __typename ... on PythonError { message } }
  } } }
  instance { daemonHealth { allDaemonStatuses { daemonType lastHeartbeatTime } } }
}"""


class Dagster(Service):
    """Ready when the code location is loaded and its daemons beat."""

    name = "dagster"
    depends_on = ("ministack",)
    ports = ("dagster",)
    ready_seconds = 180
    # Its daemon finishes what it is doing.
    stop_seconds = 20

    def check(self, state: State) -> None:
        """The code location reads the manifest that `make` builds."""
        if not MANIFEST.exists():
            raise ServiceError(f"The dbt manifest is missing: {MANIFEST}.", "Run `make manifest`.")

    def prepare(self, state: State, log: Log) -> None:
        """DAGSTER_HOME carries the repository's dagster.yaml, fresh at every start."""
        state.dagster_home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / "dagster.yaml", state.dagster_home / "dagster.yaml")

    def command(self, state: State) -> list[str]:
        """One command starts all three."""
        workspace = ["--workspace", str(PROJECT / "workspace.yaml")]
        address = ["--host", LOOPBACK, "--port", str(state.port(self.name))]
        return [sys.executable, "-m", "dagster", "dev", *workspace, *address]

    def env(self, state: State) -> Mapping[str, str]:
        """The orchestrator's environment; no news is sent anywhere."""
        own = {"DAGSTER_HOME": str(state.dagster_home), "DAGSTER_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
        return {**state.env("orchestrator"), **own}

    def directory(self, state: State) -> Path:
        """DAGSTER_HOME: elsewhere Dagster warns of the dagster.yaml it does not read."""
        return state.dagster_home

    def is_ready(self, state: State, started_at: float) -> bool:
        """Loaded, without errors, and alive since this start."""
        data = http.graphql(f"{state.url(self.name)}/graphql", HEALTH)
        if not data:
            return False
        locations = data["workspaceOrError"].get("locationEntries", [])
        for location in locations:
            found = location["locationOrLoadError"] or {}
            if found.get("__typename") == "PythonError":
                raise ServiceError(
                    f"Dagster cannot load {location['name']}: {found['message'].strip()[-1500:]}",
                    "`aero logs dagster` shows the rest.",
                )
        statuses = data["instance"]["daemonHealth"]["allDaemonStatuses"]
        beating = {one["daemonType"] for one in statuses if (one["lastHeartbeatTime"] or 0) >= started_at}
        loaded = bool(locations) and all(location["loadStatus"] == "LOADED" for location in locations)
        return loaded and beating >= DAEMONS
