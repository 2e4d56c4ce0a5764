"""A bucket of ours: what is damaged is named with its way back, and what S3 says of versions is read in their order."""

import io
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from boto3.exceptions import Boto3Error, RetriesExceededError
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from aero_assets.storage import DIGEST, Bucket, DamagedObjectError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Client:
    """Enough of S3: objects by key with their metadata, and pages of versions."""

    def __init__(self, pages=()):
        self.objects, self.pages = {}, pages

    def put_object(self, *, Bucket, Key, Body, Metadata=None, ContentType=""):
        body = Body if isinstance(Body, bytes) else Body.read()
        self.objects[Key] = body, Metadata or {}
        return {"ETag": '"e"'}

    def get_object(self, *, Bucket, Key):
        return {"Body": io.BytesIO(self._found(Key)[0])}

    def head_object(self, *, Bucket, Key):
        body, said = self._found(Key)
        return {"ContentLength": len(body), "Metadata": said}

    def _found(self, key):
        if key not in self.objects:
            raise ClientError({"Error": {"Code": "404"}}, "GetObject")
        return self.objects[key]

    def get_paginator(self, name):
        assert name == "list_object_versions"
        return self

    def paginate(self, *, Bucket, Prefix):
        return self.pages


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": 1', b"\xff\xfe", b"[]", b"1", b"null"])
def test_what_is_no_json_object_of_ours_is_named_with_its_way_back(body):
    bucket = Bucket("lake", Client())
    bucket.write("_manifests/one.json", body)
    with pytest.raises(DamagedObjectError, match=r"s3://lake/_manifests/one\.json is damaged: .*aero repair"):
        bucket.read_json("_manifests/one.json")


def test_an_object_that_ends_before_its_length_is_what_came_and_no_other_error(tmp_path):
    class Cut(Client):
        def get_object(self, *, Bucket, Key):
            body = self._found(Key)[0]
            return {"Body": StreamingBody(io.BytesIO(body[:9]), len(body))}

        def download_file(self, bucket, key, path):
            raise RetriesExceededError(Boto3Error("the stream ended"))

    bucket = Bucket("lake", Cut())
    bucket.write_json("a", {"levels": {"2015-01-01": "one"}})
    whole = bucket.client.objects["a"][0]
    assert bucket.read("a") == whole[:9]
    bucket.download("a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == whole[:9]
    with pytest.raises(DamagedObjectError, match="are not JSON"):
        bucket.read_json("a")


def test_what_is_not_there_is_no_damage():
    assert Bucket("lake", Client()).read_json("a") is None
    assert Bucket("lake", Client()).read_as("a", dict) is None


def test_an_object_that_lacks_what_it_should_say_is_damaged():
    bucket = Bucket("lake", Client())
    bucket.write_json("a", {"one": 1})
    assert bucket.read_as("a", lambda said: said["one"]) == 1
    with pytest.raises(DamagedObjectError, match="it lacks what it should say"):
        bucket.read_as("a", lambda said: said["two"])


def test_an_object_holds_a_file_only_if_we_put_it_and_nobody_wrote_over_it(tmp_path):
    bucket, file = Bucket("lake", Client()), tmp_path / "file"
    file.write_bytes(b"rows")
    assert not bucket.holds("a", file)
    bucket.upload(file, "a")
    assert bucket.holds("a", file)
    bucket.client.put_object(Bucket="lake", Key="a", Body=b"row")
    assert not bucket.holds("a", file)
    bucket.client.put_object(Bucket="lake", Key="a", Body=b"rowz")
    assert not bucket.holds("a", file), "the same size by another hand"
    bucket.client.put_object(Bucket="lake", Key="a", Body=b"rows", Metadata={DIGEST: sha256(b"rows").hexdigest()})
    assert bucket.holds("a", file)


def test_versions_come_newest_first_with_deletions_among_them_over_several_pages():
    def version_of(version, minute, *, latest=False):
        return {"Key": "a", "VersionId": version, "ETag": f'"{version}"', "IsLatest": latest,
                "LastModified": NOON.replace(minute=minute)}  # fmt: skip

    pages = [
        {"Versions": [version_of("v3", 2)], "DeleteMarkers": [version_of("d4", 3, latest=True), version_of("d2", 1)]},
        {"Versions": [version_of("v1", 0)]},
    ]
    found = Bucket("lake", Client(pages)).history("a")["a"]
    assert [(version.version_id, version.is_deletion) for version in found] == [
        ("d4", True), ("v3", False), ("d2", True), ("v1", False),
    ]  # fmt: skip


def test_versions_of_one_second_keep_the_order_in_which_s3_names_them():
    versions = [
        {"Key": "a", "VersionId": name, "ETag": '"e"', "IsLatest": name == "v3", "LastModified": NOON}
        for name in ("v3", "v2", "v1")
    ]
    found = Bucket("lake", Client([{"Versions": versions}])).history("a")["a"]
    assert [version.version_id for version in found] == ["v3", "v2", "v1"]
