"""The Flink job: reads its properties, submits `flink.sql`, and on a laptop stays with the job until it is stopped.

    python main.py                     # Managed Service for Apache Flink: properties are where the service puts them
    python main.py properties.json     # a laptop: the same JSON from a file

Property groups: `aero.source` (bootstrap.servers, group.id, security: plaintext or iam, clock: event or wall),
`aero.sink` (stream.arn, aws.region, aws.endpoint, flush.timeout.ms; blackhole = true measures the job without its
sink), `aero.job` (mini.batch.latency.ms, state.ttl.hours, departure.policy, records: kinds to write, all by default;
and, on a laptop: local, jar, parallelism, rest.port, checkpoint.dir, savepoint.dir, checkpoint.interval.ms,
restore.path). What the service sets itself (checkpoints, parallelism, the jar) is left to it where `local` is not true.
"""

import json
import signal
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

# The service starts this file by itself, outside of any package.
sys.path.insert(0, str(Path(__file__).parents[2]))

from aero_streaming.events.limits import CLOCKS, EVENT_CLOCK
from aero_streaming.events.types import TOPICS
from aero_streaming.flink.sql import SINKS, statements

MANAGED_PROPERTIES = Path("/etc/flink/application_properties.json")
Groups = Mapping[str, Mapping[str, str]]

IAM_LOGIN = {
    "properties.security.protocol": "SASL_SSL",
    "properties.sasl.mechanism": "AWS_MSK_IAM",
    "properties.sasl.jaas.config": "software.amazon.msk.auth.iam.IAMLoginModule required;",
    "properties.sasl.client.callback.handler.class": "software.amazon.msk.auth.iam.IAMClientCallbackHandler",
}
LOOPBACK = "127.0.0.1"
LISTENERS = ("jobmanager.bind-host", "taskmanager.bind-host", "rest.bind-address", "rest.address")
VIEW = "CREATE TEMPORARY VIEW "
FINISHED = ("FINISHED", "CANCELED", "FAILED")


class PropertyError(SystemExit):
    """Properties that the job cannot run with; the message names group and key."""


def read_properties(path: Path) -> Groups:
    """Return the property groups of a file in the form of Managed Service for Apache Flink."""
    try:
        groups = json.loads(path.read_text(encoding="utf-8"))
        return {group["PropertyGroupId"]: group["PropertyMap"] for group in groups}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise PropertyError(f"{path} is no list of property groups: {error!r}") from error


def source_options(source: Mapping[str, str]) -> dict[str, str]:
    """Return the WITH options of the Kafka source: all topics, from the committed offsets, else the beginning."""
    security = source.get("security", "plaintext")
    if security not in ("plaintext", "iam"):
        raise PropertyError(f"aero.source: security is {security!r}; write plaintext or iam")
    clock = source.get("clock", EVENT_CLOCK)
    if clock not in CLOCKS:
        raise PropertyError(f"aero.source: clock is {clock!r}; write {' or '.join(CLOCKS)}")
    return {
        "connector": "kafka",
        "topic": ";".join(TOPICS),
        "properties.bootstrap.servers": needed(source, "aero.source", "bootstrap.servers"),
        "properties.group.id": source.get("group.id", "aero-flink"),
        "scan.startup.mode": "group-offsets",
        "properties.auto.offset.reset": "earliest",
        # A reader that catches up takes a megabyte of one partition at a time, hours of a day: OUT would be known long
        # before OFF, and the alerts that follow are false. Small pieces keep the partitions side by side.
        "properties.max.partition.fetch.bytes": "65536",
        "format": "aero-event",
        "aero-event.clock": clock,
        **(IAM_LOGIN if security == "iam" else {}),
    }


def sink_options(sink: Mapping[str, str], kind: str) -> dict[str, str]:
    """Return the WITH options of one kind of record: all kinds go to one stream."""
    if sink.get("blackhole") == "true":
        return {"connector": "blackhole"}
    options = {
        "connector": "kinesis",
        "stream.arn": needed(sink, "aero.sink", "stream.arn"),
        "aws.region": needed(sink, "aero.sink", "aws.region"),
        "sink.partitioner-field-delimiter": "|",
        # A record that the stream cannot take just now goes again; a request that it refuses fails all the same.
        "sink.fail-on-error": "false",
        # The default of five seconds would be most of the way from an event to its alert.
        "sink.flush-buffer.timeout": sink.get("flush.timeout.ms", "100"),
        # Each kind has its own buffer; deep ones let events run minutes ahead of the legs when the stream is slow.
        "sink.requests.max-buffered": "2000",
        "sink.requests.max-inflight": "4",
        "format": SINKS[kind],
    }
    if endpoint := sink.get("aws.endpoint"):
        options["aws.endpoint"] = endpoint
    return options


def needed(group: Mapping[str, str], name: str, key: str) -> str:
    """Return a property that has no default."""
    if not group.get(key):
        raise PropertyError(f"{name}: {key} is missing")
    return group[key]


