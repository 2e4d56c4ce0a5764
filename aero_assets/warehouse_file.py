"""The warehouse's file on this machine: the check that it is a database, and the move of a damaged file out of the way.

It holds no data that exist only there: all of it is built again from the typed zone.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

#: DuckDB's messages for a damaged file. Other errors (a lock, a setting, no memory) say nothing of the file.
DAMAGED = (
    "Corrupt database",
    "Could not read enough bytes",
    "not a valid DuckDB database",
    "deserialize",
    "Serialization Error",
)


def problem_of(path: Path, *, is_thorough: bool = False) -> str:
    """Return the problem of a warehouse file, or nothing; a missing file is no problem.

    DuckDB compares the checksum of each block that it reads; `is_thorough` reads all blocks.
    """
    if not path.exists():
        return ""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
            ).fetchall()
            for schema, table in tables if is_thorough else ():
                connection.execute(f'select max(hash(t)) from "{schema}"."{table}" as t').fetchall()
    except duckdb.Error as error:
        first_line = str(error).partition("\n")[0]
        return f"it cannot be read ({first_line})" if any(sign in first_line for sign in DAMAGED) else ""
    return ""


def put_aside(path: Path) -> Path:
    """Move a warehouse file and its log away; return the new path."""
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    path.replace(aside)
    # The log speaks of blocks of the file that is gone.
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        log.replace(aside.with_name(f"{aside.name}.wal"))
    return aside


def put_aside_if_damaged(path: Path) -> Path | None:
    """Move a warehouse file that is no longer a database away; return the new path."""
    return put_aside(path) if problem_of(path) else None
