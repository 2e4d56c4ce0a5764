"""The raw zone in the Glue catalog: the tables that a crawler finds, compared with those that the register declares.

A raw table holds text; only the typed zone gives columns a meaning. Where no crawler works (the emulator's crawler is a
timer that finds nothing), the tables are created from the register, and the result says so.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import boto3

from aero_assets.defs.catalog.crawl import Crawl
from aero_assets.defs.catalog.glue import table_name
from aero_assets.feeds import Feed

#: A crawl of the raw zone takes minutes; one that takes an hour hangs.
PATIENCE_SECONDS = 3_600
LOOK_SECONDS = 5
TEXT = "org.apache.hadoop.mapred.TextInputFormat"
HIVE_TEXT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
CSV, JSON = "org.apache.hadoop.hive.serde2.OpenCSVSerde", "org.openx.data.jsonserde.JsonSerDe"


class CrawlError(RuntimeError):
    """A crawl that did not end as it should."""


@dataclass(frozen=True)
class Difference:
    """Differences between the catalog of the raw zone and the register."""

    missing: tuple[str, ...]  #: feeds with objects and without a table
    unknown: tuple[str, ...]  #: tables that belong to no feed
    columns: dict[str, list[str]]  #: by feed, columns that only one of the two has

    @property
    def is_none(self) -> bool:
        """True if catalog and register agree."""
        return not (self.missing or self.unknown or self.columns)


class RawCatalog:
    """The Glue database of the raw zone and its crawler."""

    def __init__(self, database: str, bucket: str, crawler: str, glue: Any = None) -> None:  # noqa: ANN401
        self.database, self.bucket, self.crawler = database, bucket, crawler
        self.glue: Any = glue or boto3.Session().client("glue")

    def crawl(self, sleep: Callable[[float], object] = time.sleep) -> dict[str, Any]:
        """Start the crawler, wait for its end and return the description of its last crawl.

        If a crawl is running already, wait for that one. Raises CrawlError if the crawl failed, was cancelled or does
        not end.
        """
        before = self._last()
        # Somebody else's crawl is as good.
        with suppress(self.glue.exceptions.CrawlerRunningException):
            self.glue.start_crawler(Name=self.crawler)
        for _ in range(PATIENCE_SECONDS // LOOK_SECONDS):
            crawler = self.glue.get_crawler(Name=self.crawler)["Crawler"]
            if crawler["State"] == "READY" and crawler.get("LastCrawl", {}) != before:
                break
            sleep(LOOK_SECONDS)
        else:
            raise CrawlError(f"crawler {self.crawler} does not come to an end: look at it in the Glue console")
        last = crawler.get("LastCrawl", {})
        if last.get("Status") not in (None, "SUCCEEDED"):
            reason = last.get("ErrorMessage") or f"its log {last.get('LogGroup')}/{last.get('LogStream')} says why"
            raise CrawlError(f"crawler {self.crawler} ended as {last['Status']}: {reason}")
        return last

    def crawl_rules(self) -> Crawl:
        """Return the rules by which the crawler makes tables."""
        return Crawl.of(self.glue.get_crawler(Name=self.crawler)["Crawler"], self.bucket)

    def _last(self) -> dict[str, Any]:
        return self.glue.get_crawler(Name=self.crawler)["Crawler"].get("LastCrawl", {})

    def tables(self) -> dict[str, list[str]]:
        """Return the columns of every table, by the location of its data below the bucket."""
        columns_of = {}
        for page in self.glue.get_paginator("get_tables").paginate(DatabaseName=self.database):
            for table in page["TableList"]:
                storage = table["StorageDescriptor"]
                place = storage.get("Location", "").removeprefix(f"s3://{self.bucket}/").rstrip("/")
                columns_of[place] = [column["Name"] for column in storage["Columns"]]
        return columns_of

    def register(self, feeds: Iterable[Feed]) -> list[str]:
        """Create a table of text columns for every feed that has none; return their names."""
        known, made = self.tables(), []
        for feed in feeds:
            if feed.path not in known:
                self.glue.create_table(DatabaseName=self.database, TableInput=self._table(feed))
                made.append(table_name(feed))
        return made

    def compare(self, feeds: Iterable[Feed], with_objects: Iterable[str]) -> Difference:
        """Compare the tables with the register; `with_objects` are the feeds that have any arrival."""
        tables, by_path = self.tables(), {feed.path: feed for feed in feeds}
        columns = {}
        for path, headings in tables.items():
            feed = by_path.get(path)
            # Columns that a parser makes of a workbook or a message are no columns of its file.
            if feed and feed.format == "csv" and not feed.is_json:
                declared = {name.lower() for name in feed.header}
                if different := sorted(declared ^ {name.lower() for name in headings}):
                    columns[path] = different
        return Difference(
            missing=tuple(sorted(set(with_objects) - tables.keys())),
            unknown=tuple(sorted(tables.keys() - by_path.keys())),
            columns=columns,
        )

    def _table(self, feed: Feed) -> dict[str, Any]:
        is_csv = feed.format == "csv" and not feed.is_json and feed.arrival != "table"
        names = feed.header if is_csv or feed.is_json else ("body",)
        serde: dict[str, Any] = {"SerializationLibrary": CSV if is_csv else JSON}
        if is_csv:
            serde |= {"Parameters": {"separatorChar": feed.delimiter, "quoteChar": '"', "escapeChar": "\\"}}
        return {
            "Name": table_name(feed),
            "Description": f"Raw zone, as received: {feed.grain}.",
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": "csv" if is_csv else "json", "aero.registered_by": "register"},
            "PartitionKeys": [{"Name": "dt", "Type": "string"}, {"Name": "hh", "Type": "string"}],
            "StorageDescriptor": {
                "Columns": [{"Name": name.lower(), "Type": "string"} for name in names],
                "Location": f"s3://{self.bucket}/{feed.path}/",
                "InputFormat": TEXT,
                "OutputFormat": HIVE_TEXT,
                "SerdeInfo": serde,
            },
        }
