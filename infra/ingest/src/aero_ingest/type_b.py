"""Type-B messages: cut a text into messages, and a message into its envelope and its body.

    QU MEXOOAM CUNKOAM            priority and addresses, up to eight lines
    .MEXKKAM 221354               originator and day, hour, minute (UTC)
    MVT COR                       what it is, and the body

Lenient, as messages arrive: with or without envelope, control characters, ZCZC and NNNN, any line ends. The envelope
does not say what the body is; the body's first line does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from aero_ingest.message import Finding, ParseError
from aero_ingest.message_times import FAR, nearest

#: The longest message that a Type-B network carries is some 4,000 characters; batches with longer ones are no messages.
MAX_MESSAGE_CHARACTERS = 32_768
MAX_LINES = 400

PRIORITY = re.compile(r"(?:QU|QK|QD|QX|QN|QC|QS|QP|SS) +[A-Z0-9]{7}(?: +[A-Z0-9]{7})*")
ADDRESSES = re.compile(r"[A-Z0-9]{7}(?: +[A-Z0-9]{7})*")
ORIGINATOR = re.compile(r"\.([A-Z0-9]{7})(?:[ /]+([0-9]{2})([0-9]{2})([0-9]{2}))?(?: .*)?")
BODY = re.compile(r"(?:COR |REV )?(MVT|MVA|DIV|LDM)(?: (COR|REV))?")
#: What stands around messages on a line: start and end of heading and text, and bells.
CONTROL = dict.fromkeys(map(ord, "\x00\x01\x02\x03\x04\x07\x0b\x0c"))
SOME_CONTROL = re.compile(r"[\x00-\x04\x07\x0b\x0c]")
SENT_BY_NETWORK = re.compile(r"ZCZC(?: .*)?")
END_OF_MESSAGE = "NNNN"
END_OF_TEXT = "\x03"


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as cut from its text, with the line of the text (from one) that it begins on."""

    text: str
    line: int


class Line(NamedTuple):
    """A line of a body: upper case, without blanks around it, and where it stands in the message."""

    text: str
    number: int
    column: int = 1


@dataclass(slots=True)
class Telegram:
    """A message in its parts. Without a stamp `sent_at` is the reference time."""

    raw: str
    identifier: str
    is_correction: bool
    lines: tuple[Line, ...]
    sent_at: datetime
    is_stamped: bool
    originator: str | None
    findings: tuple[Finding, ...]


def split(lines: Iterable[str]) -> Iterator[Raw]:
    """Cut lines into messages; text that begins none is given back as one too, so nothing is lost.

    Memory is bounded by the longest message allowed: what is longer comes in pieces, none of which can be read.
    """
    kept: list[str] = []
    begin, size, has_body, was_blank = 1, 0, False, False
    for number, line in enumerate(lines, 1):
        bare = line.translate(CONTROL).strip().upper()
        ends = bare == END_OF_MESSAGE
        starts = bool(SENT_BY_NETWORK.fullmatch(bare) or PRIORITY.fullmatch(bare))
        # Without an envelope the identifier starts a message, where the one before has its own already.
        starts = starts or (has_body and bool(BODY.fullmatch(bare)))
        starts = starts or (was_blank and has_body and bool(ORIGINATOR.fullmatch(bare)))
        if kept and ((starts and has_body) or size + len(line) > MAX_MESSAGE_CHARACTERS):
            yield from _cut(kept, begin)
            kept, size, has_body = [], 0, False
        if not kept:
            if not bare:
                continue
            begin = number
        kept.append(line)
        size += len(line)
        has_body = has_body or bool(BODY.fullmatch(bare))
        was_blank = not bare
        if ends or END_OF_TEXT in line:
            yield from _cut(kept, begin)
            kept, size, has_body = [], 0, False
    yield from _cut(kept, begin)


def _cut(kept: list[str], begin: int) -> Iterator[Raw]:
    text = "".join(kept)
    if text.translate(CONTROL).strip() not in ("", END_OF_MESSAGE):
        yield Raw(text.rstrip("\r\n \t"), begin)


