"""The handler: what it keeps, what it puts aside, what it tells, and that nothing done twice counts twice."""

import json

import pytest

from aero_streaming.alerts.tables import Change

from .alert_samples import Line, at, event, leg, state
from .fakes import Crash, refused

CANCEL = "cancellation_flight"
LATE = "long_delay_flight"


def cancelled(version=2, received="12:00", **values):
    return leg(version=version, received=received, is_cancelled=True, cancelled_at=at(received), **values)


@pytest.fixture
def line():
    return Line()


def test_a_cancellation_is_an_alert_a_line_of_the_log_an_event_and_one_message(line):
    assert line.send(event("cancel")) == {"batchItemFailures": []}
    alert = line.alert(CANCEL, leg()["leg_uid"])
    assert (alert["state"], alert["level"], alert["value"], alert["severity"]) == ("FIRING", "red", 360, "high")
    (logged,) = line.dynamo.rows("event-log")
    assert (logged["flight"], logged["route"], logged["event_type"]) == ("AM100", "MEX-CUN", "cancel")
    (transition,) = line.dynamo.rows("transitions")
    assert (transition["kind"], transition["notify_state"], "pending" in transition) == ("FIRED", "sent", False)
    assert len(line.sns.published) == 1


def test_alert_transition_and_event_are_one_transaction(line):
    line.send(event("cancel"))
    before = line.dynamo.calls.count("transact_write_items")
    assert before == 1
    assert "put_item" not in line.dynamo.calls


def test_the_merged_leg_that_follows_its_event_changes_only_the_reading(line):
    line.send(event("cancel"))
    line.send(cancelled())
    assert line.kinds(CANCEL) == ["FIRED"]
    assert len(line.sns.published) == 1


def test_the_same_records_again_change_nothing_at_all(line):
    rows = [event("cancel"), cancelled(), leg(200, 3, expected_delay_minutes=130, out_at=at("20:10")),
            state("route", arrived_legs=20, arr_late_15_legs=15, accounted_legs=40),
            event("divert", 300), leg(300, 2, is_diverted=True)]  # fmt: skip
    line.send(*rows)
    before, told = line.dynamo.snapshot(), list(line.sns.published)
    assert told
    for _ in range(2):
        line.send(*rows)
        line.restart()
    assert line.dynamo.snapshot() == before
    assert line.sns.published == told


def test_an_unchanged_evaluation_writes_nothing(line):
    line.send(leg(version=3, expected_delay_minutes=10))
    writes = line.dynamo.writes
    line.send(leg(version=3, expected_delay_minutes=10))
    assert line.dynamo.writes == writes


def test_a_batch_is_coalesced_to_the_highest_version_of_each_key(line):
    line.send(*[leg(version=v, expected_delay_minutes=v, received="12:00") for v in (1, 4, 2, 3)])
    (row,) = [row for row in line.dynamo.rows("leg-state") if row["key"].startswith("leg#")]
    assert (row["state_version"], row["expected_delay_minutes"]) == (4, 4)
    assert line.dynamo.calls.count("put_item") == 1


def test_a_record_behind_a_newer_one_never_takes_a_reader_back(line):
    line.send(leg(version=5, expected_delay_minutes=5))
    line.send(leg(version=4, expected_delay_minutes=300))
    (row,) = [row for row in line.dynamo.rows("leg-state") if row["key"].startswith("leg#")]
    assert row["state_version"] == 5
    assert line.alerts() == {}


def test_an_event_older_than_the_merged_leg_is_logged_and_judged_no_more(line):
    line.send(leg(version=7, received="13:00"))
    line.send(event("cancel", received="12:00"))
    assert len(line.dynamo.rows("event-log")) == 1
    assert line.alerts() == {}


def test_an_event_that_the_merged_leg_knows_and_does_not_believe_raises_nothing(line):
    line.send(leg(version=4, received="12:00", is_cancelled=False))
    line.send(event("cancel", received="12:00"))
    assert line.alerts() == {}


