"""One emulator with our stacks for the whole tier; Dagster is started only by tests that are about it."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from aero_assets.environment import Environment
from aero_local import jars, opsdb
from aero_local import platform as local_platform
from aero_local.services import postgres
from aero_local.signals import interruptible
from aero_local.state import State
from tests.platform.line import Line


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder starts real services."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.platform)


class Platform:
    """A running platform as a test sees it: every call is made under a named role."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.buckets = Environment("local").buckets

    @property
    def outputs(self) -> dict[str, dict[str, str]]:
        """Resources that the stacks left, by stack."""
        return self.state.platform()["outputs"]

    def session(self, profile: str) -> boto3.Session:
        """Return a session under root, orchestrator, analyst or partner."""
        return self.state.session(profile)

    def client(self, profile: str, service: str) -> Any:
        """Return a client under a profile."""
        return self.session(profile).client(service)  # ty: ignore[no-matching-overload] - any service


@contextmanager
def running(root: Path) -> Generator[Platform]:
    """Emulator and stacks, feeds registered; in a state directory that nobody else uses."""
    state = State(root / "test")
    # Also when the whole run is told to stop: an emulator left behind would hold its port for ever.
    with interruptible():
        try:
            local_platform.up(state, names=["ministack"])
            yield Platform(state)
        finally:
            local_platform.down(state)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The platform that tests share: what one of them leaves, another sees."""
    with running(tmp_path_factory.mktemp("platform")) as found:
        yield found


@pytest.fixture(scope="module")
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """The production line on a platform that only the tests of one file see: nothing came in before."""
    name = request.module.__name__.rpartition(".test_")[2]
    with running(tmp_path_factory.mktemp(name)) as found, found.state.acting_as("orchestrator"):
        yield Line(found.state)


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Any]:
    """The database beside the platform, migrated, its reader let in, nothing in it yet."""
    lack = jars.missing_tools("extract")
    if not lack and not jars.extract_is_installed():
        lack = "The extract is not installed, or its sources changed: run `make setup-extract`."
    if lack:
        assert os.environ.get("CI") != "true", lack
        pytest.skip(lack)
    opsdb.up(platform.state, log=lambda _: None)
    connection = postgres.connect(platform.state)
    yield connection
    connection.close()
