"""Files of a bucket on this disk: verified by digest when they are fetched, and checked for changes afterwards.

This is the common part of the copies of the typed zone and of the published marts; each of them knows its own files.
"""

from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from aero_assets.storage import Bucket, digest_of, is_missing

MISSING = "is missing in the bucket"


@dataclass(frozen=True)
class Kept:
    """A fetched file: a change of its size or its modification time shows that it was touched."""

    digest: str
    size: int
    changed_ns: int

    @classmethod
    def of(cls, digest: str, path: Path) -> "Kept":
        """Return digest, size and modification time of a file whose digest was just checked."""
        status = path.stat()
        return cls(digest, status.st_size, status.st_mtime_ns)

    def is_at(self, path: Path) -> bool:
        """Return True if the file is there and unchanged."""
        try:
            return Kept.of(self.digest, path) == self
        except OSError:
            return False


def fetch_verified(bucket: Bucket, key: str, digest: str, path: Path) -> str:
    """Download an object whose SHA-256 begins with `digest`; if it differs, return the problem and keep no file."""
    try:
        bucket.download(key, path)
    except ClientError as error:
        if not is_missing(error):
            raise
        return MISSING
    except FileNotFoundError:  # a folder in the place of a bucket
        return MISSING
    if digest_of(path).startswith(digest):
        return ""
    size = path.stat().st_size
    path.unlink()
    return f"is not the file its manifest names: its {size} bytes have another digest"
