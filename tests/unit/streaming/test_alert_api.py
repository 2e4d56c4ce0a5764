"""Questions about alerts and acts on them: one of two people wins, the other is told who."""

from datetime import timedelta

import pytest

from aero_streaming.alerts.acts import NotPossible
from aero_streaming.alerts.api import Alerts, Conflict, Unknown
from aero_streaming.alerts.items import arrival_text

from .alert_samples import Line, at, event, leg, moment, state


@pytest.fixture
def line():
    line = Line()
    line.late(130)
    return line


@pytest.fixture
def api(line):
    return Alerts(line.engine)


def test_acknowledging_writes_alert_transition_and_decision_together(line, api):
    (alert,) = api.open_alerts()
    after = api.acknowledge(alert.alert_key, "Ana", "avión de reserva", alert.revision)
    assert (after.state, api.alert(alert.alert_key)) == ("ACK", after)
    (decision,) = api.decisions_of(alert.alert_key)
    assert (decision["decision"], decision["who"], decision["note"]) == ("ACKNOWLEDGED", "Ana", "avión de reserva")
    assert [transition["kind"] for transition in api.transitions_of(alert.alert_key)] == ["FIRED", "ACKNOWLEDGED"]
    assert [transition["by"] for transition in api.transitions_of(alert.alert_key)] == ["aero", "Ana"]


def test_of_two_at_once_one_wins_and_the_other_is_told_who(api):
    (alert,) = api.open_alerts()
    api.acknowledge(alert.alert_key, "Ana", None, alert.revision)
    with pytest.raises(Conflict, match="Ana was faster; it is ACK now") as caught:
        api.shelve(alert.alert_key, moment("20:00"), "Luis", "prueba", alert.revision)
    assert caught.value.winner == "Ana"
    assert len(api.decisions_of(alert.alert_key)) == 1


def test_two_acts_in_the_same_instant_leave_one_decision(line, api):
    (alert,) = api.open_alerts()

    def be_faster(name, asked):
        if name == "transact_write_items":
            line.dynamo.before = lambda name, asked: None
            Alerts(line.engine).acknowledge(alert.alert_key, "Luis", None, alert.revision)

    line.dynamo.before = be_faster
    with pytest.raises(Conflict) as caught:
        api.acknowledge(alert.alert_key, "Ana", None, alert.revision)
    assert caught.value.winner == "Luis"
    assert [decision["who"] for decision in api.decisions_of(alert.alert_key)] == ["Luis"]


def test_a_reading_that_moves_meanwhile_is_no_conflict(line, api):
    (alert,) = api.open_alerts()
    line.send(leg(version=4, received="18:01", expected_delay_minutes=135))
    after = api.acknowledge(alert.alert_key, "Ana", None, alert.revision)
    assert (after.value, after.acknowledged_by) == (135, "Ana")


def test_a_graver_level_meanwhile_is_a_conflict_with_the_engine(line, api):
    (alert,) = api.open_alerts()
    line.late(250, version=5, received="18:07")
    with pytest.raises(Conflict) as caught:
        api.acknowledge(alert.alert_key, "Ana", None, alert.revision)
    assert (caught.value.winner, caught.value.alert.level) == ("aero", "critical")


def test_shelving_and_taking_down_are_decisions_and_the_tick_tells_the_latter(line, api):
    (alert,) = api.open_alerts()
    shelved = api.shelve(alert.alert_key, moment("20:00"), "Ana", "en camino", alert.revision)
    notified_before = len(line.sns.published)
    api.unshelve(alert.alert_key, "Luis", shelved.revision)
    assert [decision["decision"] for decision in api.decisions_of(alert.alert_key)] == ["SHELVED", "UNSHELVED"]
    assert len(line.sns.published) == notified_before
    line.wall += timedelta(minutes=2)
    line.tick("18:08")
    assert len(line.sns.published) == notified_before + 1


def test_who_acts_has_a_name_and_what_is_acted_on_is_there(api):
    (alert,) = api.open_alerts()
    with pytest.raises(NotPossible, match="name"):
        api.acknowledge(alert.alert_key, " ", None, alert.revision)
    with pytest.raises(Unknown, match="no alert nowhere"):
        api.acknowledge("nowhere", "Ana", None, 1)


def test_open_alerts_come_gravest_first_and_without_those_that_wait_or_are_in_shadow(line, api):
    line.late(70, number=2, received="18:07")
    line.late(250, number=3, received="18:14")
    line.send(state("route", arrived_legs=20, arr_late_15_legs=15))
    assert [alert.level for alert in api.open_alerts()] == ["critical", "red", "amber"]


def test_the_history_of_a_route_or_a_flight_is_its_events_between_two_times(line, api):
    line.send(event("cancel", 7, "12:00"), event("reinstate", 7, "13:00"), event("divert", 8, "14:00"),
              event("cancel", 7, "16:00"))  # fmt: skip
    assert [event["event_type"] for event in api.history("MEX-CUN", at("12:30"), at("16:00"))] == [
        "reinstate",
        "divert",
        "cancel",
    ]
    assert [event["event_type"] for event in api.history("AM7", at("00:00"), at("13:00"))] == ["cancel", "reinstate"]
    assert api.history("AM9", at("00:00"), at("23:00")) == []


def test_the_log_is_read_on_from_where_a_reader_was_over_the_hours(line, api):
    start = arrival_text(line.wall - timedelta(hours=1))
    first = list(api.transitions_since(start))
    assert [transition["kind"] for transition in first] == ["FIRED"]
    line.wall += timedelta(hours=3)
    line.late(250, number=3, received="18:07")
    assert [transition["kind"] for transition in api.transitions_since(start)] == ["FIRED", "FIRED"]
    assert [transition["alert_key"][:10] for transition in api.transitions_since(first[-1]["arrival"])] == [
        "long_delay"
    ]


def test_lights_say_grey_where_the_sample_is_too_small(line, api):
    line.plan()
    line.send(
        state("route", "MEX-GDL", arrived_legs=7, arr_late_15_legs=7),
        state("route", "MEX-MTY", arrived_legs=20),
        state("route", "MEX-TIJ", arrived_legs=20, arr_late_15_legs=5),
        state("hub_quarter", "MEX", quarter_at=at("17:45"), departed_legs=20, dep_late_15_legs=20),
    )
    assert {light.scope_id: light.status for light in api.lights("route", "2026-11-25")} == {
        "MEX-GDL": "gris", "MEX-MTY": "V", "MEX-TIJ": "A",
    }  # fmt: skip
    hub = {light.rule_id: (light.status, light.n) for light in api.lights("hub", "2026-11-25")}
    assert hub["d15_hub_2h"] == ("R", 20)
    assert hub["a14_hub_2h"] == ("gris", 0)
