"""Level-triggered requests, against a real instance with real run records: what counts as under way decides what is
lost.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from aero_assets.levels import LONGEST_PAUSE, Want, requests

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def want(wanted, reached=None, **more):
    return Want("typed:x", "ingest", wanted, reached or {}, **more)


def days(*numbers, level="v1"):
    return {f"2026-01-{number:02}": level for number in numbers}


def spans(asked):
    tags = [request.tags for request in asked]
    return [(tag["dagster/asset_partition_range_start"], tag["dagster/asset_partition_range_end"]) for tag in tags]


def start(instance, request, status):
    return create_run_for_test(instance, job_name=request.job_name, tags=dict(request.tags), status=status)


def test_nothing_is_asked_for_what_has_reached_its_level(instance):
    assert requests(instance, want(days(1, 2), days(1, 2)), now=NOW) == []


def test_days_in_a_row_are_one_request_and_gaps_split_it(instance):
    assert spans(requests(instance, want(days(1, 2, 3, 5, 8)), now=NOW, most=9)) == [
        ("2026-01-01", "2026-01-03"), ("2026-01-05", "2026-01-05"), ("2026-01-08", "2026-01-08"),
    ]  # fmt: skip


def test_a_range_may_run_over_days_that_hold_nothing_and_over_no_day_that_has_what_it_should(instance):
    reached = {"2026-01-05": "v1"}
    sparse = want(days(1, 3, 5, 8, 20), reached, bridges_nothing=True)
    assert spans(requests(instance, sparse, now=NOW, most=9)) == [
        ("2026-01-01", "2026-01-03"), ("2026-01-08", "2026-01-20"),
    ]  # fmt: skip
    assert spans(requests(instance, sparse, now=NOW, most=9, longest_days=12)) == [
        ("2026-01-01", "2026-01-03"), ("2026-01-08", "2026-01-08"), ("2026-01-20", "2026-01-20"),
    ]  # fmt: skip


def test_a_day_that_should_be_gone_is_asked_for_too(instance):
    assert spans(requests(instance, want({}, days(4)), now=NOW)) == [("2026-01-04", "2026-01-04")]


def test_a_tick_asks_for_a_bounded_number_of_bounded_ranges(instance):
    asked = requests(instance, want(days(*range(1, 29))), now=NOW, most=2, longest_days=10)
    assert spans(asked) == [("2026-01-01", "2026-01-10"), ("2026-01-11", "2026-01-20")]


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
def test_what_is_under_way_is_not_asked_for_again_but_its_neighbours_are(instance, status):
    [request] = requests(instance, want(days(1, 2)), now=NOW)
    start(instance, request, status)
    assert spans(requests(instance, want(days(1, 2, 4)), now=NOW)) == [("2026-01-04", "2026-01-04")]


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED])
def test_a_run_that_failed_or_was_killed_is_asked_for_again_under_another_key(instance, status):
    [first] = requests(instance, want(days(1)), now=NOW)
    start(instance, first, status)
    [second] = requests(instance, want(days(1)), now=NOW)
    assert (first.tags["aero/attempt"], second.tags["aero/attempt"]) == ("1", "2")
    assert first.run_key != second.run_key


def test_pauses_between_attempts_grow_and_have_a_limit(instance):
    ended = NOW
    waits = []
    for _ in range(9):
        request = next(iter(requests(instance, want(days(1)), now=ended + timedelta(days=1))))
        run = start(instance, request, dg.DagsterRunStatus.STARTED)
        instance.report_run_failed(run)
        ended = datetime.fromtimestamp(instance.get_run_record_by_id(run.run_id).end_time, UTC)

        def is_asked(seconds: int, ended: datetime = ended) -> bool:
            return bool(requests(instance, want(days(1)), now=ended + timedelta(seconds=seconds)))

        # Once it is asked for it stays asked for: the first such second is where the pause ends.
        waits.append(bisect_left(range(3600), True, key=is_asked))
    assert waits[0] == 0
    assert waits == sorted(waits)
    assert waits[-1] in {LONGEST_PAUSE.total_seconds() - 1, LONGEST_PAUSE.total_seconds()}


def test_a_new_level_of_a_day_does_not_wait_for_the_pauses_of_an_old_one(instance):
    for _ in range(5):
        [request] = requests(instance, want(days(1)), now=NOW + timedelta(days=9))
        instance.report_run_failed(start(instance, request, dg.DagsterRunStatus.STARTED))
    assert requests(instance, want(days(1, level="v2")), now=datetime.now(UTC))


def test_what_has_no_dates_is_one_request_for_its_assets(instance):
    key = dg.AssetKey(["catalog", "x"])
    [request] = requests(instance, want({"x": "v1"}, assets=[key], partitioned=False), now=NOW)
    assert request.asset_selection == [key]
    assert "dagster/asset_partition_range_start" not in request.tags
