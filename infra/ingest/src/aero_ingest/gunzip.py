"""Decompressing gzip in pieces and with bounded memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from aero_ingest import reasons

GZIP = b"\x1f\x8b"
BLOCK_BYTES = 1 << 20


class Gunzip:
    """Decompresses gzip piece by piece, member after member, never more than a block at once."""

    def __init__(self) -> None:
        self._member: zlib._Decompress | None = zlib.decompressobj(wbits=31)
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the blocks that one more piece of the file gives."""
        data, self._rest = self._rest + data, b""
        while True:
            if self._member is None:
                # Between members; zeros are padding, as gzip itself takes them.
                data = data.lstrip(b"\0")
                if len(data) < len(GZIP):
                    self._rest = data
                    return
                if not data.startswith(GZIP):
                    raise reasons.gzip_trailing_data()
                self._member = zlib.decompressobj(wbits=31)
            try:
                block = self._member.decompress(data, BLOCK_BYTES)
            except zlib.error as error:
                raise reasons.gzip_corrupt(str(error)) from error
            if block:
                yield block
            if self._member.eof:
                data, self._member = self._member.unused_data, None
                continue
            data = self._member.unconsumed_tail
            # A full block may leave more inside zlib even when it took all of the input.
            if not data and len(block) < BLOCK_BYTES:
                return

    def finish(self) -> None:
        """Say so if the file ends where gzip does not."""
        if self._member is not None:
            raise reasons.gzip_truncated()
        if self._rest:
            raise reasons.gzip_trailing_data()
