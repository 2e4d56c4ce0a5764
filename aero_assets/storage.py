"""One bucket as the platform uses it: listing, small JSON objects, files. No knowledge of zones or feeds belongs
here.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError


@dataclass(frozen=True)
class StoredObject:
    """What a listing says of an object."""

    key: str
    etag: str
    size: int


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

    def read_json(self, key: str) -> dict[str, Any] | None:
        """Return a JSON object, or None where there is none."""
        try:
            body = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise
        return json.loads(body)

    def write_json(self, key: str, value: dict[str, Any]) -> None:
        """Write a JSON object, readable by a person."""
        body = json.dumps(value, indent=1, default=str).encode()
        self.client.put_object(Bucket=self.name, Key=key, Body=body, ContentType="application/json")

    def upload(self, path: Path, key: str) -> StoredObject:
        """Store a file and return what a listing will say of it."""
        with path.open("rb") as body:
            etag = self.client.put_object(Bucket=self.name, Key=key, Body=body)["ETag"]
        return StoredObject(key, etag.strip('"'), path.stat().st_size)

    def download(self, key: str, path: Path) -> None:
        """Fetch an object into a file; a half-written file is never left under its final name."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        self.client.download_file(self.name, key, str(part))
        part.replace(path)

    def read_end(self, key: str, length: int) -> bytes:
        """Return the last bytes of an object, all of it where it is shorter; nothing where there is no such object."""
        try:
            return self.client.get_object(Bucket=self.name, Key=key, Range=f"bytes=-{length}")["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404", "InvalidRange"):
                return b""
            raise

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; one that is already gone is no error."""
        batch = list(keys)
        for start in range(0, len(batch), 1000):
            objects = [{"Key": key} for key in batch[start : start + 1000]]
            self.client.delete_objects(Bucket=self.name, Delete={"Objects": objects, "Quiet": True})
