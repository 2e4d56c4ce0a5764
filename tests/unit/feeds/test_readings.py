"""No expression of the register cuts, pads, rounds or guesses a value: it calls readings that take a text whole.

The list of what may be called is closed. Whoever needs more writes a macro in `aero_assets/defs/typed/macros.py` that
gives null for any text it does not understand, and shows it here.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import pytest

from aero_assets.defs.typed.macros import MACROS, READINGS
from aero_assets.feeds import Feed, feeds

STAGING = Path(__file__).parents[3] / "dbt_project" / "models" / "staging"
NAMES = re.compile(r"temp macro (\w+)\(")
#: Functions of the engine that take values as they are.
PLAIN = {
    "+", "-", "*", "/", "//", "%", "||", "abs", "least", "greatest", "concat_ws", "regexp_full_match", "year", "upper",
    "date_trunc", "in_file",
}  # fmt: skip
ALLOWED = PLAIN | set(NAMES.findall(MACROS))
#: A date may be judged by it, a time of day may not be thrown away by it.
TRUNCATED = {"date_trunc"}


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@cache
def tree(sql: str) -> dict:
    """The expression as DuckDB parses it."""
    [(text,)] = _parser().execute("select json_serialize_sql(?)", [f"select {sql}"]).fetchall()
    return json.loads(text)


def nodes(found: object) -> Iterator[dict]:
    """Every node of a parsed expression."""
    if isinstance(found, dict):
        yield found
        found = list(found.values())
    if isinstance(found, list):
        for node in found:
            yield from nodes(node)


def complaints(sql: str, *, judges: bool = False) -> list[str]:
    """Return the operations of an expression on a text that are no reading; empty if it takes every value whole."""
    syntax = tree(sql)
    found = [] if not syntax["error"] else [f"not SQL: {syntax}"]
    for node in nodes(syntax):
        kind, name = node.get("type"), node.get("function_name")
        if name == "nullif":
            if any(figure(argument["expression"]) for argument in node["arguments"]):
                found.append("nullif of a number as text: use unless_zero()")
        elif name and (name not in ALLOWED or (name in TRUNCATED and not judges)):
            found.append(f"{name}()")
        if kind == "OPERATOR_CAST":
            found.append("a cast")
        if kind in ("ARRAY_SLICE", "ARRAY_EXTRACT"):
            found.append("a slice")
    return found


def figure(node: dict) -> bool:
    """True if a node is a constant that looks like a number: 0 is also written 0.0."""
    return node.get("class") == "CONSTANT" and bool(re.search("[0-9]", f"{node.get('literal')}"))


def expressions(feed: Feed) -> Iterator[tuple[str, str, bool]]:
    """Name and text of every expression that decides a value or a verdict, and whether it only judges."""
    for value in feed.values:
        yield value.name, value.sql, False
    for clock in feed.clocks:
        yield clock.name, clock.minute_of_day, False
        yield clock.name, clock.near or "null", False
    for column in feed.columns:
        yield column.name, column.sql, False
    for rule in feed.rules:
        yield rule.code, rule.when, True


@pytest.mark.parametrize("feed", feeds(), ids=lambda feed: feed.path)
def test_every_expression_of_a_feed_takes_its_values_whole(feed):
    found = {name: wrong for name, sql, judges in expressions(feed) if (wrong := complaints(sql, judges=judges))}
    assert not found, f"{feed.path}: {found}; use the readings of defs/typed/macros.py"


@pytest.mark.parametrize(
    "sql",
    [
        "try_cast(YEAR || '-' || lpad(MONTH, 2, '0') || '-01' as date)", "QUARTER[6:6]", "left(STD, 10)", "x::integer",
        "coalesce(try_cast(x as integer), 0)", "try_strptime(x, '%m/%d/%Y')", "substr(x, 4)", "nullif(x, '0')",
        "split_part(x, '#', -1)", "replace(x, ',', '')", "round(x)", "right(x, 2)", "rpad(x, 2, '0')", "x[1]",
        "regexp_extract(x, '[0-9]+')", "trunc(number(x))", "date_trunc('day', iso_time(x))",
    ],
)  # fmt: skip
def test_an_expression_that_cuts_pads_or_guesses_is_refused(sql):
    assert complaints(sql)


def test_no_staging_model_cuts_or_guesses_either():
    wrong = re.compile(r"\b(lpad|rpad|left|right|substr|substring|split_part|strptime|try_cast|nullif|round)\s*\(|::")
    for path in sorted(STAGING.rglob("*.sql")):
        assert not (found := wrong.findall(path.read_text(encoding="utf-8"))), f"{path.name}: {found}"


#: Reading → what it reads, and what it does not understand.
READ = {
    "whole(x)": ({"7": 7, "007": 7, "-3": -3, "+3": 3, "12.0": 12, "12.00": 12, "2147483647": 2147483647},
                 ["1.9", "1e3", "1_000", "0x1F", "1,000", "1.000", "1 000", "seven", "７", "2147483648", "", "--1",
                  "+-1"]),
    "number(x)": ({"1.5": 1.5, "1e3": 1000.0, "-2": -2.0, ".5": 0.5},
                  ["1,5", "1.000,5", "1_000", "inf", "1e400", "nan", "0x1F", "1.2.3", "５", "5 USD", ""]),
    "cast(day_of(x, '2', '3') as varchar)": ({"2015": "2015-02-03"}, ["15", "20155", "2015-", "2015.0", "２０１５"]),
    "cast(day_of('2015', x, '3') as varchar)": ({"2": "2015-02-03", "02": "2015-02-03"},
                                               ["123", "13", "0", "10/2026", "-2", "2.5", "Feb", "002"]),
    "cast(day_of('2015', '2', x) as varchar)": ({"1": "2015-02-01", "28": "2015-02-28"},
                                               ["29", "100", "02/21/2015", "0", "1 00:00:01", "1T23:00", "1.5"]),
    "cast(us_date(x) as varchar)": ({"1/2/2022": "2022-01-02", "12/31/2022": "2022-12-31"},
                                   ["1/2/22", "31/12/2022", "1/2/20222", "2022-01-02", "1/2/2022 5:00", "1-2-2022"]),
    "cast(iso_date(x) as varchar)": ({"2022-01-02": "2022-01-02", "2022/1/2": "2022-01-02"},
                                    ["2022-01-02 13:00:00", "2022-02-30", "20220102", "02-01-2022", "2022-01-021"]),
    "cast(iso_time(x) as varchar)": ({"2022-01-02T03:04:05Z": "2022-01-02 03:04:05"},
                                    ["2022-01-02", "2022-01-02T03:04:05+02:00", "2022-01-02T25:04:05Z", "03:04:05"]),
    "cast(flight_day(x) as varchar)": (
        {"2024-01-05": "2024-01-05", "1/5/2024 12:00:00 AM": "2024-01-05", "1/5/2024": "2024-01-05",
         "1/5/2024 0:00": "2024-01-05", "2024-01-05 00:00:00": "2024-01-05", "20240105": "2024-01-05"},
        ["1/5/2024 1:00:00 AM", "13/1/2024", "1/5/24", "2024-01-05 06:00:00", "20241305", "2024", "01052024"],
    ),
    "flag(x)": ({"1": True, "0.00": False, "1.00": True, "True": True, "false": False, "0": False},
                ["2", "Y", "N", "yes", "t", "-1", "0.5", ""]),
    "carrier_code(x)": ({"PA (1)": "PA", "AA": "AA", "PA(1)": "PA(1)", "American": "American"}, []),
    "cast(quarter_start(x) as varchar)": ({"2026q1": "2026-01-01", "2026q4": "2026-10-01"},
                                         ["2026q12", "2026q5", "2026q0", "026q1", "2026Q", "2026q1x"]),
    "part(x, '-', 2, 2)": ({"ABE-ATL": "ATL"}, ["ABE-ATL-X", "ABE", "ABEATL"]),
    "clock_minutes(x)": ({"0005": 5, "5": 5, "2400": 1440, "23:59": 1439, "7:05": 425, "24:00": 1440, "900.0": 540,
                          "900.00": 540, "0": 0},
                         ["2401", "0060", "1375", "12345", "12:3", "1:030", "1:60", "24:01", "7:05 PM", "10:30:15",
                          "-5", "9.5"]),
    "instant(x)": ({"1970-01-01T01:00+01:00": 0},
                   ["1970-01-01T24:00+01:00", "1970-01-01T01:00+25:00", "1970-01-01T01:00", "1970-01-01T01:00Z"]),
    "coded_minutes(x)": ({"93:30;41:15": 45, "93:30": 30}, ["93:30;", "93", "93:030", "9:30", "93:30,41:15", "10:30",
                                                             "93:30;49:5"]),
    "is_delay_codes(x)": ({"93:30;41:15": True, "10:30": False, "93:30;": False}, []),
    "registration(x)": (
        {"N407AS": "N407AS", "XAAMX": "XAAMX", "XA-AMX": "XA-AMX", "NA123": "NA123", "N7777": "N7777"},
        ["NA", "N/A", "NULL", "UNKNOW", "unknown", "000000", "NONE", "XX", "XXXXXXX", "-", "0", "nan", " NA ", "TBA"],
    ),
    "measured(x)": ({"0": "0", "0.00": "0.00", "-3": "-3", "MT": "MT"}, ["NA", "NaN", "nan", "M", "T", "-", "null"]),
    "unless_zero(x)": ({"0": None, "0.00": None, "5": "5", "O": "O", "5.5": "5.5"}, []),
    "rounded(x, 3)": ({"1.23456": "1.235", "1,5": "1,5", "inf": "inf"}, []),
    "date_text(x, '%d/%m/%Y')": ({"31/12/2022": "2022-12-31", "31/12/22": "31/12/22", "2022": "2022"}, []),
    "utc_text(x)": ({"2022-01-02 03:04:05+02:00": "2022-01-02 01:04:05", "2022-01-02 03:04:05+25:00":
                     "2022-01-02 03:04:05+25:00"}, []),
}  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as connection:
        connection.execute(
            "create temp table airport (iata varchar, country varchar, point double[], valid_from date, valid_to date)"
        )
        connection.execute(MACROS)
        yield connection


@pytest.mark.parametrize("reading", READ)
def test_a_reading_takes_a_text_whole_or_gives_null(engine, reading):
    understood, odd = READ[reading]
    for text, value in {**understood, **dict.fromkeys(odd)}.items():
        [(found,)] = engine.execute(f"select {reading} from (select ? as x)", [text]).fetchall()
        assert found == value, f"{reading} of {text!r}"


def test_every_reading_is_shown_here():
    helpers = {"unread", "not_whole", "bad_clock", "written_minute", "written_date"}
    assert set(NAMES.findall(READINGS)) - helpers <= {re.findall(r"\w+", pair)[n] for pair in READ for n in (0, 1)}
