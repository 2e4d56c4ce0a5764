"""Reading a raw object of events: one line per event, as the transform of Firehose wraps it.

    {"arrived_at": …, "reason": null or a code, "message": …, "body": the line as sent, or "body_base64"}

If the transform gave no result for a record, Firehose passes the record on unchanged; such a line is judged here. The
same applies to records for which Firehose could not call the transform; it writes them in a form of its own:

    {"attemptsMade": 4, "arrivalTimestamp": …, "errorCode": "Lambda.FunctionError", …, "rawData": "<base64>"}

Objects are gzipped by AWS, in one or more members, and plain if the emulator wrote them.
"""

import base64
import gzip
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pyarrow as pa

from aero_assets.defs.typed.lines import LONGEST_LINE
from aero_assets.defs.typed.quick_json import loads
from aero_ingest.firehose_transform import lines_of
from aero_streaming import events
from aero_streaming.events import Problem

BATCH_LINES = 10_000
SHOWN = 200
GZIP = b"\x1f\x8b"
#: Fields that Firehose writes for a record that it could not transform; no event has all of them.
NOT_ASKED = frozenset(("attemptsMade", "arrivalTimestamp", "errorCode", "rawData"))

SCHEMA = pa.schema(
    [("line_number", pa.int64())] + [(name, pa.string()) for name in ("body", "defect", "message", "arrived_at")]
)


class Judged(NamedTuple):
    """A line as sent, as text; the reason if it is no event; and its arrival time if the transform stated it."""

    body: str
    defect: str | None
    message: str | None
    arrived_at: str | None = None


def read_event_lines(path: Path) -> pa.RecordBatchReader:
    """Return the lines of an object: physical number from 1, the line as sent, and its problem if any."""
    return pa.RecordBatchReader.from_batches(SCHEMA, _batches(path))


def as_sent(line: bytes) -> list[bytes]:
    """Return the lines of a record for which Firehose could not call its transform; any other line unchanged."""
    if b'"rawData"' not in line:
        return [line]
    try:
        wrapper = json.loads(line)
        return lines_of(base64.b64decode(wrapper["rawData"])) if wrapper.keys() >= NOT_ASKED else [line]
    except (ValueError, RecursionError, TypeError, AttributeError):
        return [line]


def unwrap(line: bytes) -> Judged:
    """Return the transform's verdict on a line; a line that it did not wrap is judged by the same vocabulary."""
    if (wrapped := _wrapped(line)) is not None:
        return wrapped
    text, event = line.decode(errors="replace"), events.read(line)
    if isinstance(event, Problem):
        return _shown(text, event.code, event.message.encode(errors="replace").decode())
    return _shown(text, None, None)


def _wrapped(line: bytes) -> Judged | None:
    """Return the content of a line in the form of the transform; None for any other line."""
    try:
        wrapper = loads(line)
        body = (
            wrapper["body"] if "body" in wrapper else base64.b64decode(wrapper["body_base64"]).decode(errors="replace")
        )
        defect, message, arrived_at = wrapper["reason"], wrapper["message"], wrapper.get("arrived_at")
        "".join([body, defect or "", message or "", arrived_at or ""]).encode()
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    return _shown(body, defect, message, arrived_at)


def _shown(body: str, defect: str | None, message: str | None, arrived_at: str | None = None) -> Judged:
    """Shorten a body that is far too long for an event; the raw object keeps all of it."""
    return Judged(body if len(body) <= LONGEST_LINE else body[:SHOWN], defect, message, arrived_at)


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    with _opened(path) as file:
        # A record may be several events: counted are those.
        numbered = enumerate((part for line in file for part in as_sent(line.rstrip(b"\n"))), 1)
        while some := list(islice(numbered, BATCH_LINES)):
            yield _batch((number, *unwrap(line)) for number, line in some)


def _batch(rows: Iterable[tuple[int | str | None, ...]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.record_batch(arrays, schema=SCHEMA)


def _opened(path: Path) -> BinaryIO | gzip.GzipFile:
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
    return gzip.open(path, "rb") if packed else path.open("rb")
