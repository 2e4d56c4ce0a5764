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
from aero_ingest.message_times import FAR, nearest, stated

#: The longest message that a Type-B network carries is some 4,000 characters; batches with longer ones are no messages.
MAX_MESSAGE_CHARACTERS = 32_768
MAX_LINES = 400

PRIORITY = re.compile(r"(?:QU|QK|QD|QX|QN|QC|QS|QP|SS) +[A-Z0-9]{7}(?: +[A-Z0-9]{7})*")
ADDRESSES = re.compile(r"[A-Z0-9]{7}(?: +[A-Z0-9]{7})*")
ORIGINATOR = re.compile(r"\.([A-Z0-9]{7})(?:[ /]+([0-9]{6}))?(?: .*)?")
IDENTIFIERS = ("MVT", "MVA", "DIV", "LDM")
MARKS = ("COR", "REV")
#: The first lines of a body: what the message is, and whether it corrects another.
BODY = {
    f"{before}{name}{behind}": (name, bool(before or behind))
    for name in IDENTIFIERS
    for before in ("", *(f"{mark} " for mark in MARKS))
    for behind in ("", *(f" {mark}" for mark in MARKS))
}
#: What stands around messages on a line: start and end of heading and text, and bells.
CONTROL = dict.fromkeys(map(ord, "\x00\x01\x02\x03\x04\x07\x0b\x0c"))
SENT_BY_NETWORK = re.compile(r"ZCZC(?: .*)?")
END_OF_MESSAGE = "NNNN"
OF_NETWORK = re.compile(rf"{SENT_BY_NETWORK.pattern}|{END_OF_MESSAGE}.*")
END_OF_TEXT = "\x03"
NO_STAMP = Finding("no_stamp", "no time of sending; the reference time stands for it")


#: Something odd in a body: code, sentence, its line from nought, characters before it there (None: all of the line).
#: Most messages have none, so columns of the message are looked for at the end.
Oddity = tuple[str, str, int, int | None]


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as cut from its text, with the line of the text (from one) that it begins on."""

    text: str
    line: int


@dataclass(slots=True)
class Telegram:
    """A message in its parts; `lines` are those of the body, in capitals and without blanks around them.

    Without a stamp `sent_at` is the reference time.
    """

    raw: str
    identifier: str
    is_correction: bool
    lines: list[str]
    sent_at: datetime
    is_stamped: bool
    originator: str | None
    findings: list[Finding]

    def place(self, at: int) -> tuple[int, int]:
        """Return number and column of a line of the body in the message."""
        return _places(self.raw.upper())[at - len(self.lines)]

    def with_oddities(self, oddities: list[Oddity]) -> tuple[Finding, ...]:
        """Return the findings, those of the body last."""
        if oddities:
            places = _places(self.raw.upper())[-len(self.lines) :]
            for code, problem, at, before in oddities:
                number, column = places[at]
                self.findings.append(Finding(code, problem, number, 1 if before is None else column + before))
        return tuple(self.findings)


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
        starts = starts or (has_body and bare in BODY)
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
        has_body = has_body or bare in BODY
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
        if found := BODY.get(line.translate(CONTROL).strip().upper()):
            return found[0]
    return None


def read(text: str, reference_at: datetime) -> Telegram:
    """Take a message apart; raise ParseError where it is none."""
    if len(text) > MAX_MESSAGE_CHARACTERS:
        raise ParseError("too_long", f"the message has {len(text):,} characters; {MAX_MESSAGE_CHARACTERS:,} are read")
    capitals = text.upper()
    lines = _lines(capitals)
    if len(lines) > MAX_LINES:
        raise ParseError("too_long", f"the message has {len(lines):,} lines; {MAX_LINES} are read", MAX_LINES)
    at = 0 if lines and lines[0] in BODY else _find_body(lines, capitals)
    name, is_correction = BODY[lines[at]]
    findings = [] if capitals == text else [_small_letters(text)]
    stamp, originator = _stamp(lines[:at], capitals) if at else (None, None)
    if stamp:
        sent_at, is_stamped = _sent_at(stamp, reference_at, findings)
    else:
        findings.append(NO_STAMP)
        sent_at, is_stamped = reference_at, False
    body = lines[at + 1 :]
    if body and body[0] in MARKS:
        is_correction, body = True, body[1:]
    return Telegram(text, name, is_correction, body, sent_at, is_stamped, originator, findings)


def _lines(text: str) -> list[str]:
    """The lines that say something."""
    found = []
    for line in text.splitlines():
        bare = (line if line.isprintable() else line.translate(CONTROL)).strip()
        # Few lines begin as those of the network do, and only they are looked at.
        if bare and (bare[0] not in "NZ" or not OF_NETWORK.fullmatch(bare)):
            found.append(bare)
    return found


def _places(text: str) -> list[tuple[int, int]]:
    """Number and column of each of these lines, not counting what stands around messages."""
    return [
        (number, line.translate(CONTROL).index(bare) + 1)
        for number, line in enumerate(text.splitlines(), 1)
        for bare in _lines(line)
    ]


def _small_letters(text: str) -> Finding:
    for number, line in enumerate(text.splitlines(), 1):
        for column, character in enumerate(line, 1):
            if character != character.upper():
                return Finding("lower_case", "small letters; read as capitals", number, column)
    return Finding("lower_case", "small letters; read as capitals")


def _find_body(lines: list[str], text: str) -> int:
    """Where the line is that says what the message is."""
    for at, line in enumerate(lines):
        if line in BODY:
            return at
        if not (PRIORITY.fullmatch(line) or ADDRESSES.fullmatch(line) or ORIGINATOR.fullmatch(line)):
            break
    first, place = (lines[0], _places(text)[0]) if lines else ("", (1, 1))
    raise ParseError(
        "unknown_message",
        f"{first[:40]!r} begins no message that is read here: MVT, MVA, DIV and LDM are, in a Type-B envelope or "
        "without one, and SSIM chapter 7",
        *place,
    )


class _Stamp(NamedTuple):
    """Day, hour and minute as they stand in the envelope, and where: line from nought, characters before it."""

    time: str
    at: int
    before: int
    message: str

    def odd(self, code: str, problem: str) -> Finding:
        """A finding about it."""
        number, column = _places(self.message)[self.at]
        return Finding(code, problem, number, column + self.before)


def _stamp(envelope: list[str], text: str) -> tuple[_Stamp | None, str | None]:
    """The time of sending and the originator, as far as the envelope has them."""
    for at, line in enumerate(envelope):
        if found := ORIGINATOR.fullmatch(line):
            return _Stamp(found[2], at, found.start(2), text) if found[2] else None, found[1]
    return None, None


def _sent_at(stamp: _Stamp, reference_at: datetime, findings: list[Finding]) -> tuple[datetime, bool]:
    """When the message was sent, by its stamp and the month nearest to the reference time."""
    time = stated(stamp.time)
    sent_at = nearest(time, reference_at) if time else None
    if sent_at is None:
        problem = f"{stamp.time} is no day, hour and minute; the reference time stands for it"
        findings.append(stamp.odd("bad_stamp", problem))
        return reference_at, False
    if abs(sent_at - reference_at) > FAR:
        problem = f"sent {sent_at:%Y-%m-%d %H:%M}Z by the month nearest to the reference time, yet days from it"
        findings.append(stamp.odd("stamp_far", problem))
    return sent_at, True
