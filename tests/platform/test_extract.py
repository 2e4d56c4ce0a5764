"""The operational database and its extract on the real engines: PostgreSQL, Spark, the emulator's S3 under its roles.

Five runs of Spark in all, in one story: a day that is planned and flown, what its people changed later, an hour that is
extracted again, and a column that goes.
"""

import gzip
import threading
import time
from datetime import UTC, date, datetime
from decimal import Decimal

import dagster as dg
import duckdb
import pytest

from aero_airline import Airline
from aero_assets.arrivals import list_arrivals, plan
from aero_assets.defs.raw.assets import raw_key
from aero_assets.defs.raw.extract import TABLES, opsdb_extract
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.extracts import ExtractError, LocalSpark, Wanted, report
from aero_assets.outcomes import ledger
from aero_assets.resources import Extracts, Zones
from aero_assets.storage import Bucket
from aero_extract import hours
from aero_extract.raw_store import RawStore
from aero_extract.tables import TABLES as KNOWN
from aero_local import opsdb
from aero_local.airline_database import AirlineDatabase
from aero_local.airline_extract import AirlineReader
from aero_local.services import postgres
from tests.platform.conftest import running

ON = date(2026, 2, 3)
LEGS = 4
FLOWN, DONE = datetime(2026, 2, 3, 19, tzinfo=UTC), datetime(2026, 2, 6, 13, tzinfo=UTC)


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """A platform of its own: what is extracted here would be built into the marts of others."""
    with running(tmp_path_factory.mktemp("extract")) as found:
        yield found


@pytest.fixture
def raw(platform):
    return Bucket(platform.buckets["raw"], platform.client("orchestrator", "s3"))


@pytest.fixture
def lake(platform):
    return Bucket(platform.buckets["lake"], platform.client("orchestrator", "s3"))


def moment(text):
    return datetime.fromisoformat(text)


def spark(platform, extract):
    """Run the job as the orchestrator does; return its report."""
    LocalSpark(platform.state.env("orchestrator")).run(extract, print)
    return report(Bucket(platform.buckets["raw"], platform.client("orchestrator", "s3")), extract.run_id)


def commits(raw):
    return [item.key for item in raw.list("opsdb/_extracts/")]


def typed(raw, lake, tmp_path, name):
    """Compact every arrival day of a table; return the latest version of each key, as the staging model does."""
    feed = TABLES[name]
    compactor = Compactor(raw, lake, tmp_path)
    planned = plan(list_arrivals(raw, feed))
    for day in planned:
        assert compact_day(compactor, feed, planned, day).outcome.balanced
    files = [item.key for item in lake.list(f"typed/{feed.path}/") if "arrived=" in item.key]
    for key in files:
        lake.download(key, tmp_path / key)
    keys = ", ".join("connection_result" if column == "result" else column for column in KNOWN[name].key)
    found = duckdb.sql(f"""
        from read_parquet('{tmp_path}/typed/{feed.path}/*/*.parquet', hive_partitioning = true)
        qualify row_number() over (partition by {keys} order by version desc, received_at desc, event_id desc) = 1
    """)
    assert found is not None
    return found.to_arrow_table().to_pylist()


def table(database, name):
    with database, database.cursor() as cursor:
        cursor.execute(f"select * from opsdb.{name}")
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def comparable(rows, name):
    """Rows by their key, in the types of the typed zone, without what only one side has."""
    found = {}
    for row in rows:
        said = {}
        for column in KNOWN[name].columns:
            value = row.get(column, row.get("connection_result"))
            if column == "row_version":
                value = row.get("version", value)
            if isinstance(value, datetime):
                value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            said[column] = float(value) if isinstance(value, Decimal) else value
        said["operational_suffix"] = row.get("operational_suffix") or ""
        found[tuple(str(said[column]) for column in KNOWN[name].key)] = said
    return found


@pytest.fixture(scope="module")
def connection(database, platform):
    """A connection of the airline's people: the server was killed in between."""
    found = postgres.connect(platform.state)
    yield found
    found.close()


