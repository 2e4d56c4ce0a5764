"""The transition log, read by arrival: every line once, over downtime and late writers, a bounded number at a time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from aero_assets.defs.alerts.log import MOST_HOURS, MOST_LINES, OVERLAP, Cursor, is_caught_up, unread
from aero_streaming.alerts.items import transition_item
from aero_streaming.alerts.model import Transition
from aero_streaming.backtesting.memory_store import MemoryStore

START = datetime(2026, 11, 25, 17, 58, tzinfo=UTC)
LATE = int(OVERLAP.total_seconds()) - 1


def write(store: MemoryStore, number: int, arrived: datetime) -> str:
    line = Transition(f"rule#route#A-B{number}#2026-11-25", 1, "FIRED", "x", "NORMAL", "FIRING", None, "red", True)
    item = transition_item(line, arrived)
    store._put("transitions", item)
    return item["arrival"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(0, LATE), st.booleans()), min_size=1, max_size=30))
def test_every_line_is_read_once_however_late_its_writer_was_done(lines):
    """A line becomes visible up to the overlap after its arrival; somebody looks at some of these moments."""
    store, cursor, found, expected = MemoryStore(), Cursor(), [], []
    by_arrival = sorted(
        (seconds + delay, seconds, number, looks) for number, (seconds, delay, looks) in enumerate(lines)
    )
    for visible, seconds, number, looks in by_arrival:
        expected.append(write(store, number, START + timedelta(seconds=seconds)))
        if looks:
            new, cursor = unread(store, Cursor.from_text(cursor.text()), START + timedelta(seconds=visible))
            found += new
    for _ in range(10):
        new, cursor = unread(store, cursor, START + timedelta(hours=5))
        found += new
    assert sorted(line["arrival"] for line in found) == sorted(expected)
    assert cursor.lines == len(expected)


def test_a_backlog_of_weeks_is_read_in_bounded_steps_without_loss():
    store, now = MemoryStore(), START + timedelta(days=60)
    expected = [write(store, n, START + timedelta(seconds=n // 7)) for n in range(MOST_LINES + 5)]
    expected.append(write(store, 99999, now - timedelta(minutes=1)))
    found, cursor, steps = [], Cursor(), 0
    while not is_caught_up(cursor, now):
        new, cursor = unread(store, cursor, now)
        assert len(new) <= MOST_LINES
        found, steps = found + new, steps + 1
    assert [line["arrival"] for line in found] == sorted(expected)
    assert steps <= 90 * 24 / MOST_HOURS + 4
    assert cursor.first == "2026-11-25T17"


def test_more_lines_in_an_instant_than_one_look_takes_are_all_read():
    store, cursor, found = MemoryStore(), Cursor(), []
    expected = {write(store, number, START) for number in range(MOST_LINES * 2 + 1)}
    for _ in range(12):
        new, cursor = unread(store, cursor, START + timedelta(minutes=1))
        found += [line["arrival"] for line in new]
    assert (set(found), len(found)) == (expected, len(expected))


def test_a_cursor_of_another_version_begins_again():
    assert Cursor.from_text('{"version": 0, "since": "x"}') == Cursor.from_text(None) == Cursor()
