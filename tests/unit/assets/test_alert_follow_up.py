"""The follow-up of an alert: its brief once, and its lines in the raw zone once, whatever dies on the way."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest

from aero_assets.arrivals import list_arrivals, plan
from aero_assets.defs.alerts.assets import BRIEF, WANTED_TAG, Progress, baselines, follow_up
from aero_assets.defs.alerts.briefs import due, key_of
from aero_assets.defs.alerts.copies import DECISIONS, TRANSITIONS, Copier, wrapped
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.manifests import Levels
from aero_streaming.alerts.api import Alerts
from tests.unit.assets.live_samples import AlertZones, LiveLine, bad_day, publish, run
from tests.unit.assets.test_sensors import instance  # noqa: F401 - a fixture
from tests.unit.streaming.alert_samples import DAY, event


@pytest.fixture
def zones(tmp_path):
    return AlertZones(root=str(tmp_path))


@pytest.fixture
def line():
    line = LiveLine()
    line.wall = datetime.now(UTC) - timedelta(minutes=1)
    return line


def follow(instance, line, zones, tag="1"):  # noqa: F811
    """Run the follow-up as its sensor asks for it, from the first hour of the log."""
    first = {"aero/first": log[0]["arrived_hour"]} if (log := line.log()) else {}
    return run(follow_up, instance, line, zones, **{WANTED_TAG: tag, **first})


def bodies(zones, feed) -> list[dict]:
    """Every line in the raw zone of a log."""
    parts = [zones.raw().root / item.key for item in zones.raw().list(f"{feed.path}/")]
    return [
        json.loads(json.loads(line_of_part)["body"])
        for part in parts
        for line_of_part in gzip.decompress(part.read_bytes()).splitlines()
    ]


def briefs(instance) -> list[dict]:  # noqa: F811
    """Return the reports of briefs, oldest first."""
    found = instance.fetch_materializations(BRIEF, limit=100).records
    metadata = [record.asset_materialization.metadata for record in reversed(found)]
    return [{name: value.value for name, value in entry.items()} for entry in metadata]


# -- briefs -----------------------------------------------------------------------------------------------------------
def test_a_red_alert_gets_one_brief_with_its_evidence_and_one_materialisation(instance, line, zones):  # noqa: F811
    publish(zones)
    line.send(event("divert", 300, "17:00"))
    line.delay(100)
    assert follow(instance, line, zones).success
    [told] = [brief for brief in briefs(instance) if brief["alert_key"].startswith("long_delay_flight")]
    brief = zones.lake().read_json(key_of(told["alert_key"]))
    evidence = brief["evidence"]
    assert (brief["level"], brief["what"]["value"], brief["what"]["limit"]) == ("red", 130, 120)
    assert brief["where"] == {"scope_type": "leg", "scope_id": f"{100:032x}", "route": "MEX-CUN", "operating_date": DAY}
    assert evidence["state"]["flight_number"] == 100
    assert [event["event_type"] for event in evidence["events"]] == ["divert"]
    assert [day["a14_percent"] for day in evidence["last_28_days"]] == [80.0] * 10
    assert evidence["similar"] == [
        {"resolution": "RESUELTA", "highest_level": "red", "alerts": 2, "median_minutes_open": 30}
    ]
    assert told["brief"] == brief["markdown"]
    for words in ("ROJO", "AM100", "datos sintéticos", "80.0 %"):
        assert words in brief["markdown"]


def test_a_route_shows_its_state_with_n_its_flights_and_what_is_usual(instance, line, zones):  # noqa: F811
    publish(zones)
    assert run(baselines, instance, line, zones).success
    line.delay(100, arrival_delay_minutes=130)
    line.send(bad_day())
    assert follow(instance, line, zones).success
    [brief] = [zones.lake().read_json(key_of(brief["alert_key"])) for brief in briefs(instance)
               if brief["alert_key"].startswith("a14_route_day")]  # fmt: skip
    assert (brief["evidence"]["state"]["arrived_legs"], brief["what"]["n"]) == (20, 20)
    assert [leg["flight_number"] for leg in brief["evidence"]["flights"]] == [100]
    assert brief["evidence"]["baseline"]["value"] == 80
    assert "Habitual" in brief["markdown"]


def test_following_up_again_writes_nothing_and_a_graver_level_renews_the_brief(instance, line, zones):  # noqa: F811
    line.delay(100)
    follow(instance, line, zones)
    first = len(briefs(instance))
    follow(instance, line, zones)
    assert len(briefs(instance)) == first
    line.delay(100, 250, "18:10", version=5)
    follow(instance, line, zones)
    told = [(brief["alert_key"].split("#")[0], brief["level"]) for brief in briefs(instance)]
    assert told == [("long_delay_flight", "red"), ("long_delay_flight", "critical")]
    assert len(list(zones.lake().list("published/briefs/"))) == 1


LINE = {"alert_key": "a", "revision": 1, "kind": "FIRED", "level_after": "red", "state_after": "FIRING"}


@pytest.mark.parametrize(
    ("changes", "is_due"),
    [
        ({}, True),
        ({"level_after": "critical", "kind": "LEVEL_UP"}, True),
        ({"kind": "RELEASED"}, True),
        ({"level_after": "amber"}, False),
        ({"kind": "LEVEL_DOWN"}, False),
        ({"kind": "ESCALATED"}, False),
        ({"is_shadow": True}, False),
        ({"state_after": "SUPPRESSED", "parent_key": "p"}, False),
        ({"state_after": "SHELVED"}, False),
    ],
)
def test_a_brief_is_due_when_a_red_alert_becomes_somebodys_business(changes, is_due):
    assert bool(due([LINE | changes])) is is_due


def test_of_several_lines_of_an_alert_the_last_is_briefed():
    assert due([LINE | {"revision": 3}, LINE | {"revision": 2}]) == [LINE | {"revision": 3}]


# -- copies -----------------------------------------------------------------------------------------------------------
def test_lines_and_decisions_are_in_raw_once_by_the_hour_they_came_in(instance, line, zones):  # noqa: F811
    line.delay(100)
    (alert,) = Alerts(line.engine).open_alerts()
    Alerts(line.engine).acknowledge(alert.alert_key, "Ana", None, alert.revision)
    follow(instance, line, zones)
    follow(instance, line, zones)
    assert [body["kind"] for body in bodies(zones, TRANSITIONS)] == ["FIRED", "ACKNOWLEDGED"]
    assert [body["who"] for body in bodies(zones, DECISIONS)] == ["Ana"]
    hour = line.log()[0]["arrived_hour"].replace("T", "/hh=")
    assert [
        item.key.startswith(f"alerts/transitions/dt={hour}/") for item in zones.raw().list("alerts/transitions/")
    ] == [True]
    assert {body["data_label"] for body in bodies(zones, TRANSITIONS)} == {"datos sintéticos"}


def test_new_lines_are_a_part_of_their_own_and_no_part_is_written_twice(instance, line, zones):  # noqa: F811
    for number in (100, 200, 300):
        line.delay(number)
        follow(instance, line, zones)
    keys = [item.key for item in zones.raw().list("alerts/transitions/")]
    assert len(keys) == 3
    assert len(bodies(zones, TRANSITIONS)) == len(line.log()) == 3


def test_a_follow_up_that_died_before_it_noted_its_part_copies_nothing_twice(instance, line, zones):  # noqa: F811
    line.delay(100)
    before = Progress.load(zones.lake())
    follow(instance, line, zones)
    before.save()
    line.delay(200)
    follow(instance, line, zones)
    assert len(bodies(zones, TRANSITIONS)) == 2
    assert len({body["log_id"] for body in bodies(zones, TRANSITIONS)}) == 2


def test_a_line_that_came_late_goes_to_its_own_hour(tmp_path, zones):
    copier = Copier(zones.raw(), tmp_path)
    for log_id, arrived in (("a", "2026-11-25T18:01:00.0Z"), ("b", "2026-11-25T17:59:00.0Z")):
        assert copier.copy(TRANSITIONS.path, [{"log_id": log_id, "arrived_at": arrived}]) == 1
    assert [item.key for item in zones.raw().list("alerts/")] == [
        "alerts/transitions/dt=2026-11-25/hh=17/2026-11-25T17-00001.jsonl.gz",
        "alerts/transitions/dt=2026-11-25/hh=18/2026-11-25T18-00001.jsonl.gz",
    ]


def test_the_level_is_reached_when_all_is_copied_and_a_run_by_hand_reaches_none(instance, line, zones):  # noqa: F811
    line.delay(100)
    run(follow_up, instance, line, zones)
    assert Levels(zones.lake(), "alert_log").read() == {}
    follow(instance, line, zones, "7")
    assert Levels(zones.lake(), "alert_log").read() == {"log": "7"}


def test_copies_become_typed_rows_each_line_once(instance, line, zones, tmp_path):  # noqa: F811
    line.delay(100)
    line.delay(200)
    follow(instance, line, zones)
    # A part that was written twice, as by two runs at once.
    again = wrapped(bodies(zones, TRANSITIONS)[0])
    today = line.log()[0]["arrived_hour"][:10]
    zones.raw()._put(f"alerts/transitions/dt={today}/hh=00/twice.jsonl.gz", gzip.compress(again))
    planned = plan(list_arrivals(zones.raw(), TRANSITIONS))
    compactor = Compactor(zones.raw(), zones.lake(), tmp_path / "work")
    done = compact_day(compactor, TRANSITIONS, planned, date.fromisoformat(today)).outcome
    assert (done.rows_in, done.rows_out, done.duplicates, done.rejects) == (3, 2, 1, 0)
    assert done.dates_touched == [DAY]


def test_without_live_tables_a_follow_up_fails_with_a_sentence(instance, line, zones):  # noqa: F811
    line.dynamo.is_there = False
    with pytest.raises(dg.Failure, match="no tables of the alerting stack"):
        follow(instance, line, zones)
