"""The account of these tests: the developer's own variables, which all other tests forget, and sessions in it."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from aero_assets.environment import Environment
from aero_assets.storage import Bucket
from aero_assets.warehouses import Redshift
from tests.conftest import FORGOTTEN

#: `aero deploy --env dev` prints all but the first.
VARIABLES = (
    "AERO_ENV", "AERO_LAKE_BUCKET", "AWS_REGION", "REDSHIFT_HOST", "REDSHIFT_DATABASE", "REDSHIFT_WORKGROUP",
    "REDSHIFT_ACCOUNT_ID",
)  # fmt: skip


@pytest.fixture(scope="session")
def account(request: pytest.FixtureRequest) -> Iterator[Environment]:
    """The environment of the account; skips unless it was asked for by name and has all variables."""
    if request.config.getoption("markexpr") != "account":
        pytest.skip("an account is reached by `make account` alone")
    with pytest.MonkeyPatch.context() as environ:
        environ.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
        for name, value in FORGOTTEN.items():
            environ.setenv(name, value)
        known = Environment.current()
        missing = [name for name in VARIABLES if name not in known.variables]
        if missing or known.is_local:
            named = ", ".join(missing or ["AERO_ENV"])
            pytest.skip(f"no account is named: set {named} (`aero deploy --env dev` prints them)")
        yield known


@contextmanager
def session_of(place: Environment) -> Generator[Redshift]:
    """Open a session of the caller's own role for the body."""
    opened = Redshift(place.redshift)
    try:
        yield opened
    finally:
        opened.connection.close()


@pytest.fixture(scope="session")
def warehouse(account: Environment) -> Iterator[Redshift]:
    """A session in the workgroup."""
    with session_of(account) as opened:
        yield opened


@pytest.fixture(scope="session")
def lake(account: Environment) -> Bucket:
    """The lake bucket of the account."""
    return Bucket(account.lake_bucket)
