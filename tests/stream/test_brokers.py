"""Brokers that die and come back: what was acknowledged is there once."""

import time
from collections import Counter

from aero_local import topics
from aero_streaming.events.types import TOPICS
from tests.stream.cluster import Cluster, read

LEG_EVENTS = TOPICS["leg-events"]


def test_one_of_three_brokers_is_killed_and_nothing_is_lost_or_doubled(three_brokers):
    topics.ensure_topics(three_brokers.bootstrap, 3)
    count = 20_000

    with topics.producer(three_brokers.bootstrap) as producer:
        for number in range(count):
            producer.send_text(LEG_EVENTS, str(number % 500), str(number))
            if number == count // 2:
                while producer.acked < number // 2:
                    producer.poll(0.05)
                three_brokers.kill("kafka-2")

    assert (producer.sent, producer.acked, producer.failed) == (count, count, 0)
    counts = Counter(int(record.value) for record in read(three_brokers.bootstrap, LEG_EVENTS.name, count))
    assert set(counts) == set(range(count)), "lost"
    assert max(counts.values()) == 1, "doubled"

    assert three_brokers.supervisor.status("kafka-2").state == "died"
    three_brokers.start("kafka-2")
    assert topics.listed_brokers(three_brokers.bootstrap) == {1, 2, 3}


def test_a_broker_that_is_stopped_and_started_keeps_topics_and_records(tmp_path):
    cluster = Cluster(tmp_path / "one", brokers=1)
    try:
        cluster.start()
        topics.ensure_topics(cluster.bootstrap, 1)
        with topics.producer(cluster.bootstrap) as producer:
            for number in range(100):
                producer.send_text(LEG_EVENTS, str(number), str(number))
        begin = time.monotonic()
        assert cluster.stop() == ["kafka-1"]
        assert time.monotonic() - begin < 15

        cluster.start()

        assert topics.ensure_topics(cluster.bootstrap, 1) == []
        assert len(read(cluster.bootstrap, LEG_EVENTS.name, 100)) == 100
    finally:
        cluster.stop()
