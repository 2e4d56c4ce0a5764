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

HOPS = ("door", "typed", "warehouse")

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


def hops(lake: Bucket) -> list[dict[str, Any]]:
    """Sum the ledger per hop; an arrival that was compacted again counts once, as it is now."""
    totals = {hop: {"hop": hop, "rows_in": 0, "rows_out": 0, "duplicates": 0, "rejects": 0} for hop in HOPS}
    for row in ledger(lake, HOPS):
        for count in ("rows_in", "rows_out", "duplicates", "rejects"):
            totals[row["hop"]][count] += row[count]
    return list(totals.values())


def collect(warehouse: Path, lake: Bucket, source: str, seconds: dict[str, float]) -> dict[str, Any]:
    """Read the facts of this platform's input from its warehouse and ledger."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        cursor = connection.execute(FACTS)
        names = [column[0] for column in cursor.description or ()]
        facts = dict(zip(names, cursor.fetchall()[0], strict=True))
        otp = {
            definition: {"n": n, "on_time": on_time, "value": on_time / n if n else None}
            for definition, n, on_time in connection.execute(OTP).fetchall()
        }
        causes = dict(connection.execute(CAUSES).fetchall())
        worst = connection.execute(ROUTES).fetchall()
    return {
        "input": source,
        **facts,
        "otp": otp,
        "delay_minutes": causes,
        "worst_routes": [
            dict(zip(("route", "operated", "arrived", "arr_late_15", "departure_delay_minutes"), row, strict=True))
            for row in worst
        ],
        "hops": hops(lake),
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
    table = Table(title=f"{results['input']}  ({results['first_operating_date']} to {results['last_operating_date']})")
    for heading in (
        "legs",
        "cancelled",
        "diverted",
        "arrived",
        "15+ late",
        "departed",
        "on time (D0)",
        "routes",
        "carriers",
    ):
        table.add_column(heading, justify="right")
    keys = (
        "legs",
        "cancelled",
        "diverted",
        "arrived",
        "arr_late_15",
        "departed",
        "dep_on_time_d0",
        "routes",
        "carriers",
    )
    table.add_row(*(f"{results[key]:,}" for key in keys))
    return table


def _otp(results: dict[str, Any]) -> Table:
    table = Table(title="Punctuality by definition")
    table.add_column("definition")
    for heading in ("legs", "on time", "share"):
        table.add_column(heading, justify="right")
    for definition, figures in results["otp"].items():
        if figures["n"]:
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
