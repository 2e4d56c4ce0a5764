"""Statements that Redshift refuses fail through its own driver; PostgreSQL by itself would take nearly all."""

import psycopg2
import pytest
import redshift_connector

from tests.redshift.postgres import DATABASE, USER
from tests.unit.test_redshift_rules import FAULTS as OF_RULES

TABLE = """
    create schema s;
    create table s.t (a int, b int, c int, d date, e int, s int, v int, x int, version int, revenue numeric,
                      station varchar(9), is_actual boolean, body json);
    create table s.u as select * from s.t; insert into s.t (is_actual) values (true)
"""
FAULTS = OF_RULES | {
    "a boolean as text": "select cast(is_actual as varchar) as actual from s.t",
    "a text of more bytes than its column has": "create temporary table w as select 1 as a;"
    "create temporary table narrow (note varchar); insert into narrow select repeat('á', 129)",
    "a part of a date that nobody translated": "select datediff(fortnight, d, d) as parts from s.t",
    "a function without a stand-in": "select median(v) as middle from s.t",
    "a pivot": "select * from s.t pivot (sum(v) for s in (1, 2))",
}


@pytest.fixture
def connection(target):
    with psycopg2.connect(target.dsn) as server, server.cursor() as cursor:
        cursor.execute(TABLE)
    with redshift_connector.connect(
        host="localhost", port=target.proxy.port, database=DATABASE, user=USER, password="any", ssl=False
    ) as connected:
        yield connected
    with psycopg2.connect(target.dsn) as server, server.cursor() as cursor:
        cursor.execute("drop schema s cascade")


def run(connection, sql):
    with connection.cursor() as cursor:
        for statement in sql.split(";"):
            cursor.execute(statement)
        return cursor.fetchall()


@pytest.mark.parametrize("fault", FAULTS)
def test_what_redshift_refuses_fails(connection, fault):
    with pytest.raises(redshift_connector.ProgrammingError):
        run(connection, FAULTS[fault])


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("select dateadd(day, 1, cast('2026-01-31' as timestamp))::date::varchar", ["2026-02-01"]),
        ("select datediff(hour, cast('2026-01-31 10:59' as timestamp), cast('2026-01-31 11:01' as timestamp))", [1]),
        ("select substring(sha2('a', 256), 1, 8)", ["ca978112"]),
        ("select a from (select * from s.u as rows_of qualify row_number() over (partition by a order by b) = 1)", []),
        ("select a from (select 'qualify' as a) as q", ["qualify"]),
    ],
)  # fmt: skip
def test_what_redshift_takes_gives_its_rows(connection, sql, rows):
    assert [row[0] for row in run(connection, sql)] == rows
