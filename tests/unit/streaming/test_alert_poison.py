"""Records that cannot be used: into quarantine with a reason, at once, and nobody waits for them."""

import base64
import json

import pytest

from aero_streaming.alerts.handler import Quarantine, handle
from aero_streaming.alerts.records import Poison, read

from .alert_samples import Line, at, event, kinesis, leg, state
from .fakes import refused

CANCEL = "cancellation_flight"


@pytest.fixture
def line():
    return Line()


def cancelled():
    return leg(version=2, received="12:00", is_cancelled=True, cancelled_at=at("12:00"))


POISON = [
    (b"\xff\xfe", "bad_encoding"),
    (b"{", "bad_json"),
    (b"[" * 100_000, "bad_json"),
    (b"[1]", "not_an_object"),
    (b'{"op":"c","before":null,"after":null}', "bad_envelope"),
    (b'{"op":"x","after":{}}', "bad_envelope"),
    (b'{"kind":"weather"}', "unknown_kind"),
    (json.dumps({**event(), "leg_uid": None}).encode(), "missing_field"),
    (json.dumps({**event(), "received_at": "yesterday"}).encode(), "bad_value"),
    (json.dumps({**event(), "event_time": "2026-11-25T12:00:00"}).encode(), "bad_value"),
    (json.dumps({**event(), "operating_date": "25.11.2026"}).encode(), "bad_value"),
    (json.dumps({**leg(), "state_version": "7"}).encode(), "bad_value"),
    (json.dumps({**leg(), "expected_delay_minutes": 7.5}).encode(), "bad_value"),
    (json.dumps({**leg(), "is_cancelled": 1}).encode(), "bad_value"),
    (json.dumps({**state(), "arr_late_15_legs": 9, "arrived_legs": 8}).encode(), "bad_value"),
    (json.dumps({**state(), "scope_type": "planet"}).encode(), "bad_value"),
    (json.dumps({**state("hub_quarter")}).encode(), "missing_field"),
    (b" " * (1 << 20) + b"x", "too_large"),
]


@pytest.mark.parametrize(("body", "reason"), POISON, ids=range(len(POISON)))
def test_poison_goes_to_quarantine_with_its_reason_and_holds_nobody_up(line, body, reason):
    answer = line.send(body, cancelled(), body)
    assert answer == {"batchItemFailures": []}
    assert line.alert(CANCEL, leg()["leg_uid"])["state"] == "FIRING"
    keys = sorted(line.s3.objects)
    assert keys == [f"quarantine/stream/alerts_feed/dt=2026-11-25/shardId-000000000000-{n}.json" for n in (1, 3)]
    document = json.loads(line.s3.objects[keys[0]])
    assert document["reason"] == reason
    assert base64.b64decode(document["record_base64"]) == body


def test_data_that_is_no_base64_is_poison_too(line):
    (record,) = kinesis([leg()])
    record["kinesis"]["data"] = "?"
    assert handle([record], line.engine, Quarantine(line.s3, "lake")) == {"batchItemFailures": []}
    (document,) = line.s3.objects.values()
    assert json.loads(document)["reason"] == "bad_base64"


def test_quarantine_that_cannot_be_written_is_tried_again(line):
    line.s3.fails = [refused("SlowDown")]
    assert line.send(leg(), b"{") == {"batchItemFailures": [{"itemIdentifier": "2"}]}


def test_what_flink_could_not_read_is_set_aside_for_flinks_reason():
    told = {"kind": "unreadable", "topic": "leg-events", "reason": "bad_value", "message": "flight_number is '12'"}
    assert read(json.dumps(told).encode()) == Poison("bad_value", "leg-events: flight_number is '12'")
