"""From the inbox to a published version with the warehouse on target redshift: real sensors, jobs, emulator and dbt.

Spectrum and UNLOAD are stand-ins beside PostgreSQL that read the real catalogue and write the emulator's S3.
"""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg2
import pytest

from aero_assets.defs.catalog.glue import TypedCatalog
from aero_assets.defs.published.assets import mart_relations
from aero_assets.defs.published.unload import reader_type
from aero_assets.environment import Environment
from aero_assets.feeds import find
from aero_assets.manifests import Levels
from aero_assets.published import PublishedCopy, Snapshot
from aero_assets.storage import Bucket
from bench import sample
from tests.account.checks import column_added_later
from tests.platform.conftest import running
from tests.platform.line import Line
from tests.redshift.conftest import an_empty_database
from tests.redshift.external import Spectrum
from tests.redshift.target import Target, multiset
from tests.redshift.unload import Unload
from tests.unit.assets.test_published_schema import GOLDEN

#: The last day of a month and the first of the next.
OCTOBER, NOVEMBER = datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
LEGS_OF_A_DAY = 60


class Redshift(Line):
    """The production line whose warehouse is not a file."""

    def __init__(self, state: Any, target: Target, unload: Unload, folder: Path) -> None:
        super().__init__(state)
        self.target, self.unload, self.folder = target, unload, folder

    def send(self, on: datetime, seed: int) -> None:
        """Drop the file of a day; another seed is a correction of all its legs."""
        file = self.folder / f"legs_{on:%Y%m%d}_{seed}.csv.gz"
        sample.write(file, on, 1, seed)
        assert self.drop(file.name, file.read_bytes())["status"] == "accepted"

    def snapshot(self) -> Snapshot:
        """Pin the current version, as the web app does."""
        return PublishedCopy(self.state.published_copy, self.lake).pull()

    def ask(self) -> list[dg.RunRequest]:
        """Return what the sensors ask for once everything before the marts is done."""
        while requests := self.tick("arrivals"):
            for request in requests:
                self.run(request)
        return self.tick("typed_changes")

    def attempt(self, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
        """Run what a sensor asks for, which may fail."""
        return self.job(request).execute_in_process(instance=self.instance, tags=request.tags, raise_on_error=False)

    def legs(self) -> list[tuple[Any, ...]]:
        """Return the legs in the warehouse by date."""
        with psycopg2.connect(self.target.dsn) as connection, connection.cursor() as cursor:
            cursor.execute("select operating_date, count(*) from operations.fct_leg group by 1 order by 1")
            return [(f"{day}", count) for day, count in cursor.fetchall()]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redshift]:
    """Two days of flights on an empty platform, built and published."""
    folder = tmp_path_factory.mktemp("orchestrated")
    with (
        an_empty_database() as target,
        running(folder) as platform,
        platform.state.acting_as("orchestrator", AERO_WAREHOUSE_KIND="redshift"),
        pytest.MonkeyPatch.context() as environment,
    ):
        del os.environ["AERO_WAREHOUSE"]
        for name, value in target.profile().items():
            environment.setenv(name, value)
        root, here = platform.session("root"), Environment.current()
        s3: Any = root.client("s3")
        unload = Unload(target.dsn, Bucket(here.lake_bucket, s3))
        target.proxy.unload = unload
        target.proxy.refresh = Spectrum(target.dsn, root.client("glue"), s3, here.typed_database).refresh
        found = Redshift(platform.state, target, unload, folder)
        for on in (OCTOBER, NOVEMBER):
            found.send(on, 1)
        assert found.settle()[-1] == "catch_up"
        yield found


