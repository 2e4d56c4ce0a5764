"""Extracts of tables arrive by the commit of their window: what no commit names is not there."""

import gzip
import json
from datetime import date, datetime

import pytest

from aero_assets.arrivals import list_arrivals, plan
from aero_assets.defs.raw.reports import events, reportable, unseen
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.defs.typed.sensors import behind
from aero_assets.feeds import FeedError, load_feed
from tests.fakes import FolderBucket

ENTRY = """
version = 1
system = "opsdb"
feed = "rates"
about = "Rates"
grain = "one row per rate"
row_key = ["rate_date", "currency"]
owner = "team:data-platform"
arrival = "table"
source = "opsdb"
business_date = "rate_date"
header = ["rate_date", "currency", "row_id", "row_version", "extracted_at"]

[[columns]]
name = "rate_date"
type = "DATE"
required = true
description = "Day of the rate."

[[columns]]
name = "currency"
type = "VARCHAR"
required = true
description = "Currency."
"""
ON = date(2026, 11, 1)


@pytest.fixture
def feed(tmp_path):
    (tmp_path / "opsdb").mkdir()
    path = tmp_path / "opsdb" / "rates.toml"
    path.write_text(ENTRY)
    return load_feed(path)


@pytest.fixture
def line(tmp_path):
    return Line(FolderBucket(tmp_path / "raw"), FolderBucket(tmp_path / "lake"))


class Line:
    def __init__(self, raw, lake):
        self.raw, self.lake = raw, lake

    def part(self, key, *rows):
        lines = [
            json.dumps({"arrived_at": "2026-11-01T11:00:00Z", "reason": None, "message": None, "body": json.dumps(row)})
            for row in rows
        ]
        self.raw._put(key, gzip.compress("\n".join([*lines, ""]).encode()))

    def commit(self, hour, content, **parts):
        tables = {name: {"parts": keys, "rows": self._rows(keys)} for name, keys in parts.items()}
        self.raw.write_json(
            f"opsdb/_extracts/dt={ON}/20261101T{hour:02d}0000000000Z-{content * 12}-{content * 12}.json",
            {"tables": tables},
        )

    def _rows(self, keys):
        bodies = [(self.raw.root / key) for key in keys]
        return sum(gzip.decompress(body.read_bytes()).count(b"\n") for body in bodies if body.exists())

    def compact(self, feed):
        return compact_day(Compactor(self.raw, self.lake), feed, plan(list_arrivals(self.raw, feed)), ON)


def rate(currency, version=1, hour=11):
    return {
        "rate_date": "2026-11-01", "currency": currency, "row_id": f"{currency}{version}", "row_version": version,
        "extracted_at": f"2026-11-01T{hour}:00:00Z",
    }  # fmt: skip


def test_parts_without_a_commit_are_not_there(feed, line):
    line.part("opsdb/rates/dt=2026-11-01/hh=10/run-part-00000.json.gz", rate("MXN"))
    assert list_arrivals(line.raw, feed) == []


def test_a_commit_brings_every_part_of_the_table_and_nothing_of_another(feed, line):
    for number, currency in enumerate(("MXN", "EUR")):
        line.part(f"opsdb/rates/dt=2026-11-01/hh=10/run-part-0000{number}.json.gz", rate(currency))
    named = [f"opsdb/rates/dt=2026-11-01/hh=10/run-part-0000{number}.json.gz" for number in (0, 1)]
    line.commit(10, "a", rates=named, legs=["opsdb/legs/not-there"])
    done = line.compact(feed)
    assert (done.outcome.rows_in, done.outcome.rows_out, done.outcome.balanced) == (2, 2, True)


def test_a_window_that_is_extracted_again_changes_no_row(feed, line):
    line.part("one", rate("MXN"))
    line.commit(10, "a", rates=["one"])
    before = line.compact(feed)
    line.part("two", rate("MXN"), rate("EUR"))
    line.commit(10, "b", rates=["two"])
    after = line.compact(feed)
    assert (before.outcome.rows_out, after.outcome.rows_out, after.outcome.duplicates) == (1, 2, 1)


def test_what_two_windows_read_because_they_overlap_counts_once_with_its_first_receipt(feed, line):
    line.part("one", rate("MXN", hour=11))
    line.part("two", rate("MXN", hour=12), rate("MXN", version=2, hour=12))
    line.commit(10, "a", rates=["one"])
    line.commit(11, "b", rates=["two"])
    assert (done := line.compact(feed).outcome).duplicates == 1
    assert done.rows_out == 2
    import duckdb

    query = f"from '{line.lake.root}/typed/opsdb/rates/*/*.parquet' order by version"
    rows = duckdb.connect().execute(query).fetchall()
    assert len(rows) == 2
    assert datetime(2026, 11, 1, 11) in rows[0]  # noqa: DTZ001 - the lake holds UTC without a zone


def test_an_hour_in_which_nothing_changed_is_an_arrival_without_rows(feed, line):
    line.commit(10, "a", rates=[])
    [day] = plan(list_arrivals(line.raw, feed)).values()
    assert len(day.counted) == 1
    assert line.compact(feed).outcome.rows_in == 0


def test_the_sensor_asks_for_the_typed_day_of_a_commit_and_leaves_reporting_to_the_extract(feed, line):
    line.commit(10, "a", rates=[])
    found = list_arrivals(line.raw, feed)
    new, _ = unseen(reportable(found), None)
    assert events(feed, new) == []
    assert behind(feed, found, [], {}).desired.keys() == {f"{ON}"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (', "row_version"', "", "rows of a table have `row_id`, `row_version` and `extracted_at`"),
        ('row_key = ["rate_date", "currency"]', "", "`row_key` is missing: list the columns that rows of the table"),
        ('name = "currency"', 'name = "version"', "column version of a table comes by itself"),
    ],
)
def test_an_entry_that_cannot_work_is_refused_with_its_line(tmp_path, old, new, said):
    (tmp_path / "opsdb").mkdir()
    path = tmp_path / "opsdb" / "rates.toml"
    path.write_text(ENTRY.replace(old, new))
    with pytest.raises(FeedError, match=said):
        load_feed(path)