@pytest.fixture(scope="module")
def first(platform, connection):
    """The day until its evening, extracted while a connection is entered that its snapshot must not see."""
    opsdb.fill(connection, Airline(5), ON, 1, FLOWN, most_legs=LEGS)
    holder, other = postgres.connect(platform.state), postgres.connect(platform.state)
    cursor = holder.cursor()
    cursor.execute("lock table opsdb.tickets in access exclusive mode")
    waited = threading.Event()

    def enter():
        watching = postgres.connect(platform.state)
        watching.autocommit = True
        with watching.cursor() as asking:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and not waited.is_set():
                asking.execute(
                    "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and usename = 'aero_extract'"
                )
                if asking.fetchone() != (0,):
                    waited.set()
                time.sleep(0.05)
        watching.close()
        with other, other.cursor() as entering:
            entering.execute("select set_config('aero.now', '2026-02-03T17:30:00Z', true)")
            entering.execute(
                "insert into opsdb.connections values (%s, %s, %s, 'MEX', 3, 45, 'made', 'datos sintéticos')",
                ("f" * 32, "e" * 32, ON),
            )
        holder.rollback()

    thread = threading.Thread(target=enter)
    thread.start()
    with platform.state.acting_as("orchestrator"):
        hours = {"dagster/asset_partition_range_start": "2026-02-02-12:00",
                 "dagster/asset_partition_range_end": "2026-02-03-18:00"}  # fmt: skip
        done = dg.materialize([opsdb_extract], tags=hours, resources={"zones": Zones(), "extracts": Extracts()})
    thread.join()
    for opened in (holder, other):
        opened.close()
    assert waited.is_set(), "the extract never waited for the table that was locked"
    return done


def test_an_hour_is_a_partition_and_every_table_says_what_it_holds(first, lake):
    assert first.success
    said = {}
    for event in first.asset_materializations_for_node("opsdb_extract"):
        said[event.asset_key] = {name: value.value for name, value in event.metadata.items()}
    legs = said[raw_key(TABLES["legs"])]
    assert legs["windows"] == 31
    assert legs["dagster/row_count"] == LEGS
    assert legs["watermark"] >= "2026-02-03T"
    assert legs["bytes"] > 0
    rows = ledger(lake, ["extract"])
    assert len(rows) == 31 * len(KNOWN)
    assert all(row["rows_in"] == row["rows_out"] + row["duplicates"] + row["rejects"] for row in rows)


def test_all_tables_are_of_one_moment_even_one_that_changes_while_another_is_waited_for(first, raw):
    snapshots, entered = set(), 0
    for key in commits(raw):
        said = raw.read_json(key)
        snapshots.add(said["snapshot_at"])
        entered += said["tables"]["connections"]["rows"]
    assert len(snapshots) == 1
    assert entered == 0


def contents(bucket, key):
    """Return the counts of each table of a commit and its lines in order; names of parts carry the run's."""
    counts = {}
    for name, table_counts in bucket.read_json(key)["tables"].items():
        lines = sorted(
            line for part in table_counts["parts"] for line in gzip.decompress(bucket.read(part)).decode().splitlines()
        )
        kept = {name: count for name, count in table_counts.items() if name not in ("seconds", "bytes", "parts")}
        counts[name] = (kept, lines)
    return counts


def written(platform, until, start, end):
    """Extract hours of the same airline without a database, into a bucket of another name; return that bucket.

    The prefix is the same: the identity of a row carries it.
    """
    other = Bucket(platform.buckets["lake"], platform.client("root", "s3"))
    with platform.state.acting_as("root"):
        given = hours.options(
            ["--JOB_NAME", "aero-local-extract", "--tables", "all", "--raw-path", f"s3://{other.name}/opsdb",
             "--window-start", start, "--window-end", end]
        )  # fmt: skip
        tables, asked = hours.asked(given)
        database = AirlineDatabase(Airline(5), ON, ON, until, most_legs=LEGS)
        store = RawStore(given.raw_path)
        extract = hours.Extract(AirlineReader(database, store.bucket), store, given)
        for window in asked:
            extract.window(window, tables)
    return other


