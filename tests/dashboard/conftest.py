"""Published test data, made once per session, and a way to open the dashboard over it."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from aero_assets.environment import PROJECT
from tests.dashboard import warehouse

APP = PROJECT / "aero_dashboard" / "app.py"
PAGES = ("network", "route", "health")
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def synthetic_legs() -> pd.DataFrame:
    return warehouse.legs(warehouse.SYNTHETIC_PLAN)


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory, synthetic_legs: pd.DataFrame) -> Path:
    """45 days of a made-up airline, labelled as such."""
    return warehouse.publish(tmp_path_factory.mktemp("synthetic"), synthetic_legs, [warehouse.SYNTHETIC])


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory, synthetic_legs: pd.DataFrame) -> Path:
    """The same airline with the plan of three days to come, published."""
    legs = warehouse.with_plan(synthetic_legs)
    return warehouse.publish(tmp_path_factory.mktemp("planned"), legs, [warehouse.SYNTHETIC])


@pytest.fixture(scope="session")
def bts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days in the manner of BTS: no codes, no seats, no label."""
    return warehouse.publish(tmp_path_factory.mktemp("bts"), warehouse.legs(warehouse.BTS_PLAN))


@pytest.fixture(scope="session")
def rowless(tmp_path_factory: pytest.TempPathFactory, synthetic_legs: pd.DataFrame) -> Path:
    """A version whose tables have no row."""
    return warehouse.publish(tmp_path_factory.mktemp("rowless"), synthetic_legs.iloc[:0])


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """Open a page over a folder of published files, with the parameters of an address."""

    def opened(folder: Path, page: str = "network", **params: str) -> AppTest:
        monkeypatch.setenv("AERO_PUBLISHED_FOLDER", str(folder))
        monkeypatch.setenv("AERO_PUBLISHED_COPY", str(tmp_path / "copy"))
        app = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in params.items():
            app.query_params[name] = value
        # The first run sends the bare address on; pages are known after it.
        app.run()
        return show(app, page, **(params or dict(app.query_params)))

    return opened


def show(app: AppTest, page: str, **params: str) -> AppTest:
    """Go to a page of an open dashboard by an address."""
    app.switch_page(f"views/{page}.py")
    app.query_params.clear()
    app.query_params.update(params)
    return app.run()


def texts(app: AppTest) -> str:
    """Return every word on the page that is text."""
    groups = (app.title, app.subheader, app.markdown, app.caption, app.info, app.warning, app.text, app.code)
    return "\n".join(str(element.value) for group in groups for element in group)
