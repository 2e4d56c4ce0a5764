"""Published marts: what changed is written, readers see one version whole, old versions go when nobody has them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Lock

import duckdb
import pytest

from aero_assets.defs.published.export import Publisher, Relation
from aero_assets.defs.published.sensors import what_is_wrong
from aero_assets.published import (
    CURRENT,
    KEPT_VERSIONS,
    PREFIX,
    NothingPublishedError,
    PublishedCopy,
)
from aero_assets.storage import DamagedObjectError
from tests.fakes import FolderBucket

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEGS = Relation("operations.fct_leg", "from legs", "Legs. One row per leg.")
ROUTES = Relation("reference.dim_route", "from routes", "Routes. One row per route.")


@pytest.fixture
def lake(tmp_path):
    return FolderBucket(tmp_path / "lake")


@pytest.fixture
def publisher(lake, tmp_path):
    return Publisher(lake, tmp_path / "scratch")


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute("""
            create table legs as
            select date '2026-09-28' + (n // 10)::int as operating_date, 'R' || n % 3 as route, n as leg, 0 as late
            from range(100) t(n)
        """)
        connection.execute("create table routes as select distinct route from legs")
        yield connection


def publish(publisher, warehouse, at=NOW, level="one", labels=()):
    return publisher.publish(warehouse, [LEGS, ROUTES], level=level, now=at, labels=labels)


def read(copy, sql):
    with copy.pull().connect() as reader:
        return reader.execute(sql).fetchall()


def test_a_reader_finds_the_same_rows_as_in_the_warehouse(publisher, warehouse, lake, tmp_path):
    publish(publisher, warehouse)
    rows = read(PublishedCopy(tmp_path / "copy", lake), "from operations.fct_leg order by leg")
    assert rows == warehouse.execute("from legs order by leg").fetchall()


def test_only_the_month_that_changed_is_written_again(publisher, warehouse, lake):
    first = publish(publisher, warehouse)
    warehouse.execute("update legs set late = 20 where leg = 99")
    second = publish(publisher, warehouse, NOW + timedelta(minutes=1), "two")
    assert (first.uploaded, first.reused) == (3, 0)
    assert (second.uploaded, second.reused) == (1, 2)
    [part] = [p for p in second.manifest.table("operations.fct_leg").parts if p not in
              first.manifest.table("operations.fct_leg").parts]  # fmt: skip
    assert part.name == "2026-10"


def test_the_order_of_rows_in_the_warehouse_does_not_matter(publisher, warehouse):
    first = publish(publisher, warehouse)
    warehouse.execute("create or replace table legs as from legs order by leg desc")
    assert publish(publisher, warehouse, NOW + timedelta(minutes=1)).manifest.tables == first.manifest.tables


def test_an_empty_mart_has_its_columns(publisher, warehouse, lake, tmp_path):
    warehouse.execute("delete from legs")
    publish(publisher, warehouse)
    assert read(PublishedCopy(tmp_path / "copy", lake), "select count(leg) from operations.fct_leg") == [(0,)]


def test_a_pinned_version_stays_what_it_was_when_the_next_is_published(publisher, warehouse, lake, tmp_path):
    publish(publisher, warehouse)
    pinned = PublishedCopy(tmp_path / "copy", lake).pull()
    warehouse.execute("delete from legs where leg < 50")
    publish(publisher, warehouse, NOW + timedelta(minutes=1))
    assert len(read(PublishedCopy(tmp_path / "copy", lake), "from operations.fct_leg")) == 50
    with pinned.connect() as reader:
        assert len(reader.execute("from operations.fct_leg").fetchall()) == 100


def test_labels_travel_with_the_version_and_inside_every_file(publisher, warehouse, lake, tmp_path):
    publish(publisher, warehouse, labels=["datos sintéticos"])
    snapshot = PublishedCopy(tmp_path / "copy", lake).pull()
    assert snapshot.manifest.labels == ("datos sintéticos",)
    for file in snapshot.paths("operations.fct_leg"):
        rows = duckdb.execute(f"select value from parquet_kv_metadata('{file}') where key = 'label'").fetchall()
        assert rows[0][0].decode() == "datos sintéticos"


def test_a_publisher_that_dies_before_the_switch_changes_nothing_for_readers(publisher, warehouse, lake, tmp_path):
    publish(publisher, warehouse)
    before = PublishedCopy(tmp_path / "copy", lake).pull().version
    warehouse.execute("update legs set late = 1")

    def dies(key, value):
        if key == CURRENT:
            raise ConnectionError("gone")
        FolderBucket.write_json(lake, key, value)

    lake.write_json = dies
    with pytest.raises(ConnectionError):
        publish(publisher, warehouse, NOW + timedelta(minutes=1))
    assert PublishedCopy(tmp_path / "other", lake).pull().version == before


def test_old_versions_go_with_the_files_only_they_named(publisher, warehouse, lake):
    for hour in range(8):
        warehouse.execute(f"update legs set late = {hour}")
        done = publish(publisher, warehouse, NOW + timedelta(hours=2 * hour), f"{hour}")
    versions = [item.key for item in lake.list(f"{PREFIX}/versions/")]
    files = {item.key for item in lake.list(f"{PREFIX}/data/")}
    assert len(versions) == KEPT_VERSIONS
    assert done.pruned > 0
    assert done.manifest.files <= files
    assert len(files) == KEPT_VERSIONS * 2 + 1


def test_a_version_somebody_may_have_pinned_is_kept(publisher, warehouse, lake):
    for minute in range(8):
        warehouse.execute(f"update legs set late = {minute}")
        publish(publisher, warehouse, NOW + timedelta(minutes=minute), f"{minute}")
    assert len(list(lake.list(f"{PREFIX}/versions/"))) == 8


def test_before_the_first_version_a_reader_is_told_so(lake, tmp_path):
    with pytest.raises(NothingPublishedError, match="nothing was published"):
        PublishedCopy(tmp_path / "copy", lake).pull()


def test_a_reader_sees_published_files_and_nothing_else_of_the_machine(publisher, warehouse, lake, tmp_path):
    publish(publisher, warehouse)
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with PublishedCopy(tmp_path / "copy", lake).pull().connect() as reader:
        with pytest.raises(duckdb.PermissionException):
            reader.execute(f"from read_csv('{tmp_path}/secret.csv')")
        with pytest.raises(duckdb.Error):
            reader.execute("set enable_external_access = true")


def test_sixty_publications_while_seven_hundred_pages_read_mix_no_versions(publisher, warehouse, lake, tmp_path):
    """Each version carries its number in every row of both tables: a page that sees two numbers saw two versions."""
    warehouse.execute("alter table routes add column late integer")
    copies = [PublishedCopy(tmp_path / f"copy{number}", lake) for number in range(2)]

    def write():
        for number in range(60):
            warehouse.execute(f"update legs set late = {number}")
            warehouse.execute(f"update routes set late = {number}")
            publish(publisher, warehouse, NOW + timedelta(seconds=number), f"{number}")

    opened, lock = {}, Lock()

    def page(number):
        """As the dashboard does it: pin once, one connection per version, a cursor per page."""
        snapshot = copies[number % 2].pull()
        with lock:
            if snapshot.version not in opened:
                opened[snapshot.version] = snapshot.connect()
            reader = opened[snapshot.version].cursor()
        seen = [reader.execute(f"select distinct late from {table}").fetchall()
                for table in ("operations.fct_leg", "reference.dim_route", "operations.fct_leg")]  # fmt: skip
        return seen[0][0][0], all(answer == seen[0] and len(answer) == 1 for answer in seen)

    publish(publisher, warehouse)
    warehouse.execute("update legs set late = 0")
    warehouse.execute("update routes set late = 0")
    publish(publisher, warehouse, NOW, "first")
    with ThreadPoolExecutor(4) as pool:
        writing = pool.submit(write)
        pages = list(pool.map(page, range(700)))
        writing.result()
    assert len(pages) == 700
    assert all(whole for _, whole in pages)
    assert len({number for number, _ in pages}) > 5, "the pages must have run while versions changed"


def damage(lake, key, how):
    path = lake.root / key
    body = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_bytes(body[: len(body) // 2])
    else:
        path.write_bytes(body[:-20] + bytes([body[-20] ^ 1]) + body[-19:])


@pytest.mark.parametrize("how", ["gone", "cut", "changed"])
def test_where_a_file_of_the_current_version_is_damaged_the_version_before_is_shown_and_said(
    publisher, warehouse, lake, tmp_path, how
):
    first = publish(publisher, warehouse)
    warehouse.execute("update legs set late = 20 where leg = 99")
    second = publish(publisher, warehouse, NOW + timedelta(minutes=1), "two")
    [key] = second.manifest.files - first.manifest.files
    damage(lake, key, how)
    snapshot = PublishedCopy(tmp_path / "copy", lake).pull()
    assert snapshot.version == first.manifest.version
    assert key in snapshot.problem
    assert "aero repair" in snapshot.problem
    assert bool(what_is_wrong(lake)) == (how != "changed")


@pytest.mark.parametrize("body", [None, b"", b'{"version', b"{}", b"[]"])
def test_a_current_manifest_that_is_damaged_or_gone_hides_no_version(publisher, warehouse, lake, tmp_path, body):
    done = publish(publisher, warehouse)
    if body is None:
        (lake.root / CURRENT).unlink()
    else:
        (lake.root / CURRENT).write_bytes(body)
    assert what_is_wrong(lake)
    assert PublishedCopy(tmp_path / "copy", lake).pull().version == done.manifest.version
    again = publish(publisher, warehouse, NOW + timedelta(minutes=1))
    assert (again.uploaded, what_is_wrong(lake)) == (0, [])


@pytest.mark.parametrize("how", ["gone", "cut"])
def test_publishing_again_writes_the_files_that_are_damaged_and_no_others(publisher, warehouse, lake, tmp_path, how):
    first = publish(publisher, warehouse)
    damage(lake, min(first.manifest.files), how)
    again = publish(publisher, warehouse, NOW + timedelta(minutes=1))
    assert (again.uploaded, what_is_wrong(lake)) == (1, [])
    assert PublishedCopy(tmp_path / "copy", lake).pull().problem == ""


@pytest.mark.parametrize("how", ["gone", "cut", "changed"])
def test_a_file_of_the_copy_on_this_disk_that_somebody_touched_is_fetched_again(
    publisher, warehouse, lake, tmp_path, how
):
    done = publish(publisher, warehouse)
    copy = PublishedCopy(tmp_path / "copy", lake)
    copy.pull()
    key = min(done.manifest.files)
    damage(FolderBucket(copy.root), key, how)
    copy.pull()
    assert (copy.root / key).read_bytes() == lake.read(key)


def test_where_no_version_is_whole_the_damage_is_named(publisher, warehouse, lake, tmp_path):
    damage(lake, min(publish(publisher, warehouse).manifest.files), "cut")
    with pytest.raises(DamagedObjectError, match="aero repair"):
        PublishedCopy(tmp_path / "copy", lake).pull()


def test_a_version_that_an_older_publisher_wrote_can_be_read(publisher, warehouse, lake, tmp_path):
    manifest = publish(publisher, warehouse).manifest.to_json()
    for table in manifest["tables"]:
        for part in table["parts"]:
            del part["sha256"], part["bytes"]
    lake.write_json(CURRENT, manifest)
    lake.write_json(f"{PREFIX}/versions/{manifest['version']}.json", manifest)
    assert len(read(PublishedCopy(tmp_path / "copy", lake), "from operations.fct_leg")) == 100
    assert what_is_wrong(lake) == []
