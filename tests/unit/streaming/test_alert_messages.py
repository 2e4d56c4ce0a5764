"""Messages: a subject of plain letters, a body that a phone shows, everything an alert must carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_streaming.alerts.flights import top_flights
from aero_streaming.alerts.line import line_text
from aero_streaming.alerts.messages import Settings, compose
from aero_streaming.alerts.model import Alert
from aero_streaming.rules import rules

from .alert_samples import DAY, Line, at, leg, rule, state


def told(line):
    return line.sns.published[-1]


def test_a_message_on_a_route_says_what_where_since_when_how_bad_who_and_what_to_do():
    line = Line()
    flights = [leg(number, 3, arrival_delay_minutes=late, expected_delay_minutes=late, in_at=at("21:00"))
               for number, late in ((11, 20), (12, 95), (13, 31), (14, 40), (15, 0))]  # fmt: skip
    line.send(*flights, state("route", arrived_legs=20, arr_late_15_legs=15, scheduled_legs=20, accounted_legs=20))
    (message,) = line.told("a14_route_day")
    assert (
        message["Subject"]
        == "[ROJO] Puntualidad de llegada de la ruta: MEX-CUN 2026-11-25 - 25.0 % (limite 65.0 %), n = 20"
    )
    assert message["Message"].splitlines() == [
        "12:00 local · ROJO · Puntualidad de llegada de la ruta: MEX-CUN 2026-11-25 · 25.0 % (límite 65.0 %), n = 20",
        "Alerta nueva · Puntualidad de llegada de la ruta · 25.0 % (límite 65.0 %), n = 20",
        "Desde 2026-11-25 12:00 hora local (2026-11-25 18:00 UTC)",
        "Vuelos: AM12 MEX-CUN +95 min; AM14 MEX-CUN +40 min; AM13 MEX-CUN +31 min",
        "Acción: Revisar los tres vuelos señalados y la rotación siguiente.",
        "https://tablero.example/live?alert=a14_route_day%23route%23MEX-CUN%232026-11-25&lang=es",
        "datos sintéticos",
    ]
    assert all(len(text) <= 160 for text in message["Message"].splitlines())


FLIGHT = {"carrier": "AM", "flight_number": 259, "origin": "PVR", "destination": "MEX", "std_at": at("15:40"),
          "std_utc_offset_minutes": -360, "tail": "XAAMB", "passengers": 181}  # fmt: skip
CHAIN = {**FLIGHT, "inbound": "AM258", "expected_out_at": at("16:20"), "legs_behind": 3, "affected_passengers": 640}


@pytest.mark.parametrize(("rule_id", "level", "value", "facts", "language", "said"), [
    ("rotation_flight", "red", 40, CHAIN, "es",
     "08:52 local · ROJO · AM259 PVR-MEX 09:40 → est. 10:20 · XA-AMB espera AM258 · 3 tramos después · 640 pax"),
    ("rotation_flight", "amber", 20, {**CHAIN, "legs_behind": 1}, "en",
     "08:52 local · AMBER · AM259 PVR-MEX 09:40 → est. 10:20 · XA-AMB waits for AM258 · 1 leg behind · 640 pax"),
    ("long_delay_flight", "critical", 245, FLIGHT, "es",
     "08:52 local · CRÍTICO · AM259 PVR-MEX 09:40 → est. 13:45 · XA-AMB · 181 pax"),
    ("diversion_flight", "red", 2, {**FLIGHT, "tail": "N101AM", "passengers": None}, "es",
     "08:52 local · ROJO · AM259 PVR-MEX 09:40 · desvío o regreso · N101AM"),
    ("cancellation_flight", "red", 190, {**FLIGHT, "passengers": None, "booked_seats": 150}, "es",
     "08:52 local · ROJO · AM259 PVR-MEX 09:40 · cancelado, 3 h 10 min antes de la salida · XA-AMB · 150 pax"),
    ("tarmac_flight", "critical", 181, FLIGHT, "en",
     "08:52 local · CRITICAL · AM259 PVR-MEX 09:40 · 181 min on the ground with passengers on board · XA-AMB"
     " · 181 pax"),
])  # fmt: skip
def test_the_line_of_a_flight_says_when_estimate_aircraft_and_who_is_behind(
    rule_id, level, value, facts, language, said
):
    line_rule = rule(rule_id)
    known = {name: fact for name, fact in facts.items() if fact is not None}
    alert = Alert("k", line_rule.id, line_rule.kpi, "leg", "x", DAY, level=level, value=value, facts=known)
    assert line_text(line_rule, alert, at("14:52"), Settings(language)) == said


def test_a_silence_speaks_of_no_sample_and_a_hub_of_its_own():
    feed, hub = rule("feed_silence"), rule("a14_hub_2h")
    silent = Alert("k", feed.id, feed.kpi, "feed", "leg-events", DAY, level="amber", value=12, limit=10, n=7)
    assert line_text(feed, silent, at("18:00"), Settings()) == (
        "12:00 local · ÁMBAR · Fuente sin datos: leg-events 2026-11-25 · 12 min (límite 10 min)"
    )
    late = Alert("k", hub.id, hub.kpi, "hub", "MEX", DAY, level="red", value=61.5, limit=72.0, n=26)
    assert line_text(hub, late, at("18:00"), Settings()).endswith("MEX 2026-11-25 · 61.5 % (límite 72.0 %), n = 26")


def attributes(line, rule_id):
    return {name: value["StringValue"] for name, value in line.told(rule_id)[-1]["MessageAttributes"].items()}


def test_a_message_carries_what_subscriptions_filter_by():
    line = Line()
    line.send(leg(version=3, received="18:00", is_diverted=True))
    found = attributes(line, "diversion_flight")
    assert {name: found[name] for name in ("station", "severity", "role", "level")} == {
        "station": '["MEX", "CUN"]', "severity": "high", "role": "duty_manager", "level": "red",
    }  # fmt: skip
    assert line.told("diversion_flight")[-1]["MessageAttributes"]["station"]["DataType"] == "String.Array"


def test_each_step_of_the_escalation_tells_the_next_role():
    line = Line()
    line.send(leg(version=3, received="18:00", is_diverted=True))
    roles = []
    for clock in ("18:09", "18:10", "18:30"):
        line.heartbeat(clock)
        line.tick(clock)
        roles.append(attributes(line, "diversion_flight")["role"])
    assert roles == ["duty_manager", "hub_control", "vp_on_call"]


def test_a_silent_feed_is_told_to_who_can_mend_it_and_is_of_every_station():
    line = Line()
    line.send(leg(version=3, received="18:00"))
    line.tick("18:10")
    found = attributes(line, "feed_silence")
    assert (found["role"], found["station"]) == ("data_on_call", '["ALL"]')


def test_local_time_is_that_of_the_origin_where_a_leg_tells_it():
    line = Line()
    line.send(leg(version=3, received="18:00", is_diverted=True, std_utc_offset_minutes=-480))
    assert "Desde 2026-11-25 10:00 hora local (2026-11-25 18:00 UTC)" in told(line)["Message"]


def test_real_data_carry_no_label_and_a_missing_address_no_link():
    known = rule("diversion_flight")
    alert = Alert("k", known.id, known.kpi, "leg", "x", DAY, since_at=at("18:00"),
                  facts={"carrier": "AM", "flight_number": 1, "origin": "MEX", "destination": "CUN"})  # fmt: skip
    body = compose(
        known,
        alert,
        {"kind": "FIRED", "at": at("18:00"), "level_after": "red", "value": 2, "limit": 2, "n": 1},
        [],
        Settings(),
    ).body
    assert "sintéticos" not in body
    assert "http" not in body


def test_a_hub_names_the_worst_flights_of_its_worst_routes():
    line = Line()
    line.send(
        *[leg(n, 3, origin=o, destination=d, expected_delay_minutes=late, departure_delay_minutes=late)
          for n, o, d, late in ((1, "MEX", "GDL", 40), (2, "MEX", "GDL", 70), (3, "CUN", "MTY", 200),
                                (4, "TIJ", "MEX", 55))],
        state("route", "MEX-GDL", departure_delay_minutes=110),
        state("route", "CUN-MTY", departure_delay_minutes=200),
        state("route", "TIJ-MEX", departure_delay_minutes=55),
    )  # fmt: skip
    hub = Alert("k", "departure_delay_hub_60min", "departure_delay", "hub", "MEX", DAY)
    assert [flight["flight_number"] for flight in top_flights(line.store, hub)] == [2, 4, 1]


@pytest.mark.parametrize("kind", ["FIRED", "LEVEL_UP", "ESCALATED", "RELEASED", "UNSHELVED", "UNSTABLE"])
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    "alert_rule", [rule for rule in rules().rules if "stream" in rule.used_by], ids=lambda rule: rule.id
)
def test_every_rule_has_words_for_everything_that_is_told_in_both_languages(alert_rule, kind, language):
    level = list(alert_rule.limits)[-1]
    baseline = 88.0 if alert_rule.unit == "points" else None
    alert = Alert("k", alert_rule.id, alert_rule.kpi, alert_rule.scope, "MEX-CUN", DAY, baseline=baseline,
                  fired_at=at("18:00"), facts={"carrier": "AM", "flight_number": 1, "origin": "MEX"})  # fmt: skip
    limit = alert_rule.limits[level].enter
    line = {"kind": kind, "at": at("18:00"), "level_after": level, "value": limit, "limit": limit, "n": 30, "step": 2}
    message = compose(alert_rule, alert, line, [leg()], Settings(language, "https://tablero.example"))
    assert alert_rule.title[language] in message.body
    assert alert_rule.action[language] in message.body
    assert "{" not in message.body
    assert kind not in message.body
    assert message.subject.startswith("[")


@given(st.text(max_size=200), st.floats(-1e6, 1e6))
def test_no_name_makes_a_subject_that_sns_refuses(name, value):
    known = rule("a14_route_day")
    alert = Alert("k", known.id, known.kpi, "route", name, DAY, fired_at=at("18:00"))
    subject = compose(
        known,
        alert,
        {"kind": "FIRED", "at": at("18:00"), "level_after": "red", "value": value, "limit": 1.0},
        [],
        Settings(),
    ).subject
    assert len(subject) <= 100
    assert subject.isascii()
    assert "\n" not in subject
