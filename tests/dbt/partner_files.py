"""The public files that partners publish, through the real typed step into the lake of a warehouse under test."""

from datetime import UTC, datetime
from pathlib import Path

from aero_assets.arrivals import plan, receipts
from aero_assets.defs.typed.compaction import Compacted, Compactor, compact_day
from aero_assets.feeds import find
from tests.dbt.project import Warehouse
from tests.fakes import FolderBucket, drop
from tests.judging import kept

ARRIVED = datetime(2026, 11, 20, 8, tzinfo=UTC)


def arrive(warehouse: Warehouse, feed: str, file: Path, at: datetime = ARRIVED) -> Compacted:
    """Drop a file of a feed and compact its arrival day."""
    raw, about = FolderBucket(warehouse.folder / "raw"), find(feed)
    drop(raw, about, f"{feed}/{file.name}", kept(file), at)
    compactor = Compactor(raw, FolderBucket(warehouse.lake), warehouse.folder / "scratch")
    return compact_day(compactor, about, plan(receipts(raw, about)), at.date())
