"""A PostgreSQL for tests, of the wheel of the extract: on a socket in a folder, with the functions of compat.sql."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from aero_local.services.postgres import UNPRIVILEGED, binary, unprivileged

COMPATIBLE = Path(__file__).with_name("compat.sql")
USER, DATABASE = "awsuser", "dev"
START_SECONDS = 30
LOCALE = ("--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8")
#: A crash may lose everything here.
FAST = ("-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


@contextmanager
def running(folder: Path) -> Generator[str]:
    """Run a new server in a folder for the body; yield the connection string of the user that dbt connects as."""
    home = folder / "postgres"
    home.mkdir()
    if os.geteuid() == 0:
        shutil.chown(home, UNPRIVILEGED)
    data = home / "data"
    made = [
        *unprivileged(),
        f"{binary('initdb')}",
        "-D",
        f"{data}",
        "-U",
        USER,
        "--auth",
        "trust",
        "--no-sync",
        *LOCALE,
    ]
    subprocess.run(made, cwd="/", check=True, capture_output=True)
    command = [*unprivileged(), f"{binary('postgres')}", "-D", f"{data}", "-k", f"{home}", *FAST]
    with (folder / "postgres.log").open("wb") as log, subprocess.Popen(command, cwd="/", stderr=log) as server:
        try:
            _ready(home)
            dsn = f"host={home} user={USER} dbname={DATABASE}"
            with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
                cursor.execute(COMPATIBLE.read_text(encoding="utf-8"))
            yield dsn
        finally:
            server.send_signal(signal.SIGINT)  # which ends sessions that are still open


def _ready(home: Path) -> None:
    """Wait for the server, and create the database."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            connection = psycopg2.connect(f"host={home} user={USER} dbname=postgres")
            break
        except psycopg2.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    connection.autocommit = True
    connection.cursor().execute(f"create database {DATABASE}")
    connection.close()
