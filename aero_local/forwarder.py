"""Forwarder: it sends a Kafka topic to its Firehose delivery stream, like the managed connection of MSK on AWS.

    source = consumer(bootstrap, "bookings", Assignment())
    forwarder = Forwarder(source, boto3.client("firehose"), "aero-local-bookings")
    forwarder.run(stop=lambda: False)

The emulator writes one object per Firehose record, so many events go into one record, one per line. Delivery is at
least once: offsets are committed after Firehose has accepted everything, so a forwarder that is killed between the two
sends some events twice. The order is that of the consumer, except that records which Firehose refused at first come
later than their neighbours.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from confluent_kafka import Consumer, KafkaException, TopicPartition

LOG = logging.getLogger(__name__)

MAX_RECORD_BYTES = 1_024_000
"""Firehose takes records of 1,000 KiB."""
MAX_BATCH_BYTES = 4_000_000
MAX_BATCH_RECORDS = 500
MAX_MESSAGES = 5_000
LINGER_SECONDS = 5.0
"""How long events are gathered before they are sent, if they are few."""
ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.2


class PutRefused(RuntimeError):
    """Firehose refused records repeatedly; nothing of this step is committed, and the step is tried again."""


class KafkaMessage(Protocol):
    """The methods of a confluent_kafka message that the forwarder uses."""

    def value(self) -> bytes | None: ...  # noqa: D102 - as confluent_kafka documents it
    def topic(self) -> str: ...  # noqa: D102
    def partition(self) -> int: ...  # noqa: D102
    def offset(self) -> int: ...  # noqa: D102
    def error(self) -> Any: ...  # noqa: ANN401, D102


class KafkaConsumer(Protocol):
    """The methods of a confluent_kafka consumer that the forwarder uses; its auto-commit must be off."""

    def consume(self, num_messages: int, timeout: float) -> Sequence[KafkaMessage]: ...  # noqa: D102
    # As wide as the library's own stub, which knows this call in several forms.
    def commit(self, *args: Any, **kwargs: Any) -> Any: ...  # noqa: ANN401, D102


@dataclass
class Assignment:
    """The number of partitions assigned to a consumer, kept by its callbacks: asking the client may block."""

    partitions: int = 0

    def given(self, consumer: object, partitions: Sequence[Any]) -> None:
        """Note the partitions that the consumer was assigned."""
        self.partitions = len(partitions)

    def taken(self, consumer: object, partitions: Sequence[Any]) -> None:
        """Note that the consumer lost its partitions because the group is rebalanced."""
        self.partitions = 0


def consumer(bootstrap: str, topic: str, assignment: Assignment) -> Any:  # noqa: ANN401 - its stub differs in form only
    """Return a consumer of a topic in the group `firehose-<topic>`; without an offset it starts at the beginning."""
    client = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": f"firehose-{topic}",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "allow.auto.create.topics": False,
            # While brokers are away it tries again every two seconds at last, and each try is no news: what is wrong
            # for long is in the heartbeat.
            "reconnect.backoff.max.ms": 2_000,
            "log_level": 2,
        }
    )
    client.subscribe([topic], on_assign=assignment.given, on_revoke=assignment.taken)
    return client


def delivery_stream(environment: str, topic: str) -> str:
    """Return the name of the delivery stream of a topic: `aero-local-leg-events`."""
    return f"aero-{environment}-{topic}"


class Forwarder:
    """Sends messages of a consumer to a delivery stream, then commits; `events` and `records` count what was sent."""

    def __init__(
        self,
        source: KafkaConsumer,
        firehose: Any,  # noqa: ANN401 - boto3 clients have no static type
        stream: str,
        linger_seconds: float = LINGER_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.source, self.firehose, self.stream = source, firehose, stream
        self.linger_seconds, self.sleep = linger_seconds, sleep
        self.events = self.records = 0
        #: The time of the last step's end, by the monotonic clock, and what was wrong with it.
        self.stepped_at, self.trouble = time.monotonic(), ""
        self._taken: list[KafkaMessage] = []
        self._uncommitted: list[TopicPartition] = []

    def run(self, stop: Callable[[], bool]) -> None:
        """Forward until `stop` returns true; while Firehose is unavailable, messages are kept and tried again."""
        while not stop():
            try:
                self.step()
                self.stepped_at, self.trouble = time.monotonic(), ""
            except (BotoCoreError, ClientError, KafkaException, PutRefused) as error:
                if f"{error}" != self.trouble:
                    LOG.warning("%s: %s; trying again", self.stream, error)
                self.trouble = f"{error}"
                self.sleep(1.0)

    def step(self) -> int:
        """Forward the messages that come within the linger time; return the number of events.

        Messages of a failed step are sent first in the next step, because the consumer has already moved past them.
        """
        if not self._taken:
            self._taken = [
                message for message in self.source.consume(MAX_MESSAGES, self.linger_seconds) if _is_event(message)
            ]
        records = list(pack(message.value() or b"" for message in self._taken))
        for batch in batches(records):
            self._put(batch)
        events = len(self._taken)
        self._uncommitted += _next_offsets(self._taken)
        self._taken = []
        self.events += events
        self.records += len(records)
        self._commit()
        return events

    def _commit(self) -> None:
        """Commit the offsets of sent messages; after a failure the next step does, which also rejoins the group."""
        if self._uncommitted:
            ends = {
                (message.topic, message.partition): message
                for message in sorted(self._uncommitted, key=lambda message: message.offset)
            }
            self.source.commit(offsets=[ends[place] for place in sorted(ends)], asynchronous=False)
            self._uncommitted = []

    def _put(self, records: list[bytes]) -> None:
        """Put a batch; only the refused records are put again."""
        for attempt in range(ATTEMPTS):
            answer = self.firehose.put_record_batch(
                DeliveryStreamName=self.stream, Records=[{"Data": data} for data in records]
            )
            results = zip(records, answer["RequestResponses"], strict=True)
            refused = [(data, result) for data, result in results if result.get("ErrorCode")]
            if not refused:
                return
            records = [data for data, _ in refused]
            if attempt + 1 < ATTEMPTS:
                self.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
        refusal = refused[0][1]
        raise PutRefused(
            f"{len(records)} records refused {ATTEMPTS} times: {refusal['ErrorCode']}: {refusal['ErrorMessage']}"
        )


def pack(messages: Iterable[bytes]) -> Iterator[bytes]:
    """Pack messages, in order, into records of at most 1,000 KiB, one message per line.

    A message that contains a line feed gets its own record, so that it stays one message, as on AWS. A message too
    large for a record is no event; it is sent as several records, which are later refused with a reason and kept.
    """
    lines: list[bytes] = []
    size = 0
    for message in messages:
        alone = b"\n" in message or len(message) >= MAX_RECORD_BYTES
        if lines and (alone or size + len(message) + 1 > MAX_RECORD_BYTES):
            yield b"".join(lines)
            lines, size = [], 0
        if alone:
            for start in range(0, len(message), MAX_RECORD_BYTES):
                yield message[start : start + MAX_RECORD_BYTES]
            continue
        lines.append(message + b"\n")
        size += len(message) + 1
    if lines:
        yield b"".join(lines)


def batches(records: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Group records, in order, within the limits of one PutRecordBatch call."""
    batch: list[bytes] = []
    size = 0
    for record in records:
        if batch and (len(batch) == MAX_BATCH_RECORDS or size + len(record) > MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += len(record)
    if batch:
        yield batch


def _is_event(message: KafkaMessage) -> bool:
    """Return True for a message; False for a notice of the client about brokers, which it handles itself."""
    error = message.error()
    if error is not None:
        LOG.info("kafka says: %s", error)
    return error is None


def _next_offsets(messages: Iterable[KafkaMessage]) -> list[TopicPartition]:
    """Return, for each partition, the offset that follows these messages."""
    ends: dict[tuple[str, int], int] = {}
    for message in messages:
        place = (message.topic(), message.partition())
        ends[place] = max(ends.get(place, 0), message.offset() + 1)
    return [TopicPartition(topic, partition, offset) for (topic, partition), offset in sorted(ends.items())]
