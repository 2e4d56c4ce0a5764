"""Generates everything that other files state about figures from `kpis.toml`: `python -m tools.figures`.

The sums of marts and the KPIs over them (dbt macros), the definitions of punctuality (a dbt seed), the descriptions of
sums (dbt docs), semantic models and metrics (`semantic_models.py`) and the dictionary for people (`docs/kpis.md`), and
beside them the seeds that are data of the stream (`rule_seeds.py`). A test compares every file with what this would
write.
"""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from textwrap import fill

from aero_streaming.figures import Kpi, Register, Sum, figures
from tools import rule_seeds, semantic_models

ROOT = Path(__file__).parents[1]
DBT = ROOT / "dbt_project"
#: So many characters fit into a line of the macro.
LINE = 110
SEED_COLUMNS = ("definition", "event", "reference", "late_if_ge", "late_if_gt", "early_if_lt", "denominator", "split")
WRITTEN = "Written by `python -m tools.figures` from aero_streaming/figures/kpis.toml; change it there."
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
    "usd_per_km": ("dólares por kilómetro de asiento o pasajero", "US dollars per kilometre of a seat or passenger"),
    "usd_per_leg": ("dólares por vuelo", "US dollars per flight"),
    "usd_per_minute": ("dólares por minuto", "US dollars per minute"),
    "kg_per_km": ("kg por kilómetro de asiento", "kg per kilometre of a seat"),
    "times": ("veces", "times"),
    "usd": ("dólares", "US dollars"),
    "count": ("número", "count"),
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


def texts(register: Register | None = None) -> dict[Path, str]:
    """Return every file that is written from the register, by its path."""
    register = register or figures()
    return {
        DBT / "macros" / "leg_sums.sql": macro(register.kept_in("marts")),
        DBT / "macros" / "kpi_percent.sql": percent_macro(register),
        DBT / "docs" / "sums.md": sum_docs(register.kept_in("marts")),
        DBT / "seeds" / "reference" / "otp_definitions.csv": otp_seed(register.kpis.values()),
        DBT / "models" / "marts" / "operations" / "_operations__semantic_models.yml": semantic_models.text(
            register, WRITTEN
        ),
        ROOT / "docs" / "kpis.md": dictionary(register),
        DBT / "seeds" / "reference" / "minimum_ground_times.csv": rule_seeds.ground_times(),
        DBT / "seeds" / "reference" / "hubs.csv": rule_seeds.hubs(),
    }


def macro(sums: Iterable[Sum]) -> str:
    """Return the dbt macro that counts the sums of a day."""
    lines = ",\n    ".join(_line(_column(part), part.id) for part in sums)
    return f"""{{#
    The additive sums of legs that every day-grain mart of legs carries. Ratios are left to readers:
    a mean of ratios is wrong, a ratio of sums is right at any grain.

    {WRITTEN}
#}}
{{% macro leg_sums() -%}}
    {lines}
{{%- endmacro %}}
"""


def percent_macro(register: Register) -> str:
    """Return the dbt macro that divides the sums of a KPI in percent, at the grain of the query that calls it."""
    kept = {part.id for part in register.kept_in("marts")}
    lines = [
        f'"{kpi.id}": ({_names(kpi.numerator)}, {_names(kpi.denominator)}),'
        for kpi in register.kpis.values()
        if kpi.unit == "percent"
        and kpi.denominator
        and {part.id for part in (*kpi.numerator, *kpi.denominator)} <= kept
    ]
    formulas = "\n        ".join(lines)
    return f"""{{#
    A KPI in percent from the sums of a mart, at the grain of the query; null where nothing is in its denominator.

    {WRITTEN}
#}}
{{% macro kpi_percent(kpi) -%}}
    {{%- set formulas = {{
        {formulas}
    }} -%}}
    {{%- set numerator, denominator = formulas[kpi] -%}}
    100.0 * (sum({{{{ numerator | join(') + sum(') }}}})) / nullif(sum({{{{ denominator | join(') + sum(') }}}}), 0)
{{%- endmacro %}}
"""


def _names(sums: Iterable[Sum]) -> str:
    return json.dumps([part.id for part in sums])


def _line(column: str, name: str) -> str:
    line = f"{column} as {name}"
    return line if len(line) <= LINE else f"{column}\n        as {name}"


def _column(part: Sum) -> str:
    condition = part.condition_sql()
    if part.total is None:
        return f"{{{{ count_legs('{condition}') }}}}" if condition else "count(*)"
    if part.is_decimal:
        return f"cast(coalesce(sum({part.value_sql()}), 0) as decimal(18, 6))"
    return f"{{{{ sum_whole('{part.value_sql()}') }}}}"


