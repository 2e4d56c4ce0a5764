"""Events of runs on one machine: as Dagster's own storage keeps them, and as few writes as can be."""

from datetime import date, timedelta

import dagster as dg
import pytest

from aero_assets.run_dates import range_tags, tags_of
from aero_local.run_events import BatchedEvents
from aero_local.services.dagster import BATCHES, write_settings

FIRST = date(2025, 1, 1)
LAST, WEEK = FIRST + timedelta(364), timedelta(6)
KEYS = [dg.AssetKey(name) for name in ("a", "b", "c")]


@dg.multi_asset(
    specs=[dg.AssetSpec(key) for key in KEYS],
    partitions_def=dg.DailyPartitionsDefinition(start_date=f"{FIRST}"),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def marts():
    for key in KEYS:
        yield dg.MaterializeResult(key, metadata={"rows": 1})


@pytest.fixture
def instance(tmp_path, monkeypatch):
    """An instance over a DAGSTER_HOME as `aero up` makes it."""
    for name, value in BATCHES.items():
        monkeypatch.setenv(name, value)
    write_settings(tmp_path)
    with dg.DagsterInstance.from_config(f"{tmp_path}") as found:
        yield found


def events(instance, done, kind):
    return [entry for entry in instance.all_logs(done.run_id, of_type=kind)]


def latest(instance, key):
    event = instance.get_latest_materialization_event(key)
    assert event
    assert event.asset_materialization
    return event.asset_materialization


def test_a_range_is_planned_by_one_event_per_asset(instance):
    assert isinstance(instance.event_log_storage, BatchedEvents)
    done = dg.materialize([marts], instance=instance, tags=range_tags(f"{FIRST}", f"{LAST}"))
    assert len(events(instance, done, dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED)) == len(KEYS)


def test_a_set_of_dates_is_planned_by_one_event_per_asset(instance):
    done = dg.materialize([marts], instance=instance, tags=tags_of([f"{FIRST}", f"{LAST}"]))
    assert len(events(instance, done, dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED)) == len(KEYS)


def test_a_batch_is_kept_as_dagsters_own_storage_keeps_it(instance, tmp_path):
    plain_home = tmp_path / "plain"
    plain_home.mkdir()
    with dg.DagsterInstance.local_temp(f"{plain_home}") as plain:
        for storage in (instance, plain):
            assert dg.materialize([marts], instance=storage, tags=range_tags(f"{FIRST}", f"{FIRST + WEEK}")).success
        for key in KEYS:
            ours, theirs = (storage.fetch_materializations(key, limit=1000).records for storage in (instance, plain))
            assert [record.partition_key for record in ours] == [record.partition_key for record in theirs]
            assert instance.get_materialized_partitions(key) == plain.get_materialized_partitions(key)
            ours, theirs = (latest(storage, key) for storage in (instance, plain))
            assert (ours.partition, ours.metadata.keys()) == (theirs.partition, theirs.metadata.keys())
            tags = [
                {record["dagster/data_version"] for record in storage.get_event_tags_for_asset(key)}
                for storage in (instance, plain)
            ]
            assert len(tags[0]) == len(tags[1]) == 1


def test_a_batch_costs_two_transactions_whatever_it_holds(instance):
    class Counting(BatchedEvents):
        opened = 0

        def _connect(self, shard):
            Counting.opened += 1
            return super()._connect(shard)

    done = dg.materialize([marts], instance=instance, tags=range_tags(f"{FIRST}", f"{LAST}"))
    batch = events(instance, done, dg.DagsterEventType.ASSET_MATERIALIZATION)[:100]
    storage = Counting(instance.event_log_storage._base_dir)
    storage.store_event_batch(batch[:2])
    few, Counting.opened = Counting.opened, 0
    storage.store_event_batch(batch)
    assert Counting.opened <= few
