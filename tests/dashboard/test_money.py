"""Money and satisfaction on pages: the ladder of what is known, a score with n and interval, and nothing else."""

from math import sqrt

import duckdb
import pandas as pd
import pytest

from aero_assets.published import PublishedCopy
from aero_dashboard import money
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


def test_flights_without_any_money_have_no_such_part(open_page, bts):
    app = open_page(bts)
    for page in ("network", "route"):
        show(app, page)
        assert "Dinero" not in [heading.value for heading in app.subheader], page