def test_an_event_that_the_merge_does_not_believe_is_taken_back_as_corrected(line):
    line.send(event("cancel", received="12:00"))
    line.send(leg(version=4, received="12:00", is_cancelled=False))
    alert = line.alert(CANCEL, leg()["leg_uid"])
    assert (alert["state"], alert["close_reason"], alert["fired_on"][:5]) == ("CLOSED", "CORREGIDA", "event")
    assert alert["undone_by"] == "v4"


def test_a_reinstatement_closes_the_cancellation_as_never_so_as_it_would_be_in_any_other_order(line):
    line.send(event("cancel", received="12:00"), cancelled())
    line.send(event("reinstate", received="13:00"))
    assert line.alert(CANCEL, leg()["leg_uid"])["close_reason"] == "CORREGIDA"


def test_levels_of_a_cancellation_follow_the_time_to_departure(line):
    line.send(
        event("cancel", 1, std_at=at("11:59", "2026-11-26"), event_time=at("12:00")),
        event("cancel", 2, std_at=at("12:00", "2026-11-26"), event_time=at("12:00")),
        event("cancel", 3, std_at=at("11:59", "2026-11-28"), event_time=at("12:00")),
        event("cancel", 4, std_at=at("12:00", "2026-11-28"), event_time=at("12:00")),
    )
    found = {a["facts"]["flight_number"]: a["level"] for a in line.alerts().values()}
    assert found == {1: "red", 2: "amber", 3: "amber"}


def test_returns_are_amber_from_the_ramp_and_red_from_the_air_or_another_airport(line):
    for number, kind in ((1, "return_to_ramp"), (2, "air_return"), (3, "divert")):
        line.send(event(kind, number))
        is_diverted = kind == "divert"
        line.send(leg(number, 3, return_count=int(not is_diverted), last_return_type=None if is_diverted else kind,
                      is_diverted=is_diverted))  # fmt: skip
    found = {a["facts"]["flight_number"]: (a["level"], a["state"]) for a in line.alerts().values()}
    assert found == {1: ("amber", "FIRING"), 2: ("red", "FIRING"), 3: ("red", "FIRING")}


def test_a_failed_read_returns_the_first_record_and_the_retry_finishes(line):
    line.dynamo.fails["batch_get_item"] = [refused("InternalServerError")]
    rows = [leg(1), cancelled()]
    assert line.send(*rows) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert line.send(*rows) == {"batchItemFailures": []}
    assert line.alert(CANCEL, leg()["leg_uid"])["state"] == "FIRING"


def test_a_failed_commit_returns_the_first_record_of_its_key_and_the_others_go_through(line):
    def fail(name, asked):
        if name == "transact_write_items" and any(
            item["Put"]["Item"].get("scope_id", {}).get("S") == leg()["leg_uid"] for item in asked["TransactItems"]
        ):
            raise refused("InternalServerError")

    line.dynamo.before = fail
    answer = line.send(leg(200, 3, is_diverted=True), cancelled(version=1), cancelled(version=2))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert [alert["rule_id"] for alert in line.alerts().values()] == ["diversion_flight"]
    line.dynamo.before = lambda name, asked: None
    line.send(cancelled(version=1), cancelled(version=2), first=2)
    assert line.kinds(CANCEL) == ["FIRED"]


def test_a_crash_between_commit_and_publish_loses_no_notification(line):
    line.sns.fails = [Crash()]
    with pytest.raises(Crash):
        line.send(cancelled())
    assert line.sns.published == []
    line.restart()
    line.send(cancelled())
    assert len(line.sns.published) == 1
    line.send(cancelled())
    assert len(line.sns.published) == 1


def test_a_publish_that_fails_is_asked_for_again_and_told_once(line):
    line.sns.fails = [refused("Throttling")]
    assert line.send(event("cancel")) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert line.send(event("cancel")) == {"batchItemFailures": []}
    assert len(line.sns.published) == 1


