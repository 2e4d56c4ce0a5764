"""One small seed through the real rules: what was put into a day is found, what nobody put in is not."""

from datetime import UTC, datetime, timedelta

import pytest

from aero_drills import lag_drill
from aero_drills.scoring.cases import LAG_MINUTES, SCORED_SEEDS, TUNING_SEEDS, Case, cases, lagging
from aero_drills.scoring.score import score, scored
from aero_drills.scoring.truth import of_table
from aero_streaming.backtesting.backtest import backtest
from aero_streaming.backtesting.leg_records import records_of_legs
from aero_streaming.rules import rules

SEED = TUNING_SEEDS[3]
#: Ticks are most of a day's time; the sweep has one a minute, as the platform has.
TICK_MINUTES = 10


@pytest.fixture(scope="module")
def strike():
    return score(Case("strike", SEED), tick_minutes=TICK_MINUTES)


def test_no_limit_is_chosen_by_a_seed_that_goals_are_held_on():
    assert not set(TUNING_SEEDS) & set(SCORED_SEEDS)
    assert {case.seed for case in [*cases(), *lagging()]} == set(SCORED_SEEDS)


def test_a_strike_is_told_before_it_begins(strike):
    assert len(strike.problems) == 1
    assert strike.problems[0] is not None
    assert strike.problems[0] < 0
    assert strike.raised["cancellations_hub_3h"] == strike.due["cancellations_hub_3h"] == 1


def test_every_cancelled_flight_is_raised_and_is_a_fact(strike):
    assert strike.due["cancellation_flight"] == strike.raised["cancellation_flight"] > 20
    assert {statement.verdict for statement in strike.statements if statement.rule_id == "cancellation_flight"} <= {
        "fact"
    }


def test_alerts_are_counted_once_in_the_hour_in_which_people_first_heard_of_them(strike):
    assert strike.alerts == sum(statement.is_first for statement in strike.statements)
    assert strike.messages >= len(strike.statements)
    assert strike.alerts_between(-48, 72) == strike.alerts


def test_a_feed_that_is_behind_tells_the_criticals_of_a_storm_and_no_false_one():
    verdict = lag_drill.run(Case("storm", SEED, lag_minutes=LAG_MINUTES), 30, print, TICK_MINUTES)
    assert (verdict["false_criticals"], lag_drill.failed(verdict)) == (0, False)
    assert verdict["criticals"] == verdict["criticals_on_time"] > 0


@pytest.mark.parametrize(("criticals", "false", "expected"), [(2, 0, False), (2, 1, True), (0, 0, True)])
def test_the_drill_of_a_lag_fails_on_a_false_critical_and_on_silence(criticals, false, expected):
    verdict = {"criticals_on_time": 2, "criticals": criticals, "false_criticals": false}
    assert lag_drill.failed(verdict) is expected


def table_leg(number, departure, late, tail="XAAAA", origin="MEX", destination="GDL"):
    begin = datetime(2026, 11, 24, 14, tzinfo=UTC) + timedelta(minutes=departure)
    times = {"std_at": 0, "sta_at": 60, "out_at": late, "off_at": late + 10, "on_at": late + 55, "in_at": late + 60}
    moments = {name: f"{begin + timedelta(minutes=minute):%Y-%m-%dT%H:%M:00Z}" for name, minute in times.items()}
    return {"leg_uid": f"{number:032x}", "carrier": "AM", "flight_number": number, "origin": origin,
            "destination": destination, "operating_date": "2026-11-24", "tail": tail, "is_cancelled": False,
            "is_diverted": False, "std_utc_offset_minutes": -360, **moments}  # fmt: skip


def test_a_real_day_is_judged_by_its_final_legs():
    legs = [table_leg(1, 0, 50), table_leg(2, 110, 45, origin="GDL", destination="MEX"), table_leg(3, 0, 90, "XABBB")]
    run = backtest(list(records_of_legs(legs)), rules(), tick_minutes=1)
    result = scored(Case("history", 0), run, of_table(legs), rules())
    assert result.problems == ()
    assert result.due["rotation_flight"] == result.raised["rotation_flight"] == 1
    assert {statement.verdict for statement in result.statements if statement.rule_id == "rotation_flight"} == {"right"}
    assert {statement.verdict for statement in result.statements if statement.rule_id == "long_delay_flight"} == {
        "fact"
    }
