"""Rules of Redshift over SQL: faults that DuckDB and PostgreSQL accept are found, and statements as ours are not."""

import pytest

from tools.redshift_lint import problems
from tools.redshift_rules import allowed_functions, broken, calls

FAULTS = {
    "qualify without an alias": "with a as (select * from s.t qualify rank() over (order by x) = 1) select e from a",
    "qualify behind a query without an alias": "select * from (select 1 as x) qualify rank() over (order by x) = 1",
    "an ordered sum without a frame": "select sum(v) over (partition by s order by x) as running from s.t",
    "distinct in a window": "select count(distinct v) over (partition by s) as kinds from s.t",
    "filter": "select count(*) filter (where is_actual) as actual from s.t",
    "values as a relation": "select t.x from (values (1), (2)) as t (x)",
    "a reserved word as a name": "select station as tag from s.t",
    "string_agg": "select string_agg(station, ',') as stations from s.t",
    "avg of whole numbers": "select avg(version) as mean from s.t",
    "numeric without precision": "select cast(revenue as numeric) as revenue from s.t",
    "a range frame": "select sum(v) over (order by x range between 1 preceding and current row) as s from s.t",
    "is distinct from": "select e from s.t where a is distinct from b",
    "union distinct": "select a from s.t union distinct select a from s.u",
    "except all": "select a from s.t except all select a from s.u",
    "distinct on": "select distinct on (a) a, b from s.t",
    "concat of three": "select concat(a, b, c) as name from s.t",
    "a star without a column": "select * exclude (a) from s.t",
    "a json operator": "select body->>'a' as a from s.t",
    "an array": "select array[1, 2] as numbers",
    "on conflict": "insert into s.t values (1) on conflict do nothing",
}
GOOD = (
    "select * from s.t as arrived qualify row_number() over (partition by d order by x) = 1",
    "select * from s.t where a = 1 qualify row_number() over (order by x) = 1",
    "select sum(v) over (partition by s) as total from s.t",
    "select sum(v) over (order by x rows between unbounded preceding and current row) as running from s.t",
    "select lag(v) over (order by x) as before, max(cast(v as decimal(9, 2))) as most from s.t group by 1",
    "select cast(at as timestamp) as at_utc, cast(a as decimal(18, 2)) as amount_usd from s.t",
    "select 'union distinct, filter (where x)' as note from s.t -- values as a relation: from (values (1))",
    "select a from s.t union select a from s.u union all select a from s.v",
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_statement_that_redshift_refuses_is_found(fault):
    assert len(broken(FAULTS[fault])) == 1


@pytest.mark.parametrize("sql", GOOD)
def test_a_statement_that_redshift_takes_breaks_no_rule(sql):
    assert broken(sql, allowed_functions()) == []


def test_a_function_that_nobody_looked_up_is_named():
    assert broken("select arg_max(a, b) as last_a from s.t", allowed_functions()) == [
        "the function arg_max is not in redshift_functions.txt"
    ]


def test_names_of_common_table_expressions_are_no_calls():
    assert calls("with days as (select max(a) as a from s.t) select a from days where a in (1, 2)") == {"max"}


def test_a_broken_rule_is_told_with_its_file(tmp_path):
    file = tmp_path / "compiled" / "aero" / "models" / "bad.sql"
    file.parent.mkdir(parents=True)
    file.write_text(FAULTS["union distinct"])
    [line] = problems([file], tmp_path)
    assert line.startswith("aero/models/bad.sql: write UNION")
