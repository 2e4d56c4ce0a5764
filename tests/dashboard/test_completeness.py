"""Are all flights of a day in: a source silent, a route left out of a file, a day in progress, a late file."""

from datetime import date, datetime, timedelta

import duckdb
import pytest

from aero_assets.completeness import latest_day, of_day
from aero_dashboard.completeness import by_source, of_latest_day, sentence
from aero_dashboard.i18n import Translator

YESTERDAY = date(2026, 11, 27)
#: Ten in the evening UTC of the day after: it has been closed for ten hours.
NOW = datetime.fromisoformat("2026-11-28 22:00")
IN_TIME = datetime.fromisoformat("2026-11-28 06:00")
ES = Translator("es")


class Marts:
    """The two published tables, filled a route and day at a time."""

    def __init__(self):
        self.connection = duckdb.connect()
        self.connection.execute("create schema operations")
        self.connection.execute(
            "create table operations.fct_completeness_day (operating_date date, carrier varchar, route varchar, "
            "source varchar, known_legs bigint, final_legs bigint, final_received_at timestamp)"
        )
        self.connection.execute(
            "create table operations.fct_leg (operating_date date, in_at timestamp, is_cancelled boolean, "
            "is_diverted boolean)"
        )

    def legs(self, on, known, final):
        row = "select ?::date, case when range < ? then ?::timestamp end, false, false from range(?)"
        self.connection.execute(f"insert into operations.fct_leg {row}", [on, final, IN_TIME, known])

    def told(self, on, route, source, known, final, at=IN_TIME):
        self.connection.execute(
            "insert into operations.fct_completeness_day values (?, 'AM', ?, ?, ?, ?, ?)",
            [on, route, source, known, final, at],
        )

    def week(self, route="MEX-CUN", source="acars", legs=4):
        for before in range(1, 8):
            on = YESTERDAY - timedelta(before)
            self.told(on, route, source, legs, legs, datetime.combine(on, datetime.min.time()) + timedelta(hours=30))

    def day(self, now=NOW):
        return of_day(self.connection, YESTERDAY, now)

    def says(self, now=NOW):
        return sentence(ES, self.day(now))


@pytest.fixture
def marts():
    return Marts()


def test_a_day_of_which_everything_came_is_complete(marts):
    marts.week()
    marts.legs(YESTERDAY, 4, 4)
    marts.told(YESTERDAY, "MEX-CUN", "acars", 4, 4)
    assert marts.day().is_complete
    assert marts.says() == (
        "Sí: los 4 vuelos del 27 nov 2026 tienen estado final (llegó, cancelado o desviado) en todas las fuentes."
    )


def test_a_source_that_was_silent_for_the_day_is_named_with_flights_route_and_hours(marts):
    marts.week()
    marts.week(source="partner_file")
    marts.legs(YESTERDAY, 4, 4)
    marts.told(YESTERDAY, "MEX-CUN", "partner_file", 4, 4)
    assert not marts.day().is_complete
    assert marts.says() == (
        "Sí, con pendientes: los 4 vuelos del 27 nov 2026 tienen estado final, pero faltan los reportes finales de "
        "ACARS (4 sin estado final: MEX-CUN; 10.0 h de atraso)."
    )


def test_a_route_that_a_file_left_out_is_missing_as_often_as_it_flew_a_week_before(marts):
    marts.week("MEX-CUN", "partner_file")
    marts.week("MEX-MTY", "partner_file", legs=6)
    marts.legs(YESTERDAY, 4, 4)
    marts.told(YESTERDAY, "MEX-CUN", "partner_file", 4, 4)
    [owed] = by_source(marts.day())
    assert (owed.expected_legs, owed.final_legs, owed.missing_legs, owed.routes) == (10, 4, 6, ["MEX-MTY"])
    owing = "faltan los reportes finales de Archivos de socios (6 sin estado final: MEX-MTY; 10.0 h de atraso)"
    assert owing in marts.says()


def test_a_flight_that_is_planned_and_never_closed_is_missing_even_without_a_history(marts):
    marts.legs(YESTERDAY, 4, 3)
    marts.told(YESTERDAY, "MEX-CUN", "schedule", 4, 0, None)
    marts.told(YESTERDAY, "MEX-CUN", "acars", 4, 3)
    assert marts.says() == (
        "No: 3 de 4 vuelos del 27 nov 2026 tienen estado final; faltan los reportes finales de "
        "ACARS (1 sin estado final: MEX-CUN; 10.0 h de atraso)."
    )


def test_who_only_plans_owes_no_end_of_a_flight(marts):
    marts.week()
    marts.told(YESTERDAY, "MEX-CUN", "schedule", 4, 0, None)
    marts.told(YESTERDAY, "MEX-CUN", "acars", 4, 4)
    marts.legs(YESTERDAY, 4, 4)
    assert marts.day().is_complete


def test_nothing_is_missing_of_a_day_in_progress(marts):
    marts.week()
    marts.legs(YESTERDAY, 4, 1)
    marts.told(YESTERDAY, "MEX-CUN", "acars", 4, 1)
    morning = datetime.fromisoformat("2026-11-28 11:59")
    assert marts.day(morning).missing == []
    assert marts.says(morning) == (
        "Todavía no: el día de operación 27 nov 2026 cierra el 28 nov 2026, 12:00 UTC; "
        "van 1 de 4 vuelos con estado final."
    )
    assert [gap.missing_legs for gap in marts.day(datetime.fromisoformat("2026-11-28 12:00")).missing] == [3]


def test_a_late_file_is_complete_and_its_hours_are_told(marts):
    marts.week(source="partner_file")
    marts.legs(YESTERDAY, 4, 4)
    marts.told(YESTERDAY, "MEX-CUN", "partner_file", 4, 4, datetime.fromisoformat("2026-11-28 17:30"))
    day = marts.day()
    assert day.is_complete
    assert [source.hours_late for source in by_source(day)] == [5.5]


def test_a_day_of_which_nothing_came_says_who_was_expected(marts):
    marts.week()
    assert marts.says() == (
        "No: no ha llegado ningún vuelo del 27 nov 2026; faltan los reportes finales de "
        "ACARS (4 sin estado final: MEX-CUN; 10.0 h de atraso)."
    )


def test_without_any_history_the_answer_is_that_nothing_came(marts):
    assert latest_day(marts.connection, NOW) == YESTERDAY
    assert marts.says() == "No ha llegado ningún vuelo del 27 nov 2026."
    assert by_source(marts.day()) == []


def test_a_route_not_flown_on_that_weekday_is_not_expected(marts):
    marts.told(YESTERDAY - timedelta(3), "MEX-ZLO", "acars", 1, 1)
    marts.legs(YESTERDAY, 4, 4)
    marts.told(YESTERDAY, "MEX-CUN", "acars", 4, 4)
    assert marts.day().is_complete


def test_an_old_history_is_judged_by_its_last_day(marts):
    old = date(2015, 1, 3)
    marts.legs(old, 2, 2)
    marts.told(old, "JFK-LAX", "partner_file", 2, 2)
    assert of_latest_day(marts.connection, NOW).operating_date == old


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_answer_is_one_sentence_in_both_languages(marts, language):
    marts.week()
    for known, final in ((0, 0), (4, 0), (4, 4)):
        marts.connection.execute("delete from operations.fct_leg")
        marts.legs(YESTERDAY, known, final)
        for now in (NOW, datetime.fromisoformat("2026-11-28 01:00")):
            said = sentence(Translator(language), marts.day(now))
            assert said.endswith(".")
            assert "{" not in said
