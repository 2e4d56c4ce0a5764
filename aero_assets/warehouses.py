"""The warehouse for the orchestrator, chosen by the environment: a DuckDB file on this machine, or Redshift.

dbt opens its own connection. Here is what the orchestrator asks itself: counts, the rows behind a failed test, and the
relations of the typed zone as the engine reads them. Publishing is in `defs/published`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import duckdb

from aero_assets.environment import DUCKDB, IAM, REDSHIFT, Environment, RedshiftPlace
from aero_assets.feeds import Feed
from aero_assets.lake import LakeCopy, Pulled
from aero_assets.manifests import TypedFile, typed_versions

#: The external schema over the typed zone's Glue database, as in the dbt project.
SPECTRUM = "spectrum_typed"
CONNECT_SECONDS = 30


class QueryError(RuntimeError):
    """The engine refused a statement; the message is the first line of its own."""


class Warehouse(ABC):
    """An open session; every statement is committed by itself."""

    kind: ClassVar[str]

    @abstractmethod
    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - a cursor of either driver
        """Run a statement with values for its question marks; raises QueryError."""

    @abstractmethod
    def tables(self) -> list[tuple[str, str]]:
        """Return schema and name of every table; views are none."""

    @abstractmethod
    def typed(self, feed: Feed, files: Sequence[TypedFile]) -> str:
        """Return a relation with the rows of files of a feed, for a query."""

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return [tuple(row) for row in self.execute(sql, values).fetchall()]

    def records(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query with the names of their columns."""
        cursor = self.execute(sql, values)
        names = [_text(column[0]) for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def explain(self, sql: str) -> str:
        """Return the engine's plan of a query, which reads no row."""
        return "\n".join(f"{row[-1]}" for row in self.rows(f"explain {sql}"))

    def row_counts(self) -> dict[tuple[str, str], int]:
        """Return the number of rows of every table by schema and name; a view would have to run, so it has none."""
        counts = [
            f"select '{schema}', '{name}', count(*) from \"{schema}\".\"{name}\"" for schema, name in self.tables()
        ]
        return {(schema, name): rows for schema, name, rows in self.rows(" union all ".join(counts))} if counts else {}


class DuckDb(Warehouse):
    """A DuckDB connection, with the copy of the lake that its views read."""

    kind = DUCKDB

    def __init__(self, connection: duckdb.DuckDBPyConnection, copy: Path) -> None:
        self.connection, self.copy = connection, copy

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:  # noqa: ANN401
        """Run a statement in DuckDB."""
        try:
            return self.connection.execute(sql, list(values))
        except duckdb.Error as error:
            raise QueryError(str(error).partition("\n")[0]) from error

    def tables(self) -> list[tuple[str, str]]:
        """Return the tables of the file."""
        listed = "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
        return [(schema, name) for schema, name in self.rows(listed)]

    def typed(self, feed: Feed, files: Sequence[TypedFile]) -> str:
        """Return the files of the copy as a relation."""
        named = ", ".join(f"'{self.copy / file.key}'" for file in files)
        return (
            f"read_parquet([{named}], hive_partitioning = true, hive_types = {{'{feed.business_date}': date}}, "
            "union_by_name = true)"
        )


class Redshift(Warehouse):
    """A session of the orchestrator's own role."""

    kind = REDSHIFT

    def __init__(self, place: RedshiftPlace) -> None:
        import redshift_connector  # noqa: PLC0415 - half a second that the laptop never needs

        login: dict[str, Any] = {"user": place.user, "password": place.password, "ssl": False}
        if place.method == IAM:
            login = {
                "user": "", "password": "", "iam": True, "ssl": True, "sslmode": "verify-full",
                "region": place.region, "is_serverless": True, "serverless_work_group": place.workgroup,
                "serverless_acct_id": place.account,
            }  # fmt: skip
        self._errors = redshift_connector.Error
        self.connection = redshift_connector.connect(
            host=place.host, port=place.port, database=place.database, timeout=CONNECT_SECONDS, **login
        )
        self.connection.autocommit = True

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:  # noqa: ANN401
        """Run a statement in Redshift."""
        cursor = self.connection.cursor()
        cursor.paramstyle = "qmark"
        try:
            cursor.execute(sql, list(values))
        except self._errors as error:
            raise QueryError(_first_line(error)) from error
        return cursor

    def tables(self) -> list[tuple[str, str]]:
        """Return the tables of the database, without those of the catalog and of Spectrum."""
        listed = (
            "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' "
            "and table_schema not in ('information_schema', 'pg_catalog', 'pg_internal', 'public')"
        )
        return [(schema, name) for schema, name in self.rows(listed) if not schema.startswith(("pg_", SPECTRUM))]

    def typed(self, feed: Feed, files: Sequence[TypedFile]) -> str:
        """Return the partitions of the files' dates as a relation."""
        dates = ", ".join(f"cast('{date}' as date)" for date in sorted({file.date for file in files}))
        # Literal dates: Spectrum then reads only their partitions.
        return (
            f"(select * from {SPECTRUM}.{feed.system}_{feed.name} where {feed.business_date} in ({dates})) "
            f"as {feed.system}_{feed.name}"
        )


def is_built(environment: Environment) -> bool:
    """Return False only where the warehouse is a file that is not there: what was built in it is gone then."""
    return environment.warehouse_kind == REDSHIFT or environment.warehouse.exists()


@contextmanager
def opened(copy: LakeCopy) -> Generator[Warehouse]:
    """Open the warehouse of this environment, the file read-only; `copy` is that of the typed zone."""
    environment = Environment.current()
    if environment.warehouse_kind == DUCKDB:
        with duckdb.connect(str(environment.warehouse), read_only=True) as connection:
            yield DuckDb(connection, copy.root)
        return
    session = Redshift(environment.redshift)
    try:
        yield session
    finally:
        session.connection.close()


def lake_for(copy: LakeCopy, log: Callable[[str], None]) -> Pulled:
    """Bring the lake to where dbt reads it: DuckDB reads a copy, Redshift the bucket, which needs only the versions.

    Redshift reads whatever lies in the bucket at that moment, which may be newer than these versions: such days are
    asked for again, because the versions are read before dbt starts.
    """
    if Environment.current().warehouse_kind == DUCKDB:
        return copy.pull(log)
    manifests = tuple(copy.manifests())
    return Pulled(0, 0, 0, typed_versions(manifests), manifests=manifests)


def _text(name: object) -> str:
    return name.decode() if isinstance(name, bytes) else f"{name}"


def _first_line(error: Exception) -> str:
    """Return the message in Redshift's answer: the driver gives its fields by their letters."""
    answer = error.args[0] if error.args else error
    return f"{answer.get('M', answer)}" if isinstance(answer, dict) else f"{answer}".partition("\n")[0]
