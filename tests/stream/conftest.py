"""Real Kafka brokers and real Flink; both need a JDK, Maven and `make setup-stream`."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from aero_local import jars
from aero_local.signals import interruptible
from tests.stream.cluster import Cluster


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs Java."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.stream)


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    """Nothing here runs without the live part; where results count it must be there."""
    lack = jars.missing_tools()
    if lack is None and not jars.stream_is_installed():
        lack = "The live part is not installed, or its sources changed: run `make setup-stream`."
    if lack:
        pytest.fail(lack) if os.environ.get("CI") == "true" else pytest.skip(lack)


@pytest.fixture(scope="session")
def kafka(installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One broker for the whole tier; the address that clients start from."""
    cluster = Cluster(tmp_path_factory.mktemp("kafka") / "one", brokers=1)
    with interruptible():
        try:
            cluster.start()
            yield cluster.bootstrap
        finally:
            cluster.stop()


@pytest.fixture
def three_brokers(tmp_path: Path) -> Iterator[Cluster]:
    """Three brokers in racks, running."""
    cluster = Cluster(tmp_path / "three", brokers=3)
    with interruptible():
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
