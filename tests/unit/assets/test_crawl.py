"""Tables that a crawler would make of a listing: the examples of the guide, and the raw zone with our template."""

import json

import pytest

from aero_assets.defs.catalog.crawl import Crawl, several
from aero_assets.environment import PROJECT
from aero_assets.feeds import feeds
from tests.unit.infra.rendered import Stack, load

GROUPING = {"TableLevelConfiguration": 2, "TableGroupingPolicy": "CombineCompatibleSchemas"}


def crawl_of(*paths, level=2, exclusions=()):
    targets = [{"Path": f"s3://bucket/{path}", "Exclusions": list(exclusions)} for path in paths]
    grouping = GROUPING | {"TableLevelConfiguration": level}
    crawler = {"Name": "c", "Targets": {"S3Targets": targets}, "Configuration": json.dumps({"Grouping": grouping})}
    return Crawl.of(crawler, "bucket")


def of_template():
    """The crawler of infra/catalog.yaml, as CloudFormation would hand it to Glue."""
    template = load((PROJECT / "infra" / "catalog.yaml").read_text(encoding="utf-8"))
    names = {"RawBucket": "bucket", "RawDatabase": "raw", "TypedDatabase": "typed", "Workgroup": "aero"}
    stack = Stack("catalog", template, {"Environment": "dev", "NamedQueries": "off", **names})
    return Crawl.of(stack.resources["RawCrawler"].properties, "bucket")


def test_a_year_a_month_and_a_day_are_partitions_of_one_table():
    keys = [f"sales/year=2019/month={month}/day={day}/a.json" for month in ("Jan", "Feb") for day in (1, 2)]
    tables = crawl_of("sales/").tables(keys)
    assert {place: {str(kind) for kind in kinds} for place, kinds in tables.items()} == {
        "sales": {".json, by year/month/day"}
    }
    assert several(tables) == {}


def test_the_level_divides_folders_that_are_alike():
    keys = ["folder1/table1/partition1/file.txt", "folder1/table2/partition4/file.txt"]
    assert list(crawl_of("folder1/").tables(keys)) == ["folder1"]
    assert list(crawl_of("folder1/", level=3).tables(keys)) == ["folder1/table1", "folder1/table2"]


@pytest.mark.parametrize(
    "other", ["t/dt=1/a.json", "t/dt=1/a.csv", "t/dt=1/hh=2/a.csv.gz", "t/_errors/dt=1/a.csv.gz", "t/1/a.csv.gz"]
)
def test_another_format_compression_or_structure_of_path_is_a_table_of_its_own(other):
    assert len(several(crawl_of("t/").tables(["t/dt=1/a.csv.gz", other]))["t"]) == 2


@pytest.mark.parametrize(
    ("glob", "key", "is_seen"),
    [
        ("**/_arrivals/**", "t/feed/_arrivals/dt=1/a.json", False),
        ("**/_arrivals/**", "t/feed/dt=1/a.json", True),
        ("*.json", "t/a.json", False),
        ("*.json", "t/feed/a.json", True),
        ("feed/a?.json", "t/feed/ab.json", False),
    ],
)
def test_one_star_stays_within_a_folder_and_two_cross_folders(glob, key, is_seen):
    assert crawl_of("t/", exclusions=[glob]).sees(key) == is_seen


def test_what_lies_in_no_include_path_is_not_looked_at():
    assert crawl_of("t/").tables(["u/dt=1/a.csv"]) == {}


def test_a_crawler_that_groups_by_similarity_is_refused():
    with pytest.raises(ValueError, match="groups by similarity"):
        Crawl.of({"Name": "c", "Targets": {"S3Targets": []}, "Configuration": None}, "bucket")


def test_the_crawler_of_the_template_looks_at_every_feed_and_not_at_our_own_notes():
    crawl = of_template()
    for feed in feeds():
        assert list(crawl.tables([f"{feed.path}/dt=2026-11-01/hh=05/a.csv.gz"])) == [feed.path]
    for own in ("partner/surveys/_arrivals/dt=1/a.json", "partner/surveys/_content/a", "opsdb/legs/_extracts/a.json",
                "opsdb/legs/_state/a.json", "ops/leg_events/_errors/processing-failed/dt=1/hh=2/a.gz"):  # fmt: skip
        assert not crawl.sees(own), own
