"""A row lost, doubled, invented and mixed up in every stage: each must turn the balance of that stage red, and a clean
day leaves all of them green.
"""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from aero_assets.arrivals import list_arrivals, plan
from aero_assets.defs.published import balance
from aero_assets.defs.published.export import DuckDbSource, Publisher, Relation
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.feeds import find
from aero_assets.published import PublishedCopy
from aero_assets.warehouses import DuckDb
from bench import sample
from bench.flights import FIRST
from tests import faults
from tests.fakes import FolderBucket, drop
from tests.unit.assets import test_leg_balance as legs
from tests.unit.infra import test_door_balance as door
from tests.unit.ingest import test_gateway_balance as gateway

FEED = find("partner/bts_ontime")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
LEGS = Relation("operations.fct_leg", "from legs", "Legs. One row per leg.")
#: Statements that spoil the relation of judged rows, in which the engine keeps all records of a day.
ENGINE = {
    "lose": "delete from judged where rowid = (select min(rowid) from judged where reason is null)",
    "double": "insert into judged from judged where rowid = (select min(rowid) from judged where reason is null)",
    "invent": "insert into judged select * replace ('x' as event_id, 'x' as raw_ref) from judged "
    "where reason is null limit 1",
    "mix": "update judged set origin = destination, destination = origin where rowid < 2",
}

Verdict = tuple[int, int]


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Try every mutation of every stage; `failed` names those that stayed green, and clean days that did not."""
    results: dict[str, Any] = {"mutations": 0, "red": 0, "clean_days": 0, "failed": []}
    with TemporaryDirectory(prefix="mutations-") as folder:
        for number, (name, is_clean, attempt) in enumerate(_all()):
            difference, mixed = attempt(Path(folder) / f"{number}")
            is_red = bool(difference or mixed)
            log(f"{name}: {difference:+} rows not accounted for, {mixed} mixed up")
            results["clean_days" if is_clean else "mutations"] += 1
            results["red"] += is_red
            if is_red == is_clean:
                results["failed"].append(f"{name} is {'red' if is_red else 'green'}")
    return results


def _all() -> Iterator[tuple[str, bool, Callable[[Path], Verdict]]]:
    """Every attempt: its name, whether nothing is spoiled in it, and what does it in a folder."""
    yield "door: clean", True, lambda _: _of(door.outcome(door.GOOD, gzip.compress(door.GOOD)))
    yield "gateway: clean", True, lambda _: (gateway.take(gateway.MESSAGES)[1], 0)
    yield "typed: clean", True, _typed
    yield "warehouse: clean", True, lambda root: _warehouse(root, "select 1")
    yield "published: clean", True, lambda root: _published(root, None)
    for kind, (rows, *_) in door.SPOILED.items():
        body = gzip.compress(door.HEADER + b"".join(rows))
        yield f"door: {kind}", False, lambda _, body=body: _of(door.outcome(door.GOOD, body))
    yield "gateway: lose", False, lambda _: (gateway.take(gateway.MESSAGES, lambda number: int(number != 1))[1], 0)
    yield "gateway: double", False, lambda _: (gateway.take(gateway.MESSAGES, lambda number: 1 + (number == 1))[1], 0)
    for kind in faults.KINDS:
        yield f"typed, reader: {kind}", False, lambda root, kind=kind: _typed(root, read=faults.reader(kind))
        yield f"typed, engine: {kind}", False, lambda root, kind=kind: _typed(root, connect=_engine(ENGINE[kind]))
        yield f"published, export: {kind}", False, lambda root, kind=kind: _published(root, kind)
        if kind != "mix":  # a store that mixes is caught by the digest of the file
            yield f"typed, store: {kind}", False, lambda root, kind=kind: _typed(root, spoiled=kind)
    for name, (statement, *_) in legs.SPOILS.items():
        yield f"warehouse: {name}", False, lambda root, statement=statement: _warehouse(root, statement)


def _of(row: dict[str, Any]) -> Verdict:
    return door.left(row), row["mixed"]


def _engine(statement: str) -> Callable[[str], Any]:
    return lambda path: faults.Engine(duckdb.connect(path), "create or replace temp table judged", statement)


def _typed(root: Path, spoiled: str = "", **given: Any) -> Verdict:  # noqa: ANN401 - of Compactor
    """A day of a few hundred legs as a partner sends them, through the typed step."""
    raw = FolderBucket(root / "raw")
    lake = faults.Store(root / "lake", "typed/", spoiled, "origin") if spoiled else FolderBucket(root / "lake")
    root.mkdir()
    sample.write(root / "day.csv.gz", FIRST, 1, seed=1)
    drop(raw, FEED, f"{FEED.path}/day.csv.gz", (root / "day.csv.gz").read_bytes(), AT)
    compactor = Compactor(raw, lake, root / "scratch", **given)
    done = compact_day(compactor, FEED, plan(list_arrivals(raw, FEED)), AT.date()).outcome
    return done.difference, done.mixed


def _warehouse(root: Path, statement: str) -> Verdict:
    root.mkdir()
    legs.fill(root)
    balance = legs.count(root, statement)
    return legs.left(balance), balance.mixed


def _published(root: Path, kind: str | None) -> Verdict:
    """A month of legs from a warehouse to a reader."""
    with duckdb.connect() as warehouse:
        warehouse.execute("""
            create table legs as
            select date '2026-09-01' + (n % 30)::int as operating_date, 'R' || n % 7 as route, n as leg, n * 7 as seats
            from range(600) t(n)
        """)
        part = root / "scratch" / "part.parquet"
        spoil = faults.Engine(warehouse, "copy (", lambda _: faults.spoil(part, kind, "leg") if kind else None)
        lake = FolderBucket(root / "lake")
        before = balance.in_warehouse(DuckDb(warehouse, root), [LEGS])
        done = Publisher(lake, root / "scratch").publish(spoil, [LEGS], level="one", now=AT)  # ty: ignore[invalid-argument-type] - it stands for one
        sources = {LEGS.name: DuckDbSource(warehouse, lake, root)}
        counts = balance.count(sources, before, done, PublishedCopy(root / "copy", lake))
    return sum(rows - read for rows, read in counts.different.values()), counts.mixed
