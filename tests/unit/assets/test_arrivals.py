"""The choice of arrivals that count is a law over sets of receipts, so hypothesis tests it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aero_assets.arrivals import Receipt, plan, receipts
from aero_assets.feeds import find
from tests.fakes import FolderBucket, drop

FEED = find("partner/bts_ontime")
START = datetime(2026, 11, 20, 23, 59, 58, tzinfo=UTC)


def receipt(second: int, key: str, content: str) -> Receipt:
    at = START + timedelta(seconds=second)
    return Receipt(f"{at:%Y%m%dT%H%M%S%f}Z", key, content)


ARRIVALS = st.lists(
    st.builds(receipt, st.integers(0, 100_000), st.sampled_from("abc"), st.sampled_from("xyz")), max_size=12
)


def counted(found):
    return [item for day in plan(found).values() for item in day.counted]


def test_a_later_object_under_the_same_key_supersedes_the_earlier_one_and_both_days_are_planned():
    first, second = receipt(0, "a", "x"), receipt(90_000, "a", "y")
    planned = plan([first, second])
    assert [day.counted for day in planned.values()] == [(), (second,)]


def test_different_keys_add_up_and_equal_content_counts_once_where_it_came_first():
    first, other, copy = receipt(0, "a", "x"), receipt(1, "b", "y"), receipt(90_000, "c", "x")
    assert counted([first, other, copy]) == [first, other]


def test_going_back_to_an_older_content_is_an_arrival_of_its_own():
    old, new, old_again = receipt(0, "a", "x"), receipt(1, "a", "y"), receipt(2, "a", "x")
    assert counted([old, new, old_again]) == [old_again]


def test_the_same_file_again_under_its_key_changes_nothing():
    first, again = receipt(0, "a", "x"), receipt(90_000, "a", "x")
    assert counted([first, again]) == [first]
    assert plan([first, again])[first.arrived_on].level(FEED) == plan([first])[first.arrived_on].level(FEED)


def test_when_the_counted_copy_is_superseded_the_other_copy_takes_its_place():
    first, copy, newer = receipt(0, "a", "x"), receipt(1, "b", "x"), receipt(90_000, "a", "y")
    assert counted([first, copy, newer]) == [copy, newer]


@given(ARRIVALS, st.randoms())
def test_the_plan_does_not_depend_on_order_or_repetition(found, random):
    shuffled = found + found[:3]
    random.shuffle(shuffled)
    assert plan(shuffled) == plan(found)


@given(ARRIVALS)
def test_the_contents_that_count_are_those_of_the_latest_object_under_each_key_each_once(found):
    latest = {}
    for item in sorted(found):
        latest[item.key_hash] = item.content_hash
    assert sorted(item.content_hash for item in counted(found)) == sorted(set(latest.values()))


@given(ARRIVALS)
def test_every_arrival_day_is_planned_so_that_a_day_of_which_nothing_counts_is_emptied(found):
    assert set(plan(found)) == {item.arrived_on for item in found}


def test_receipts_are_read_back_from_their_names(tmp_path):
    raw = FolderBucket(tmp_path)
    dropped = [drop(raw, FEED, f"partner/bts_ontime/{n}.csv", b"h\nr\n", START + timedelta(seconds=n)) for n in (3, 1)]
    assert receipts(raw, FEED) == sorted(dropped)
    assert receipts(raw, FEED)[0].arrived_at == START + timedelta(seconds=1)
