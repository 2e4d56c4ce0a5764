"""One bucket of the platform: listing, small JSON objects, files. No knowledge of zones or feeds belongs here."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, TypeVar

import boto3
from boto3.exceptions import RetriesExceededError
from botocore.exceptions import ClientError, IncompleteReadError, ResponseStreamingError

#: S3's error codes for an object that is not there.
NOT_THERE = ("NoSuchKey", "NoSuchVersion", "404")
#: The metadata in which an object of ours says what it is made of.
DIGEST = "sha256"

#: Errors of a body that ended too early, and the most attempts before that counts.
CUT = (IncompleteReadError, ResponseStreamingError)
READS = 3
CHUNK_BYTES = 1 << 20

T = TypeVar("T")


class DamagedObjectError(ValueError):
    """An object of ours is damaged; the message names the object, the problem and the way to restore it."""

    def __init__(self, bucket: str, key: str, problem: str, way_back: str = "") -> None:
        way_back = way_back or "`aero verify` shows what else is damaged, `aero repair` brings it back"
        super().__init__(f"s3://{bucket}/{key} is damaged: {problem}. {way_back}")
        self.bucket, self.key, self.problem = bucket, key, problem


@dataclass(frozen=True)
class StoredObject:
    """An object as returned by a listing."""

    key: str
    etag: str
    size: int


@dataclass(frozen=True)
class StoredVersion:
    """One version of an object, or the mark that it was deleted."""

    version_id: str
    etag: str
    is_deletion: bool = False


def is_missing(error: ClientError) -> bool:
    """Return True if the error of S3 means that the object does not exist."""
    return error.response["Error"]["Code"] in NOT_THERE


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class Bucket:
    """A bucket, reached under the role of the running process."""

    def __init__(self, name: str, client: Any = None) -> None:  # noqa: ANN401 - boto3 clients have no static type
        self.name = name
        self._client = client

    @property
    def client(self) -> Any:  # noqa: ANN401
        """The S3 client, made at first use: importing and constructing need no network."""
        if self._client is None:
            # A session of its own: boto3's default one would keep the role it first saw.
            self._client = boto3.Session().client("s3")
        return self._client

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield every object below `prefix`, in key order."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix):
            for item in page.get("Contents", ()):
                yield StoredObject(item["Key"], item["ETag"].strip('"'), item["Size"])

    def history(self, prefix: str) -> dict[str, tuple[StoredVersion, ...]]:
        """Return every version of every object below `prefix`, newest first; few roles may list versions."""
        versions_of: dict[str, tuple[StoredVersion, ...]] = {}
        for page in self.client.get_paginator("list_object_versions").paginate(Bucket=self.name, Prefix=prefix):
            versions = [(item, StoredVersion(item["VersionId"], item["ETag"].strip('"')))
                        for item in page.get("Versions", ())]  # fmt: skip
            deletions = [(item, StoredVersion(item["VersionId"], "", True)) for item in page.get("DeleteMarkers", ())]
            for item, version in sorted(
                [*versions, *deletions], key=lambda entry: entry[0]["LastModified"], reverse=True
            ):
                known = versions_of.get(item["Key"], ())
                versions_of[item["Key"]] = (version, *known) if item["IsLatest"] else (*known, version)
        return versions_of

    def read(self, key: str, version_id: str = "") -> bytes | None:
        """Return the bytes of an object, now or in one version; None if there is none.

        If every attempt ends before the object's length, the bytes received are returned; a comparison by content then
        finds the damage.
        """
        version = {"VersionId": version_id} if version_id else {}
        try:
            return self._fetched(key, **version)
        except ClientError as error:
            if is_missing(error):
                return None
            raise

    def read_json(self, key: str) -> dict[str, Any] | None:
        """Return a JSON object, or None if there is none; DamagedObjectError if the content is no JSON object."""
        body = self.read(key)
        if body is None:
            return None
        try:
            value = json.loads(body)
        except ValueError as error:
            raise DamagedObjectError(self.name, key, f"its {len(body)} bytes are not JSON ({error})") from error
        if not isinstance(value, dict):
            raise DamagedObjectError(self.name, key, "it is JSON, but not an object of ours")
        return value

    def read_as(self, key: str, build: Callable[[dict[str, Any]], T]) -> T | None:
        """Return the result of `build` for a JSON object; None if there is none, DamagedObjectError if it fails."""
        value = self.read_json(key)
        try:
            return None if value is None else build(value)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problem = f"it lacks what it should say ({type(error).__name__}: {error})"
            raise DamagedObjectError(self.name, key, problem) from error

    def write_json(self, key: str, value: dict[str, Any]) -> None:
        """Write a JSON object, formatted for people."""
        body = json.dumps(value, indent=1, default=str).encode()
        self.client.put_object(Bucket=self.name, Key=key, Body=body, ContentType="application/json")

    def write(self, key: str, body: bytes) -> None:
        """Write an object with its digest in its metadata."""
        metadata = {DIGEST: sha256(body).hexdigest()}
        self.client.put_object(Bucket=self.name, Key=key, Body=body, Metadata=metadata)

    def upload(self, path: Path, key: str) -> StoredObject:
        """Store a file with its digest in its metadata, and return its entry as in a listing."""
        metadata = {DIGEST: digest_of(path)}
        with path.open("rb") as body:
            etag = self.client.put_object(Bucket=self.name, Key=key, Body=body, Metadata=metadata)["ETag"]
        return StoredObject(key, etag.strip('"'), path.stat().st_size)

    def holds(self, key: str, path: Path) -> bool:
        """Return True if the digest in the object's metadata is that of this file; the object is not fetched.

        An object that was not written by `upload` has no such digest, and counts as different.
        """
        try:
            head = self.client.head_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        return head["ContentLength"] == path.stat().st_size and head["Metadata"].get(DIGEST) == digest_of(path)

    def download(self, key: str, path: Path) -> None:
        """Fetch an object into a file; an incomplete file is never left under its final name."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        try:
            self.client.download_file(self.name, key, str(part))
        except (RetriesExceededError, *CUT):
            part.write_bytes(self.read(key) or b"")
        part.replace(path)

    def read_end(self, key: str, length: int) -> bytes:
        """Return the last bytes of an object, or all of a shorter one; empty if there is no such object."""
        try:
            return self._fetched(key, Range=f"bytes=-{length}")
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404", "InvalidRange"):
                return b""
            raise

    def _fetched(self, key: str, **asked: str) -> bytes:
        """Fetch an object until it is complete, at most a few times, and return the bytes of the last attempt."""
        for _ in range(READS):
            body, is_whole = _bytes_of(self.client.get_object(Bucket=self.name, Key=key, **asked)["Body"])
            if is_whole:
                break
        return body

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; deleting a missing one is no error."""
        batch = list(keys)
        for start in range(0, len(batch), 1000):
            objects = [{"Key": key} for key in batch[start : start + 1000]]
            self.client.delete_objects(Bucket=self.name, Delete={"Objects": objects, "Quiet": True})


def _bytes_of(body: Any) -> tuple[bytes, bool]:  # noqa: ANN401 - botocore's body of an answer
    """Return the bytes received of a body, and whether it is complete."""
    chunks: list[bytes] = []
    try:
        while chunk := body.read(CHUNK_BYTES):
            chunks.append(chunk)
    except CUT:
        return b"".join(chunks), False
    return b"".join(chunks), True
