"""Delivered twice, delivered at the same time, killed between any two writes: always the same objects.

S3 delivers an event at least once and Lambda tries again after a failure, so each of these happens.
"""

import gzip
import hashlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_ingest.gunzip import Gunzip
from aero_ingest.partner_drop import handle
from tests.unit.infra.door import DOOR, FEED, GOOD, HEADER, INBOX, LAKE, RAW, packed, put, read, using
from tests.unit.infra.fake_s3 import Crash, FakeS3

# Stored and not compressed, so that nine megabytes make two parts.
IN_PARTS = gzip.compress(HEADER + (b"AM,1," + b"5" * 1000 + b"\n") * 9_000, 0, mtime=0)
FILES = {"small": GOOD, "in parts": IN_PARTS, "bad": b"<html>", "damaged": packed(GOOD)[:-3]}
KEY = f"{FEED}/january.csv"


def deliver(s3: FakeS3, record: dict, killed_at: int | None = None, when: str = "before") -> int:
    """Hand the event to the door; a process that is killed does nothing any more. Returns its writes."""
    s3.writes = 0

    def kill(number: int, call: str) -> None:
        if killed_at is not None and number >= killed_at:
            raise Crash

    s3.before = kill if when == "before" else lambda number, call: kill(number - 1, call)
    s3.after = kill if when == "after" else lambda number, call: None
    try:
        handle({"Records": [record]}, using(s3))
    except Crash:
        assert killed_at is not None
    finally:
        s3.before = s3.after = lambda number, call: None
    return s3.writes


def undisturbed(data: bytes) -> tuple[dict, int]:
    s3 = FakeS3()
    writes = deliver(s3, put(s3, KEY, data))
    return s3.contents(RAW, LAKE), writes


@pytest.mark.parametrize("data", FILES.values(), ids=FILES.keys())
def test_an_event_delivered_three_times_changes_nothing_after_the_first(data):
    s3 = FakeS3()
    record = put(s3, KEY, data)
    deliver(s3, record)
    first = s3.contents(RAW, LAKE)
    deliver(s3, record)
    deliver(s3, record)
    assert s3.contents(RAW, LAKE) == first == undisturbed(data)[0]
    assert s3.uploads == {}
    assert all(len(s3.objects[RAW, key]) == 1 for key in s3.keys(RAW)), "raw is never rewritten"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("data", FILES.values(), ids=FILES.keys())
def test_killed_at_any_write_and_delivered_again_it_ends_in_the_same_objects(data, when):
    expected, writes = undisturbed(data)
    for killed_at in range(1, writes + 1):
        s3 = FakeS3()
        record = put(s3, KEY, data)
        deliver(s3, record, killed_at, when)
        deliver(s3, record)
        assert s3.contents(RAW, LAKE) == expected, f"killed {when} write {killed_at} of {writes}"
        assert all(len(s3.objects[RAW, key]) == 1 for key in s3.keys(RAW)), "raw is never rewritten"


@pytest.mark.parametrize("data", FILES.values(), ids=FILES.keys())
def test_the_same_event_handled_twice_at_the_same_time_is_one_arrival(data):
    expected, writes = undisturbed(data)
    for moment in range(1, writes + 1):
        s3 = FakeS3()
        record = put(s3, KEY, data)
        step_in(s3, moment, record)
        handle({"Records": [record]}, using(s3))
        assert s3.contents(RAW, LAKE) == expected, f"the other came before write {moment}"
        assert s3.uploads == {}


@pytest.mark.parametrize("data", [GOOD, IN_PARTS], ids=["small", "in parts"])
def test_equal_content_arriving_twice_at_the_same_time_is_accepted_once(data):
    _, writes = undisturbed(data)
    for moment in range(1, writes + 1):
        s3 = FakeS3()
        first, second = put(s3, KEY, data), put(s3, f"{FEED}/again.csv", data)
        step_in(s3, moment, second)
        handle({"Records": [first]}, using(s3))
        check(s3, whole=2)
        assert s3.uploads == {}


def step_in(s3: FakeS3, moment: int, record: dict) -> None:
    """Let another process take ``record`` from start to end just before the given write."""

    def before(number: int, call: str) -> None:
        if number == moment:
            s3.before = lambda number, call: None
            handle({"Records": [record]}, using(s3))

    s3.writes, s3.before = 0, before


