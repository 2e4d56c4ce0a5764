"""Tables that the airline's people keep: read by their feeds without a refusal, and the same answers as the events."""

import csv
from datetime import date

import pytest

from aero_airline import Airline
from aero_airline.events import day_events
from aero_airline.tables import write
from aero_assets.feeds import find
from tests.damages import judge

ON = date(2026, 11, 20)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The tables of one day, by feed."""
    return dict(write(Airline(7), ON, 1, tmp_path_factory.mktemp("tables")).files)


@pytest.fixture(scope="module")
def written(files):
    """The rows of the tables by their Spanish headings, by feed."""
    return {feed: list(csv.DictReader(path.open(encoding="utf-8"))) for feed, path in files.items()}


@pytest.mark.parametrize("feed", ["partner/surveys", "partner/bookings", "partner/cargo", "partner/targets"])
def test_every_row_is_accepted_by_its_feed(files, written, feed):
    verdict, _ = judge(find(feed), files[feed].read_bytes(), files[feed].name)
    assert (verdict.accepted, verdict.said) == (len(written[feed]), ())


def test_answers_are_those_of_the_events_under_the_same_identity(written):
    told = {
        event["response_id"]: (event["recommendation"], event["satisfaction"])
        for event in day_events(Airline(7), ON)
        if event["event_type"] == "feedback"
    }
    answers = {
        row["Id de respuesta"]: (int(row["Recomendación"]), int(row["Satisfacción"]))
        for row in written["partner/surveys"]
    }
    assert answers.items() <= told.items()
    assert len(answers) > len(told) / 4, "some come later than the table"


def test_the_books_of_a_flight_are_its_last_snapshot_and_a_cancelled_one_has_none(written):
    day = Airline(7).day(ON)
    booked = {row["Vuelo"] + row["Ruta"]: int(row["Asientos reservados"]) for row in written["partner/bookings"]}
    assert booked == {
        f"{leg.carrier}{leg.flight_number}{leg.origin}-{leg.destination}": min(leg.demand, leg.seats)
        for leg in day.legs
        if not leg.is_cancelled
    }


def test_cargo_adds_up_to_its_control_total_to_the_cent(tmp_path):
    tables = write(Airline(7), ON, 2, tmp_path)
    rows = [
        row
        for feed, path in tables.files
        if feed == "partner/cargo"
        for row in csv.DictReader(path.open(encoding="utf-8"))
    ]
    assert sum(round(100 * float(row["Ingreso de carga"])) for row in rows) == round(100 * tables.cargo_usd) > 0


def test_a_table_does_not_depend_on_the_days_around_it(written, tmp_path):
    among = dict(write(Airline(7), date(2026, 11, 19), 2, tmp_path).files[3:])
    assert list(csv.DictReader(among["partner/surveys"].open(encoding="utf-8"))) == written["partner/surveys"]
