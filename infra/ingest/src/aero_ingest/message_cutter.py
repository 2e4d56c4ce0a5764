"""Cut a text into its messages, wherever they begin: at a heading, at a first line, at a flight line of their own.

    QU MEXOOAM                    one heading, and below it
    .MEXKKAM 271354
    MVT
    AM0905/27.XAMAZ.MEX           a message
    AD1334/1352
    AM0906/27.XAMAZ.CUN           another one of the same kind
    AD1634/1652
    PTM                           and one of a kind that is not read

Each is given with a copy of the heading that it stands below, because its time of sending is there, and a mark above
the copy: where the message's own heading was lost on the way, the mark is the one sign of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aero_ingest import envelope, sitatex
from aero_ingest.message_kinds import ACARS, BODY, FLIGHT_DAY, GLUED, WHOLE_FLIGHT_LINE, bare, is_oooi, unread
from aero_ingest.type_b import CONTROL, END_OF_MESSAGE, MAX_MESSAGE_CHARACTERS

#: A heading longer than this is not repeated for the messages below it.
LONGEST_HEADING = 2_000
END_OF_TEXT = "\x03"
#: Ends of messages with something glued to them, and beginnings glued to something: SI NILNNNN, NNNNQU MEXOOAM.
GLUED_ENDS = re.compile(
    rf"(^\s*{END_OF_MESSAGE}|{END_OF_MESSAGE}(?=\s*(?:ZCZC|(?:Q[A-Z]|SS|DD|FF|GG|KK) |\. ?[A-Z0-9]{{7}}|$)))"
    rf"|(?<={END_OF_TEXT})(?=\S)|(?=ZCZC)"
)
#: Bodies that begin below a heading that had a message already.
_KIND, _FLIGHT = "kind", "flight"


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as cut from its text, with the line of the text (from one) that it begins on."""

    text: str
    line: int


def split(lines: Iterable[str]) -> Iterator[Raw]:
    """Cut lines into messages; text that begins none is given back as one too, so nothing is lost.

    A message below the envelope of another one is given with a copy of it. Memory is bounded by the longest message
    allowed: what is longer comes in pieces, none of which can be read.
    """
    cutter, before = _Cutter(), None
    for number, whole in enumerate(sitatex.below_names(lines), 1):
        for line in _unglued(whole):
            if before is not None:
                yield from cutter.take(*before, bare(line.translate(CONTROL)))
            before = (number, line)
    if before is not None:
        yield from cutter.take(*before, "")
    yield from cutter.close()


def _unglued(line: str) -> Iterator[str]:
    """Yield a line, in parts where another message ends or begins within it."""
    parts = [part for part in GLUED_ENDS.split(line) if part and part.strip()]
    if len(parts) < 2:
        yield line
    else:
        yield from (f"{part}\n" for part in parts[:-1])
        yield parts[-1]


class _Cutter:
    """The position in a text of messages."""

    def __init__(self) -> None:
        self.begin = 1
        self._forget()

    def _forget(self) -> None:
        self.kept: list[str] = []
        self.size = 0
        #: The body's first line, once it is there, and the heading above it.
        self.first, self.heading = "", []
        self.has_flight = self.was_blank = self.has_ended = False

    def take(self, number: int, line: str, following: str) -> Iterator[Raw]:
        plain = bare(line.translate(CONTROL))
        again = self._begins_below(plain, following)
        if self.kept and (again or self._begins_anew(plain) or self.size + len(line) > MAX_MESSAGE_CHARACTERS):
            heading = self.heading if again and not self.was_blank else []
            identifier = self.first if again == _FLIGHT else ""
            yield from self.close()
            self._repeat(heading, identifier)
            self.begin = number
        if not self.kept and not plain:
            return
        if not self.size:
            self.begin = number
        if not self.first and self._is_first(plain, following):
            self.first, self.heading = line, [*self.kept]
        elif self.first:
            self.has_flight = self.has_flight or bool(FLIGHT_DAY.match(plain))
        self.kept.append(line)
        self.size += len(line)
        self.was_blank, self.has_ended = not plain, bool(self.first) and plain.endswith("=")
        if plain == END_OF_MESSAGE or END_OF_TEXT in line:
            yield from self.close()

    def close(self) -> Iterator[Raw]:
        """Give what was kept as a message, and forget it."""
        text = "".join(self.kept)
        if text.translate(CONTROL).strip() not in ("", END_OF_MESSAGE):
            yield Raw(text.rstrip("\r\n \t"), self.begin)
        self._forget()

    def _repeat(self, heading: list[str], identifier: str) -> None:
        if heading and sum(map(len, heading)) <= LONGEST_HEADING:
            mark = f"{envelope.REPEATED}\n"
            self.kept = heading if heading[0] == mark else [mark, *heading]
        if identifier:
            self.first, self.heading = identifier, [*self.kept]
            self.kept.append(identifier)

    def _is_first(self, line: str, following: str) -> bool:
        return bool(line in BODY or GLUED.match(line) or unread(line) or unread(line, following) or is_oooi(line))

    def _begins_anew(self, line: str) -> bool:
        """Return True if the heading of the next message begins here."""
        if not self.first:
            return False
        return envelope.begins(line) or (self.was_blank and bool(envelope.ORIGINATOR.fullmatch(line)))

    def _begins_below(self, line: str, following: str) -> str:
        """Return the sign of a body that begins below the same heading: its first line, or a flight line of its own."""
        if not self.first:
            return ""
        if line in BODY or GLUED.match(line) or (line in ACARS and is_oooi(following)):
            return _KIND
        # Free text may begin like a weather report; between blank lines it is one.
        if unread(line, following, is_within=not (self.was_blank or self.has_ended)):
            return _KIND
        is_read = self.has_flight and bare(self.first.translate(CONTROL)) in BODY
        return _FLIGHT if is_read and WHOLE_FLIGHT_LINE.fullmatch(line) else ""
