"""Kafka brokers without Docker: KRaft, on loopback, one by default or three in racks, data in the state directory.

Each broker is a controller too. The number of brokers is set at the platform's first start, because the voters of a
cluster are stored in its data.
"""

from __future__ import annotations

import base64
import subprocess
import uuid
from typing import TYPE_CHECKING

from aero_local import jars, ports
from aero_local.errors import AeroError, Log, ServiceError
from aero_local.ports import LOOPBACK
from aero_local.services import jvm
from aero_local.services.service import Service

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aero_local.state import State

SIZES = (1, 3)
LOGGING = jars.KAFKA_POM.with_name("log4j2.properties")
HEAP_MEGABYTES = 256


def folder(state: State) -> Path:
    """Return the folder of the whole cluster."""
    return state.root / "kafka"


def choose_brokers(state: State, count: int) -> None:
    """Set the number of brokers of a state directory; raise `AeroError` if another number is already set."""
    if count not in SIZES:
        raise AeroError(f"{count} brokers are not possible.", "Choose 1, or 3 to see one of them fail.")
    if folder(state).exists() and (settled := brokers(state)) != count:
        raise AeroError(
            f"{state.name} has {settled} broker{'s' * (settled > 1)} for good: voters are fixed in a cluster's data.",
            f"`aero destroy` and start again, or delete {folder(state)} while nothing runs.",
        )
    folder(state).mkdir(parents=True, exist_ok=True)
    (folder(state) / "brokers").write_text(f"{count}\n", encoding="utf-8")


def brokers(state: State) -> int:
    """Return the number of brokers of a state directory."""
    file = folder(state) / "brokers"
    return int(file.read_text(encoding="utf-8")) if file.exists() else SIZES[0]


def names(state: State) -> tuple[str, ...]:
    """Return the names of the broker services."""
    return tuple(f"kafka-{number}" for number in range(1, brokers(state) + 1))


def bootstrap(state: State) -> str:
    """Return the bootstrap addresses for clients."""
    return ",".join(f"{LOOPBACK}:{state.port(name)}" for name in names(state))


def variables(state: State) -> dict[str, str]:
    """Return the variable with the brokers' addresses, once their ports are chosen; on AWS a person sets it."""
    chosen = "kafka-1" in ports.read(state.ports_file)
    return {"AERO_BOOTSTRAP_SERVERS": bootstrap(state)} if chosen else {}


class Kafka(Service):
    """One broker. If it is killed, no acknowledged record is lost that is on its disk or on another broker."""

    ready_seconds = 60
    stop_seconds = 20

    def __init__(self, number: int) -> None:
        self.number, self.name = number, f"kafka-{number}"
        self.ports = (self.name, f"{self.name}-controller")

    def check(self, state: State) -> None:
        """Check that Java and the jars are installed and that the cluster has a place for this broker."""
        jvm.check(jars.BROKER.is_current())
        if self.name not in names(state):
            raise ServiceError(f"{state.name} has {brokers(state)} broker, so there is no {self.name}.")

    def prepare(self, state: State, log: Log) -> None:
        """Write the properties; format the data directory once."""
        home = self._home(state)
        home.mkdir(parents=True, exist_ok=True)
        self._properties_file(state).write_text(properties(state, self.number), encoding="utf-8")
        if not (home / "data" / "meta.properties").exists():
            self._format(state)

    def command(self, state: State) -> list[str]:
        """Return the command that runs the broker's main class."""
        logging = f"-Dlog4j2.configurationFile={LOGGING}"
        return [*_java(*jvm.heap(HEAP_MEGABYTES), logging), "kafka.Kafka", str(self._properties_file(state))]

    def env(self, state: State) -> Mapping[str, str]:
        """Return the environment of a Java process, without any of our variables."""
        return jvm.env()

    def directory(self, state: State) -> Path:
        """Return the broker's own folder."""
        return self._home(state)

    def missing(self, state: State, started_at: float) -> str:
        """Check that the cluster lists this broker; an open port would not prove it."""
        from aero_local.topics import listed_brokers  # noqa: PLC0415 - brings librdkafka along

        listed = listed_brokers(f"{LOOPBACK}:{state.port(self.name)}")
        if not listed:
            return f"does not answer at {LOOPBACK}:{state.port(self.name)}"
        return "" if self.number in listed else f"its cluster lists {sorted(listed)} only"

    def _home(self, state: State) -> Path:
        return folder(state) / self.name

    def _properties_file(self, state: State) -> Path:
        return self._home(state) / "server.properties"

    def _format(self, state: State) -> None:
        tool = [*_java("-Xmx128m", "-XX:TieredStopAtLevel=1"), "kafka.tools.StorageTool", "format"]
        options = [
            "--ignore-formatted",
            "--cluster-id",
            cluster_id(state),
            "--config",
            str(self._properties_file(state)),
        ]
        done = subprocess.run([*tool, *options], env=dict(jvm.env()), capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServiceError(f"{self.name} cannot format {self._home(state)}: {(done.stderr or done.stdout)[-800:]}")


def cluster_id(state: State) -> str:
    """Return the id of the cluster: the same for its brokers, different for every state directory."""
    digest = uuid.uuid5(uuid.NAMESPACE_URL, str(state.root)).bytes
    # 22 letters as Kafka makes them; one that begins with a dash would be read as an option.
    return "A" + base64.urlsafe_b64encode(digest).decode().rstrip("=")[1:]


def properties(state: State, number: int) -> str:
    """Return server.properties of a broker: KRaft in combined mode, sized for a laptop."""
    count, name = brokers(state), f"kafka-{number}"
    address, control = (f"{LOOPBACK}:{state.port(port)}" for port in (name, f"{name}-controller"))
    voters = ",".join(f"{node}@{LOOPBACK}:{state.port(f'kafka-{node}-controller')}" for node in range(1, count + 1))
    values = {
        "process.roles": "broker,controller",
        "node.id": number,
        "controller.quorum.voters": voters,
        "listeners": f"PLAINTEXT://{address},CONTROLLER://{control}",
        "advertised.listeners": f"PLAINTEXT://{address}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": folder(state) / name / "data",
        # Topics come from their declaration; a misspelt name must fail.
        "auto.create.topics.enable": "false",
        "default.replication.factor": count,
        "min.insync.replicas": min(2, count),
        "offsets.topic.replication.factor": count,
        "offsets.topic.num.partitions": 3,
        "transaction.state.log.replication.factor": count,
        "transaction.state.log.min.isr": min(2, count),
        "transaction.state.log.num.partitions": 3,
        "share.coordinator.state.topic.replication.factor": count,
        "share.coordinator.state.topic.min.isr": min(2, count),
        "group.initial.rebalance.delay.ms": 0,
        # Time until a killed broker's partitions get a new leader, and it may come back itself.
        "broker.session.timeout.ms": 6000,
        # Its default of 128 MB is half of the heap.
        "log.cleaner.dedupe.buffer.size": 4 * 2**20,
        "num.network.threads": 2,
        "num.io.threads": 2,
        "background.threads": 2,
    }
    if count > 1:
        values |= {
            "broker.rack": f"rack-{number}",
            "replica.selector.class": "org.apache.kafka.common.replica.RackAwareReplicaSelector",
            # All are stopped one by one: the last would ask controllers that are gone to take over from it.
            "controlled.shutdown.enable": "false",
        }
    return "".join(f"{key}={value}\n" for key, value in values.items())


def _java(*options: str) -> list[str]:
    return ["java", *options, "-cp", f"{jars.KAFKA_LIBS}/*"]
