"""Topics and producer against a real broker."""

import json
from dataclasses import replace

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from aero_local import topics
from aero_local.errors import AeroError
from aero_streaming.events.types import TOPICS, Topic
from tests.stream.cluster import read


def _settings(bootstrap: str, topic: str) -> dict[str, str]:
    resource = ConfigResource(ResourceType.TOPIC, topic)
    admin = AdminClient({"bootstrap.servers": bootstrap})  # its answers end with it
    (future,) = admin.describe_configs([resource]).values()
    return {name: entry.value for name, entry in future.result(10).items()}


def test_topics_are_made_as_they_are_declared_and_only_once(kafka):
    topics.ensure_topics(kafka, 1)

    assert topics.ensure_topics(kafka, 1) == []

    found = AdminClient({"bootstrap.servers": kafka}).list_topics(timeout=10).topics
    for topic in TOPICS.values():
        assert len(found[topic.name].partitions) == topic.partitions == 3
        kept = _settings(kafka, topic.name)
        assert kept["retention.ms"] == str(topic.retention_hours * 3_600_000)
        assert kept["min.insync.replicas"] == "1"


def test_a_topic_with_another_number_of_partitions_is_refused(kafka):
    topic = Topic("refused", ("test",))
    assert topics.ensure_topics(kafka, 1, [topic]) == ["refused"]

    with pytest.raises(AeroError, match="refused has 3 partitions; it is declared with 6"):
        topics.ensure_topics(kafka, 1, [replace(topic, partitions=6)])


def test_brokers_that_do_not_come_are_told(kafka, monkeypatch):
    monkeypatch.setattr(topics, "PATIENCE_SECONDS", 0.2)

    with pytest.raises(AeroError, match="1 of 3 brokers answer"):
        topics.ensure_topics(kafka, 3)


def test_events_of_a_leg_stay_in_order_in_one_partition(kafka):
    topic = Topic("ordered", ("test",))
    topics.ensure_topics(kafka, 1, [topic])
    legs = [f"{number:032x}" for number in range(20)]

    with topics.producer(kafka) as producer:
        for number in range(1000):
            producer.send(topic, {"leg_uid": legs[number % len(legs)], "number": number})

    assert (producer.sent, producer.acked, producer.failed, producer.waiting) == (1000, 1000, 0, 0)
    partitions: dict[str, set[int]] = {}
    numbers: dict[str, list[int]] = {}
    for record in read(kafka, "ordered", 1000):
        event = json.loads(record.value)
        assert record.key == event["leg_uid"]
        partitions.setdefault(event["leg_uid"], set()).add(record.partition)
        numbers.setdefault(event["leg_uid"], []).append(event["number"])
    assert {len(found) for found in partitions.values()} == {1}
    assert all(found == sorted(found) for found in numbers.values())
    assert sum(map(len, numbers.values())) == 1000


def test_a_producer_waits_where_its_queue_is_full(kafka):
    topic = Topic("pressed", ("test",))
    topics.ensure_topics(kafka, 1, [topic])

    with topics.EventProducer(kafka, queue_messages=100) as producer:
        for number in range(5000):
            producer.send_text(topic, str(number), b"x" * 100)
            assert producer.waiting <= 101

    assert producer.acked == 5000
