"""The door on the running emulator: a partner's file, the Lambda under its own role, and who is refused what."""

import gzip
import hashlib
import json
import time
import uuid
from pathlib import Path
from typing import cast

import boto3
import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from aero_assets.feeds import doors
from aero_cli.cli import app

pytestmark = pytest.mark.platform

FEED = "partner/bts_ontime"
[HEADER] = [",".join(cast("list[str]", door["header"])) for door in doors() if door["feed"] == FEED]
COLUMNS = HEADER.count(",") + 1


def some_file(rows: int = 3) -> bytes:
    """A file that nobody sent before, right for the door; whether its rows make sense is judged later."""
    mark = uuid.uuid4().hex
    lines = [f"{mark}{number}" + ",x" * (COLUMNS - 1) for number in range(rows)]
    return "\n".join([HEADER, *lines, ""]).encode()


class Door:
    """Sends files as the partner and looks at what became of them as the orchestrator."""

    def __init__(self, platform) -> None:
        self.platform, self.buckets = platform, platform.buckets
        self.s3, self.partner = (platform.client(name, "s3") for name in ("orchestrator", "partner"))

    def put(self, data: bytes, name: str = "file.csv", feed: str | None = None) -> str:
        # A file of another feed keeps its name, which may be part of what it says.
        key = f"{feed}/{name}" if feed else f"{FEED}/{uuid.uuid4().hex}-{name}"
        self.partner.put_object(Bucket=self.buckets["inbox"], Key=key, Body=data)
        return key

    def outcome(self, key: str, seconds: float = 20) -> dict:
        """Wait for the outcome row of an inbox key."""
        key_hash = hashlib.sha256(key.encode()).hexdigest()[:12]
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for found in self.keys("lake", "_outcomes/door/"):
                if f"Z-{key_hash}" in found:
                    return self.document("lake", found)
            time.sleep(0.05)
        raise AssertionError(f"no outcome for {key} after {seconds} s")

    def keys(self, bucket: str, prefix: str) -> list[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.buckets[bucket], Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def body(self, bucket: str, key: str) -> bytes:
        return self.s3.get_object(Bucket=self.buckets[bucket], Key=key)["Body"].read()

    def document(self, bucket: str, key: str) -> dict:
        return json.loads(self.body(bucket, key))

    def receipt(self, outcome: dict) -> dict:
        day = outcome["arrived_at"][:10]
        return self.document("raw", f"{FEED}/_arrivals/dt={day}/{outcome['subject']}.json")


@pytest.fixture(scope="module")
def door(platform):
    return Door(platform)


def test_a_partners_file_ends_in_raw_with_receipt_marker_and_outcome(door):
    data = some_file(rows=5)
    key = door.put(data)
    outcome = door.outcome(key)
    assert (outcome["status"], outcome["rows_in"], outcome["rows_out"]) == ("accepted", 5, 5)
    receipt = door.receipt(outcome)
    assert receipt["inbox_key"] == key
    assert gzip.decompress(door.body("raw", receipt["raw_key"])) == data
    marker = door.document("raw", f"{FEED}/_content/{hashlib.sha256(data).hexdigest()}.json")
    assert marker == {"raw_key": receipt["raw_key"]}
    day, hour = outcome["arrived_at"][:10], outcome["arrived_at"][11:13]
    assert receipt["raw_key"].startswith(f"{FEED}/dt={day}/hh={hour}/")


def test_the_same_content_again_is_a_duplicate_whatever_its_name_and_compression(door):
    data = some_file()
    first = door.receipt(door.outcome(door.put(data)))
    outcome = door.outcome(door.put(gzip.compress(data), "again.csv.gz"))
    assert (outcome["status"], outcome["duplicates"], outcome["rows_out"]) == ("duplicate", 3, 0)
    assert door.receipt(outcome)["raw_key"] == first["raw_key"]


def test_a_file_in_several_parts_arrives_byte_for_byte(door):
    noise = [hashlib.sha512(f"{uuid.uuid4()}".encode()).hexdigest() for _ in range(1000)]
    lines = [f"{n},{noise[n % 1000]}" + ",x" * (COLUMNS - 2) for n in range(55_000)]
    data = gzip.compress("\n".join([HEADER, *lines]).encode(), 0)
    assert len(data) > 8 << 20
    receipt = door.receipt(door.outcome(door.put(data, "large.csv.gz")))
    assert receipt["rows"] == 55_000
    assert door.body("raw", receipt["raw_key"]) == data


def test_what_is_not_what_it_says_is_in_quarantine_with_a_reason_and_not_in_raw(door):
    good = some_file()
    sent = {
        "html_page": b"<!DOCTYPE html><html>503</html>",
        "gzip_truncated": gzip.compress(good)[:-8],
        "empty": b"",
        "bad_encoding": good.decode().encode("utf-16"),
        "header_mismatch": good.replace(b"YEAR", b"Annum"),
        "no_data_rows": HEADER.encode(),
        "damaged": b"PK\x03\x04" + b"x" * 100,
    }
    for reason, data in sent.items():
        # One after the other: sent together, each would start a process of its own.
        outcome = door.outcome(key := door.put(data))
        assert (outcome["status"], outcome["reason"]) == ("rejected", reason)
        folder = f"quarantine/{FEED}/dt={outcome['arrived_at'][:10]}/files/{outcome['subject']}/"
        assert door.body("lake", folder + key.rsplit("/", 1)[-1]) == data
        written = door.document("lake", folder + "reason.json")
        assert (written["reason"], written["inbox_key"]) == (reason, key)
        assert written["message"].endswith((".", HEADER))
        assert not [name for name in door.keys("raw", f"{FEED}/_arrivals/") if outcome["subject"] in name]


def test_a_person_puts_files_into_the_inbox_and_is_told_the_doors_answer(door, tmp_path):
    template = CliRunner().invoke(app, ["feed", "template", "partner/costs", "--to", f"{tmp_path}/costs.csv"])
    assert template.exit_code == 0
    (tmp_path / "notes.csv").write_text("these are not costs\n")

    def drop(*names):
        words = ["drop", "partner/costs", *(f"{tmp_path}/{name}" for name in names), "--json"]
        done = CliRunner().invoke(app, words, env={"AERO_STATE": str(door.platform.state.root)})
        answers = json.loads(done.stdout)
        return done.exit_code, sorted((Path(answer["file"]).name, answer["status"]) for answer in answers)

    assert drop("costs.csv") == (0, [("costs.csv", "accepted")])
    assert drop("costs.csv", "notes.csv") == (1, [("costs.csv", "duplicate"), ("notes.csv", "rejected")])


def test_an_event_delivered_again_changes_nothing(door):
    key = door.put(some_file())
    outcome = door.outcome(key)
    receipt = door.receipt(outcome)
    event = {
        "Records": [
            {
                "eventTime": outcome["arrived_at"],
                "s3": {
                    "bucket": {"name": door.buckets["inbox"]},
                    "object": {"key": key, "size": 1, "versionId": receipt["inbox_version_id"]},
                },
            }
        ]
    }

    def seen():
        listed = door.s3.list_objects_v2(Bucket=door.buckets["raw"], Prefix=f"{FEED}/")["Contents"]
        return {(item["Key"], item["ETag"]) for item in listed if outcome["subject"][:34] in item["Key"]}

    before = seen()
    assert len(before) == 2
    answer = door.platform.client("root", "lambda").invoke(
        FunctionName="aero-local-partner-drop", Payload=json.dumps(event)
    )
    assert json.loads(answer["Payload"].read())[0]["status"] == "accepted"
    assert seen() == before


def test_what_fails_three_times_is_in_the_failure_queue_with_its_event(door):
    """Made to fail by an event for a bucket that the role may not read."""
    mark = uuid.uuid4().hex
    record = {
        "eventTime": "2026-01-01T00:00:00.000Z",
        "s3": {"bucket": {"name": door.buckets["lake"]}, "object": {"key": f"{FEED}/{mark}.csv", "size": 1}},
    }
    door.platform.client("root", "lambda").invoke(
        FunctionName="aero-local-partner-drop",
        InvocationType="Event",
        Payload=json.dumps({"Records": [record]}),
    )
    sqs = door.platform.client("root", "sqs")
    queue = sqs.get_queue_url(QueueName="aero-local-partner-drop-failures")["QueueUrl"]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
            if mark in message["Body"]:
                assert json.loads(message["Body"])["requestPayload"]["Records"] == [record]
                return
    raise AssertionError("the failed event did not reach the queue")


@pytest.fixture(scope="module")
def clients(platform):
    """An S3 client per role; the Lambda's role has no profile, so it is taken by hand."""
    found = {name: platform.client(name, "s3") for name in ("orchestrator", "partner", "analyst", "dashboard")}
    role = "arn:aws:iam::000000000000:role/aero-local-partner-drop"
    got = platform.client("root", "sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    session = boto3.Session(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"], "us-east-1")
    endpoint = found["partner"].meta.endpoint_url
    return {**found, "partner-drop": session.client("s3", endpoint_url=endpoint)}


