"""Records that people set aside: kept out of the typed zone with an audit record, and taken in again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_assets import set_aside
from aero_assets.arrivals import plan, receipts
from aero_assets.defs.typed.compaction import compact_day
from aero_assets.defs.typed.sensors import behind
from aero_assets.manifests import ArrivalManifest
from aero_assets.set_aside import SET_ASIDE, UNDO, Decision, in_force
from aero_cli.set_aside import decide, take_back
from aero_local.errors import AeroError
from tests.unit.assets.test_compaction import CANCELLED, FEED, GUAM, MONDAY, PLAIN, TUESDAY, Lake

WHY = "OUT belongs to another leg"


@pytest.fixture
def lake(tmp_path):
    found = Lake(tmp_path)
    found.drop("a.csv", PLAIN, GUAM)
    settle(found)
    return found


def settle(lake: Lake) -> list[str]:
    """Compact what the sensor would ask for; return those days."""
    decided = set_aside.listed(lake.lake).get(FEED.path, {})
    arrivals = receipts(lake.raw, FEED)
    asked = behind(FEED, arrivals, lake.copy.manifests(), decided).behind
    for day in asked:
        compact_day(lake.compactor, FEED, plan(arrivals, decided), datetime.fromisoformat(day).date())
    lake.copy.pull()
    return asked


def typed(lake: Lake) -> list[tuple[str, str]]:
    files = f"{lake.copy.root}/typed/partner/bts_ontime/*/*.parquet"
    return duckdb.execute(f"select event_id, raw_ref from '{files}' order by raw_ref").fetchall()


def refused(lake: Lake, day: datetime = MONDAY) -> list[tuple[str, str, int]]:
    manifest = ArrivalManifest.load(lake.lake, FEED, day.date())
    files = [f"{Path(lake.lake.root) / key}" for key in manifest.quarantine]
    return (
        duckdb.execute("select reason, message, line_number from read_parquet(?)", [files]).fetchall() if files else []
    )


def put_aside(lake: Lake, *references: str, act=decide, hours: int = 1) -> list[Decision]:
    at = TUESDAY + timedelta(days=1, hours=hours)
    return act(lake.lake, lake.copy.root, references, "Ana", WHY, at)


def test_a_record_that_is_set_aside_goes_to_quarantine_with_who_and_why(lake):
    (event_id, _), (kept, _) = typed(lake)
    [decision] = put_aside(lake, event_id)
    assert settle(lake) == [f"{MONDAY.date()}"]
    assert [event for event, _ in typed(lake)] == [kept]
    [(reason, message, line)] = refused(lake)
    assert (reason, line) == ("set_aside", 2)
    assert message == f"set aside by Ana on 2026-11-18 (event {event_id}): {WHY}"
    assert lake.lake.read_json(decision.key)["why"] == WHY
    assert settle(lake) == []


def test_the_place_of_a_record_names_it_as_well_as_its_event(lake):
    (event_id, raw_ref), _ = typed(lake)
    assert [aside.event_id for aside in put_aside(lake, raw_ref)] == [event_id]


def test_the_balance_of_the_day_counts_it_as_refused(lake):
    put_aside(lake, typed(lake)[0][0])
    settle(lake)
    counts = ArrivalManifest.load(lake.lake, FEED, MONDAY.date()).counts
    assert (counts["rows_in"], counts["rows_out"], counts["rejects"]) == (2, 1, 1)


def test_taking_it_back_brings_the_same_rows_again_and_deletes_nothing(lake):
    before = typed(lake)
    put_aside(lake, before[0][0])
    settle(lake)
    put_aside(lake, before[0][1], act=take_back, hours=2)
    assert settle(lake) == [f"{MONDAY.date()}"]
    assert typed(lake) == before
    assert refused(lake) == []
    assert [decision.action for decision in set_aside.decisions(lake.lake)] == [SET_ASIDE, UNDO]


def test_sent_again_on_a_later_day_it_stays_out_and_comes_in_with_the_undo(lake):
    event_id = typed(lake)[0][0]
    put_aside(lake, event_id)
    lake.drop("b.csv", PLAIN, CANCELLED, at=TUESDAY)
    settle(lake)
    assert event_id not in {event for event, _ in typed(lake)}
    assert [row[0] for row in refused(lake, TUESDAY)] == ["set_aside"]
    put_aside(lake, event_id, act=take_back, hours=2)
    assert settle(lake) == [f"{MONDAY.date()}", f"{TUESDAY.date()}"]
    assert [event for event, _ in typed(lake)].count(event_id) == 2


def test_a_repeat_in_the_same_day_does_not_take_its_place(tmp_path):
    lake = Lake(tmp_path)
    lake.drop("a.csv", PLAIN, GUAM, PLAIN)
    settle(lake)
    event_id, raw_ref = typed(lake)[0]
    put_aside(lake, raw_ref)
    settle(lake)
    assert event_id not in {event for event, _ in typed(lake)}
    assert len(refused(lake)) == 2


def test_what_no_typed_record_is_called_is_refused_and_nothing_is_decided(lake):
    with pytest.raises(AeroError, match="No typed record"):
        put_aside(lake, typed(lake)[0][0], "0" * 32)
    assert set_aside.decisions(lake.lake) == []
    with pytest.raises(AeroError, match="not set aside"):
        put_aside(lake, "0" * 32, act=take_back)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.integers(1, 3)), max_size=8), st.randoms())
def test_the_latest_decision_on_an_event_holds_in_whatever_order_they_are_read(said, shuffled):
    found = [
        Decision("f", f"2026-11-{day:02d}", event, "", SET_ASIDE if aside else UNDO, "", "",
                 set_aside.now_text(datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=n)))
        for n, (event, aside, day) in enumerate(said)
    ]  # fmt: skip
    last = {event: aside for event, aside, _ in said}
    expected = {("f", event) for event, aside in last.items() if aside}
    mixed = list(found)
    shuffled.shuffle(mixed)
    assert set(in_force(mixed)) == expected
