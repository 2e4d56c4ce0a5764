"""The law of reading, for every feed and each raw column: a value is read as a person would read it, or its row is
refused. It never becomes another value, and never nothing where something was said.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from math import isfinite

import pytest

from aero_assets.defs.typed.macros import UNMEASURED
from aero_assets.feeds import Feed, feeds, find
from aero_streaming.events.registrations import known
from tests.unit.feeds.good_rows import good_row, typed
from tests.unit.feeds.test_readings import nodes, tree

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
MOMENT = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?(?:Z|\+00)?")
LINEAGE = {"record", "line_number", "raw_key", "reason", "message", "event_id", "raw_ref", "received_at", "source"}
FULL_WIDTH = {ord("0") + digit: ord("\N{FULLWIDTH DIGIT ZERO}") + digit for digit in range(10)}
#: Readings that leave a value as it is said.
SAME = {"whole", "number", "rounded", "iso_date", "iso_time"}


def mutations(text: str) -> Iterator[str]:
    """Damages of a value on its way: typed twice, cut, shifted, written by another machine."""
    yield from (
        f" {text}",
        f"{text}  ",
        f"\N{NO-BREAK SPACE}{text}",
        text + text,
        f"{text} {text}",
        text + "x",
        "x" + text,
    )
    yield from (text[:-1], text[1:], text + "0", "0" + text, text + "1", text + ".5", text + ".0", text + ".00")
    yield from (text + ",5", text[:1] + "," + text[1:], text[:1] + "." + text[1:], text[:1] + "_" + text[1:])
    yield from (
        "-" + text,
        "+" + text,
        text + "e3",
        "0x" + text,
        text + "/2026",
        text + "T00:00",
        text + "Z",
        text + "+02:00",
    )
    yield from (text.translate(FULL_WIDTH), text.lower(), text.upper(), text.replace("-", "/"), text.replace(":", ""))
    yield from (
        "Y",
        "true",
        "2",
        "NaN",
        "inf",
        "null",
        "N/A",
        "0060",
        "2400",
        "12:3",
        "7:05 PM",
        "02/21/2015",
        "2026Q12",
    )


def person(text: str) -> object:
    """Read a text as a person does: a number, a day or moment, or just this text."""
    text = text.strip()
    if NUMBER.fullmatch(text):
        return Decimal(text).normalize()
    if found := MOMENT.fullmatch(text):
        *parts, fraction = found.groups()
        return (*(int(part or 0) for part in parts), Decimal(f"0.{fraction or 0}").normalize())
    return text


@cache
def helpers_of(path: str) -> dict[str, str]:
    """Name → expression of what a feed works out on the way; a clock also depends on the date and on its place."""
    feed = find(path)
    [day] = [column.sql for column in feed.columns if column.name == feed.business_date]
    found = {value.name: value.sql for value in feed.values}
    for clock in feed.clocks:
        found[clock.name] = f"concat_ws('', {clock.minute_of_day}, {clock.near or 'null'}, {day}, {clock.airport})"
        found[f"{clock.name}_offset"] = found[clock.name]
    return found


@cache
def inputs(sql: str, path: str) -> frozenset[str]:
    """The raw columns that an expression takes its value from, through helpers and clocks."""
    helpers, found, seen, waiting = helpers_of(path), set(), set(), [sql]
    while waiting:
        for node in nodes(tree(waiting.pop())):
            for name in set(node.get("column_names", [])[-1:]) - seen:
                seen.add(name)
                if name in helpers:
                    waiting.append(helpers[name])
                elif name in find(path).raw_columns:
                    found.add(name)
    return frozenset(found)


@cache
def direct(column: str, path: str) -> str | None:
    """The raw column whose value a typed column is, as it is said; None where it is made of more."""
    feed = find(path)
    [sql] = [typed.sql for typed in feed.columns if typed.name == column]
    sql = {value.name: value.sql for value in feed.values}.get(sql, sql)
    found = [node for node in nodes(tree(sql)) if "class" in node and node["class"] != "CONSTANT"]
    names = [node["column_names"][-1] for node in found if node["class"] == "COLUMN_REF"]
    plain = all(
        node["class"] in ("COLUMN_REF", "FUNCTION") and node.get("function_name", "whole") in SAME for node in found
    )
    return names[0] if plain and len(names) == 1 and names[0] in feed.raw_columns else None


def same(said: object, found: object) -> bool:
    """True if a typed value is what a person reads."""
    if isinstance(found, bool):
        return f"{found}".lower() == f"{said}".lower()
    if isinstance(found, (int, float)):
        return isinstance(said, Decimal) and float(said) == pytest.approx(found, abs=0.0006)
    if isinstance(found, datetime):
        moment = (
            found.year,
            found.month,
            found.day,
            found.hour,
            found.minute,
            found.second,
            Decimal(found.microsecond),
        )
        return said[:6] == moment[:6] if isinstance(said, tuple) else False
    if isinstance(found, date):
        return isinstance(said, tuple) and said[:3] == (found.year, found.month, found.day) and said[3:6] == (0, 0, 0)
    return found == said


def values(row: dict) -> dict:
    return {name: value for name, value in row.items() if name not in LINEAGE}


@pytest.mark.parametrize("feed", feeds(), ids=lambda feed: feed.path)
def test_a_mutated_value_is_read_as_a_person_would_or_its_row_is_refused(feed):
    good = good_row(feed)
    changes = [
        (name, f"{said}", other) for name, said in good.items() if name in feed.raw_columns
        for other in dict.fromkeys(mutations(f"{said}")) if other not in ("", f"{said}", *feed.layout.unknown)
    ]  # fmt: skip
    first, *found = typed(feed, [good, *(good | {name: other} for name, _, other in changes)])
    assert first["reason"] is None, first["message"]
    wrong = []
    for (name, said, other), row in zip(changes, found, strict=True):
        if row["reason"] is None and (problem := misread(feed, name, said, other, values(first), values(row))):
            wrong.append(f"{name}: {said!r} -> {other!r}: {problem}")
        if row["reason"] is not None and not row["message"]:
            wrong.append(f"{name}: {other!r}: refused without a sentence")
    assert not wrong, f"{feed.path}: {len(wrong)}\n" + "\n".join(wrong[:60])


def misread(feed: Feed, name: str, said: str, other: str, before: dict, after: dict) -> str:
    """Say how a row that was accepted differs from what a person reads in it; nothing if it does not."""
    used = {
        column.name: column for column in feed.columns if column.name in after and name in inputs(column.sql, feed.path)
    }
    for column in used.values():
        sql = column.sql + helpers_of(feed.path).get(column.sql, "")
        if "measured(" in sql and re.fullmatch(UNMEASURED, other.strip().upper()):
            # A person reads what is written for nothing measured as unknown.
            return "" if after[column.name] is None else f"{column.name} is not measured"
        if "registration(" in sql and known(other) is None:
            # A person reads a placeholder as an aircraft that is not known.
            return "" if after[column.name] is None else f"{column.name} is a placeholder"
        if before[column.name] is not None and after[column.name] is None:
            return f"{column.name} is null"
        if direct(column.name, feed.path) == name:
            # A text of JSON has no padding: a blank in it was said.
            text = other if feed.is_json else other.strip()
            if not same(text if column.type == "VARCHAR" else person(other), after[column.name]):
                return f"{column.name} = {after[column.name]!r}"
    changed = {column for column in after if after[column] != before[column]}
    if beyond := changed - used.keys():
        return f"{sorted(beyond)} changed"
    said_same = person(said) == person(other) or outline(said) == outline(other)
    return "nothing changed" if used and not changed and not said_same else ""


def outline(text: str) -> str:
    """Return the meaning of a text: 1/01/2022 and 01/01/2022, 17:10 and 1710, F and f mean the same."""
    return re.sub("[^0-9A-Z]", "", text.upper()).lstrip("0")


#: As large as a column of whole numbers takes, as its parts take, and larger than any number of the engine.
LARGE = ("99999999", "999999999", "-999999999", "2147483647", "-2147483648", "9223372036854775807", "1e308", "1e400")


@pytest.mark.parametrize("feed", feeds(), ids=lambda feed: feed.path)
def test_a_number_of_any_size_stops_no_file_and_none_is_endless(feed):
    good = good_row(feed)
    records = [good | {name: number} for name in good if name in feed.raw_columns for number in LARGE]
    rows = typed(feed, [good, *records])
    assert len(rows) == 1 + len(records)
    values_of = [value for row in rows if row["reason"] is None for value in row.values() if isinstance(value, float)]
    assert all(map(isfinite, values_of))


@pytest.mark.parametrize("feed", feeds(), ids=lambda feed: feed.path)
def test_a_rule_reads_every_number_that_its_column_takes(feed):
    """A sign or a tenth digit gets no value past a limit: the row is judged as with the number written plainly."""
    good = good_row(feed)
    names = [name for name, said in good.items() if name in feed.raw_columns and re.fullmatch("[0-9]+", f"{said}")]
    plain = typed(feed, [good | {name: number} for name in names for number in ("999", "1999999999")])
    signed = typed(feed, [good | {name: number} for name in names for number in ("+999", "001999999999")])
    accepted = [row for row, other in zip(signed, plain, strict=True) if row["reason"] is None and other["reason"]]
    assert not accepted
