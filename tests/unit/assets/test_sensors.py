"""Sensors: every arrival is reported once, whatever order and downtime; what is behind is asked for in order."""

import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test
from hypothesis import given
from hypothesis import strategies as st

from aero_assets.arrivals import Receipt, plan, receipts
from aero_assets.defs.catalog.assets import level
from aero_assets.defs.published.sensors import SOON, unpublished_changes
from aero_assets.defs.raw.extract import PATIENCE as EXTRACT_PATIENCE
from aero_assets.defs.raw.extract import is_under_way
from aero_assets.defs.raw.reports import MOST_EVENTS, OVERLAP, unseen
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.defs.typed.sensors import arrivals
from aero_assets.defs.warehouse import failures
from aero_assets.defs.warehouse.assets import WAREHOUSE_LEVELS, staging_level
from aero_assets.defs.warehouse.failures import FailedCheck
from aero_assets.defs.warehouse.sensors import (
    MANY_DATES,
    PATIENCE,
    PATIENCE_WITH_MANY,
    typed_changes,
    warehouse_want,
)
from aero_assets.feeds import feeds, find
from aero_assets.lake import LakeCopy
from aero_assets.levels import NOT_WAITING
from aero_assets.manifests import UNDER_WAY, Levels
from aero_assets.resources import Zones
from aero_assets.run_dates import dates_in
from aero_assets.storage import Bucket
from tests.fakes import FolderBucket, drop
from tests.unit.feeds.test_partner__bts_ontime import FEED as BTS
from tests.unit.feeds.test_partner__bts_ontime import PLAIN

FEED = find("partner/bts_ontime")
START = datetime(2026, 11, 20, 12, tzinfo=UTC)


def receipt(minutes: int, number: int) -> Receipt:
    return Receipt(f"{START + timedelta(minutes=minutes):%Y%m%dT%H%M%S%f}Z", f"{number:012x}", "0" * 12)


