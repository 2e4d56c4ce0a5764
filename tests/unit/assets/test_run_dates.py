"""A run builds exactly the dates that it is told of."""

import re
from datetime import date, timedelta

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_assets.run_dates import SET_TAG, covers, dates_of, name_of, range_tags, tags_of

FIRST = date(2026, 1, 1)
KEYS = [dg.AssetKey(["marts", name]) for name in ("a", "b")]


def day(number):
    return f"{FIRST + timedelta(number)}"


@dg.multi_asset(
    specs=[dg.AssetSpec(KEYS[0], skippable=True), dg.AssetSpec(KEYS[1], deps=[KEYS[0]], skippable=True)],
    check_specs=[dg.AssetCheckSpec("whole", asset=key) for key in KEYS],
    partitions_def=dg.DailyPartitionsDefinition(start_date=f"{FIRST}"),
    backfill_policy=dg.BackfillPolicy.single_run(),
    can_subset=True,
)
def marts(context):
    """Two assets as dbt yields them: one made of the other, an output and a check each."""
    for key in KEYS:
        yield dg.Output(None, "__".join(key.path), metadata={"dates": ", ".join(dates_of(context))})
        yield dg.AssetCheckResult(asset_key=key, check_name="whole", passed=True)


@dg.asset(deps=KEYS)
def published():
    """An asset without dates, downstream of one that has dates."""


@given(st.sets(st.integers(0, 60), min_size=1))
def test_a_run_is_for_the_dates_it_was_told_of_and_no_other(numbers):
    tags = tags_of([day(number) for number in sorted(numbers)])
    assert {number for number in range(-1, 62) if covers(tags, day(number))} == numbers


def test_dates_in_a_row_are_a_range_that_dagster_knows():
    assert tags_of([day(0), day(1), day(2)]) == range_tags(day(0), day(2))
    assert tags_of([day(4)]) == range_tags(day(4), day(4))


@given(st.lists(st.sets(st.integers(0, 9), min_size=1), min_size=2, max_size=2, unique_by=frozenset))
def test_two_sets_of_dates_have_two_names_also_where_their_ends_are_the_same(sets):
    name, other_name = (name_of([day(number) for number in sorted(numbers)]) for numbers in sets)
    assert name != other_name
    assert re.fullmatch(r"[0-9_-]+(-[0-9a-f]{12})?", name), "a name is part of an object's key"


def test_a_run_without_dates_is_for_everything():
    assert covers({}, "2026-01-01")
    assert covers({}, "partner/bts_ontime")


@pytest.mark.parametrize("numbers", [(3,), (3, 4, 5), (0, 3, 4, 90)])
def test_a_run_builds_its_dates_and_no_other_and_its_checks_are_of_what_it_made(numbers):
    expected = [day(number) for number in numbers]
    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize([marts, published], instance=instance, tags=tags_of(expected))
        assert done.success
        for key in KEYS:
            made = instance.get_latest_materialization_event(key)
            assert made
            assert made.asset_materialization
            assert made.asset_materialization.metadata["dates"].value == ", ".join(expected)
        checks = done.get_asset_check_evaluations()
        assert [check.asset_key for check in checks if check.passed] == KEYS
        assert SET_TAG not in done.dagster_run.tags or len(numbers) == 4
