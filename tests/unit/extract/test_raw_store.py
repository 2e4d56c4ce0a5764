"""Nothing is visible before its commit; a state counts only with its commit; no two runs take the same number."""

import gzip
import io
import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from aero_extract import raw_store
from aero_extract.raw_store import RawStore, Stamp, State, StoreError, split, write_part


class Bucket:
    """Enough of S3: objects by key, and a put that may be refused where there is one already."""

    class exceptions:
        class NoSuchKey(Exception):
            pass

    def __init__(self):
        self.objects = {}

    def put_object(self, Bucket, Key, Body, IfNoneMatch=None, **_):
        if IfNoneMatch and Key in self.objects:
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        self.objects[Key] = Body

    def get_object(self, Bucket, Key):
        if Key not in self.objects:
            raise self.exceptions.NoSuchKey
        return {"Body": io.BytesIO(self.objects[Key])}

    def get_paginator(self, _):
        return self

    def paginate(self, Bucket, Prefix, Delimiter):
        names = [key for key in self.objects if key.startswith(Prefix) and Delimiter not in key[len(Prefix) :]]
        return [{"Contents": [{"Key": key} for key in names]}] if names else [{}]

    def upload_file(self, path, bucket, key):
        with Path(path).open("rb") as file:
            self.objects[key] = file.read()


@pytest.fixture
def store():
    return RawStore("s3://raw/opsdb", Bucket())


def test_a_path_that_is_no_folder_of_a_bucket_is_refused():
    assert split("s3://raw/opsdb/") == ("raw", "opsdb")
    for wrong in ("raw/opsdb", "s3://raw", "s3:///opsdb"):
        with pytest.raises(StoreError, match="--raw-path"):
            split(wrong)


def test_the_same_extract_is_committed_once(store):
    key = store.commit_key("dt=2026-11-01/a.json")
    assert store.commit(key, {"tables": {}})
    assert not store.commit(key, {"tables": {"later": {}}})
    assert store.read(key) == {"tables": {}}


def test_a_state_without_its_commit_never_happened(store):
    assert store.last_state("fx_rates") == State(0, 0)
    store.keep_state("fx_rates", State(1, 1, ("a",), "1:5"), "opsdb/_extracts/one.json")
    store.commit("opsdb/_extracts/one.json", {})
    # This run died before its commit.
    store.keep_state("fx_rates", State(2, 2, ("b",), "2:9"), "opsdb/_extracts/two.json")
    assert store.last_state("fx_rates") == State(1, 2, ("a",), "1:5")


def test_two_runs_that_take_the_same_number_do_not_both_go_on(store):
    store.keep_state("fx_rates", State(1, 1), "one")
    with pytest.raises(StoreError, match="another extract of fx_rates is under way"):
        store.keep_state("fx_rates", State(1, 1), "two")


@pytest.fixture
def bucket(monkeypatch):
    found = Bucket()
    monkeypatch.setattr(raw_store, "client", lambda _: found)
    return found


def test_a_reader_without_rows_writes_nothing(bucket):
    assert list(write_part("raw", "opsdb/legs/x", iter(()), None)) == []
    assert bucket.objects == {}


def test_a_line_is_wrapped_as_every_json_line_of_the_raw_zone(bucket):
    [part] = write_part(
        "raw", "x", ['{"tail":"XAMAX","note":"a \\"b\\""}'], Stamp("opsdb/aircraft", "2026-11-01T11:00:00Z")
    )
    [line] = gzip.decompress(bucket.objects["x"]).splitlines()
    document = json.loads(line)
    assert (document["arrived_at"], document["reason"], part.rows) == ("2026-11-01T11:00:00Z", None, 1)
    row = json.loads(document["body"])
    assert (row["tail"], row["note"], row["extracted_at"]) == ("XAMAX", 'a "b"', "2026-11-01T11:00:00Z")
    assert len(row["row_id"]) == 32


def test_what_a_row_says_decides_its_identity_and_not_when_it_was_read(bucket):
    rows = ['{"a":1}', '{"a":2}']
    [first] = write_part("raw", "x", rows, Stamp("opsdb/legs", "2026-11-01T11:00:00Z"))
    [again] = write_part("raw", "y", reversed(rows), Stamp("opsdb/legs", "2026-11-01T12:00:00Z"))
    [other] = write_part("raw", "z", ['{"a":1}', '{"a":3}'], Stamp("opsdb/legs", "2026-11-01T11:00:00Z"))
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_the_same_rows_are_the_same_bytes(bucket):
    for key in ("x", "y"):
        list(write_part("raw", key, ['{"a":1}'], Stamp("opsdb/legs", "2026-11-01T11:00:00Z")))
    assert bucket.objects["x"] == bucket.objects["y"]


@pytest.mark.parametrize("body", [b"", b'{"commit": ', b"[1]", b"7"])
def test_a_damaged_state_is_named_and_never_passed_over(body):
    """A state that is damaged is refused: deletions since an older one would never be noticed."""
    bucket = Bucket()
    store = RawStore("s3://raw/opsdb", bucket)
    store.keep_state("fx_rates", State(1, 0, ("part",), "digest"), "opsdb/_extracts/one.json")
    bucket.objects["opsdb/_extracts/one.json"] = b"{}"
    bucket.objects["opsdb/_state/fx_rates/00000002.json"] = body
    with pytest.raises(StoreError, match=r"_state/fx_rates/00000002\.json is damaged.*aero repair --zone raw"):
        store.last_state("fx_rates")
