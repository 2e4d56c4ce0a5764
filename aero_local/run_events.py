"""Dagster's event storage on one machine: Dagster's SQLite files, written with fewer transactions.

Dagster's SQLite storage creates a database engine and a connection for every transaction, compiles its statements
again, and splits batches: 8 to 10 ms per asset event. A run of a year has 8,000 such events before it starts and as
many when it ends. `dagster.yaml` in DAGSTER_HOME names this class; production has PostgreSQL, whose storage keeps its
engine and writes batches as they come.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from dagster import EventLogEntry
from dagster._core.events import ASSET_EVENTS
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine
from sqlalchemy.pool import QueuePool


@lru_cache(maxsize=32)
def _engine(address: str) -> Engine:
    """Return the engine of a file, with its connections and statements; a forked process must not inherit it."""
    return create_engine(address, poolclass=QueuePool, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})


class BatchedEvents(SqliteEventLogStorage):
    """Dagster's SQLite storage; a batch of asset events is one transaction in the run's file and one in the index."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "BatchedEvents":  # noqa: ANN401 - as the original
        """Return an instance of this class; the original method would return one of the parent class."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Generator[Connection]:
        with self._db_lock:
            engine = _engine(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    @property
    def supports_partition_subset_in_asset_materialization_planned_events(self) -> bool:
        """One planned event per asset, whatever the range (DAGSTER_EMIT_PARTITION_SUBSET_IN_PLANNED_EVENTS elsewhere).

        Its price: the partitions of a run that failed are not marked as failed. Levels know them and ask again.
        """
        return True

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events: as a batch if all are asset events of one run, else one by one."""
        if len({event.run_id for event in events}) > 1 or any(
            event.dagster_event_type not in ASSET_EVENTS or not event.get_dagster_event().asset_key for event in events
        ):
            super().store_event_batch(events)
            return
        statements = [self.prepare_insert_event(event) for event in events]
        with self.run_connection(events[0].run_id) as connection:
            for statement in statements:
                connection.execute(statement)
        with self.index_transaction() as connection:
            keys = [connection.execute(statement).inserted_primary_key for statement in statements]
            ids = [key[0] for key in keys if key]
            self._store_asset_event_tags(connection, events, ids)
            # An asset's entry holds its latest event: only that one counts.
            latest = {event.get_dagster_event().asset_key: (event, id_) for event, id_ in zip(events, ids, strict=True)}
            for event, id_ in latest.values():
                self._store_asset_event(connection, event, id_)
