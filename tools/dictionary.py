"""The dictionary of figures for people (`docs/kpis.md`), in both languages.

It has the catalogue of KPIs first (`catalogue.toml` beside the register: each KPI of the catalogue, and the figure or
the column that holds it or what is missing), then an entry of every KPI of the register, then its sums.
"""

import tomllib
from collections.abc import Iterable, Mapping
from textwrap import fill
from typing import Any

from aero_streaming.figures import KPIS, Kpi, Register, Sum
from tools.semantic_models import GROUPINGS

CATALOGUE = KPIS.with_name("catalogue.toml")
TREATED = {
    "counted": ("cuenta", "counts"),
    "missed": ("cuenta en contra", "counts against"),
    "left_out": ("no cuenta", "does not count"),
}
KINDS = {
    "cancelled": ("cancelado", "cancelled"),
    "diverted": ("desviado", "diverted"),
    "unknown": ("operado, hora sin dato", "operated, time unknown"),
    "silent": ("debía salir, nada recibido", "due, never heard of"),
    "not_due": ("aún no debe salir", "not due yet"),
}
UNITS = {
    "percent": ("%", "%"),
    "points": ("puntos porcentuales", "percentage points"),
    "per_mille": ("por cada 1,000", "per 1,000"),
    "minutes": ("min", "min"),
    "hours": ("h", "h"),
    "usd_per_km": ("dólares por kilómetro de asiento o pasajero", "US dollars per kilometre of a seat or passenger"),
    "usd_per_leg": ("dólares por vuelo", "US dollars per flight"),
    "usd_per_minute": ("dólares por minuto", "US dollars per minute"),
    "kg_per_km": ("kg por kilómetro de asiento", "kg per kilometre of a seat"),
    "g_per_km": ("g por kilómetro de pasajero", "g per kilometre of a passenger"),
    "times": ("veces", "times"),
    "usd": ("dólares", "US dollars"),
    "count": ("número", "count"),
    "km": ("km", "km"),
    "legs": ("vuelos", "flights"),
    "grade": ("grado", "grade"),
}
WIDTH = 120
LATE = {"late_if_ge": ("tarde desde", "late from"), "late_if_gt": ("tarde por encima de", "late above")}
BETTER = {
    "high": ("más es mejor", "higher is better"),
    "low": ("menos es mejor", "lower is better"),
    "neither": ("ni más ni menos es mejor", "neither is better"),
}
ABOUT_CATALOGUE = """The KPIs of the domain, and the figures below that hold each: without a name it is the figure of
the same name. Those that cannot be added up are columns of a mart; those without an input say what is missing.
Los KPI del dominio y las cifras de abajo que los contienen: sin nombre, es la cifra del mismo nombre. Los que no se
suman son columnas de un mart; los que no tienen insumo dicen qué falta.
"""


def late_limit(kpi: Kpi) -> dict[str, int]:
    """From which minute on, or above which, a leg is late: by what the numerator does with one of exactly the limit."""
    if kpi.limit_minutes is None:
        return {}
    [numerator] = kpi.numerator
    column = {"arrival": "arrival_delay_minutes", "departure": "departure_delay_minutes"}[numerator.side]
    leg = {"is_operated": True, column: kpi.limit_minutes}
    # Of a figure that is bad when it is high the numerator counts the late legs, of any other the punctual ones.
    is_late = bool(numerator.of_row(leg)) == (kpi.bad == "above")
    return {"late_if_ge" if is_late else "late_if_gt": kpi.limit_minutes}


def catalogue() -> list[dict[str, Any]]:
    """Return the entries of the catalogue in their order."""
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["entry"]


def text(register: Register, written: str) -> str:
    """Return the dictionary; `written` says how it is written."""
    parts = [
        "# Figures: what each one means here · Cifras: qué significa cada una\n",
        f"<!-- {written} -->\n",
        "One row of the register per figure; stream, warehouse, rules, pages and results follow it.\n"
        "Una fila del registro por cifra; la siguen el flujo, el almacén, las reglas, las páginas y los resultados.\n",
    ]
    parts += [
        "## Catalogue · Catálogo\n",
        ABOUT_CATALOGUE,
        *(_catalogue_entry(entry, register) for entry in catalogue()),
        "",
    ]
    parts += [_entry(kpi) for kpi in register.kpis.values()]
    parts.append("## Sums · Sumas\n")
    parts += [f"* `{part.id}` = {_formula(part)}  \n  {part.text}\n" for part in register.sums.values()]
    return "\n".join(map(_wrapped, "\n".join(parts).split("\n")))


