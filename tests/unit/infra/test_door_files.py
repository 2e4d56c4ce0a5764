"""The door takes each kind of file in with a receipt, or puts it aside with a reason."""

import gzip
import hashlib
import json
import re
from typing import Any

import pytest

from aero_ingest.doors import Door, load_doors, place_of
from aero_ingest.partner_drop import handle
from aero_ingest.receipts import event_time
from tests.unit.infra.door import AT, DOOR, FEED, GOOD, HEADER, INBOX, LAKE, RAW, event, packed, put, send, using
from tests.unit.infra.fake_s3 import FakeS3, refused

KEY = f"{FEED}/january.csv"


@pytest.fixture
def s3():
    return FakeS3()


def test_a_plain_file_is_compressed_and_a_compressed_one_kept_byte_for_byte(s3):
    send(s3, GOOD, f"{FEED}/plain.csv")
    send(s3, packed(GOOD + b"AM,4,1\n"), f"{FEED}/packed.csv.gz")
    plain, kept = (s3.body(RAW, key) for key in sorted(s3.keys(RAW, f"{FEED}/dt="), key=lambda k: len(s3.body(RAW, k))))
    assert gzip.decompress(plain) == GOOD
    assert kept == packed(GOOD + b"AM,4,1\n")


def test_the_receipt_marker_and_outcome_say_exactly_what_was_agreed(s3):
    outcome = send(s3, GOOD)
    content, key_hash = hashlib.sha256(GOOD).hexdigest(), hashlib.sha256(KEY.encode()).hexdigest()[:12]
    version = s3.objects[INBOX, KEY][0][0]
    time = f"{event_time(AT, version):%Y%m%dT%H%M%S%f}Z"
    name = f"{time}-{key_hash}"
    raw_key = f"{FEED}/dt=2026-11-23/hh=23/{name}.csv.gz"
    assert s3.keys(RAW) == sorted(
        [
            raw_key,
            f"{FEED}/_arrivals/dt=2026-11-23/{name}-{content[:12]}.json",
            f"{FEED}/_content/{content}.json",
        ]
    )
    assert s3.document(RAW, f"{FEED}/_content/{content}.json") == {"raw_key": raw_key}
    receipt = s3.document(RAW, f"{FEED}/_arrivals/dt=2026-11-23/{name}-{content[:12]}.json")
    assert re.fullmatch(r"2026-11-23T23:59:59\.999\d{3}Z", receipt.pop("arrived_at"))
    assert receipt == {
        "arrival_id": f"{name}-{content[:12]}",
        "feed": FEED,
        "inbox_key": KEY,
        "inbox_version_id": version,
        "content_sha256": content,
        "content_bytes": len(GOOD),
        "rows": 3,
        "raw_key": raw_key,
        "status": "accepted",
    }
    assert s3.keys(LAKE) == [f"_outcomes/door/dt=2026-11-23/{name}-{content[:12]}.json"]
    assert outcome == s3.document(LAKE, s3.keys(LAKE)[0])
    assert outcome.pop("seconds") >= 0
    assert outcome.pop("arrived_at").startswith("2026-11-23T23:59:59.999")
    assert outcome == {
        "hop": "door",
        "feed": FEED,
        "subject": f"{name}-{content[:12]}",
        "status": "accepted",
        "files_in": 1,
        "rows_in": 3,
        "rows_out": 3,
        "duplicates": 0,
        "rejects": 0,
        "mixed": 0,
        "dates_touched": [],
        "version": "contract-1",
        "reason": None,
        "message": None,
    }


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (GOOD.removesuffix(b"\n"), 3),
        (GOOD.replace(b"\n", b"\r\n"), 3),
        (b"\xef\xbb\xbf" + GOOD, 3),
        (GOOD + b"\n  \r\n\n", 3),
        (b'"CARRIER","NUMBER","DELAY"\nAM,1,5\n', 1),
        (packed(GOOD[:30]) + packed(GOOD[30:]), 3),
        (packed(GOOD) + b"\0" * 512, 3),
        (HEADER + "Aeroméxico,1,5\n".encode(), 1),
    ],
    ids=["no last line end", "CR LF", "BOM", "blank lines", "quoted header", "two members", "padded", "UTF-8"],
)
def test_these_are_good_files(s3, data, rows):
    outcome = send(s3, data)
    assert (outcome["status"], outcome["rows_out"]) == ("accepted", rows)


