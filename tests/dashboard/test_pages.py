"""Pages as a reader meets them: both languages, every kind of data, links, labels, and nothing yet."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from aero_dashboard import data
from aero_dashboard.i18n import catalogue
from tests.dashboard import warehouse
from tests.dashboard.conftest import PAGES, show, texts

NOT_AFFILIATED = {language: catalogue(language)["footer.not_affiliated"] for language in ("es", "en")}
EVIL = '"><script>alert(1)</script>[x](javascript:alert(1))'


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", ["synthetic", "bts"])
def test_every_page_opens_in_both_languages_on_made_up_and_on_real_looking_data(kind, language, open_page, request):
    folder = request.getfixturevalue(kind)
    app = open_page(folder, lang=language)
    for page in PAGES:
        show(app, page, lang=language)
        assert not app.exception, page
        # Both samples hold flights without an end: data health says so, and no page warns of anything else.
        warned = [warning.value for warning in app.warning]
        assert len(warned) == (page == "health"), warned
        assert all(words.startswith("No\\: ") for words in warned), warned
        words = texts(app)
        assert catalogue(language)[f"{page}.title"].split(" ")[0] in app.title[0].value
        assert NOT_AFFILIATED[language] in words
        assert "23 nov 2026, 13:05" in words.lower()
        assert (catalogue(language)["label.synthetic_help"] in words) == (kind == "synthetic"), page


def test_a_page_states_what_it_shows_definition_period_and_n(open_page, synthetic):
    app = open_page(synthetic, period="7d", otp="d15", carrier="5D", origin="MEX")
    [line] = [item.value for item in app.markdown if item.value.startswith(":gray[16 nov 2026")]
    assert "22 nov 2026" in line
    assert "Puntualidad de salida (D15)" in line
    assert "vuelos" in line
    assert "Aeroméxico Connect" in line


def test_every_figure_has_its_definition_and_says_n_and_unknowns(open_page, synthetic):
    app = open_page(synthetic)
    denominators = ("÷", "entre los vuelos", "de los", "Suma de")
    assert all(any(words in card.help for words in denominators) for card in app.metric)
    captions = [caption.value for caption in app.caption if "sin dato" in caption.value]
    assert len(captions) == len(app.metric) == 9
    assert all(caption.startswith(("n = ", "de ")) for caption in captions)


def test_lights_are_words_and_shapes_and_grey_below_the_minimum_sample(open_page, synthetic):
    app = open_page(synthetic, period="14d", min="500")
    lights = set(app.dataframe[1].value["Semáforo"])
    assert lights == {"○ gris · muestra insuficiente"}
    show(app, "network", period="28d", min="8")
    lights = set(app.dataframe[1].value["Semáforo"])
    assert {"■ R · rojo", "● V · verde", "○ gris · muestra insuficiente"} <= lights


def test_a_definition_without_a_rule_for_routes_shows_no_light_rather_than_green(open_page, synthetic):
    app = open_page(synthetic, otp="d0")
    assert set(app.dataframe[1].value["Semáforo"]) == {"○ sin regla"}


def test_filters_write_the_address_and_the_address_brings_the_view_back(open_page, synthetic):
    app = open_page(synthetic)
    app.selectbox(key="f_carrier").select("5D")
    app.selectbox(key="f_period").select("28d")
    app.number_input(key="f_min").set_value(20)
    app.selectbox(key="f_otp").select("oag_a14")
    app.run()
    address = dict(app.query_params)
    assert address == {"lang": "es", "period": "28d", "carrier": "5D", "otp": "oag_a14", "min": "20"}
    again = open_page(synthetic, **address)
    assert [card.value for card in again.metric] == [card.value for card in app.metric]
    assert dict(again.query_params) == address


def test_a_custom_period_offers_two_dates_and_travels_in_the_address(open_page, synthetic):
    app = open_page(synthetic)
    app.selectbox(key="f_period").select("custom").run()
    app.date_input(key="f_from").set_value(warehouse.LAST_DAY - timedelta(days=3)).run()
    assert app.query_params["from"] == "2026-11-19"
    assert app.query_params["to"] == "2026-11-22"
    assert "19 nov 2026 – 22 nov 2026" in texts(app)
    assert not app.exception


def test_choices_stay_when_the_reader_goes_to_another_page(open_page, synthetic):
    app = open_page(synthetic, period="7d", carrier="AM")
    # A click on the name of a page brings an address without parameters.
    show(app, "route")
    assert app.query_params["period"] == "7d"
    assert app.query_params["carrier"] == "AM"
    assert app.selectbox(key="f_carrier").value == "AM"


def test_the_language_switch_changes_words_and_keeps_figures(open_page, synthetic):
    app = open_page(synthetic)
    before = [card.value for card in app.metric]
    app.button_group(key="f_lang").set_value("en").run()
    assert app.title[0].value == "Network"
    assert app.query_params["lang"] == "en"
    assert [card.value for card in app.metric] == before


def test_the_route_page_begins_with_the_busiest_route_and_follows_the_picker(open_page, synthetic):
    app = open_page(synthetic, "route")
    assert app.query_params["route"] == "CUN-MEX"
    app.selectbox(key="f_route").select("TIJ-GDL").run()
    assert app.query_params["route"] == "TIJ-GDL"
    assert "TIJ" in app.title[0].value
    zones = set(app.dataframe[1].value["Zonas horarias"])
    assert zones == {"America/Tijuana → America/Mexico_City"}


def test_routes_link_to_their_page_with_every_filter(open_page, synthetic):
    app = open_page(synthetic, period="28d", carrier="AM", lang="en")
    link = urlsplit(app.dataframe[1].value["Route"].iloc[0])
    params = {name: values[0] for name, values in parse_qs(link.query).items()}
    assert link.path == "route"
    route = open_page(synthetic, "route", **params)
    assert params["route"].replace("-", "\\-") in route.title[0].value
    assert dict(route.query_params) == params


def test_parameters_that_are_not_known_fall_back_with_a_notice_and_reach_no_page(open_page, synthetic):
    names = ("carrier", "origin", "otp", "period", "min", "lang", "route")
    app = open_page(synthetic, **dict.fromkeys(names, EVIL))
    assert not app.exception
    assert len(app.warning) == len(names)
    everything = texts(app) + "".join(f"{card.label}{card.value}{card.help}" for card in app.metric)
    assert "script" not in everything
    assert "javascript" not in everything
    assert dict(app.query_params) == {"lang": "es", "period": "14d", "otp": "cirium_a14", "min": "8"}
    app.run()


def test_filters_that_leave_no_leg_say_so(open_page, synthetic):
    app = open_page(synthetic, carrier="5D", origin="CJS")
    assert not app.exception
    assert not app.metric
    assert catalogue("es")["network.no_legs"] in texts(app)


def test_data_health_shows_freshness_balance_and_why_records_were_refused(open_page, synthetic):
    app = open_page(synthetic, "health")
    assert [card.value for card in app.metric] == ["3 de 4", "67", "68"]
    feeds, ledger = app.dataframe[1].value, app.dataframe[2].value
    assert feeds["Estado"].iloc[0] == "▲ atrasada"
    assert (ledger["Recibidas"] == ledger["Entregadas"] + ledger["Duplicadas"] + ledger["Rechazadas"]).all()
    headings = [expander.label for expander in app.expander]
    assert any("61 registros" in heading and "la hora no existe" in heading for heading in headings)
    assert any("odd new reason" in heading for heading in headings)
    words = texts(app)
    assert "no such time of day: 2026-11-20T25:10-06:00" in words
    # The content of a record is shown as text and as code, never as markup.
    assert any("<img src=x" in code.value for code in app.code)
    assert not any("<img" in item.value or "<script" in item.value for item in app.markdown)


def test_data_health_shows_no_filter_that_does_nothing_and_keeps_what_was_chosen(open_page, synthetic):
    app = open_page(synthetic, period="7d", carrier="AM")
    show(app, "health")
    assert [box.key for box in app.selectbox] == []
    assert not app.exception
    show(app, "network")
    assert app.selectbox(key="f_carrier").value == "AM"
    assert app.query_params["period"] == "7d"


def test_a_version_without_health_tables_says_so(open_page, tmp_path, synthetic_legs):
    health = [name for name in warehouse.TABLES if name.startswith("health.")]
    folder = warehouse.publish(tmp_path / "lake", synthetic_legs.head(40), without=health)
    app = open_page(folder, "health")
    assert not app.exception
    assert catalogue("es")["health.missing"] in texts(app)


@pytest.mark.parametrize("language", ["es", "en"])
def test_flights_of_which_only_the_plan_is_known_have_no_share_on_any_page(
    language, open_page, tmp_path, synthetic_legs
):
    nothing = dict.fromkeys(("out_at", "off_at", "on_at", "in_at"), None) | dict.fromkeys(
        ("departure_delay_minutes", "arrival_delay_minutes", "block_minutes", "taxi_out_minutes", "air_minutes",
         "taxi_in_minutes", "passengers", "passenger_km"), float("nan"))  # fmt: skip
    states = dict.fromkeys(("is_cancelled", "is_diverted", "is_departed", "is_operated"), False)
    folder = warehouse.publish(tmp_path / "lake", synthetic_legs.tail(300).assign(**nothing, **states))
    for page in ("network", "route"):
        app = open_page(folder, page, lang=language, otp="dot_a14")
        assert not app.exception
        shares = [card.value for card in app.metric]
        assert shares
        assert not [value for value in shares if "0.0" in value or "0,0" in value or "%" in value], shares
    words = catalogue(language)["network.nothing_known"].partition("}")[2]
    assert words in texts(open_page(folder, "network", lang=language, otp="dot_a14"))


@pytest.mark.parametrize("language", ["es", "en"])
def test_before_anything_is_published_every_page_says_so(language, open_page, tmp_path):
    (tmp_path / "lake").mkdir()
    for page in PAGES:
        app = open_page(tmp_path / "lake", page, lang=language)
        assert not app.exception
        assert catalogue(language)["empty.text"] in texts(app)


def test_a_version_without_a_leg_is_like_none(open_page, rowless):
    for page in PAGES:
        app = open_page(rowless, page)
        assert not app.exception
        assert catalogue("es")["empty.text"] in texts(app)


def test_the_first_version_appears_by_itself_and_later_ones_after_a_few_seconds(
    open_page, tmp_path, synthetic_legs, monkeypatch
):
    monkeypatch.setattr(data, "LOOK_AGAIN_SECONDS", 0.0)
    folder = tmp_path / "lake"
    folder.mkdir()
    app = open_page(folder)
    assert not app.metric
    warehouse.publish(folder, synthetic_legs.head(300))
    app.run()
    show(app, "network", period="all")
    first = texts(app)
    assert "23 nov 2026, 13:05" in first
    warehouse.publish(folder, synthetic_legs.head(900), now=warehouse.NOW + timedelta(minutes=7))
    app.run()
    assert "23 nov 2026, 13:12" in texts(app)
    assert not app.exception


@pytest.mark.parametrize("page", ["network", "route"])
@pytest.mark.parametrize("period", ["14d", "28d", "all"])
def test_a_plan_of_days_to_come_changes_no_figure_and_the_page_says_where_its_period_ends(
    page, period, open_page, synthetic, planned
):
    def seen(folder):
        app = open_page(folder, page, period=period, lang="es", route="MEX-CUN")
        return [(card.label, card.value, card.delta) for card in app.metric], texts(app)

    before, words = seen(synthetic)
    after, words_with_plan = seen(planned)
    assert after == before
    note = "El periodo termina el 22 nov 2026, el último día completo"
    assert note not in words
    assert note in words_with_plan


def test_who_asks_for_days_to_come_sees_their_flights_in_no_share(open_page, synthetic, planned):
    dates = {"period": "custom", "from": "2026-11-16", "to": "2026-11-22"}
    before = open_page(synthetic, **dates)
    after = open_page(planned, **(dates | {"to": "2026-11-25"}))
    assert [card.value for card in after.metric] == [card.value for card in before.metric]
    assert "El periodo termina" not in texts(after)
