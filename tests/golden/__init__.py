"""Cases that more than one engine must agree on, as data, and how to read them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aero_streaming.merge import FIELDS


@dataclass(frozen=True)
class MergeCase:
    """Facts of one leg in some order, and the leg that they must make in any order."""

    name: str
    facts: tuple[dict[str, Any], ...]
    leg: dict[str, Any]
    departure_policy: str


@dataclass(frozen=True)
class TimeCase:
    """Facts that make one leg, the rules that its times break, and the figures that are left, by name."""

    name: str
    facts: tuple[dict[str, Any], ...]
    time_problem: str | None
    figures: dict[str, int | None]
    departure_policy: Literal["first_out", "last_out"] = "first_out"


def leg_columns() -> list[str]:
    """The columns of a merged leg, beside its identity."""
    estimated = [f"estimated_{field.name}" for field in FIELDS if field.attempt != "any"]
    return ["leg_uid", "attempts", "last_out_at", *(field.name for field in FIELDS), *estimated]


def merge_cases() -> list[MergeCase]:
    """Read the golden cases of the leg merge, defaults filled in."""
    table = json.loads((Path(__file__).parent / "leg_merge.json").read_text(encoding="utf-8"))
    defaults = table["fact_defaults"]
    blank = {**dict.fromkeys(leg_columns()), "leg_uid": defaults["leg_uid"], "attempts": 1}
    return [
        MergeCase(
            case["name"],
            tuple({**defaults, **fact} for fact in case["facts"]),
            {**blank, **case["leg"]},
            case.get("departure_policy", "first_out"),
        )
        for case in table["cases"]
    ]


def time_cases() -> list[TimeCase]:
    """Read the golden cases of times that cannot be true, as facts; of two attempts where a first OUT is said."""
    table = json.loads((Path(__file__).parent / "leg_times.json").read_text(encoding="utf-8"))
    return [
        TimeCase(
            case.pop("name"),
            tuple(_facts(case.pop("leg"))),
            case.pop("time_problem"),
            {"arrival_delay_minutes": None, **case},
        )
        for case in table["cases"]
    ]


def _facts(leg: dict[str, Any]) -> Iterator[dict[str, Any]]:
    first, expected = leg.pop("first_out_at", None), leg.pop("estimated_out_at", None)
    said = [{"attempt": 1, "out_at": first}] if first else []
    said += [{"attempt": 1, "is_actual": False, "out_at": expected}] if expected else []
    for number, fact in enumerate([*said, {"attempt": 2 if first else 1, **leg}], 1):
        yield {
            "leg_uid": "0123456789abcdef0123456789abcdef",
            "event_id": f"{number:032x}",
            "source": "acars",
            "is_actual": True,
            "version": 1,
            "received_at": "2015-01-01T23:00:00Z",
            **fact,
        }