def doc_name(part: Sum) -> str:
    """Return the name of the description of a sum: a column of a leg may be called the same."""
    return f"{part.id}_sum" if part.id in part.of.columns.numbers else part.id


def sum_docs(sums: Iterable[Sum]) -> str:
    """Return the descriptions of sums that dbt shows."""
    head = (
        "# Sums: additive figures of legs, from which every ratio is computed\n\n"
        f"Ratios are never stored: a mean of ratios is wrong, a ratio of sums is right at any grain.\n\n{WRITTEN}\n"
    )
    blocks = (f"\n{{% docs {doc_name(part)} %}}\n{part.text}\n{{% enddocs %}}\n" for part in sums)
    return head + "".join(blocks)


def otp_seed(kpis: Iterable[Kpi]) -> str:
    """Return the definitions of punctuality as the seed holds them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(SEED_COLUMNS)
    for kpi in kpis:
        if kpi.otp is None:
            continue
        cells = {name: getattr(kpi.otp, name) for name in SEED_COLUMNS} | _late(kpi)
        writer.writerow(["" if cells[name] is None else cells[name] for name in SEED_COLUMNS])
    return out.getvalue()


def _late(kpi: Kpi) -> dict[str, int]:
    """From which minute on, or above which, a leg is late: by what the numerator does with one of exactly the limit."""
    if kpi.limit_minutes is None:
        return {}
    [numerator] = kpi.numerator
    column = {"arrival": "arrival_delay_minutes", "departure": "departure_delay_minutes"}[numerator.side]
    leg = {"is_operated": True, column: kpi.limit_minutes}
    # Of a figure that is bad when it is high the numerator counts the late legs, of any other the punctual ones.
    is_late = bool(numerator.of_row(leg)) == (kpi.bad == "above")
    return {"late_if_ge" if is_late else "late_if_gt": kpi.limit_minutes}


def dictionary(register: Register) -> str:
    """Return the dictionary of figures for people, in both languages."""
    parts = [
        "# Figures: what each one means here · Cifras: qué significa cada una\n",
        f"<!-- {WRITTEN} -->\n",
        "One row of the register per figure; stream, warehouse, rules, pages and results follow it.\n"
        "Una fila del registro por cifra; la siguen el flujo, el almacén, las reglas, las páginas y los resultados.\n",
    ]
    parts += [_entry(kpi) for kpi in register.kpis.values()]
    parts.append("## Sums · Sumas\n")
    parts += [f"* `{part.id}` = {_formula(part)}  \n  {part.text}\n" for part in register.sums.values()]
    return "\n".join(map(_wrapped, "\n".join(parts).split("\n")))


def _wrapped(line: str) -> str:
    """Break a line that no terminal shows; what follows of an entry stands below its text."""
    rest = "  " if line.startswith(("* ", "  ")) else ""
    short = fill(line, WIDTH, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)
    return line if len(line) <= WIDTH else short


def _entry(kpi: Kpi) -> str:
    unit, better = UNITS[kpi.unit], BETTER[kpi.better]
    lines = [
        f"## {kpi.name['es']} · {kpi.name['en']}\n",
        f"`{kpi.id}` · {_ratio(kpi)}\n",
        f"* es: {kpi.help['es']}",
        f"* en: {kpi.help['en']}",
        f"* unidad · unit: {_both(unit)}; {_both(better)}",
    ]
    lines += [f"* {_both(LATE[name])} {minutes} min" for name, minutes in _late(kpi).items()]
    for treated in ("counted", "missed", "left_out"):
        kinds = [KINDS[kind] for kind, treatment in kpi.population.items() if treatment == treated]
        if kinds:
            names = "; ".join(_both(kind) for kind in kinds)
            lines.append(f"* {_both(TREATED[treated])}: {names}")
    lines += [f"* n: {_terms(kpi.sample)}"] if kpi.sample else []
    lines += [f"* sin dato · unknown: {_terms(kpi.unknown)}"] if kpi.unknown else []
    lines += [f"* OTP: `{kpi.otp.definition}`"] if kpi.otp else []
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
    over = _terms(kpi.numerator)
    if not kpi.denominator:
        return over
    under = _terms(kpi.denominator)
    return f"{over} ÷ ({under})" if len(kpi.denominator) > 1 else f"{over} ÷ {under}"


def _terms(sums: Iterable[Sum]) -> str:
    return " + ".join(f"`{part.id}`" for part in sums)


def _formula(part: Sum) -> str:
    condition = part.condition_sql()
    if part.total is None:
        return f"legs with `{condition}`" if condition else "all legs"
    floor = "" if part.floor is None else f", {part.floor} where it is less"
    return f"sum of `{part.total}`{floor}" + (f", of legs with `{condition}`" if condition else "")


def main() -> None:
    """Write every file."""
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
