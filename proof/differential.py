"""Differential: the same records read by us and by readers of others, field by field; every difference is explained."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from proof import other_readers as readers
from proof.record import FAILED
from tests import generated_messages as generated

COUNT, SEED = 400, 26
Reader = Callable[[Any], dict[str, Any]]
METAR: dict[str, Reader] = {
    "avwx": readers.metar_avwx, "mivek": readers.metar_mivek, "metar": readers.metar_library,
}  # fmt: skip


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Compare 400 records of each format with each other reader; return how many fields agree, and what differs."""
    figures: dict[str, Any] = {}
    failed: list[str] = []
    for name, (records, compared) in compare(COUNT, SEED).items():
        agree, differ, unexplained = compared
        figures[name] = {"records": records, "fields that agree": agree, "explained": sum(differ.values())}
        failed += [f"{name}: {difference}" for difference in unexplained]
        log(f"{name}: {figures[name]}, {dict(differ)}, not explained {len(unexplained)}")
    return {**figures, FAILED: failed}


def compare(count: int, seed: int) -> dict[str, tuple[int, tuple[int, Counter[str], list[str]]]]:
    """Return records and outcome by other reader: fields that agree, explained differences, what nobody explains."""
    outcomes = {}
    reports = generated.reports(count, seed)
    for name, reader in METAR.items():
        outcomes[name] = (count, _compare(name, reports, readers.metar_ours, reader))
    messages = generated.movements(count, seed)
    outcomes["mvt-parser"] = (count, _compare("mvt-parser", messages, readers.mvt_ours, readers.mvt_parser))
    lines = generated.leg_records(count, seed)
    ours, theirs = readers.ssim_ours(lines), readers.ssim_parser(lines)
    by_flight = {f"{line[2:5].strip()}{int(line[5:9])}": line for line in lines if line[0] == "3"}
    outcomes["ssim-parser"] = (
        len(ours),
        _judge("ssim-parser", [(by_flight[name], ours_of_leg, theirs[name]) for name, ours_of_leg in ours.items()]),
    )
    return outcomes


def _compare(name: str, texts: list[str], ours: Reader, theirs: Reader) -> tuple[int, Counter[str], list[str]]:
    pairs = []
    for text in texts:
        try:
            other: dict[str, Any] | None = theirs(text)
        except Exception:  # whatever another reader raises, it refuses the record
            other = None
        pairs.append((text, ours(text), other))
    return _judge(name, pairs)


def _judge(
    name: str, pairs: list[tuple[str, dict[str, Any], dict[str, Any] | None]]
) -> tuple[int, Counter[str], list[str]]:
    agree, differ, unexplained = 0, Counter[str](), []
    for text, ours, theirs in pairs:
        fields = ["refused"] if theirs is None else readers.differences(ours, theirs)
        agree += len(ours) - len(fields) if theirs is not None else 0
        for field in fields:
            if readers.explained(name, field, text):
                differ[field] += 1
            else:
                values = (ours.get(field), theirs.get(field)) if theirs else "refused"
                unexplained.append(f"{field} of {text.strip()[:110]!r}: {values}")
    return agree, differ, unexplained
