"""One damage of each kind: it ends in right rows or in a sentence. All of them: `make proof ONLY=damages`."""

import pytest

from aero_assets.feeds import find
from tests.damages import BYTES, RECORDS, Table, good_file, judge
from tests.damages_by_feed import BY_FEED, UNSEEN

LEGS, DEPARTURES, AIRLINE, SEGMENTS, MESSAGES = (
    "partner/bts_ontime", "partner/bts_departures", "partner/airline_legs", "partner/t100_segment", "partner/messages"
)  # fmt: skip
ONE_OF_EACH = {
    (LEGS, "lines end in CR LF"): "right",
    (LEGS, "records the other way round"): "right",
    (LEGS, "every record twice"): "right",
    (LEGS, "the date in one column of three"): "told",
    (LEGS, "a record again that says otherwise"): "told",
    (LEGS, "the month one too many"): "told",
    (LEGS, "kilometres"): "told",
    (LEGS, "arrivals in the time of the origin"): "told",
    (DEPARTURES, "compressed and cut"): "told",
    (DEPARTURES, "a line of another airline"): "told",
    (AIRLINE, "the label read in another encoding"): "told",
    (AIRLINE, "a record shifted to the right"): "told",
    (SEGMENTS, "seats and passengers swapped"): "told",
    (SEGMENTS, "zeros lost from a code"): "told",
    ("partner/metar", "cut in the middle of a line"): "told",
    (MESSAGES, "lines end in CR"): "told",
}


@pytest.fixture(scope="module")
def good():
    """The rows of the undamaged file of a feed, each worked out once."""
    return {path: judge(find(path), *good_file(path))[1] for path, _ in ONE_OF_EACH}


@pytest.mark.parametrize(("path", "damage"), ONE_OF_EACH)
def test_a_damaged_file_ends_in_right_rows_or_in_a_sentence(good, path, damage):
    feed, (body, name) = find(path), good_file(path)
    changes = RECORDS | BY_FEED.get(path, {})
    sent = BYTES[damage](body) if damage in BYTES else changes[damage](Table.of(feed, body))
    verdict, _ = judge(feed, sent, name, good[path])
    assert verdict.kind == ONE_OF_EACH[path, damage], verdict


def test_what_is_not_seen_is_declared_for_damages_that_exist():
    assert all(damage in BY_FEED[path] for path, damage in UNSEEN)
