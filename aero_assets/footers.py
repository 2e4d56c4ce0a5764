"""Row counts of Parquet objects in a bucket, read from their footers, so that written rows are counted at their target.

A footer is read from the end of the object; the rows themselves are not fetched.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq

from aero_assets.storage import Bucket

#: Footers of our files have a few thousand bytes; a longer one is asked for again, whole.
USUAL_BYTES = 1 << 16
#: Behind a footer stand its length and the mark of the format, four bytes each.
END_BYTES = 8
AHEAD = 8


def rows(bucket: Bucket, keys: Iterable[str]) -> dict[str, int]:
    """Return the rows of every object; none if it is missing or has no footer, so that the balance shows it."""
    listed = list(keys)
    with ThreadPoolExecutor(AHEAD) as pool:
        return dict(zip(listed, pool.map(lambda key: _rows(bucket, key), listed), strict=True))


def _rows(bucket: Bucket, key: str) -> int:
    end = bucket.read_end(key, USUAL_BYTES)
    length = int.from_bytes(end[-END_BYTES:-4], "little") + END_BYTES
    if length > len(end) >= USUAL_BYTES:
        end = bucket.read_end(key, length)
    try:
        return pq.read_metadata(pa.BufferReader(end)).num_rows
    except (pa.ArrowException, OSError):
        return 0
