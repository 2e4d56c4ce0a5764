"""Two rows of one file that speak of one thing end in one way: one fact, all refused, or the last one counts."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_assets.arrivals import plan, receipts
from aero_assets.defs.typed.compaction import Compactor
from aero_assets.feeds import feeds, find
from tests.fakes import FolderBucket, drop
from tests.unit.feeds.test_partner__airline_legs import NIGHT
from tests.unit.feeds.test_partner__bts_ontime import CANCELLED, GUAM, PLAIN

ONTIME, LEGS = find("partner/bts_ontime"), find("partner/airline_legs")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
#: PLAIN as a leg that was cancelled: the second row of a leg that says otherwise.
OFF = "2015,1,1,4,AS,98,N407AS,ANC,SEA,0005,,,,,205,,,1448,,,0430,,,0,1,B,,,,,"


def compacted(root, feed, *files):
    """Typed rows, refused rows and the ledger's row after these files (lists of lines) came in."""
    raw, lake = FolderBucket(root / "raw"), FolderBucket(root / "lake")
    for number, lines in enumerate(files):
        body = "\n".join((",".join(feed.header), *lines)) + "\n"
        drop(raw, feed, f"{feed.path}/{number}.csv", gzip.compress(body.encode(), mtime=0), AT.replace(minute=number))
    [day] = plan(receipts(raw, feed)).values()
    done = Compactor(raw, lake, root / "scratch").run(feed, day)
    return rows(lake, "typed"), rows(lake, "quarantine"), done.outcome


def rows(lake, zone):
    import pyarrow.parquet as pq

    return [row for item in lake.list(f"{zone}/") for row in pq.read_table(lake.root / item.key).to_pylist()]


def test_rows_that_contradict_each_other_are_all_refused_with_their_lines_and_what_differs(tmp_path):
    kept, refused, ledger = compacted(tmp_path, ONTIME, [PLAIN, GUAM, OFF, CANCELLED])
    assert {row["flight_number"] for row in kept} == {200, 136}
    assert [(row["reason"], row["line_number"]) for row in refused] == [
        ("contradictory_rows", 2),
        ("contradictory_rows", 4),
    ]
    assert refused[0]["message"].startswith("lines 2, 4 of this file have the same leg_uid and differ in ")
    assert {"is_cancelled", "out_at"} <= set(refused[0]["message"].split("differ in ")[1].split(", "))
    assert (ledger.rows_in, ledger.rows_out, ledger.duplicates, ledger.rejects) == (4, 2, 0, 2)


def test_a_copy_of_a_contradictory_row_is_refused_with_it(tmp_path):
    kept, refused, ledger = compacted(tmp_path, ONTIME, [PLAIN, OFF, PLAIN])
    assert (kept, len(refused), ledger.balanced) == ([], 3, True)


@pytest.mark.parametrize("lines", [[PLAIN] * 12, [PLAIN, PLAIN.replace(",98,", ",098,"), PLAIN]])
def test_rows_that_say_the_same_are_one_fact_however_they_are_written(tmp_path, lines):
    kept, refused, ledger = compacted(tmp_path, ONTIME, lines)
    assert (len(kept), refused) == (1, [])
    assert (ledger.rows_in, ledger.rows_out, ledger.duplicates) == (len(lines), 1, len(lines) - 1)


def test_files_that_contradict_each_other_are_both_kept_for_the_merge(tmp_path):
    kept, refused, _ = compacted(tmp_path, ONTIME, [PLAIN], [OFF])
    assert ([row["is_cancelled"] for row in kept].count(True), len(kept), refused) == (1, 2, [])


def test_a_version_is_no_contradiction_and_another_word_in_the_same_version_is_one(tmp_path):
    later = NIGHT.replace("MEX,1,1,", "MEX,1,2,").replace("166,150", "166,151")
    kept, refused, _ = compacted(tmp_path / "versions", LEGS, [NIGHT, later])
    assert ([row["version"] for row in kept], refused) == ([1, 2], [])
    kept, refused, _ = compacted(tmp_path / "one", LEGS, [NIGHT, NIGHT.replace("166,150", "166,151")])
    assert (kept, {row["reason"] for row in refused}) == ([], {"contradictory_rows"})


def test_where_a_feed_says_so_the_last_row_counts_and_the_earlier_are_refused(tmp_path):
    feed = replace(ONTIME, contradiction="last")
    kept, refused, ledger = compacted(tmp_path, feed, [PLAIN, OFF, PLAIN, GUAM])
    assert {(row["flight_number"], row["is_cancelled"]) for row in kept} == {(98, False), (200, False)}
    assert [(row["reason"], row["line_number"]) for row in refused] == [
        ("restated_in_file", 2),
        ("restated_in_file", 3),
    ]
    assert refused[1]["message"].startswith("line 4 of this file has the same leg_uid and counts")
    assert ledger.balanced


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([PLAIN, OFF, GUAM, CANCELLED, PLAIN.replace(",98,", ",098,")]), min_size=1, max_size=8))
def test_every_row_is_counted_once_and_no_fact_is_a_mixture(tmp_path_factory, lines):
    kept, refused, ledger = compacted(tmp_path_factory.mktemp("lake"), ONTIME, lines)
    assert ledger.rows_in == len(lines) == ledger.rows_out + ledger.duplicates + ledger.rejects
    assert len({row["leg_uid"] for row in kept}) == len(kept) == ledger.rows_out
    assert len(refused) == ledger.rejects
    assert all((row["in_at"] is None) == row["is_cancelled"] for row in kept)


def test_every_feed_of_files_says_what_tells_two_of_its_rows_apart():
    unsaid = {feed.path for feed in feeds() if feed.arrival == "file" and not feed.identity}
    assert unsaid == {"partner/messages"}, (
        "each message is a word of its own; whoever else has no identity says why here"
    )


def test_the_contract_of_a_feed_changes_with_its_identity():
    assert (
        len({feed.contract for feed in (ONTIME, replace(ONTIME, identity=()), replace(ONTIME, contradiction="last"))})
        == 3
    )
