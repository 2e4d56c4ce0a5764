"""Passengers on pages: NPS by band with n and interval, the booking curve, and nothing where nobody told."""

from math import sqrt
from pathlib import Path

import duckdb
import pytest

from aero_assets.published import PublishedCopy
from aero_dashboard import passengers
from aero_dashboard.queries import Scope
from tests.dashboard.conftest import show, texts
from tests.dashboard.warehouse import LAST_DAY
from tests.fakes import FolderBucket

SCOPE = Scope(LAST_DAY, LAST_DAY, carrier="AM")


@pytest.fixture
def connection(synthetic, tmp_path):
    with PublishedCopy(tmp_path, FolderBucket(synthetic)).pull().connect() as opened:
        yield opened


def routes(connection):
    """The routes of the carrier on the day; every one has the same answers and bookings."""
    [(count,)] = connection.execute(
        "select count(distinct route) from operations.fct_leg where operating_date = ? and carrier = 'AM'", [LAST_DAY]
    ).fetchall()
    return count


def test_answers_are_added_up_by_band_in_the_order_of_the_delay(connection):
    rows, count = passengers.by_band(connection, SCOPE), routes(connection)
    assert rows["delay_band"].tolist() == ["on_time", "late_15", "late_240"]
    assert rows["recommendations"].tolist() == [20 * count, 9 * count, 2 * count]
    assert rows["satisfied"].tolist() == [17 * count, 4 * count, 0]


def test_the_curve_ends_with_all_seats_and_leaves_out_those_of_unknown_issue(connection):
    rows, count = passengers.curve(connection, SCOPE), routes(connection)
    assert rows["days_to_departure"].tolist() == [60, 14, 7, 1, 0]
    assert rows["share"].tolist() == pytest.approx([0.20, 0.50, 0.80, 0.95, 1.0])
    assert rows["seats"].sum() == 100 * count


def test_a_version_without_the_marts_has_neither():
    with duckdb.connect() as empty:
        assert passengers.by_band(empty, SCOPE).empty
        assert passengers.curve(empty, SCOPE).empty


def test_bands_are_those_of_the_marts():
    seed = Path(__file__).parents[2] / "dbt_project" / "seeds" / "reference" / "delay_bands.csv"
    bands = [line.partition(",")[0] for line in seed.read_text(encoding="utf-8").splitlines()[1:]]
    assert list(passengers.BANDS) == [*bands, "cancelled", "diverted", "unknown"]


@pytest.mark.parametrize(
    ("language", "title", "late", "half"),
    [("es", "Pasajeros por demora", "15 a 59 min tarde", "la mitad se vendió 14 días antes"),
     ("en", "Passengers by delay", "15 to 59 min late", "half were sold 14 days before")],
)  # fmt: skip
def test_network_and_route_show_score_interval_and_pace(open_page, synthetic, language, title, late, half):
    app = open_page(synthetic, lang=language, period="1d")
    for page in ("network", "route"):
        show(app, page, lang=language, period="1d", route="MEX-CUN")
        assert not app.exception, page
        assert title in [heading.value for heading in app.subheader], page
        assert half in texts(app), page
        [rows] = [shown.value for shown in app.table if late in shown.value.index]
        n = int(rows.iloc[0, 0].replace(",", ""))
        score, spread = 100 * 12 / 20, 16 / 20 - (12 / 20) ** 2
        low = score - 196 * sqrt(spread / n)
        assert rows.iloc[0, 1] == "+60.0"
        assert rows.iloc[0, 2].startswith(f"{low:+.1f} "), page


def test_flights_without_answers_have_no_such_part(open_page, bts):
    app = open_page(bts)
    for page in ("network", "route"):
        show(app, page)
        assert "Pasajeros por demora" not in [heading.value for heading in app.subheader], page