REFUSALS = [
    ("partner-drop", "get_object", "lake", "typed/x.parquet"),
    ("partner-drop", "put_object", "lake", "typed/x.parquet"),
    ("partner-drop", "put_object", "lake", "_manifests/x.json"),
    ("partner-drop", "put_object", "lake", "_outcomes/typed/x.json"),
    ("partner-drop", "get_object", "lake", "_outcomes/door/x.json"),
    ("partner-drop", "get_object", "raw", f"{FEED}/dt=2026-01-01/x.csv.gz"),
    ("partner-drop", "delete_object", "raw", f"{FEED}/dt=2026-01-01/x.csv.gz"),
    ("partner-drop", "delete_object", "inbox", f"{FEED}/x.csv"),
    ("partner-drop", "list_objects_v2", "lake", None),
    ("orchestrator", "delete_object", "inbox", f"{FEED}/x.csv"),
    ("orchestrator", "put_object", "inbox", f"{FEED}/x.csv"),
    ("orchestrator", "get_object", "inbox", f"{FEED}/x.csv"),
    ("orchestrator", "put_object", "raw", f"{FEED}/x.csv"),
    ("orchestrator", "delete_object", "raw", f"{FEED}/x.csv"),
    ("orchestrator", "put_object", "results", "_code/x.zip"),
    ("partner", "put_object", "inbox", "elsewhere/x.csv"),
    ("partner", "put_object", "raw", f"{FEED}/x.csv"),
    ("partner", "get_object", "inbox", f"{FEED}/x.csv"),
    ("partner", "delete_object", "inbox", f"{FEED}/x.csv"),
    ("partner", "list_objects_v2", "inbox", None),
    ("analyst", "put_object", "lake", "typed/x.parquet"),
    ("analyst", "delete_object", "lake", "typed/x.parquet"),
    ("analyst", "get_object", "raw", f"{FEED}/x.csv"),
    ("analyst", "list_objects_v2", "lake", None),
    ("dashboard", "get_object", "lake", "typed/x.parquet"),
    ("dashboard", "put_object", "lake", "published/v1/manifest.json"),
    ("dashboard", "get_object", "raw", f"{FEED}/x.csv"),
]