OVERLAP_MINUTES = int(OVERLAP.total_seconds() // 60)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, OVERLAP_MINUTES - 1), st.integers(0, 99)), max_size=40))
def test_every_arrival_is_reported_once_however_late_its_receipt_appears(drops):
    """A receipt becomes visible up to the overlap after its arrival: the door retries for hours."""
    shown = sorted({(minutes + delay, receipt(minutes, number)) for minutes, delay, number in drops})
    reported, cursor, visible = [], None, []
    for _, found in shown:
        if found in visible:
            continue
        visible = sorted([*visible, found])
        new, cursor = unseen(visible, cursor)
        reported += new
    assert sorted(reported) == visible


def test_a_backlog_after_downtime_is_reported_in_bounded_steps_without_loss():
    backlog = [receipt(number // 7, number) for number in range(3 * MOST_EVENTS + 1)]
    reported, cursor, steps = [], None, 0
    while (step := unseen(backlog, cursor))[0]:
        assert len(step[0]) <= MOST_EVENTS
        reported, cursor, steps = reported + step[0], step[1], steps + 1
    assert (sorted(reported), steps) == (sorted(backlog), 4)


class FolderZones(Zones):
    """Zones on folders."""

    root: str

    def raw(self) -> Bucket:
        return FolderBucket(Path(self.root) / "raw")

    def lake(self) -> Bucket:
        return FolderBucket(Path(self.root) / "lake")

    def copy_of_lake(self) -> LakeCopy:
        return LakeCopy(Path(self.root) / "copy", self.lake())


@pytest.fixture
def zones(tmp_path, monkeypatch):
    # Levels of a warehouse count only while its file is there.
    monkeypatch.setenv("AERO_WAREHOUSE", str(tmp_path / "warehouse.duckdb"))
    (tmp_path / "warehouse.duckdb").touch()
    return FolderZones(root=str(tmp_path))


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def tick(sensor, instance, zones, cursor=None):
    context = dg.build_sensor_context(instance=instance, cursor=cursor, resources={"zones": zones})
    return sensor.evaluate_tick(context)


def arrive(zones):
    body = f"{','.join(BTS.header)}\n{PLAIN}\n".encode()
    return drop(zones.raw(), FEED, "partner/bts_ontime/a.csv", gzip.compress(body), START)


def test_an_arrival_is_a_materialisation_of_inbox_and_raw_and_a_request_for_its_day(instance, zones):
    arrive(zones)
    data = tick(arrivals, instance, zones)
    assert [event.asset_key.path[0] for event in data.asset_events] == ["inbox", "raw"]
    [request] = data.run_requests
    assert request.job_name == "ingest"
    assert request.tags["dagster/asset_partition_range_start"] == "2026-11-20"
    assert tick(arrivals, instance, zones, data.cursor).asset_events == []


def test_what_is_still_being_compacted_is_waited_for_but_not_for_ever(instance, zones):
    arrive(zones)
    waiting = tick(typed_changes, instance, zones)
    assert waiting.run_requests == []
    long_ago = (datetime.now(UTC) - PATIENCE - timedelta(seconds=1)).isoformat()
    asked = tick(typed_changes, instance, zones, long_ago)
    assert [request.job_name for request in asked.run_requests] == ["catalog_and_staging"]
    again = tick(typed_changes, instance, zones, asked.cursor)
    assert again.run_requests == [], "what arrives after a request is waited for anew"


def test_what_is_being_extracted_is_waited_for_but_not_for_ever(instance, zones):
    arrive(zones)
    compact_day(Compactor(zones.raw(), zones.lake()), FEED, plan(receipts(zones.raw(), FEED)), START.date())
    run = dg.DagsterRun(job_name="extract", run_id=f"{uuid4()}", status=dg.DagsterRunStatus.STARTED)
    instance.add_run(run)
    now = datetime.now(UTC)
    assert is_under_way(instance, now)
    assert not is_under_way(instance, now + EXTRACT_PATIENCE + timedelta(seconds=1))
    assert tick(typed_changes, instance, zones).run_requests == []
    long_ago = (now - PATIENCE - timedelta(seconds=1)).isoformat()
    assert [request.job_name for request in tick(typed_changes, instance, zones, long_ago).run_requests] == ["catch_up"]


def test_a_load_of_many_dates_is_waited_for_longer(instance, zones):
    arrive(zones)
    dates = [f"{date(2026, 1, 1) + timedelta(days=number)}" for number in range(MANY_DATES + 1)]
    Levels(zones.lake(), WAREHOUSE_LEVELS).advance(dict.fromkeys(dates, "an older version"))
    asked = {
        patience: tick(typed_changes, instance, zones, (datetime.now(UTC) - patience).isoformat()).run_requests
        for patience in (PATIENCE, PATIENCE_WITH_MANY)
    }
    assert [bool(requests) for requests in asked.values()] == [False, True]


@pytest.mark.parametrize(("kind", "dates_of_runs"), [("duckdb", [63]), ("redshift", [31, 31])])
def test_on_redshift_a_run_has_a_month_of_dates_at_most(instance, zones, monkeypatch, kind, dates_of_runs):
    monkeypatch.setenv("AERO_WAREHOUSE_KIND", kind)
    Levels(zones.lake(), "staging").advance({"staging": staging_level()})
    Levels(zones.lake(), "catalog").advance({feed.path: level(feed, []) for feed in feeds()})
    dates = [f"{date(2026, 1, 1) + timedelta(days=number)}" for number in range(63)]
    Levels(zones.lake(), WAREHOUSE_LEVELS).advance(dict.fromkeys(dates, "an older version"))
    requests = tick(typed_changes, instance, zones).run_requests
    assert [len(dates_in(request.tags)) for request in requests] == dates_of_runs


def test_marts_bring_catalog_and_staging_along_where_these_cannot_serve_them_yet(instance, zones):
    arrive(zones)
    found = plan(receipts(zones.raw(), FEED))
    compact_day(Compactor(zones.raw(), zones.lake()), FEED, found, START.date())
    [request] = tick(typed_changes, instance, zones).run_requests
    assert request.job_name == "catch_up"
    assert request.tags["dagster/asset_partition_range_start"] == "2015-01-01"
    layers = [key.path[0] for key in request.asset_selection]
    assert layers.index("catalog") < layers.index("staging") < layers.index("operations") < layers.index("published")
    Levels(zones.lake(), "staging").advance({"staging": staging_level()})
    [request] = tick(typed_changes, instance, zones).run_requests
    views = [key for key in request.asset_selection if key.path[0] in {"catalog", "staging", "reference"}]
    assert len(views) == 2 * len(feeds()), "a new date needs its partition and its source's tests, not the dimensions"


def test_with_catalog_and_staging_there_only_the_marts_are_asked_for(instance, zones):
    arrive(zones)
    compact_day(Compactor(zones.raw(), zones.lake()), FEED, plan(receipts(zones.raw(), FEED)), START.date())
    manifests = zones.copy_of_lake().manifests()
    Levels(zones.lake(), "staging").advance({"staging": staging_level()})
    Levels(zones.lake(), "catalog").advance({feed.path: level(feed, manifests) for feed in feeds()})
    [request] = tick(typed_changes, instance, zones).run_requests
    assert (request.job_name, request.asset_selection) == ("warehouse", None)


def test_a_day_whose_last_rows_went_while_its_build_died_is_asked_for_again(instance, zones):
    Levels(zones.lake(), "staging").advance({"staging": staging_level()})
    Levels(zones.lake(), "catalog").advance({feed.path: level(feed, []) for feed in feeds()})
    levels = Levels(zones.lake(), "warehouse")
    levels.advance({"2015-02-02": UNDER_WAY})
    [request] = tick(typed_changes, instance, zones).run_requests
    assert request.tags["dagster/asset_partition_range_start"] == "2015-02-02"
    levels.advance({"2015-02-02": ""})
    assert tick(typed_changes, instance, zones).run_requests == []


def test_the_marts_know_which_of_their_dates_a_failed_check_names(zones):
    days = ["2015-01-01", "2015-01-02"]
    row = {"operating_date": "2015-01-02", "leg_uid": "a"}
    failures.keep(
        zones.lake(), days, [FailedCheck("not_null_fct_leg_origin", "1 row", [row]), FailedCheck("x", "died")]
    )
    assert warehouse_want(zones, []).named == {"2015-01-02"}
    failures.keep(zones.lake(), days, [])
    assert warehouse_want(zones, []).named == frozenset()


def test_an_idle_platform_asks_for_nothing_but_its_undated_models(instance, zones):
    assert tick(arrivals, instance, zones).run_requests == []
    assert [request.job_name for request in tick(typed_changes, instance, zones).run_requests] == [
        "catalog_and_staging"
    ]


def test_what_is_published_without_a_build_waits_a_little_and_never_runs_beside_one(instance, zones):
    Levels(zones.lake(), "warehouse").advance({"2015-01-01": "v1"})
    first = tick(unpublished_changes, instance, zones)
    assert first.run_requests == []
    assert datetime.fromisoformat(first.cursor) <= datetime.now(UTC)
    waited = (datetime.now(UTC) - SOON).isoformat()
    [request] = tick(unpublished_changes, instance, zones, waited).run_requests
    assert request.job_name == "publish"
    create_run_for_test(instance, job_name="ingest", status=dg.DagsterRunStatus.STARTED)
    beside = tick(unpublished_changes, instance, zones, waited)
    assert (beside.run_requests, beside.cursor) == ([], NOT_WAITING)
