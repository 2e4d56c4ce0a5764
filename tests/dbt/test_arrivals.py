"""The order in which rows arrive changes no mart: arrivals at random end in the marts of one build of everything.

Each arrival is followed by a build of the dates that the sensor would ask for: those whose typed version changed.
`AIRLINE_LEGS`, `AIRLINE_ARRIVALS` and `AIRLINE_LATE` in the environment ask for more than one small case.
"""

import os
import random
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from aero_assets.feeds import feeds
from aero_assets.manifests import ArrivalManifest, TypedFile, typed_versions
from tests.dbt.airline_rows import AirlineRows, Sent, shuffled
from tests.dbt.project import Warehouse, messages
from tests.dbt.typed_lake import write

FIRST, DAYS = date(2026, 1, 20), 35
LEGS = int(os.environ.get("AIRLINE_LEGS", "16"))
ARRIVALS = int(os.environ.get("AIRLINE_ARRIVALS", "4"))
#: The feeds whose last rows come after everything else, one case each; `all` stands for every feed.
LATE = os.environ.get("AIRLINE_LATE", "opsdb/fx_rates")
FEEDS = tuple(feed.path for feed in feeds()) if LATE == "all" else tuple(LATE.split(","))
DATED = ("--select", "tag:operating_day", "--exclude-resource-type", "unit_test")
MODELS = (*DATED, "test")
#: The instant of all figures: a leg is due by the clock, and two builds have two clocks.
AS_OF = "2026-04-01 12:00:00"


@pytest.fixture(scope="module")
def sent() -> list[Sent]:
    """Everything that the senders of the airline send about 35 days."""
    return [body for body in AirlineRows(11, FIRST, DAYS, LEGS).sent() if body[2]]


def arrive(warehouse: Warehouse, sent: list[Sent], name: str) -> Iterator[ArrivalManifest]:
    """Write what came together, a file for each sender's file and date; yield a manifest for each."""
    for feed, file, rows in sent:
        mark = sha256(f"{feed.path}/{file}".encode()).hexdigest()[:8]
        write(warehouse.lake, rows, arrived=f"2026-03-01-{mark}", feed=feed)
        dates = sorted({f"{row[feed.business_date]}" for row in rows})
        keys = {f"typed/{feed.path}/{feed.business_date}={on}/arrived=2026-03-01-{mark}.parquet": on for on in dates}
        files = tuple(TypedFile(key, mark, on, 1) for key, on in keys.items())
        yield ArrivalManifest(feed.path, f"{name}-{mark}", "level", files)


def complete(warehouse: Warehouse, *arguments: str, dates: list[str]) -> None:
    """Build these dates; a warning is no failure."""
    result = warehouse.dbt("build", *arguments, dates=dates, as_of=AS_OF)
    assert result.success, messages(result)


def emptied(built: Warehouse, folder: Path) -> Warehouse:
    """A warehouse with the seeds and views of the sample, an empty lake, and no row in a mart."""
    warehouse = built.copy(folder)
    for path in (warehouse.lake / "typed").rglob("arrived=2015*.parquet"):
        path.unlink()
    warehouse.build("--full-refresh", *MODELS)
    return warehouse


@pytest.fixture(scope="module")
def whole(built: Warehouse, sent: list[Sent], tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse built once, of everything; read only."""
    warehouse = emptied(built, tmp_path_factory.mktemp("whole") / "warehouse")
    warehouse.copy(warehouse.folder.with_name("empty"))
    dates = sorted(typed_versions(arrive(warehouse, sent, "all")))
    assert len(dates) >= DAYS
    complete(warehouse, *DATED, dates=dates)
    return warehouse


@pytest.mark.parametrize("late", FEEDS)
def test_arrivals_in_any_order_end_in_the_marts_of_one_build(whole, sent, tmp_path, late):
    bit_by_bit = Warehouse(whole.folder.with_name("empty"), whole.parsed).copy(tmp_path / "bit_by_bit")
    versions: dict[str, str] = {}
    manifests: list[ArrivalManifest] = []
    dealt = shuffled(sent, ARRIVALS, random.Random(late), late)
    for number, arrival in enumerate(dealt):
        manifests += arrive(bit_by_bit, arrival, f"{number}")
        now = typed_versions(manifests)
        changed = sorted(on for on, version in now.items() if versions.get(on) != version)
        complete(bit_by_bit, *MODELS, dates=changed)
        versions = now
    expected, built_of_bits = whole.marts(), bit_by_bit.marts()
    differing = [
        _difference(mart, rows, built_of_bits[mart]) for mart, rows in expected.items() if rows != built_of_bits[mart]
    ]
    assert not differing, "\n".join(differing)
    empty = sorted(mart for mart, rows in expected.items() if not rows)
    assert empty == [], "a mart without rows proves nothing"


def _difference(mart: str, expected: list[tuple], rows: list[tuple]) -> str:
    missing, more = sorted(set(expected) - set(rows), key=str), sorted(set(rows) - set(expected), key=str)
    return f"{mart}: {len(missing)} rows missing, first {missing[:1]}; {len(more)} more, first {more[:1]}"
