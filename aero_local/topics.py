"""Topics and producer of the local platform. `aero_streaming.events.types` defines the topics, for MSK too."""

from __future__ import annotations

import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from aero_local.errors import AeroError
from aero_streaming.events import Event, to_json
from aero_streaming.events.types import TOPICS, Topic

PATIENCE_SECONDS = 60
#: A killed broker stalls acknowledgements for up to ten seconds; giving up must be much later.
DELIVERY_MILLISECONDS = 120_000


def listed_brokers(bootstrap: str, seconds: float = 1) -> set[int]:
    """Return the ids of the brokers that a cluster lists; empty while nobody answers."""
    try:
        return set(_admin(bootstrap).list_topics(timeout=seconds).brokers)
    except KafkaException:
        return set()


def ensure_topics(bootstrap: str, brokers: int, topics: Iterable[Topic] = tuple(TOPICS.values())) -> list[str]:
    """Create missing topics and return their names; safe to repeat.

    Waits for all brokers first, because a topic cannot have more replicas than there are brokers. Raises `AeroError` if
    the brokers do not come, or if a topic has a wrong number of partitions.
    """
    _wait_for(bootstrap, brokers)
    admin, replicas = _admin(bootstrap), min(3, brokers)
    existing = admin.list_topics(timeout=10).topics
    for topic in topics:
        if topic.name in existing and (partitions := len(existing[topic.name].partitions)) != topic.partitions:
            raise AeroError(
                f"Topic {topic.name} has {partitions} partitions; it is declared with {topic.partitions}.",
                "More partitions would part the records of a key: delete the topic, or `aero destroy`.",
            )
    missing = [topic for topic in topics if topic.name not in existing]
    new_topics = [
        NewTopic(topic.name, topic.partitions, replicas, config=settings(topic, replicas)) for topic in missing
    ]
    for future in (admin.create_topics(new_topics, operation_timeout=30) if new_topics else {}).values():
        try:
            future.result(PATIENCE_SECONDS)
        except KafkaException as error:
            # Another process was quicker.
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
    return [topic.name for topic in missing]


def settings(topic: Topic, replicas: int) -> dict[str, str]:
    """Return a topic's settings; with three brokers an acknowledged record is on at least two of them."""
    return {
        "retention.ms": str(topic.retention_hours * 3_600_000),
        "min.insync.replicas": str(min(2, replicas)),
        "compression.type": "producer",
    }


class EventProducer:
    """Sends events so that an acknowledged event is stored and no retry doubles it; counts the results.

    Use it as a context manager, or call `flush` at the end. It is not safe for several threads.
    """

    def __init__(self, bootstrap: str, queue_messages: int = 100_000) -> None:
        self.sent = self.acked = self.failed = 0
        #: The first reason why an event was not taken.
        self.reason: str | None = None
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "acks": "all",
                "enable.idempotence": True,
                "delivery.timeout.ms": DELIVERY_MILLISECONDS,
                "linger.ms": 5,
                "queue.buffering.max.messages": queue_messages,
                "compression.type": "lz4",
                # Java's choice of partition, so that any client finds a key where this one put it.
                "partitioner": "murmur2_random",
                # Events that could not be sent are counted; attempts to connect again are not logged.
                "log_level": 2,
            }
        )

    def send(self, topic: Topic, event: Event) -> None:
        """Send an event of a topic under its key; waits while the broker does not keep up."""
        self.send_text(topic, str(event[topic.key]), to_json(event))

    def send_text(self, topic: Topic, key: str, text: str | bytes) -> None:
        """Send a record unchanged: a copy, a damaged record, or one of another writer."""
        while True:
            try:
                self._producer.produce(topic.name, value=text, key=key, on_delivery=self._delivered)
            except BufferError:
                # The queue of the client is full: back-pressure.
                self.poll(0.1)
                continue
            self.sent += 1
            self.poll()
            return

    @property
    def waiting(self) -> int:
        """The number of events neither acknowledged nor failed."""
        return self.sent - self.acked - self.failed

    def poll(self, seconds: float = 0) -> None:
        """Count new acknowledgements; waits at most `seconds` for them."""
        self._producer.poll(seconds)

    def flush(self, seconds: float = DELIVERY_MILLISECONDS / 1000 + 10) -> None:
        """Wait until every event is acknowledged; raise `AeroError` if one is not."""
        deadline = time.monotonic() + seconds
        while self._producer.flush(1) and time.monotonic() < deadline:
            pass
        if self.failed or self.waiting:
            why = self.reason or "no answer"
            raise AeroError(
                f"{self.failed + self.waiting} of {self.sent} events were not acknowledged: {why}.",
                "`aero logs kafka-1` shows what the broker says.",
            )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Flush, unless the body failed: then unsent events no longer matter."""
        if error is None:
            self.flush()

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is None:
            self.acked += 1
        else:
            self.failed += 1
            self.reason = self.reason or error.str()


def lag(bootstrap: str, group: str, topics: Iterable[str]) -> int:
    """Return the number of records of these topics that a consumer group has not committed yet."""
    names = list(topics)
    client = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "enable.auto.commit": False, "log_level": 2})
    try:
        known = client.list_topics(timeout=10).topics
        parts = [TopicPartition(name, number) for name in names for number in known[name].partitions]
        waiting = 0
        for part in client.committed(parts, timeout=10):
            low, high = client.get_watermark_offsets(part, timeout=10)
            waiting += high - max(low, part.offset)
        return waiting
    finally:
        client.close()


def producer(bootstrap: str) -> EventProducer:
    """Return a producer for a cluster."""
    return EventProducer(bootstrap)


def _admin(bootstrap: str) -> AdminClient:
    # Trying in vain is part of waiting: its complaints are no news.
    quick = {"reconnect.backoff.ms": 50, "reconnect.backoff.max.ms": 200}
    return AdminClient({"bootstrap.servers": bootstrap, "log_level": 0, "socket.timeout.ms": 10_000, **quick})


def _wait_for(bootstrap: str, brokers: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(listed := listed_brokers(bootstrap)) < brokers:
        if time.monotonic() > deadline:
            raise AeroError(
                f"{len(listed)} of {brokers} brokers answer at {bootstrap} after {PATIENCE_SECONDS} s.",
                "`aero status` shows which do not run.",
            )
        time.sleep(0.1)
