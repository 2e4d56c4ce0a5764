"""The job, the register and the migrations know the same tables."""

import re

import pytest

from aero_airline.opsdb import KEYS
from aero_assets.feeds import feeds
from aero_extract.migrate import read
from aero_extract.tables import TABLES

FEEDS = {feed.name: feed for feed in feeds() if feed.arrival == "table"}


def test_every_extracted_table_has_a_feed_and_every_feed_a_table():
    assert FEEDS.keys() == TABLES.keys() == KEYS.keys()


@pytest.mark.parametrize("name", TABLES)
def test_a_feed_reads_the_columns_of_its_table_and_what_the_extract_adds(name):
    added = {"row_id", "extracted_at"} | (set() if TABLES[name].stamp else {"row_version", "deleted_at"})
    assert set(FEEDS[name].header) == set(TABLES[name].columns) | added


@pytest.mark.parametrize("name", TABLES)
def test_the_migrations_make_the_columns_that_the_job_knows(name):
    sql = "\n".join(migration.sql for migration in read())
    [body] = re.findall(rf"create table opsdb\.{name} \((.*?)\n\);", sql, re.DOTALL)
    made = [line.split()[0] for line in body.splitlines() if re.match(r" {4}[a-z_]+ [a-z]", line)]
    added = re.findall(rf"alter table opsdb\.{name} add column (\w+) ", sql)
    assert [column for column in made + added if column != "primary"] == list(TABLES[name].columns)


@pytest.mark.parametrize("name", TABLES)
def test_the_airline_and_the_job_agree_on_keys(name):
    assert TABLES[name].key == KEYS[name]
