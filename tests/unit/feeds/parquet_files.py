"""Parquet files of one record, as a partner would send them, with other values where a test wants them."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def write(path: Path, record: dict[str, Any], *others: dict[str, Any]) -> Path:
    """Write a record, and more of them that say something else in places."""
    pq.write_table(pa.Table.from_pylist([record, *(record | other for other in others)]), path)
    return path
