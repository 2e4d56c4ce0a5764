"""The forwarder as a process: what MSK's managed connection to Firehose does on AWS, one consumer per topic."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING

from aero_local import processes
from aero_local.services import Service, kafka

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aero_local.state import State

READY = "READY"


class ForwarderService(Service):
    """Takes every topic to its delivery stream. Killed, it sends some events twice and loses none."""

    name = "forwarder"
    depends_on = ("ministack", "kafka-1", "flink")
    ready_seconds = 60
    stop_seconds = 10

    def command(self, state: State) -> list[str]:
        """This module, with the brokers' addresses."""
        return [sys.executable, "-m", "aero_local.services.forwarder", kafka.bootstrap(state)]

    def env(self, state: State) -> Mapping[str, str]:
        """A role that may put records, nothing else."""
        return state.env("forwarder")

    def is_ready(self, state: State, started_at: float) -> bool:
        """It says so once its consumers are there."""
        record = processes.Record.read(state.run_dir / f"{self.name}.json")
        said = processes.said_since_start(state.log_file(self.name), record)
        return READY in said


def main(bootstrap: str) -> None:
    """Forward until SIGTERM."""
    import boto3  # noqa: PLC0415 - this module is imported by every command

    from aero_assets.environment import Environment  # noqa: PLC0415
    from aero_local.forwarder import Forwarder, consumer, delivery_stream  # noqa: PLC0415
    from aero_streaming.event_types import TOPICS  # noqa: PLC0415

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    env = Environment.current().name
    firehose = boto3.Session().client("firehose")
    forwarders = [Forwarder(consumer(bootstrap, topic), firehose, delivery_stream(env, topic)) for topic in TOPICS]
    threads = [threading.Thread(target=one.run, args=(stop.is_set,), name=one.stream) for one in forwarders]
    for thread in threads:
        thread.start()
    print(READY, flush=True)
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1])
