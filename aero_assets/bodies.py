"""Raw bodies: the check that a stored body still has the content that was received.

A receipt holds the SHA-256 of a file's unpacked content, because the body of a text is stored compressed and may also
have been received so. A body without a receipt can only be checked if it is compressed: then it must unpack to its end.
"""

import gzip
import zlib
from hashlib import sha256
from pathlib import Path

GZIP = b"\x1f\x8b"
CHUNK_BYTES = 1 << 20


def what_is_wrong(path: Path, content_digest: str = "", *, is_gzip: bool = False) -> str:
    """Return the problem of a body, or nothing; `is_gzip` says that its name marks it as compressed."""
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
