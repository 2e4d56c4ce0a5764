"""Reading messages and schedules: movement messages against PyPI `mvt-parser`, and the rate of SSIM.

Both parsers get the same bodies, which both can read, and must agree on the flight and its clock times. Ours dates
them too, checks them, and takes the Type-B envelope apart, for which the other has no reader. `mvt_messages` lets
each result go before the next, as the gateway does: the work of reading alone. `mvt_messages_kept` keeps them all,
where the other parser's heavier objects make work for the garbage collector. SSIM is compared with slicing its
records at the same columns and nothing else; the expansion to dated legs, each held against the zone database, is a
rate of its own, compared with counting the same dates.
"""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

from mvt_parser import MVTParser

from aero_assets.zones import station_offset as offset_of
from aero_ingest import ssim, ssim_legs
from aero_ingest.message import Message, Unreadable
from aero_ingest.messages import parse
from aero_ingest.ssim_records import LegRecord
from bench.goals import GOALS
from bench.measure import Say, alternate
from bench.runner import PROJECT, Result

FIXTURES = PROJECT / "tests" / "fixtures" / "messages"
NAMES = ("mvt_01_departure", "mvt_02_arrival", "mvt_04_delay_two_codes", "mvt_06_return_to_ramp")
MESSAGES, SEASONS, ROUNDS = 40_000, 400, 5
#: After everything that the bodies tell of: none is odd for having come too early.
REFERENCE = datetime(2026, 11, 23, 7, tzinfo=UTC)
#: Positions of the fields of a leg record that ours reads.
FIELDS = (
    (1, 2), (2, 5), (5, 9), (9, 11), (11, 13), (13, 14), (14, 21), (21, 28), (28, 35), (35, 36), (36, 39), (43, 47),
    (47, 52), (54, 57), (57, 61), (65, 70), (72, 75), (148, 149), (172, 192), (192, 193), (193, 194), (194, 200),
)  # fmt: skip


def run(folder: Path, say: Say) -> list[Result]:
    """Measure messages, records and legs per processor second."""
    bodies = [_body(name) for name in NAMES]
    _agree(bodies)
    texts = [bodies[number % len(bodies)] for number in range(MESSAGES)]
    records = [*(FIXTURES / "sample_am_w26.ssim").read_text(encoding="ascii").splitlines()]
    head, legs = records[:10], [line for line in records if line[0] == "3"]
    # Serials differ, or all but the first season would be duplicates.
    season = [f"{line[:2]}{chr(65 + n % 26)}{chr(65 + n // 26)} {line[5:]}" for n in range(SEASONS) for line in legs]
    lines = [*head, *season]
    say(f"{len(texts):,} messages, {len(season):,} leg records of {SEASONS} carriers")
    tasks = {
        "messages": lambda: MESSAGES / _spent(lambda: deque((parse(text, REFERENCE) for text in texts), 0)),
        "mvt-parser": lambda: MESSAGES / _spent(lambda: deque((MVTParser().parse(text) for text in texts), 0)),
        "messages kept": lambda: MESSAGES / _spent(lambda: [parse(text, REFERENCE) for text in texts]),
        "mvt-parser kept": lambda: MESSAGES / _spent(lambda: [MVTParser().parse(text) for text in texts]),
        "records": lambda: len(season) / _spent(lambda: list(ssim.read(lines))),
        "slicing": lambda: len(season) / _spent(lambda: [[line[a:b] for a, b in FIELDS] for line in lines]),
        "legs": lambda: _legs(lines),
        "dates": lambda: _dates(lines),
    }
    rates = {
        name: median(figures) for name, figures in alternate(ROUNDS, tasks, say, lambda rate: f"{rate:,.0f}/s").items()
    }
    return [
        Result(
            name=name, value=rates[ours], unit=unit, baseline=baseline, baseline_value=rates[theirs], goal=GOALS[name]
        )
        for name, ours, unit, theirs, baseline in (
            (
                "mvt_messages",
                "messages",
                "messages/s",
                "mvt-parser",
                "PyPI mvt-parser, same bodies",
            ),
            (
                "mvt_messages_kept",
                "messages kept",
                "messages/s",
                "mvt-parser kept",
                "PyPI mvt-parser, same bodies, all results kept",
            ),
            ("ssim_records", "records", "records/s", "slicing", "the same columns sliced, not read"),
            ("ssim_legs", "legs", "legs/s", "dates", "the dates of the same records counted"),
        )
    ]


def _body(name: str) -> str:
    """A message without its envelope, which the other parser does not read."""
    text = (FIXTURES / f"{name}.txt").read_text(encoding="ascii")
    return text[text.index("MVT\n") :]


def _agree(bodies: list[str]) -> None:
    """Both say the same, or there is nothing to compare."""
    for body in bodies:
        other, ours = MVTParser().parse(body), parse(body, REFERENCE)
        assert isinstance(ours, Message)
        other_text = str(other)
        for movement in ours.movements:
            if f"{movement.event_time:%H%M}" not in body or (ours.registration or "") not in other_text:
                raise AssertionError(f"the two read different things from {body!r}: {other_text}")


def _spent(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def _read(lines: list[str]) -> list[LegRecord]:
    return [record for record in ssim.read(lines) if not isinstance(record, Unreadable)]


def _legs(lines: list[str]) -> float:
    records, count = _read(lines), 0
    began = process_time()
    for record in records:
        count += len(ssim_legs.expand(record, offset_of))
    return count / (process_time() - began)


def _dates(lines: list[str]) -> float:
    records, count = _read(lines), 0
    began = process_time()
    for record in records:
        count += sum(1 for _ in ssim_legs.dates(record))
    return count / (process_time() - began)
