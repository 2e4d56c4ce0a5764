"""The promise: repeated, shuffled and late records end in the same open alerts, for any operating day."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aero_streaming.backtesting.leg_records import records_of_legs
from aero_streaming.rules import rules
from aero_streaming.times import minutes_between

from .alert_samples import DAY, Line, at, event, leg, moment

AIRPORTS = ("MEX", "CUN", "GDL", "JFK")
SLOW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
#: Every route has enough legs here for its rules to speak.
FEW = 2


def clock(minute: int) -> str:
    return at(f"{14 + minute // 60:02d}:{minute % 60:02d}")


@st.composite
def days(draw: Any) -> list[dict[str, Any]]:
    """Legs of one day, all accounted for by 22:20: late, cancelled, diverted, on few aircraft."""
    legs = []
    for number in range(draw(st.integers(2, 14))):
        origin, destination = draw(st.permutations(AIRPORTS))[:2]
        departure, late = draw(st.integers(0, 200)), draw(st.sampled_from([-5, 0, 14, 15, 30, 61, 125, 245]))
        fate = draw(st.sampled_from(["flown", "flown", "flown", "cancelled", "diverted"]))
        made = {
            **leg(number + 1, origin=origin, destination=destination, tail=draw(st.sampled_from(["XAAAA", "XABBB"]))),
            "std_at": clock(departure), "sta_at": clock(departure + 60),
        }  # fmt: skip
        for name in ("kind", "partition_key", "state_version", "last_received_at", "last_event_at", "route"):
            del made[name]
        if fate == "cancelled":
            made |= {"is_cancelled": True, "cancelled_at": clock(max(0, departure - 30))}
        elif fate == "diverted":
            made |= {"is_diverted": True, "diverted_at": clock(departure + 50), "out_at": clock(departure)}
        else:
            moments = {"out_at": late, "off_at": late + 10, "on_at": late + 50, "in_at": late + 60}
            made |= {name: clock(min(max(0, departure + minute), 500)) for name, minute in moments.items()}
        legs.append(made)
    return legs


def small_rules() -> Any:
    """The rules with samples that a day of a dozen legs can fill."""
    return replace(
        rules(), rules=tuple(replace(rule, minimum_legs=min(rule.minimum_legs, FEW)) for rule in rules().rules)
    )


def run(records: list[dict[str, Any]], sizes: list[int]) -> Line:
    line = Line(small_rules())
    number, rest = 1, list(records)
    for size in [*sizes, len(records)]:
        batch, rest = rest[:size], rest[size:]
        if batch:
            assert line.send(*batch, first=number) == {"batchItemFailures": []}
            number += len(batch)
    return line


def open_alerts(line: Line) -> dict[str, tuple[Any, ...]]:
    # Twice, so that windows which are empty by now have been so for as long as they must.
    for clock_time in ("23:00", "23:40"):
        line.heartbeat(clock_time)
        line.tick(clock_time)
    return {
        key: (alert["level"], alert.get("value"), alert["n"])
        for key, alert in line.alerts().items()
        if alert["state"] not in ("CLOSED", "NORMAL", "PENDING")
    }


sizes = st.lists(st.integers(1, 30), max_size=12)


@SLOW
@given(days(), st.data(), sizes, sizes)
def test_the_records_of_a_complete_day_in_any_order_end_in_the_same_open_alerts(legs, data, some, others):
    records = list(records_of_legs(legs, ("MEX", "GDL")))
    shuffled = data.draw(st.permutations(records))
    assert open_alerts(run(shuffled, others)) == open_alerts(run(records, some))


@SLOW
@given(days(), st.data(), sizes)
def test_records_sent_again_change_no_table_and_no_message(legs, data, some):
    records = list(records_of_legs(legs, ("MEX", "GDL")))
    line = run(records, some)
    # Changes that time alone brings (a hold that matures, a window that moves on) are no matter of repetition.
    line.tick("22:20")
    before, told = line.dynamo.snapshot(), len(line.sns.published)
    again = data.draw(st.lists(st.sampled_from(records), min_size=1, max_size=30))
    line.restart()
    assert line.send(*again) == {"batchItemFailures": []}
    assert line.dynamo.snapshot() == before
    assert len(line.sns.published) == told


@SLOW
@given(days(), st.data(), sizes)
def test_what_is_left_of_a_flight_follows_from_its_merged_leg_alone(legs, data, some):
    """Sixty minutes late and more, cancelled, diverted: one closed alert each. Anything else: none, or CORREGIDA."""
    records = list(records_of_legs(legs, ()))
    line = run(data.draw(st.permutations(records)), some)
    found = {key: (alert["state"], alert["level"], alert["close_reason"]) for key, alert in ended(line).items()}
    assert {key: left for key, left in found.items() if left[2] != "CORREGIDA"} == expected(legs)


@SLOW
@given(st.data(), st.integers(-10, 300), st.integers(-10, 300), st.lists(st.integers(0, 300), max_size=4), sizes)
def test_estimates_repeats_and_a_corrected_departure_leave_what_the_last_word_says(data, said, true, estimates, some):
    """Estimates come and go, OUT is told wrong and corrected; all of it in any order, some of it twice."""
    told = [
        *[leg(1, 2 + n, clock_of(n), expected_delay_minutes=late) for n, late in enumerate(estimates)],
        *[event("estimate", 1, clock_of(n), departure_delay_minutes=late)
          for n, late in enumerate(estimates) if late >= 60],
        leg(1, 20, "19:00", out_at=at("18:00"), expected_delay_minutes=said),
        *([event("out", 1, "19:00", departure_delay_minutes=said)] if said >= 60 else []),
        leg(1, 21, "19:30", out_at=at("18:00"), expected_delay_minutes=true, corrections=1),
    ]  # fmt: skip
    records = data.draw(st.permutations([*told, *data.draw(st.lists(st.sampled_from(told), max_size=4))]))
    alerts = ended(run(records, some))
    left = {(alert["state"], alert["close_reason"], alert["level"], alert["value"]) for alert in alerts.values()}
    level = level_of(true)
    if level:
        assert left == {("CLOSED", "CONCLUIDA", level, true)}
    else:
        assert {alert[:2] for alert in left} <= {("CLOSED", "CORREGIDA")}


def test_nothing_stays_open_of_a_flight_that_ended():
    line = Line()
    line.late(90, 1)
    line.send(
        leg(2, 3, "18:06", is_diverted=True),
        leg(3, 3, "18:06", is_cancelled=True, cancelled_at=at("12:00")),
        leg(4, 3, "18:06", return_count=1, last_return_type="return_to_ramp", last_return_at=at("18:00")),
    )
    assert {alert["state"] for alert in line.alerts().values()} == {"FIRING"}
    line.wall = moment("21:00")
    line.send(
        leg(1, 5, "19:30", out_at=at("19:30"), expected_delay_minutes=90),
        leg(2, 4, "21:00", is_diverted=True, in_at=at("20:55")),
        leg(4, 4, "19:00", return_count=1, last_return_type="return_to_ramp", last_return_at=at("18:00"),
            last_out_at=at("18:50"), out_at=at("18:00"), expected_delay_minutes=0),
    )  # fmt: skip
    line.tick("21:00")
    assert {alert["rule_id"]: alert["close_reason"] for alert in line.alerts().values()} == dict.fromkeys(
        ("long_delay_flight", "diversion_flight", "cancellation_flight"), "CONCLUIDA"
    )


def test_a_diverted_flight_that_nobody_says_more_of_is_over_three_hours_after_its_plan():
    line = Line()
    line.send(leg(2, 3, "18:06", is_diverted=True))
    for clock_time, is_open in (("22:59", True), ("23:00", False)):
        line.heartbeat(clock_time)
        line.tick(clock_time)
        assert (line.alert("diversion_flight", leg(2)["leg_uid"])["state"] != "CLOSED") == is_open


def ended(line: Line) -> dict[str, Any]:
    """Alerts on single flights that ever fired, once their day is done but not closed."""
    day_after = "2026-11-26"
    line.tick("08:00", day_after)
    fates = ("long_delay_flight", "cancellation_flight", "diversion_flight")
    return {key: alert for key, alert in line.alerts().items() if alert["rule_id"] in fates and alert.get("fired_at")}


def expected(legs: list[dict[str, Any]]) -> dict[str, tuple[str, str, str]]:
    """Return what must be left, by counting the legs."""
    found = {}
    for flight in legs:
        if flight.get("is_cancelled"):
            fates = {"cancellation_flight": "red"}
        else:
            late = level_of(minutes_between(flight["std_at"], flight["out_at"]))
            fates = {"long_delay_flight": late, "diversion_flight": "red" if flight.get("is_diverted") else None}
        found |= {f"{rule}#leg#{flight['leg_uid']}#{DAY}": ("CLOSED", level, "CONCLUIDA")
                  for rule, level in fates.items() if level}  # fmt: skip
    return found


def level_of(late: int) -> str | None:
    return "critical" if late >= 240 else "red" if late >= 120 else "amber" if late >= 60 else None


def clock_of(number: int) -> str:
    return f"{14 + number}:00"


@SLOW
@given(st.permutations([
    event("cancel", 1, "12:00"),
    event("reinstate", 1, "13:00"),
    leg(1, 2, "12:00", is_cancelled=True, cancelled_at=at("12:00")),
    leg(1, 3, "13:00", is_cancelled=False),
    event("divert", 2, "15:00"),
    leg(2, 4, "15:00", is_diverted=True),
    event("out", 3, "19:20", departure_delay_minutes=80, crossed_minutes=60),
    leg(3, 4, "19:20", out_at=at("19:20"), expected_delay_minutes=80),
    leg(3, 9, "22:00", out_at=at("18:10"), expected_delay_minutes=10, in_at=at("20:10"), corrections=1),
]), sizes)  # fmt: skip
def test_events_and_their_merged_legs_in_any_order_end_alike(records, some):
    line = run(list(records), some)
    left = {alert["rule_id"]: (alert["level"], alert["close_reason"]) for alert in ended(line).values()}
    assert left.pop("diversion_flight") == ("red", "CONCLUIDA")
    assert {reason for _, reason in left.values()} <= {"CORREGIDA"}
    assert len(line.dynamo.rows("event-log")) == 4
