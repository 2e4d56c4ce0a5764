"""The names and documents of one arrival: where its body, receipt, marker, outcome or quarantine goes.

All of it follows from the S3 event alone (and the content's hash), so that the same event delivered twice
gives the same keys and the same documents.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aero_ingest.content import Facts
from aero_ingest.reasons import RejectedFile

STAGE = "door"
REASON_FILE = "reason.json"
# S3 keys end at 1024 bytes; the folders in front of the name take about a hundred.
MAX_NAME_BYTES = 512
#: The name of a body in the raw zone; text is kept compressed.
SUFFIX = {"csv": ".csv.gz", "lines": ".txt.gz", "xlsx": ".xlsx", "parquet": ".parquet", "table": ".table"}


@dataclass(frozen=True)
class Arrival:
    """One object that came in."""

    feed: str
    file_name: str
    bucket: str
    inbox_key: str
    version_id: str | None
    size: int
    arrived: datetime
    format: str = "csv"

    @property
    def arrived_at(self) -> str:
        """Arrival time, ISO-8601 in UTC."""
        return f"{self.arrived:%Y-%m-%dT%H:%M:%S.%f}Z"

    @property
    def subject(self) -> str:
        """The arrival's name as long as its content is unknown."""
        return f"{self.arrived:%Y%m%dT%H%M%S%f}Z-{_hex12(self.inbox_key)}"

    @property
    def day(self) -> str:
        """The partition of the arrival day."""
        return f"dt={self.arrived:%Y-%m-%d}"

    @property
    def raw_key(self) -> str:
        """The key of the body in the raw zone."""
        return f"{self.feed}/{self.day}/hh={self.arrived:%H}/{self.subject}{SUFFIX[self.format]}"

    @property
    def quarantine_folder(self) -> str:
        """The folder in the lake bucket for a file that is turned away."""
        return f"quarantine/{self.feed}/{self.day}/files/{self.subject}"

    @property
    def quarantine_key(self) -> str:
        """The file itself, under its own name, beside its reason."""
        name = self.file_name.encode()[-MAX_NAME_BYTES:].decode(errors="ignore")
        return f"{self.quarantine_folder}/{f'received-{name}' if name == REASON_FILE else name}"

    @property
    def reason_key(self) -> str:
        """The key of the reason for turning it away."""
        return f"{self.quarantine_folder}/{REASON_FILE}"

    def arrival_id(self, facts: Facts) -> str:
        """The arrival's full name."""
        return f"{self.subject}-{facts.sha256[:12]}"

    def receipt_key(self, facts: Facts) -> str:
        """Return the key of the receipt in the raw zone."""
        return f"{self.feed}/_arrivals/{self.day}/{self.arrival_id(facts)}.json"

    def marker_key(self, facts: Facts) -> str:
        """Return the key of the marker that names the body with this content."""
        return f"{self.feed}/_content/{facts.sha256}.json"

    def outcome_key(self, subject: str) -> str:
        """Return the key of the outcome row in the lake bucket."""
        return f"_outcomes/{STAGE}/{self.day}/{subject}.json"


def event_time(text: str, version_id: str | None) -> datetime:
    """The event's time, with microseconds that tell apart two versions of one millisecond.

    S3 gives milliseconds. Two puts under one key within the same one would share the name of their body, and
    the second would be taken for a redelivery of the first; the rest of the second is taken from the version.
    """
    given = datetime.fromisoformat(text).astimezone(UTC)
    millisecond = given.microsecond // 1000 * 1000
    return given.replace(microsecond=millisecond + int(_hex12(version_id or ""), 16) % 1000)


def receipt(arrival: Arrival, facts: Facts, raw_key: str) -> dict[str, Any]:
    """Return the receipt of an arrival: a duplicate names the body that already holds its content."""
    return {
        "arrival_id": arrival.arrival_id(facts),
        "feed": arrival.feed,
        "arrived_at": arrival.arrived_at,
        "inbox_key": arrival.inbox_key,
        "inbox_version_id": arrival.version_id,
        "content_sha256": facts.sha256,
        "content_bytes": facts.bytes,
        "rows": facts.rows,
        "raw_key": raw_key,
        "status": "accepted" if raw_key == arrival.raw_key else "duplicate",
    }


def reason(arrival: Arrival, rejected: RejectedFile) -> dict[str, Any]:
    """Return the document that says why a file is in quarantine."""
    return {
        "inbox_key": arrival.inbox_key,
        "arrived_at": arrival.arrived_at,
        "reason": rejected.reason,
        "message": rejected.message,
        "bytes": arrival.size,
    }


def outcome_of_receipt(
    document: dict[str, Any], contract: str, facts: Facts, kept: tuple[int, int], seconds: float
) -> dict[str, Any]:
    """The outcome row of a file that was taken in: rows as they came, and rows (and mixed ones) of the body kept."""
    rows, mixed = kept
    duplicate = document["status"] == "duplicate"
    message = f"The content of {document['raw_key']} again." if duplicate else None
    if facts.undecodable_rows and not duplicate:
        message = f"{facts.undecodable_rows} lines are not UTF-8; they are put aside one by one later."
    return {
        "hop": STAGE,
        "feed": document["feed"],
        "subject": document["arrival_id"],
        "status": document["status"],
        "arrived_at": document["arrived_at"],
        "files_in": 1,
        "rows_in": facts.rows,
        "rows_out": 0 if duplicate else rows,
        "duplicates": rows if duplicate else 0,
        "rejects": 0,
        "mixed": mixed,
        "dates_touched": [],
        "version": contract,
        "reason": "same_content" if duplicate else None,
        "message": message,
        "seconds": seconds,
    }


def outcome_of_rejection(
    arrival: Arrival, rejected: RejectedFile, contract: str | None, rows: int, seconds: float
) -> dict[str, Any]:
    """The outcome row of a file that was turned away; ``rows`` are those seen until then."""
    return {
        "hop": STAGE,
        "feed": arrival.feed,
        "subject": arrival.subject,
        "status": "rejected",
        "arrived_at": arrival.arrived_at,
        "files_in": 1,
        "rows_in": rows,
        "rows_out": 0,
        "duplicates": 0,
        "rejects": rows,
        "mixed": 0,
        "dates_touched": [],
        "version": contract,
        "reason": rejected.reason,
        "message": rejected.message,
        "seconds": seconds,
    }


def _hex12(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
