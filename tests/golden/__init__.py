"""Cases that more than one engine must agree on, as data, and how to read them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aero_streaming.merge import FIELDS


@dataclass(frozen=True)
class MergeCase:
    """Facts of one leg in some order, and the leg that they must make in any order."""

    name: str
    facts: tuple[dict[str, Any], ...]
    leg: dict[str, Any]
    departure_policy: str


def leg_columns() -> list[str]:
    """What a merged leg consists of, beside its identity."""
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
