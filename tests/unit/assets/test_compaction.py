"""Compaction and the copy of the lake: the same arrivals, however they came, end in the same typed rows; nothing is
lost.
"""

import gzip
import json
from datetime import UTC, date, datetime, timedelta

import duckdb
import pyarrow.parquet as pq
import pytest

from aero_assets.arrivals import plan, receipts
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.feeds import feeds, find
from aero_assets.lake import LakeCopy
from aero_assets.manifests import ArrivalManifest, Levels, typed_versions
from tests.fakes import FolderBucket, drop
from tests.unit.feeds.test_partner__bts_ontime import CANCELLED, GUAM, PLAIN

FEED = find("partner/bts_ontime")
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
NEXT_DAY = PLAIN.replace("2015,1,1,4", "2015,1,2,5")


class Lake:
    """A raw and a lake bucket with everything between them, on folders."""

    def __init__(self, root):
        self.raw, self.lake = FolderBucket(root / "raw"), FolderBucket(root / "lake")
        self.compactor = Compactor(self.raw, self.lake, root / "scratch")
        self.copy = LakeCopy(root / "copy", self.lake)

    def drop(self, name: str, *records: str, at: datetime = MONDAY):
        body = "\n".join((",".join(FEED.header), *records)) + "\n"
        return drop(self.raw, FEED, f"partner/bts_ontime/{name}", gzip.compress(body.encode(), mtime=0), at)

    def compact(self, *days: datetime):
        planned = plan(receipts(self.raw, FEED))
        chosen = [day.date() for day in days] or sorted(planned)
        return [compact_day(self.compactor, FEED, planned, day) for day in chosen]

    def rows(self) -> list[tuple]:
        self.copy.pull()
        files = f"{self.copy.root}/typed/partner/bts_ontime/*/*.parquet"
        return duckdb.execute(f"""
            select * exclude (received_at, raw_ref)
            from read_parquet('{files}', hive_partitioning = true, hive_types = {{operating_date: date}})
            order by all
        """).fetchall()

    def files(self) -> list[str]:
        return [item.key for item in self.lake.list("typed/")]


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def test_an_empty_lake_can_be_read(lake):
    assert lake.rows() == []


def test_no_typed_file_holds_nanoseconds_or_zones_which_spectrum_misreads(lake):
    lake.drop("a.csv", PLAIN)
    lake.compact()
    lake.copy.pull()
    files = list(lake.copy.root.rglob("*.parquet"))
    # A file without rows of every feed, and what the compaction wrote.
    assert len(files) == len(feeds()) + 1
    columns = [column for path in files for column in pq.ParquetFile(path).schema]
    times = [json.loads(column.logical_type.to_json()) for column in columns if "Timestamp" in f"{column.logical_type}"]
    assert {(time["timeUnit"], time["isAdjustedToUTC"]) for time in times} == {("microseconds", False)}
    assert len(times) > len(feeds())
    assert not [column.name for column in columns if column.physical_type == "INT96"]


def test_rows_are_filed_by_business_date_whenever_they_arrived(lake):
    lake.drop("a.csv", PLAIN, NEXT_DAY, at=MONDAY)
    lake.drop("b.csv", CANCELLED, at=TUESDAY)
    lake.compact()
    folders = sorted(key.split("/")[3] for key in lake.files())
    assert folders == ["operating_date=2015-01-01", "operating_date=2015-01-01", "operating_date=2015-01-02"]
    assert len(lake.rows()) == 3


def test_repeated_rows_are_counted_as_duplicates_and_kept_once(lake):
    lake.drop("a.csv", PLAIN, GUAM, PLAIN)
    [done] = lake.compact()
    assert (done.outcome.rows_in, done.outcome.rows_out, done.outcome.duplicates) == (3, 2, 1)
    assert done.outcome.balanced


def test_refused_rows_are_in_quarantine_with_their_text_their_line_and_a_reason(lake, tmp_path):
    lake.drop("a.csv", PLAIN, GUAM.replace("3801", "-3801"))
    [done] = lake.compact()
    assert done.reasons == {"distance_not_positive": 1}
    [item] = lake.lake.list("quarantine/")
    lake.lake.download(item.key, tmp_path / "q.parquet")
    [(reason, line, record)] = duckdb.execute(
        f"select reason, line_number, record from '{tmp_path}/q.parquet'"
    ).fetchall()
    assert (reason, line) == ("distance_not_positive", 3)
    assert record.startswith("2015,1,1,4,UA,200")


def test_compacting_again_changes_no_file(lake):
    lake.drop("a.csv", PLAIN, GUAM, NEXT_DAY)
    lake.compact()
    before = {item.key: item.etag for item in lake.lake.list("typed/")}
    lake.compact()
    assert {item.key: item.etag for item in lake.lake.list("typed/")} == before


def test_a_file_that_adds_to_one_date_leaves_the_files_of_the_others_alone(lake):
    lake.drop("a.csv", PLAIN, NEXT_DAY)
    lake.compact()
    before = typed_versions(lake.copy.manifests())
    lake.drop("b.csv", GUAM, at=MONDAY + timedelta(hours=1))
    lake.lake.writes.clear()
    lake.compact()
    assert len([key for key in lake.lake.writes if key.startswith("typed/")]) == 1
    after = typed_versions(lake.copy.manifests())
    assert {day for day in before if before[day] != after[day]} == {"2015-01-01"}


