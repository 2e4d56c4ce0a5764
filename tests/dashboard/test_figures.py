"""Figures on screen equal a recomputation in pandas from the published files, under any filter."""

import random
from datetime import timedelta

import pandas as pd
import pytest

from tests.dashboard.conftest import show
from tests.dashboard.published import DEFINITIONS, chosen, figures, table

CASES = 50


def random_params(legs: pd.DataFrame, rng: random.Random) -> dict[str, str]:
    dates = pd.to_datetime(legs["operating_date"]).dt.date
    params = {
        "lang": rng.choice(["es", "en"]),
        "period": rng.choice(["1d", "7d", "14d", "28d", "all", "custom"]),
        "otp": rng.choice(list(DEFINITIONS)),
        "min": f"{rng.choice([1, 8, 20, 60])}",
    }
    if params["period"] == "custom":
        first = dates.min() + timedelta(days=rng.randrange((dates.max() - dates.min()).days + 1))
        params |= {"from": f"{first}", "to": f"{first + timedelta(days=rng.randrange((dates.max() - first).days + 1))}"}
    if rng.random() < 0.5:
        params["carrier"] = rng.choice(sorted(set(legs["carrier"])))
    if rng.random() < 0.5:
        params["origin"] = rng.choice(sorted(set(legs["origin"])))
    return params


def shown(text: str) -> float:
    return float(text.replace("\u00a0%", "").replace(" min", "").replace(",", ""))


def compare(app, expected) -> None:
    """Hold the table of exact figures and the cards above it against figures computed elsewhere."""
    exact = app.dataframe[0].value
    assert len(exact) == len(expected) == len(app.metric)
    for row, card, figure in zip(exact.itertuples(index=False), app.metric, expected, strict=True):
        label, value, numerator, denominator, n, unknown = row
        assert (n, unknown) == (figure["n"], figure["unknown"]), label
        assert numerator == pytest.approx(figure["numerator"], rel=1e-12), label
        if figure["denominator"] is None:
            assert pd.isna(denominator), label
            ratio, scale = figure["numerator"], 1
        else:
            assert denominator == pytest.approx(figure["denominator"], rel=1e-12), label
            ratio = figure["numerator"] / figure["denominator"] if figure["denominator"] else None
            scale = 100 if card.value.endswith("%") else 1
        if ratio is None or (figure["denominator"] is None and not n):
            assert card.value == "—", label
        else:
            assert value == pytest.approx(ratio, rel=1e-12), label
            digits = len(card.value.partition(".")[2].strip("\u00a0% min"))
            assert shown(card.value) == pytest.approx(ratio * scale, abs=0.5 * 10**-digits + 1e-9), label


def test_for_fifty_random_filters_the_figures_equal_a_recomputation_from_the_published_files(open_page, synthetic):
    legs, rng = table(synthetic, "operations.fct_leg"), random.Random(20261122)
    app = open_page(synthetic)
    sizes = []
    for _ in range(CASES):
        params = random_params(legs, rng)
        rows = chosen(legs, params)
        show(app, "network", **params)
        assert not app.exception, params
        assert dict(app.query_params) == params
        expected = figures(rows, params["otp"])
        sizes.append(expected[0]["n"])
        if expected[0]["n"]:
            compare(app, expected)
        else:
            assert not app.metric, params
    # The cases must not all be the same, nor all be empty.
    assert len(set(sizes)) > CASES / 3
    assert sum(size > 0 for size in sizes) > CASES / 2


def test_the_figures_of_a_route_equal_a_recomputation_too(open_page, synthetic):
    legs, rng = table(synthetic, "operations.fct_leg"), random.Random(5)
    app = open_page(synthetic, "route")
    for _ in range(10):
        params = random_params(legs, rng)
        params["route"] = rng.choice(sorted(set(legs["route"])))
        rows = chosen(legs, params, params["route"])
        show(app, "route", **params)
        assert not app.exception, params
        expected = figures(rows, params["otp"])
        if expected[0]["n"]:
            compare(app, expected)


def test_the_table_of_routes_equals_a_recomputation(open_page, synthetic):
    legs = table(synthetic, "operations.fct_leg")
    params = {"lang": "es", "period": "28d", "otp": "dot_a14", "min": "8"}
    app = open_page(synthetic, **params)
    rows, routes = chosen(legs, params), app.dataframe[1].value
    assert len(routes) == rows["route"].nunique()
    for line in routes.to_dict("records"):
        route = line["Ruta"].rpartition("route=")[2]
        [punctuality, *_, cancelled, diverted, load] = figures(rows[rows["route"] == route], "dot_a14")
        assert line["Puntualidad"] == pytest.approx(punctuality["numerator"] / punctuality["denominator"])
        assert line["n"] == punctuality["n"]
        assert line["Cancelaciones"] == cancelled["numerator"]
        assert line["Desvíos"] == diverted["numerator"]
        assert line["Ocupación"] == pytest.approx(load["numerator"] / load["denominator"])
    assert routes["Puntualidad"].is_monotonic_increasing


def test_figures_of_real_looking_data_without_codes_and_seats_equal_a_recomputation(open_page, bts):
    legs = table(bts, "operations.fct_leg")
    params = {"lang": "en", "period": "all", "otp": "cirium_a14", "min": "8"}
    app = open_page(bts, **params)
    expected = figures(chosen(legs, params), "cirium_a14")
    assert len(expected) == 8
    compare(app, expected)
