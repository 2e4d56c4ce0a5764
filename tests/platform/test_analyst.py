"""The analyst's path: a lake with typed files, a role that only reads it, dbt by hand, and no Dagster anywhere."""

import json
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from botocore.exceptions import ClientError

from aero_assets.arrivals import plan, receipts
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.environment import PROJECT
from aero_assets.feeds import find
from aero_assets.storage import Bucket
from aero_local import platform as local_platform
from tests.fakes import FolderBucket, drop

FEED = find("partner/bts_ontime")
ARRIVED = datetime(2015, 1, 3, 8, tzinfo=UTC)
DBT_PROJECT = PROJECT / "dbt_project"


@pytest.fixture(scope="module")
def flights(real_bts: Path) -> list[dict[str, str]]:
    """The records of the file, read without anything of ours."""
    header, *records = duckdb.read_csv(f"{real_bts}", header=False, all_varchar=True).fetchall()
    return [dict(zip(header, record, strict=True)) for record in records]


@pytest.fixture(scope="module")
def typed(platform, real_bts, tmp_path_factory):
    """The lake after the file was typed: everything an analyst finds, and nothing in the warehouse yet."""
    home = tmp_path_factory.mktemp("analyst")
    raw, lake = FolderBucket(home / "raw"), Bucket(platform.buckets["lake"], platform.client("orchestrator", "s3"))
    drop(raw, FEED, f"{FEED.path}/{real_bts.name}", real_bts.read_bytes(), ARRIVED)
    compact_day(Compactor(raw, lake, home / "scratch"), FEED, plan(receipts(raw, FEED)), ARRIVED.date())
    assert not platform.state.warehouse.exists()
    return lake


@pytest.fixture(scope="module")
def analyst(platform, typed):
    """The guide's commands for an analyst, on a warehouse that nobody has built, in a shell that `aero env` set, then
    the short form.
    """
    state = platform.state
    artefacts = {"DBT_TARGET_PATH": f"{state.dbt_target}", "DBT_LOG_PATH": f"{state.root / 'logs'}"}
    typing = f"{commands_of_the_guide()} && dbt build --select fct_route_day+"
    done = subprocess.run(("bash", "-ec", typing), cwd=PROJECT, env=state.env("analyst") | artefacts, text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return state


def commands_of_the_guide() -> str:
    """Return the line for analysts as it stands there, so that the two cannot part."""
    guide = (PROJECT / "docs" / "guide.md").read_text(encoding="utf-8")
    [line] = [text for text in guide.splitlines() if text.startswith("aero lake pull &&")]
    return line


def test_a_mart_built_by_hand_says_what_a_count_of_the_file_says(analyst, flights):
    def key(flight: dict[str, str]) -> tuple[str, str, str]:
        day = "-".join((flight["YEAR"], flight["MONTH"].zfill(2), flight["DAY"].zfill(2)))
        return day, flight["ORIGIN_AIRPORT"], flight["DESTINATION_AIRPORT"]

    legs = Counter(key(flight) for flight in flights)
    cancelled = Counter(key(flight) for flight in flights if flight["CANCELLED"] == "1")
    diverted = Counter(key(flight) for flight in flights if flight["DIVERTED"] == "1")
    with duckdb.connect(f"{analyst.warehouse}", read_only=True) as warehouse:
        rows = warehouse.execute("""
            select operating_date::varchar, origin, destination, scheduled_legs, cancelled_legs, diverted_legs
            from operations.fct_route_day
        """).fetchall()
    assert {tuple(row[:3]): tuple(row[3:]) for row in rows} == {
        route: (number, cancelled[route], diverted[route]) for route, number in legs.items()
    }
    assert len(rows) == len(legs)


def test_the_docs_describe_what_was_built(analyst):
    pages = analyst.dbt_target
    assert (pages / "index.html").stat().st_size > 100_000
    built = json.loads((pages / "catalog.json").read_text())["nodes"]["model.aero.fct_route_day"]
    assert {"origin", "destination", "scheduled_legs"} <= built["columns"].keys()
    described = json.loads((pages / "manifest.json").read_text())["nodes"]["model.aero.fct_route_day"]
    assert "one row per" in described["description"].lower()


def test_nothing_of_dagster_ran_for_it(analyst):
    running = {service.name for service in local_platform.status(analyst) if service.state == "up"}
    assert running == {"ministack"}
    assert not analyst.dagster_home.exists()


@pytest.mark.parametrize("prefix", ["typed", "_manifests/typed", "published"])
def test_an_analyst_is_refused_to_write_into_the_lake_or_to_delete_from_it(platform, typed, prefix):
    s3, lake = platform.client("analyst", "s3"), platform.buckets["lake"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=lake, Key=f"{prefix}/{FEED.path}/operating_date=2015-01-01/mine.parquet", Body=b"")
    before = {item.key for item in typed.list(f"{prefix}/")}
    for key in sorted(before)[:1]:
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.delete_object(Bucket=lake, Key=key)
    assert {item.key for item in typed.list(f"{prefix}/")} == before
