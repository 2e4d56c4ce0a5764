"""The records of the body that the door stored, counted independently for the balance of the door.

The door may not read what it wrote. So the bytes that are handed to the store are unpacked and counted once more; how
many rows came in was counted before they were packed.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import Protocol

from aero_ingest.content import Content
from aero_ingest.doors import Door
from aero_ingest.gunzip import Gunzip
from aero_ingest.packed import FORMATS
from aero_ingest.reasons import RejectedFile


class Sink(Protocol):
    """A receiver of bytes."""

    def write(self, data: bytes) -> None:
        """Take some bytes."""


class Kept:
    """Hands bytes on to a sink and counts the rows in them."""

    def __init__(self, door: Door, sink: Sink, max_bytes: int) -> None:
        self._sink, self._is_text = sink, door.format not in FORMATS
        self._unpack, self._content = Gunzip(), Content(door, max_bytes)
        self._sha256, self._is_readable = hashlib.sha256(), True

    def write(self, data: bytes) -> None:
        """Take some bytes of the body as it will be stored."""
        self._sink.write(data)
        if not self._is_text:
            self._sha256.update(data)
        elif self._is_readable:
            # The file was judged already; a body that is refused here was spoiled since, and counts what it had.
            self._is_readable = False
            with contextlib.suppress(RejectedFile):
                for block in self._unpack.feed(data):
                    self._content.feed(block)
                self._is_readable = True

    def count(self, sha256: str, rows: int) -> tuple[int, int]:
        """Return the rows of the body and how many of them are mixed up; `sha256` and `rows` are of what came in.

        Nobody can say which rows differ where as many are there and the content is another: one is counted. A workbook
        or a Parquet file is what came in, or none of its rows counts.
        """
        if not self._is_text:
            return (rows if self._sha256.hexdigest() == sha256 else 0), 0
        try:
            content = self._content.finish()
        except RejectedFile:
            return self._content.rows, 0
        return content.rows, int(content.rows == rows and content.sha256 != sha256)
