"""The promise: repeated, shuffled and late records end in the same open alerts, for any operating day."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aero_streaming.leg_records import records_of_legs
from aero_streaming.rules import rules
from aero_streaming.times import minutes_between

from .alert_samples import DAY, Line, at, event, leg, rule

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
        one = {
            **leg(number + 1, origin=origin, destination=destination, tail=draw(st.sampled_from(["XAAAA", "XABBB"]))),
            "std_at": clock(departure), "sta_at": clock(departure + 60),
        }  # fmt: skip
        for name in ("kind", "partition_key", "state_version", "last_received_at", "last_event_at", "route"):
            del one[name]
        if fate == "cancelled":
            one |= {"is_cancelled": True, "cancelled_at": clock(max(0, departure - 30))}
        elif fate == "diverted":
            one |= {"is_diverted": True, "diverted_at": clock(departure + 50), "out_at": clock(departure)}
        else:
            moments = {"out_at": late, "off_at": late + 10, "on_at": late + 50, "in_at": late + 60}
            one |= {name: clock(min(max(0, departure + minute), 500)) for name, minute in moments.items()}
        legs.append(one)
    return legs


def small_rules() -> Any:
    """The rules with samples that a day of a dozen legs can fill."""
    return replace(rules(), rules=tuple(replace(one, minimum_legs=min(one.minimum_legs, FEW)) for one in rules().rules))


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
    # What time alone brings (a hold that matures, a window that moves on) is no matter of repetition.
    line.tick("22:20")
    before, told = line.dynamo.snapshot(), len(line.sns.published)
    again = data.draw(st.lists(st.sampled_from(records), min_size=1, max_size=30))
    line.restart()
    assert line.send(*again) == {"batchItemFailures": []}
    assert line.dynamo.snapshot() == before
    assert len(line.sns.published) == told


@SLOW
@given(days())
def test_what_is_open_at_the_end_is_what_counting_the_day_says(legs):
    found = open_alerts(run(list(records_of_legs(legs, ())), [50]))
    wanted: dict[str, tuple[Any, ...]] = {}
    for one in legs:
        if one.get("is_cancelled"):
            wanted[f"cancellation_flight#leg#{one['leg_uid']}#{DAY}"] = ("red",)
        elif one.get("is_diverted"):
            wanted[f"diversion_flight#leg#{one['leg_uid']}#{DAY}"] = ("red",)
        elif "out_at" in one:
            late = minutes_between(one["std_at"], one["out_at"])
            level = "critical" if late >= 240 else "red" if late >= 120 else "amber" if late >= 60 else None
            if level:
                wanted[f"long_delay_flight#leg#{one['leg_uid']}#{DAY}"] = (level,)
    single = {key: (level,) for key, (level, _, _) in found.items() if "#leg#" in key}
    assert single == wanted
    for key, (level, value, n) in found.items():
        if key.startswith("a14_route_day#"):
            assert n >= FEW
            assert value < rule("a14_route_day").amber.enter
            assert level in ("amber", "red")


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
    assert {key.split("#")[0]: found[:2] for key, found in open_alerts(line).items()} == {
        "diversion_flight": ("red", 2)
    }
    assert len(line.dynamo.rows("event-log")) == 4
