"""Completeness of a day's legs by source, counted by hand, in any order of arrival."""

from datetime import datetime, timedelta

from tests.dbt.typed_lake import AIRLINE, FOURTH, airline_leg, write

DAY = "2015-02-01"
COLUMNS = "source, known_legs, planned_legs, reported_legs, final_legs"
SELECT = ("--select", "+fct_completeness_day", "tag:operating_day", "--exclude-resource-type", "unit_test")
EARLY, LATE = datetime.fromisoformat("2015-02-02 06:00"), datetime.fromisoformat("2015-02-02 18:00")


def row_of(warehouse, day=DAY):
    return warehouse.rows(
        f"select {COLUMNS}, final_received_at from operations.fct_completeness_day "
        f"where operating_date = '{day}' and carrier = 'AM'"
    )


def test_the_sample_is_told_by_its_only_source(built):
    [(days, known, ended)] = built.rows(
        "select count(distinct operating_date), sum(known_legs)::int, sum(final_legs)::int "
        "from operations.fct_completeness_day"
    )
    [(legs, finished)] = built.rows(
        "select count(*)::int, count(*) filter (in_at is not null or is_cancelled or is_diverted)::int "
        "from operations.fct_leg"
    )
    assert (days, known, ended) == (3, legs, finished)


def test_a_leg_counts_as_planned_reported_and_closed_by_what_its_source_says(a_copy):
    warehouse = a_copy()
    legs = [
        airline_leg(1, day=DAY, received_at=EARLY),
        airline_leg(2, arr=None, day=DAY, received_at=EARLY),  # left, not arrived
        airline_leg(3, dep=None, arr=None, day=DAY, received_at=EARLY),  # planned only
        airline_leg(4, dep=None, arr=None, day=DAY, is_cancelled=True, cancellation_code="B", received_at=LATE),
        airline_leg(5, arr=None, day=DAY, is_diverted=True, received_at=EARLY),
    ]
    write(warehouse.lake, legs, feed=AIRLINE)
    warehouse.dbt("build", *SELECT, dates=[DAY])
    assert row_of(warehouse) == [("partner_file", 5, 5, 4, 3, LATE)]


def test_a_correction_does_not_move_when_a_leg_was_closed(a_copy):
    warehouse = a_copy()
    first = airline_leg(1, day=DAY, received_at=EARLY)
    later = airline_leg(1, dep=5, arr=5, day=DAY, version=2, received_at=EARLY + timedelta(days=40))
    write(warehouse.lake, [first, later], feed=AIRLINE)
    warehouse.dbt("build", *SELECT, dates=[DAY])
    assert row_of(warehouse) == [("partner_file", 1, 1, 1, 1, EARLY)]


def test_a_day_that_lost_its_rows_loses_them_here(a_copy):
    warehouse = a_copy()
    write(warehouse.lake, [airline_leg(1, day=DAY), airline_leg(2, day=FOURTH)], feed=AIRLINE)
    warehouse.dbt("build", *SELECT, dates=[DAY, FOURTH])
    write(warehouse.lake, [airline_leg(2, day=FOURTH)], feed=AIRLINE)
    warehouse.dbt("build", *SELECT, dates=[DAY])
    assert row_of(warehouse) == []
    assert len(row_of(warehouse, FOURTH)) == 1
