"""The balance of the door: what it hands to the raw zone holds the rows that came in, each as it came."""

import gzip
import zlib

import pytest

from aero_ingest.content import Content
from aero_ingest.kept import Kept
from aero_ingest.receipts import outcome_of_receipt
from tests.unit.infra.door import DOOR, FEED, GOOD, LAKE, packed, send
from tests.unit.infra.fake_s3 import FakeS3

HEADER, *ROWS = GOOD.splitlines(keepends=True)
LIMIT = 1 << 30
SPOILED = {
    "lose": (ROWS[1:], 1, 0),
    "double": ([*ROWS, ROWS[0]], -1, 0),
    "invent": ([*ROWS, b"XX,9,9\n"], -1, 0),
    "mix": ([ROWS[0].replace(b"AM", b"ZZ"), *ROWS[1:]], 0, 1),
}


class Nowhere:
    def write(self, data):
        pass


def outcome(sent: bytes, stored: bytes, cut: int = 7):
    """The door's row of a file that came in as one content and went on as another."""
    came = Content(DOOR)
    came.feed(sent)
    facts = came.finish()
    kept = Kept(DOOR, Nowhere(), LIMIT)
    for at in range(0, len(stored), cut):
        kept.write(stored[at : at + cut])
    document = {"feed": FEED, "arrival_id": "a", "status": "accepted", "arrived_at": "", "raw_key": "k"}
    return outcome_of_receipt(document, "", facts, kept.count(facts.sha256, facts.rows), 0.0)


def left(row):
    return row["rows_in"] - row["rows_out"] - row["duplicates"] - row["rejects"]


@pytest.mark.parametrize("body", [GOOD, packed(GOOD)])
def test_a_file_that_is_taken_in_is_level(body):
    s3 = FakeS3()
    row = send(s3, body, f"{FEED}/a.csv")
    assert (row["rows_out"], left(row), row["mixed"]) == (3, 0, 0)
    again = send(s3, body, f"{FEED}/b.csv")
    assert (again["duplicates"], left(again), again["mixed"]) == (3, 0, 0)
    assert len(s3.keys(LAKE, "_outcomes/door/")) == 2


@pytest.mark.parametrize("kind", SPOILED)
def test_what_is_spoiled_between_reading_and_keeping_does_not_balance(kind):
    rows, difference, mixed = SPOILED[kind]
    row = outcome(GOOD, gzip.compress(HEADER + b"".join(rows)))
    assert (left(row), row["mixed"]) == (difference, mixed)


def test_a_body_that_breaks_off_or_is_no_body_counts_what_it_has():
    body = zlib.compressobj(wbits=31)
    cut = body.compress(GOOD) + body.flush(zlib.Z_SYNC_FLUSH)
    assert left(outcome(GOOD[:-1] + b"\n", cut[: len(cut) // 2])) > 0
    assert left(outcome(GOOD, b"no gzip at all")) == 3
