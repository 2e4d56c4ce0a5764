"""Texts of every format that our parsers read, with mistakes at random: parsers read them or refuse them, in time."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

from aero_assets.defs.typed.metar_bodies import cut
from aero_assets.defs.typed.metar_lines import said_of
from aero_assets.zones import station_offset
from aero_ingest.messages import parse_all
from tests.generated_messages import leg_records, movements, reports
from tests.unit.feeds import metar_cases
from tests.unit.ingest import field_cases

FOLDER = Path(__file__).parent / "fixtures" / "messages"
NOW = datetime(2026, 11, 28, 13, tzinfo=UTC)
#: Material of mistakes: separators in the wrong place, letters for digits, control characters, long runs.
PIECES = (
    *"/.-+= \n\t\x00\x03A0Z9ñ\u2028<>&\"'", "MVT\n", "LDM\n", "PTM\nAM0905/22 MEX\n", "\r\n", "COR", "CCB", "NIL", "SI",
    "DL", "99", "2400", "RMK", "METAR ", "KT", "SM", "VV///", "2026/11/28 12:43\n", "station,valid,metar\n",
    "QU MEXOOAM\n",
    ".MEXKKAM 271354\n", "FI AM0905/OT 1334", "00XXX00", "<FlightLeg>", "0" * 300, "AD1334/1352 " * 40,
)  # fmt: skip


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Return good texts with the reader they are for."""
    found = [("messages", file.read_text(encoding="latin-1")) for file in sorted(FOLDER.glob("*.[tx]*"))]
    found += [("messages", body) for body, *_ in field_cases.BATCHES.values()]
    found += [("messages", f"{heading}\nMVT\n{field_cases.LEG}\n") for heading, *_ in field_cases.HEADINGS.values()]
    found += [("messages", text) for text in movements(40, 1)]
    lines = leg_records(60, 1)
    found += [("messages", "\n".join([*lines[:2], *lines[at : at + 3]])) for at in range(2, len(lines), 3)]
    found += [("reports", body) for body, *_ in metar_cases.BODIES.values()]
    found += [("reports", text) for text in reports(60, 1)]
    return tuple(found)


def mutations(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield texts with one to six mistakes, each with its reader: cut, put in, replaced, repeated, lines moved."""
    chance, good = Random(seed), texts()
    for _ in range(count):
        reader, text = chance.choice(good)
        for _ in range(chance.randrange(1, 7)):
            at = chance.randrange(len(text) + 1)
            end = min(len(text), at + chance.choice((1, 2, 5, 20)))
            way = chance.randrange(5)
            if way < 4:
                piece = ("", chance.choice(PIECES), chance.choice(PIECES), text[at:end] * 2)[way]
                text = text[:at] + piece + text[at if way == 1 else end :]
            else:
                lines = text.splitlines(keepends=True)
                chance.shuffle(lines)
                text = "".join(lines)
        yield reader, text


def read(reader: str, text: str) -> int:
    """Read a text as the pipeline does, and say what it holds; return how many records there were."""
    lines = text.splitlines(keepends=True)
    if reader == "messages":
        return sum(bool(result.to_json()) for result in parse_all(lines, NOW, None, station_offset))
    found = [*cut(lines)]
    for case in found:
        # A report that cannot be read is a ValueError by contract, and a record in quarantine.
        with suppress(ValueError):
            said_of(case, NOW.replace(tzinfo=None))
    return len(found)
