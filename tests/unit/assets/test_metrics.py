"""Questions for figures by name: what can be asked, what the SQL reads, and a sentence for what cannot be asked."""

from datetime import date

import pytest

from aero_assets.dbt import dbt_project
from aero_assets.metrics import Metrics, Question, QuestionError


@pytest.fixture(scope="module")
def metrics():
    return Metrics.of_project(dbt_project.manifest_path.with_name("semantic_manifest.json"))


def test_a_question_reads_the_tables_as_they_are_published(metrics):
    sql = metrics.sql(Question(["otp_a14"], ["route", "origin__country"]))
    assert "FROM operations.fct_leg " in sql
    assert "reference.dim_airport" in sql
    assert "warehouse" not in sql


def test_a_figure_is_asked_by_short_names_where_they_mean_one_thing(metrics):
    groupings = metrics.groupings(["otp_a14"])
    assert groupings["route"] == "route"
    assert groupings["month"] == "metric_time__month"
    assert groupings["weekday"] == "calendar_day__weekday"
    assert {"origin__country", "destination__country"} <= groupings.keys()
    assert "country" not in groupings


def test_figures_of_several_facts_are_asked_by_what_they_share(metrics):
    shared = metrics.groupings(["otp_a14", "cause_minutes"])
    assert {"route", "carrier", "month", "weekday"} <= shared.keys()
    assert not {"cause", "aircraft_type"} & shared.keys()


@pytest.mark.parametrize("order", [None, "-weekday", "-calendar_day__weekday"])
def test_what_a_figure_is_asked_by_may_be_said_whole(metrics, order):
    name = order.removeprefix("-") if order else "calendar_day__weekday"
    sql = metrics.sql(Question(["otp_a14"], [name], order=order))
    assert sql.endswith("ORDER BY calendar_day__weekday" + (" DESC" if order else ""))


def test_a_period_holds_its_days_and_no_whole_steps_of_time(metrics):
    sql = metrics.sql(Question(["otp_a14"], ["month"], first=date(2026, 5, 4), last=date(2026, 5, 10)))
    assert "cast('2026-05-04' as date)" in sql
    assert "cast('2026-05-10' as date)" in sql


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (Question([]), "at least one figure"),
        (Question(["otp_a41"]), r"no figure 'otp_a41'\. Did you mean otp_a14"),
        (
            Question(["otp_a14"], ["rout"]),
            r"otp_a14 cannot be asked by 'rout'\. Did you mean route\? There is day, week",
        ),
        (Question(["otp_a14"], ["country"]), "Did you mean .*origin__country"),
        (Question(["otp_a14", "cause_minutes"], ["tail"]), "otp_a14 and cause_minutes cannot be asked by 'tail'"),
        (Question(["otp_a14"], only={"gate": ["12"]}), "cannot be asked by 'gate'"),
        (Question(["otp_a14"], only={"month": ["2026-05-01"]}), "first and its last day, not by 'month'"),
        (Question(["otp_a14"], only={"metric_time__day": ["2026-05-01"]}), "first and its last day"),
        (Question(["otp_a14"], only={"tail": ["{{ x }}"]}), "tail has no value with braces"),
        (Question(["otp_a14"], ["route"], order="carrier"), "no 'carrier' to be ordered by; it has otp_a14, route"),
    ],
)
def test_what_cannot_be_asked_is_answered_with_what_there_is(metrics, question, told):
    with pytest.raises(QuestionError, match=told):
        metrics.sql(question)


def test_a_value_with_a_quote_stays_a_value(metrics):
    assert "in ('O''Hare')" in metrics.sql(Question(["otp_a14"], only={"origin__municipality": ["O'Hare"]}))


def test_a_project_that_was_not_parsed_says_how(tmp_path):
    with pytest.raises(QuestionError, match="make manifest"):
        Metrics.of_project(tmp_path / "semantic_manifest.json")
