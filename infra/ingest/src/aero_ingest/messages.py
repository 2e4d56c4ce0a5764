"""Every message format by one name: find out what a text is, cut it into messages, read each.

This is the door that the command line, the gateway and the tests use. Standard library only, and pure: the reference
time is an argument, and so is what is known of clocks.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Literal

from aero_ingest import acars, aidx, ldm, message_cutter, mvt, ssim, ssim_legs, type_b
from aero_ingest.message import Message, ParseError, Unreadable
from aero_ingest.message_files import lines_of
from aero_ingest.ssim_legs import Offsets
from aero_ingest.ssim_records import LegRecord

Format = Literal["mvt", "mva", "div", "ldm", "acars", "aidx", "ssim"]
FORMATS: tuple[Format, ...] = ("mvt", "mva", "div", "ldm", "acars", "aidx", "ssim")

Result = Message | Unreadable
#: The beginning of an XML document, which telegrams seldom have.
NOT_LETTERS = "<\ufeff \t\r\n"


def parse(text: str, reference_at: datetime, *, std_at: datetime | None = None) -> Message:
    """Read one message; `reference_at` says when it came, `std_at` dates its times better where it is known.

    Raises ParseError, and nothing else, for a text that cannot be read.
    """
    if text[:1] in NOT_LETTERS and aidx.is_aidx(text):
        return aidx.parse(text, reference_at)
    telegram = type_b.read(text, reference_at)
    if telegram.identifier == "LDM":
        return ldm.parse(telegram)
    return acars.parse(telegram, std_at) if telegram.identifier == type_b.OOOI else mvt.parse(telegram, std_at)


def pieces(lines: Iterable[str]) -> Iterator[str]:
    """Cut a text into its messages, each readable by itself: telegrams, or the legs of a document of AIDX."""
    lines = iter(lines)
    head = list(_up_to_text(lines))
    if head and aidx.is_aidx(head[-1]):
        yield from aidx.split("".join(chain(head, lines)))
    else:
        yield from (raw.text for raw in message_cutter.split(chain(head, lines)))


def _up_to_text(lines: Iterator[str]) -> Iterator[str]:
    """Yield blank lines, and the first that is none."""
    for line in lines:
        yield line
        if line.strip("\ufeff \t\r\n"):
            return


def parse_all(
    lines: Iterable[str], reference_at: datetime, format: Format | None = None, offset_of: Offsets | None = None
) -> Iterator[Result]:
    """Yield every message of a text, of SSIM every leg record; what cannot be read stops nothing else.

    `format` is for a text that does not say what it is, or to insist; `offset_of` lets the clocks of SSIM be checked.
    """
    lines = iter(lines)
    first = next(lines, "")
    lines = chain([first], lines)
    if format == "ssim" or (format is None and ssim.is_ssim(first)):
        yield from _schedule(lines, reference_at, offset_of)
    else:
        yield from _messages(lines, reference_at, format)


def parse_file(
    file: io.BufferedReader, reference_at: datetime, format: Format | None = None, offset_of: Offsets | None = None
) -> Iterator[Result]:
    """Yield every message of a file as `parse_all` does; a file that must be refused ends with why, as unreadable."""
    try:
        yield from parse_all(lines_of(file), reference_at, format, offset_of)
    except ParseError as error:
        yield Unreadable(error, "", format)


def _messages(lines: Iterable[str], reference_at: datetime, format: Format | None) -> Iterator[Result]:
    for piece in pieces(lines):
        name = "aidx" if aidx.is_aidx(piece) else type_b.identifier(piece)
        known = name.lower() if name else None
        try:
            if format and known and known != format:
                raise ParseError("other_format", f"this is {known}; {format} is due")
            # A body whose first line is missing can be read by somebody who knows what it is.
            text = piece if known or not format else f"{format.upper()}\n{piece}"
            message = parse(text, reference_at)
        except ParseError as error:
            yield Unreadable(error, piece, known or format)
        else:
            yield message


def _schedule(lines: Iterable[str], reference_at: datetime, offset_of: Offsets | None) -> Iterator[Result]:
    has_legs = False
    for record in ssim.read(lines):
        has_legs = True
        yield record if isinstance(record, Unreadable) else _leg(record, reference_at, offset_of)
    if not has_legs:
        yield Unreadable(ParseError("no_legs", "the file has no leg record (type 3)"), "", ssim.FORMAT)


def _leg(record: LegRecord, reference_at: datetime, offset_of: Offsets | None) -> Message:
    legs = ssim_legs.expand(record, offset_of) if offset_of else None
    schedule = {
        "origin": record.origin,
        "destination": record.destination,
        "leg_sequence": record.leg_sequence,
        "itinerary_variation": record.variation,
        "service_type": record.service_type,
        "time_mode": "local" if record.block.is_local else "utc",
        "valid_from": record.valid_from.isoformat(),
        "valid_to": record.valid_to.isoformat() if record.valid_to else None,
        "days": list(record.days),
        "every_weeks": record.every_weeks,
        "std": _clock(record.std_minute),
        "std_utc_offset_minutes": record.std_utc_offset_minutes,
        "sta": _clock(record.sta_minute),
        "sta_utc_offset_minutes": record.sta_utc_offset_minutes,
        "date_variation": list(record.date_variation),
        "aircraft_type": record.aircraft_type or None,
        "seats": record.seats,
        "is_operated": record.is_operated,
        "codeshares": record.codeshares,
        "operated_as": record.operated_as,
        "legs": None if legs is None else len(legs),
    }
    return Message(
        format=ssim.FORMAT,
        raw=record.raw,
        sent_at=record.block.created_at or reference_at,
        is_stamped=record.block.created_at is not None,
        flight=record.flight,
        airport=record.origin,
        findings=tuple(record.findings),
        extra={"schedule": schedule},
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
