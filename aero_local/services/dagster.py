"""Dagster on one machine as three services: the code server, the daemon and the web server, each monitored separately.

All run under the orchestrator's role with one DAGSTER_HOME. Daemon and web server find the code server by its port and
load the code again when a new code server answers there. Runs are forks of a process that the code server keeps
(`code_server`); they continue if code server or daemon dies.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from aero_assets.environment import PROJECT
from aero_local import http
from aero_local.errors import Log, ServiceError
from aero_local.ports import LOOPBACK
from aero_local.services.service import Service

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aero_local.state import State

MANIFEST = PROJECT / "dbt_project" / "target" / "manifest.json"
#: Daemons that must beat before a requested run is sure to start.
DAEMONS = {"SENSOR", "QUEUED_RUN_COORDINATOR"}
#: A daemon beats every thirty seconds.
SILENT_SECONDS = 90
#: The service name in Dagster's health check.
GRPC_SERVICE = "DagsterApi"
NO_CODE, NO_BEAT = "Dagster cannot load", "no beat of"
#: The web server's error while the code server is away; it looks again by itself.
UNREACHABLE = "DagsterUserCodeUnreachableError"
LOCATIONS = """{ workspaceOrError { ... on Workspace { locationEntries {
    name loadStatus locationOrLoadError { __typename ... on PythonError { className message } }
} } } }"""
BEATS = "{ instance { daemonHealth { allDaemonStatuses { daemonType lastHeartbeatTime } } } }"


#: Dagster hands out batches of events only where their size is in the environment; `run_events` writes them.
BATCHES = {"DAGSTER_EVENT_BATCH_SIZE": "1000"}


def write_settings(home: Path) -> None:
    """Write dagster.yaml: the repository's file and the event storage, whose folder must be an absolute path."""
    home.mkdir(parents=True, exist_ok=True)
    events = {"module": "aero_local.run_events", "class": "BatchedEvents"}
    storage = json.dumps({**events, "config": {"base_dir": f"{home / 'history' / 'runs'}"}})
    settings = (PROJECT / "dagster.yaml").read_text(encoding="utf-8")
    (home / "dagster.yaml").write_text(f"{settings}\nevent_log_storage: {storage}\n", encoding="utf-8")


