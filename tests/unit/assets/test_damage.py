"""Damaged objects: each is noticed where it is read, named, and made again from the zone before; the rest goes on."""

import json
import os
import shutil
from datetime import date, timedelta

import dagster as dg
import pytest

from aero_assets.arrivals import plan, receipts
from aero_assets.defs.typed.assets import typed_key, typed_zone
from aero_assets.defs.typed.sensors import behind
from aero_assets.defs.warehouse.assets import buildable, ready
from aero_assets.healing import ask_for
from aero_assets.lake import Pulled
from aero_assets.manifests import AGAIN, ArrivalManifest, Levels, ask_again, typed_versions
from aero_assets.storage import DamagedObjectError
from tests.unit.assets.test_compaction import FEED, MONDAY, NEXT_DAY, TUESDAY, Lake
from tests.unit.assets.test_sensors import FolderZones
from tests.unit.feeds.test_partner__bts_ontime import GUAM, PLAIN

NO_JSON = [b"", b'{"feed": "partner/bts_on', b"\x00\xff", b"[]", b"{}", b'{"feed": 3}']
FIRST, SECOND = "2015-01-01", "2015-01-02"


@pytest.fixture(scope="module")
def compacted(tmp_path_factory):
    """The folder of a lake with a day of two dates in it; read only."""
    folder = tmp_path_factory.mktemp("compacted")
    made = Lake(folder)
    made.drop("a.csv", PLAIN, NEXT_DAY)
    made.compact()
    return folder


@pytest.fixture
def lake(compacted, tmp_path):
    shutil.copytree(compacted, tmp_path, dirs_exist_ok=True)
    return Lake(tmp_path)


def cut(bucket, key):
    path = bucket.root / key
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def lose(bucket, key):
    (bucket.root / key).unlink()


def change(bucket, key):
    path = bucket.root / key
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))


DAMAGES = pytest.mark.parametrize("damage", [cut, lose, change])


def typed(lake, on=FIRST):
    [key] = [key for key in lake.files() if f"={on}/" in key]
    return key


def manifest(lake):
    return ArrivalManifest.load(lake.lake, FEED, MONDAY.date())


def expected(lake):
    return behind(FEED, receipts(lake.raw, FEED), lake.copy.manifests(), {}).behind


@DAMAGES
def test_a_damaged_typed_object_is_left_out_and_named_and_the_other_dates_stand(lake, damage):
    damage(lake.lake, typed(lake))
    pulled = lake.copy.pull()
    [damaged] = pulled.damaged
    assert (damaged.key, damaged.feed, damaged.arrived_on, damaged.date) == (
        typed(lake) if damage is not lose else damaged.key, FEED.path, "2026-11-16", FIRST,
    )  # fmt: skip
    assert "aero repair --zone typed --feed partner/bts_ontime" in f"{damaged}"
    assert [*pulled.versions] == [SECOND]
    assert [row[-1] for row in lake.rows()] == [date(2015, 1, 2)]


@DAMAGES
def test_a_damaged_typed_object_is_written_again_by_asking_for_its_arrival_day(lake, damage):
    before = typed_versions(lake.copy.manifests())
    key = typed(lake)
    damage(lake.lake, key)
    ask_for(lake.lake, lake.copy.pull().damaged, lambda line: None)
    assert expected(lake) == ["2026-11-16"]
    [row] = [lake.lake.read_json(item.key) for item in lake.lake.list("_outcomes/repair/")]
    assert key in row["message"]
    lake.compact()
    assert expected(lake) == []
    pulled = lake.copy.pull()
    assert (pulled.damaged, pulled.versions) == ((), before)
    assert len(lake.rows()) == 2


def test_a_typed_object_that_is_put_back_is_taken_in_without_further_ado(lake):
    key = typed(lake)
    good = lake.lake.read(key)
    cut(lake.lake, key)
    assert lake.copy.pull().damaged
    (lake.lake.root / key).write_bytes(good)
    assert not lake.copy.pull().damaged
    assert len(lake.rows()) == 2


def test_damage_that_stays_does_not_make_a_new_copy_with_each_look(lake):
    cut(lake.lake, typed(lake))
    lake.copy.pull()
    there = lake.copy.root.resolve()
    assert lake.copy.pull().damaged
    assert lake.copy.root.resolve() == there


@pytest.mark.parametrize("harm", ["cut", "changed", "lost", "all lost", "link lost", "state garbled"])
def test_whatever_happens_to_the_copy_on_this_disk_the_next_pull_puts_it_right(lake, harm):
    expected = lake.rows()
    file = lake.copy.root / typed(lake)
    if harm == "cut":
        os.truncate(file, 10)
    elif harm == "changed":
        body = bytearray(file.read_bytes())
        body[20] ^= 1
        file.write_bytes(bytes(body))
    elif harm == "lost":
        file.unlink()
    elif harm == "all lost":
        shutil.rmtree(lake.copy.root.resolve())
    elif harm == "link lost":
        lake.copy.root.unlink()
    else:
        (lake.copy.root / ".state.json").write_text('{"typed/')
    assert lake.rows() == expected


