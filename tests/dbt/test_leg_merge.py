"""The merge in SQL is the merge in Python: golden cases, and facts that nobody thought of."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_streaming.merge import FIELDS, merge
from tests.dbt.project import Warehouse
from tests.golden import leg_columns, merge_cases
from tests.golden.facts import facts_of_one_leg

SQL_TYPES = {"text": "varchar", "timestamp": "timestamp", "integer": "integer", "boolean": "boolean"}
COLUMNS = {
    **dict.fromkeys(("event_id", "leg_uid", "source", "raw_ref", "carrier", "operational_suffix", "origin"), "varchar"),
    **dict.fromkeys(("attempt", "version", "flight_number", "leg_sequence"), "integer"),
    "operating_date": "date",
    "is_actual": "boolean",
    "received_at": "timestamp",
    **{field.name: SQL_TYPES[field.type] for field in FIELDS},
}
TIMES = {name for name, kind in COLUMNS.items() if kind == "timestamp"}


class SqlMerge:
    """Merges facts with the compiled SQL of int_leg, on facts deduplicated as staging does."""

    def __init__(self, built: Warehouse) -> None:
        policies = ("first_out", "last_out")
        self.int_leg = {policy: built.compiled("int_leg", departure_policy=policy) for policy in policies}
        inline = built.dbt("compile", "--inline", "{{ first_received('given_facts') }}")
        [first_received] = [result.node.compiled_code for result in inline.result.results]
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        self.engine: Any = duckdb.connect()
        self.engine.execute("attach ':memory:' as warehouse; use warehouse; create schema intermediate")
        self.engine.execute(f"create table given_facts ({columns})")
        self.engine.execute(f"create view intermediate.int_leg_fact as {first_received}")

    def __call__(self, facts: Iterable[dict[str, Any]], policy: str) -> list[dict[str, Any]]:
        """Return one row per leg, by leg_uid, in the words of the oracle."""
        self.engine.execute("delete from given_facts")
        marks = ", ".join("?" * len(COLUMNS))
        self.engine.executemany(f"insert into given_facts values ({marks})", [_row(fact) for fact in facts])
        names = leg_columns()
        select = f"select {', '.join(names)} from ({self.int_leg[policy]}) order by leg_uid"
        rows = self.engine.execute(select).fetchall()
        return [{name: _said(value) for name, value in zip(names, row, strict=True)} for row in rows]

    def close(self) -> None:
        """Let go of the engine: Hypothesis keeps this object to the end of the process."""
        self.engine.close()
        self.engine = None


@pytest.fixture(scope="module")
def sql_merge(built) -> Iterator[SqlMerge]:
    merge_in_sql = SqlMerge(built)
    yield merge_in_sql
    merge_in_sql.close()


def _row(fact: dict[str, Any]) -> list[Any]:
    values: dict[str, Any] = {"operating_date": date(2015, 1, 1), **fact}
    return [
        datetime.fromisoformat(values[name]).astimezone(UTC).replace(tzinfo=None)
        if name in TIMES and values.get(name)
        else values.get(name)
        for name in COLUMNS
    ]


def _said(value: Any) -> Any:
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else value


@pytest.mark.parametrize("case", merge_cases(), ids=lambda case: case.name)
def test_sql_makes_the_expected_leg(sql_merge, case):
    assert sql_merge(case.facts, case.departure_policy) == [case.leg]


def _apart(legs: Iterable[Iterable[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The facts of many legs in one heap, each leg with an identity of its own."""
    return [
        {**fact, "leg_uid": f"{number:032x}", "event_id": f"{fact['event_id'][0]}{number:04x}{fact['event_id'][5:]}"}
        for number, facts in enumerate(legs)
        for fact in facts
    ]


def test_all_cases_at_once_do_not_disturb_each_other(sql_merge):
    cases = [case for case in merge_cases() if case.departure_policy == "first_out"]
    expected = [{**case.leg, "leg_uid": f"{number:032x}"} for number, case in enumerate(cases)]
    assert sql_merge(_apart(case.facts for case in cases), "first_out") == expected


@given(
    legs=st.lists(facts_of_one_leg(), min_size=1, max_size=8),
    policy=st.sampled_from(["first_out", "last_out"]),
)
@settings(deadline=None, max_examples=25)
def test_sql_and_python_agree_on_any_facts(sql_merge, legs, policy):
    facts = _apart(legs)
    alone = [[fact for fact in facts if fact["leg_uid"] == f"{number:032x}"] for number in range(len(legs))]
    assert sql_merge(facts, policy) == [merge(leg, policy) for leg in alone]
