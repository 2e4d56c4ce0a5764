"""A build of some dates reads the files of these dates only, whatever the length of the history."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg2
import pytest

from tests.dbt.typed_lake import FEED, leg, write, write_empty
from tests.redshift.partitions import opened, reads
from tests.redshift.target import Target
from tests.redshift.test_whole_project import AS_OF, ENDED

DATES = [f"{date(2026, 1, 1) + timedelta(days=number)}" for number in range(100)]
#: Of the first ten dates; the rows of the first of these go, and those of the date after it, which nobody asks for.
REQUESTED = [DATES[2], DATES[7]]
GONE = (DATES[2], DATES[3])
#: A file, a table and every version of the rows of the table, with the tests of their sources.
READERS = (
    *("--select", "stg_partner__bts_ontime", "stg_opsdb__legs", "int_database_leg_version"),
    *("source:aero.partner.bts_ontime", "source:aero.opsdb.legs"),
)


@pytest.fixture
def readers(target: Target) -> Iterator[Target]:
    """The target, on which only models that read the lake are built, and that afterwards has nothing of them."""
    yield target
    with psycopg2.connect(target.dsn) as server, server.cursor() as cursor:
        cursor.execute("drop schema if exists staging, intermediate cascade")


def build(target: Target, lake: Path, dates: list[str] | None) -> list[str]:
    """Build models that read the lake; return the statements that dbt sent."""
    begin = len(target.proxy.statements)
    printed = target.build(lake, AS_OF, dates, *READERS)
    ended = ENDED.search(printed)
    assert ended, printed[-3000:]
    assert ended.groups() == ("6", "0", "0"), printed[-3000:]
    return target.proxy.statements[begin:]


def staged(target: Target) -> dict[str, int]:
    """Return the number of staged rows of each date."""
    with psycopg2.connect(target.dsn) as server, server.cursor() as cursor:
        cursor.execute(f"select cast(operating_date as varchar), count(*) from staging.{FEED.staging_model} group by 1")
        return dict(cursor.fetchall())


def test_requested_dates_open_as_many_partitions_after_a_hundred_dates_as_after_ten(readers, tmp_path):
    write_empty(tmp_path)
    write(tmp_path, [leg(number, day) for day in DATES[:10] for number in (1, 2)])
    whole = build(readers, tmp_path, None)
    assert {dates for _, dates in reads(whole)} == {None}
    assert staged(readers) == dict.fromkeys(DATES[:10], 2)
    # Model and test read ten dates and an empty one of the file; two models and a test the empty one of the table.
    assert opened(whole, tmp_path) == 2 * 11 + 3
    for day in GONE:
        shutil.rmtree(tmp_path / "typed" / FEED.path / f"{FEED.business_date}={day}")
    after_ten = build(readers, tmp_path, REQUESTED)
    assert opened(after_ten, tmp_path) == 2
    left = {day: 2 for day in DATES[:10] if day != REQUESTED[0]}
    assert staged(readers) == left, "a requested date that emptied empties, and no other"
    assert {dates for _, dates in reads(after_ten)} == {frozenset(REQUESTED)}
    write(tmp_path, [leg(3, day) for day in DATES if day not in GONE], arrived="2026-04-12-0123abcd")
    after_a_hundred = build(readers, tmp_path, REQUESTED)
    assert staged(readers) == left | {REQUESTED[1]: 3}
    assert opened(after_a_hundred, tmp_path) == 2
