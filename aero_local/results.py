"""What a demo found: facts of its input, read from the marts and the ledger, as JSON and as a table for people.

The keys are promised to scripts (docs/contracts.md); a figure is null where its inputs are missing, never zero.
"""

import json
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from aero_assets.outcomes import ledger
from aero_assets.storage import Bucket

COUNTS = ("rows_in", "rows_out", "duplicates", "rejects")
ROUTE_COLUMNS = ("route", "operated", "arrived", "arr_late_15", "departure_delay_minutes")
FACT_NAMES = {
    "legs": "scheduled",
    "cancelled": "cancelled",
    "diverted": "diverted",
    "arrived": "with an arrival delay",
    "arr_late_15": "… of 15 minutes or more",
    "departed": "with a departure delay",
    "dep_late_15": "… of 15 minutes or more",
    "dep_on_time_d0": "… of zero or less (D0)",
    "routes": "directed routes",
    "carriers": "carriers",
}

FACTS = """
    select count(*) as legs,
           count_if(is_cancelled) as cancelled,
           count_if(is_diverted) as diverted,
           count(arrival_delay_minutes) as arrived,
           count_if(arrival_delay_minutes >= 15) as arr_late_15,
           count(departure_delay_minutes) as departed,
           count_if(departure_delay_minutes >= 15) as dep_late_15,
           count_if(departure_delay_minutes <= 0) as dep_on_time_d0,
           count(distinct route) as routes,
           count(distinct carrier) as carriers,
           min(operating_date)::varchar as first_operating_date,
           max(operating_date)::varchar as last_operating_date
    from operations.fct_leg
"""
OTP = """
    select definition, sum(legs)::bigint, sum(on_time_legs)::bigint
    from reference.otp_definitions left join operations.fct_otp_day using (definition)
    group by definition order by definition
"""
CAUSES = "select cause, sum(delay_minutes)::bigint from operations.fct_delay_cause_day group by cause order by cause"
ROUTES = """
    select route, sum(operated_legs)::bigint as flown, sum(arrived_legs)::bigint as arrived,
           sum(arr_late_15_legs)::bigint as late, sum(departure_delay_minutes)::bigint as minutes
    from operations.fct_route_day group by route having arrived >= 8
    order by late / arrived desc, minutes desc limit 5
"""


def hops(lake: Bucket, warehouse: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Count rows per hop as things stand: arrivals at the door, arrival days as typed now, legs."""
    totals = {hop: dict.fromkeys(COUNTS, 0) for hop in ("door", "typed")}
    for row in ledger(lake, totals):
        for count in COUNTS:
            totals[row["hop"]][count] += row[count]
    [(facts, legs)] = warehouse.execute(
        "select (select count(*) from intermediate.int_leg_fact), (select count(*) from operations.fct_leg)"
    ).fetchall()
    # Facts of a leg that several files report are merged into one.
    totals["warehouse"] = {"rows_in": facts, "rows_out": legs, "duplicates": facts - legs, "rejects": 0}
    return [{"hop": hop, **counts} for hop, counts in totals.items()]


def collect(warehouse: Path, lake: Bucket, source: str, seconds: dict[str, float]) -> dict[str, Any]:
    """Read the facts of this platform's input from its warehouse and ledger."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        cursor = connection.execute(FACTS)
        names = [column[0] for column in cursor.description or ()]
        facts = dict(zip(names, cursor.fetchall()[0], strict=True))
        otp = {
            definition: {"n": n, "on_time": on_time, "value": on_time / n} if n else None
            for definition, n, on_time in connection.execute(OTP).fetchall()
        }
        causes = dict(connection.execute(CAUSES).fetchall())
        worst = connection.execute(ROUTES).fetchall()
        counted = hops(lake, connection)
    return {
        "input": source,
        **facts,
        "otp": otp,
        "delay_minutes": causes,
        "worst_routes": [dict(zip(ROUTE_COLUMNS, row, strict=True)) for row in worst],
        "hops": counted,
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
    }


def save(results: dict[str, Any], path: Path) -> None:
    """Write the results where scripts look for them; readers never see half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


def show(results: dict[str, Any], console: Console) -> None:
    """Print the results as a person reads them."""
    console.print(_facts(results))
    console.print(_otp(results))
    console.print(_hops(results))


def _facts(results: dict[str, Any]) -> Table:
    span = f"{results['first_operating_date']} to {results['last_operating_date']}"
    table = Table(title=f"{Path(results['input']).name}, {span}")
    table.add_column("legs")
    table.add_column("", justify="right")
    for key, text in FACT_NAMES.items():
        table.add_row(text, f"{results[key]:,}")
    for cause, minutes in sorted(results["delay_minutes"].items(), key=lambda item: -item[1]):
        table.add_row(f"delay minutes, {cause.replace('_', ' ')}", f"{minutes:,}")
    return table


def _otp(results: dict[str, Any]) -> Table:
    table = Table(title="Punctuality by definition")
    table.add_column("definition")
    for heading in ("legs", "on time", "share"):
        table.add_column(heading, justify="right")
    for definition, figures in results["otp"].items():
        if figures:
            table.add_row(definition, f"{figures['n']:,}", f"{figures['on_time']:,}", f"{figures['value']:.2%}")
        else:
            table.add_row(definition, "–", "–", "no input")
    return table


def _hops(results: dict[str, Any]) -> Table:
    table = Table(title="Every row accounted for")
    table.add_column("hop")
    for heading in ("rows in", "rows out", "duplicates", "rejects"):
        table.add_column(heading, justify="right")
    for hop in results["hops"]:
        counts = (hop["rows_in"], hop["rows_out"], hop["duplicates"], hop["rejects"])
        table.add_row(hop["hop"], *(f"{count:,}" for count in counts))
    return table