def configuration(job: Mapping[str, str]) -> dict[str, str]:
    """Return Flink's settings: the job's own everywhere, the cluster's on a laptop only."""
    latency = job.get("mini.batch.latency.ms", "200")
    settings = {
        "table.local-time-zone": "UTC",
        "table.exec.source.idle-timeout": "5 s",
        "table.exec.state.ttl": f"{job.get('state.ttl.hours', '120')} h",
    }
    if latency != "0":
        settings |= {
            "table.exec.mini-batch.enabled": "true",
            "table.exec.mini-batch.allow-latency": f"{latency} ms",
            "table.exec.mini-batch.size": "5000",
        }
    if job.get("local") != "true":
        return settings
    settings |= {
        "parallelism.default": job.get("parallelism", "1"),
        "pipeline.jars": f"file://{needed(job, 'aero.job', 'jar')}",
        "execution.checkpointing.dir": f"file://{needed(job, 'aero.job', 'checkpoint.dir')}",
        "execution.checkpointing.interval": f"{job.get('checkpoint.interval.ms', '10000')} ms",
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "restart-strategy.type": "exponential-delay",
        **dict.fromkeys(LISTENERS, LOOPBACK),
        "rest.bind-port": job.get("rest.port", "0"),
        "taskmanager.numberOfTaskSlots": job.get("parallelism", "1"),
    }
    if restore := job.get("restore.path"):
        settings["execution.state-recovery.path"] = restore
    return settings


def plan(
    job: Mapping[str, str],
    source: Mapping[str, str],
    sinks: Mapping[str, Mapping[str, str]],
    prepare: Callable[[list[str]], list[str]] = list,
) -> Any:  # noqa: ANN401 - PyFlink's StatementSet
    """Return all outputs as one set of statements, not run yet.

    `prepare` may change the statements before they run: a test begins in their middle.
    """
    from pyflink.table import EnvironmentSettings, TableEnvironment  # noqa: PLC0415  # ty: ignore[import-not-found] - Flink's environment

    environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    for name, value in configuration(job).items():
        environment.get_config().set(name, value)
    kinds = job.get("records", ",".join(SINKS)).split(",")
    inserts = environment.create_statement_set()
    written = statements(
        source,
        sinks,
        departure_policy=job.get("departure.policy", "first_out"),
        is_partitioned=all(sink["connector"] == "kinesis" for sink in sinks.values()),
    )
    for statement in prepare(written):
        if statement.startswith("INSERT"):
            if any(statement.startswith(f"INSERT INTO {kind}_sink") for kind in kinds):
                inserts.add_insert_sql(statement)
        else:
            define(environment, statement)
    return inserts


def define(environment: Any, statement: str) -> None:  # noqa: ANN401 - PyFlink's TableEnvironment
    """Run a CREATE statement. A view of text is read again by each that uses it; one of a table is read once."""
    if not statement.startswith(VIEW):
        environment.execute_sql(statement)
        return
    name, _, query = statement.removeprefix(VIEW).partition(" AS")
    environment.create_temporary_view(name.strip(), environment.sql_query(query))


def stay(client: Any, job: Mapping[str, str]) -> int:  # noqa: ANN401 - PyFlink's JobClient
    """Stay with a job on a laptop: say READY when all of it runs, stop it with a savepoint on SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    is_ready = False
    while not stop.is_set():
        status = str(client.get_job_status().result()).rpartition(".")[2]
        if status in FINISHED:
            print("ENDED", status, flush=True)
            return int(status != "FINISHED")
        if not is_ready and status == "RUNNING" and all_tasks_run(job.get("rest.port"), str(client.get_job_id())):
            is_ready = True
            print("READY", client.get_job_id(), flush=True)
        stop.wait(0.2)
    savepoints = job.get("savepoint.dir")
    if savepoints and is_ready:
        print("SAVEPOINT", _stop_with_savepoint(client, f"file://{savepoints}"), flush=True)
    else:
        # A job whose tasks do not all run yet has nothing to save: it comes back from where it started.
        client.cancel().result()
    return 0


def all_tasks_run(rest_port: str | None, job_id: str) -> bool:
    """Tell whether every task runs: Flink calls a job RUNNING before its sources are open."""
    if rest_port is None:
        return True
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{rest_port}/jobs/{job_id}", timeout=5) as answer:
            vertices = json.load(answer)["vertices"]
    except OSError:
        return False
    return all(vertex["status"] == "RUNNING" for vertex in vertices)


def _stop_with_savepoint(client: Any, savepoints: str) -> str:  # noqa: ANN401 - PyFlink's JobClient
    # JobClient.stop_with_savepoint of PyFlink 2.2 calls a Java method that Flink 2 no longer has.
    from pyflink.java_gateway import get_gateway  # noqa: PLC0415  # ty: ignore[import-not-found] - Flink's environment

    form = get_gateway().jvm.org.apache.flink.core.execution.SavepointFormatType.CANONICAL
    return client._j_job_client.stopWithSavepoint(False, savepoints, form).get()


def main() -> int:
    """Run the job; on the managed service this returns when it is submitted."""
    started = time.monotonic()
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else MANAGED_PROPERTIES
    groups = read_properties(path)
    job, sink = groups.get("aero.job", {}), groups.get("aero.sink", {})
    source = source_options(groups.get("aero.source", {}))
    client = plan(job, source, {kind: sink_options(sink, kind) for kind in SINKS}).execute().get_job_client()
    print(f"SUBMITTED after {time.monotonic() - started:.1f} s", flush=True)
    if job.get("local") != "true":
        return 0
    return stay(client, job)


if __name__ == "__main__":
    sys.exit(main())
