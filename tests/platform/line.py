"""The production line without its daemon: real sensors, jobs, emulator and dbt, driven tick by tick in this process."""

import subprocess
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from aero_assets.environment import PROJECT, Environment
from aero_assets.lake import LakeCopy
from aero_assets.published import CURRENT, Manifest, PublishedCopy
from aero_assets.storage import Bucket
from aero_cli.demo import results
from aero_local.state import State

MARTS = ("fct_leg", "fct_route_day", "fct_carrier_day", "fct_delay_cause_day", "fct_delay_code_day", "fct_otp_day")
FEED = "partner/bts_ontime"


class Line:
    """Drops files as the partner does, and lets the sensors and jobs run until nothing is behind."""

    def __init__(self, state: State) -> None:
        from aero_assets.definitions import defs

        self.state, self.defs = state, defs()
        self.instance = dg.DagsterInstance.ephemeral()
        self.cursors: dict[str, str | None] = {}

    @property
    def lake(self) -> Bucket:
        return Bucket(Environment.current().lake_bucket)

    def drop(self, name: str, body: bytes, *, feed: str = FEED) -> dict:
        """Put a file into the inbox; return the outcome the door writes for this arrival."""
        key = f"{feed}/{name}"
        mark = sha256(key.encode()).hexdigest()[:12]
        before = self.doors_words()
        inbox = Environment.current().inbox_bucket
        self.state.session("partner").client("s3").put_object(Bucket=inbox, Key=key, Body=body)
        return self.doors_word(mark, before)

    def doors_words(self) -> set[str]:
        """The keys of the door's outcomes so far."""
        return {item.key for item in self.lake.list("_outcomes/door/")}

    def doors_word(self, mark: str, before: set[str]) -> dict:
        """Wait for what the door says of an inbox key, by the mark of its hash, beside what it had said before."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for name in self.doors_words() - before:
                if mark in name and (row := self.lake.read_json(name)):
                    return row
            time.sleep(0.05)
        raise AssertionError(f"the door said nothing about {mark}")

    def tick(self, name: str) -> list[dg.RunRequest]:
        """Evaluate a sensor once, as the daemon would."""
        repository = self.defs.get_repository_def()
        resources = repository.get_top_level_resources()
        context = dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursors.get(name),
            repository_def=repository,
            resources={"zones": resources["zones"]},
        )
        data = repository.get_sensor_def(name).evaluate_tick(context)
        self.cursors[name] = data.cursor
        for event in data.asset_events:
            self.instance.report_runless_asset_event(event)
        return list(data.run_requests or ())

    def settle(self) -> list[str]:
        """Tick and run until both sensors ask for nothing; return the names of the jobs that ran."""
        ran: list[str] = []
        while requests := self.tick("arrivals") or self.tick("typed_changes"):
            ran += [self.run(request) for request in requests]
        return ran

    def run(self, request: dg.RunRequest) -> str:
        """Run what a sensor asks for; return the name of the job."""
        assert request.job_name
        done = self.job(request).execute_in_process(instance=self.instance, tags=request.tags, raise_on_error=True)
        assert done.success
        return request.job_name

    def job(self, request: dg.RunRequest) -> dg.JobDefinition:
        """Return the job of a request, with the assets and checks that it names."""
        job, checks = self.defs.resolve_job_def(f"{request.job_name}"), request.asset_check_keys
        if not request.asset_selection:
            return job
        return job.get_subset(
            asset_selection=set(request.asset_selection), asset_check_selection=None if checks is None else set(checks)
        )

    def check(self, asset: dg.AssetKey, name: str) -> Mapping[str, Any]:
        """Return what stands on the page of a check after its latest run."""
        key = dg.AssetCheckKey(asset, name)
        [record] = self.instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
        evaluation = record.evaluation
        assert evaluation
        return evaluation.metadata

    def publish(self) -> list[str]:
        """Tick the sensor of the published marts as if it had waited, and run what it asks for; return the jobs."""
        self.cursors["unpublished_changes"] = "2000-01-01T00:00:00+00:00"
        return [self.run(request) for request in self.tick("unpublished_changes")]

    def published(self) -> dict | None:
        """The published version that readers find; None before there is one."""
        return self.lake.read_json(CURRENT)

    def manifest(self) -> Manifest:
        """Return the current version."""
        return Manifest.from_json(self.published() or {})

    def results(self) -> dict:
        """The results that a demo would print of this platform now."""
        self.publish()
        snapshot = PublishedCopy(self.state.published_copy, self.lake).pull()
        return results.collect(
            snapshot,
            results.stages(LakeCopy(self.state.lake_copy, self.lake), self.state.warehouse, snapshot),
            "jan",
            {},
        )

    def marts(self) -> dict[str, list[tuple]]:
        """Return every mart as a multiset: its rows in order."""
        with duckdb.connect(str(self.state.warehouse), read_only=True) as connection:
            return {mart: connection.execute(f"from operations.{mart} order by all").fetchall() for mart in MARTS}

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.state.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def refused(self) -> dict[str, int]:
        """Count the rows in quarantine by reason."""
        folder = self.state.root / "quarantine"
        for old in folder.glob("*.parquet"):
            old.unlink()
        for number, item in enumerate(self.lake.list(f"quarantine/{FEED}/")):
            if item.key.endswith(".parquet"):
                self.lake.download(item.key, folder / f"{number}.parquet")
        if not list(folder.glob("*.parquet")):
            return {}
        return dict(duckdb.execute(f"select reason, count(*) from '{folder}/*.parquet' group by 1").fetchall())

    def dbt(self, *arguments: str) -> str:
        """Run dbt by hand, as an analyst does."""
        command = [str(Path(sys.executable).with_name("dbt")), *arguments, "--target-path", str(self.state.dbt_target)]
        done = subprocess.run(command, cwd=PROJECT / "dbt_project", env=self.state.env("analyst"), text=True,
                              capture_output=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:]
        return done.stdout