def identifier(text: str) -> str | None:
    """Return what a message is, MVT, MVA, DIV or LDM, or None if no line says so."""
    for line in text.splitlines()[:MAX_LINES]:
        if found := BODY.fullmatch(line.translate(CONTROL).strip().upper()):
            return found[1]
    return None


def read(text: str, reference_at: datetime) -> Telegram:
    """Take a message apart; raise ParseError where it is none."""
    if len(text) > MAX_MESSAGE_CHARACTERS:
        raise ParseError("too_long", f"the message has {len(text):,} characters; {MAX_MESSAGE_CHARACTERS:,} are read")
    capitals = text.upper()
    lines = _lines(capitals)
    if len(lines) > MAX_LINES:
        raise ParseError("too_long", f"the message has {len(lines):,} lines; {MAX_LINES} are read", MAX_LINES)
    at, found = _find_body(lines)
    findings = [] if capitals == text else [_small_letters(text)]
    stamp, originator = _stamp(lines[:at]) if at else (None, None)
    sent_at, is_stamped = _sent_at(stamp, reference_at, findings)
    body = lines[at + 1 :]
    is_correction = found.end() != found.end(1) or found.start(1) != 0
    if body and body[0].text in ("COR", "REV"):
        is_correction, body = True, body[1:]
    return Telegram(
        text, found[1], is_correction, tuple(body), sent_at, is_stamped, originator, tuple(findings)
    )  # fmt: skip


def _lines(text: str) -> list[Line]:
    """The lines that say something, as they stand."""
    found = []
    has_control = SOME_CONTROL.search(text) is not None
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.translate(CONTROL) if has_control else line
        bare = plain.strip()
        if bare and bare[:4] != END_OF_MESSAGE and not (bare[:4] == "ZCZC" and SENT_BY_NETWORK.fullmatch(bare)):
            found.append(Line(bare, number, 1 if plain[0] == bare[0] else plain.index(bare[0]) + 1))
    return found


def _small_letters(text: str) -> Finding:
    for number, line in enumerate(text.splitlines(), 1):
        for column, character in enumerate(line, 1):
            if character != character.upper():
                return Finding("lower_case", "small letters; read as capitals", number, column)
    return Finding("lower_case", "small letters; read as capitals")


def _find_body(lines: list[Line]) -> tuple[int, re.Match[str]]:
    for at, line in enumerate(lines):
        if found := BODY.fullmatch(line.text):
            return at, found
        if not (PRIORITY.fullmatch(line.text) or ADDRESSES.fullmatch(line.text) or ORIGINATOR.fullmatch(line.text)):
            break
    first = lines[0] if lines else Line("", 1)
    raise ParseError(
        "unknown_message",
        f"{first.text[:40]!r} begins no message that is read here: MVT, MVA, DIV and LDM are, in a Type-B envelope or "
        "without one, and SSIM chapter 7",
        first.number,
        first.column,
    )


def _stamp(envelope: list[Line]) -> tuple[tuple[Line, re.Match[str]] | None, str | None]:
    for line in envelope:
        if found := ORIGINATOR.fullmatch(line.text):
            return (line, found) if found[2] else None, found[1]
    return None, None


def _sent_at(
    stamp: tuple[Line, re.Match[str]] | None, reference_at: datetime, findings: list[Finding]
) -> tuple[datetime, bool]:
    """When the message was sent, by its stamp and the month nearest to the reference time."""
    if stamp is None:
        findings.append(Finding("no_stamp", "no time of sending; the reference time stands for it"))
        return reference_at, False
    line, found = stamp
    sent_at = nearest(int(found[2]), int(found[3]), int(found[4]), reference_at)
    if sent_at is None:
        problem = f"{found[2]}{found[3]}{found[4]} is no day, hour and minute; the reference time stands for it"
        findings.append(Finding("bad_stamp", problem, line.number, found.start(2) + line.column))
        return reference_at, False
    if abs(sent_at - reference_at) > FAR:
        problem = f"sent {sent_at:%Y-%m-%d %H:%M}Z by the month nearest to the reference time, yet days from it"
        findings.append(Finding("stamp_far", problem, line.number, found.start(2) + line.column))
    return sent_at, True
