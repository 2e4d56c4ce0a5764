"""Reading `kpis.toml`: every value is checked, every complaint names file and line."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from aero_streaming.figures.conditions import Columns, Condition, ConditionError, read
from aero_streaming.figures.model import (
    KEEPERS,
    KINDS_OF_LEG,
    SIDES,
    TREATMENTS,
    UNITS,
    UNITS_OF_RATIOS,
    USERS,
    Facts,
    FigureError,
    Kpi,
    Otp,
    Register,
    Sum,
)
from aero_streaming.figures.proof import check_otp, check_population
from aero_streaming.toml_checks import names, no_more_than, texts, whole
from aero_streaming.toml_places import Place, read_toml

Known = TypeVar("Known")
_FACTOR = re.compile(r"[0-9]+(\.[0-9]+|/[1-9][0-9]*)?")
SUM_KEYS = ("id", "of", "text", "side", "count", "total", "floor", "where", "limit_minutes", "due", "kept_in")
KPI_KEYS = (
    "id", "of", "unit", "better", "name", "short", "help", "source", "used_by", "numerator", "less", "denominator",
    "times", "sample", "unknown", "population", "scopes", "digits", "change_of", "measures", "percentile", "column",
    "counts_ahead", "otp",
)  # fmt: skip
NEEDED_OF_KPI = ("id", "of", "unit", "better", "name", "short", "help", "source", "used_by")
PARTS = ("numerator", "less", "denominator", "sample", "unknown")
FACT_KEYS = ("model", "key", "date", "flags", "whole", "decimal", "texts", "due")


def read_register(path: Path) -> Register:
    """Read and validate a register of figures; raise `FigureError` naming the line."""
    text, data = read_toml(path, FigureError)
    top = Place(path.name, text, FigureError, "facts")
    if unknown := sorted(set(data) - {"version", "facts", "sum", "kpi"}):
        top.refuse(unknown[0], "is unknown; the file has version, [facts.…], [[sum]], [[kpi]]")
    version = data.get("version")
    if type(version) is not int or version < 1:
        top.refuse("version", f"{version!r} is no whole number from 1, raised with any change")
    facts = {name: _facts(name, item, top) for name, item in data.get("facts", {}).items()}
    sums: dict[str, Sum] = {}
    for number, item in enumerate(data.get("sum", [])):
        place = Place(path.name, text, FigureError, "sum", number)
        figure_sum = _sum(item, facts, place)
        if figure_sum.id in sums:
            place.refuse("id", f"{figure_sum.id!r} is the id of an earlier sum; every sum has its own")
        sums[figure_sum.id] = figure_sum
    kpis: dict[str, Kpi] = {}
    for number, item in enumerate(data.get("kpi", [])):
        place = Place(path.name, text, FigureError, "kpi", number)
        kpi = _kpi(item, facts, sums, kpis, place)
        if kpi.id in kpis:
            place.refuse("id", f"{kpi.id!r} is the id of an earlier KPI; every KPI has its own")
        kpis[kpi.id] = kpi
    if not sums or not kpis:
        raise FigureError(f"{path.name}: there is no [[sum]] or no [[kpi]]")
    return Register(version, facts, sums, kpis)


def _facts(name: str, item: Mapping[str, Any], top: Place) -> Facts:
    if not isinstance(item, dict) or set(item) - set(FACT_KEYS) or {"model", "key", "date"} - set(item):
        top.refuse(f"facts.{name}", f"wants model, key, date; there are also {', '.join(FACT_KEYS[3:])}")
    decimals = frozenset(item.get("decimal", []))
    columns = Columns(
        flags=frozenset(item.get("flags", [])),
        numbers=frozenset(item.get("whole", [])) | decimals,
        texts=frozenset(item.get("texts", [])),
    )
    return Facts(name, item["model"], item["key"], item["date"], columns, decimals, item.get("due", {}))


def _sum(item: Mapping[str, Any], facts: Mapping[str, Facts], place: Place) -> Sum:
    _keys(item, ("id", "of", "text"), SUM_KEYS, place)
    of = _one_of(item["of"], facts, "of", place)
    side, due = item.get("side", "leg"), item.get("due")
    if side not in SIDES:
        place.refuse("side", f"{side!r} is none of {', '.join(SIDES)}")
    if due is not None and due not in of.due:
        place.refuse("due", f"{due!r} is none of {', '.join(of.due) or 'nothing: these facts have no time'}")
    if ("count" in item) == ("total" in item):
        place.refuse("count", "a sum has either count, a condition, or total, a column")
    if "total" in item and item["total"] not in of.columns.numbers:
        place.refuse("total", f"{item['total']!r} is no number of {of.id}")
    if "where" in item and "total" not in item:
        place.refuse("where", "belongs to total; count is a condition itself")
    if "floor" in item and (type(item["floor"]) is not int or "total" not in item):
        place.refuse("floor", "is a whole number, and belongs to total")
    return Sum(
        id=_identifier(item["id"], place),
        of=of,
        text=_text(item["text"], "text", place),
        side=side,
        total=item.get("total"),
        floor=item.get("floor"),
        where=_condition(item, "count" if "count" in item else "where", of, place),
        due_flag=of.due[due] if due else None,
        kept_in=_names(item.get("kept_in", []), KEEPERS, "kept_in", place),
    )


def _condition(item: Mapping[str, Any], key: str, of: Facts, place: Place) -> Condition | None:
    text, limit = item.get(key), item.get("limit_minutes")
    if limit is not None and type(limit) is not int:
        place.refuse("limit_minutes", f"{limit!r} is no whole number")
    if text is None or text is True:
        if limit is not None:
            place.refuse("limit_minutes", "no condition uses it")
        return None
    if not isinstance(text, str):
        place.refuse(key, f"{text!r} is no condition; true counts every row")
    try:
        return read(text, of.columns, limit)
    except ConditionError as error:
        place.refuse(key, f"{error}")


def _kpi(
    item: Mapping[str, Any],
    facts: Mapping[str, Facts],
    sums: Mapping[str, Sum],
    earlier: Mapping[str, Kpi],
    place: Place,
) -> Kpi:
    _keys(item, NEEDED_OF_KPI, KPI_KEYS, place)
    for key, allowed in (("unit", UNITS), ("better", ("high", "low", "neither"))):
        if item[key] not in allowed:
            place.refuse(key, f"{item[key]!r} is none of {', '.join(allowed)}")
    of = _one_of(item["of"], facts, "of", place)
    parts = {key: _sums(item.get(key, []), of, sums, key, place) for key in PARTS}
    base = earlier[_one_of(item["change_of"], earlier, "change_of", place).id] if "change_of" in item else None
    if sum((bool(parts["numerator"]), base is not None, "measures" in item)) != 1:
        place.refuse("numerator", "a KPI has one of numerator (sums), change_of (a KPI) and measures (a text)")
    _check_percentile(item, of, place)
    if (parts["denominator"] or base) and item["unit"] not in UNITS_OF_RATIOS:
        place.refuse("unit", f"{item['unit']} is no unit of a ratio")
    population = item.get("population", {})
    if parts["numerator"] and of.due and set(population) != set(KINDS_OF_LEG):
        place.refuse("population", f"wants what becomes of each of {', '.join(KINDS_OF_LEG)}")
    if wrong := sorted(set(population.values()) - set(TREATMENTS)):
        place.refuse("population", f"{wrong[0]!r} is none of {', '.join(TREATMENTS)}")
    kpi = Kpi(
        id=_identifier(item["id"], place),
        of=of,
        unit=item["unit"],
        better=item["better"],
        **{key: texts(item[key], key, place) for key in ("name", "short", "help")},
        source=_text(item["source"], "source", place),
        used_by=_names(item["used_by"], USERS, "used_by", place),
        numerator=base.numerator if base else parts["numerator"],
        less=base.less if base else parts["less"],
        denominator=base.denominator if base else parts["denominator"],
        times=_times(item["times"], place) if "times" in item else None,
        sample=(base.sample if base else parts["sample"]) or parts["denominator"] or (base.denominator if base else ()),
        unknown=base.unknown if base else parts["unknown"],
        population=base.population if base else population,
        scopes=tuple(item.get("scopes", [])),
        digits=item.get("digits"),
        change_of=item.get("change_of"),
        measures=item.get("measures"),
        percentile=item.get("percentile"),
        column=item.get("column"),
        counts_ahead=item.get("counts_ahead", False) is True,
        otp=_otp(item["otp"], place) if "otp" in item else None,
    )
    _prove(kpi, place)
    return kpi


def _check_percentile(item: Mapping[str, Any], of: Facts, place: Place) -> None:
    if "percentile" not in item and "column" not in item:
        return
    if "measures" not in item:
        place.refuse("percentile", "belongs to measures: it is no sum")
    whole(item.get("percentile"), "percentile", place, 1, 99, "percentile")
    if item.get("column") not in of.columns.numbers:
        place.refuse("column", f"{item.get('column')!r} is no number of {of.id}")


def _prove(kpi: Kpi, place: Place) -> None:
    """Refuse a KPI whose words and sums say different things."""
    for key, complaint in (("population", check_population(kpi)), ("otp", check_otp(kpi))):
        if complaint:
            place.refuse(key, complaint)
    if {"rules"} & set(kpi.used_by) and not kpi.scopes:
        place.refuse("scopes", "is missing; rules use this KPI")
    needed = (*kpi.numerator, *kpi.less, *kpi.denominator, *kpi.sample)
    if "rules" in kpi.used_by and (away := [part.id for part in needed if "stream" not in part.kept_in]):
        place.refuse("used_by", f"rules read the stream's states, and {away[0]} is not kept in them")


def _times(value: object, place: Place) -> Fraction:
    if not isinstance(value, str) or not _FACTOR.fullmatch(value):
        place.refuse("times", f'{value!r} is no factor in quotes, such as "3.16" or "1/60"')
    return Fraction(value)


def _otp(item: object, place: Place) -> Otp:
    if not isinstance(item, dict):
        place.refuse("otp", "wants { definition, event, reference, denominator, … }")
    try:
        return Otp(**item)
    except TypeError as error:
        place.refuse("otp", f"{error}")


def _keys(item: Mapping[str, Any], needed: Sequence[str], allowed: Sequence[str], place: Place) -> None:
    for key in needed:
        if key not in item:
            place.refuse(key, f"is missing; a {place.table} has {', '.join(needed)}")
    no_more_than(item, allowed, place, f"a {place.table}")


def _one_of(name: object, known: Mapping[str, Known], key: str, place: Place) -> Known:
    if not isinstance(name, str) or name not in known:
        place.refuse(key, f"{name!r} is none of {', '.join(known)}, which stand before it")
    return known[name]


def _sums(value: object, of: Facts, sums: Mapping[str, Sum], key: str, place: Place) -> tuple[Sum, ...]:
    parts = tuple(_one_of(name, sums, key, place) for name in names(value, key, place))
    if strange := [part.id for part in parts if part.of is not of]:
        place.refuse(key, f"{strange[0]} adds up other facts than {of.id}")
    return parts


def _names(value: object, allowed: Sequence[str], key: str, place: Place) -> tuple[str, ...]:
    listed = names(value, key, place)
    if wrong := [name for name in listed if name not in allowed]:
        place.refuse(key, f"{wrong[0]!r} is none of {', '.join(allowed)}")
    return listed


def _identifier(value: object, place: Place) -> str:
    if not isinstance(value, str) or not value.isidentifier() or not value.islower():
        place.refuse("id", f"{value!r} is no name of lower-case letters, digits and underscores")
    return value


def _text(value: object, key: str, place: Place) -> str:
    if not isinstance(value, str) or not value.strip():
        place.refuse(key, "wants a text")
    return value
