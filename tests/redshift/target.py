"""The target `redshift` of the dbt project on the database of a test: builds, rows, comparison."""

import datetime
import json
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2

from aero_assets.dbt_command import EXECUTABLE
from aero_assets.environment import RedshiftPlace
from aero_assets.warehouses import Redshift
from tests.dbt.project import FOLDER, environment
from tests.redshift import external
from tests.redshift.postgres import DATABASE, USER
from tests.redshift.proxy import Proxy

#: Schemas of the server and of Spectrum.
OTHERS = ("pg_catalog", "information_schema", "public", external.SCHEMA)


@dataclass
class Target:
    """A database that dbt builds into through a proxy."""

    folder: Path
    dsn: str
    proxy: Proxy

    def build(self, lake: Path, as_of: str, dates: Sequence[str] | None = None, *arguments: str) -> str:
        """Show a lake and build the project from it with unmodified dbt-redshift; return what dbt prints."""
        external.show(self.dsn, lake)
        variables: dict[str, Any] = {"as_of": as_of} | ({} if dates is None else {"operating_dates": list(dates)})
        target = str(self.folder / "target")
        command = [EXECUTABLE, "build", *arguments, "--target", "redshift", "--vars", json.dumps(variables)]
        command += ["--target-path", target, "--log-path", target, "--no-use-colors"]
        command += ["--project-dir", str(FOLDER), "--profiles-dir", str(FOLDER)]
        with environment(**self.profile()):
            done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def session(self) -> Redshift:
        """Open a session of the platform's own kind; the caller closes it."""
        login = {"method": "database", "user": USER, "password": "any"}
        return Redshift(RedshiftPlace("localhost", self.proxy.port, DATABASE, "", "", "", **login))

    def profile(self) -> dict[str, str]:
        """Return the variables with which dbt and the orchestrator log in."""
        return {
            "DBT_TARGET": "redshift",
            "REDSHIFT_METHOD": "database",
            "REDSHIFT_HOST": "localhost",
            "REDSHIFT_PORT": f"{self.proxy.port}",
            "REDSHIFT_USER": USER,
            "REDSHIFT_DATABASE": DATABASE,
            # A short one would be masked wherever it stands in dbt's log.
            "DBT_ENV_SECRET_REDSHIFT_PASSWORD": "password-of-a-test",
            "REDSHIFT_SSLMODE": "disable",
            "REDSHIFT_SERVERLESS": "false",
        }

    def tables(self) -> dict[str, Counter[tuple[Any, ...]]]:
        """Return every table and view that dbt built, as a multiset of rows."""
        with psycopg2.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(
                "select table_schema || '.' || table_name from information_schema.tables "
                "where table_schema not in %s and table_schema not like 'pg_temp%%' order by 1",
                [OTHERS],
            )
            names = [name for (name,) in cursor.fetchall()]
            return {name: _read(cursor, name) for name in names}

    def rows(self, table: str, columns: str = "*") -> Counter[tuple[Any, ...]]:
        """Return columns of one table, as a multiset of rows."""
        with psycopg2.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(f"select {columns} from {table}")
            return multiset(cursor.fetchall())


def _read(cursor: Any, table: str) -> Counter[tuple[Any, ...]]:
    cursor.execute(f"select * from {table}")
    return multiset(cursor.fetchall())


def multiset(rows: Sequence[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """Count rows, numbers as floats of six decimals and midnights as dates: drivers differ in their types."""
    return Counter(tuple(map(_plain, row)) for row in rows)


def _plain(value: object) -> object:
    if isinstance(value, Decimal | float):
        return round(float(value), 6)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date()
    return value
