"""The S3 calls of the door: read one version, write once, upload in parts. Every write may be repeated.

The door may not list or read what it writes (but for content markers), so nothing here asks what is there
first: it writes on condition that nothing is, and takes «something is» for an answer.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

READ_BYTES = 1 << 16
PART_BYTES = 8 << 20
# Beyond this S3 copies only in parts.
MAX_COPY_BYTES = 5 << 30
# Without the right to list, S3 answers «forbidden» for what is not there.
NOT_THERE = {"NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "404"}
NOT_READABLE = NOT_THERE | {"AccessDenied", "403"}


class Gone(Exception):
    """The object that the event speaks of is no longer there."""


class Damaged(Exception):
    """A document is there and cannot be read."""


def read(s3: S3Client, bucket: str, key: str, version_id: str | None) -> Iterator[bytes]:
    """Open one version of an object, to be read in small pieces."""
    version: dict[str, Any] = {"VersionId": version_id} if version_id else {}
    try:
        body = s3.get_object(Bucket=bucket, Key=key, **version)["Body"]
    except ClientError as error:
        if code_of(error) in NOT_THERE:
            raise Gone(key) from error
        raise
    return _pieces(body)


def write_once(s3: S3Client, bucket: str, key: str, document: dict[str, Any]) -> bool:
    """Write a JSON document unless there is one; False when there was."""
    body = json.dumps(document, ensure_ascii=False).encode()
    return _put_once(s3, bucket, key, body, "application/json")


def write(s3: S3Client, bucket: str, key: str, document: dict[str, Any]) -> None:
    """Write a JSON document, in the place of another if there is one."""
    body = json.dumps(document, ensure_ascii=False).encode()
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")


def read_document(s3: S3Client, bucket: str, key: str) -> dict[str, Any] | None:
    """Read the JSON document that names a body; None when there is none (or it may not be seen, which S3 does not
    tell apart), Damaged when it is something else.
    """
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if code_of(error) in NOT_READABLE:
            return None
        raise
    try:
        document = json.loads(body)
    except ValueError as error:
        raise Damaged(key) from error
    if not isinstance(document, dict) or not isinstance(document.get("raw_key"), str):
        raise Damaged(key)
    return document


def copy(s3: S3Client, source: tuple[str, str, str | None], bucket: str, key: str) -> None:
    """Copy one version of an object inside S3."""
    from_bucket, from_key, version_id = source
    version: Any = {"VersionId": version_id} if version_id else {}
    try:
        s3.copy_object(
            Bucket=bucket,
            Key=key,
            CopySource={"Bucket": from_bucket, "Key": from_key, **version},
            # Without this the copy would take the tags along, for which the role would need more rights.
            TaggingDirective="REPLACE",
        )
    except ClientError as error:
        if code_of(error) in NOT_THERE:
            raise Gone(from_key) from error
        raise


class Upload:
    """Writes an object of unknown length with one part in memory; nothing shows until ``commit``."""

    def __init__(self, s3: S3Client, bucket: str, key: str) -> None:
        self._s3, self._bucket, self._key = s3, bucket, key
        self._type = "application/gzip" if key.endswith(".gz") else "application/octet-stream"
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._parts: list[CompletedPartTypeDef] = []

    def write(self, data: bytes) -> None:
        """Add some bytes; sends a part whenever one is full."""
        self._buffer += data
        while len(self._buffer) >= PART_BYTES:
            self._send(bytes(self._buffer[:PART_BYTES]))
            del self._buffer[:PART_BYTES]

    def commit(self) -> bool:
        """Make the object appear, unless an earlier delivery of the same event already did (then False)."""
        if self._upload_id is None:
            return _put_once(self._s3, self._bucket, self._key, bytes(self._buffer), self._type)
        if self._buffer:
            self._send(bytes(self._buffer))
        try:
            self._s3.complete_multipart_upload(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload_id,
                MultipartUpload={"Parts": self._parts},
                IfNoneMatch="*",
            )
        except ClientError as error:
            if code_of(error) != "PreconditionFailed":
                raise
            self.abort()
            return False
        self._upload_id = None
        return True

    def abort(self) -> None:
        """Give up what was sent so far; harmless when nothing was, or after ``commit``."""
        self._buffer.clear()
        if self._upload_id is not None:
            self._s3.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload_id)
            self._upload_id = None

    def _send(self, data: bytes) -> None:
        if self._upload_id is None:
            begun = self._s3.create_multipart_upload(Bucket=self._bucket, Key=self._key, ContentType=self._type)
            self._upload_id = begun["UploadId"]
        number = len(self._parts) + 1
        sent = self._s3.upload_part(
            Bucket=self._bucket, Key=self._key, UploadId=self._upload_id, PartNumber=number, Body=data
        )
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})


def code_of(error: ClientError) -> str:
    """The error code S3 answered with."""
    return error.response["Error"]["Code"]


def _put_once(s3: S3Client, bucket: str, key: str, body: bytes, content_type: str) -> bool:
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*")
    except ClientError as error:
        if code_of(error) == "PreconditionFailed":
            return False
        raise
    return True


def _pieces(body: StreamingBody) -> Iterator[bytes]:
    with contextlib.closing(body):
        yield from iter(lambda: body.read(READ_BYTES), b"")
