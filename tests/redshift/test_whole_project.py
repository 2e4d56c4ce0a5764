"""The whole dbt project built through dbt-redshift: every table as DuckDB builds it, in full and by requested dates."""

import random
import re
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from tests.dbt.airline_rows import AirlineRows, Sent
from tests.dbt.project import Parsed, Warehouse, messages
from tests.dbt.typed_lake import sample, write, write_empty
from tests.redshift.partitions import reads
from tests.redshift.target import Target, multiset

FIRST, DAYS, LEGS = date(2026, 1, 20), 4, 12
AS_OF = "2026-04-01 12:00:00"
ENDED = re.compile(r"Done\. PASS=(\d+) WARN=\d+ ERROR=(\d+) SKIP=(\d+)")


@pytest.fixture(scope="module")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A lake of the sample and some days of the airline, of which the late rows are still to come."""
    warehouse = Warehouse(tmp_path_factory.mktemp("duck"), Parsed.at(tmp_path_factory.mktemp("project")))
    write_empty(warehouse.lake)
    write(warehouse.lake, sample())
    return warehouse


@pytest.fixture(scope="module")
def arrivals() -> tuple[list[Sent], list[Sent]]:
    """The rows of every sender of the airline, dealt into two arrivals at random."""
    sent = [body for body in AirlineRows(11, FIRST, DAYS, LEGS).sent() if body[2]]
    random.Random(5).shuffle(sent)
    return sent[: len(sent) // 2], sent[len(sent) // 2 :]


def arrive(lake: Path, sent: list[Sent]) -> list[str]:
    """Write what came; return the dates it is about."""
    dates: set[str] = set()
    for feed, file, rows in sent:
        mark = sha256(f"{feed.path}/{file}".encode()).hexdigest()[:8]
        write(lake, rows, arrived=f"2026-03-01-{mark}", feed=feed)
        dates |= {f"{row[feed.business_date]}" for row in rows}
    return sorted(dates)


def differing(target: Target, duck: Warehouse) -> list[str]:
    """Name the tables of which either target has rows that the other has not."""
    ours = target.tables()
    with duckdb.connect(str(duck.folder / "warehouse.duckdb"), read_only=True) as connection:
        listed = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_catalog = current_database() and table_schema <> 'main'"
        ).fetchall()
        theirs = {name: multiset(connection.execute(f"select * from {name}").fetchall()) for (name,) in listed}
    assert len(ours) > 90
    return [
        f"{name}: {list((ours.get(name, multiset([])) - theirs.get(name, multiset([]))).items())[:1]} and "
        f"{list((theirs.get(name, multiset([])) - ours.get(name, multiset([]))).items())[:1]}"
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name) != theirs.get(name)
    ]


def build(target: Target, duck: Warehouse, *arguments: str, dates: list[str] | None = None) -> tuple[int, int]:
    """Build on both targets; return nodes that passed and that did not, as dbt-redshift says."""
    result = duck.dbt("build", *arguments, dates=dates, as_of=AS_OF)
    assert result.success, messages(result)
    printed = target.build(duck.lake, AS_OF, dates, *arguments)
    ended = ENDED.search(printed)
    assert ended, printed[-3000:]
    passed, errors, skipped = map(int, ended.groups())
    assert errors + skipped == 0, "\n".join(line for line in printed.splitlines() if "ERROR" in line or "rror:" in line)
    return passed, errors


def test_every_table_is_as_duckdb_builds_it_in_full_and_by_requested_dates(target, duck, arrivals):
    arrive(duck.lake, arrivals[0])
    passed, _ = build(target, duck)
    assert passed > 350
    assert differing(target, duck) == []
    changed, sent = arrive(duck.lake, arrivals[1]), len(target.proxy.statements)
    build(target, duck, "--exclude-resource-type", "unit_test", dates=changed)
    assert differing(target, duck) == []
    dated = {dates for feed, dates in reads(target.proxy.statements[sent:]) if feed.builds_dates}
    assert dated == {frozenset(changed)}
