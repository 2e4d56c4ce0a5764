"""The result of a demo: facts of its input, read from the published marts and the ledger, as JSON.

The keys are stable for scripts (docs/contracts.md); a figure is null if its inputs are missing, never zero. The
dashboard reads the same published version, so the two cannot differ. `story.py` prints it for people.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from aero_assets import leg_balance
from aero_assets.feeds import find
from aero_assets.lake import LakeCopy
from aero_assets.outcomes import ledger
from aero_assets.published import Snapshot
from aero_assets.warehouses import DuckDb
from aero_streaming.figures import figures

COUNTS = ("rows_in", "rows_out", "duplicates", "rejects", "mixed")
#: Routes are ranked from this many arrivals on: fewer say more about luck than about the route.
FEWEST_ARRIVALS = 20
RANKED = 5
HALF_A_CENT = 0.005

#: Counts of the results and the sums of the register that they are.
COUNTED = {
    "legs": "scheduled_legs", "cancelled": "cancelled_legs", "diverted": "diverted_legs", "arrived": "arrived_legs",
    "arr_late_15": "arr_late_15_legs", "departed": "departed_legs", "dep_late_15": "dep_late_15_legs",
    "dep_on_time_d0": "dep_on_time_d0_legs", "operated": "operated_legs",
}  # fmt: skip


def _sum(name: str) -> str:
    return f"coalesce(sum({figures().sums[name].value_sql()}), 0)::bigint"


FACTS = f"""
    select {", ".join(f"{_sum(name)} as {key}" for key, name in COUNTED.items())},
           count(distinct route) as routes,
           count(distinct carrier) as carriers,
           min(operating_date)::varchar as first_operating_date,
           max(operating_date)::varchar as last_operating_date
    from operations.fct_leg where {{days}}
"""
#: Totals that the synthetic airline says it sent, counted again from the marts; names are those of its totals.
CONTROL = f"""
    select {", ".join(f"{_sum(COUNTED[key])} as {key}" for key in ("legs", "cancelled", "diverted"))},
           {", ".join(f"{_sum(COUNTED[key])} as {key}" for key in ("departed", "arrived", "arr_late_15"))},
           {_sum("departure_delay_minutes")} as departure_delay_minutes,
           coalesce(sum(seats), 0)::bigint as seats,
           coalesce(sum(passengers), 0)::bigint as passengers,
           (select coalesce(sum(records), 0)::bigint from health.quarantine_reason where kind = 'row') as garbled_rows
    from operations.fct_leg where {{days}}
"""
#: Money that the airline's database holds, counted again from the marts, in US dollars.
MONEY_CONTROL = """
    select (select coalesce(sum(flown_revenue_usd), 0) from commercial.fct_route_day_ticket where {days})
               as flown_revenue_usd,
           (select coalesce(sum(cargo_revenue_usd), 0) from commercial.fct_leg_revenue where {days}) as cargo_usd,
           (select coalesce(sum(amount_usd), 0) from finance.fct_route_day_cost where {days}) as cost_usd
"""
#: The margin ladder in US dollars, and the sums of the register that its steps are.
LADDER = {
    "revenue_usd": "operating_revenue", "cm1_usd": "margin_cm1", "cm2_usd": "margin_cm2", "cm3_usd": "margin_cm3",
    "fully_allocated_usd": "margin_all_in",
}  # fmt: skip
COSTS = {"cost_usd": "flight_cost", "actual_cost_usd": "invoiced_cost"}


def _dollars(sums: Mapping[str, str]) -> str:
    """Return sums of money as columns; null if nothing is known, because 0 would be a statement."""
    values = {key: figures().sums[name].value_sql() for key, name in sums.items()}
    return ", ".join(f"sum({value})::decimal(18, 2) as {key}" for key, value in values.items())


def _ratio(name: str) -> str:
    kpi = figures().kpis[name]
    over, under = (f"sum({part[0].value_sql()})" for part in (kpi.numerator, kpi.denominator))
    return f"{over} / nullif({under}, 0) as {name}"


MONEY = f"""
    select {_dollars(LADDER | COSTS)}, {_ratio("rask")}, {_ratio("cask")}
    from finance.fct_route_margin where {{days}}
