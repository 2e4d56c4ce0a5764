"""The forwarder: what Kafka has reaches Firehose in order and at least once, whatever fails or is killed."""

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from confluent_kafka import KafkaException
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_ingest.firehose_transform import lines_of
from aero_local.forwarder import (
    ATTEMPTS,
    MAX_BATCH_BYTES,
    MAX_BATCH_RECORDS,
    MAX_RECORD_BYTES,
    Assignment,
    Forwarder,
    PutRefused,
    batches,
    delivery_stream,
    pack,
)
from aero_local.services.forwarder import complaint
from aero_streaming.events.types import TOPICS


class Message:
    """A message as confluent_kafka gives it."""

    def __init__(self, offset: int, value: bytes | None, partition: int = 0, error: str | None = None) -> None:
        self._said = (value, "bookings", partition, offset, error)

    def value(self):
        return self._said[0]

    def topic(self):
        return self._said[1]

    def partition(self):
        return self._said[2]

    def offset(self):
        return self._said[3]

    def error(self):
        return self._said[4]


class Topic:
    """A topic with two partitions and the group's committed offsets; a consumer of it starts where those say."""

    def __init__(self, *values: bytes | None) -> None:
        self.partitions: list[list[bytes | None]] = [list(values[::2]), list(values[1::2])]
        self.committed = [0, 0]

    def consumer(self) -> "Client":
        return Client(self)


class Client:
    """A consumer: its position moves with what it hands out, the committed offsets only by `commit`."""

    def __init__(self, topic: Topic, most: int = 3) -> None:
        self.topic, self.position, self.most = topic, list(topic.committed), most

    def consume(self, num_messages: int, timeout: float) -> list[Message]:
        found: list[Message] = []
        for number, values in enumerate(self.topic.partitions):
            while self.position[number] < len(values) and len(found) < min(num_messages, self.most):
                found.append(Message(self.position[number], values[self.position[number]], number))
                self.position[number] += 1
        return found

    def commit(self, *, offsets: list[Any], asynchronous: bool) -> None:
        assert not asynchronous
        for offset in offsets:
            self.topic.committed[offset.partition] = offset.offset


class Firehose:
    """Takes records, refuses those whose number in order of arrival is in `refuses`."""

    def __init__(self, refuses: tuple[int, ...] = (), away: int = 0) -> None:
        self.refuses, self.away, self.asked = refuses, away, 0
        self.taken: list[bytes] = []
        self.calls: list[list[bytes]] = []

    def put_record_batch(self, *, DeliveryStreamName: str, Records: list[dict[str, bytes]]) -> dict[str, Any]:
        assert DeliveryStreamName == "aero-local-bookings"
        if self.away:
            self.away -= 1
            raise EndpointConnectionError(endpoint_url="http://localhost")
        self.calls.append([record["Data"] for record in Records])
        results = []
        for record in Records:
            if self.asked in self.refuses:
                results.append({"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "slow down"})
            else:
                self.taken.append(record["Data"])
                results.append({"RecordId": f"{self.asked}"})
            self.asked += 1
        return {"FailedPutCount": sum("ErrorCode" in result for result in results), "RequestResponses": results}

    @property
    def lines(self) -> list[bytes]:
        return [line for record in self.taken for line in lines_of(record)]


def forwarder(client: Client, firehose: Firehose) -> Forwarder:
    return Forwarder(client, firehose, "aero-local-bookings", sleep=lambda seconds: None)


def drained(topic: Topic, firehose: Firehose) -> Forwarder:
    forwards = forwarder(topic.consumer(), firehose)
    while forwards.step():
        pass
    return forwards


def numbered(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


def test_everything_arrives_in_order_in_few_records_and_is_committed():
    topic, firehose = Topic(*numbered(10)), Firehose()
    forwards = drained(topic, firehose)
    assert [line for line in firehose.lines if int(line) % 2 == 0] == numbered(10)[::2]
    assert [line for line in firehose.lines if int(line) % 2] == numbered(10)[1::2]
    assert topic.committed == [5, 5]
    assert (forwards.events, forwards.records) == (10, 4)


def test_only_what_was_refused_is_put_again():
    messages = [b"a" * (MAX_RECORD_BYTES - 1), b"b" * (MAX_RECORD_BYTES - 1), b"c"]
    topic, firehose = Topic(messages[0], None, messages[1], None, messages[2]), Firehose(refuses=(1,))
    forwards = forwarder(Client(topic, most=9), firehose)
    forwards.step()
    first, second = firehose.calls
    assert second == [first[1]]
    assert sorted(firehose.lines) == sorted([*messages, b"", b""])
    assert topic.committed == [3, 2]


def test_a_put_that_fails_is_not_committed_and_is_tried_again_before_anything_else():
    topic, firehose = Topic(*numbered(8)), Firehose(refuses=tuple(range(ATTEMPTS)))
    forwards = forwarder(topic.consumer(), firehose)
    with pytest.raises(PutRefused, match="1 records refused 6 times: ServiceUnavailableException: slow down"):
        forwards.step()
    assert topic.committed == [0, 0]
    assert forwards.step() == 3
    assert firehose.lines == [b"0", b"2", b"4"]
    assert topic.committed == [3, 0]


def test_while_firehose_is_away_nothing_is_lost():
    topic, firehose = Topic(*numbered(8)), Firehose(away=4)
    forwards = forwarder(topic.consumer(), firehose)
    forwards.run(stop=lambda: forwards.events == 8)
    assert sorted(firehose.lines) == numbered(8)


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


@settings(deadline=None)
@given(
    count=st.integers(1, 12),
    kills=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["put", "commit"])), max_size=4),
)
def test_whoever_is_killed_between_put_and_commit_sends_twice_and_loses_nothing(count, kills):
    topic, firehose = Topic(*numbered(count)), Firehose()
    for steps, at in kills:
        client = topic.consumer()
        forwards = forwarder(client, firehose)
        for _ in range(steps):
            forwards.step()

        def die(**said: object) -> None:
            raise Killed

        if at == "commit":
            client.commit = die
        else:
            forwards.firehose = type("Dead", (), {"put_record_batch": staticmethod(die)})()
        try:
            forwards.step()
        except Killed:
            continue
    drained(topic, firehose)
    for parity in (0, 1):
        sent = [line for line in firehose.lines if int(line) % 2 == parity]
        assert list(dict.fromkeys(sent)) == numbered(count)[parity::2], "first copies come in order, none is missing"
    assert len(firehose.lines) - count <= 3 * len(kills)


