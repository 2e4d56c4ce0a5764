"""The gateway's producer: acknowledged by all replicas, idempotent, with IAM where the brokers want it."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from aero_streaming.events import Event, to_json, topic_of
from aero_streaming.events.types import TOPICS

#: A broker that is gone stalls a partition for some ten seconds: giving up is later, the function's end later still.
DELIVERY_MILLISECONDS = 60_000


class TopicProducer:
    """Sends events; leaving the context waits until every one is acknowledged, and raises if one was not.

    Brokers are asked for when the first event is sent: most rounds have none.
    """

    def __init__(self, bootstrap: str, security: str = "plaintext") -> None:
        self._bootstrap, self._security = bootstrap, security
        self._producer: Any = None
        self._pending: list[Any] = []
        #: Events that the brokers have, known when the context was left.
        self.acknowledged = 0

    def send(self, event: Event) -> None:
        """Queue an event for its topic, by its key."""
        self.send_text(to_json(event), event)

    def send_text(self, record: bytes, event: Event) -> None:
        """Queue a record exactly as it is, for the topic and by the key of the event that it holds."""
        topic = TOPICS[topic_of(event)]
        if self._producer is None:
            self._producer = _producer(self._bootstrap, self._security)
        self._pending.append(self._producer.send(topic.name, value=record, key=str(event[topic.key]).encode()))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the brokers; what they did not take is an error of the whole invocation."""
        if self._producer is None:
            return
        try:
            if kind is None:
                self._producer.flush()
                for future in self._pending:
                    future.get(timeout=DELIVERY_MILLISECONDS / 1000)
                    self.acknowledged += 1
        finally:
            self._producer.close(timeout=5)


def _producer(bootstrap: str, security: str) -> Any:  # noqa: ANN401 - comes with the zip
    from kafka import KafkaProducer  # noqa: PLC0415 - slow, and most rounds need none

    if not bootstrap:
        raise ConnectionError("no brokers are known: set BootstrapServers of the gateway's stack")
    return KafkaProducer(
        bootstrap_servers=bootstrap.split(","),
        acks="all",
        enable_idempotence=True,
        delivery_timeout_ms=DELIVERY_MILLISECONDS,
        linger_ms=20,
        # By the function's role, which botocore knows.
        **({"security_protocol": "SASL_SSL", "sasl_mechanism": "AWS_MSK_IAM"} if security == "iam" else {}),
    )
