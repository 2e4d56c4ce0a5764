"""Puts files into the inbox, as a partner does, and reads the answer of the door to each."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from aero_assets.storage import Bucket

ANSWERS = "_outcomes/door/"
"""The folder of the lake in which the door writes its answers."""


class Uploads(Protocol):
    """The methods of an S3 client that upload files."""

    def upload_file(self, Filename: str, Bucket: str, Key: str) -> None:
        """Upload a file under a key."""


@dataclass(frozen=True)
class Answer:
    """The door's answer to a file: `status` is accepted, duplicate or rejected; a rejected one has a reason."""

    file: Path
    status: str
    rows: int
    reason: str
    message: str


class Inbox:
    """Files sent to the door: they are uploaded under the partner's role, and answers are read from the lake."""

    def __init__(self, lake: Bucket, partner: Uploads, bucket: str) -> None:
        self._lake, self._partner, self._bucket = lake, partner, bucket
        self._before = {item.key for item in lake.list(ANSWERS)}
        self._waiting: dict[str, Path] = {}

    @property
    def waiting(self) -> int:
        """The number of files without an answer so far."""
        return len(self._waiting)

    def put(self, file: Path, inbox_key: str) -> None:
        """Upload a file under a key; a later file under the same key replaces it."""
        self._partner.upload_file(str(file), self._bucket, inbox_key)
        self._waiting[sha256(inbox_key.encode()).hexdigest()[:12]] = file

    def answers(self) -> list[Answer]:
        """Return the answers that have come since the last look."""
        come = []
        for item in self._lake.list(ANSWERS):
            mark = next((mark for mark in self._waiting if mark in item.key and item.key not in self._before), None)
            if mark and (row := self._lake.read_json(item.key)):
                rejected = row["status"] == "rejected"
                reason, message = (row["reason"], row["message"]) if rejected else ("", "")
                come.append(Answer(self._waiting.pop(mark), row["status"], row["rows_in"], reason, message))
        return come
