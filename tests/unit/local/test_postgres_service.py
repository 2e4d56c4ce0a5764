"""PostgreSQL as a service: whom it runs as, what it is told, how it is stopped. No server here."""

import signal

import pytest

from aero_airline.opsdb import Change
from aero_local import ports
from aero_local.errors import ServiceError
from aero_local.opsdb import apply, let_reader_in
from aero_local.services import postgres
from aero_local.services.known import services
from aero_local.services.supervisor import Supervisor
from tests.unit.local.tiny import OBEDIENT, Tiny, events

CAPABILITIES = "Name:\tpytest\nCapBnd:\t{:016x}\n"


@pytest.fixture
def chosen(state):
    """A state directory with a port for everything."""
    ports.choose(state.ports_file, [port for service in services().values() for port in service.ports], {})
    return state


@pytest.fixture
def user(monkeypatch, tmp_path):
    """Whoever we are: an ordinary user, or root with some capabilities."""

    def become(number, bounding=0):
        monkeypatch.setattr(postgres.os, "geteuid", lambda: number)
        status = tmp_path / "status"
        status.write_text(CAPABILITIES.format(bounding))
        real = postgres.Path
        monkeypatch.setattr(postgres, "Path", lambda path: status if path == "/proc/self/status" else real(path))

    return become


def test_an_ordinary_user_runs_the_server_as_it_is(user):
    user(1000)
    assert postgres.unprivileged() == []


@pytest.mark.parametrize(
    ("bounding", "kept"), [(0b111, "-all,+dac_read_search"), (0b011, "-all,+dac_override"), (0, "-all")]
)
def test_root_becomes_nobody_and_keeps_at_most_the_right_to_pass_through_folders(user, bounding, kept):
    user(0, bounding)
    command = postgres.unprivileged()
    assert command[:3] == ["setpriv", "--reuid", "nobody"]
    assert {part for part in command if (part.startswith("--") and "caps" in part) or "bounding" in part} == {
        f"--inh-caps={kept}",
        f"--ambient-caps={kept}",
        f"--bounding-set={kept}",
    }


def test_root_without_the_means_to_be_somebody_else_is_told_what_to_do(state, user, monkeypatch):
    user(0)
    monkeypatch.setattr(postgres.jars, "environment_is_current", lambda *_: True)
    monkeypatch.setattr(postgres.shutil, "which", lambda _: None)
    with pytest.raises(ServiceError, match="does not run as root, and setpriv is not on the PATH"):
        postgres.Postgres().check(state)


def test_without_its_wheel_the_check_names_the_target_that_brings_it(state, monkeypatch):
    monkeypatch.setattr(postgres.jars, "environment_is_current", lambda *_: False)
    with pytest.raises(ServiceError) as error:
        postgres.Postgres().check(state)
    assert "make setup-extract" in error.value.fix


def test_it_listens_on_loopback_without_a_socket_and_logs_no_statement(chosen, user, monkeypatch):
    user(1000)
    monkeypatch.setattr(postgres, "binary", lambda name: name)
    command = postgres.Postgres().command(chosen)
    told = dict(part.split("=", 1) for part in command if "=" in part)
    assert told["listen_addresses"] == "127.0.0.1"
    assert told["unix_socket_directories"] == ""
    assert told["port"] == str(chosen.port("postgres"))
    assert (told["log_statement"], told["log_min_error_statement"]) == ("none", "panic")


def test_its_environment_holds_nothing_of_ours(chosen):
    assert set(postgres.Postgres().env(chosen)) == {"PATH", "LANG"}


def test_whoever_runs_here_knows_where_the_database_will_answer(chosen):
    url = chosen.env("orchestrator")["AERO_OPSDB_URL"]
    assert url == postgres.jdbc_url(chosen) == f"jdbc:postgresql://127.0.0.1:{chosen.port('postgres')}/opsdb"


class Interrupted(Tiny):
    """A service that ends on another signal than the rest and ignores theirs."""

    stop_signal = signal.SIGINT


def test_a_service_is_stopped_by_the_signal_that_it_names(state):
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    code = deaf + OBEDIENT.replace("signal.SIGTERM, stop", "signal.SIGINT, stop")
    supervisor = Supervisor(state, {"one": Interrupted("one", code=code)}, log=lambda _: None)
    supervisor.start("one")
    supervisor.wait("one")
    supervisor.stop()
    assert events(state) == ["started one", "stopped one"]


class Notes:
    """A connection that notes what it is told."""

    def __init__(self):
        self.said = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def cursor(self):
        return self

    def execute(self, sql, values=()):
        self.said.append((sql, values))

    def copy_expert(self, sql, file):
        self.said.append((sql, file.read()))


def test_the_reader_s_password_never_travels_as_it_is(monkeypatch):
    from psycopg2 import extensions

    monkeypatch.setattr(extensions, "encrypt_password", lambda password, *_: f"SCRAM-SHA-256$of-{len(password)}")
    connection = Notes()
    let_reader_in(connection, "correct horse")
    assert "correct horse" not in str(connection.said)
    assert connection.said == [("alter role aero_extract password %s", ("SCRAM-SHA-256$of-13",))]


def test_rows_are_copied_with_their_nulls_and_with_whatever_stands_in_their_texts():
    connection = Notes()
    apply(
        connection,
        Change(29_890_800, "aircraft", ("tail", "seats", "data_label"), [("a\tb\\c\nd", 5, None), ("", 6, "ñ")]),
    )
    [(_, moment), _, (_, copied), (sql, _)] = connection.said
    assert moment == ("2026-10-31T12:00:00Z",)
    assert copied == "a\\tb\\\\c\\nd\t5\t\\N\n\t6\tñ\n"
    assert "on conflict (tail) do update" in sql
    assert "is distinct from" in sql
