"""The database as the driver of Spark sees it: one transaction that holds the snapshot, and what a table looks like.

Readers of Spark enter the snapshot by `properties`: PostgreSQL lets a transaction import a snapshot only as its first
statement and under repeatable read, and Spark's readers open theirs with `sessionInitStatement`. The fetch size keeps
their memory flat: with one, Spark switches autocommit off and the driver of PostgreSQL reads by a cursor.
"""

from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from aero_extract.tables import SCHEMA, Table

DRIVER = "org.postgresql.Driver"
#: Servers from 17 on may end long transactions; the one that holds the snapshot is as long as the extract.
LONG = "select set_config('transaction_timeout', '0', false) where current_setting('server_version_num')::int >= 170000"


class Database:
    """A connection through Spark's own JDBC driver, so that the job needs no other; closed at the end of `with`."""

    def __init__(self, spark: Any, url: str, user: str, password: str, fetch_rows: int) -> None:  # noqa: ANN401
        self._jvm, self.url, self._user, self._password, self._fetch = spark._jvm, url, user, password, fetch_rows

    def __enter__(self) -> "Database":
        given = self._jvm.java.util.Properties()
        for name, value in (("user", self._user), ("password", self._password), ("ApplicationName", "aero-extract")):
            given.setProperty(name, value)
        self._connection = self._jvm.org.postgresql.Driver().connect(self.url, given)
        if self._connection is None:
            raise ValueError(f"--jdbc-url {self.url!r}: write it like jdbc:postgresql://host:5432/opsdb")
        self._rows(LONG)
        self._connection.setAutoCommit(False)
        self._connection.setTransactionIsolation(self._jvm.java.sql.Connection.TRANSACTION_REPEATABLE_READ)
        [(self.snapshot, seconds)] = self._rows("select pg_export_snapshot(), extract(epoch from clock_timestamp())")
        self.snapshot_at = datetime.fromtimestamp(float(seconds), UTC)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def properties(self) -> dict[str, str]:
        """Return what makes a reader of Spark read this snapshot."""
        return {
            "driver": DRIVER,
            "user": self._user,
            "password": self._password,
            "fetchsize": str(self._fetch),
            "ApplicationName": "aero-extract reader",
            "sessionInitStatement": (
                f"set transaction isolation level repeatable read; set transaction snapshot '{self.snapshot}'"
            ),
        }

    def columns(self, table: Table) -> dict[str, str]:
        """Return column → data_type of a table as this role may see it; empty where there is none."""
        return dict(
            self._rows(
                "select column_name, data_type from information_schema.columns "
                f"where table_schema = '{SCHEMA}' and table_name = '{table.name}' order by ordinal_position"
            )
        )

    def count(self, table: Table, condition: str) -> tuple[int, str | None]:
        """Return how many rows meet a condition, and the latest stamp among them (UTC).

        It also keeps the table from being rewritten while readers go through its blocks.
        """
        latest = f"to_char(max({table.stamp}) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        [(rows, stamp)] = self._rows(
            f"select count(*), {latest if table.stamp else 'null'} from {SCHEMA}.{table.name} where {condition}"
        )
        return int(rows), stamp

    def digest(self, table: Table) -> str:
        """Return what a table as a whole says, as a number that its rows add up to: no row leaves the database."""
        [(rows, total)] = self._rows(
            f"select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from {SCHEMA}.{table.name} t"
        )
        return f"{rows}:{total}"

    def blocks(self, table: Table) -> int:
        """Return how many blocks a table has now."""
        [(blocks,)] = self._rows(
            f"select pg_relation_size('{SCHEMA}.{table.name}') / current_setting('block_size')::bigint"
        )
        return int(blocks)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        statement = self._connection.createStatement()
        try:
            result = statement.executeQuery(sql)
            width = result.getMetaData().getColumnCount()
            rows = []
            while result.next():
                rows.append(tuple(result.getString(number) for number in range(1, width + 1)))
            return rows
        finally:
            statement.close()
