"""A Kafka cluster of a test's own, and what was written to it."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer

from aero_local import ports
from aero_local.services import kafka
from aero_local.services.known import services
from aero_local.services.supervisor import Supervisor
from aero_local.state import State


class Cluster:
    """One broker or three, started and stopped as the platform does it."""

    def __init__(self, root: Path, brokers: int) -> None:
        self.state, self.brokers = State(root), brokers
        self.state.create()
        kafka.choose_brokers(self.state, brokers)
        self.supervisor = Supervisor(self.state, services())
        self.names = kafka.names(self.state)
        needed = [port for name in self.names for port in self.supervisor.services[name].ports]
        ports.choose(self.state.ports_file, needed, {})

    @property
    def bootstrap(self) -> str:
        return kafka.bootstrap(self.state)

    def start(self, *names: str) -> None:
        self.supervisor.start_together(names or self.names)

    def stop(self) -> list[str]:
        return self.supervisor.stop(self.names)

    def kill(self, name: str) -> None:
        pid = self.supervisor.status(name).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)


@dataclass(frozen=True)
class Record:
    """A record as it lies in a topic."""

    key: str
    value: bytes
    partition: int


def read(bootstrap: str, topic: str, count: int, seconds: float = 60) -> list[Record]:
    """Return what a topic holds: at least `count` records, then whatever else comes within a second."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": f"test-{time.time_ns()}", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic])
    found: list[Record] = []
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline:
            batch = [message for message in consumer.consume(5000, timeout=1) if message.error() is None]
            found += [
                Record((message.key() or b"").decode(), message.value() or b"", message.partition() or 0)
                for message in batch
            ]
            if len(found) >= count and not batch:
                return found
    finally:
        consumer.close()
    raise AssertionError(f"{topic} holds {len(found)} records after {seconds:.0f} s, not {count}")
