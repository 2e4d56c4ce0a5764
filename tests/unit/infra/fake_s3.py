"""S3 in memory: the calls the door makes, with versions, conditions, parts and the refusals of its role."""

import hashlib
import io
import itertools
import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError


class Crash(BaseException):
    """The process is gone, as after a kill: no handler may catch it and carry on."""


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "fake")


class Body(io.BytesIO):
    """A streaming body that gives at most ``piece`` bytes a read, or breaks off."""

    def __init__(self, data: bytes, piece: int, breaks_at: int | None) -> None:
        super().__init__(data)
        self._piece, self._breaks_at = piece, breaks_at

    def read(self, size: int | None = -1, /) -> bytes:
        if self._breaks_at is not None and self.tell() >= self._breaks_at:
            raise ConnectionError("the connection broke")
        asked = self._piece if size is None or size < 0 else min(size, self._piece)
        return super().read(asked)


class FakeS3:
    """Objects by (bucket, key), each a list of versions; ``before`` is called before every write."""

    def __init__(self, piece: int = 1 << 20) -> None:
        self.objects: dict[tuple[str, str], list[tuple[str, bytes]]] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.writes = 0
        self.before: Callable[[int, str], None] = lambda number, call: None
        self.after: Callable[[int, str], None] = lambda number, call: None
        self.breaks_at: int | None = None
        self.lists_allowed = False
        self._piece = piece
        self._versions = itertools.count(1)

    # -- what tests look at

    def put(self, bucket: str, key: str, data: bytes) -> str:
        """Store an object as somebody else; returns its version."""
        version = f"v{next(self._versions)}"
        self.objects.setdefault((bucket, key), []).append((version, data))
        return version

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        return sorted(k for b, k in self.objects if b == bucket and k.startswith(prefix))

    def body(self, bucket: str, key: str) -> bytes:
        return self.objects[bucket, key][-1][1]

    def document(self, bucket: str, key: str) -> dict[str, Any]:
        return json.loads(self.body(bucket, key))

    def contents(self, *buckets: str) -> dict[tuple[str, str], bytes]:
        """Every current object; documents without the seconds they took."""
        found = {}
        for (bucket, key), versions in self.objects.items():
            if bucket in buckets:
                data = versions[-1][1]
                if key.startswith("_outcomes/"):
                    data = json.dumps({**json.loads(data), "seconds": None}).encode()
                found[bucket, key] = data
        return found

    # -- the interface of the client

    def get_object(self, *, Bucket: str, Key: str, VersionId: str | None = None) -> dict[str, Any]:
        found = [v for v in self.objects.get((Bucket, Key), []) if VersionId in (None, v[0])]
        if not found:
            if VersionId:
                raise refused("NoSuchVersion")
            raise refused("NoSuchKey" if self.lists_allowed else "AccessDenied")
        return {"Body": Body(found[-1][1], self._piece, self.breaks_at)}

    def put_object(
        self, *, Bucket: str, Key: str, Body: bytes, ContentType: str, IfNoneMatch: str | None = None
    ) -> dict[str, Any]:
        with self._write("put_object"):
            if IfNoneMatch is not None:
                self._condition(Bucket, Key, IfNoneMatch)
            self.put(Bucket, Key, Body)
        return {}

    def copy_object(
        self, *, Bucket: str, Key: str, CopySource: dict[str, str], TaggingDirective: str
    ) -> dict[str, Any]:
        source = self.get_object(
            Bucket=CopySource["Bucket"], Key=CopySource["Key"], VersionId=CopySource.get("VersionId")
        )
        with self._write("copy_object"):
            self.put(Bucket, Key, source["Body"].getvalue())
        return {}

    def create_multipart_upload(self, *, Bucket: str, Key: str, ContentType: str) -> dict[str, Any]:
        with self._write("create_multipart_upload"):
            name = f"u{next(self._versions)}"
            self.uploads[name] = {}
        return {"UploadId": name}

    def upload_part(self, *, Bucket: str, Key: str, UploadId: str, PartNumber: int, Body: bytes) -> dict[str, Any]:
        with self._write("upload_part"):
            self.uploads[UploadId][PartNumber] = Body
        return {"ETag": hashlib.md5(Body).hexdigest()}  # noqa: S324

    def complete_multipart_upload(
        self, *, Bucket: str, Key: str, UploadId: str, MultipartUpload: dict[str, Any], IfNoneMatch: str
    ) -> dict[str, Any]:
        with self._write("complete_multipart_upload"):
            self._condition(Bucket, Key, IfNoneMatch)
            parts = self.uploads.pop(UploadId)
            assert [part["PartNumber"] for part in MultipartUpload["Parts"]] == sorted(parts)
            assert all(len(parts[number]) >= 5 << 20 for number in sorted(parts)[:-1])
            self.put(Bucket, Key, b"".join(parts[number] for number in sorted(parts)))
        return {}

    def abort_multipart_upload(self, *, Bucket: str, Key: str, UploadId: str) -> dict[str, Any]:
        with self._write("abort_multipart_upload"):
            del self.uploads[UploadId]
        return {}

    def _condition(self, bucket: str, key: str, if_none_match: str) -> None:
        assert if_none_match == "*"
        if (bucket, key) in self.objects:
            raise refused("PreconditionFailed")

    def _write(self, call: str) -> "_Write":
        return _Write(self, call)


class _Write:
    """Counts a write and lets a test step in before and after it."""

    def __init__(self, s3: FakeS3, call: str) -> None:
        self._s3, self._call = s3, call

    def __enter__(self) -> None:
        self._s3.writes += 1
        self._number = self._s3.writes
        self._s3.before(self._number, self._call)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._s3.after(self._number, self._call)
