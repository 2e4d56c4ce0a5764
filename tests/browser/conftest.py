"""A dashboard process over published test data, and a browser that may talk to this machine and to nobody else.

Pictures of what was seen go to the folder that AERO_SCREENSHOTS names, else to a temporary one.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, Route, expect, sync_playwright

from aero_local import http
from aero_local.services.dashboard import command
from tests.dashboard import warehouse

#: Read at import: before the first test every AERO_* variable is forgotten.
SCREENSHOTS = os.environ.get("AERO_SCREENSHOTS")
FLAGS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
#: A page opened by its own address: Streamlit's browser part looks for its server below that address first, is told
#: 404, and finds it one level up. Nothing else may fail.
PROBE = re.compile(r"^/(live|network|route|health)/_stcore/(health|host-config)$")
PATIENCE_MS = 45_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Tell the workers of a parallel run where pictures go."""
    node.workerinput["screenshots"] = SCREENSHOTS


@dataclass
class Watch:
    """Everything that went wrong, or left this machine, while a page was open."""

    outside: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def see(self, context: BrowserContext) -> None:
        """Watch every page of a browser context and keep it on this machine."""
        context.route("**/*", self._gate)
        context.on("requestfailed", lambda request: self.failed.append(f"{request.url} {request.failure}"))
        context.on("response", self._answer)
        context.on("weberror", lambda error: self.errors.append(f"{error.error}"))
        context.on("console", self._console)

    def _gate(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if url.hostname in ("127.0.0.1", "localhost") or url.scheme in ("data", "blob"):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def _answer(self, response: Response) -> None:
        if response.status >= 400 and not PROBE.match(urlsplit(response.url).path):
            self.failed.append(f"{response.url} {response.status}")

    def _console(self, message) -> None:
        place = urlsplit(message.location.get("url", "")).path
        if message.type == "error" and not PROBE.match(place):
            self.errors.append(f"{message.text} ({place})")

    def assert_quiet(self) -> None:
        """Fail where anything went wrong."""
        assert (self.outside, self.failed, self.errors) == ([], [], [])


@dataclass
class Reader:
    """Somebody with a browser: opens pages of one dashboard and waits until they are drawn."""

    base: str
    page: Page
    watch: Watch

    def open(self, page: str = "network", **params: str) -> None:
        """Open a page by its address."""
        self.page.goto(f"{self.base}/{page}?{urlencode(params)}" if page else f"{self.base}/?{urlencode(params)}")
        self.settle()

    def settle(self) -> None:
        """Wait until the run has ended and every chart is drawn."""
        expect(self.page.get_by_test_id("stMetric").first).to_be_visible(timeout=PATIENCE_MS)
        expect(self.page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning", timeout=PATIENCE_MS
        )
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE_MS)
        assert self.page.get_by_test_id("stException").count() == 0

    def figures(self) -> list[str]:
        """Return the figures of the cards."""
        return [text.strip() for text in self.page.get_by_test_id("stMetricValue").all_inner_texts()]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return self.page.evaluate(
            "(() => { const main = document.querySelector('[data-testid=stMain]');"
            "return Math.max(main.scrollWidth - main.clientWidth,"
            "document.documentElement.scrollWidth - window.innerWidth); })()"
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium; without it these tests fail where results count and are left out elsewhere."""
    chromium = shutil.which("chromium")
    if chromium is None:
        message = "chromium is not installed: `apt-get install chromium` (Debian), then run these tests again"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """The folder for pictures."""
    named = getattr(pytestconfig, "workerinput", {}).get("screenshots") or SCREENSHOTS
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def serving(published: Path, scratch: Path, live: Mapping[str, str] | None = None) -> Generator[str]:
    """Run the dashboard over a folder of published files, as the platform runs it; yield its address.

    `live` holds the variables by which it finds live tables; without them it has no live part.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TMPDIR")}
    variables = {
        "AERO_PUBLISHED_FOLDER": str(published), "AERO_PUBLISHED_COPY": str(scratch / "copy"), "HOME": str(scratch),
    }  # fmt: skip
    log = scratch / "dashboard.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(port),
            env=kept | variables | dict(live or {}),
            cwd=Path(__file__).parents[2],
            stdout=output,
            stderr=output,
        )
    try:
        _wait(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            break
        if not http.why_not(f"{base}/_stcore/health"):
            return
        time.sleep(0.25)
    pytest.fail(f"the dashboard did not start ({sys.executable}):\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def synthetic_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up airline, published."""
    folder = tmp_path_factory.mktemp("synthetic")
    return warehouse.publish(folder / "lake", warehouse.legs(warehouse.SYNTHETIC_PLAN), [warehouse.SYNTHETIC])


@pytest.fixture(scope="session")
def synthetic_address(synthetic_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard over the made-up airline."""
    with serving(synthetic_lake, tmp_path_factory.mktemp("dashboard")) as base:
        yield base


@pytest.fixture(scope="session")
def planned_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard over the made-up airline with the plan of three days to come."""
    folder = tmp_path_factory.mktemp("planned")
    legs = warehouse.with_plan(warehouse.legs(warehouse.SYNTHETIC_PLAN))
    with serving(warehouse.publish(folder / "lake", legs, [warehouse.SYNTHETIC]), folder) as base:
        yield base


@pytest.fixture(scope="session")
def bts_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard over two days in the manner of BTS."""
    folder = tmp_path_factory.mktemp("bts")
    with serving(warehouse.publish(folder / "lake", warehouse.legs(warehouse.BTS_PLAN)), folder) as base:
        yield base


@pytest.fixture
def reader(browser: Browser) -> Iterator[Callable[..., Reader]]:
    """Give somebody a browser of their own; at the end nothing may have gone wrong in it."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def give(base: str, width: int = 1366, **options) -> Reader:
        # A zone far from UTC: no date may move by a day on the way to the screen.
        context = browser.new_context(
            viewport={"width": width, "height": 900}, timezone_id="America/Los_Angeles", locale="de-DE", **options
        )
        context.set_default_timeout(PATIENCE_MS)
        watch = Watch()
        watch.see(context)
        opened.append((context, watch))
        return Reader(base, context.new_page(), watch)

    yield give
    for context, _ in opened:
        context.close()
    for _, watch in opened:
        watch.assert_quiet()
