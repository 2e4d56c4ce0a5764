"""Local clocks to UTC: our table against the zone database itself, and the airports that common packages get wrong."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_assets.zones import NEVER, airports, zone_days
from aero_ingest.station_clocks import zone

SOME = ["MEX", "TIJ", "CJS", "REX", "CUU", "HMO", "JFK", "GUM", "HNL", "HAV", "LHR", "SYD", "KTM", "LDH", "GRU", "ISN"]
DATES = st.dates(date(1987, 10, 1), date(2027, 12, 1))


def offsets(code: str, day: date) -> dict[str, int]:
    [row] = [row for row in zone_days([code], [day]).to_pylist() if row["local_date"] == day]
    return row


@given(st.sampled_from(SOME), DATES, st.integers(0, 1439))
def test_the_offset_of_every_minute_of_every_day_is_the_zone_databases(code, day, minute):
    row = offsets(code, day)
    local = datetime(day.year, day.month, day.day, tzinfo=zone(airports()[code].zone)) + timedelta(minutes=minute)
    gap = row["after"] - row["before"]
    for fold, limit in ((0, max(row["switch_minute"], row["switch_minute"] + gap)),
                        (1, min(row["switch_minute"], row["switch_minute"] + gap))):  # fmt: skip
        ours = row["before"] if minute < limit else row["after"]
        assert timedelta(minutes=ours) == local.replace(fold=fold).utcoffset()


@pytest.mark.parametrize(
    ("code", "january", "july"),
    [
        ("MEX", -6, -6), ("CUN", -5, -5), ("TIJ", -8, -7), ("CJS", -7, -6), ("REX", -6, -5), ("MAM", -6, -5),
        ("NLD", -6, -5), ("PDS", -6, -5), ("CUU", -6, -6), ("HMO", -7, -7), ("CUL", -7, -7), ("PVR", -6, -6),
    ],
)  # fmt: skip
def test_mexican_airports_have_the_offsets_in_force_in_2026(code, january, july):
    assert [offsets(code, date(2026, month, 15))["before"] for month in (1, 7)] == [january * 60, july * 60]


def test_mexico_still_had_summer_time_in_july_2022():
    assert offsets("MEX", date(2022, 7, 1))["before"] == -300
    assert offsets("MEX", date(2022, 10, 30))["switch_minute"] == 120
    assert offsets("MEX", date(2023, 7, 1)) | {"local_date": None} == {
        "iata": "MEX", "local_date": None, "before": -360, "after": -360, "switch_minute": NEVER,
    }  # fmt: skip


def test_williston_is_known_until_it_was_replaced():
    assert airports()["ISN"].valid_to == date(2019, 10, 10) == airports()["XWA"].valid_from


def test_every_airport_has_a_zone_that_the_pinned_database_knows():
    for airport in airports().values():
        assert zone(airport.zone).utcoffset(datetime(2026, 1, 1, tzinfo=UTC)) is not None, airport
