"""Raw bodies: the check that a stored body still has the content that was received.

A receipt names the SHA-256 of a file's content as it was received, unpacked: the body of a text is kept compressed,
and may have come so. What comes without a receipt of its own is at least whole where it is compressed.
"""

import gzip
import zlib
from hashlib import sha256
from pathlib import Path

GZIP = b"\x1f\x8b"
CHUNK_BYTES = 1 << 20


def what_is_wrong(path: Path, content_digest: str = "", *, is_gzip: bool = False) -> str:
    """Return what is wrong with a body, or nothing; `is_gzip` where its name says that it is compressed."""
    with path.open("rb") as file:
        packed = is_gzip or file.read(len(GZIP)) == GZIP
    if not packed and not content_digest:
        return ""
    digest = sha256()
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
    except (EOFError, OSError, zlib.error) as error:
        return f"its {path.stat().st_size} bytes cannot be unpacked ({error})"
    if content_digest and digest.hexdigest() != content_digest:
        return "its content is not what its receipt says came in"
    return ""