def test_the_writer_without_a_database_makes_the_commits_that_spark_makes(first, platform, raw):
    other = written(platform, FLOWN, "2026-02-02T12:00:00Z", "2026-02-03T19:00:00Z")
    keys = [item.key for item in other.list("opsdb/_extracts/")]
    assert keys == commits(raw)
    for key in keys:
        assert contents(other, key) == contents(raw, key)


@pytest.fixture(scope="module")
def later(platform, connection, first):
    """The three days after, in which the airline's people correct, withdraw and invoice."""
    opsdb.fill(connection, Airline(5), ON, 1, DONE, most_legs=LEGS)
    return spark(platform, Wanted("later", FLOWN, DONE, list(KNOWN)))


def test_corrections_withdrawals_and_rates_that_go_are_the_same_commits_too(later, platform, raw):
    other = written(platform, DONE, f"{FLOWN:%Y-%m-%dT%H:%M:%SZ}", f"{DONE:%Y-%m-%dT%H:%M:%SZ}")
    for window in later["windows"]:
        assert contents(other, window["commit"]) == contents(raw, window["commit"])


@pytest.fixture(scope="module")
def second(platform, connection, later):
    """Changes by hand, and the hour again in which a connection came too late."""
    with connection, connection.cursor() as cursor:
        cursor.execute("select set_config('aero.now', '2026-02-05T10:30:00Z', true)")
        cursor.execute(
            "update opsdb.legs set delay_codes = '41:99' where leg_uid = (select min(leg_uid) from opsdb.legs)"
        )
        cursor.execute("update opsdb.tickets set deleted_at = '2026-02-05T10:30:00Z' where fare_usd > 100")
    return spark(platform, Wanted("second", FLOWN.replace(hour=17), DONE, list(KNOWN)))


@pytest.mark.parametrize("name", KNOWN)
def test_the_latest_version_of_every_key_is_the_table_as_it_is(second, platform, connection, raw, lake, tmp_path, name):
    # A row that a database withdraws stays in its table; one that an extract misses is gone from it.
    kept = [row for row in typed(raw, lake, tmp_path, name) if KNOWN[name].stamp or row["deleted_at"] is None]
    expected = comparable(table(connection, name), name)
    assert comparable(kept, name) == expected
    assert len(expected) > 0


def test_a_rate_that_was_removed_without_a_trace_is_a_delete_and_a_correction_an_update(later):
    kinds = [
        window["tables"]["fx_rates"]["changes"]
        for window in later["windows"]
        if "changes" in window["tables"]["fx_rates"]
    ]
    assert kinds == [{"delete": 1, "update": 1}]


def test_an_hour_extracted_again_adds_no_row_and_a_new_column_is_told(
    second, platform, connection, raw, lake, tmp_path
):
    with connection, connection.cursor() as cursor:
        cursor.execute("alter table opsdb.legs add column gate text")
    before = sorted(typed(raw, lake, tmp_path, "legs"), key=lambda row: row["leg_uid"])
    extract = Wanted("again", moment("2026-02-03T16:00:00+00:00"), moment("2026-02-03T17:00:00+00:00"), ["legs"])
    [line] = spark(platform, extract)["drift"]
    assert line.startswith("opsdb.legs.gate: new column (text)")
    assert sorted(typed(raw, lake, tmp_path, "legs"), key=lambda row: row["leg_uid"]) == before


def test_a_column_that_goes_stops_the_extract_by_name_and_nothing_becomes_visible(second, platform, connection, raw):
    with connection, connection.cursor() as cursor:
        cursor.execute("alter table opsdb.legs drop column delay_codes")
    before = commits(raw)
    extract = Wanted("broken", moment("2026-02-06T13:00:00+00:00"), moment("2026-02-06T14:00:00+00:00"), list(KNOWN))
    with pytest.raises(ExtractError, match=r"opsdb\.legs\.delay_codes: column is gone \(it was text\)"):
        spark(platform, extract)
    assert commits(raw) == before
    assert raw.read_json("opsdb/_runs/broken.json") is None


def test_no_password_is_in_what_the_job_said_or_left(second, platform, raw):
    password = opsdb.secret(platform.state)
    for item in raw.list("opsdb/_"):
        if item.key.endswith(".json"):
            assert password not in str(raw.read_json(item.key))
