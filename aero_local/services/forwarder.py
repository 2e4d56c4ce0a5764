"""The forwarder as a process, with one consumer per topic; on AWS, MSK's managed connection to Firehose does this work.

Each second it writes the state of each topic to its heartbeat file.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from aero_local import heartbeat
from aero_local.services import kafka
from aero_local.services.service import Service

if TYPE_CHECKING:
    from aero_local.forwarder import Assignment, Forwarder
    from aero_local.state import State

#: A step gathers events for five seconds and then puts them; one that takes so long is stuck.
STUCK_SECONDS = 60


class ForwarderService(Service):
    """Sends every topic to its delivery stream. If it is killed, it sends some events twice and loses none."""

    name = "forwarder"
    depends_on = ("ministack", "kafka-1", "flink")
    ready_seconds = 60
    stop_seconds = 10

    def command(self, state: State) -> list[str]:
        """Return the command: this module, with the brokers' addresses and the heartbeat file."""
        return [
            sys.executable, "-m", "aero_local.services.forwarder", kafka.bootstrap(state),
            str(heartbeat.file_of(state, self.name)),
        ]  # fmt: skip

    def env(self, state: State) -> Mapping[str, str]:
        """Return an environment with a role that may put records and nothing else."""
        return state.env("forwarder")

    def missing(self, state: State, started_at: float) -> str:
        """Return what the last heartbeat lacks: topics without a partition, or topics that do not move."""
        return heartbeat.missing(state, self.name, started_at)


def main(bootstrap: str, beat: Path) -> None:
    """Forward until SIGTERM."""
    import boto3  # noqa: PLC0415 - this module is imported by every command

    from aero_assets.environment import Environment  # noqa: PLC0415
    from aero_local.forwarder import Assignment, Forwarder, consumer, delivery_stream  # noqa: PLC0415
    from aero_streaming.events.types import TOPICS  # noqa: PLC0415

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    env = Environment.current().name
    firehose = boto3.Session().client("firehose")
    given = {topic: Assignment() for topic in TOPICS}
    forwarders = {
        topic: Forwarder(consumer(bootstrap, topic, given[topic]), firehose, delivery_stream(env, topic))
        for topic in TOPICS
    }
    threads = [
        threading.Thread(target=forwarder.run, args=(stop.is_set,), name=forwarder.stream)
        for forwarder in forwarders.values()
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(1):
        heartbeat.write(beat, complaint(forwarders, given, time.monotonic()))
    for thread in threads:
        thread.join()


def complaint(forwarders: Mapping[str, Forwarder], given: Mapping[str, Assignment], now: float) -> str:
    """Return the topics that are not forwarded, with reasons; empty when all are. `now` is of the monotonic clock."""
    complaints = []
    for topic, forwarder in forwarders.items():
        if not given[topic].partitions:
            complaints.append(f"no partition of {topic} was given to it yet")
        elif forwarder.trouble:
            complaints.append(f"{topic}: {forwarder.trouble}")
        elif now - forwarder.stepped_at > STUCK_SECONDS:
            complaints.append(f"{topic} has not moved for {now - forwarder.stepped_at:.0f} s")
    return "; ".join(complaints)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
