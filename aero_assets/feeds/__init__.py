"""The register of feeds, with one entry per feed.

A new feed is a TOML file in `feeds/<system>/` and a test; `aero feed sync` writes its dbt source and staging model.
`aero feed new` writes an entry from a sample file, and `aero feed check` lists missing parts. This package does not
import Dagster, because the dashboard, the deploy driver and the tests read the register too.
"""

from functools import cache
from pathlib import Path

from aero_assets.feeds.model import DEFAULT_WIDTH, MOST_WIDTH, Arrival, Clock, Column, Feed, RowRule, Value
from aero_assets.feeds.register import FeedError, load_feed, load_register

FOLDER = Path(__file__).parent

__all__ = [
    "DEFAULT_WIDTH",
    "FOLDER",
    "MOST_WIDTH",
    "Arrival",
    "Clock",
    "Column",
    "Feed",
    "FeedError",
    "RowRule",
    "Value",
    "doors",
    "feeds",
    "find",
    "load_feed",
    "load_register",
]


@cache
def feeds() -> tuple[Feed, ...]:
    """Return every registered feed, sorted by `system/name`."""
    return load_register(FOLDER)


def find(path: str) -> Feed:
    """Return the feed named `system/name`; raise FeedError naming the ones that exist."""
    for feed in feeds():
        if feed.path == path:
            return feed
    raise FeedError(f"no feed {path!r}; registered: {', '.join(feed.path for feed in feeds())}")


def doors() -> list[dict[str, object]]:
    """Return the part of every file feed that the door must know: path, header and contract.

    A feed of tables also lists the other such feeds, so that the refusal of a table in a wrong folder can name its
    feed.
    """
    known = [feed.door() for feed in feeds() if feed.arrival == "file"]
    tables = {feed.path: feed.layout.table.door() for feed in feeds() if feed.layout.table}
    for door in known:
        if door["feed"] in tables:
            kin = {path: table for path, table in tables.items() if path != door["feed"]}
            door["layout"] = {"table": tables[str(door["feed"])] | {"kin": kin}}
    return known
