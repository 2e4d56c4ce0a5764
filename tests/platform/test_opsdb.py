"""The operational database on the real engine: whom its server runs as, what its roles may, that it comes back."""

from datetime import date

import psutil
import psycopg2
import pytest
from botocore.exceptions import ClientError

from aero_airline import Airline
from aero_local import opsdb
from aero_local.processes import Record, wait_until_gone
from aero_local.services import postgres


def server(platform):
    record = Record.read(platform.state.run_dir / "postgres.json")
    assert record is not None
    return psutil.Process(record.pid)


# -- the server --------------------------------------------------------------------------------------------------------
def test_the_server_runs_as_nobody_special_and_answers_on_loopback_only(platform, database):
    process = server(platform)
    assert process.uids().real != 0
    addresses = {
        connection.laddr.ip for connection in process.net_connections("inet") if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_a_password_is_needed_and_none_is_in_a_log_or_readable_by_others(platform, database):
    with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
        psycopg2.connect(host="127.0.0.1", port=platform.state.port("postgres"), dbname="opsdb",
                         user="aero_extract", password="guess")  # fmt: skip
    assert postgres.password_file(platform.state).stat().st_mode & 0o077 == 0
    log = platform.state.log_file("postgres").read_text()
    for secret in (postgres.password_file(platform.state).read_text(), opsdb.secret(platform.state)):
        assert secret not in log
    assert "SCRAM-SHA-256$" not in log


def test_the_reader_reads_and_does_nothing_else(platform, database):
    reader = psycopg2.connect(host="127.0.0.1", port=platform.state.port("postgres"), dbname="opsdb",
                              user="aero_extract", password=opsdb.secret(platform.state))  # fmt: skip
    with reader.cursor() as cursor:
        cursor.execute("select count(*) from opsdb.legs")
        reader.rollback()
        for statement in ("set transaction read write; delete from opsdb.legs", "create table opsdb.mine ()",
                          "set transaction read write; update opsdb.legs set tail = null"):  # fmt: skip
            with pytest.raises(psycopg2.Error) as refused:
                cursor.execute(statement)
            # Insufficient privilege, or a transaction that only reads.
            assert refused.value.pgcode in ("42501", "25006")
            reader.rollback()
    reader.close()


def test_a_server_that_was_killed_comes_back_with_what_was_committed(platform, database):
    with database, database.cursor() as cursor:
        cursor.execute("create table public.kept (n integer); insert into public.kept values (7)")
    process = server(platform)
    assert len(postgres.at_work(platform.state)) > 1, "its processes cannot be told from others"
    process.kill()
    assert wait_until_gone([process], 10)
    opsdb.up(platform.state, log=lambda _: None)
    assert server(platform).pid != process.pid
    again = postgres.connect(platform.state)
    with again, again.cursor() as cursor:
        cursor.execute("select n from public.kept")
        assert cursor.fetchall() == [(7,)]
        cursor.execute("drop table public.kept")
    again.close()


# -- the roles ---------------------------------------------------------------------------------------------------------
def test_the_job_may_read_one_secret_and_write_one_folder_and_is_refused_the_rest(platform, database):
    s3, bucket = platform.client("extract", "s3"), platform.buckets["raw"]
    secrets = platform.client("extract", "secretsmanager")
    assert secrets.get_secret_value(SecretId="aero/local/opsdb/extract")["Name"] == "aero/local/opsdb/extract"
    platform.client("root", "secretsmanager").create_secret(Name="aero/local/other", SecretString="x")
    refused = [
        lambda: secrets.get_secret_value(SecretId="aero/local/other"),
        lambda: secrets.put_secret_value(SecretId="aero/local/opsdb/extract", SecretString="x"),
        lambda: platform.client("orchestrator", "secretsmanager").get_secret_value(SecretId="aero/local/opsdb/extract"),
        lambda: s3.put_object(Bucket=bucket, Key="partner/bts_ontime/x", Body=b"x"),
        lambda: s3.put_object(Bucket=platform.buckets["lake"], Key="typed/opsdb/legs/x", Body=b"x"),
        lambda: s3.delete_object(Bucket=bucket, Key="opsdb/legs/x"),
        lambda: platform.client("orchestrator", "s3").put_object(Bucket=bucket, Key="opsdb/_extracts/x", Body=b"x"),
    ]
    for act in refused:
        with pytest.raises(ClientError, match="AccessDenied"):
            act()


def test_a_fill_that_dies_goes_on_where_it_stopped_and_ends_as_one_that_did_not(platform, database, monkeypatch):
    connection = postgres.connect(platform.state)
    real, left = opsdb.apply, iter(range(9))

    def tired(connection, change):
        real(connection, change)
        if next(left, None) is None:
            raise ConnectionError("pulled the plug")

    monkeypatch.setattr(opsdb, "apply", tired)
    airline, on = Airline(5), date(2026, 3, 3)
    with pytest.raises(ConnectionError):
        opsdb.fill(connection, airline, on, 1, most_legs=3)
    connection.close()
    monkeypatch.undo()
    connection = postgres.connect(platform.state)
    opsdb.fill(connection, airline, on, 1, most_legs=3)
    assert opsdb.fill(connection, airline, on, 1, most_legs=3).changes == 0
    versions = "select max(row_version), count(*) from opsdb.legs where operating_date = %s"
    with connection, connection.cursor() as cursor:
        cursor.execute(versions, (on,))
        most, legs = cursor.fetchone()
        cursor.execute("select bool_and(updated_at < '2026-03-08') from opsdb.legs where operating_date = %s", (on,))
        assert cursor.fetchone() == (True,)
    connection.close()
    assert legs == 3
    # Planned, flown, reviewed: nothing was entered a second time.
    assert most <= 3
