"""Objects of events on their way to the typed zone: each is known by its key, all of them count, each event once."""

import base64
import gzip
import json
from datetime import UTC, date, datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_assets.arrivals import EventObject, event_objects, list_arrivals, plan
from aero_assets.defs.raw.reports import EventHour, Reported, reportable, unseen
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.defs.typed.sensors import arrivals, behind
from aero_assets.feeds import find
from aero_assets.lake import LakeCopy
from aero_assets.manifests import ArrivalManifest
from tests.fakes import FolderBucket
from tests.unit.assets.test_sensors import instance, tick, zones  # noqa: F401 - fixtures
from tests.unit.feeds.event_rows import wrapped
from tests.unit.streaming.event_samples import event

FEED = find("ops/leg_events")
MONDAY = date(2026, 11, 23)


def key(name: str, hour: int = 17, day: date = MONDAY) -> str:
    return f"{FEED.path}/dt={day}/hh={hour:02d}/aero-local-leg-events-1-{name}"


class Lake:
    """A raw and a lake bucket with the typed step between them, on folders."""

    def __init__(self, root):
        self.raw, self.lake = FolderBucket(root / "raw"), FolderBucket(root / "lake")
        self.compactor = Compactor(self.raw, self.lake, root / "scratch")
        self.copy = LakeCopy(root / "copy", self.lake)

    def land(self, name: str, *bodies: bytes | dict, hour: int = 17, day: date = MONDAY, packed: bool = True) -> None:
        body = wrapped(*bodies)
        self.raw._put(key(name, hour, day), gzip.compress(body) if packed else body)

    def compact(self) -> dict:
        planned = plan(list_arrivals(self.raw, FEED))
        return {day: compact_day(self.compactor, FEED, planned, day) for day in sorted(planned)}

    def rows(self, columns: str = "event_type, received_at, raw_ref") -> list[tuple]:
        self.copy.pull()
        files = f"{self.copy.root}/typed/ops/leg_events/*/*.parquet"
        return duckdb.execute(f"select {columns} from read_parquet('{files}') order by all").fetchall()


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def test_every_object_under_the_hours_of_a_feed_is_an_arrival_and_nothing_else_is(lake):
    for name in (key("b"), key("a", hour=3), key("z", day=date(2026, 11, 22)), f"{FEED.path}/dt={MONDAY}/stray",
                 f"{FEED.path}/_errors/other/dt={MONDAY}/hh=17/x", f"{FEED.path}/dt=today/hh=17/x"):  # fmt: skip
        lake.raw._put(name, b"x")
    objects = event_objects(lake.raw, FEED)
    assert [item.key for item in objects] == [key("z", day=date(2026, 11, 22)), key("a", hour=3), key("b")]
    assert objects[1].arrived_at == datetime(2026, 11, 23, 3, tzinfo=UTC)


OBJECTS = st.lists(
    st.builds(lambda name, hour, day: EventObject(key(name, hour, date(2026, 11, day)), name * 3),
              st.sampled_from("abcdef"), st.integers(0, 23), st.integers(20, 23)), max_size=12
)  # fmt: skip


@settings(deadline=None)
@given(OBJECTS, st.randoms())
def test_all_objects_count_whatever_the_order_in_which_they_are_seen(found, random):
    shuffled = found + found[:3]
    random.shuffle(shuffled)
    planned = plan(shuffled)
    assert planned == plan(found)
    assert sorted(item for day in planned.values() for item in day.counted) == sorted(set(found))
    assert not any(day.ignored for day in planned.values())


def test_the_same_event_in_two_objects_of_a_day_is_kept_once_where_it_was_received_first(lake):
    lake.land("a", event("out", received=9), event("in"))
    lake.land("b", event("out", received=3), hour=18)
    [done] = lake.compact().values()
    outcome = done.outcome
    assert (outcome.files_in, outcome.rows_in, outcome.rows_out, outcome.duplicates) == (2, 3, 2, 1)
    assert lake.rows("event_type, received_at::varchar") == [
        ("in", "2026-11-22 19:01:00"),
        ("out", "2026-11-22 19:03:00"),
    ]


def test_objects_in_gzip_members_or_plain_are_read_and_the_reference_names_object_and_line(lake):
    lake.raw._put(key("members"), gzip.compress(wrapped(event("out"))) + gzip.compress(wrapped(event("in"))))
    lake.land("plain", event("off"), event("on"), packed=False)
    lake.compact()
    assert {raw_ref for _, _, raw_ref in lake.rows()} == {
        f"{key('members')}#1", f"{key('members')}#2", f"{key('plain')}#1", f"{key('plain')}#2",
    }  # fmt: skip


def test_refused_lines_are_in_quarantine_with_reason_text_and_reference(lake, tmp_path):
    lake.land("a", event("out"), b"{broken", b"\xff")
    [done] = lake.compact().values()
    assert done.reasons == {"unreadable_json": 1, "bad_encoding": 1}
    assert done.outcome.balanced
    [item] = lake.lake.list("quarantine/ops/leg_events/")
    lake.lake.download(item.key, tmp_path / "q.parquet")
    refused = duckdb.execute(f"select raw_key, line_number, record from '{tmp_path}/q.parquet' order by 2").fetchall()
    assert refused == [(key("a"), 2, "{broken"), (key("a"), 3, "\N{REPLACEMENT CHARACTER}")]


