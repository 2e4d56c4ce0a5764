"""Level-triggered requests, against a real instance with real run records: what counts as under way decides what is
lost.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aero_assets import run_dates
from aero_assets.levels import FIRST_PAUSE, LONGEST_PAUSE, Want, _pause, requests

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def want(required, reached=None, **more):
    return Want("typed:x", "ingest", required, reached or {}, **more)


def days(*numbers, level="v1"):
    return {f"2026-01-{number:02}": level for number in numbers}


def told(request):
    """Return the dates of a request: the ends of a range, or the set."""
    tags = request.tags
    return tags.get(run_dates.SET_TAG) or f"{tags[run_dates.FIRST_TAG]}..{tags[run_dates.LAST_TAG]}"


def dates(request):
    return {day for day in days(*range(1, 32)) if run_dates.covers(request.tags, day)}


def start(instance, request, status):
    return create_run_for_test(instance, job_name=request.job_name, tags=dict(request.tags), status=status)


def test_nothing_is_asked_for_what_has_reached_its_level(instance):
    assert requests(instance, want(days(1, 2), days(1, 2)), now=NOW) == []


def test_days_in_a_row_are_a_range_and_others_a_set(instance):
    [request] = requests(instance, want(days(1, 2, 3)), now=NOW)
    assert told(request) == "2026-01-01..2026-01-03"
    [request] = requests(instance, want(days(1, 2, 3, 5, 8)), now=NOW)
    assert told(request) == "2026-01-01..2026-01-03, 2026-01-05, 2026-01-08"


def test_three_months_are_one_run_for_three_dates(instance):
    [request] = requests(instance, want(dict.fromkeys(["2026-05-01", "2026-06-01", "2026-07-01"], "v1")), now=NOW)
    assert told(request) == "2026-05-01, 2026-06-01, 2026-07-01"


def test_dates_that_are_years_apart_are_a_run_each(instance):
    far = ["2015-01-02", "2015-01-04", "2026-11-28"]
    asked = requests(instance, want(dict.fromkeys(far, "v1")), now=NOW)
    assert [told(request) for request in asked] == ["2015-01-02, 2015-01-04", "2026-11-28..2026-11-28"]


def test_a_run_is_for_no_day_that_has_what_it_should(instance):
    [request] = requests(instance, want(days(1, 3, 5, 8, 20), days(5)), now=NOW)
    assert told(request) == "2026-01-01, 2026-01-03, 2026-01-08, 2026-01-20"


def test_a_day_that_should_be_gone_is_asked_for_too(instance):
    assert [told(request) for request in requests(instance, want({}, days(4)), now=NOW)] == ["2026-01-04..2026-01-04"]


def test_a_tick_asks_for_a_bounded_number_of_bounded_runs(instance):
    asked = requests(instance, want(days(*range(1, 29))), now=NOW, most=2, longest=10)
    assert [told(request) for request in asked] == ["2026-01-01..2026-01-10", "2026-01-11..2026-01-20"]


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
@pytest.mark.parametrize("under_way", [(1, 2), (1, 3)])
def test_what_is_under_way_is_not_asked_for_again_but_others_are(instance, status, under_way):
    [request] = requests(instance, want(days(*under_way)), now=NOW)
    start(instance, request, status)
    [other] = requests(instance, want(days(*under_way, 4)), now=NOW)
    assert told(other) == "2026-01-04..2026-01-04"


def test_what_comes_while_two_runs_are_under_way_is_asked_for_together_later(instance):
    for day in (1, 2):
        [request] = requests(instance, want(days(*range(1, day + 1))), now=NOW)
        first = start(instance, request, dg.DagsterRunStatus.STARTED)
    assert requests(instance, want(days(*range(1, 9))), now=NOW) == []
    instance.report_run_canceled(first)
    assert [told(request) for request in requests(instance, want(days(*range(3, 9))), now=NOW)] == [
        "2026-01-03..2026-01-08"
    ]


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
        [request] = requests(instance, want(days(1)), now=datetime.now(UTC) + LONGEST_PAUSE)
        instance.report_run_failed(start(instance, request, dg.DagsterRunStatus.STARTED))
    assert requests(instance, want(days(1, level="v2")), now=datetime.now(UTC))


def test_what_has_no_dates_is_one_request_for_its_assets(instance):
    key = dg.AssetKey(["catalog", "x"])
    [request] = requests(instance, want({"x": "v1"}, assets=[key], partitioned=False), now=NOW)
    assert request.asset_selection == [key]
    assert run_dates.FIRST_TAG not in request.tags
    start(instance, request, dg.DagsterRunStatus.STARTED)
    assert requests(instance, want({"x": "v2"}, assets=[key], partitioned=False), now=NOW) == []


def test_what_failed_a_thousand_times_is_still_asked_for_every_quarter_of_an_hour():
    assert [_pause(attempts) for attempts in (1, 2, 3, 1_000)] == [
        timedelta(0), FIRST_PAUSE, 2 * FIRST_PAUSE, LONGEST_PAUSE,
    ]  # fmt: skip


def build(required, bad, rounds, names_rows=False):
    """Play rounds of requests in which a run with a bad date fails; return what is behind, and rounds and runs taken.

    `names_rows`: the check that fails shows a row of the first bad dates of its run, as many as two.
    """
    reached, named, runs, now = {}, frozenset(), 0, datetime.now(UTC)
    with dg.DagsterInstance.ephemeral() as instance:
        for number in range(1, rounds + 1):
            now += LONGEST_PAUSE
            for request in requests(instance, want(required, reached, named=named), now=now):
                run, runs = start(instance, request, dg.DagsterRunStatus.STARTED), runs + 1
                if found := sorted(dates(request) & days(*bad).keys()):
                    instance.report_run_failed(run)
                    named |= {*found[:2]} if names_rows else set()
                else:
                    reached |= {day: required[day] for day in dates(request)}
                    instance.report_run_canceled(run)  # as good an end as any: only levels count
            if required.keys() - reached.keys() <= days(*bad).keys():
                return required.keys() - reached.keys(), number, runs
    return required.keys() - reached.keys(), rounds, runs


@example(behind=set(range(1, 27)), bad={1, 11, 26})
@settings(max_examples=10, deadline=None)
@given(behind=st.sets(st.integers(1, 28), min_size=1), bad=st.sets(st.integers(1, 28), max_size=3))
def test_what_cannot_be_built_ends_alone_and_the_rest_is_built_in_a_few_rounds(behind, bad):
    left, _, runs = build(days(*behind), bad, rounds=16)
    assert left == days(*(behind & bad)).keys()
    assert runs <= 28


@pytest.mark.parametrize("bad", [{9}, {1, 11, 26}, {1, 14, 15, 28}])
def test_dates_that_a_failed_check_names_are_asked_for_alone_and_the_rest_at_once(bad):
    left, rounds, runs = build(days(*range(1, 29)), bad, rounds=16, names_rows=True)
    assert left == days(*bad).keys()
    assert rounds == 1 + (len(bad) + 1) // 2
    assert runs <= 2 * rounds


def test_dates_that_fail_for_ever_do_not_take_the_turns_of_others(instance):
    required, now = days(1, 2, 3), datetime.now(UTC)
    for _ in range(9):
        now += LONGEST_PAUSE
        for request in requests(instance, want(required, named=frozenset(required)), now=now, most=2):
            instance.report_run_failed(start(instance, request, dg.DagsterRunStatus.STARTED))
    tried = [told(run) for run in instance.get_runs()]
    assert {tried.count(f"{day}..{day}") for day in required} == {6}


def test_what_failed_at_another_level_says_nothing_of_this_one(instance):
    later = datetime.now(UTC) + LONGEST_PAUSE
    for _ in range(2):
        [request] = requests(instance, want(days(1, 2, 3, 4)), now=later)
        instance.report_run_failed(start(instance, request, dg.DagsterRunStatus.STARTED))
    assert len(requests(instance, want(days(1, 2, 3, 4)), now=later)) == 2
    [request] = requests(instance, want(days(1, 2, 3) | days(4, level="v2")), now=later)
    assert told(request) == "2026-01-01..2026-01-04"
