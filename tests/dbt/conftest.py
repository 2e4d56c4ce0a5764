"""One parsed project and one built warehouse for the dbt tests of a worker; a test that changes something copies."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dbt.project import Parsed, Warehouse
from tests.dbt.typed_lake import sample, write, write_empty


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.dbt)


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    return Parsed.at(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def built(parsed: Parsed, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The sample, built by a plain `dbt build`; read only."""
    warehouse = Warehouse(tmp_path_factory.mktemp("sample"), parsed)
    write_empty(warehouse.lake)
    write(warehouse.lake, sample())
    warehouse.build("--write-json")
    return warehouse


@pytest.fixture
def a_copy(built: Warehouse, tmp_path: Path) -> Callable[[], Warehouse]:
    """Make a copy of the built sample that a test may change."""
    return lambda: built.copy(tmp_path / "copy")
