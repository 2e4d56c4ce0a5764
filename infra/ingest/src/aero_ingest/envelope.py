"""The heading of a message: lines of networks and their roles, in whatever order and number they come.

    ZCZC MXA012 281240            channel of the network, with the time of passing on
    QU MEXOOAM CUNKOAM            Type B: priority and addresses of seven characters, up to eight lines
    .MEXKKAM 221354               originator, and day, hour and minute (UTC) somewhere behind it: AM/221354, 221354Z
    FF MMMXZQZX                   AFTN: priority and addresses of eight letters
    281240 MMMXAMXO               AFTN: time of filing and originator
    FI AM0905/AN XA-MAZ           ACARS: lines of the provider between heading and body
    DT QXS CUN1 272327 M44A
    =ORIGIN                       SITATEX: a name behind a sign, its value on the next line, the text behind =TEXT
    Date: Fri, 27 Nov 2026 ...    e-mail: fields above a message that somebody sent on

The time of sending dates everything a message says, so every line that states one is asked, the nearest to the body
first: signatures, then the filing, the provider, the channel and the mail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

#: A heading has eight lines of addresses and few others; more lines are no heading.
MOST_LINES = 40
#: Lines that are none of these are passed over, and named; many of them are something else.
MOST_UNKNOWN = 12

PRIORITY = re.compile(r"(?:Q[A-Z]|SS)(?: +[A-Z0-9]{7})+(?: +(\..*))?")
PRIORITY_ALONE = re.compile(r"Q[A-Z]")
ADDRESSES = re.compile(r"[A-Z0-9]{7}(?: +[A-Z0-9]{7})*(?: +(\..*))?")
AFTN_PRIORITY = re.compile(r"(?:SS|DD|FF|GG|KK)(?: +[A-Z]{8})+")
AFTN_ADDRESSES = re.compile(r"[A-Z]{8}(?: +[A-Z]{8})*")
FILED = re.compile(r"([0-9]{6})Z?(?: +([A-Z]{8})(?: .*)?)?")
ORIGINATOR = re.compile(r"\. ?([A-Z0-9]{7,8})(?![A-Z0-9])(.*)")
SIGNED = re.compile(r"(?<![0-9])([0-9]{6})(?![0-9])")
CHANNEL = re.compile(r"ZCZC(?: .*)?")
#: Lines of an ACARS provider: the service (A81, M14), flight, aircraft, places, the transmission; a dash ends them.
PROVIDER = re.compile(r"[A-Z][0-9]{2}|DEP|ARR|FI [A-Z0-9 ]+(?:/.*)?|(?:AN|DA|AD|FB|OT|OF|ON|IN|TP|MA|SM) .*|DT .*|-+")
TRANSMISSION = re.compile(r"DT (?:[A-Z0-9]+ )*([0-9]{6})(?: .*)?")
#: Other marks in headings, which say nothing here: possible duplicates, marks of corrections, network notes.
NOTES = re.compile(r"PDM|COR|REV|=|AD LIB.*|VVV.*")
#: Names of SITATEX and the values that say nothing here: addresses by their network, times of receipt.
SITATEX = re.compile(r"=[A-Z][A-Z0-9 ]*|(?:STX|TTY|EML|FAX|RCV|SND),.*")
#: Lines that say nothing here.
SILENT = (AFTN_PRIORITY, AFTN_ADDRESSES, PRIORITY_ALONE, SITATEX)
#: Fields of an e-mail; a date of a mail, and one as operations write it.
MAIL = re.compile(r"([A-Z][A-Z0-9-]{1,40}):(?: (.*))?")
MAIL_BEGINS = re.compile(r"(?:FROM|RECEIVED|RETURN-PATH): .+|=(?:HEADER|PRIORITY)")
SENT = re.compile(r"([0-9]{2})[A-Z]{3}(?:[0-9]{2}){1,2} ([0-9]{2}):?([0-9]{2})Z?")
CORRECTED = ("COR", "REV")
#: The line that `message_cutter` puts above a heading that it repeats for a message without one of its own.
REPEATED = "=HEADING OF THE MESSAGE ABOVE"
#: An originator with its time of sending, which stands in headings alone.
STAMPED = re.compile(r"\. ?[A-Z0-9]{7,8}(?: [A-Z]{2})?[ /][0-9]{6}Z?(?: .*)?")


@dataclass(slots=True)
class Stamp:
    """A time as it stands in the heading: `ddhhmm`, its line from nought, characters before it."""

    time: str
    at: int
    before: int


@dataclass(slots=True)
class Envelope:
    """The contents of a heading. `provider` and `unknown` are its lines that are passed over."""

    originator: str | None = None
    signatures: int = 0
    is_corrected: bool = False
    is_repeated: bool = False
    signed: Stamp | None = None
    filed: Stamp | None = None
    transmitted: Stamp | None = None
    channel: Stamp | None = None
    provider: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)

    @property
    def stamp(self) -> Stamp | None:
        """The time of sending."""
        return self.signed or self.filed or self.transmitted or self.channel


def read(lines: Sequence[str]) -> Envelope:
    """Return what the lines above a body say, in capitals and without blanks around them."""
    heading = Envelope(is_repeated=REPEATED in lines[:1])
    for at, line in enumerate(lines):
        if line.startswith("."):
            _signature(line, at, 0, heading)
        elif match := PRIORITY.fullmatch(line) or ADDRESSES.fullmatch(line):
            if match[1]:
                _signature(match[1], at, match.start(1), heading)
        elif match := FILED.fullmatch(line):
            heading.filed = Stamp(match[1], at, 0)
            heading.originator = match[2] or heading.originator
        elif CHANNEL.fullmatch(line):
            if match := SIGNED.search(line):
                heading.channel = Stamp(match[1], at, match.start(1))
        elif PROVIDER.fullmatch(line):
            heading.provider.append(at)
            if match := TRANSMISSION.fullmatch(line):
                heading.transmitted = Stamp(match[1], at, match.start(1))
        elif mail := MAIL.fullmatch(line):
            time = _mailed(mail[2] or "") if mail[1] in ("DATE", "SENT") else ""
            heading.channel = heading.channel or (Stamp(time, at, mail.start(2)) if time else None)
        elif NOTES.fullmatch(line):
            heading.is_corrected = heading.is_corrected or line in CORRECTED
        elif not any(pattern.fullmatch(line) for pattern in SILENT):
            heading.unknown.append(at)
    return heading


def begins(line: str) -> bool:
    """Return True if a line can only be the first of a heading."""
    known = (PRIORITY, AFTN_PRIORITY, CHANNEL, STAMPED, MAIL_BEGINS)
    return any(pattern.fullmatch(line) for pattern in known)


def _mailed(text: str) -> str:
    """Return day, hour and minute (UTC) of a mail; empty where it is no date."""
    if sent := SENT.fullmatch(text):
        return "".join(sent.groups())
    try:
        moment = parsedate_to_datetime(text)
        return f"{moment.astimezone(UTC) if moment.tzinfo else moment:%d%H%M}"
    except (ValueError, OverflowError, TypeError, IndexError):
        return ""


def _signature(line: str, at: int, before: int, heading: Envelope) -> None:
    """Note an originator; of several, the one nearest to the body sent it, and the last time stated counts."""
    match = ORIGINATOR.fullmatch(line)
    if match is None:
        heading.unknown.append(at)
        return
    heading.originator = match[1]
    heading.signatures += 1
    if time := SIGNED.search(match[2]):
        heading.signed = Stamp(time[1], at, before + match.start(2) + time.start(1))
