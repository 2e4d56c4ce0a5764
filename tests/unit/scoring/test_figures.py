"""Scores added up, held to the goals and shown on a terminal."""

from datetime import UTC, datetime

from aero_drills.scoring import page
from aero_drills.scoring.cases import Case
from aero_drills.scoring.figures import FEWEST_ALERTS, summary
from aero_drills.scoring.goals import goals
from aero_drills.scoring.score import Score, Statement
from aero_streaming.rules import rules

BEFORE = {"recall": {"rotation_flight": 0.5}, "minutes_to_detect_median": 60}


def said(verdict, rule_id="rotation_flight", level="amber", predicted=25.0, actual=30.0):
    return Statement(rule_id, level, "medium", verdict, predicted, actual, True, 0.0, 40.0)


def scored(scenario="normal", statements=(), problems=(), hours=None, old=0, due=None, raised=None):
    return Score(Case(scenario, 1), tuple(statements), tuple(problems), due or {}, raised or {}, hours or {}, 5, old)


def test_a_rule_is_scored_from_so_many_alerts_on_and_reported_below():
    few = [said("right")] * (FEWEST_ALERTS - 1)
    assert not summary([scored(statements=few)])["rules"]["rotation_flight"]["is_scored"]
    assert summary([scored(statements=few)])["precision"] is None
    enough = [*few, said("wrong")]
    scores = summary([scored(statements=enough)])
    assert scores["rules"]["rotation_flight"]["is_scored"]
    assert scores["precision"] == 0.95


def test_facts_count_in_the_load_and_never_in_precision():
    statements = [said("right")] * 20 + [said("fact", "cancellation_flight", "red")] * 30
    scores = summary([scored(statements=statements, hours={494_880: 50})])
    assert scores["precision"] == 1.0
    assert (scores["rules"]["cancellation_flight"]["facts"], scores["rules"]["cancellation_flight"]["precision"]) == (
        30,
        None,
    )
    assert scores["alerts"] == 50


def test_precision_is_that_of_calm_days_and_storms_and_recall_that_of_every_scenario():
    storm = scored("storm", [said("right")] * 20, problems=(40.0,))
    fog = scored("fog", [said("wrong")] * 20, problems=(None, 80.0))
    scores = summary([storm, fog])
    assert scores["precision"] == 1.0
    assert (scores["problems"], scores["recall"], scores["minutes_to_detect_median"]) == (3, 0.667, 60.0)


def test_the_calm_load_is_the_mean_of_the_hours_in_which_the_airline_flies():
    midnight = int(datetime(2026, 11, 24, tzinfo=UTC).timestamp()) // 3600
    hours = {midnight + 11: 99, midnight + 12: 16, midnight + 27: 16, midnight + 28: 99}
    scores = summary([scored(hours=hours), scored("storm", hours={midnight + 20: 7, midnight + 21: 3})])
    assert scores["alerts_per_hour_calm"] == 2.0
    assert scores["most_in_an_hour_of_a_storm"] == 7


def test_bands_show_what_was_predicted_and_what_came():
    statements = [said("right", predicted=20.0, actual=16.0), said("wrong", predicted=30.0, actual=2.0),
                  said("right", level="red", predicted=50.0, actual=45.0)]  # fmt: skip
    found = summary([scored(statements=statements)])["rules"]["rotation_flight"]["bands"]
    assert list(found) == ["amber", "red"]
    assert (found["amber"]["precision"], found["amber"]["predicted_median"], found["amber"]["actual_median"]) == (
        0.5,
        25.0,
        9.0,
    )


def test_a_goal_that_is_missed_is_named_with_its_figure():
    calm = scored(statements=[said("wrong")] * 15 + [said("right")] * 5, old=2, due={"rotation_flight": 4},
                  raised={"rotation_flight": 1}, problems=(30.0,))  # fmt: skip
    storm = scored("storm", hours={1: 13}, problems=(None,))
    late = summary([calm]) | {"false_criticals": ["tarmac_flight#…"]}
    missed = {f"{goal}" for goal in goals(summary([calm, storm]), late, BEFORE) if not goal.is_met}
    assert missed == {
        "precision of rotation_flight: 0.25, wanted >= 0.6",
        "precision of all scored rules: 0.25, wanted >= 0.75",
        "recall of the problems put in: 0.5, wanted >= 0.9",
        "recall of rotation_flight: 0.25, wanted >= 0.5",
        "alerts in the worst hour of a storm: 13, wanted <= 12",
        "alerts open 10 minutes after their end: 2, wanted <= 0",
        "false criticals while the feed is behind: 1, wanted <= 0",
    }


def test_figures_fit_a_terminal_of_80_columns():
    longest = max((rule.id for rule in rules().rules), key=len)
    statements = [
        said(verdict, rule_id, level)
        for rule_id in (longest, "rotation_flight")
        for level in ("amber", "red", "critical")
        for verdict in ("right", "wrong", "fact")
        for _ in range(400)
    ]
    storm = scored("storm", statements, [100.0] * 10, {5: 1234}, due={longest: 1234}, raised={longest: 1233})
    scores = summary([storm, scored("normal", statements)])
    shown = list(page.lines(scores, goals(scores, None, BEFORE)))
    assert max(map(len, shown)) <= page.WIDTH
    assert any(line.startswith(longest) for line in shown)
