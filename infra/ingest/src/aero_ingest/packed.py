"""Files that can only be looked at whole: spooled to disk, checked by their format, hashed as received.

The counterpart of `content.Content` for workbooks and Parquet files, whose table of contents stands at their end.
"""

from __future__ import annotations

import hashlib
import tempfile

from aero_ingest import parquet_footer, reasons, table_files, workbook
from aero_ingest.content import DEFAULT_MAX_CONTENT_BYTES, HEAD_BYTES, Facts, recognise
from aero_ingest.doors import Door

#: Half of what a Lambda has on disk. Text may be larger: it is never kept.
MAX_FILE_BYTES = 256 << 20
#: Beginning of a format, and the check of a whole file; a table has several.
FORMATS = {
    "xlsx": (workbook.MAGIC, workbook.check),
    "parquet": (parquet_footer.MAGIC, parquet_footer.check),
    "table": (b"", table_files.check),
}


class Packed:
    """Takes the file block by block, as `Content` does; what it is, is known at the end."""

    def __init__(self, door: Door, max_bytes: int = DEFAULT_MAX_CONTENT_BYTES) -> None:
        self.rows = 0
        self._door, self._max_bytes = door, min(max_bytes, MAX_FILE_BYTES)
        self._sha256, self._bytes = hashlib.sha256(), 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the file is known

    def feed(self, block: bytes) -> None:
        """Take one more block; raises RejectedFile when the file is too large to be looked at."""
        self._bytes += len(block)
        if self._bytes > self._max_bytes:
            raise reasons.too_large(self._max_bytes)
        self._sha256.update(block)
        self._file.write(block)

    def finish(self) -> Facts:
        """Check the whole file and give the facts; raises RejectedFile when it is not what it should be."""
        with self._file as file:
            magic, check = FORMATS[self._door.format]
            file.seek(0)
            head = file.read(HEAD_BYTES)
            if not head:
                raise reasons.empty()
            if head.startswith(workbook.COMPOUND):
                raise workbook.compound(file, self._door.format)
            if not head.startswith(magic):
                recognise(head, self._door.format)
                raise reasons.other_format("some text or an unknown format", self._door.format)
            self.rows = check(file, self._door)
        if self.rows == 0:
            raise reasons.no_data_rows()
        return Facts(self._sha256.hexdigest(), self._bytes, self.rows, 0)
