"""The Flink job as one local process: the same `main.py`, SQL and jar as on Managed Service for Apache Flink.

It reads its properties from a file in the same form as on that service, restarts from the newest savepoint or
checkpoint, and stops with a savepoint.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aero_assets.environment import LOCAL_ACCOUNT, LOCAL_REGION, PROJECT
from aero_local import http, jars
from aero_local.services import jvm, kafka
from aero_local.services.service import Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aero_local.errors import Log
    from aero_local.state import State

SOURCES = PROJECT / "infra" / "streaming" / "src"
STREAM_ARN = f"arn:aws:kinesis:{LOCAL_REGION}:{LOCAL_ACCOUNT}:stream/aero-local-alerts-feed"
HEAP_MEGABYTES = 1536
KEPT_SNAPSHOTS = 3
#: Planning the SQL compiles more than a laptop's job ever gains from the better compiler: half the time to READY.
QUICK = ("-XX:TieredStopAtLevel=1",)


def folder(state: State) -> Path:
    """Return the folder of checkpoints, savepoints, properties and Flink's own log."""
    return state.root / "flink"


class Flink(Service):
    """Job manager, task manager and job in one process; its one Java child process ends with it."""

    name = "flink"
    depends_on = ("ministack", "kafka-1")
    ports = ("flink",)
    # Ten seconds on an idle machine; planning the SQL waits for its turn on a busy one.
    ready_seconds = 240
    # The savepoint; a job that cannot make one is killed and comes back from its last checkpoint.
    stop_seconds = 30

    def check(self, state: State) -> None:
        """Check that Java, Flink's environment and the connectors are installed."""
        jvm.check(jars.stream_is_installed())

    def recover(self, state: State, log: Log) -> None:
        """Log the snapshot from which the job restarts; `Supervisor` has already ended the Java child."""
        log(f"flink died; it comes back from {restore_path(state) or 'the beginning of the topics'}")

    def prepare(self, state: State, log: Log) -> None:
        """Create the topics, which the job's source requires, and write the job's properties."""
        from aero_local.topics import ensure_topics  # noqa: PLC0415 - brings librdkafka along

        # Java of a killed job leaves its temporary files behind.
        shutil.rmtree(folder(state) / "tmp", ignore_errors=True)
        for name in ("checkpoints", "savepoints", "log", "tmp"):
            (folder(state) / name).mkdir(parents=True, exist_ok=True)
        forget_old(state)
        ensure_topics(kafka.bootstrap(state), kafka.brokers(state))
        text = json.dumps(property_groups(state), indent=1) + "\n"
        self._properties_file(state).write_text(text, encoding="utf-8")

    def command(self, state: State) -> list[str]:
        """Return the command that runs the job's entry point in Flink's own environment."""
        return [str(jars.FLINK_PYTHON), "-m", "aero_streaming.flink.main", str(self._properties_file(state))]

    def env(self, state: State) -> Mapping[str, str]:
        """Return the environment: the role by its profile, a small Java heap, and the folder of the log."""
        python = str(jars.FLINK_PYTHON.parent)
        inherited = state.env("flink")
        return {
            **inherited,
            **{name: value for name, value in jvm.env().items() if name == "JAVA_HOME"},
            "PATH": f"{python}:{inherited['PATH']}",
            "PYTHONPATH": str(SOURCES),
            # The emulator cannot read the binary form in which the SDK speaks to Kinesis.
            "CBOR_ENABLED": "false",
            "JVM_ARGS": " ".join(java_options(state)),
            "FLINK_LOG_DIR": str(folder(state) / "log"),
        }

    def directory(self, state: State) -> Path:
        """Return the job's own folder; its sources are found by PYTHONPATH."""
        return folder(state)

    def missing(self, state: State, started_at: float) -> str:
        """Ask Flink's REST API whether every task runs, because a job is called RUNNING before its sources are open."""
        address = state.url(self.name)
        overview = http.get_json(f"{address}/jobs/overview")
        if not isinstance(overview, dict):
            return f"does not answer at {address}"
        jobs = overview.get("jobs", [])
        if not jobs:
            return "has no job yet"
        newest = max(jobs, key=lambda job: job["start-time"])
        if newest["state"] != "RUNNING":
            return f"its job is {newest['state']}; {folder(state) / 'log'} says why"
        waiting = newest["tasks"]["total"] - newest["tasks"]["running"]
        return f"{waiting} of {newest['tasks']['total']} tasks do not run yet" if waiting else ""

    def _properties_file(self, state: State) -> Path:
        return folder(state) / "properties.json"


