"""The days of the made-up airline in a demo: two weeks, as many as somebody asks for, and one more with every day."""

from datetime import date, timedelta

import pytest

from aero_cli import inputs
from aero_cli.demo.database import Extracted, Hours, due
from aero_local.errors import AeroError
from aero_local.state import State
from tests.unit.local.test_airline_extract import NOW
from tests.unit.local.test_cli import aero

TODAY = date(2026, 11, 30)


def days_of(folder, asked=None, today=TODAY):
    lines: list[str] = []
    given = inputs.from_airline(folder, today, lines.append, asked)
    assert given.database is not None
    first, last = given.database
    kinds = {feed for feed, _ in given.tables}
    assert kinds == {"partner/bookings", "partner/cargo", "partner/surveys", "partner/targets"}
    months = {(first + timedelta(days=number)).month for number in range((last - first).days + 1)}
    monthly = [feed for feed, _ in given.tables if feed == "partner/targets"]
    assert len(monthly) == len(months)
    assert len(given.files) == (len(given.tables) - len(monthly)) / 3 == (last - first).days + 1
    return first, last, lines


def test_a_demo_has_as_many_days_as_it_is_asked_for_and_one_more_the_day_after(tmp_path):
    assert days_of(tmp_path, 3)[:2] == (date(2026, 11, 27), date(2026, 11, 29))
    assert days_of(tmp_path, None, TODAY + timedelta(days=1))[:2] == (date(2026, 11, 27), TODAY)


def test_days_that_were_sent_stay_and_more_can_be_asked_for(tmp_path):
    days_of(tmp_path, 2)
    assert days_of(tmp_path, 4)[:2] == (date(2026, 11, 26), date(2026, 11, 29))
    first, _, lines = days_of(tmp_path, 1)
    assert first == date(2026, 11, 26)
    assert "this platform has had days since 2026-11-26: all of them are shown" in lines


def test_more_days_than_arrivals_are_filed_for_are_refused_with_the_most_that_there_are(tmp_path):
    with pytest.raises(AeroError, match="begin on 2025-01-02 at the earliest") as error:
        days_of(tmp_path, 800)
    assert "DAYS=697" in str(error.value.fix)
    assert not (tmp_path / inputs.SINCE).exists()


def test_earlier_days_of_the_database_are_extracted_from_their_plan_on(tmp_path):
    state = State(tmp_path / "state")
    due(state, 1, date(2026, 11, 16), date(2026, 11, 29), NOW, lambda _: None)
    until = NOW.replace(minute=0)
    Extracted(date(2026, 11, 16), date(2026, 11, 29), until, {}).save(state)
    asked = due(state, 1, date(2026, 11, 10), date(2026, 11, 29), NOW, lambda _: None)
    assert asked == Hours(NOW.replace(day=9, hour=12, minute=0), until)


def test_days_of_the_airline_and_a_file_exclude_each_other(capsys, tmp_path):
    (tmp_path / "a.csv").write_text("A\n")
    code, _, errors = aero(capsys, "demo", "--input", str(tmp_path / "a.csv"), "--days", "3")
    assert code == 2
    assert "--days is of the made-up airline" in " ".join(errors.replace("│", " ").split())
