"""Migrations of the operational database: plain numbered SQL files, each run once, in order, and recorded.

    migrate(connection, Path("infra/extract/migrations"))

A file runs in a transaction of its own together with its record. A file that ran is never edited: what changed is a new
file. Any DB-API connection to PostgreSQL will do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

MIGRATIONS = Path(__file__).parents[2] / "migrations"
#: Two runners at once must not run the same file; the number is ours alone.
LOCK = 7_261_001
_NAME = re.compile(r"(\d{3})_[a-z0-9_]+\.sql")


class MigrationError(ValueError):
    """The folder and the database do not fit together: says which file, why, and what to do."""


@dataclass(frozen=True)
class Migration:
    """One file: its number, its name and what it says."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """A hash of what it says."""
        return sha256(self.sql.encode()).hexdigest()


def read(folder: Path = MIGRATIONS) -> list[Migration]:
    """Return the migrations of a folder in order; numbers run from 1 without a gap."""
    migrations = []
    for number, path in enumerate(sorted(folder.glob("*.sql")), 1):
        match = _NAME.fullmatch(path.name)
        if not match or int(match[1]) != number:
            raise MigrationError(f"{path}: expected the name {number:03d}_<what_it_does>.sql; numbers have no gaps")
        migrations.append(Migration(number, path.name, path.read_text(encoding="utf-8")))
    if not migrations:
        raise MigrationError(f"{folder}: no migrations; name the folder with the numbered .sql files")
    return migrations


def migrate(connection: Any, folder: Path = MIGRATIONS, log: Callable[[str], object] = print) -> list[str]:  # noqa: ANN401
    """Run what did not run yet; return the names of the files that ran now."""
    migrations = read(folder)
    ran = []
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", (LOCK,))
        try:
            for migration in _left(cursor, migrations):
                cursor.execute(migration.sql)
                cursor.execute(
                    "insert into public.schema_migrations (number, name, digest) values (%s, %s, %s)",
                    (migration.number, migration.name, migration.digest),
                )
                connection.commit()
                log(f"migration {migration.name}")
                ran.append(migration.name)
        except Exception:
            connection.rollback()
            raise
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", (LOCK,))
            connection.commit()
    return ran


def _left(cursor: Any, migrations: list[Migration]) -> list[Migration]:  # noqa: ANN401
    """Return what is still to run; refuse where the database knows other files than the folder."""
    cursor.execute("""
        create table if not exists public.schema_migrations (
            number integer primary key, name text not null, digest text not null,
            applied_at timestamptz not null default clock_timestamp()
        )
    """)
    cursor.execute("select number, name, digest from public.schema_migrations order by number")
    done = {number: (name, digest) for number, name, digest in cursor.fetchall()}
    by_number = {migration.number: migration for migration in migrations}
    for number, (name, digest) in done.items():
        own = by_number.get(number)
        if own is None:
            raise MigrationError(f"{name} ran on this database and is not in the folder: update the tree")
        if own.digest != digest:
            raise MigrationError(f"{own.name} ran on this database and was edited since: undo, write a new file")
    return [migration for migration in migrations if migration.number not in done]
