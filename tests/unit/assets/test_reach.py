"""A row that decides figures of later days asks for those days too."""

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
    others = [feed.path for feed in feeds() if not feed.reaches_days]
    costs = manifest("partner/costs", FRIDAY, SATURDAY)
    before = typed_versions([costs])
    for path in others:
        after = typed_versions([costs, manifest(path, FRIDAY, said="new")])
        assert [on for on in after if before[on] != after[on]] == [FRIDAY], path
