"""The live part for tests of assets and sensors: the semáforo over tables in memory, and zones on folders."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import dagster as dg
import duckdb

from aero_assets.defs.published.export import Publisher, Relation
from aero_assets.live import Live, LiveStore, Topic
from aero_assets.published import PublishedCopy
from aero_assets.storage import Bucket
from tests.fakes import FolderBucket
from tests.unit.assets.test_sensors import FolderZones
from tests.unit.streaming.alert_samples import TABLES, Line, state
from tests.unit.streaming.fakes import FakeDynamo, FakeSns, refused


class LiveDynamo(FakeDynamo):
    """The tables with what the orchestrator writes; `is_there` False is a platform without its live part."""

    is_there = True

    def batch_write_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:
        """Take all but the last of a batch, as a busy table does."""
        self._call("batch_write_item", RequestItems)
        [(table, requests)] = RequestItems.items()
        assert 1 <= len(requests) <= 25
        taken, left = (requests[:-1], requests[-1:]) if len(requests) > 1 else (requests, [])
        for request in taken:
            self._put({"TableName": table, "Item": request["PutRequest"]["Item"]})
        return {"UnprocessedItems": {table: left} if left else {}}

    def _call(self, name: str, asked: dict[str, Any]) -> None:
        if not self.is_there:
            raise refused("ResourceNotFoundException")
        super()._call(name, asked)


class FakeLive(Live):
    """The live tables of a test, by name: Dagster makes its own copies of resources."""

    name: str
    known: ClassVar[dict[str, "LiveDynamo"]] = {}

    sent: ClassVar[dict[str, "FakeSns"]] = {}

    def _store(self) -> LiveStore:
        return LiveStore(self.known[self.name], TABLES)

    def _topic(self) -> Topic:
        return Topic("arn:aws:sns:us-east-1:000000000000:aero-local-alerts", self.sent[self.name])


class AlertZones(FolderZones):
    """Zones on folders, with scratch and published marts."""

    def copy_of_published(self) -> PublishedCopy:
        return PublishedCopy(Path(self.root) / "published", self.lake())

    def scratch(self) -> Path:
        return Path(self.root) / "scratch"

    def lake(self) -> Bucket:
        return FolderBucket(Path(self.root) / "lake", "lake")


class LiveLine(Line):
    """The semáforo, seen by the orchestrator too."""

    def __init__(self) -> None:
        super().__init__()
        self.dynamo = LiveDynamo()
        self.store = LiveStore(self.dynamo, TABLES)
        self.restart()
        name = f"{id(self)}"
        FakeLive.known[name] = self.dynamo
        self.daily = FakeLive.sent[name] = FakeSns()
        self.live = FakeLive(name=name)
        self._delays = 0

    def delay(self, number: int, minutes: int = 130, received: str = "", **values: Any) -> None:
        """A flight that is expected so late: one alert, which fires when it is received, six minutes after the last."""
        received = received or f"18:{6 * self._delays:02d}"
        self._delays += 1
        self.late(minutes, number, values.pop("version", 3), received, tail=f"XA{number}", **values)

    def log(self) -> list[dict[str, Any]]:
        """The transition log in order of arrival."""
        return sorted(self.dynamo.rows("transitions"), key=lambda line: line["arrival"])


def tick(sensor: dg.SensorDefinition, instance: dg.DagsterInstance, line: LiveLine, zones: FolderZones | None = None,
         cursor: str | None = None) -> Any:  # fmt: skip
    """Let a sensor look once."""
    resources = {"live": line.live} | ({"zones": zones} if zones else {})
    return sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor, resources=resources))


def publish(zones: FolderZones, days: int = 10, day: str = "2026-11-20", late: int = 2) -> None:
    """Publish route days before the day of the samples, and two alerts that ended."""
    with duckdb.connect() as warehouse:
        warehouse.execute(f"""
            create table route_day as
            select (date '{day}' - n::int)::date as operating_date, 'MEX' as origin, 'CUN' as destination,
                   'MEX-CUN' as route, 11 as scheduled_legs, 1 as cancelled_legs, 10 as arr_tracked_legs,
                   10 - {late} as a14_on_time_legs
            from range({days}) t(n);
            create table alert as
            select date '2026-11-01' as operating_date, 'k' || n as alert_key, 'long_delay_flight' as rule_id,
                   'leg' as scope_type, 's' as scope_id, 'RESUELTA' as resolution, 'red' as highest_level,
                   20 + 20 * n::int as minutes_open
            from range(2) t(n)
        """)
        relations = [Relation("operations.fct_route_day", "from route_day", "Days. One row per day."),
                     Relation("operations.fct_alert", "from alert", "Alerts. One row per alert.")]  # fmt: skip
        Publisher(zones.lake(), zones.scratch()).publish(warehouse, relations, level="1", now=datetime.now(UTC))


def run(asset: dg.AssetsDefinition, instance: dg.DagsterInstance, line: LiveLine, zones: FolderZones,
        **tags: str) -> Any:  # fmt: skip
    """Run an asset over the live tables and the zones of a test."""
    return dg.materialize([asset], instance=instance, resources={"zones": zones, "live": line.live}, tags=tags)


def bad_day() -> dict[str, Any]:
    """A route that is over for today, twelve of twenty late."""
    legs: dict[str, Any] = dict.fromkeys(("scheduled_legs", "operated_legs", "arrived_legs", "accounted_legs"), 20)
    return state(version=2, arr_late_15_legs=12, **legs)