def test_a_few_lines_that_are_not_utf8_pass_and_are_counted(s3):
    outcome = send(s3, GOOD + "México,4,1\n".encode("latin-1"))
    assert outcome["status"] == "accepted"
    assert outcome["rows_out"] == 4
    assert outcome["message"].startswith("1 lines are not UTF-8")


def test_a_folder_made_in_the_console_is_no_file(s3):
    assert handle({"Records": [put(s3, f"{FEED}/", b"")]}, using(s3)) == []
    assert s3.writes == 0


def test_a_test_event_is_no_file(s3):
    assert handle({"Service": "Amazon S3", "Event": "s3:TestEvent"}, using(s3)) == []


def test_keys_arrive_encoded(s3):
    outcome = send(s3, GOOD, f"{FEED}/enero 2026 (más+).csv")
    receipt = s3.document(RAW, s3.keys(RAW, f"{FEED}/_arrivals/")[0])
    assert receipt["inbox_key"] == f"{FEED}/enero 2026 (más+).csv"
    assert outcome["status"] == "accepted"


def test_the_version_of_the_event_is_read_and_not_the_newest(s3):
    first = put(s3, KEY, GOOD)
    put(s3, KEY, b"<html>")
    assert handle({"Records": [first]}, using(s3))[0]["status"] == "accepted"


def test_two_versions_in_the_same_millisecond_do_not_share_a_body(s3):
    first, second = put(s3, KEY, GOOD), put(s3, KEY, GOOD + b"AM,4,4\n")
    handle({"Records": [first, second]}, using(s3))
    assert len(s3.keys(RAW, f"{FEED}/dt=")) == 2


def test_a_file_deleted_before_it_was_read_leaves_an_outcome_and_no_retry(s3):
    outcome = handle({"Records": [event(KEY, "v-gone", 10)]}, using(s3))[0]
    assert (outcome["status"], outcome["reason"], outcome["rows_in"]) == ("rejected", "gone", 0)


def test_equal_content_is_a_duplicate_whatever_its_name_and_compression(s3):
    send(s3, GOOD, f"{FEED}/a.csv", "2026-11-23T10:00:00.000Z")
    again = send(s3, packed(GOOD), f"{FEED}/b.csv.gz", "2026-11-24T10:00:00.000Z")
    [body] = s3.keys(RAW, f"{FEED}/dt=")
    receipts = [s3.document(RAW, key) for key in s3.keys(RAW, f"{FEED}/_arrivals/")]
    assert [receipt["status"] for receipt in receipts] == ["accepted", "duplicate"]
    assert {receipt["raw_key"] for receipt in receipts} == {body}
    assert (again["rows_in"], again["rows_out"], again["duplicates"]) == (3, 0, 3)
    assert s3.uploads == {}


@pytest.mark.parametrize("body", [b"", b'{"raw_key"', b"[]", b"{}"])
def test_where_a_content_marker_is_damaged_the_content_is_kept_once_more_and_nothing_is_lost(s3, body):
    send(s3, GOOD, f"{FEED}/a.csv", "2026-11-23T10:00:00.000Z")
    [marker] = s3.keys(RAW, f"{FEED}/_content/")
    s3.put(RAW, marker, body)
    again = send(s3, GOOD, f"{FEED}/b.csv", "2026-11-24T10:00:00.000Z")
    assert (again["status"], again["rows_out"]) == ("accepted", 3)
    bodies = s3.keys(RAW, f"{FEED}/dt=")
    assert s3.body(RAW, bodies[0]) == s3.body(RAW, bodies[1])
    assert s3.document(RAW, marker) == {"raw_key": bodies[1]}
    assert send(s3, GOOD, f"{FEED}/c.csv", "2026-11-25T10:00:00.000Z")["status"] == "duplicate"