def test_readers_find_what_redshift_holds_in_the_types_that_duckdb_publishes(line):
    assert line.legs() == [("2026-10-31", LEGS_OF_A_DAY), ("2026-11-01", LEGS_OF_A_DAY)]
    snapshot, ours = line.snapshot(), line.target.tables()
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    marts = [table for table in snapshot.manifest.tables if table.name in ours]
    assert {table.name for table in marts} == {relation.name for relation in mart_relations()}
    with snapshot.connect() as reader:
        for table in marts:
            names = ", ".join(f'"{name}"' for name in table.columns)
            read = reader.execute(f"select {names} from {table.name}")
            kinds = {name: f"{kind}" for name, kind, *_ in read.description}
            assert multiset(read.fetchall()) == line.target.rows(table.name, names), table.name
            assert kinds == dict(table.columns), table.name
            assert kinds == {name: reader_type(kind) for name, kind in golden[table.name].items()}, table.name
        lights = reader.execute("select count(*) from operations.route_status").fetchone()
    assert lights
    assert lights[0] > 0


def test_a_corrected_day_unloads_its_month_and_keeps_the_files_of_the_other(line):
    before = {part.key for part in line.snapshot().manifest.parts.values()}
    line.send(NOVEMBER, 2)
    assert line.settle() == ["ingest", "warehouse"]
    after = {part.key for part in line.snapshot().manifest.parts.values()}
    legs = {key for key in before ^ after if "/operations.fct_leg/" in key}
    assert len(legs) == 2
    assert all("/2026-11-" in key for key in legs)


def test_a_conflict_between_delete_and_insert_loses_no_row_and_the_day_is_asked_for_again(line):
    before = line.target.rows("operations.fct_leg", "leg_uid, arrival_delay_minutes")
    line.send(NOVEMBER, 3)
    [request] = line.ask()
    line.target.proxy.fault = lambda sql: (
        "1023 DETAIL: Serializable isolation violation on table" if "insert into" in sql and 'fct_leg"' in sql else ""
    )
    assert not line.attempt(request).success
    line.target.proxy.fault = lambda _: ""
    assert line.target.rows("operations.fct_leg", "leg_uid, arrival_delay_minutes") == before
    assert [again.job_name for again in line.tick("typed_changes")] == ["warehouse"]


def test_a_run_that_is_killed_leaves_its_days_asked_for(line):
    line.send(NOVEMBER, 4)
    [request] = line.ask()
    line.target.proxy.fault = lambda sql: _killed() if "fct_route_day" in sql and "insert" in sql else ""
    assert not line.attempt(request).success
    line.target.proxy.fault = lambda _: ""
    assert Levels(line.lake, "warehouse").read()["2026-11-01"] == "under way"
    assert [again.job_name for again in line.tick("typed_changes")] == ["warehouse"]


def test_an_unload_that_died_changes_nothing_for_readers_and_is_done_again(line):
    before = line.snapshot()
    line.send(NOVEMBER, 5)
    [request] = line.ask()
    line.unload.dies = True
    assert not line.attempt(request).success
    assert line.snapshot().version == before.version
    line.unload.dies = False
    # The marts were built; only the publication is behind.
    assert line.settle() == []
    assert line.publish() == ["publish"]
    after = line.snapshot()
    assert after.version != before.version
    with after.connect() as reader:
        read = reader.execute("select leg_uid, arrival_delay_minutes from operations.fct_leg").fetchall()
    assert multiset(read) == line.target.rows("operations.fct_leg", "leg_uid, arrival_delay_minutes")
    assert Levels(line.lake, "warehouse").read()["2026-11-01"] not in ("", "under way")


def _killed() -> str:
    """Kill every dbt below this process."""
    import psutil

    for process in psutil.Process().children(recursive=True):
        if any("aero-dbt" in word for word in process.cmdline()):
            process.kill()
    return "the client is gone"


def test_the_check_for_an_account_shows_a_column_that_was_added_after_its_partition(line):
    def rows(sql: str) -> list[tuple[Any, ...]]:
        session = line.target.session()
        with closing(session.connection):
            return session.rows(sql)

    glue = line.state.session("orchestrator").client("glue")
    catalog = TypedCatalog(Environment.current().typed_database, line.lake.name, glue)
    assert column_added_later(rows, catalog, line.lake, find("partner/targets")) == ["late"]


def test_nothing_of_the_warehouse_is_on_this_disk(line):
    assert list(line.state.root.rglob("*.duckdb")) == []
    assert timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(line.snapshot().manifest.published_at)