@pytest.mark.parametrize("crash_at", range(1, 9))
def test_a_crash_at_any_write_ends_in_the_same_tables_after_the_retry(crash_at):
    rows = [event("cancel"), cancelled(), leg(200, 3, expected_delay_minutes=250, in_at=at("23:00")),
            state("route", arrived_legs=20, arr_late_15_legs=15, accounted_legs=40)]  # fmt: skip
    straight = Line()
    straight.send(*rows)
    line = Line()
    count = [0]

    def crash(name, asked):
        if name not in ("batch_get_item", "query"):
            count[0] += 1
            if count[0] == crash_at:
                raise Crash

    line.dynamo.before = crash
    try:
        line.send(*rows)
    except Crash:
        line.restart()
        line.send(*rows)

    def told(alert):
        return sorted(
            (t["alert_key"], t["kind"], t["revision"], t["notify_state"]) for t in alert.dynamo.rows("transitions")
        )

    def kept(alert):
        return {key: (a["state"], a["level"], a["value"], a["n"]) for key, a in alert.alerts().items()}

    assert told(line) == told(straight)
    assert kept(line) == kept(straight)
    ids = [message["MessageAttributes"]["transition_id"]["StringValue"] for message in line.sns.published]
    assert set(ids) == {m["MessageAttributes"]["transition_id"]["StringValue"] for m in straight.sns.published}
    # Killed between publishing and marking, one message is told twice under one id.
    assert len(ids) - len(set(ids)) <= 1


def test_somebody_faster_is_read_again_and_nothing_is_lost(line):
    line.send(leg(version=3, expected_delay_minutes=130, in_at=at("22:10")))
    rival = line.store.alerts([next(iter(line.alerts()))])

    def be_faster(name, asked):
        line.dynamo.before = lambda name, asked: None
        if name == "batch_get_item":
            line.dynamo.before = be_faster
            return
        item = next(iter(rival.values()))
        line.store.commit(
            Change({**item, "item_version": item["item_version"] + 1, "note": "mía"}, item["item_version"])
        )

    line.dynamo.before = be_faster
    before = line.dynamo.calls.count("transact_write_items")
    line.send(leg(version=4, expected_delay_minutes=250, in_at=at("22:10"), last_event_at=at("12:30")))
    alert = line.alert(LATE, leg()["leg_uid"])
    assert (alert["level"], alert["value"], alert["note"], alert["item_version"]) == ("critical", 250, "mía", 3)
    assert line.dynamo.calls.count("transact_write_items") - before >= 2


def test_a_bug_in_evaluation_puts_the_record_aside_and_not_the_batch(line, monkeypatch):
    from aero_streaming.alerts import conditions as alert_conditions

    def broken(rules, leg, now):
        raise ZeroDivisionError("bad day")

    monkeypatch.setattr(alert_conditions, "LEG_VALUES", {**alert_conditions.LEG_VALUES, "diversion": broken})
    answer = line.send(leg(), state("route", arrived_legs=20, arr_late_15_legs=15, accounted_legs=40))
    assert answer == {"batchItemFailures": []}
    (document,) = line.s3.objects.values()
    assert json.loads(document)["reason"] == "evaluation_failed"
    assert line.alert("a14_route_day", "MEX-CUN")["level"] == "red"


def test_each_batch_leaves_one_line_of_metrics_without_content(line, capsys):
    line.send(cancelled(), b"{")
    logged = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    metrics = next(entry for entry in logged if "_aws" in entry)
    assert (metrics["Records"], metrics["Poison"], metrics["Fresh"], metrics["Transitions"]) == (2, 1, 1, 1)
    named = {m["Name"] for m in metrics["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    assert named <= metrics.keys()
    assert "AM" not in json.dumps(metrics)


def test_leg_state_is_found_by_tail_route_and_ground_and_goes_in_time(line):
    line.send(leg(origin="MEX", destination="JFK", on_at=at("17:00"), off_at=at("13:00"), out_at=at("12:45")))
    (row,) = [row for row in line.dynamo.rows("leg-state") if row["key"].startswith("leg#")]
    assert row["tail_day"] == "XAAAA#2026-11-25"
    assert (row["scope_day"], row["scope_id"]) == ("leg#MEX-JFK#2026-11-25", f"{at('18:00')}#{row['leg_uid']}")
    assert (row["on_ground"], row["ground_since_at"]) == ("1", at("17:00"))
    assert row["expires_at"] == int(line.wall.timestamp()) + 10 * 86_400
