"""One PostgreSQL and one proxy for the tests of this folder."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

from aero_local.errors import ServiceError
from tests.redshift import postgres, proxy
from tests.redshift.target import Target


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Make the definitions of Dagster those of Redshift: a process has them of one engine, chosen at import.

    Last, because the hook of all tests forgets the environment.
    """
    os.environ["AERO_WAREHOUSE_KIND"] = "redshift"


@contextmanager
def an_empty_database() -> Generator[Target]:
    """Run a database behind a proxy for the body; fails without PostgreSQL under CI and skips elsewhere."""
    try:
        postgres.binary("postgres")
    except ServiceError as missing:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{missing}")
    # Sockets have short names; the folders of pytest are long.
    folder = Path(mkdtemp(prefix="aero-redshift-"))
    try:
        with postgres.running(folder) as dsn, proxy.running(folder / "postgres" / ".s.PGSQL.5432") as running:
            yield Target(folder, dsn, running)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def target() -> Generator[Target]:
    """An empty database, which the files that build with dbt alone share."""
    with an_empty_database() as made:
        yield made
