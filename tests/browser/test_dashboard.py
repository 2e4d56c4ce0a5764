"""A person uses the dashboard, in a browser that reaches nobody but this machine."""

import re

import pytest
from playwright.sync_api import expect

from aero_dashboard.i18n import catalogue
from tests.browser.conftest import PATIENCE_MS, serving
from tests.dashboard import warehouse

SYNTHETIC = {language: catalogue(language)["label.synthetic_help"] for language in ("es", "en")}
PAGES = ("network", "route", "health")


def picture(somebody, folder, name: str) -> None:
    """Take a picture of the whole page: Streamlit scrolls inside the window, so the window grows first."""
    page = somebody.page
    width = page.viewport_size["width"]
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height + 70, 7000)})
    somebody.settle()
    page.wait_for_timeout(700)
    page.screenshot(path=folder / f"{name}.png")


@pytest.mark.parametrize("widths", [(360,), (1366, 1920)], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_is_whole_at_every_width_in_both_languages(reader, synthetic_address, screenshots, language, widths):
    somebody = reader(synthetic_address, widths[0])
    for page in PAGES:
        somebody.open(page, lang=language)
        for width in widths:
            somebody.page.set_viewport_size({"width": width, "height": 900})
            expect(somebody.page.get_by_text(SYNTHETIC[language])).to_be_visible()
            picture(somebody, screenshots, f"synthetic-{page}-{language}-{width}")
            assert somebody.overflow() <= 0, (page, width)


@pytest.mark.parametrize("language", ["es", "en"])
def test_data_without_codes_and_seats_is_whole_too(reader, bts_address, screenshots, language):
    somebody = reader(bts_address)
    for page in PAGES:
        somebody.open(page, lang=language)
        assert somebody.page.get_by_text(SYNTHETIC[language]).count() == 0
        picture(somebody, screenshots, f"bts-{page}-{language}-1366")


def test_a_dark_page_is_readable(reader, synthetic_address, screenshots):
    somebody = reader(synthetic_address, color_scheme="dark")
    somebody.open("network", lang="es")
    ground = somebody.page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert ground == "rgb(17, 24, 29)"
    picture(somebody, screenshots, "synthetic-network-es-1366-dark")


def test_the_bare_address_leads_to_the_network_and_keeps_its_parameters(reader, synthetic_address):
    somebody = reader(synthetic_address)
    somebody.open("", lang="en", period="7d")
    expect(somebody.page).to_have_url(re.compile(r"/network\?lang=en&period=7d&"))


def test_a_filter_changes_figures_and_address_and_the_link_shows_somebody_else_the_same(reader, synthetic_address):
    dashboard = reader(synthetic_address)
    dashboard.open("network", lang="es")
    before = dashboard.figures()
    dashboard.page.get_by_role("combobox", name="Periodo").click()
    dashboard.page.get_by_role("option", name="Últimos 28 días").click()
    expect(dashboard.page).to_have_url(re.compile("period=28d"), timeout=PATIENCE_MS)
    dashboard.settle()
    after = dashboard.figures()
    assert after != before
    other = reader(synthetic_address, 1920)
    other.page.goto(dashboard.page.url)
    other.settle()
    assert other.figures() == after
    dashboard.page.go_back()
    expect(dashboard.page).to_have_url(re.compile("period=14d"), timeout=PATIENCE_MS)
    # The browser goes back at once, the page runs again after it.
    expect(dashboard.page.get_by_test_id("stMetricValue")).to_have_text(before, timeout=PATIENCE_MS)


def test_the_language_changes_by_one_click_and_figures_stay(reader, synthetic_address):
    somebody = reader(synthetic_address)
    somebody.open("network", lang="es")
    before = somebody.figures()
    somebody.page.get_by_role("radio", name="English").or_(
        somebody.page.get_by_role("button", name="English")
    ).first.click()
    expect(somebody.page.get_by_role("heading", name="Network", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    somebody.settle()
    assert somebody.figures() == before
    assert "lang=en" in somebody.page.url


def test_pages_are_a_click_apart_and_keep_the_filters(reader, synthetic_address):
    somebody = reader(synthetic_address)
    somebody.open("network", lang="es", period="7d", carrier="AM")
    somebody.page.get_by_role("link", name="Ruta", exact=True).click()
    expect(somebody.page.get_by_role("heading", name=re.compile("^Ruta "))).to_be_visible(timeout=PATIENCE_MS)
    somebody.settle()
    assert {"period=7d", "carrier=AM"} <= set(somebody.page.url.partition("?")[2].split("&"))


def test_the_name_of_a_route_opens_its_page_with_the_same_filters(reader, synthetic_address):
    somebody = reader(synthetic_address)
    somebody.open("network", lang="es", period="28d")
    grid = somebody.page.get_by_test_id("stDataFrame").last
    grid.scroll_into_view_if_needed()
    somebody.settle()
    # The table is drawn on a canvas: its first link is a place, not an element.
    somebody.page.wait_for_timeout(1000)
    box = grid.bounding_box()
    with somebody.page.context.expect_page() as opened:
        somebody.page.mouse.move(box["x"] + 30, box["y"] + 52)
        somebody.page.wait_for_timeout(300)
        somebody.page.mouse.click(box["x"] + 30, box["y"] + 52)
    expect(opened.value.get_by_role("heading", name=re.compile(r"^Ruta [A-Z]{3}-[A-Z]{3}$"))).to_be_visible(
        timeout=PATIENCE_MS
    )
    assert "/route?" in opened.value.url
    assert "period=28d" in opened.value.url


def test_the_map_is_drawn_from_our_own_file(reader, synthetic_address, screenshots):
    somebody = reader(synthetic_address)
    somebody.open("network", lang="es")
    with somebody.page.expect_response(re.compile(r"app/static/countries-110m\.json$")) as answer:
        somebody.page.get_by_text("Mapa de la red").click()
    assert answer.value.ok
    somebody.page.wait_for_timeout(500)
    picture(somebody, screenshots, "synthetic-map-es-1366")


def test_a_link_with_foreign_values_runs_nothing_and_says_what_was_replaced(reader, synthetic_address):
    somebody = reader(synthetic_address)
    evil = "<img src=x onerror=\"document.title='owned'\">"
    somebody.open("network", lang="es", carrier=evil, otp=evil)
    expect(somebody.page.get_by_test_id("stAlert")).to_have_count(2)
    assert "owned" not in somebody.page.title()
    assert "onerror" not in somebody.page.content()


def test_days_are_those_of_the_operation_in_every_time_zone(reader, synthetic_address):
    somebody = reader(synthetic_address)
    somebody.open("route", lang="es", period="7d", route="MEX-CUN")
    labels = somebody.page.locator("svg text").all_text_contents()
    assert {"16 nov", "22 nov"} <= set(labels)
    assert "15 nov" not in labels


def test_a_page_that_waits_shows_the_first_version_by_itself(reader, tmp_path):
    (tmp_path / "lake").mkdir()
    with serving(tmp_path / "lake", tmp_path) as base:
        somebody = reader(base)
        somebody.page.goto(f"{base}/network?lang=es")
        expect(somebody.page.get_by_text("Todavía no hay nada publicado")).to_be_visible(timeout=PATIENCE_MS)
        warehouse.publish(tmp_path / "lake", warehouse.legs(warehouse.BTS_PLAN))
        somebody.settle()
        assert somebody.figures()


def test_a_plan_only_day_changes_no_figure(reader, synthetic_address, planned_address):
    synthetic, planned = reader(synthetic_address), reader(planned_address)
    for page in ("network", "route"):
        for period in ("7d", "14d"):
            asked = {"lang": "es", "period": period, "route": "MEX-CUN"}
            synthetic.open(page, **asked)
            planned.open(page, **asked)
            assert planned.figures() == synthetic.figures(), (page, period)
            expect(
                planned.page.get_by_text("El periodo termina el 22 nov 2026, el último día completo")
            ).to_be_visible()
            assert synthetic.page.get_by_text("El periodo termina el").count() == 0
