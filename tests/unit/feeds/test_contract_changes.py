"""The promises of feeds to their readers: a breaking change fails here and names who would break.

`tests/golden/feeds.json` holds the promise. A column that is new is written down there; one that goes, changes its type
or may suddenly be empty needs another `version` of the feed, and a word with its consumers.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from aero_assets.dbt import manifest
from aero_assets.feeds import Feed, feeds, find

GOLDEN = Path(__file__).parents[2] / "golden" / "feeds.json"


def promise(feed: Feed) -> dict:
    """The promise of a feed: its version, its partition, its columns with type, and if each is always there."""
    columns = {column.name: f"{column.type}{' required' if column.required else ''}" for column in feed.columns}
    return {"version": feed.version, "business_date": feed.business_date, "columns": columns}


def breaks(before: dict, after: dict) -> list[str]:
    """Say what a reader of the old promise would miss; nothing once the version tells of it."""
    if after["version"] > before["version"]:
        return []
    found = []
    if after["business_date"] != before["business_date"]:
        found.append(f"partitioned by {after['business_date']}, not by {before['business_date']}")
    for name, kind in before["columns"].items():
        now = after["columns"].get(name)
        if now is None:
            found.append(f"column {name} is gone")
        elif now not in (kind, f"{kind} required"):
            found.append(f"column {name} was {kind}, is {now}")
    return found


def consumers(feed: Feed) -> list[str]:
    """The readers of a feed: the models behind its staging model, down to the marts."""
    children = manifest()["child_map"]
    [source] = [name for name in children if name.startswith("source.") and name.split(".")[2:] == [*feed.key]]
    found, waiting = set(), [source]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child.startswith(("model.", "exposure.")) and child not in found:
                found.add(child)
                waiting.append(child)
    return sorted(name.split(".")[-1] for name in found)


@pytest.mark.parametrize("feed", feeds(), ids=lambda feed: feed.path)
def test_a_feed_keeps_what_it_promised_to_its_consumers(feed):
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert feed.path in golden, f"write the promise of {feed.path} down in {GOLDEN.name}"
    broken = breaks(golden[feed.path], promise(feed))
    assert not broken, (
        f"{feed.path}: {'; '.join(broken)}. Read by {', '.join(consumers(feed))}. "
        f"Keep it, or raise the feed's version, change them and {GOLDEN.name}."
    )
    assert golden[feed.path] == promise(feed), f"{feed.path} promises more than {GOLDEN.name} says: write it down"


def test_a_column_that_goes_names_the_marts_that_would_miss_it():
    feed = find("partner/bts_ontime")
    without = replace(feed, columns=tuple(column for column in feed.columns if column.name != "tail"))
    assert breaks(promise(feed), promise(without)) == ["column tail is gone"]
    assert {"stg_partner__bts_ontime", "int_leg", "fct_leg"} <= set(consumers(feed))
    assert breaks(promise(feed), promise(replace(without, version=feed.version + 1))) == []


def test_what_may_suddenly_be_empty_is_a_break_and_what_is_always_there_is_none():
    before = {"version": 1, "business_date": "d", "columns": {"a": "DATE", "b": "DATE required"}}
    assert breaks(before, before | {"columns": {"a": "DATE required", "b": "DATE required"}}) == []
    assert breaks(before, before | {"columns": {"a": "DATE", "b": "DATE"}}) == ["column b was DATE required, is DATE"]