def test_a_file_sent_again_with_a_row_moved_leaves_the_first_day_and_touches_both(lake):
    lake.drop("a.csv", PLAIN, at=MONDAY)
    lake.compact()
    lake.drop("a.csv", NEXT_DAY, at=TUESDAY)
    old, new = lake.compact()
    assert old.dates_touched == ("2015-01-01",)
    assert new.dates_touched == ("2015-01-02",)
    assert [row[-1] for row in lake.rows()] == [date(2015, 1, 2)]


def test_a_superseded_arrival_day_is_behind_its_level_until_it_is_compacted_again(lake):
    lake.drop("a.csv", PLAIN, at=MONDAY)
    lake.compact()
    lake.drop("a.csv", NEXT_DAY, at=TUESDAY)
    level = plan(receipts(lake.raw, FEED))[MONDAY.date()].level(FEED)
    assert ArrivalManifest.load(lake.lake, FEED, MONDAY.date()).level != level
    lake.compact(MONDAY)
    assert ArrivalManifest.load(lake.lake, FEED, MONDAY.date()).level == level


def test_halves_in_either_order_give_the_rows_of_the_whole(tmp_path):
    records = [PLAIN, GUAM, CANCELLED, NEXT_DAY]
    ends = []
    for number, halves in enumerate([[records], [records[:2], records[2:]], [records[2:], records[:2]]]):
        lake = Lake(tmp_path / f"{number}")
        for part, half in enumerate(halves):
            lake.drop(f"{part}.csv", *half, at=MONDAY + timedelta(minutes=part))
        lake.compact()
        ends.append(lake.rows())
    assert ends[0] == ends[1] == ends[2]
    assert len(ends[0]) == 4


class Killed(RuntimeError):
    """Stands for SIGKILL: nothing after it runs."""


@pytest.mark.parametrize("survives", range(6))
def test_a_compaction_killed_at_any_write_is_finished_by_the_next_one(lake, survives):
    lake.drop("a.csv", PLAIN, at=MONDAY)
    lake.compact()
    lake.drop("a.csv", NEXT_DAY, GUAM, "broken", at=MONDAY + timedelta(hours=1))
    left = [survives]
    put = lake.lake._put

    def dying_put(key, body):
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        put(key, body)

    lake.lake._put = dying_put
    try:
        lake.compact()
    except Killed:
        assert lake.rows()
    lake.lake._put = put
    lake.compact()
    assert sorted(row[-1] for row in lake.rows()) == [date(2015, 1, 1), date(2015, 1, 2)]
    named = {file.key for manifest in lake.copy.manifests() for file in manifest.files}
    assert set(lake.files()) == named, "a file that no manifest names was left behind"


def test_the_copy_fetches_only_what_changed_and_drops_what_is_gone(lake):
    lake.drop("a.csv", PLAIN, NEXT_DAY, at=MONDAY)
    lake.compact()
    first = lake.copy.pull()
    everything = 2 + len(feeds())  # the two days, and a file without rows for every feed
    assert (first.files, first.downloaded, first.deleted) == (everything, everything, 0)
    assert lake.copy.pull().downloaded == 0
    lake.drop("b.csv", GUAM, at=TUESDAY)
    lake.compact(TUESDAY)
    assert lake.copy.pull().downloaded == 1
    lake.drop("b.csv", CANCELLED, at=TUESDAY + timedelta(hours=1))
    lake.compact(TUESDAY)
    third = lake.copy.pull()
    assert (third.downloaded, third.deleted) == (1, 1)


def test_a_reader_of_the_copy_keeps_the_version_it_opened(lake):
    lake.drop("a.csv", PLAIN)
    lake.compact()
    lake.copy.pull()
    opened = lake.copy.root.resolve()
    lake.drop("b.csv", GUAM, at=TUESDAY)
    lake.compact(TUESDAY)
    lake.copy.pull()
    assert opened.exists()
    assert opened != lake.copy.root.resolve()


def test_the_version_of_a_date_changes_with_its_rows_and_only_with_them(lake):
    lake.drop("a.csv", PLAIN, NEXT_DAY, at=MONDAY)
    lake.compact()
    before = typed_versions(lake.copy.manifests())
    lake.drop("b.csv", GUAM, at=TUESDAY)
    lake.compact()
    after = typed_versions(lake.copy.manifests())
    assert after["2015-01-01"] != before["2015-01-01"]
    assert after["2015-01-02"] == before["2015-01-02"]


def test_levels_remember_what_was_reached_and_forget_what_is_gone(lake):
    levels = Levels(lake.lake, "warehouse")
    assert levels.read() == {}
    levels.advance({"2015-01-01": "a", "2015-01-02": "b"})
    levels.advance({"2015-01-02": "", "2015-01-03": "c"})
    assert levels.read() == {"2015-01-01": "a", "2015-01-03": "c"}


def test_the_ledger_row_of_an_arrival_day_is_the_one_of_its_last_compaction(lake):
    lake.drop("a.csv", PLAIN, GUAM)
    lake.compact()
    lake.compact()
    [item] = lake.lake.list("_outcomes/typed/")
    row = json.loads((lake.lake.root / item.key).read_text())
    assert (row["hop"], row["rows_in"], row["rows_out"], row["dates_touched"]) == ("typed", 2, 2, ["2015-01-01"])
