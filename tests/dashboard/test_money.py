"""Money and satisfaction on pages: the ladder of what is known, a score with n and interval, and nothing else."""

from datetime import date
from math import sqrt
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd
import pytest

from aero_assets.published import PublishedCopy
from aero_dashboard import money
from aero_dashboard.i18n import Translator
from aero_dashboard.queries import Scope
from tests.dashboard.conftest import show, texts
from tests.dashboard.published import table
from tests.dashboard.warehouse import LAST_DAY
from tests.fakes import FolderBucket

SCOPE = Scope(LAST_DAY, LAST_DAY, carrier="AM")


@pytest.fixture
def connection(synthetic, tmp_path):
    with PublishedCopy(tmp_path, FolderBucket(synthetic)).pull().connect() as opened:
        yield opened


def test_the_ladder_is_the_sum_of_the_marts_rows(connection, synthetic):
    rows = table(synthetic, "finance.fct_route_margin")
    rows = rows[(pd.to_datetime(rows.operating_date).dt.date == LAST_DAY) & (rows.carrier == "AM")]
    sums = money.margins(connection, SCOPE)
    assert sums["operating_revenue"] == float(rows.revenue_usd.sum()) > 0
    assert sums["margin_all_in"] == pytest.approx(sums["operating_revenue"] / 5)
    assert sums["revenue_seat_km"] == pytest.approx(float(rows.seat_km.sum()))


def test_the_score_has_the_interval_of_its_answers_and_stays_a_score(connection):
    [(n, good, bad)] = connection.execute(
        "select sum(recommendations), sum(promoters), sum(detractors) from commercial.fct_route_day_commercial "
        "where operating_date = ?",
        [LAST_DAY],
    ).fetchall()
    found = money.satisfaction(connection, SCOPE)
    assert found is not None
    assert (found.answers, found.nps) == (n, pytest.approx(100 * (good - bad) / n))
    spread = (good + bad) / n - ((good - bad) / n) ** 2
    assert found.high - found.low == pytest.approx(2 * 196 * sqrt(spread / n))


def test_a_version_without_the_marts_has_no_money_and_no_score():
    with duckdb.connect() as empty:
        assert money.margins(empty, SCOPE) == {}
        assert money.satisfaction(empty, SCOPE) is None


@pytest.mark.parametrize(("language", "title"), [("es", "Dinero"), ("en", "Money")])
def test_network_and_route_show_the_ladder_where_money_is_known(open_page, synthetic, language, title):
    app = open_page(synthetic, lang=language, period="7d")
    for page in ("network", "route"):
        show(app, page, lang=language, period="7d")
        assert not app.exception, page
        assert title in [heading.value for heading in app.subheader], page
        words = texts(app)
        assert "RASK" in words
        assert "NPS" in words


@pytest.mark.parametrize(("language", "step"), [("es", "Margen en la red"), ("en", "Network margin")])
def test_the_margin_of_the_network_is_of_one_route_and_of_no_sum_of_routes(open_page, synthetic, language, step):
    app = open_page(synthetic, lang=language, period="7d")
    for page, is_shown in (("network", False), ("route", True)):
        show(app, page, lang=language, period="7d")
        of_ladder = Translator(language)("money.step")
        [ladder] = [table.value for table in app.table if table.value.index.name == of_ladder]
        assert (step in list(ladder.index)) == is_shown, page


def test_a_route_that_loses_alone_is_named_if_the_network_earns_with_it():
    with duckdb.connect() as marts:
        marts.execute("create schema finance")
        marts.execute("""
            create table finance.fct_route_margin as
            select date '2026-02-03' as operating_date, 'AM' as carrier, left(route, 3) as origin, route,
                   all_in as fully_allocated_usd, network as network_usd
            from (values ('VER-MEX', -300, 100), ('VER-MEX', 50, 60), ('OAX-MEX', -10, 200), ('MEX-CUN', 900, 950),
                         ('MEX-LHR', -800, -700), ('MEX-GDL', -5, null), ('unknown', -7, 9))
                as margins (route, all_in, network)
        """)
        found = money.feeders(marts, Scope(date(2026, 2, 3), date(2026, 2, 3)))
    assert found.values.tolist() == [["OAX-MEX", -10, 200], ["VER-MEX", -250, 160], ["MEX-LHR", -800, -700]]


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ([], ""),
        ([("MEX-LHR", -800.0, -700.0)], "all costs: 1. Of these, routes that earn with what their connecting"),
        ([("OAX-MEX", -10.0, 200.0), ("MEX-LHR", -800.0, -700.0)], "on other legs: 1. First: OAX-MEX."),
    ],
)
def test_the_network_page_says_how_many_routes_the_network_pays_for(routes, words):
    losing = pd.DataFrame(routes, columns=["route", "all_in", "network"])
    view: Any = SimpleNamespace(t=Translator("en"), read=lambda *_: losing)
    said = money._of_feeders(view, SCOPE)
    assert words in said
    assert bool(said) == bool(routes)


def test_flights_without_any_money_have_no_such_part(open_page, bts):
    app = open_page(bts)
    for page in ("network", "route"):
        show(app, page)
        assert "Dinero" not in [heading.value for heading in app.subheader], page