def test_what_the_client_says_about_itself_is_no_event():
    client = Topic().consumer()
    told = [Message(0, b"Local: Broker transport failure", error="_TRANSPORT"), Message(0, b"1")]
    client.consume = lambda num_messages, timeout: [told.pop(0)] if told else []
    firehose = Firehose()
    forwards = forwarder(client, firehose)
    assert (forwards.step(), forwards.step()) == (0, 1)
    assert firehose.lines == [b"1"]


SMALL = st.binary(max_size=40)


@settings(deadline=None)
@given(st.lists(st.one_of(SMALL, st.sampled_from([b"", b"x" * 400_000, b"y" * (MAX_RECORD_BYTES - 1)])), max_size=8))
def test_packed_messages_are_the_messages_in_order_within_the_limits(messages):
    records = list(pack(messages))
    assert all(0 < len(record) <= MAX_RECORD_BYTES for record in records)
    # A line each; a message with a line feed inside is a record as it is.
    assert b"".join(records) == b"".join(message if b"\n" in message else message + b"\n" for message in messages)
    alone = Counter(message for message in messages if b"\n" in message)
    assert alone <= Counter(records)


def test_a_message_that_no_record_can_hold_goes_on_in_pieces():
    message = bytes(range(32, 127)) * 12_000
    pieces = list(pack([b"before", message, b"after"]))
    assert b"".join(pieces[1:-1]) == message
    assert (pieces[0], pieces[-1]) == (b"before\n", b"after\n")
    assert max(map(len, pieces)) <= MAX_RECORD_BYTES


@settings(deadline=None)
@given(st.lists(st.sampled_from([1, 1_000, MAX_RECORD_BYTES]), max_size=1_100))
def test_a_batch_holds_what_one_call_may_hold_in_order(sizes):
    records = [b"r" * size for size in sizes]
    found = list(batches(records))
    assert [record for batch in found for record in batch] == records
    assert all(len(batch) <= MAX_BATCH_RECORDS and sum(map(len, batch)) <= MAX_BATCH_BYTES for batch in found)


def test_every_topic_has_its_delivery_stream():
    names = [delivery_stream("local", topic) for topic in TOPICS]
    assert names == ["aero-local-leg-events", "aero-local-bookings", "aero-local-feedback"]


class Lost(Client):
    """A consumer whose broker takes no commit until `back` is set: it must be polled before it may commit again."""

    back = False

    def commit(self, *, offsets: list[Any], asynchronous: bool) -> None:
        if not self.back:
            raise KafkaException("the group is being made again")
        super().commit(offsets=offsets, asynchronous=asynchronous)


def test_what_was_put_and_not_committed_is_put_once_and_committed_when_the_broker_is_back():
    topic, firehose = Topic(b"1", b"2", b"3", b"4"), Firehose()
    client = Lost(topic, most=9)
    forwards = forwarder(client, firehose)
    with pytest.raises(KafkaException):
        forwards.step()
    client.back = True

    assert forwards.step() == 0

    assert Counter(line for record in firehose.taken for line in lines_of(record)) == Counter([b"1", b"2", b"3", b"4"])
    assert topic.committed == [2, 2]


def test_a_forwarder_says_which_topic_does_not_move_and_why():
    moving, stuck, waiting = (forwarder(Topic().consumer(), Firehose()) for _ in range(3))
    stuck.trouble = "records refused"
    given = {"a": Assignment(3), "b": Assignment(3), "c": Assignment(0)}
    all_of_them = {"a": moving, "b": stuck, "c": waiting}

    said = complaint(all_of_them, given, moving.stepped_at + 1)

    assert said == "b: records refused; no partition of c was given to it yet"
    assert complaint({"a": moving}, given, moving.stepped_at + 1) == ""
    assert complaint({"a": moving}, given, moving.stepped_at + 100) == "a has not moved for 100 s"
