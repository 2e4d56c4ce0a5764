"""Mistakes in messages, to know that the parsers survive them: characters, lines and pieces gone wrong."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from aero_assets.zones import station_offset as offset_of
from aero_ingest.message import Unreadable
from aero_ingest.messages import parse_all
from aero_local.errors import Log

#: What real mistakes are made of: separators in the wrong place, letters for digits, control characters.
PIECES = (
    *"/.-+ \n\t\x00\x03A0Z9ñ\u2028",
    "DL",
    "AD",
    "SI",
    "99",
    "2400",
    "MVT\n",
    "\r\n",
    "COR",
    "NIL",
    "//",
    "0" * 300,
)
#: Records of a schedule per text: with a whole season in each, the time would go into what is not spoilt.
RECORDS = 6
REFERENCE = datetime(2026, 11, 22, 14, tzinfo=UTC)
NEWS_SECONDS = 5


def seeds(folder: Path) -> list[str]:
    """Return the texts that mutations start from: the messages of a folder, and pieces of its schedules."""
    found = [path.read_text(encoding="latin-1") for path in sorted(folder.glob("*.txt"))]
    for path in sorted(folder.glob("*.ssim")):
        records = [line for line in path.read_text(encoding="latin-1").splitlines(keepends=True) if line.strip("0\r\n")]
        found += ["".join([*records[:2], *records[at : at + RECORDS]]) for at in range(2, len(records), RECORDS)]
    return found


def texts(count: int, chance: Random, seeds: Sequence[str]) -> Iterator[str]:
    """Yield so many texts, each a seed with one to six mistakes."""
    for _ in range(count):
        text = chance.choice(seeds)
        for _ in range(chance.randint(1, 6)):
            text = _mistake(text, chance)
        yield text


def run(count: int, seed: int, folder: Path, log: Log) -> dict[str, Any]:
    """Read so many spoilt texts and return the verdict: what was read, refused and raised, and the slowest."""
    began = told = time.monotonic()
    found: Counter[str] = Counter()
    raised: dict[str, str] = {}
    slowest = 0.0
    for number, text in enumerate(texts(count, Random(seed), seeds(folder))):  # noqa: S311 - mistakes, not secrets
        before = time.perf_counter()
        try:
            for result in parse_all(text.splitlines(keepends=True), REFERENCE, None, offset_of):
                result.to_json()
                found["refused" if isinstance(result, Unreadable) else "read"] += 1
        except Exception as error:
            raised[f"{type(error).__name__}: {error}"] = text
        slowest = max(slowest, time.perf_counter() - before)
        if time.monotonic() - told >= NEWS_SECONDS:
            told = time.monotonic()
            log(f"  {number + 1:,} of {count:,} texts")
    return {
        "drill": "messages", "texts": count, "read": found["read"], "refused": found["refused"], "raised": raised,
        "slowest_milliseconds": round(1000 * slowest, 1), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip


def _mistake(text: str, chance: Random) -> str:
    at = chance.randrange(len(text) + 1)
    end = min(len(text), at + chance.choice((1, 1, 2, 5, 20)))
    kind = chance.randrange(6)
    if kind == 0:
        return text[:at] + text[end:]
    if kind == 1:
        return text[:at] + chance.choice(PIECES) + text[at:]
    if kind == 2:
        return text[:at] + chance.choice(PIECES) + text[end:]
    if kind == 3:
        return text[:end] + text[at:]
    lines = text.splitlines(keepends=True) or [""]
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    if kind == 4:
        lines[one], lines[other] = lines[other], lines[one]
    else:
        lines.insert(one, lines[other])
    return "".join(lines)
