"""The transform of Firehose: every line comes out unchanged and with a verdict, and no data makes it fail."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_assets.defs.typed.event_lines import unwrap
from aero_ingest.firehose_transform import MAX_ANSWER, handler, lines_of, transform
from aero_streaming.events import MAX_BYTES, Problem, parse, to_json
from tests.unit.feeds.event_rows import record
from tests.unit.streaming.event_samples import PAYLOAD, event

LIMIT_OF_LAMBDA = 6 * 1024 * 1024
GOOD = [to_json(event(kind)) for kind in PAYLOAD]
LINE = st.one_of(
    st.sampled_from(GOOD),
    st.binary(max_size=60).map(lambda data: data.replace(b"\n", b"\r")),
    st.text(max_size=30).map(lambda text: json.dumps({"event_type": text, "body": text}).encode()),
)


def out(answers: list[dict[str, str]]) -> list[dict]:
    return [json.loads(line) for answer in answers for line in base64.b64decode(answer["data"]).splitlines()]


def body(line: dict) -> bytes:
    return line["body"].encode() if "body" in line else base64.b64decode(line["body_base64"])


@settings(deadline=None)
@given(st.lists(st.lists(LINE, min_size=1, max_size=5), max_size=5), st.booleans())
def test_lines_in_are_lines_out_byte_for_byte_with_the_verdict_of_the_vocabulary(records, ends_in_line_feed):
    sent = [b"\n".join(lines) + b"\n" * ends_in_line_feed for lines in records]
    answers = transform([record(data, number) for number, data in enumerate(sent)])
    assert [answer["recordId"] for answer in answers] == [f"record-{number}" for number in range(len(sent))]
    assert {answer["result"] for answer in answers} <= {"Ok"}
    lines = [line for data in sent for line in lines_of(data)]
    found = out(answers)
    assert [body(line) for line in found] == lines
    for line, came in zip(found, lines, strict=True):
        verdict = parse(came)
        assert line["reason"] == (verdict.code if isinstance(verdict, Problem) else None)
        assert (line["message"] is None) == (line["reason"] is None)


@settings(deadline=None)
@given(st.lists(LINE, min_size=1, max_size=5))
def test_packed_lines_are_the_lines_that_were_packed(lines):
    assert lines_of(b"\n".join(lines) + b"\n") == lines


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_nothing_of_a_record_is_lost_whatever_it_is(data):
    assert b"\n".join(lines_of(data)) in (data, data[:-1])
    assert lines_of(data)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=6), st.integers(0, 3_000))
def test_an_answer_is_never_larger_than_it_may_be_and_a_record_that_does_not_fit_goes_on_as_it_came(sent, limit):
    answers = transform([record(data, number) for number, data in enumerate(sent)], max_answer=limit)
    as_they_came = [data if data.endswith(b"\n") else data + b"\n" for data in sent]
    least = sum(len(base64.b64encode(data)) for data in as_they_came)
    assert sum(len(answer["data"]) for answer in answers) <= max(limit, least)
    for answer, data in zip(answers, as_they_came, strict=True):
        [whole] = transform([record(data)])
        assert answer["data"] in (whole["data"], base64.b64encode(data).decode())


def test_what_a_thousand_kib_of_the_worst_can_do():
    """Blank lines grow most, quotes and control characters next; good neighbours in the request keep their verdicts."""
    good = b"\n".join(GOOD * 20)
    for worst in (b"\n", b'"', b"\x01", b"\xff"):
        answers = transform([record(good), record(worst * 1_024_000), record(good)])
        assert sum(len(answer["data"]) for answer in answers) <= MAX_ANSWER < LIMIT_OF_LAMBDA
        first, _, last = answers
        assert first["data"] == last["data"]
        assert [line["reason"] for line in out([first])] == [None] * len(GOOD) * 20


def test_a_full_record_of_events_grows_by_less_than_two():
    packed = b"\n".join(GOOD * (1_000_000 // sum(map(len, GOOD))))
    [answer] = transform([record(packed)])
    assert len(answer["data"]) < 2 * len(packed)
    assert json.loads(base64.b64decode(answer["data"]).splitlines()[0])["reason"] is None


def test_a_line_that_is_too_long_is_kept_with_its_reason():
    sent = b'{"a":"' + b"x" * MAX_BYTES + b'"}'
    [line] = out(transform([record(sent)]))
    assert (line["reason"], body(line)) == ("too_large", sent)


@pytest.mark.parametrize(
    ("sent", "reasons"),
    [
        (b"", ["empty"]),
        (b"\n", ["empty"]),
        (GOOD[0] + b"\n\n" + GOOD[1], [None, "empty", None]),
        (GOOD[0] + b"\r\n", [None]),
        (json.dumps(event("out"), indent=2).encode(), [None]),
        (b"{\n}", ["unreadable_json", "unreadable_json"]),
        (b'{"schema_version":2}', ["unknown_schema_version"]),
        (b'{"schema_version":1,"event_type":"teleport"}', ["unknown_event_type"]),
        (b'{"a":"\\ud800"}', ["bad_encoding"]),
        (b"\xff", ["bad_encoding"]),
    ],
)
def test_what_is_no_event_has_its_reason(sent, reasons):
    """An event on several lines is one message to Flink, so it is one event here; a broken one is kept line by line."""
    assert [line["reason"] for line in out(transform([record(sent)]))] == reasons


def test_the_arrival_is_that_of_the_record_in_utc():
    [line] = out(handler({"records": [record(GOOD[0], arrived_ms=1_764_090_192_042)]}, None)["records"])
    assert line["arrived_at"] == "2025-11-25T17:03:12.042Z"


@settings(deadline=None)
@given(LINE.filter(lambda line: b"\n" not in line))
def test_the_typed_step_reads_a_line_the_same_whether_it_was_wrapped_or_not(line):
    [answer] = transform([record(line)])
    assert unwrap(base64.b64decode(answer["data"]).rstrip(b"\n"))[:3] == unwrap(line)[:3]
