"""Fixtures that every tier shares: a clean environment, and the public data beside the project."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bench.runner import SHARED_DATA, shared_folder

REAL_DATA_FIXTURES = {"shared_data", "real_bts"}
#: Variables of the developer that no test sees, except those of an account, which are asked for by name.
FORGOTTEN: dict[str, str] = {}
STATE = pytest.StashKey[str]()
#: A busy machine is slow, and no failure: what Hypothesis measures by the clock decides nothing here.
settings.register_profile(
    "project",
    settings(),
    deadline=None,
    suppress_health_check=[*settings().suppress_health_check, HealthCheck.too_slow],
)
settings.load_profile("project")


def pytest_configure(config: pytest.Config) -> None:
    """Forget the developer's accounts and platform: no test may reach either, nor write into this folder's."""
    for variable in list(os.environ):
        if variable.startswith(("AWS_", "AERO_", "DAGSTER_", "DBT_", "REDSHIFT_")) and variable != SHARED_DATA:
            FORGOTTEN[variable] = os.environ.pop(variable)
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["AERO_STATE"] = config.stash[STATE] = tempfile.mkdtemp(prefix="aero-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the state directory of the tests away, and never that of a developer."""
    shutil.rmtree(config.stash[STATE], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what reads the public data, so that `-m 'not real_data'` leaves it out."""
    for item in items:
        if REAL_DATA_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.real_data)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data beside the project; AERO_SHARED_DATA names another one."""
    folder = shared_folder()
    if not folder.is_dir():
        message = f"the public data is missing: {folder} is no folder ({SHARED_DATA} names another)"
        # In CI a test that did not run must not look like one that passed.
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def real_bts(shared_data: Path) -> Path:
    """Two days of real flights as BTS publishes them: 30,691 legs of 1 and 2 January 2015."""
    return shared_data / "flights" / "bts_ontime_2015-01_d1-2.csv.gz"