class _Part(Service):
    """Common settings of the three services."""

    # The daemon finishes what it is doing.
    stop_seconds = 20
    ready_seconds = 180

    def prepare(self, state: State, log: Log) -> None:
        """Write DAGSTER_HOME at every start: the repository's dagster.yaml and the address of the code server."""
        write_settings(state.dagster_home)
        server = (
            f"{{host: {LOOPBACK}, port: {state.port(CodeServer.name)}, location_name: {location()['location_name']}}}"
        )
        _workspace(state).write_text(f"load_from:\n  - grpc_server: {server}\n", encoding="utf-8")

    def env(self, state: State) -> Mapping[str, str]:
        """Return the orchestrator's environment, with Dagster's telemetry off."""
        own = {"DAGSTER_HOME": str(state.dagster_home), "DAGSTER_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
        return {**state.env("orchestrator"), **own, **BATCHES}

    def directory(self, state: State) -> Path:
        """Return DAGSTER_HOME; in another folder Dagster warns about a dagster.yaml that it does not read."""
        return state.dagster_home


class CodeServer(_Part):
    """Holds the code location and starts the runs; if the code cannot be loaded, it reports the error."""

    name = "dagster-code"
    depends_on = ("ministack",)
    ports = ("dagster-code",)
    children_survive = True

    def check(self, state: State) -> None:
        """Check that the manifest that `make` builds, and the code location reads, exists."""
        if not MANIFEST.exists():
            raise ServiceError(f"The dbt manifest is missing: {MANIFEST}.", "Run `make manifest`.")

    def command(self, state: State) -> list[str]:
        """Return the command of the server for the code location that `workspace.yaml` names."""
        where = location()
        code = ["--module-name", where["module_name"], "--working-directory", str(PROJECT)]
        address = ["--host", LOOPBACK, "--port", str(state.port(self.name)), "--location-name", where["location_name"]]
        return [sys.executable, "-m", "aero_local.code_server", "--lazy-load-user-code",
                "--use-python-environment-entry-point", *code, *address]  # fmt: skip

    def missing(self, state: State, started_at: float) -> str:
        """Return the result of the server's health check; the web server reports whether the code could be loaded."""
        return _health(f"{LOOPBACK}:{state.port(self.name)}")


class Daemon(_Part):
    """Runs the sensors, the schedules, the queue of runs, and the monitoring of runs."""

    name = "dagster-daemon"
    depends_on = ("ministack", "dagster-code")

    def command(self, state: State) -> list[str]:
        """Return the command of Dagster's daemon."""
        return [sys.executable, "-m", "dagster._daemon", "run", "--workspace", str(_workspace(state))]

    def missing(self, state: State, started_at: float) -> str:
        """Check the daemon's heartbeats at the web server; before the first one a living process counts as ready."""
        beats = _beats(state)
        last = max((beats.get(name, 0.0) for name in DAEMONS), default=0.0)
        if not beats or last < started_at:
            return ""
        silent = time.time() - min(beats.get(name, 0.0) for name in DAEMONS)
        return f"has not beaten for {silent:.0f} s" if silent > SILENT_SECONDS else ""


class WebServer(_Part):
    """Dagster's web server; it is ready when the code location is loaded and the daemons send heartbeats."""

    name = "dagster"
    depends_on = ("ministack", "dagster-code", "dagster-daemon")
    ports = ("dagster",)

    def command(self, state: State) -> list[str]:
        """Return the command of Dagster's web server, on loopback."""
        address = ["--host", LOOPBACK, "--port", str(state.port(self.name))]
        return [sys.executable, "-m", "dagster_webserver", "--workspace", str(_workspace(state)), *address]

    def missing(self, state: State, started_at: float) -> str:
        """Check that the code is loaded without errors and that the daemons have sent a recent heartbeat."""
        address = state.url(self.name)
        data = http.graphql(f"{address}/graphql", LOCATIONS, timeout=3)
        if not data:
            return f"does not answer at {address}"
        entries = data["workspaceOrError"].get("locationEntries", [])
        for entry in entries:
            error = entry["locationOrLoadError"] or {}
            if error.get("__typename") == "PythonError":
                if error["className"] == UNREACHABLE:
                    return f"{NO_CODE} {entry['name']}: the code server does not answer"
                reason = error["message"].strip()[-1500:]
                raise ServiceError(f"{NO_CODE} {entry['name']}: {reason}", "`aero logs dagster-code` shows the rest.")
        if not entries or any(entry["loadStatus"] != "LOADED" for entry in entries):
            return "the code is not loaded yet"
        beats = _beats(state)
        quiet = sorted(name for name in DAEMONS if time.time() - beats.get(name, 0.0) > SILENT_SECONDS)
        return f"{NO_BEAT} {', '.join(quiet)}" if quiet else ""

    def culprit(self, missing: str) -> str:
        """Return the code server if the code is not loaded, the daemon if its heartbeat is missing, else this one."""
        return "dagster-code" if NO_CODE in missing else "dagster-daemon" if NO_BEAT in missing else self.name


def make_history(state: State) -> subprocess.Popen[bytes] | None:
    """Start the creation of the tables of a new DAGSTER_HOME; return None if they exist.

    All three services would try to create them at once, so they start after this has ended.
    """
    if (state.dagster_home / "history").exists():
        return None
    part = Daemon()
    part.prepare(state, print)
    with state.log_file(part.name).open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "aero_local.dagster_history", str(state.dagster_home)],
            env=part.env(state), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip


def location() -> dict[str, str]:
    """Return module_name and location_name of the code location in `workspace.yaml`."""
    import yaml  # noqa: PLC0415 - this module is imported by every command

    with (PROJECT / "workspace.yaml").open(encoding="utf-8") as file:
        [entry] = yaml.safe_load(file)["load_from"]
    return entry["python_module"]


def _workspace(state: State) -> Path:
    return state.dagster_home / "workspace.yaml"


def _beats(state: State) -> dict[str, float]:
    """Return the time of the last heartbeat by kind of daemon; empty if the web server does not answer."""
    data: dict[str, Any] = http.graphql(f"{state.url(WebServer.name)}/graphql", BEATS, timeout=2) or {}
    statuses = data.get("instance", {}).get("daemonHealth", {}).get("allDaemonStatuses", [])
    return {status["daemonType"]: status["lastHeartbeatTime"] or 0.0 for status in statuses}


def _health(address: str) -> str:
    import grpc  # noqa: PLC0415 - Dagster's own, and slow
    from grpc_health.v1 import health_pb2, health_pb2_grpc  # noqa: PLC0415

    options = (("grpc.enable_http_proxy", 0),)
    with grpc.insecure_channel(address, options) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(service=GRPC_SERVICE), timeout=2
            )
        except grpc.RpcError:
            return f"does not answer at {address}"
    return "" if answer.status == health_pb2.HealthCheckResponse.SERVING else "does not serve"