def java_options(state: State) -> tuple[str, ...]:
    """Return the options of the job's Java child."""
    return (f"-Xmx{HEAP_MEGABYTES}m", *jvm.FRUGAL, *QUICK, f"-Djava.io.tmpdir={folder(state) / 'tmp'}")


def property_groups(state: State) -> list[dict[str, Any]]:
    """Return the job's properties in the form of Managed Service for Apache Flink."""
    source = {
        "bootstrap.servers": kafka.bootstrap(state),
        "group.id": "aero-flink",
        "security": "plaintext",
        "clock": state.clock,
    }
    sink = {
        "stream.arn": STREAM_ARN,
        "aws.region": LOCAL_REGION,
        "aws.endpoint": state.url("ministack"),
        "flush.timeout.ms": "100",
    }
    job = {
        "local": "true",
        "jar": str(jars.CONNECTOR_JAR),
        "checkpoint.dir": str(folder(state) / "checkpoints"),
        "savepoint.dir": str(folder(state) / "savepoints"),
        "checkpoint.interval.ms": "20000",
        "mini.batch.latency.ms": "200",
        "state.ttl.hours": "120",
        "parallelism": "1",
        "rest.port": str(state.port("flink")),
    }
    if path := restore_path(state):
        job["restore.path"] = str(path)
    if (asked := _asked_file(state)).exists():
        job |= json.loads(asked.read_text(encoding="utf-8"))
    groups = {"aero.source": source, "aero.sink": sink, "aero.job": job}
    return [{"PropertyGroupId": name, "PropertyMap": values} for name, values in groups.items()]


def ask(state: State, job: Mapping[str, str]) -> None:
    """Set other job properties for this state directory; they apply from the next start."""
    folder(state).mkdir(parents=True, exist_ok=True)
    _asked_file(state).write_text(json.dumps(job, indent=1) + "\n", encoding="utf-8")


def _asked_file(state: State) -> Path:
    return folder(state) / "asked.json"


def restore_path(state: State) -> Path | None:
    """Return the newest complete savepoint or checkpoint of any job id; None before the first one."""
    return next(iter(_snapshots(state)), None)


def forget_old(state: State) -> None:
    """Delete snapshots that no start will restore; those of the last few starts are kept as a reserve."""
    home = folder(state)
    kept = {_start_of(home, snapshot) for snapshot in _snapshots(state)[:KEPT_SNAPSHOTS]}
    for old in {*home.glob("savepoints/*"), *home.glob("checkpoints/*")} - kept if kept else ():
        shutil.rmtree(old)


def _snapshots(state: State) -> list[Path]:
    """Return complete snapshots, newest first."""
    # Each start has a job id of its own: checkpoints/<job id>/chk-7. The metadata file is written last.
    home = folder(state)
    metadata = [*home.glob("savepoints/*/_metadata"), *home.glob("checkpoints/*/chk-*/_metadata")]
    return [file.parent for file in sorted(metadata, key=lambda file: file.stat().st_mtime_ns, reverse=True)]


def _start_of(home: Path, snapshot: Path) -> Path:
    """Return the folder of the start that wrote a snapshot: savepoints/<name>, checkpoints/<job id>."""
    return home.joinpath(*snapshot.relative_to(home).parts[:2])
