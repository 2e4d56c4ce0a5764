"""`aero metrics`: what it lists, how it shows values, and a sentence for what cannot be answered."""

import json
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from aero_assets.dbt import dbt_project
from aero_assets.metrics import Metrics, Question
from aero_cli.commands.metrics import is_answer, shown, until_complete, with_samples
from tests.unit.local.test_cli import aero


def test_figures_are_listed_with_what_they_can_be_asked_by(capsys):
    code, output, _ = aero(capsys, "metrics")
    assert code == 0
    assert "otp_a14" in output
    assert "Completion factor" in output
    assert "cause_minutes: by day, week, month" in output
    assert "scheduled_legs   " not in output.split("\n\n")[1]


def test_a_program_gets_every_figure_with_its_meaning(capsys):
    code, output, _ = aero(capsys, "metrics", "--json")
    assert code == 0
    listed = {item["name"]: item for item in json.loads(output)}
    assert listed["otp_a14"]["kind"] == "kpi"
    assert listed["otp_a14"]["unit"] == "percent"
    assert "route" in listed["otp_a14"]["by"]
    assert listed["scheduled_legs"]["kind"] == "sum"


def test_the_sql_of_an_answer_is_plain(capsys):
    code, output, _ = aero(capsys, "metrics", "otp_a14,arr_tracked_legs", "--by", "route", "--explain")
    assert code == 0
    assert "FROM operations.fct_leg" in output
    assert "NULLIF" in output


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["otp_a41"], 1, "error: There is no figure 'otp_a41'. Did you mean otp_a14"),
        (["nope"], 1, "error: There is no figure 'nope'. `aero metrics` lists figures"),
        (["otp_a14", "--by", "gate"], 1, "error: otp_a14 cannot be asked by 'gate'."),
        (["otp_a14", "--state", "no-such-state"], 1, "There is no state directory no-such-state."),
        (["otp_a14", "--only", "carrier"], 2, "is no NAME=VALUE"),
        (["otp_a14", "--from", "yesterday"], 2, "yesterday"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_what_cannot_be_answered_is_told(capsys, words, code, told):
    found, output, errors = aero(capsys, "metrics", *words)
    assert (found, output) == (code, "")
    assert told in " ".join(errors.split())


@pytest.mark.parametrize(
    ("asked", "columns"),
    [
        (["otp_a14"], ["otp_a14", "arr_tracked_legs"]),
        (["otp_a14", "arr_tracked_legs", "otp_d0"], ["otp_a14", "arr_tracked_legs", "otp_d0", "dep_tracked_legs"]),
        (["completion"], ["completion", "operated_legs", "due_cancelled_legs"]),
        (["departure_delay"], ["departure_delay"]),
    ],
)
def test_a_person_reads_a_share_with_its_n(asked, columns):
    known = Metrics.of_project(dbt_project.manifest_path.with_name("semantic_manifest.json"))
    assert list(with_samples(known, Question(asked)).metrics) == columns


def test_an_answer_without_a_value_is_none():
    by_route = Question(["otp_a14"], by=["route"])
    assert not is_answer([], by_route)
    assert not is_answer([[None, None]], Question(["otp_a14", "arr_tracked_legs"]))
    assert not is_answer([["MEX-CUN", None]], by_route)
    assert is_answer([["MEX-CUN", 0.0]], by_route)


def published(*days: tuple[str, bool]) -> Any:
    """A published version of legs: each an operating date, and whether the leg is due."""

    @contextmanager
    def connect():
        with duckdb.connect() as connection:
            connection.execute("create schema operations")
            connection.execute(
                "create table operations.fct_leg (operating_date date, is_departure_due bool, is_arrival_due bool)"
            )
            for on, is_due in days:
                connection.execute("insert into operations.fct_leg values (?, ?, ?)", [on, is_due, is_due])
            yield connection

    return SimpleNamespace(connect=connect)


PLANNED = published(
    ("2026-11-27", True), ("2026-11-28", True), ("2026-11-29", True), ("2026-11-29", False), ("2026-12-03", False)
)
SUM = Question(["scheduled_legs"])


def test_an_answer_ends_on_the_last_complete_day_and_says_what_it_leaves_out():
    question, left_out = until_complete(SUM, PLANNED)
    assert (question.first, question.last) == (None, date(2026, 11, 28))
    assert left_out.startswith("operating dates up to 2026-11-28, the last complete one;")
    assert "--to 2026-12-03 takes them in" in left_out


@pytest.mark.parametrize("asked", [
    Question(["scheduled_legs"], last=date(2026, 12, 1)),
    Question(["scheduled_legs"], last=date(2026, 11, 27)),
    Question(["scheduled_legs"], first=date(2026, 11, 29)),
], ids=["to a day that is planned", "to a day that is over", "from a day that is not complete"])  # fmt: skip
def test_who_names_the_days_gets_them(asked):
    assert until_complete(asked, PLANNED) == (asked, "")


@pytest.mark.parametrize("days", [[], [("2026-11-28", True)], [("2026-11-29", False)]],
                         ids=["no day", "complete days alone", "no complete day"])  # fmt: skip
def test_nothing_is_left_out_where_nothing_lies_ahead(days):
    assert until_complete(SUM, published(*days)) == (SUM, "")


def test_the_sql_of_an_answer_says_that_it_names_no_last_day(capsys):
    _, _, told = aero(capsys, "metrics", "scheduled_legs", "--explain")
    assert "without --to the answer ends on the last complete operating date" in told
    _, _, told = aero(capsys, "metrics", "scheduled_legs", "--explain", "--to", "2026-12-01")
    assert told == ""


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.91234, "percent", "91.2 %"),
        (12.3456, "minutes", "12.35"),
        (1234567, "count", "1234567"),
        (Decimal("1234567.890000"), "", "1234567.89"),
        (date(2026, 11, 1), "", "2026-11-01"),
        (None, "percent", ""),
    ],
)
def test_a_value_is_shown_as_people_read_it(value, unit, text):
    assert shown(value, unit) == text
