"""Schedules in the marts: files of a season, the operating carrier's record alone, and the plan that was frozen."""

from datetime import datetime
from typing import Any

import pytest

from aero_ingest.schedule_events import PASSENGER_SERVICES
from tests.dbt.project import FOLDER, Warehouse, messages
from tests.dbt.schedule_rows import SSIM, planned
from tests.dbt.typed_lake import AIRLINE, FIRST, Row, airline_leg, write, write_empty

SELECT = ("--select", "+fct_schedule_day", "+dim_carrier", "+dim_airport")
#: The second file drops leg 3, adds leg 4, and moves leg 2 by half an hour.
MADE = (datetime(2014, 12, 1), datetime(2014, 12, 30))  # noqa: DTZ001 - the lake holds UTC without a zone


def flown(number: int, **said: Any) -> Row:
    return airline_leg(number, day=FIRST, **said)


@pytest.fixture(scope="module")
def warehouse(parsed, tmp_path_factory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("schedules"), parsed)
    write_empty(warehouse.lake)
    later = {"std_at": datetime(2015, 1, 1, 10, 30), "sta_at": datetime(2015, 1, 1, 12, 30)}  # noqa: DTZ001
    sold = {"carrier": "DL", "is_operated": False}
    first, second = MADE
    files = (
        [
            *(planned(flown(number), first) for number in (1, 2, 3)),
            planned(flown(1), first, **sold),
            planned(flown(9), first, service_type="P"),
        ],
        [
            *(planned(flown(number), second) for number in (1, 4)),
            planned(flown(2), second, **later),
            planned(flown(1), second, **sold),
        ],
    )
    for number, rows in enumerate(files):
        write(warehouse.lake, rows, arrived=f"2014-12-{1 + 29 * number:02d}-0abc0abc", feed=SSIM)
    gone: Row = {"tail": None, "is_cancelled": True, "cancellation_code": "A"}
    legs = [flown(1), flown(2, dep=None, arr=None, **gone), flown(4), flown(5), flown(6, carrier="VB")]
    write(warehouse.lake, legs, feed=AIRLINE)
    result = warehouse.dbt("build", *SELECT)
    assert result.success, messages(result)
    return warehouse


def test_versions_are_those_of_the_operating_carrier(warehouse):
    rows = warehouse.rows(
        "select carrier, flight_number, schedule_version, made_at, received_at, replaced_at, is_frozen_d7, "
        "is_frozen_d1 from network.fct_schedule order by 1, 2, 3"
    )
    received = [made.replace(hour=12) for made in MADE]
    assert rows == [
        ("AM", 1, 1, MADE[0], received[0], None, True, True),
        ("AM", 2, 1, MADE[0], received[0], MADE[1], True, False),
        ("AM", 2, 2, MADE[1], received[1], None, False, True),
        ("AM", 3, 1, MADE[0], received[0], MADE[1], True, False),
        ("AM", 4, 1, MADE[1], received[1], None, False, True),
    ]


def test_a_leg_of_a_schedule_has_the_identity_of_the_leg(warehouse):
    both = (
        "select count(*) from network.fct_schedule inner join operations.fct_leg using (leg_uid, operating_date) "
        "where fct_schedule.flight_number <> fct_leg.flight_number or fct_schedule.origin <> fct_leg.origin"
    )
    assert warehouse.rows(both) == [(0,)]
    same = "select count(distinct leg_uid) from network.fct_schedule where leg_uid in (select leg_uid from {})"
    assert warehouse.rows(same.format("operations.fct_leg")) == [(3,)]


def test_a_day_is_held_against_the_frozen_plans(warehouse):
    columns = ", ".join(
        f"{name}_{horizon}"
        for horizon in ("d1", "d7")
        for name in ("scheduled_legs", "added_legs", "dropped_legs", "judged_scheduled_legs", "operated_scheduled_legs")
    )
    rows = warehouse.rows(f"select carrier, route, legs, operated_legs, {columns} from network.fct_schedule_day")
    assert rows == [("AM", "MEX-CUN", 4, 3, 3, 1, 0, 3, 2, 3, 2, 1, 3, 1)]


def test_services_are_those_of_the_gateway():
    text = (FOLDER / "macros" / "schedules.sql").read_text(encoding="utf-8")
    listed = text.partition("macro passenger_services()")[2].partition("-#}")[2].partition("{%")[0]
    assert {part.strip().strip("'") for part in listed.split(",")} == PASSENGER_SERVICES
