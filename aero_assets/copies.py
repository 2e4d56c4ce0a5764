"""Files of a bucket on this disk: verified by digest when they are taken in, and noticed when somebody touches them.

What copies of the typed zone and of published marts share. Which files there should be is for them to know.
"""

from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from aero_assets.storage import Bucket, digest_of, is_missing

MISSING = "is missing in the bucket"


@dataclass(frozen=True)
class Kept:
    """A file as it was taken in: its size and its time of change tell whether it still is."""

    digest: str
    size: int
    changed_ns: int

    @classmethod
    def of(cls, digest: str, path: Path) -> "Kept":
        """Return the digest, size and time of a file that was just compared with its digest."""
        status = path.stat()
        return cls(digest, status.st_size, status.st_mtime_ns)

    def is_at(self, path: Path) -> bool:
        """True if the file is there and nobody wrote to it."""
        try:
            return Kept.of(self.digest, path) == self
        except OSError:
            return False


def fetch_verified(bucket: Bucket, key: str, digest: str, path: Path) -> str:
    """Download an object whose SHA-256 begins with `digest`; return what is wrong with it, and leave nothing then."""
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
