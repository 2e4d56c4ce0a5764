"""Traffic lights of routes and delay of aircraft on pages: what was judged and summed, in words, and nothing else."""

from datetime import date

import duckdb
import pytest

from aero_dashboard import rotations, status
from aero_dashboard.i18n import Translator
from aero_dashboard.queries import Scope
from aero_streaming.rules import rules_of_days
from tests.dashboard.conftest import show, texts
from tests.dashboard.published import table
from tests.dashboard.warehouse import LAST_DAY

DAY = Scope(LAST_DAY, LAST_DAY)
RULES = {rule.id for rule in rules_of_days()}


@pytest.fixture
def marts():
    with duckdb.connect() as connection:
        connection.execute("create schema operations")
        yield connection


def judge(marts, *rows):
    marts.execute("create table operations.route_status (operating_date date, rule_id text, route text, light text)")
    marts.executemany("insert into operations.route_status values (?, ?, ?, ?)", rows)


def test_the_last_judged_day_of_the_period_is_shown_worst_first(marts):
    rule, other = sorted(RULES)[:2]
    judge(
        marts,
        (date(2026, 11, 20), rule, "MEX-CUN", "red"), (date(2026, 11, 21), rule, "MEX-CUN", "green"),
        (date(2026, 11, 21), other, "MEX-CUN", "red"), (date(2026, 11, 21), rule, "MEX-GDL", "amber"),
        (date(2026, 11, 21), "a rule that is gone", "MEX-CUN", "red"), (date(2026, 11, 25), rule, "MEX-CUN", "amber"),
    )  # fmt: skip
    period = Scope(date(2026, 11, 15), date(2026, 11, 22))
    rows = status.judged(marts, period)[["light", "route"]].values.tolist()
    assert rows == [["red", "MEX-CUN"], ["amber", "MEX-GDL"], ["green", "MEX-CUN"]]
    of_route = status.judged(marts, Scope(period.first, period.last, route="MEX-GDL"))
    assert of_route["light"].tolist() == ["amber"]


def test_a_period_before_the_first_judged_day_and_a_version_without_them_have_none(marts):
    assert status.judged(marts, DAY).empty
    judge(marts, (LAST_DAY, min(RULES), "MEX-CUN", "red"))
    assert status.judged(marts, Scope(date(2020, 1, 1), date(2020, 1, 2))).empty


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(-3.5, "percent", "-3.5\u00a0%"), (-2.5, "points", "-2.5 points"), (1200.4, "usd", "1,200 USD"),
     (0.0923, "usd_per_km", "0.0923"), (None, "percent", "—"), (12.25, "minutes", "12.2")],
)  # fmt: skip
def test_a_value_has_its_unit(value, unit, words):
    written = status.amount(Translator("en"), value, unit).replace("\u2212", "-")
    assert written == words


def test_rotations_are_the_sums_of_the_marts_rows(synthetic):
    rows = table(synthetic, "operations.fct_rotation")
    with duckdb.connect() as marts:
        marts.execute("create schema operations")
        for name in ("fct_rotation", "fct_turnaround"):
            frame = table(synthetic, f"operations.{name}")
            marts.execute(f"create table operations.{name} as from frame")
            assert len(frame)
        known = rotations.sums_of(marts, Scope(date(2026, 1, 1), LAST_DAY))
        of_route = rotations.sums_of(marts, Scope(date(2026, 1, 1), LAST_DAY, route="MEX-CUN"))
    assert tuple(known) == rotations.KPIS
    assert known["react_share"] == {
        "reactionary_minutes": rows.propagated_minutes.sum(),
        "split_delay_minutes": (rows.propagated_minutes + rows.new_minutes).sum(),
    }
    assert 0 < of_route["turn_cmp"]["turns"] < known["turn_cmp"]["turns"]


def test_a_version_without_rotations_has_none():
    with duckdb.connect() as empty:
        assert rotations.sums_of(empty, DAY) == {}


@pytest.mark.parametrize(
    ("language", "titles", "words"),
    [("es", ("Semáforo de rutas por días", "Demora que llegó con el avión"), ("■ Rojo", "-3.5\u00a0%", "Sin juicio")),
     ("en", ("Traffic lights of routes over days", "Delay that came with the aircraft"), ("■ Red", "No judgement"))],
)  # fmt: skip
def test_pages_show_the_lights_and_the_delay_of_aircraft(open_page, synthetic, language, titles, words):
    app = open_page(synthetic, lang=language, period="7d")
    for page in ("network", "route"):
        show(app, page, lang=language, period="7d", **({"route": "MEX-CUN"} if page == "route" else {}))
        assert not app.exception, page
        assert set(titles) <= {heading.value for heading in app.subheader}, page
        cells = [f"{cell}".replace("\u2212", "-") for shown in app.table for cell in shown.value.to_numpy().flatten()]
        assert set(words[:-1]) <= set(cells), page
        assert (words[-1] in f"{cells}") == (page == "route"), page
        assert "28" in texts(app)
