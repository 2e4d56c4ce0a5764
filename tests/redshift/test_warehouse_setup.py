"""The set-up of a warehouse with real users and grants: repeatable, marts for analysts, everything else closed."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from aero_assets.dbt import manifest
from aero_assets.environment import Environment
from aero_assets.warehouse_setup import ANALYST, apply, schemas_of, statements, user_of
from tests.redshift.postgres import DATABASE

DEV, SCHEMAS = Environment("dev"), schemas_of(manifest())
ORCHESTRATOR, PERSON = user_of(DEV, "orchestrator"), user_of(DEV, "analyst")


def as_user(target: Any, user: str, sql: str) -> list[tuple[Any, ...]]:
    """Run a statement in a session of a user, past the proxy; return its rows."""
    host = target.dsn.split()[0].removeprefix("host=")
    with (
        closing(psycopg2.connect(host=host, dbname=DATABASE, user=user)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def done(target) -> Iterator[list[list[str]]]:
    """Statements of two runs of the set-up; a mart is there before the first, and nothing is left at the end."""
    admin = target.session()
    admin.execute("create schema operations")
    admin.execute("create table operations.of_before as select 1 as legs")
    try:
        yield [apply(admin, statements(DEV, SCHEMAS)) for _ in range(2)]
    finally:
        admin.connection.close()
        with closing(psycopg2.connect(target.dsn)) as connection, connection, connection.cursor() as cursor:
            for schema in (*SCHEMAS, "spectrum_typed"):
                cursor.execute(f"drop schema {schema} cascade")
            for name in (PERSON, ORCHESTRATOR, ANALYST):
                cursor.execute(f'drop owned by "{name}" cascade; drop role "{name}"')


def test_a_second_run_makes_no_user_and_no_role_again(done):
    first, second = done
    assert first == [step.sql for step in statements(DEV, SCHEMAS)]
    assert second == [step.sql for step in statements(DEV, SCHEMAS) if not step.unless]


def test_an_analyst_reads_marts_of_before_and_after_and_nothing_else(target, done):
    for schema in ("operations", "staging", "intermediate"):
        as_user(target, ORCHESTRATOR, f"create table {schema}.of_after as select 2 as legs")
    assert as_user(target, PERSON, "select legs from operations.of_before") == [(1,)]
    assert as_user(target, PERSON, "select legs from operations.of_after") == [(2,)]
    for closed in ("select * from staging.of_after", "select * from intermediate.of_after"):
        with pytest.raises(psycopg2.ProgrammingError, match="permission denied"):
            as_user(target, PERSON, closed)


@pytest.mark.parametrize("change", ["delete from operations.of_before", "create table operations.mine (a int)"])
def test_an_analyst_changes_nothing(target, done, change):
    with pytest.raises(psycopg2.ProgrammingError, match="permission denied"):
        as_user(target, PERSON, change)


def test_the_orchestrator_replaces_tables_in_every_schema_and_makes_no_schema(target, done):
    for schema in SCHEMAS:
        as_user(target, ORCHESTRATOR, f"create table {schema}.made as select 1 as a; drop table {schema}.made")
    with pytest.raises(psycopg2.ProgrammingError, match="permission denied"):
        as_user(target, ORCHESTRATOR, "create schema another")
