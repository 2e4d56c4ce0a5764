"""Type-B messages: a message taken apart into its envelope and its body; `message_cutter` cuts texts into messages.

    QU MEXOOAM CUNKOAM            heading, see `envelope`
    .MEXKKAM 221354
    MVT COR                       what it is (`message_kinds`), and the body

Lenient, as messages arrive: with or without envelope, control characters, ZCZC and NNNN, any line ends, `=` behind the
last word. The envelope does not say what the body is; the body's first line does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aero_ingest import envelope, sitatex
from aero_ingest.message import Finding, ParseError
from aero_ingest.message_kinds import BODY, GLUED, KIND_NOT_READ, MARKS, bare, is_oooi, unread
from aero_ingest.message_times import FAR, nearest, stated

#: The longest message that a Type-B network carries is some 4,000 characters; batches with longer ones are no messages.
MAX_MESSAGE_CHARACTERS = 32_768
MAX_LINES = 400
#: The body of an ACARS provider that has no first line of ours.
OOOI = "ACARS"

#: Characters around messages on a line: start and end of heading and text, and bells.
CONTROL = dict.fromkeys(map(ord, "\x00\x01\x02\x03\x04\x07\x0b\x0c"))
END_OF_MESSAGE = "NNNN"
#: Characters of the shortest first line that has its flight behind it: MVT AM905/22.
SHORTEST_GLUED = 11
NO_STAMP = Finding("no_stamp", "no time of sending; the reference time stands for it")

SHARED_HEADING = Finding("shared_heading", "no heading of its own; that of the message above dates it")

#: Something odd in a body: code, sentence, its line from nought, characters before it there (None: all of the line).
#: Most messages have none, so columns of the message are looked for at the end.
Oddity = tuple[str, str, int, int | None]


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


def identifier(text: str) -> str | None:
    """Return what a message is, MVT, MVA, DIV, LDM or ACARS, or None if no line says so."""
    lines = _lines("\n".join(text.upper().splitlines()[:MAX_LINES]))
    for line in lines:
        if kind := BODY.get(bare(line)):
            return kind[0]
    return OOOI if any(map(is_oooi, lines)) else None


def read(text: str, reference_at: datetime) -> Telegram:
    """Take a message apart; raise ParseError where it is none."""
    if len(text) > MAX_MESSAGE_CHARACTERS:
        raise ParseError("too_long", f"the message has {len(text):,} characters; {MAX_MESSAGE_CHARACTERS:,} are read")
    if sitatex.is_named(text):
        text = "".join(sitatex.below_names(text.splitlines(keepends=True)))
    capitals = text.upper()
    flat = capitals.replace("\n", "")
    if (
        flat.isprintable()
        and "=" not in flat
        and END_OF_MESSAGE not in flat
        and capitals[: capitals.find("\n")] in BODY
    ):
        # Most texts have nothing around their lines, which need not be looked at one by one.
        lines = [stripped for line in capitals.split("\n") if (stripped := line.strip())]
    else:
        lines = _lines(capitals)
    if len(lines) > MAX_LINES:
        raise ParseError("too_long", f"the message has {len(lines):,} lines; {MAX_LINES} are read", MAX_LINES)
    at = 0 if lines and lines[0] in BODY else _find_body(lines, capitals)
    name, is_correction = BODY.get(lines[at]) or BODY.get(bare(lines[at])) or (OOOI, False)
    findings = [] if capitals == text else [_small_letters(text)]
    if at:
        sent_at, is_stamped, originator, is_corrected = _heading(
            lines[:at], name == OOOI, capitals, reference_at, findings
        )
        is_correction = is_correction or is_corrected
    else:
        findings.append(NO_STAMP)
        sent_at, is_stamped, originator = reference_at, False, None
    body = lines[at:] if name == OOOI else lines[at + 1 :]
    if body and body[0] in MARKS:
        is_correction, body = True, body[1:]
    return Telegram(text, name, is_correction, body, sent_at, is_stamped, originator, findings)


def _heading(
    lines: list[str], is_oooi_body: bool, text: str, reference_at: datetime, findings: list[Finding]
) -> tuple[datetime, bool, str | None, bool]:
    """Time of sending, whether it is stated, originator and mark of correction; what is odd goes to the findings."""
    heading = envelope.read(lines)
    for code, passed, description in (
        ("provider_lines", heading.provider, "lines of the ACARS provider"),
        ("unknown_heading", heading.unknown, "lines above the message that are no heading"),
    ):
        # The lines of a provider are the message itself where nothing else follows them.
        if passed and not (is_oooi_body and code == "provider_lines"):
            shown = " | ".join(lines[at][:30] for at in passed[:4])
            findings.append(
                Finding(code, f"{len(passed)} {description}, passed over: {shown}", *_places(text)[passed[0]])
            )
    if heading.is_repeated:
        findings.append(SHARED_HEADING)
    if heading.signatures > 1:
        findings.append(
            Finding("double_signature", f"{heading.signatures} originators; the last, {heading.originator}, counts")
        )
    if heading.stamp is None:
        findings.append(NO_STAMP)
        return reference_at, False, heading.originator, heading.is_corrected
    sent_at, is_stamped = _sent_at(heading.stamp, text, reference_at, findings)
    return sent_at, is_stamped, heading.originator, heading.is_corrected


def _lines(text: str) -> list[str]:
    """The lines that say something."""
    kept = []
    for line in text.splitlines():
        stripped = (line if line.isprintable() else line.translate(CONTROL)).strip()
        if stripped and stripped[-1] == "=":
            stripped = stripped.rstrip("= ")
        # Few lines begin as those of the network or first lines do, and only they are looked at.
        if not stripped or (stripped[0] == "N" and stripped.startswith(END_OF_MESSAGE)):
            continue
        if stripped[0] in "MDLCR" and len(stripped) > SHORTEST_GLUED and (glued := GLUED.match(stripped)):
            kept += [glued[1], stripped[glued.end() :]]
        else:
            kept.append(stripped)
    return kept


def _places(text: str) -> list[tuple[int, int]]:
    """Number and column of each of these lines, not counting what stands around messages."""
    return [
        (number, line.translate(CONTROL).index(stripped) + 1)
        for number, line in enumerate(text.splitlines(), 1)
        for stripped in _lines(line)
    ]


def _small_letters(text: str) -> Finding:
    for number, line in enumerate(text.splitlines(), 1):
        for column, character in enumerate(line, 1):
            if character != character.upper():
                return Finding("lower_case", "small letters; read as capitals", number, column)
    return Finding("lower_case", "small letters; read as capitals")


def _find_body(lines: list[str], text: str) -> int:
    """Return the place of the line that says what the message is."""
    oooi = None
    for at, line in enumerate(lines[: envelope.MOST_LINES]):
        if bare(line) in BODY:
            if len(envelope.read(lines[:at]).unknown) <= envelope.MOST_UNKNOWN:
                return at
            break
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if kind := unread(line) or unread(line, following):
            raise ParseError(KIND_NOT_READ, f"this is {kind.description}, which is not read here", *_places(text)[at])
        if oooi is None and is_oooi(line):
            oooi = at
    if oooi is not None:
        return oooi
    odd = envelope.read(lines[: envelope.MOST_LINES]).unknown or [0]
    first, place = (lines[odd[0]], _places(text)[odd[0]]) if lines else ("", (1, 1))
    raise ParseError(
        "unknown_message",
        f"{first[:40]!r} begins no message that is read here: MVT, MVA, DIV, LDM and OOOI of ACARS are, in a Type-B or "
        "AFTN envelope or without one, AIDX, and SSIM chapter 7",
        *place,
    )


def _sent_at(
    stamp: envelope.Stamp, text: str, reference_at: datetime, findings: list[Finding]
) -> tuple[datetime, bool]:  # fmt: skip
    """Return the time of sending, by the message's stamp and the month nearest to the reference time."""
    time = stated(stamp.time)
    sent_at = nearest(time, reference_at) if time else None
    number, column = _places(text)[stamp.at]
    if sent_at is None:
        problem = f"{stamp.time} is no day, hour and minute; the reference time stands for it"
        findings.append(Finding("bad_stamp", problem, number, column + stamp.before))
        return reference_at, False
    if abs(sent_at - reference_at) > FAR:
        problem = f"sent {sent_at:%Y-%m-%d %H:%M}Z by the month nearest to the reference time, yet days from it"
        findings.append(Finding("stamp_far", problem, number, column + stamp.before))
    return sent_at, True
