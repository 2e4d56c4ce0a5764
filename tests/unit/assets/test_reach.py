"""A row that decides figures of later days asks for those days too."""

from aero_assets.dbt import manifest as dbt_manifest
from aero_assets.feeds import feeds, find
from aero_assets.manifests import ArrivalManifest, TypedFile, typed_versions

FRIDAY, SATURDAY, NEXT_FRIDAY, LATER = "2026-01-02", "2026-01-03", "2026-01-09", "2026-01-10"
RATES = find("opsdb/fx_rates")


def manifest(feed: str, *days: str, said: str = "a") -> ArrivalManifest:
    files = tuple(TypedFile(f"typed/{feed}/{on}.parquet", f"{feed}{on}{said}", on, 1) for on in days)
    return ArrivalManifest(feed, "2026-01-20", "level", files)


def test_a_rate_that_changes_asks_for_the_days_off_that_it_holds_on():
    assert RATES.reaches_days == 7
    costs = manifest("partner/costs", FRIDAY, SATURDAY, NEXT_FRIDAY, LATER)
    before = typed_versions([costs, manifest(RATES.path, FRIDAY)])
    after = typed_versions([costs, manifest(RATES.path, FRIDAY, said="b")])
    assert [on for on in before if before[on] != after[on]] == [FRIDAY, SATURDAY, NEXT_FRIDAY]


def test_a_rate_asks_for_no_day_without_rows():
    assert [*typed_versions([manifest(RATES.path, FRIDAY)])] == [FRIDAY]


def test_rows_of_other_feeds_ask_for_their_own_day_only():
    others = [feed.path for feed in feeds() if feed.builds_dates and not feed.reaches_days]
    costs = manifest("partner/costs", FRIDAY, SATURDAY)
    before = typed_versions([costs])
    for path in others:
        after = typed_versions([costs, manifest(path, FRIDAY, said="new")])
        assert [on for on in after if before[on] != after[on]] == [FRIDAY], path


def test_rows_that_no_dated_mart_reads_ask_for_no_date():
    aircraft = find("opsdb/aircraft")
    assert not aircraft.builds_dates
    assert typed_versions([manifest(aircraft.path, FRIDAY)]) == {}


def test_the_feeds_that_build_no_dates_are_those_that_no_dated_model_reads():
    """A dated model reads a feed if the graph of dbt leads from the source of the feed to it."""
    graph = dbt_manifest()
    undated = set()
    for feed in feeds():
        seen, waiting = set(), [f"source.aero.{feed.system}.{feed.name}"]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting += graph["child_map"].get(node, [])
        models = [graph["nodes"][node] for node in seen if node.startswith("model.")]
        if not any("operating_day" in model["tags"] for model in models):
            undated.add(feed.path)
    assert undated == {feed.path for feed in feeds() if not feed.builds_dates}