@pytest.mark.parametrize("body", NO_JSON)
@pytest.mark.parametrize("is_cached", [True, False], ids=["read before", "never read"])
def test_a_damaged_manifest_empties_no_date_and_its_day_is_compacted_again(lake, body, is_cached):
    good = manifest(lake)
    if is_cached:
        lake.copy.manifests()
    (lake.lake.root / good.key).write_bytes(body)
    assert [*typed_versions(lake.copy.manifests())] == [FIRST, SECOND]
    assert (lake.copy.pull().damaged, len(lake.rows())) == ((), 2)
    assert expected(lake) == ["2026-11-16"]
    lake.compact()
    assert (manifest(lake), expected(lake)) == (good, [])


def test_a_manifest_that_is_gone_leaves_no_file_behind_that_nobody_names(lake):
    lose(lake.lake, manifest(lake).key)
    lake.drop("a.csv", GUAM, at=MONDAY + timedelta(hours=1))
    lake.compact()
    assert {file.key for file in manifest(lake).files} == set(lake.files())


def test_asking_again_for_a_day_with_a_damaged_manifest_is_no_error(lake):
    (lake.lake.root / manifest(lake).key).write_bytes(b"{")
    ask_again(lake.lake, FEED, MONDAY.date())
    assert expected(lake) == ["2026-11-16"]


def test_a_local_index_that_is_damaged_is_made_again(lake):
    expected = lake.copy.manifests()
    index = lake.copy.root.with_name("copy.manifests") / "index.json"
    index.write_bytes(index.read_bytes()[:30])
    assert lake.copy.manifests() == expected


@pytest.mark.parametrize("body", NO_JSON)
def test_damaged_levels_count_as_not_reached_and_are_written_again(lake, body):
    levels = Levels(lake.lake, "warehouse")
    levels.advance({FIRST: "one", SECOND: "two"})
    (lake.lake.root / levels.key).write_bytes(body)
    assert levels.read() == {}
    levels.advance({FIRST: "one"})
    assert levels.read() == {FIRST: "one"}


@DAMAGES
@pytest.mark.parametrize("damaged", ["body", "receipt"])
def test_a_damaged_arrival_stops_its_own_day_and_takes_nothing_from_it(lake, damage, damaged):
    [receipt] = receipts(lake.raw, FEED)
    before, planned = manifest(lake), plan(receipts(lake.raw, FEED))
    key = receipt.receipt_key(FEED)
    damage(lake.raw, json.loads(lake.raw.read(key))["raw_key"] if damaged == "body" else key)
    if (damaged, damage) == ("receipt", change):
        (lake.raw.root / key).write_bytes(b'{"raw_key": "elsewhere"}')
    ask_again(lake.lake, FEED, MONDAY.date())
    with pytest.raises(DamagedObjectError, match=r"aero repair"):
        lake.compactor.run(FEED, planned[MONDAY.date()])
    assert (manifest(lake).files, manifest(lake).level) == (before.files, AGAIN)
    assert len(lake.rows()) == 2


def test_the_other_days_of_a_run_are_compacted_where_one_has_a_damaged_body(lake, tmp_path):
    zones = FolderZones(root=str(tmp_path))
    lake.drop("b.csv", GUAM, at=TUESDAY)
    [body] = [item.key for item in lake.raw.list("partner/bts_ontime/dt=2026-11-16/")]
    cut(lake.raw, body)
    tags = {"dagster/asset_partition_range_start": "2026-11-16", "dagster/asset_partition_range_end": "2026-11-17"}
    ask_again(lake.lake, FEED, MONDAY.date())
    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize(
            [asset for asset in typed_zone if typed_key(FEED) in asset.keys],
            instance=instance, tags=tags, resources={"zones": zones}, raise_on_error=False,
        )  # fmt: skip
    assert not done.success
    assert expected(lake) == ["2026-11-16"]
    assert len(lake.rows()) == 3
    [row] = [lake.lake.read_json(item.key) for item in lake.lake.list("_outcomes/repair/")]
    assert body in row["message"]


def test_days_that_lack_a_file_are_not_built_and_the_others_are(lake):
    cut(lake.lake, typed(lake))
    pulled = lake.copy.pull()
    assert buildable([FIRST, SECOND, "2015-01-03"], pulled) == [SECOND, "2015-01-03"]
    with pytest.raises(dg.Failure, match="asked for again"):
        buildable([FIRST], pulled)


def test_nothing_damaged_leaves_no_day_out():
    assert buildable([FIRST], Pulled(0, 0, 0, {})) == [FIRST]


class Run:
    """A run as `ready` sees it."""

    def __init__(self):
        self.said = []

    @property
    def log(self):
        return self

    def info(self, line):
        self.said.append(line)

    error = info


@pytest.mark.parametrize("body", [b"", b"no database", None], ids=["empty", "garbled", "gone"])
def test_a_warehouse_that_is_no_database_any_more_is_put_aside_and_built_again_whole(lake, tmp_path, monkeypatch, body):
    zones, file = FolderZones(root=str(tmp_path)), tmp_path / "warehouse.duckdb"
    monkeypatch.setenv("AERO_WAREHOUSE", str(file))
    monkeypatch.setenv("AERO_ENV", "local")
    Levels(zones.lake(), "warehouse").advance({FIRST: "one"})
    if body is not None:
        file.write_bytes(body)
    ready(Run(), zones)  # ty: ignore[invalid-argument-type] - the part of it that is used
    assert not file.exists()
    assert Levels(zones.lake(), "warehouse").read() == {}
    assert len(list(tmp_path.glob("warehouse.duckdb.damaged-*"))) == (body is not None)
