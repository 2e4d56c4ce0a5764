"""Every figure of the golden days, by the register over merged legs and by the rules over the stream's sums."""

from dataclasses import replace
from datetime import datetime

import pytest

from aero_drills import recount
from aero_streaming.alerts.sums import of_state
from aero_streaming.backtesting.event_records import records_of_events
from aero_streaming.figures import figures
from aero_streaming.rules import rules
from aero_streaming.rules.model import KPIS
from tests.golden.figures import CASES, GOLDEN, GoldenDay
from tests.unit.streaming.alert_samples import rule

DAY = GOLDEN["figures"]
SUMMED = [kpi for kpi in figures().kpis.values() if kpi.of.id == "legs" and kpi.numerator and not kpi.change_of]
JUDGED = [(day, kpi_id) for day, kpi_id in CASES if kpi_id in KPIS]


def seen_by_rules(kpi_id: str, row: dict, as_of: datetime) -> tuple[float | None, int]:
    """Return value and n as a rule over the network's day sees them."""
    network = replace(rule("a14_network_day"), kpi=kpi_id)
    condition = of_state(rules(), network, row, as_of)
    return condition.value, condition.n


def expected(day: GoldenDay, kpi_id: str) -> tuple[float, int]:
    """Return the golden value as rules say it, in percent where it is a share, and n."""
    over, under = day.answers[kpi_id]
    if under is None:
        return over, day.legs  # every leg of the day: known cancellations are of all that is scheduled
    return (100 * over / under if figures().kpis[kpi_id].is_share else over / under), int(under)


def test_every_figure_over_legs_has_a_golden_answer_and_nothing_else_has() -> None:
    assert DAY.answers.keys() == {kpi.id for kpi in SUMMED}


def test_every_figure_that_is_no_sum_says_what_it_measures() -> None:
    others = [kpi for kpi in figures().kpis.values() if not kpi.numerator]
    assert all(kpi.measures for kpi in others)


@pytest.mark.parametrize(("day", "kpi_id"), CASES)
def test_the_register_over_merged_legs_gives_the_golden_answer(day: str, kpi_id: str) -> None:
    kpi, golden = figures().kpis[kpi_id], GOLDEN[day]
    rows = [fct_leg(leg, golden.as_of) for leg in recount.legs(golden.events).values()]
    sums = {total.id: total.of_rows(rows) for total in kpi.sums}
    assert (kpi.over(sums), kpi.under(sums)) == pytest.approx(golden.answers[kpi_id])


@pytest.mark.parametrize(("day", "kpi_id"), JUDGED)
def test_the_rules_see_the_golden_answer_in_the_sums_of_the_stream(day: str, kpi_id: str) -> None:
    golden = GOLDEN[day]
    states = [row for row in records_of_events(golden.events) if row.get("scope_type") == "network"]
    assert states[-1]["operating_date"] == golden.on
    assert seen_by_rules(kpi_id, states[-1], golden.as_of) == pytest.approx(expected(golden, kpi_id))


def test_who_reads_before_a_cancelled_flight_is_due_does_not_count_it() -> None:
    last = [row for row in records_of_events(DAY.events) if row.get("scope_type") == "network"][-1]
    assert last["cancelled_by_quarter"] == {"2026-11-22 14:00": 2, "2026-11-23 00:00": 1}
    value, n = seen_by_rules("completion", last, DAY.as_of)
    assert (value, n) == (pytest.approx(100 * 11 / 13), 13)
    later = of_state(rules(), replace(rule("a14_network_day"), kpi="completion"), last, DAY.as_of.replace(day=23))
    assert (later.value, later.n) == (pytest.approx(100 * 11 / 14), 14)


def fct_leg(leg, at: datetime) -> dict:
    """A merged leg with the columns of `fct_leg`, by hand."""
    planned = recount.minutes(leg["std_at"], leg["sta_at"])
    flown = not leg["cancelled"] and not leg["diverted"]
    km = leg["distance_miles"] * 1.609344
    seats, people = leg["seats"], leg["passengers"]
    as_of = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return {
        **leg,
        "is_cancelled": leg["cancelled"],
        "is_diverted": leg["diverted"],
        "is_operated": leg["operated"],
        "is_departure_due": leg["operated"] or leg["out_at"] is not None or leg["std_at"] <= as_of,
        "is_arrival_due": leg["in_at"] is not None or leg["diverted"] or leg["sta_at"] <= as_of,
        "scheduled_block_minutes": planned,
        "block_minutes": recount.minutes(leg["last_out_at"], leg["in_at"]) if flown else None,
        "taxi_out_minutes": None if leg["cancelled"] else recount.minutes(leg["last_out_at"], leg["off_at"]),
        "taxi_in_minutes": recount.minutes(leg["on_at"], leg["in_at"]) if flown else None,
        "distance_km": km,
        "seat_km": km * seats if leg["operated"] and seats else None,
        "passenger_km": km * people if leg["operated"] and people else None,
    }