def _wrapped(line: str) -> str:
    """Break a line that no terminal shows; what follows of an entry stands below its text."""
    rest = "    " if line.startswith("  * ") else "  " if line.startswith(("* ", "  ")) else ""
    short = fill(line, WIDTH, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)
    return line if len(line) <= WIDTH else short


def _catalogue_entry(entry: Mapping[str, Any], register: Register) -> str:
    kpis = [register.kpis[name] for name in entry.get("kpis", [])]
    name = _both((kpis[0].name["es"], kpis[0].name["en"])) if kpis else entry["name"]
    others = ", ".join(f"`{kpi.id}`" for kpi in kpis if kpi.id != entry["id"])
    lines = [f"* `{entry['id']}` {name}" + (f": {others}" if others else "")]
    for column in entry.get("columns", []):
        unit, grain = _both(UNITS[column["unit"]]), _both((column["grain"]["es"], column["grain"]["en"]))
        meaning = _both((column["help"]["es"], column["help"]["en"]))
        lines.append(
            f"  * `{column['column']}` = {column['formula']}. {meaning} {unit}; {grain}; fuente · source: "
            f"{column['source']}"
        )
    if needs := entry.get("needs"):
        lines.append(f"  * falta · missing: {needs['es']} · {needs['en']}")
    return "\n".join(lines)


def _grain(kpi: Kpi) -> str:
    grouping = GROUPINGS[kpi.of.id]
    names = ("day", *(name for name in grouping.entities if name != "calendar_day"), *grouping.dimensions)
    return f"`{kpi.of.model}`; {', '.join(f'`{name}`' for name in names)}"


def _entry(kpi: Kpi) -> str:
    unit, better = UNITS[kpi.unit], BETTER[kpi.better]
    lines = [
        f"## {kpi.name['es']} · {kpi.name['en']}\n",
        f"`{kpi.id}` · {_ratio(kpi)}\n",
        f"* es: {kpi.help['es']}",
        f"* en: {kpi.help['en']}",
        f"* unidad · unit: {_both(unit)}; {_both(better)}",
    ]
    lines += [f"* {_both(LATE[name])} {minutes} min" for name, minutes in late_limit(kpi).items()]
    for treated in ("counted", "missed", "left_out"):
        kinds = [KINDS[kind] for kind, treatment in kpi.population.items() if treatment == treated]
        if kinds:
            names = "; ".join(_both(kind) for kind in kinds)
            lines.append(f"* {_both(TREATED[treated])}: {names}")
    lines += [f"* n: {_terms(kpi.sample)}"] if kpi.sample else []
    lines += [f"* sin dato · unknown: {_terms(kpi.unknown)}"] if kpi.unknown else []
    lines += [f"* OTP: `{kpi.otp.definition}`"] if kpi.otp else []
    if not kpi.change_of and (kpi.numerator or kpi.percentile):
        lines.append(f"* grano · grain: {_grain(kpi)}")
    lines.append(f"* fuente · source: {kpi.source}")
    lines.append(f"* usada por · used by: {', '.join(kpi.used_by)}")
    return "\n".join(lines) + "\n"


def _both(pair: tuple[str, str]) -> str:
    return pair[0] if pair[0] == pair[1] else f"{pair[0]} · {pair[1]}"


def _ratio(kpi: Kpi) -> str:
    if kpi.change_of:
        return f"`{kpi.change_of}` − baseline of `{kpi.change_of}`"
    if kpi.measures:
        return kpi.measures
    over = _terms(kpi.numerator) + "".join(f" − `{part.id}`" for part in kpi.less)
    if kpi.denominator:
        under = _terms(kpi.denominator)
        over = f"({over})" if kpi.less else over
        over = f"{over} ÷ ({under})" if len(kpi.denominator) > 1 else f"{over} ÷ {under}"
    if kpi.times is None:
        return over
    return f"{kpi.times if kpi.times < 1 else float(kpi.times):} × {over}".replace(".0 ×", " ×")


def _terms(sums: Iterable[Sum]) -> str:
    return " + ".join(f"`{part.id}`" for part in sums)


def _formula(part: Sum) -> str:
    condition = part.condition_sql()
    if part.total is None:
        return f"legs with `{condition}`" if condition else "all legs"
    floor = "" if part.floor is None else f", {part.floor} where it is less"
    return f"sum of `{part.total}`{floor}" + (f", of legs with `{condition}`" if condition else "")
