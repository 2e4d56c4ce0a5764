"""Generates everything that other files state about figures from `kpis.toml`: `python -m tools.figures`.

The sums of marts and the KPIs over them (dbt macros), the definitions of punctuality (a dbt seed), the descriptions of
sums (dbt docs), semantic models and metrics (`semantic_models.py`) and the dictionary for people (`dictionary.py`), and
beside them the seeds that are data of the stream (`rule_seeds.py`). A test compares every file with what this would
write.
"""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path

from aero_streaming.figures import Kpi, Register, Sum, figures
from tools import dictionary, rule_seeds, semantic_models
from tools.dictionary import late_limit

ROOT = Path(__file__).parents[1]
DBT = ROOT / "dbt_project"
#: So many characters fit into a line of the macro.
LINE = 110
SEED_COLUMNS = ("definition", "event", "reference", "late_if_ge", "late_if_gt", "early_if_lt", "denominator", "split")
WRITTEN = "Written by `python -m tools.figures` from aero_streaming/figures/kpis.toml; change it there."


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
        ROOT / "docs" / "kpis.md": dictionary.text(register, WRITTEN),
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
        and not (kpi.less or kpi.times)
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
        cells = {name: getattr(kpi.otp, name) for name in SEED_COLUMNS} | late_limit(kpi)
        writer.writerow(["" if cells[name] is None else cells[name] for name in SEED_COLUMNS])
    return out.getvalue()


def main() -> None:
    """Write every file."""
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
