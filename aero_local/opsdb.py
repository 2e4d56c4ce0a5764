"""The operational database of the synthetic airline: it is migrated, opened to its reader, and filled day by day.

    fill(connection, Airline(2026), date(2026, 11, 1), days=2, until=...)

Filling resumes where it stopped: the progress of each operating day is stored beside the tables. The same call again
changes nothing, and a later `until` adds the changes that the airline's people made since.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from aero_assets.extracts import AIRLINE_NOTE
from aero_extract.migrate import migrate
from aero_extract.tables import SCHEMA, TABLES
from aero_local import ports
from aero_local.errors import AeroError, Log
from aero_local.services import postgres
from aero_local.services.known import services

if TYPE_CHECKING:
    from aero_airline import Airline
    from aero_airline.opsdb import Change
    from aero_local.state import State

READER = "aero_extract"
SECRET = "aero/{env}/opsdb/extract"  # noqa: S105 - the name of a secret
#: Time after an operating day until its people are done with it.
DONE_AFTER = timedelta(days=4)


@dataclass(frozen=True)
class Filled:
    """The result of a fill."""

    first: str
    days: int
    until: str
    changes: int
    rows: int

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return asdict(self)


def up(state: State, log: Log = print) -> None:
    """Start the database beside a running platform, and prepare it for filling and reading."""
    from aero_local.services.supervisor import Supervisor  # noqa: PLC0415 - starts nothing for whoever only fills

    # From here on the hours are those of the database, and Spark extracts them.
    (state.root / AIRLINE_NOTE).unlink(missing_ok=True)
    supervisor = Supervisor(state, services(), log)
    with supervisor.lock():
        every = [port for service in supervisor.services.values() for port in service.ports]
        ports.choose(state.ports_file, every, {})
        supervisor.start("postgres")
        supervisor.wait("postgres")
    prepare(state, log)


def prepare(state: State, log: Log = print) -> None:
    """Migrate the schema, and give the reader access with the password of its secret."""
    connection = postgres.connect(state)
    try:
        migrate(connection, log=log)
        let_reader_in(connection, secret(state))
    finally:
        connection.close()


def secret(state: State) -> str:
    """Return the reader's password from the secret that the stack `extract` created."""
    client = state.session("root").client("secretsmanager")
    value = client.get_secret_value(SecretId=SECRET.format(env="local"))["SecretString"]
    return str(json.loads(value)["password"])


def let_reader_in(connection: Any, password: str) -> None:  # noqa: ANN401 - the driver has no static types
    """Set the reader's password. It is sent as a SCRAM verifier, so that no log of the server can show it."""
    from psycopg2.extensions import encrypt_password  # noqa: PLC0415 - only what fills a database needs the driver

    verifier = encrypt_password(password, READER, connection, "scram-sha-256")
    with connection, connection.cursor() as cursor:
        cursor.execute(f"alter role {READER} password %s", (verifier,))


def fill(
    connection: Any,  # noqa: ANN401
    airline: Airline,
    first: date,
    days: int,
    until: datetime | None = None,
    most_legs: int | None = None,
) -> Filled:
    """Apply the changes of operating days that the airline's people had entered by `until`."""
    from aero_airline.opsdb import changes  # noqa: PLC0415 - brings pandas along

    last = first + timedelta(days=days - 1)
    end = until or datetime(last.year, last.month, last.day, tzinfo=UTC) + DONE_AFTER
    done = _progress(connection, airline.seed)
    number = rows = 0
    # Its own changes end with the minute before: what happens at `until` is still to come.
    last_minute = int(end.timestamp() // 60)
    for on, change in changes(airline, first, days, most_legs):
        if change.at < last_minute and change.at >= done.get(on, 0):
            # In one transaction with the change: a fill that dies goes on at the minute it had reached.
            with connection:
                apply(connection, change)
                _reached(connection, airline.seed, on, change.at)
            number, rows = number + 1, rows + len(change.rows)
    with connection:
        for offset in range(days):
            _reached(connection, airline.seed, first + timedelta(days=offset), last_minute)
    return Filled(f"{first}", days, f"{end:%Y-%m-%dT%H:%M:%SZ}", number, rows)


def counts(connection: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return per table the number of rows and of withdrawn rows, and the time of the last change (UTC), if stored."""
    tables = []
    with connection, connection.cursor() as cursor:
        for name, table in TABLES.items():
            columns = f"count(deleted_at), max({table.stamp})" if table.stamp else "0, null"
            cursor.execute(f"select count(*), {columns} from {SCHEMA}.{name}")
            rows, withdrawn, at = cursor.fetchone()
            changed = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None
            tables.append({"table": name, "rows": rows, "withdrawn": withdrawn, "changed_at": changed})
    return tables


def apply(connection: Any, change: Change) -> None:  # noqa: ANN401
    """Make one change at its time, in the current transaction; a row that does not change keeps its version."""
    from aero_airline.opsdb import KEYS  # noqa: PLC0415

    key, columns = KEYS[change.table], ", ".join(change.columns)
    moment = f"{datetime.fromtimestamp(change.at * 60, UTC):%Y-%m-%dT%H:%M:%SZ}"
    with connection.cursor() as cursor:
        cursor.execute("select set_config('aero.now', %s, true)", (moment,))
        cursor.execute(f"create temp table given on commit drop as select {columns} from opsdb.{change.table} limit 0")
        cursor.copy_expert(f"copy given ({columns}) from stdin", _as_copied(change.rows))
        if change.removes:
            same = " and ".join(f"t.{name} = given.{name}" for name in key)
            cursor.execute(f"delete from opsdb.{change.table} t using given where {same}")
            return
        others = [name for name in change.columns if name not in key]
        new = ", ".join(f"{name} = excluded.{name}" for name in others)
        stored, sent = (", ".join(f"{side}.{name}" for name in others) for side in ("t", "excluded"))
        cursor.execute(
            f"insert into opsdb.{change.table} as t ({columns}) select {columns} from given "
            f"on conflict ({', '.join(key)}) do update set {new} where ({stored}) is distinct from ({sent})"
        )


def _as_copied(rows: Iterable[tuple[object, ...]]) -> io.StringIO:
    """Yield rows in the text form of COPY."""
    lines = ("\t".join("\\N" if value is None else _escaped(str(value)) for value in row) for row in rows)
    return io.StringIO("".join(f"{line}\n" for line in lines))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _reached(connection: Any, seed: int, on: date, minute: int) -> None:  # noqa: ANN401
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into public.airline_progress values (%s, %s, %s) on conflict (operating_date) "
            "do update set applied_until = greatest(airline_progress.applied_until, excluded.applied_until)",
            (on, seed, minute),
        )


def _progress(connection: Any, seed: int) -> dict[date, int]:  # noqa: ANN401
    """Return, per operating day, the minute up to which its changes were applied."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "create table if not exists public.airline_progress "
            "(operating_date date primary key, seed integer not null, applied_until bigint not null)"
        )
        cursor.execute("select operating_date, seed, applied_until from public.airline_progress")
        rows = cursor.fetchall()
    if other := {other_seed for _, other_seed, _ in rows if other_seed != seed}:
        raise AeroError(
            f"This database holds the airline of seed {other.pop()}, not of {seed}.",
            "Give that seed, or start from nothing: `aero destroy --env local`.",
        )
    return {on: until for on, _, until in rows}
