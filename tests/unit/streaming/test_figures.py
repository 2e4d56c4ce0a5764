"""The register of figures: what it may say, what it refuses, and that Python and SQL read a condition alike."""

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_streaming.figures import KPIS, FigureError, figures
from aero_streaming.figures.conditions import Columns, ConditionError, read
from aero_streaming.figures.file import read_register
from aero_streaming.figures.proof import LEGS, treatment

REGISTER = KPIS.read_text(encoding="utf-8")
COLUMNS = Columns(frozenset({"is_a", "is_b"}), frozenset({"x", "y"}), frozenset({"t"}))
ROWS = st.fixed_dictionaries(
    {
        "is_a": st.booleans(),
        "is_b": st.booleans(),
        "x": st.none() | st.integers(-20, 20),
        "y": st.none() | st.integers(-20, 20),
        "t": st.none() | st.just("off_before_out"),
    }
)
PARTS = st.one_of(
    st.sampled_from(["is_a", "not is_b", "known(t)", "unknown(x)", "x < limit", "y >= limit", "x <= y", "y > 3"]),
)
CONDITIONS = st.recursive(
    PARTS,
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(text=CONDITIONS, row=ROWS, limit=st.integers(-15, 15))
def test_sql_and_python_agree_on_every_condition_and_every_row(text: str, row: dict, limit: int) -> None:
    condition = read(f"x < limit and x >= limit or {text}", COLUMNS, limit)  # the first half never holds
    sql = f"""
        select coalesce({condition.sql()}, false)
        from (select $is_a::boolean is_a, $is_b::boolean is_b, $x::int x, $y::int y, $t::varchar t)
    """
    assert duckdb.execute(sql, row).fetchone() == (condition.holds(row),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("is_c", "'is_c' is not a flag"),
        ("x", "'x' is not a flag"),
        ("not x < 3", "cannot be said here"),
        ("known(is_a)", "may be unknown"),
        ("x == 3", "cannot be said here"),
        ("x < 1 < y", "cannot be said here"),
        ("x < 1.5", "no whole number"),
        ("x < limit", "belong together"),
        ("__import__('os')", "cannot be said here"),
        ("is_a and", "cannot be read"),
    ],
)
def test_a_condition_that_cannot_be_read_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(ConditionError, match=says.replace("(", r"\(")):
        read(text, COLUMNS, None)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('["a14_on_time_legs"]', '["a14_legs"]', "is none of"),
        ('diverted = "missed", unknown = "left_out"', 'diverted = "counted", unknown = "left_out"', "it is missed"),
        ('denominator = ["arr_due_legs"]', 'denominator = ["scheduled_legs"]', "not_due is left_out; by its sums"),
        ('denominator = "operated_tracked" }', 'denominator = "scheduled" }', "by population"),
        ('id = "due_legs"', 'id = "scheduled_legs"', "earlier sum"),
        ('side = "departure"', 'side = "tail"', "none of leg, departure, arrival"),
        ('count = "is_diverted"', 'count = "is_lost"', "not a flag"),
        ('["stream", "marts"]\ntext = "Of `arr_tr', '["marts"]\ntext = "Of `arr_tr', "rules read the stream"),
        ('short = { es = "Desvíos", en', 'short = { fr = "Desvíos", en', "each of es, en"),
        ('unit = "percent"', 'unit = "per cent"', "none of percent"),
        ('measures = "Minutes from', 'numerator = ["cancelled_legs"]\nmeasures = "Minutes from', "one of numerator"),
        ('times = "63.53"', "times = 63.53", "no factor in quotes"),
        ('less = ["imputable_departures"]', 'less = ["turns"]', "adds up other facts"),
        ("percentile = 50", "percentile = 0", "from 1 is wanted"),
        ('column = "arrival_delay_minutes"', 'column = "is_late"', "no number of legs"),
        ("version = 1", "version = 0", "no whole number from 1"),
    ],
)  # fmt: skip
def test_a_register_that_is_wrong_is_refused_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in REGISTER
    changed = REGISTER.replace(old, new, 1)
    path = tmp_path / "kpis.toml"
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(FigureError, match=says) as caught:
        read_register(path)
    line = int(f"{caught.value}".split(":")[1])
    assert 1 <= line <= changed.count("\n")
    assert caught.value.args[0].split(": ")[1] in changed.splitlines()[line - 1] or "is missing" in f"{caught.value}"


def test_a_share_cannot_count_what_is_not_due() -> None:
    for kpi in figures().kpis.values():
        if kpi.denominator and kpi.population:
            assert treatment(kpi, LEGS["not_due"]) == "left_out", kpi.id


def test_one_cancelled_flight_more_moves_each_definition_as_it_says() -> None:
    found = {kpi.id: treatment(kpi, LEGS["cancelled"]) for kpi in figures().kpis.values() if kpi.otp and kpi.numerator}
    assert found == {
        "otp_a14": "left_out", "otp_a14_oag": "missed", "otp_a14_dot": "missed", "otp_d0": "left_out",
        "otp_d15": "left_out", "otp_a15_eurocontrol": "left_out",
    }  # fmt: skip


def test_a_figure_is_its_sums_less_others_times_its_factor() -> None:
    returns, hours, cost = (figures().kpis[name] for name in ("rtb_rate", "util", "delay_cost"))
    assert returns.value({"leg_attempts": 103, "scheduled_legs": 100, "operated_legs": 60}) == 0.05
    assert hours.value({"aircraft_block_minutes": 1260, "aircraft_days": 2}) == pytest.approx(10.5)
    assert cost.value({"departure_delay_minutes": 100}) == pytest.approx(6353)
    assert hours.value({"aircraft_block_minutes": 0, "aircraft_days": 0}) is None


def test_a_figure_without_a_denominator_has_no_value() -> None:
    kpi = figures().kpis["otp_a14"]
    assert kpi.value({"a14_on_time_legs": 0, "arr_tracked_legs": 0}) is None
    assert kpi.value({"a14_on_time_legs": 153, "arr_tracked_legs": 180}) == 0.85