@pytest.mark.parametrize(("role", "call", "bucket", "key"), REFUSALS)
def test_a_role_is_refused_what_is_not_its_work(platform, clients, role, call, bucket, key):
    asked = {"Bucket": platform.buckets[bucket]} | ({"Key": key} if key else {})
    asked |= {"Body": b"x"} if call == "put_object" else {}
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(clients[role], call)(**asked)


def test_a_role_may_do_its_work(platform, clients):
    lake, raw, inbox = (platform.buckets[name] for name in ("lake", "raw", "inbox"))
    orchestrator, analyst = clients["orchestrator"], clients["analyst"]
    key = f"typed/probe/{uuid.uuid4().hex}"
    orchestrator.put_object(Bucket=lake, Key=key, Body=b"x")
    assert analyst.get_object(Bucket=lake, Key=key)["Body"].read() == b"x"
    assert analyst.list_objects_v2(Bucket=lake, Prefix="typed/probe/")["KeyCount"] == 1
    orchestrator.delete_object(Bucket=lake, Key=key)
    orchestrator.list_objects_v2(Bucket=raw)
    orchestrator.list_objects_v2(Bucket=inbox)


def test_the_public_file_goes_through_whole(door, real_bts):
    outcome = door.outcome(door.put(real_bts.read_bytes(), "january.csv.gz"))
    assert outcome["rows_in"] == outcome["rows_out"] + outcome["duplicates"] == 30_691


@pytest.mark.parametrize(
    ("feed", "file", "suffix"),
    [
        ("partner/afac_sase", "traffic/afac_sase/sase-julio-2022-26082022.xlsx", ".xlsx"),
        ("partner/gsa_fares", "fares/gsa_city_pair_fares_fy2025.parquet", ".parquet"),
        ("partner/t100_segment", "traffic/bts_t100i_segment_all_carrier_2024-01.csv.gz", ".csv.gz"),
    ],
)
def test_a_workbook_a_parquet_file_and_a_preamble_are_taken_in_as_published(door, shared_data, feed, file, suffix):
    path = shared_data / file
    outcome = door.outcome(door.put(path.read_bytes(), path.name, feed), seconds=60)
    assert (outcome["status"], outcome["message"]) == ("accepted", None)
    receipt = door.document("raw", f"{feed}/_arrivals/dt={outcome['arrived_at'][:10]}/{outcome['subject']}.json")
    assert receipt["raw_key"].endswith(suffix)
    kept = door.body("raw", receipt["raw_key"])
    assert (
        kept == path.read_bytes()
        if suffix != ".csv.gz"
        else gzip.decompress(kept) == gzip.decompress(path.read_bytes())
    )


def test_a_workbook_that_is_none_is_turned_away_with_one_sentence(door):
    outcome = door.outcome(door.put(b"PK\x03\x04 nothing", "sase-damaged.xlsx", "partner/afac_sase"))
    assert (outcome["status"], outcome["reason"]) == ("rejected", "damaged")
    assert outcome["message"]
