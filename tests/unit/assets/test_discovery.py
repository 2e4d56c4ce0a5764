"""The raw zone in the catalog: a crawl that ends in any way, and what catalog and register say of each other."""

from pathlib import Path

import duckdb
import pytest
import yaml

from aero_assets.defs.catalog.glue import GLUE_TYPES, table_name
from aero_assets.defs.catalog.raw_tables import CrawlError, RawCatalog
from aero_assets.feeds import feeds, find
from tests.unit.infra.rendered import Loader

TEMPLATE = Path(__file__).parents[3] / "infra" / "catalog.yaml"
#: Columns of every typed row beside those of its feed.
OURS = {"source": "varchar", "version": "integer", "received_at": "timestamp", "raw_ref": "varchar"}
BTS, EVENTS = find("partner/bts_ontime"), find("ops/leg_events")


class Running(Exception):
    """As Glue says it."""


class FakeGlue:
    """A crawler that runs for some looks and ends in one way, and a database of tables."""

    class exceptions:
        CrawlerRunningException = Running

    def __init__(self, ends=("SUCCEEDED",), looks=2, runs_already=False, tables=()):
        self.ends, self.looks, self.runs_already, self.made = list(ends), looks, runs_already, list(tables)
        self.started, self.left, self.last = 0, looks if runs_already else 0, {}

    def start_crawler(self, Name):
        if self.runs_already:
            raise Running
        self.started, self.left = self.started + 1, self.looks

    def get_crawler(self, Name):
        state = "RUNNING" if self.left else "READY"
        if self.left:
            self.left -= 1
            if not self.left:
                self.last = {"Status": self.ends.pop(0), "ErrorMessage": "no access", "StartTime": self.started}
        return {"Crawler": {"State": state, "LastCrawl": dict(self.last)}}

    def get_paginator(self, name):
        assert name == "get_tables"
        return self

    def paginate(self, DatabaseName):
        return [{"TableList": self.made}]

    def create_table(self, DatabaseName, TableInput):
        self.made.append(TableInput)


def table(path, *columns):
    storage = {"Location": f"s3://raw/{path}/", "Columns": [{"Name": name} for name in columns]}
    return {"Name": path.replace("/", "_"), "StorageDescriptor": storage}


def catalog(**glue):
    return RawCatalog("aero_local_raw", "raw", "aero-local-raw", FakeGlue(**glue))


def test_a_crawl_is_waited_for_also_one_that_somebody_else_started():
    for already in (False, True):
        asleep = []
        assert catalog(runs_already=already).crawl(asleep.append)["Status"] == "SUCCEEDED"
        assert asleep


@pytest.mark.parametrize("end", ["FAILED", "CANCELLED"])
def test_a_crawl_that_ends_badly_says_why(end):
    with pytest.raises(CrawlError, match=f"{end}: no access"):
        catalog(ends=(end,)).crawl(lambda seconds: None)


def test_a_crawl_without_end_is_given_up():
    with pytest.raises(CrawlError, match="does not come to an end"):
        catalog(looks=10**6).crawl(lambda seconds: None)


def test_what_is_registered_from_the_register_agrees_with_it():
    raw = catalog()
    assert len(raw.register(feeds())) == len(feeds())
    assert raw.register(feeds()) == []
    assert raw.compare(feeds(), [feed.path for feed in feeds()]).is_none


def test_what_a_crawler_found_is_held_against_the_register():
    columns = [name.lower() for name in BTS.header]
    raw = catalog(tables=[table(BTS.path, *columns[1:], "surprise"), table("partner/stranger", "a")])
    difference = raw.compare(feeds(), [BTS.path, EVENTS.path])
    assert difference.missing == (EVENTS.path,)
    assert difference.unknown == ("partner/stranger",)
    assert difference.columns == {BTS.path: sorted(["surprise", columns[0]])}


def test_every_named_query_runs_over_tables_as_the_register_declares_them():
    resources = yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader)["Resources"]  # noqa: S506 - a safe loader with tags
    queries = [
        resource["Properties"]["QueryString"]
        for resource in resources.values()
        if resource["Type"] == "AWS::Athena::NamedQuery"
    ]
    assert len(queries) == 3
    with duckdb.connect() as connection:
        for feed in feeds():
            columns = ", ".join(f'"{column.name}" {column.type}' for column in feed.columns)
            names = {column.name for column in feed.columns}
            extra = "".join(f", {name} {kind}" for name, kind in OURS.items() if name not in names)
            connection.execute(f"create table {table_name(feed)} ({columns}{extra})")
        for query in queries:
            assert connection.execute(query).fetchall() == []
    assert set(GLUE_TYPES) >= {column.type for feed in feeds() for column in feed.columns}
