"""Rotations of aircraft at random: dbt splits their delays as a loop over each aircraft does, also day by day."""

import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from aero_streaming.rules import rules
from tests.dbt.project import Warehouse, messages
from tests.dbt.rotation_rows import FIRST, flown
from tests.dbt.typed_lake import Row, write, write_empty

SEED = 20261130
SELECT = ("--select", "+fct_turnaround")
COLUMNS = (
    "leg_uid, rotation_link, prev_leg_uid, planned_ground_minutes, minimum_ground_minutes, delay_minutes, "
    "propagated_minutes, new_minutes, root_leg_uid, root_minutes, downstream_legs, downstream_minutes"
)


def minutes(earlier: datetime, later: datetime) -> int:
    return int((later - earlier).total_seconds() // 60)


def by_loop(rows: list[Row]) -> dict[str, tuple[Any, ...]]:
    """Split every operated leg's delay by walking along its aircraft's legs, and its chain back to the day before."""
    legs = sorted(
        (row for row in rows if not row["is_cancelled"]),
        key=lambda row: (row["operating_date"], row["std_at"], row["out_at"], row["leg_uid"]),
    )
    last: dict[str, Row] = {}
    split: dict[str, dict[str, Any]] = {}
    for row in legs:
        delay = max(0, minutes(row["std_at"], row["out_at"]))
        arrival = row["in_at"] and minutes(row["sta_at"], row["in_at"])
        own = {"row": row, "prev": None, "planned": None, "needed": None, "propagated": 0, "delay": delay}
        before = last.get(row["tail"]) if row["tail"] else None
        if before is not None and (row["operating_date"] - before["operating_date"]).days > 1:
            before = None
        own["link"] = "no_aircraft" if not row["tail"] else "no_leg_before"
        if before is not None:
            own["prev"] = before["leg_uid"]
            came = split[before["leg_uid"]]["arrival"]
            if before["is_diverted"]:
                own["link"] = "diverted"
            elif before["destination"] != row["origin"]:
                own["link"] = "elsewhere"
            elif came is None:
                own["link"] = "no_arrival"
            else:
                own["link"] = "linked"
                own["planned"] = minutes(before["sta_at"], row["std_at"])
                own["needed"] = min(rules().ground_minutes(None, row["origin"]), own["planned"])
                own["propagated"] = max(0, min(delay, came + own["needed"] - own["planned"]))
        own["arrival"] = None if row["is_diverted"] else arrival
        split[row["leg_uid"]] = own
        if row["tail"]:
            last[row["tail"]] = row
    downstream: dict[str, list[int]] = defaultdict(list)
    for own in split.values():
        root = own
        while (
            root["propagated"]
            and (own["row"]["operating_date"] - split[root["prev"]]["row"]["operating_date"]).days < 2
        ):
            root = split[root["prev"]]
        own["root"] = root["row"]["leg_uid"] if own["delay"] else None
        if own["propagated"]:
            downstream[f"{own['root']}"].append(own["propagated"])
    return {
        uid: (
            uid, own["link"], own["prev"], own["planned"], own["needed"], own["delay"], own["propagated"],
            own["delay"] - own["propagated"], own["root"],
            0 if own["propagated"] else max(own["delay"], own["arrival"] or 0),
            len(downstream[uid]), sum(downstream[uid]),
        )
        for uid, own in split.items()
    }  # fmt: skip


@pytest.fixture(scope="module")
def legs() -> list[Row]:
    return flown(random.Random(SEED))


@pytest.fixture(scope="module")
def warehouse(parsed, legs, tmp_path_factory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("rotations"), parsed)
    write_empty(warehouse.lake)
    write(warehouse.lake, legs)
    result = warehouse.dbt("build", *SELECT)
    assert result.success, messages(result)
    return warehouse


def rotations(warehouse: Warehouse) -> dict[str, tuple[Any, ...]]:
    return {row[0]: row for row in warehouse.rows(f"select {COLUMNS} from operations.fct_rotation")}


def test_every_leg_is_split_as_a_loop_splits_it(warehouse, legs):
    expected = by_loop(legs)
    assert {link for _, link, *_ in expected.values()} == {
        "linked", "no_aircraft", "no_leg_before", "elsewhere", "diverted", "no_arrival"
    }  # fmt: skip
    days = {row["leg_uid"]: row["operating_date"] for row in legs}
    over_midnight = [uid for uid, *_, root, _, _, _ in expected.values() if root and days[root] < days[uid]]
    assert len(over_midnight) > 20, "no chain crosses midnight: nothing is tested"
    assert rotations(warehouse) == expected


def test_a_correction_rebuilds_its_day_and_the_two_beside_it(warehouse, legs, tmp_path):
    """The same as from scratch, although the build was asked for one day."""
    changed, on = [], FIRST + timedelta(days=3)
    for row in legs:
        later = {"in_at": row["in_at"] + timedelta(minutes=200)} if row["in_at"] else {}
        changed.append(row | later if row["operating_date"] == on and not row["is_cancelled"] else row)
    copy = warehouse.copy(tmp_path / "copy")
    before = rotations(copy)
    write(copy.lake, changed)
    models = ("int_leg", "fct_leg", "fct_rotation", "fct_turnaround")
    result = copy.dbt("build", "--select", *models, "--exclude-resource-type", "unit_test", dates=[f"{on}"])
    assert result.success, messages(result)
    after, expected = rotations(copy), by_loop(changed)
    days = {row["leg_uid"]: row["operating_date"] for row in legs}
    moved = {(days[uid] - on).days for uid, row in after.items() if row != before[uid]}
    assert moved >= {-1, 0, 1}
    assert moved <= {-1, 0, 1}
    assert after == expected


def test_a_turn_has_the_minutes_of_its_two_legs(warehouse, legs):
    by_uid = {row["leg_uid"]: row for row in legs}
    turns = warehouse.rows(
        "select leg_uid, prev_leg_uid, station, actual_ground_minutes, is_compliant, planned_ground_minutes, "
        "minimum_ground_minutes, prev_arrival_delay_minutes from operations.fct_turnaround"
    )
    assert len(turns) == sum(link == "linked" for _, link, *_ in by_loop(legs).values())
    for uid, before, station, actual, is_compliant, planned, least, late in turns:
        left, came = by_uid[uid], by_uid[before]
        assert (left["origin"], came["destination"]) == (station, station)
        assert actual == minutes(came["in_at"], left["out_at"])
        assert is_compliant == (actual <= (planned if late <= 5 else max(least, planned - late)))