def test_lines_that_the_transform_handed_on_are_judged_here(lake):
    """The emulator hands records on when the transform fails; on AWS a record that would not fit into the answer."""
    good = json.dumps(event("out")).encode()
    lake.raw._put(key("as-they-came"), good + b"\nnot json\n" + b'{"reason":null,"message":null,"body":7}\n')
    [done] = lake.compact().values()
    assert done.reasons == {"unreadable_json": 1, "missing_field": 1}
    assert len(lake.rows()) == 1


def not_asked(data: bytes) -> bytes:
    """A record as Firehose writes it when its transform failed three times."""
    said = {
        "attemptsMade": 4, "arrivalTimestamp": 1_764_090_192_042, "errorCode": "Lambda.FunctionError",
        "errorMessage": "Check your function", "attemptEndingTimestamp": 1_764_090_200_000,
        "rawData": base64.b64encode(data).decode(), "lambdaArn": "arn:aws:lambda:us-east-1:0:function:t:$LATEST",
    }  # fmt: skip
    return json.dumps(said).encode() + b"\n"


def test_records_that_the_transform_could_not_be_asked_about_are_events_like_the_others(lake):
    good, other = (json.dumps(event(kind)).encode() for kind in ("out", "in"))
    failed = key("a").replace("/dt=", "/_errors/processing-failed/dt=")
    lake.raw._put(failed, gzip.compress(not_asked(good + b"\n" + other) + not_asked(b"{broken") + b'{"rawData": 7}\n'))
    lake.land("a", event("out"), event("off"))
    [done] = lake.compact().values()
    assert done.reasons == {"unreadable_json": 1, "missing_field": 1}
    assert (done.outcome.files_in, done.outcome.rows_in, done.outcome.duplicates) == (2, 6, 1)
    assert [kind for kind, _, _ in lake.rows()] == ["in", "off", "out"]
    assert f"{failed}#2" in {raw_ref for _, _, raw_ref in lake.rows()}


def test_a_body_that_claims_to_be_right_and_is_not_stops_nothing(lake):
    lake.land("good", event("out"))
    lake.raw._put(key("lies"), b'{"arrived_at":"x","reason":null,"message":null,"body":"{nothing"}\n')
    [done] = lake.compact().values()
    assert (done.reasons, done.outcome.rows_out) == ({"unreadable_json": 1}, 1)


def test_a_new_object_puts_its_day_behind_and_no_other(lake):
    lake.land("a", event("out"))
    lake.land("a", event("in"), day=date(2026, 11, 24))
    lake.compact()
    manifests = lake.copy.manifests()
    assert behind(FEED, list_arrivals(lake.raw, FEED), manifests, {}).behind == []
    lake.land("b", event("off"))
    assert behind(FEED, list_arrivals(lake.raw, FEED), manifests, {}).behind == [f"{MONDAY}"]
    lake.compact()
    level = plan(list_arrivals(lake.raw, FEED))[MONDAY].level(FEED)
    assert ArrivalManifest.load(lake.lake, FEED, MONDAY).level == level


def test_objects_in_either_order_of_arrival_give_the_same_rows(tmp_path):
    ends = []
    for number, names in enumerate((("a", "b"), ("b", "a"))):
        lake = Lake(tmp_path / f"{number}")
        for name, half in zip(names, ((event("out"), event("off")), (event("off"), event("in"))), strict=True):
            lake.land(name, *half)
        lake.compact()
        ends.append(lake.rows("event_id, received_at"))
    assert ends[0] == ends[1]
    assert len(ends[0]) == 3


def hour_of(hour: int, objects: int, found: Reported) -> EventHour:
    return EventHour(datetime(2026, 11, 23, hour, tzinfo=UTC), objects, found.content_hash)


def test_an_hour_is_reported_again_when_something_came_in_it_and_only_then():
    first = [EventObject(key("a"), "1"), EventObject(key("b"), "2"), EventObject(key("c", hour=18), "3")]
    new, cursor = unseen(reportable(first), None)
    assert new == [hour_of(17, 2, new[0]), hour_of(18, 1, new[1])]
    assert unseen(reportable(first), cursor)[0] == []
    new, cursor = unseen(reportable([*first, EventObject(key("d"), "4")]), cursor)
    assert new == [hour_of(17, 3, new[0])]


def test_events_are_a_materialisation_of_their_raw_partition_and_a_request_for_their_day(instance, zones):  # noqa: F811
    zones.raw()._put(key("a"), wrapped(event("out")))
    data = tick(arrivals, instance, zones)
    came = [event.asset_key.path for event in data.asset_events]
    assert came == [["kafka", "leg-events"], ["raw", "ops", "leg_events"]]
    [request] = data.run_requests
    assert request.tags["dagster/asset_partition_range_start"] == f"{MONDAY}"
    assert [key.path for key in request.asset_selection] == [["typed", "ops", "leg_events"]]
    again = tick(arrivals, instance, zones, data.cursor)
    assert again.asset_events == []