def check(s3: FakeS3, whole: int | None = None) -> None:
    """Every receipt leads to its content; every content was accepted by one arrival only."""
    receipts = [s3.document(RAW, key) for key in s3.keys(RAW, f"{FEED}/_arrivals/")]
    for receipt in receipts:
        body = gzip.decompress(s3.body(RAW, receipt["raw_key"]))
        assert hashlib.sha256(body).hexdigest() == receipt["content_sha256"]
        marker = s3.document(RAW, f"{FEED}/_content/{receipt['content_sha256']}.json")
        assert marker == {"raw_key": receipt["raw_key"]}
    accepted = [receipt["content_sha256"] for receipt in receipts if receipt["status"] == "accepted"]
    assert len(accepted) == len(set(accepted))
    for key in s3.keys(LAKE, "_outcomes/"):
        outcome = s3.document(LAKE, key)
        assert outcome["rows_in"] == outcome["rows_out"] + outcome["duplicates"] + outcome["rejects"]
    if whole is not None:
        assert len(receipts) == whole
        assert set(accepted) == {receipt["content_sha256"] for receipt in receipts}


CONTENTS = [GOOD, GOOD + b"AM,9,9\n", packed(GOOD), b"", b"<html>"]
DELIVERIES = st.lists(
    st.tuples(st.integers(0, 4), st.one_of(st.none(), st.integers(1, 6)), st.sampled_from(["before", "after"])),
    max_size=12,
)


@settings(max_examples=100, deadline=None)
@given(
    arrivals=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(CONTENTS)), min_size=1, max_size=5),
    deliveries=DELIVERIES,
    last=st.randoms(use_true_random=False),
)
def test_any_deliveries_in_any_order_with_any_kills_lose_and_repeat_nothing(arrivals, deliveries, last):
    s3 = FakeS3()
    records = [
        put(s3, f"{FEED}/{name}.csv", data, f"2026-11-23T10:00:{second:02}.000Z")
        for second, (name, data) in enumerate(arrivals)
    ]
    for number, killed_at, when in deliveries:
        deliver(s3, records[number % len(records)], killed_at, when)
        check(s3)
    order = list(records)
    last.shuffle(order)
    for record in order:
        deliver(s3, record)
    good = [data for _, data in arrivals if data not in (b"", b"<html>")]
    receipts = s3.keys(RAW, f"{FEED}/_arrivals/")
    assert len(receipts) == len(good)
    assert len(s3.keys(LAKE, "_outcomes/door/")) == len(arrivals)
    assert len(s3.keys(LAKE, "quarantine/")) == 2 * (len(arrivals) - len(good))
    check(s3)
    contents = {gzip.decompress(data) if data[:1] == b"\x1f" else data for data in good}
    markers = {key.rsplit("/", 1)[-1].removesuffix(".json") for key in s3.keys(RAW, f"{FEED}/_content/")}
    assert markers == {hashlib.sha256(data).hexdigest() for data in contents}
    before = s3.contents(RAW, LAKE, INBOX)
    for record in records:
        deliver(s3, record)
    assert s3.contents(RAW, LAKE, INBOX) == before


LINES = st.lists(st.sampled_from([b"AM,1,5", b"", b"  ", "é,1,1".encode(), b"\xe9,1,1", b"AM,2,2\r"]), max_size=30)


@given(lines=LINES, cuts=st.lists(st.integers(0, 1000), max_size=8), ending=st.sampled_from([b"", b"\n"]))
def test_where_the_content_is_cut_into_blocks_changes_nothing(lines, cuts, ending):
    data = HEADER + b"\n".join(lines) + ending
    assert read(DOOR, data, cuts) == read(DOOR, data, [])


@given(parts=st.lists(st.binary(max_size=200), max_size=4), cuts=st.lists(st.integers(0, 1000), max_size=8))
def test_gzip_is_read_the_same_in_any_pieces_and_members(parts, cuts):
    data = b"".join(packed(part) for part in parts) or packed(b"")
    edges = sorted({0, *(cut % (len(data) + 1) for cut in cuts), len(data)})
    unpack = Gunzip()
    got = b"".join(block for start, end in pairwise(edges) for block in unpack.feed(data[start:end]))
    unpack.finish()
    assert got == b"".join(parts)


def test_a_block_of_unpacked_data_is_never_larger_than_a_megabyte():
    bomb = packed(b"\n" * (40 << 20))
    sizes = [len(block) for block in Gunzip().feed(bomb)]
    assert sum(sizes) == 40 << 20
    assert max(sizes) <= 1 << 20
