"""Lambda: a file put into the inbox becomes a body in the raw zone with a receipt, or goes to quarantine.

The order of writes is what makes a crash harmless: body, content marker, receipt, outcome (or: file, reason,
outcome). A marker is never there without its body, a receipt never without its marker, and an event delivered
again finds its own traces by name and goes on behind them.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

import boto3

from aero_ingest import parquet_footer, reasons, receipts, store, unzip
from aero_ingest.content import DEFAULT_MAX_CONTENT_BYTES, Content, Facts
from aero_ingest.doors import Door, load_doors, place_of
from aero_ingest.gunzip import GZIP, Gunzip
from aero_ingest.kept import Kept
from aero_ingest.packed import FORMATS, Packed
from aero_ingest.reasons import RejectedFile
from aero_ingest.receipts import Arrival

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# A third of the time of level 6 for 8 % more bytes (measured on flights): a plain 4 GB file fits in the timeout.
PACK_LEVEL = 4


@dataclass(frozen=True)
class Settings:
    """Everything the handler needs beside the event."""

    s3: S3Client
    raw_bucket: str
    lake_bucket: str
    doors: Mapping[str, Door]
    max_content_bytes: int = DEFAULT_MAX_CONTENT_BYTES
    #: Tells the gateway of a body that it should make events of.
    hand_on: Callable[[Mapping[str, str]], object] = lambda arrived: None


@functools.cache
def settings() -> Settings:
    """Read the environment once per Lambda process."""
    return Settings(
        boto3.client("s3"),
        os.environ["AERO_RAW_BUCKET"],
        os.environ["AERO_LAKE_BUCKET"],
        load_doors(),
        int(os.environ.get("AERO_MAX_CONTENT_BYTES", DEFAULT_MAX_CONTENT_BYTES)),
        _call_gateway,
    )


def _call_gateway(arrived: Mapping[str, str]) -> None:
    """Invoke the gateway and do not wait: Lambda tries it again by itself, and keeps what fails three times."""
    boto3.client("lambda").invoke(
        FunctionName=os.environ["AERO_GATEWAY_FUNCTION"], InvocationType="Event", Payload=json.dumps(arrived).encode()
    )


def handler(event: Mapping[str, Any], context: object) -> list[dict[str, Any]]:
    """Entry point: the outcome of each file of an S3 event."""
    return handle(event, settings())


def handle(event: Mapping[str, Any], using: Settings) -> list[dict[str, Any]]:
    """Take in every file of the event; what failed is raised after the others were dealt with."""
    outcomes, failures = [], []
    for record in event.get("Records", []):
        try:
            outcome = receive(record, using)
        except Exception as error:
            # Raised again below; the next file must not wait for it.
            failures.append(error)
            _log({"status": "failed", "key": _key_of(record), "error": f"{type(error).__name__}: {error}"})
            continue
        if outcome:
            outcomes.append(outcome)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise ExceptionGroup("files that could not be taken in", failures)
    return outcomes


def receive(record: Mapping[str, Any], using: Settings) -> dict[str, Any] | None:
    """Take in one file, or turn it away; None for what the console calls a folder."""
    began = time.monotonic()
    item = record["s3"]["object"]
    key, size, version = unquote_plus(item["key"]), int(item.get("size", 0)), item.get("versionId")
    if key.endswith("/") and size == 0:
        return None
    place = place_of(key, using.doors)
    arrival = Arrival(
        feed=place.feed,
        file_name=place.file_name,
        bucket=record["s3"]["bucket"]["name"],
        inbox_key=key,
        version_id=version,
        size=size,
        arrived=receipts.event_time(record["eventTime"], version),
        format=place.door.format if place.door else "csv",
    )
    try:
        if place.problem or place.door is None:
            raise place.problem or reasons.unknown_feed(key, using.doors)
        outcome = _take_in(arrival, place.door, using, began)
    except RejectedFile as rejected:
        outcome = _turn_away(arrival, rejected, None, 0, using, began)
    store.write_once(using.s3, using.lake_bucket, arrival.outcome_key(outcome["subject"]), outcome)
    _log({"inbox_key": key, **outcome, "peak_memory_kb": peak_memory_kb()})
    return outcome


def _take_in(arrival: Arrival, door: Door, using: Settings, began: float) -> dict[str, Any]:
    rows, upload = 0, None
    try:
        pieces, door = _opened(arrival, door, using)
        arrival = replace(arrival, format=door.format)
        content = (Packed if door.format in FORMATS else Content)(door, using.max_content_bytes)
        upload = store.Upload(using.s3, using.raw_bucket, arrival.raw_key)
        kept = Kept(door, upload, using.max_content_bytes)
        try:
            facts = _stream(pieces, content, kept, door)
        finally:
            rows = content.rows
        raw_key = _claim(arrival, facts, upload, using)
    except RejectedFile as rejected:
        if upload:
            upload.abort()
        return _turn_away(arrival, rejected, door.contract, rows, using, began)
    except BaseException:
        if upload:
            upload.abort()
        raise
    document = receipts.receipt(arrival, facts, raw_key)
    store.write_once(using.s3, using.raw_bucket, arrival.receipt_key(facts), document)
    if door.layout.get("hand_on") and document["status"] == "accepted":
        using.hand_on({name: document[name] for name in ("feed", "raw_key", "arrival_id", "arrived_at")})
    return receipts.outcome_of_receipt(
        document, door.contract, facts, kept.count(facts.sha256, facts.rows), _since(began)
    )


def _opened(arrival: Arrival, door: Door, using: Settings) -> tuple[Iterator[bytes], Door]:
    """Begin to read a file; returns its pieces and its door: a table that is read by name may come as Parquet."""
    if (pattern := door.layout.get("name_pattern")) and not re.fullmatch(pattern, arrival.file_name):
        raise reasons.wrong_name(door.feed, arrival.file_name, pattern)
    if arrival.size > using.max_content_bytes:
        raise reasons.too_large(using.max_content_bytes)
    try:
        pieces = store.read(using.s3, arrival.bucket, arrival.inbox_key, arrival.version_id)
    except store.Gone:
        raise reasons.gone(arrival.inbox_key) from None
    first = b""
    while len(first) < len(unzip.MAGIC) and (piece := next(pieces, b"")):
        first += piece
    if door.layout.get("by_name") and first.startswith(parquet_footer.MAGIC):
        door = replace(door, format="parquet")
    return itertools.chain([first], pieces), door


def _stream(pieces: Iterator[bytes], content: Content | Packed, kept: Kept, door: Door) -> Facts:
    """One pass over the file: checked before it is sent on, byte for byte; plain text, packed or not, is compressed."""
    first = next(pieces, b"")
    pieces = itertools.chain([first], pieces)
    if isinstance(content, Packed):
        for piece in pieces:
            content.feed(piece)
            kept.write(piece)
    elif first.startswith(GZIP):
        unpack = Gunzip()
        for piece in pieces:
            for block in unpack.feed(piece):
                content.feed(block)
            kept.write(piece)
        unpack.finish()
    else:
        if first.startswith(unzip.MAGIC):
            pieces = unzip.text_of(pieces, door.format)
        elif first.startswith(unzip.BZIP2):
            pieces = unzip.of_bzip2(pieces)
        # Without file name and time, so that the same text always gives the same bytes.
        pack = zlib.compressobj(PACK_LEVEL, wbits=31)
        for piece in pieces:
            content.feed(piece)
            kept.write(pack.compress(piece))
        kept.write(pack.flush())
    return content.finish()


def _claim(arrival: Arrival, facts: Facts, upload: store.Upload, using: Settings) -> str:
    """Keep the body unless its content is there already; returns the key of the body that holds it."""
    marker = arrival.marker_key(facts)
    try:
        known = store.read_document(using.s3, using.raw_bucket, marker)
    except store.Damaged:
        # The content is kept once more, and the marker names it: nobody can tell where it is else.
        upload.commit()
        store.write(using.s3, using.raw_bucket, marker, {"raw_key": arrival.raw_key})
        return arrival.raw_key
    if known is None:
        upload.commit()
        if store.write_once(using.s3, using.raw_bucket, marker, {"raw_key": arrival.raw_key}):
            return arrival.raw_key
        # A concurrent upload stored the same content first: refer to its body; ours stays as an orphan.
        known = store.read_document(using.s3, using.raw_bucket, marker)
        if known is None:
            raise PermissionError(f"{marker} is there but cannot be read: the role needs s3:GetObject on it")
    upload.abort()
    return known["raw_key"]


def _turn_away(
    arrival: Arrival,
    rejected: RejectedFile,
    contract: str | None,
    rows: int,
    using: Settings,
    began: float,
) -> dict[str, Any]:
    """Put the file aside with its reason; no receipt, so an earlier good file under the key stays in effect."""
    source = (arrival.bucket, arrival.inbox_key, arrival.version_id)
    if arrival.size > store.MAX_COPY_BYTES:
        rejected = rejected.not_copied()
    else:
        try:
            store.copy(using.s3, source, using.lake_bucket, arrival.quarantine_key)
        except store.Gone:
            rejected = reasons.gone(arrival.inbox_key)
    store.write_once(using.s3, using.lake_bucket, arrival.reason_key, receipts.reason(arrival, rejected))
    return receipts.outcome_of_rejection(arrival, rejected, contract, rows, _since(began))


def peak_memory_kb() -> int | None:
    """The most memory this process ever held, where the system says (Linux does)."""
    status = Path("/proc/self/status")
    lines: Iterator[str] = iter(status.read_text().splitlines()) if status.exists() else iter(())
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


def _key_of(record: Mapping[str, Any]) -> str | None:
    try:
        return unquote_plus(record["s3"]["object"]["key"])
    except (KeyError, TypeError):
        return None


def _log(line: Mapping[str, Any]) -> None:
    """One line of JSON per file, never its content."""
    print(json.dumps({"door": "partner_drop", **line}, ensure_ascii=False), flush=True)
