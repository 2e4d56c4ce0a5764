"""Stand-ins with the real interfaces, small enough to read: for tests that need no service."""

import gzip
import json
import shutil
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import md5, sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from aero_assets.arrivals import Receipt
from aero_assets.feeds import Feed
from aero_assets.storage import Bucket, StoredObject, StoredVersion
from aero_ingest.content import Content
from aero_ingest.doors import Door
from aero_ingest.gunzip import GZIP
from aero_ingest.packed import FORMATS, Packed
from aero_ingest.reasons import RejectedFile
from aero_ingest.receipts import SUFFIX


class FolderBucket(Bucket):
    """A bucket kept as files below a folder; the interface of `aero_assets.storage.Bucket`."""

    def __init__(self, root: Path, name: str = "bucket") -> None:
        super().__init__(name)
        self.root = root
        self.writes: list[str] = []

    def _stored(self, path: Path) -> StoredObject:
        body = path.read_bytes()
        return StoredObject(f"{path.relative_to(self.root)}", md5(body).hexdigest(), len(body))  # noqa: S324

    def list(self, prefix: str) -> Iterator[StoredObject]:
        keys = sorted(f"{path.relative_to(self.root)}" for path in self.root.rglob("*") if path.is_file())
        return iter([self._stored(self.root / key) for key in keys if key.startswith(prefix)])

    def history(self, prefix: str) -> dict[str, tuple[StoredVersion, ...]]:
        return {}

    def write(self, key: str, body: bytes) -> None:
        self._put(key, body)

    def read(self, key: str, version_id: str = "") -> bytes | None:
        path = self.root / key
        return path.read_bytes() if path.is_file() else None

    def holds(self, key: str, path: Path) -> bool:
        return self.read(key) == path.read_bytes()

    def write_json(self, key: str, value: dict[str, Any]) -> None:
        self._put(key, json.dumps(value, default=str).encode())

    def upload(self, path: Path, key: str) -> StoredObject:
        self._put(key, path.read_bytes())
        return self._stored(self.root / key)

    def download(self, key: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.root / key, path)

    def read_end(self, key: str, length: int) -> bytes:
        path = self.root / key
        return path.read_bytes()[-length:] if path.exists() else b""

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            (self.root / key).unlink(missing_ok=True)

    def _put(self, key: str, body: bytes) -> None:
        self.writes.append(key)
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        # As in S3, a reader finds the old object or the new one; the part lies where no listing finds it.
        with NamedTemporaryFile(dir=self.root.parent, delete=False) as part:
            part.write(body)
        Path(part.name).replace(path)


class VersionedBucket(FolderBucket):
    """A bucket that keeps what is written over or deleted, as ours do."""

    def __init__(self, root: Path, name: str = "bucket") -> None:
        super().__init__(root, name)
        self.kept: dict[str, list[tuple[StoredVersion, bytes]]] = {}

    def history(self, prefix: str) -> dict[str, tuple[StoredVersion, ...]]:
        return {key: tuple(version for version, _ in kept) for key, kept in self.kept.items() if key.startswith(prefix)}

    def read(self, key: str, version_id: str = "") -> bytes | None:
        if not version_id:
            return super().read(key)
        return next((body for version, body in self.kept.get(key, ()) if version.version_id == version_id), None)

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            super().delete([key])
            self._keep(key, b"", is_deletion=True)

    def _put(self, key: str, body: bytes) -> None:
        super()._put(key, body)
        self._keep(key, body)

    def _keep(self, key: str, body: bytes, *, is_deletion: bool = False) -> None:
        kept = self.kept.setdefault(key, [])
        etag = md5(body).hexdigest()  # noqa: S324
        kept.insert(0, (StoredVersion(f"v{len(kept) + 1}", etag, is_deletion), body))


def drop(raw: FolderBucket, feed: Feed, inbox_key: str, body: bytes, at: datetime) -> Receipt:
    """Do what the door does with a good file: body, receipt, content marker."""
    arrived = f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}Z"
    digest = sha256(_unpacked(body)).hexdigest()
    receipt = Receipt(arrived, sha256(inbox_key.encode()).hexdigest()[:12], digest[:12])
    raw_key = f"{feed.path}/dt={receipt.arrived_on}/hh={at:%H}/{arrived}-{receipt.key_hash}{SUFFIX[feed.format]}"
    raw._put(raw_key, body)
    raw.write_json(
        receipt.receipt_key(feed),
        {
            "raw_key": raw_key,
            "inbox_key": inbox_key,
            "rows": _counted(feed, body),
            "arrived_at": at.isoformat(),
            "content_sha256": digest,
            "inbox_version_id": None,
        },
    )
    raw.write_json(f"{feed.path}/_content/{digest}.json", {"raw_key": raw_key})
    return receipt


def _unpacked(body: bytes) -> bytes:
    try:
        return gzip.decompress(body) if body.startswith(GZIP) else body
    except EOFError:  # cut by the test itself
        return body


def _counted(feed: Feed, body: bytes) -> int:
    """Count the rows of a body as the door does; of one that it would turn away, those before it knew."""
    said: Any = feed.door() | {"header": feed.header}
    door = Door(**said)
    content = (Packed if feed.format in FORMATS else Content)(door)
    try:
        content.feed(gzip.decompress(body) if body.startswith(GZIP) else body)
        content.finish()
    except (RejectedFile, EOFError, zlib.error):
        pass
    return content.rows