"""
ROUTE_MONEY = f"""
    select route, sum(operated_legs)::bigint as operated, {_dollars(LADDER)}
    from finance.fct_route_margin where {{days}} and route != 'unknown'
    group by route having fully_allocated_usd is not null
    order by fully_allocated_usd {{order}}, route limit {{most}}
"""
#: Answers of passengers: net promoter score in points, and how many answers it is of.
SATISFACTION = """
    select 100.0 * (sum(promoters) - sum(detractors)) / nullif(sum(recommendations), 0) as nps,
           coalesce(sum(recommendations), 0)::bigint as recommendations
    from commercial.fct_route_day_commercial where {days}
"""
OTP = """
    select definition, sum(legs)::bigint, sum(on_time_legs)::bigint, sum(unknown_legs)::bigint
    from reference.otp_definitions
    left join (select * from operations.fct_otp_day where {days}) using (definition)
    group by definition order by definition
"""
CAUSES = """
    select cause, sum(delay_minutes)::bigint
    from operations.fct_delay_cause_day where {days} group by cause order by cause
"""
#: By the punctuality that pages and rules name A14: of tracked legs, a diversion counts as late.
_A14 = figures().kpis["otp_a14"].value_sql
ROUTES = f"""
    select route, sum(operated_legs)::bigint as operated, sum(arrived_legs)::bigint as arrived,
           sum(arr_late_15_legs)::bigint as arr_late_15,
           sum(departure_delay_minutes)::bigint as departure_delay_minutes,
           sum(arr_tracked_legs)::bigint as arr_tracked, {_A14} as otp_a14
    from operations.fct_route_day where {{days}} group by route having sum(arrived_legs) >= {{fewest}}
    order by {_A14} {{punctual}}, departure_delay_minutes {{delayed}}, route
    limit {{most}}
"""
_LOAD = figures().kpis["load_factor"]
LOAD = f"""
    select sum({_LOAD.numerator[0].value_sql()}) / nullif(sum({_LOAD.denominator[0].value_sql()}), 0)
    from operations.fct_leg where {{days}}
"""
MONTHS = f"""
    select strftime(operating_date, '%Y-%m') as month,
           {", ".join(f"{_sum(COUNTED[key])} as {key}" for key in ("legs", "cancelled", "arrived", "arr_late_15"))}
    from operations.fct_leg where {{days}} group by month order by month
"""
REFUSED = """
    select feed, kind, reason, records, message as example
    from health.quarantine_reason
    left join (select feed, kind, reason, min(message) as message from health.quarantine group by all)
        using (feed, kind, reason)
    order by records desc, reason
"""


def stages(copy: LakeCopy, warehouse: Path, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Count rows per stage as they are now: arrivals at the door, arrival days as typed, legs, published legs."""
    totals = {stage: dict.fromkeys(COUNTS, 0) for stage in ("door", "typed")}
    for row in ledger(copy.bucket, totals):
        for count in COUNTS:
            totals[row["hop"]][count] += row.get(count, 0)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        balance = leg_balance.count(DuckDb(connection, copy.root), copy.manifests())
    with snapshot.connect() as marts:
        [(published,)] = marts.execute("select count(*) from operations.fct_leg").fetchall()
    merged = (balance.rows_in, balance.legs, balance.duplicates, balance.withdrawn, balance.mixed)
    totals["warehouse"] = dict(zip(COUNTS, merged, strict=True))
    totals["published"] = dict(zip(COUNTS, (balance.legs, published, 0, 0, 0), strict=True))
    return [{"hop": stage, **counts} for stage, counts in totals.items()]


def untold(warehouse: Path, before: date | None = None) -> frozenset[str]:
    """Return the counts that no source provides, such as those of a missing column; 0 would be a statement."""
    days = f"operating_date < date '{before}'" if before else "true"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        [counts] = _rows(
            connection,
            f"select count(is_cancelled) as cancelled, count(is_diverted) as diverted, count(*) as legs "
            f"from intermediate.int_leg where {days}",
        )
    return frozenset(name for name in ("cancelled", "diverted") if counts["legs"] and not counts[name])


