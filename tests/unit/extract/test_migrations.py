"""Migrations are numbered without a gap, run once, and never edited afterwards."""

from typing import Any

import pytest

from aero_extract.migrate import MigrationError, migrate, read


class Database:
    """Enough of a connection: notes statements, remembers which migrations it was told of."""

    def __init__(self, done=()):
        self.done: list[Any] = list(done)
        self.ran: list[str] = []
        self.committed = 0

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def execute(self, sql, values=None):
        if "insert into public.schema_migrations" in sql:
            self.done.append(values)
        elif values is None:
            self.ran.append(sql)

    def fetchall(self):
        return list(self.done)

    def commit(self):
        self.committed += 1

    def rollback(self):
        self.ran.append("rollback")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "001_one.sql").write_text("create table one ()")
    (tmp_path / "002_two.sql").write_text("create table two ()")
    return tmp_path


def test_our_own_migrations_can_be_read():
    assert [migration.number for migration in read()] == list(range(1, len(read()) + 1))


def test_a_gap_in_the_numbers_is_named_with_the_file(folder):
    (folder / "004_late.sql").write_text("select 1")
    with pytest.raises(MigrationError, match=r"004_late.sql: expected the name 003_"):
        read(folder)


def test_an_empty_folder_is_no_success(tmp_path):
    with pytest.raises(MigrationError, match="no migrations"):
        read(tmp_path)


def test_each_file_runs_once_and_in_order(folder):
    database = Database()
    assert migrate(database, folder, log=lambda _: None) == ["001_one.sql", "002_two.sql"]
    assert migrate(database, folder, log=lambda _: None) == []
    assert [sql for sql in database.ran if "table one" in sql or "table two" in sql] == [
        "create table one ()",
        "create table two ()",
    ]


def test_a_new_file_runs_alone(folder):
    database = Database()
    migrate(database, folder, log=lambda _: None)
    (folder / "003_three.sql").write_text("create table three ()")
    assert migrate(database, folder, log=lambda _: None) == ["003_three.sql"]


def test_a_file_that_was_edited_after_it_ran_is_refused(folder):
    database = Database()
    migrate(database, folder, log=lambda _: None)
    (folder / "001_one.sql").write_text("create table other ()")
    with pytest.raises(MigrationError, match=r"001_one.sql ran on this database and was edited since"):
        migrate(database, folder, log=lambda _: None)


def test_a_database_that_is_ahead_of_the_tree_is_refused(folder):
    database = Database()
    migrate(database, folder, log=lambda _: None)
    (folder / "002_two.sql").unlink()
    with pytest.raises(MigrationError, match=r"002_two.sql ran on this database and is not in the folder"):
        migrate(database, folder, log=lambda _: None)