def test_a_body_larger_than_a_part_goes_up_in_parts_and_a_duplicate_of_it_is_given_up(s3):
    # Compressing does nothing to random text, so that the parts fill.
    lines = [hashlib.sha512(f"{number}".encode()).hexdigest() for number in range(160_000)]
    large = gzip.compress(HEADER + "".join(f"AM,1,{line}\n" for line in lines).encode(), 1)
    assert len(large) > 9 << 20
    assert send(s3, large, f"{FEED}/a.csv.gz")["rows_out"] == 160_000
    [body] = s3.keys(RAW, f"{FEED}/dt=")
    assert s3.body(RAW, body) == large
    assert send(s3, large, f"{FEED}/b.csv.gz")["status"] == "duplicate"
    assert s3.keys(RAW, f"{FEED}/dt=") == [body]
    assert s3.uploads == {}


def test_one_bad_record_does_not_stop_the_others_and_is_raised_after_them(s3):
    good = put(s3, KEY, GOOD)
    with pytest.raises(KeyError):
        handle({"Records": [{"s3": {}}, good]}, using(s3))
    assert s3.keys(RAW, f"{FEED}/_arrivals/")
    with pytest.raises(ExceptionGroup) as raised:
        handle({"Records": [{"s3": {}}, {}]}, using(s3))
    assert len(raised.value.exceptions) == 2


@pytest.mark.parametrize("breaks_at", [10, 9 << 20])
def test_a_connection_that_breaks_is_raised_for_a_retry_and_leaves_no_half_upload(s3, breaks_at):
    s3.breaks_at = breaks_at
    with pytest.raises(ConnectionError):
        send(s3, HEADER + b"".join(b"%d,1," % number + b"5" * 1000 + b"\n" for number in range(10_000)))
    assert s3.keys(RAW) == s3.keys(LAKE) == []
    assert s3.uploads == {}


def test_a_refusal_is_raised_and_not_taken_for_a_bad_file(s3):
    def refuse(number, call):
        raise refused("AccessDenied")

    s3.before = refuse
    with pytest.raises(Exception, match="AccessDenied"):
        send(s3, GOOD)


def test_each_file_leaves_one_line_of_log_without_its_content(s3, capsys):
    send(s3, GOOD)
    send(s3, b"<html>secret")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["status"] for line in lines] == ["accepted", "rejected"]
    assert all(line["peak_memory_kb"] > 1000 for line in lines)
    assert "secret" not in json.dumps(lines)


def test_the_doors_come_from_the_zip_and_their_absence_is_explained(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"not made by infra/package\.py"):
        load_doors(tmp_path / "doors.json")
    written = tmp_path / "doors.json"
    written.write_text('[{"feed": "partner/legs", "format": "csv", "header": ["A"], "contract": "c"}]')
    assert load_doors(written) == {"partner/legs": Door("partner/legs", ("A",), "c")}


def test_a_place_without_any_registered_feed_says_so():
    problem = place_of("partner/x/y.csv", {}).problem
    assert problem is not None
    assert "no feed is registered yet" in problem.message
    assert place_of("partner/legs/y.csv", {FEED: DOOR}).door is DOOR


def test_messages_are_handed_on_to_the_gateway_once_they_are_kept():
    s3, told = FakeS3(), []
    door = Door("partner/messages", ("FORMAT",), "contract-3", "lines", {"line_pattern": ".*", "hand_on": True})
    changes: dict[str, Any] = {"doors": {"partner/messages": door}, "hand_on": told.append}
    text = b"MVT\nAM0905/22.XAMAZ.MEX\nAD1334/1352\n"
    outcome = send(s3, text, "partner/messages/one.txt", **changes)
    [arrived] = told
    assert arrived["arrival_id"] == outcome["subject"]
    assert arrived["raw_key"] in s3.keys(RAW)
    assert set(arrived) == {"feed", "raw_key", "arrival_id", "arrived_at"}
    # The same content under another name says nothing new.
    assert send(s3, text, "partner/messages/two.txt", **changes)["duplicates"] == 3
    assert len(told) == 1
    send(s3, GOOD, hand_on=told.append)
    assert len(told) == 1
