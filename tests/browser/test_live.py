"""The live board in a browser: it moves by itself, leaves typing alone, fits a phone, and two people do not collide."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aero_dashboard.i18n import catalogue
from tests.browser.conftest import PATIENCE_MS, Reader, serving
from tests.browser.live_tables import tables
from tests.unit.streaming.alert_samples import Line, at, leg, state

TEXTS = catalogue("es")


@pytest.fixture
def line():
    """A bad morning: a hub and two of its routes, a flight four hours late, one that waits for its aircraft."""
    line = Line()
    hub: dict[str, Any] = {"scheduled_legs": 20, "departed_legs": 20, "arrived_legs": 20, "arr_late_15_legs": 16}
    line.plan()
    line.send(*(state("hub_quarter", "MEX", quarter_at=at(clock), **hub) for clock in ("17:30", "17:45")))
    line.send(state("hub_quarter", "GDL", quarter_at=at("17:45"), departed_legs=20, arrived_legs=22, scheduled_legs=22))
    line.tick("18:11")
    for number, route in ((201, "MEX-CUN"), (202, "MEX-CUN"), (203, "MEX-GDL")):
        origin, destination = route.split("-")
        late = {"arrival_delay_minutes": number - 150, "expected_delay_minutes": number - 150}
        line.send(leg(number, 3, "18:12", origin=origin, destination=destination, in_at=at("21:00"), **late))
    for route, late_legs in (("MEX-CUN", 15), ("MEX-GDL", 14), ("GDL-TIJ", 5), ("MTY-MEX", 0), ("MEX-TIJ", 1)):
        line.send(state("route", route, received="18:12", arrived_legs=20, arr_late_15_legs=late_legs,
                        arrival_delay_minutes=40 * late_legs))  # fmt: skip
    line.send(state("route", "MEX-NRT", received="18:12", arrived_legs=2))
    line.send(state("network", "network", received="18:12", arrived_legs=200, arr_late_15_legs=30, scheduled_legs=300))
    line.late(245, 904, 3, "18:25", origin="GDL", destination="TIJ")
    line.heartbeat("18:29")
    line.tick("18:30")
    # Better than where its alert was entered, not yet past where it ends.
    line.send(state("route", "GDL-TIJ", 2, "18:31", arrived_legs=40, arr_late_15_legs=7))
    return line


@pytest.fixture
def address(line, synthetic_lake, tmp_path) -> Iterator[str]:
    """A dashboard with a live part."""
    with tables(line) as variables, serving(synthetic_lake, tmp_path, variables) as base:
        yield base


def open_live(somebody: Reader, **params: str) -> Page:
    """Open the board and wait until it is drawn."""
    query = "&".join(f"{name}={value}" for name, value in params.items())
    somebody.page.goto(f"{somebody.base}/live?{query}")
    expect(somebody.page.get_by_text(re.compile("n = 40")).first).to_be_visible(timeout=PATIENCE_MS)
    return somebody.page


def picture(somebody, folder, name: str) -> None:
    """Take a picture of the whole page: Streamlit scrolls inside the window, so the window grows first."""
    page = somebody.page
    width = page.viewport_size["width"]
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height + 70, 7000)})
    page.wait_for_timeout(700)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE_MS)
    page.screenshot(path=folder / f"{name}.png")


def test_the_board_is_whole_on_a_desk_and_on_a_phone_and_readable_in_the_dark(address, reader, screenshots):
    for width, language, theme in ((1366, "es", "light"), (360, "en", "light"), (1920, "es", "dark")):
        somebody = reader(address, width, color_scheme=theme)
        page = open_live(somebody, lang=language)
        assert page.get_by_test_id("stException").count() == 0
        held = page.locator(".aero-chips li.aero-A", has_text="GDL-TIJ")
        expect(held).to_contain_text("82.5 %")
        expect(held.locator(".aero-mark")).to_have_attribute("title", re.compile(r"84\.0 %"))
        picture(somebody, screenshots, f"live-{language}-{width}-{theme}")
        assert somebody.overflow() <= 0, width
        page.close()


def test_the_board_moves_by_itself_leaves_typing_alone_and_two_people_do_not_collide(
    line, address, reader, screenshots
):
    key = next(alert_key for alert_key in line.alerts() if alert_key.startswith("long_delay_flight"))
    page_of_ana, page_of_luis = reader(address), reader(address)
    first = open_alert(page_of_ana, key)
    second = open_alert(page_of_luis, key)
    name(first, "Ana")
    name(second, "Luis")
    first.get_by_role("textbox", name=TEXTS["live.note"]).fill("grúa en camino")
    # Something else happens meanwhile; the reading on both pages follows without a click.
    line.send(leg(904, 4, "18:31", origin="GDL", destination="TIJ", expected_delay_minutes=260))
    for page in (first, second):
        expect(page.get_by_text(re.compile("260 min")).first).to_be_visible(timeout=PATIENCE_MS)
    expect(first.get_by_role("textbox", name=TEXTS["live.note"])).to_have_value("grúa en camino")
    # Luis stops the refresh: what he acts on from here is what he saw.
    stop_refresh(second)
    second.wait_for_timeout(6000)
    first.get_by_role("button", name=TEXTS["live.acknowledge"]).click()
    expect(first.get_by_text(re.compile("Reconocida por Ana: "))).to_be_visible(timeout=PATIENCE_MS)
    second.wait_for_timeout(6000)
    assert second.get_by_text(re.compile("Reconocida por")).count() == 0
    second.get_by_role("button", name=TEXTS["live.acknowledge"]).click()
    expect(second.get_by_text(re.compile("Ana actuó antes"))).to_be_visible(timeout=PATIENCE_MS)
    picture(page_of_luis, screenshots, "live-conflict-es-1366")
    assert [row["who"] for row in line.dynamo.rows("decisions")] == ["Ana"]
    assert [row["note"] for row in line.dynamo.rows("decisions")] == ["grúa en camino"]


def open_alert(somebody: Reader, key: str) -> Page:
    """Open an alert by its address, as a message gives it."""
    somebody.page.goto(f"{somebody.base}/live?alert={key.replace('#', '%23')}&lang=es")
    expect(somebody.page.get_by_text(TEXTS["live.decisions_title"])).to_be_visible(timeout=PATIENCE_MS)
    return somebody.page


def stop_refresh(page: Page) -> None:
    """Switch the refresh off; a click that falls into a redraw is lost, so it is looked at whether it took."""
    label = TEXTS["live.auto"].format(seconds=4)
    for _ in range(3):
        page.get_by_text(label).click()
        page.wait_for_timeout(1000)
        if not page.get_by_label(label).is_checked():
            return
    raise AssertionError("the refresh cannot be switched off")


def name(page: Page, who: str) -> None:
    """Say who acts."""
    field = page.get_by_role("textbox", name=TEXTS["live.who"])
    field.fill(who)
    field.press("Enter")
