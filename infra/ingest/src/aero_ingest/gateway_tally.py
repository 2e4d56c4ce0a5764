"""Counts of messages in the gateway: counted, put aside with a reason, or kept until their schedule comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from aero_ingest.message import Finding, ParseError
from aero_ingest.message_kinds import KIND_NOT_READ


@dataclass(frozen=True)
class Waiting:
    """A message that waits for its schedule."""

    text: str
    received_at: str
    raw_ref: str
    flight: str

    @property
    def identity(self) -> str:
        """The same message from the same place is the same."""
        return sha256(f"{self.raw_ref}\0{self.text}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class PutAside:
    """A message that became nothing, and why; it goes to quarantine. One that waits has its identity."""

    reason: str
    message: str
    text: str
    raw_ref: str
    received_at: str
    identity: str = ""


def unreadable(error: ParseError, text: str, raw_ref: str, received_at: str) -> PutAside:
    """Return a text that no parser could read as what became nothing; the typed step gives it the same reason."""
    return PutAside(reason_of(error), f"{error.code}: {error.message}", text, raw_ref, received_at)


def reason_of(error: ParseError) -> str:
    """Return the reason of quarantine for a text: a message of a kind that is not read, or nothing that can be read."""
    return error.code if error.code == KIND_NOT_READ else "unreadable_message"


@dataclass
class Tally:
    """Counts of a file or a round of waiting messages. `messages = accepted + waiting + put_aside`."""

    messages: int = 0
    accepted: int = 0
    waiting: int = 0
    events: int = 0
    put_aside: list[PutAside] = field(default_factory=list)
    #: Messages that wait from now on: in quarantine until they are finished.
    held: list[PutAside] = field(default_factory=list)
    #: Messages that wait no more; forgotten by `Gateway.settle` once the brokers have their events.
    finished: list[Waiting] = field(default_factory=list)
    findings: Counter[str] = field(default_factory=Counter)

    def note(self, findings: Iterable[Finding]) -> None:
        """Count what was odd."""
        self.findings.update(finding.code for finding in findings)