def rows_of_months(copy: LakeCopy) -> dict[str, int]:
    """Count the accepted rows of files of legs by month; rows beyond the legs are legs in a later file again."""
    rows: Counter[str] = Counter()
    for manifest in copy.manifests():
        feed = find(manifest.feed)
        if feed.tells_of_legs and feed.arrival == "file":
            for file in manifest.files:
                rows[file.date[:7]] += file.rows
    return dict(rows)


def collect(
    snapshot: Snapshot,
    counted: list[dict[str, Any]],
    source: str,
    seconds: dict[str, float],
    control: Mapping[str, float] | None = None,
    before: date | None = None,
    month_rows: Mapping[str, int] | None = None,
    unknown: Collection[str] = (),
) -> dict[str, Any]:
    """Read the facts of this platform's input from a published version.

    `counted` are the stages; `control` are the control totals of the input's maker, if any. Days from `before` on do
    not belong to the input, but to the live part of an earlier demo. `month_rows` are the accepted rows of files by
    month, if known. `unknown` are counts that no source provides.
    """
    days = f"operating_date < date '{before}'" if before else "true"
    with snapshot.connect() as marts:
        [facts] = _rows(marts, FACTS.format(days=days))
        figures = {
            "input": source,
            "labels": list(snapshot.manifest.labels),
            "published_version": snapshot.version,
            **facts,
            "otp": {
                # A share of flights of which nothing is known says nothing.
                definition: {"n": n, "on_time": on_time, "value": on_time / n} if n and n > unknown else None
                for definition, n, on_time, unknown in marts.execute(OTP.format(days=days)).fetchall()
            },
            "load_factor": (marts.execute(LOAD.format(days=days)).fetchone() or (None,))[0],
            "delay_minutes": dict(marts.execute(CAUSES.format(days=days)).fetchall()),
            "worst_routes": _rows(
                marts, ROUTES.format(fewest=FEWEST_ARRIVALS, punctual="asc", delayed="desc", most=RANKED, days=days)
            ),
            "best_routes": _rows(
                marts, ROUTES.format(fewest=FEWEST_ARRIVALS, punctual="desc", delayed="asc", most=RANKED, days=days)
            ),
            "months": [
                month
                | {"told_again": max(month_rows.get(month["month"], 0) - month["legs"], 0) if month_rows else None}
                for month in _rows(marts, MONTHS.format(days=days))
            ],
            "quarantine": _rows(marts, REFUSED),
            "money": _money(marts, days),
            "satisfaction": _rows(marts, SATISFACTION.format(days=days))[0],
            "control": _control(marts, control, days),
        }
    for counts in (figures, *figures["months"]):
        counts.update({name: None for name in unknown if name in counts})
    return figures | {"hops": counted, "seconds": {name: round(value, 1) for name, value in seconds.items()}}


def _rows(marts: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    cursor = marts.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _control(marts: duckdb.DuckDBPyConnection, control: Mapping[str, float] | None, days: str) -> dict[str, Any] | None:
    """Return each control total beside the figure of the marts; null if there is none."""
    if control is None:
        return None
    [counted] = _rows(marts, CONTROL.format(days=days))
    if control.keys() - counted.keys():
        counted |= _rows(marts, MONEY_CONTROL.format(days=days))[0]
    return {name: {"expected": control[name], "found": counted[name]} for name in counted if name in control}


def agrees(total: Mapping[str, Any]) -> bool:
    """Return True if a control total is what the marts hold: dollars to the cent, as JSON has no decimals."""
    return abs(float(total["expected"]) - float(total["found"])) < HALF_A_CENT


def _money(marts: duckdb.DuckDBPyConnection, days: str) -> dict[str, Any] | None:
    """Return the margin ladder, and the routes with the highest and lowest result; null if no money is known."""
    [ladder] = _rows(marts, MONEY.format(days=days))
    if ladder["revenue_usd"] is None or ladder["cost_usd"] is None:
        return None
    routes = {
        name: _rows(marts, ROUTE_MONEY.format(days=days, order=order, most=RANKED))
        for name, order in (("best_routes", "desc"), ("worst_routes", "asc"))
    }
    return ladder | routes


def save(results: dict[str, Any], path: Path) -> None:
    """Write the results to the path that scripts read; a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(results, indent=2, ensure_ascii=False, default=float) + "\n", encoding="utf-8")
    part.replace(path)
