"""Delay codes in a message: `DLcc[/cc]/hhmm[/hhmm]`, the same in `EDL`, and the sub-codes of `DLA`.

Two digits are AHM 730, two letters its older form, three letters AHM 732. Durations follow the codes in their order.
"""

from __future__ import annotations

import re
from functools import lru_cache

from aero_ingest.message import AHM730, AHM731, AHM732, Delay

#: More than an element and a message may have, so that a broken one cannot make work.
MOST, MOST_OF_MESSAGE = 8, 32

CODE = re.compile(r"[0-9]{2}|[A-Z]{2,3}")
DURATION = re.compile(r"([0-9]{2})([0-9]{2})")
SUB_CODE = re.compile(r"([0-9]{2})([A-Z])")

#: Characters of an element that is remembered; longer ones are read too, and would fill the memory.
LONGEST = 40

Delays = tuple[Delay, ...]
Problems = tuple[tuple[str, str], ...]


def codes(value: str, *, is_provisional: bool = False) -> tuple[Delays, Problems]:
    """Return the delays that an element names, and what is odd about it as (code, sentence)."""
    return (_remembered if len(value) <= LONGEST else _codes)(value, is_provisional)


def _codes(value: str, is_provisional: bool) -> tuple[Delays, Problems]:
    problems: list[tuple[str, str]] = []
    parts = value.rstrip("/").split("/")
    named: list[str] = []
    durations: list[int | None] = []
    for part in parts[: 2 * MOST]:
        if not durations and CODE.fullmatch(part):
            named.append(part)
        elif match := DURATION.fullmatch(part):
            durations.append(_minutes(match, problems))
        else:
            problems.append(("bad_delay", f"{part[:20]!r} is neither a code nor a duration (hhmm); left out"))
    if len(durations) > len(named):
        problems.append(("spare_duration", "more durations than codes; the last ones are left out"))
    elif len(durations) < len(named):
        problems.append(("no_duration", f"no duration for {', '.join(named[len(durations) :])}"))
    if letters := [code for code in named if code.isalpha() and len(code) == 2]:
        problems.append(("letter_code", f"{', '.join(letters)}: letters of the older form; two digits are due"))
    if is_provisional and durations:
        problems.append(("provisional_delay", "durations of EDL may still change; they count until a later message"))
    padded = [*durations, *[None] * len(named)]
    delays = [Delay(_scheme(code), code, minutes) for code, minutes in zip(named, padded, strict=False)]
    return tuple(delays), tuple(problems)


_remembered = lru_cache(4096)(_codes)


def with_sub_codes(delays: Delays, value: str) -> tuple[Delays, Problems]:
    """Return the delays with the sub-codes of a `DLA` element; one whose code was not named is a delay of its own."""
    problems: list[tuple[str, str]] = []
    coded = list(delays)
    for part in [part for part in value.split("/") if part][:MOST]:
        match = SUB_CODE.fullmatch(part)
        if match is None:
            problems.append(("bad_delay", f"{part[:20]!r} is no code with its sub-code, such as 31C; left out"))
            continue
        at = next((at for at, delay in enumerate(coded) if delay.code == match[1] and delay.sub_code is None), None)
        if at is None and len(coded) >= MOST_OF_MESSAGE:
            problems.append(("bad_delay", f"{part} is more than a message may have; left out"))
        elif at is None:
            coded.append(Delay(AHM731, match[1], None, match[2]))
            problems.append(("unnamed_code", f"{part} belongs to no code of DL or EDL"))
        else:
            coded[at] = coded[at]._replace(sub_code=match[2])
    return tuple(coded), tuple(problems)


def _minutes(match: re.Match[str], problems: list[tuple[str, str]]) -> int:
    hours, minutes = int(match[1]), int(match[2])
    if minutes > 59:
        problems.append(("not_hours", f"{match[0]} is no hours and minutes; read as {int(match[0])} minutes"))
        return int(match[0])
    return 60 * hours + minutes


def _scheme(code: str) -> str:
    return AHM732 if len(code) == 3 else AHM730
