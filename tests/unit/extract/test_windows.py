"""Windows: which hours, which rows, under which names; and the law that nothing is lost between two of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_extract.windows import (
    HOUR,
    OVERLAP_MINUTES,
    Window,
    WindowError,
    block_ranges,
    changed_in,
    commit_name,
    moment,
    refuse_unfinished,
    windows,
)

START = datetime(2026, 11, 1, 10, tzinfo=UTC)
WINDOW = Window(START, START + HOUR)


def test_a_run_over_several_hours_is_a_window_for_each():
    found = windows(START, START + 3 * HOUR)
    assert [window.folder for window in found] == [f"dt=2026-11-01/hh={hour}" for hour in (10, 11, 12)]


def test_a_long_run_has_windows_of_half_days_that_end_at_noon_and_midnight():
    cut = windows(START, START + 49 * HOUR)
    assert [(window.folder[3:], window.extracted_at[:13]) for window in cut] == [
        ("2026-11-01/hh=10", "2026-11-01T12"),
        ("2026-11-01/hh=12", "2026-11-02T00"),
        ("2026-11-02/hh=00", "2026-11-02T12"),
        ("2026-11-02/hh=12", "2026-11-03T00"),
        ("2026-11-03/hh=00", "2026-11-03T11"),
    ]


@given(st.integers(0, 100), st.integers(1, 2000))
def test_windows_of_any_run_follow_each_other_without_gap_from_its_start_to_its_end(begin, length):
    start, end = START + begin * HOUR, START + (begin + length) * HOUR
    cut = windows(start, end)
    edges = [window.start for window in cut]
    assert [edges[0], *(window.end for window in cut)] == [start, *edges[1:], end]
    assert len(cut) == length if length <= 48 else all(window.end - window.start <= 12 * HOUR for window in cut)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (START, START, "is not after"),
        (START + timedelta(minutes=1), START + HOUR, "--window-start .* is not a whole hour"),
        (START, START + timedelta(minutes=90), "--window-end .* is not a whole hour"),
    ],
)
def test_a_window_that_is_none_is_refused_with_its_name(start, end, said):
    with pytest.raises(WindowError, match=said):
        windows(start, end)


@pytest.mark.parametrize("said", ["yesterday", "2026-11-01T10:00:00", "2026-11-01T10:00:00-06:00"])
def test_a_time_that_is_not_utc_is_refused(said):
    with pytest.raises(WindowError, match="--window-start"):
        moment(said, "--window-start")


def test_a_window_that_is_not_over_is_refused():
    refuse_unfinished([WINDOW], WINDOW.end)
    with pytest.raises(WindowError, match="extract it when it is over"):
        refuse_unfinished([WINDOW], WINDOW.end - timedelta(seconds=1))


def test_a_window_reads_back_over_the_overlap_and_ends_before_its_end():
    assert changed_in("updated_at", WINDOW, 15) == (
        "updated_at >= '2026-11-01T09:45:00.000000Z' and updated_at < '2026-11-01T11:00:00.000000Z'"
    )


@given(blocks=st.integers(0, 5_000), rows=st.integers(0, 10_000_000), block=st.integers(0, 6_000))
def test_every_block_of_a_table_is_read_by_exactly_one_reader(blocks, rows, block):
    def holds(condition):
        lower, _, upper = condition.partition(" and ")
        edge = int(lower.split("(")[1].split(",")[0])
        return block >= edge and (not upper or block < int(upper.split("(")[1].split(",")[0]))

    assert sum(holds(block) for block in block_ranges(blocks, rows, 100_000)) == 1


def test_the_same_extract_has_the_same_name_and_any_other_has_another():
    counts = {"legs": {"rows": 2, "fingerprint": "ab"}}
    name = commit_name(WINDOW, counts)
    assert name == commit_name(WINDOW, {"legs": {"rows": 2, "fingerprint": "ab", "seconds": 3, "parts": ["x"]}})
    assert name.startswith("dt=2026-11-01/20261101T100000000000Z-")
    others = [{"legs": {"rows": 3, "fingerprint": "ab"}}, {"legs": {"rows": 2, "fingerprint": "ac"}}, {}]
    names = [commit_name(WINDOW, other) for other in others] + [
        commit_name(Window(START + HOUR, START + 2 * HOUR), counts)
    ]
    assert len({name, *names}) == 5


# -- the law -----------------------------------------------------------------------------------------------------------
#: A change: of which key, stamped when (minutes from the first window), visible how long after its stamp.
CHANGE = st.tuples(st.integers(0, 3), st.integers(0, 239), st.integers(0, OVERLAP_MINUTES))
#: An extract: which of the four windows, how many minutes after its end.
RUN = st.tuples(st.integers(0, 3), st.integers(0, 200))


@given(changes=st.lists(CHANGE, max_size=12), runs=st.lists(RUN, max_size=10))
def test_the_latest_version_of_every_key_equals_the_table_whatever_is_run_in_whatever_order(changes, runs):
    """Every window is run at least once after it is over, some again and later; rows carry the version of the table."""
    rows = _versions(changes)
    every = [(window, (window + 1) * 60 + OVERLAP_MINUTES + after) for window, after in runs]
    # Whatever was run before: the last window's end finds every window extracted.
    every += [(window, (window + 1) * 60) for window in range(4)] + [(window, 10_000) for window in (3, 0)]
    extracted = {}
    for window, at in every:
        for key, row in _seen(rows, at).items():
            if _read(window, row["stamp"]):
                extracted[(key, row["version"])] = row
    latest = {key: max(version for found, version in extracted if found == key) for key, _ in extracted}
    assert latest == {key: row["version"] for key, row in _seen(rows, 10_000).items()}


def _versions(changes):
    """Versions of each key in the order in which the database saw them."""
    rows, count = [], {}
    for key, stamp, after in sorted(changes, key=lambda change: change[1]):
        count[key] = count.get(key, 0) + 1
        # A row is locked while it changes: the next version becomes visible after this one.
        before = max((row["visible"] for row in rows if row["key"] == key), default=0)
        if before > stamp:
            count[key] -= 1
            continue
        rows.append({"key": key, "stamp": stamp, "visible": stamp + after, "version": count[key]})
    return rows


def _seen(rows, at):
    """Return the table in a snapshot taken at a minute: the newest visible version of each key."""
    found = {}
    for row in rows:
        if row["visible"] <= at:
            found[row["key"]] = row
    return found


def _read(window, stamp):
    """True if the condition of a window, as it goes to the database, takes a row."""
    start = START + timedelta(minutes=60 * window)
    at = f"{START + timedelta(minutes=stamp):%Y-%m-%dT%H:%M:%S.%fZ}"
    lower, upper = (part.split("'")[1] for part in changed_in("updated_at", Window(start, start + HOUR)).split(" and "))
    return lower <= at < upper
