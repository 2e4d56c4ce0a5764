"""Rows of figures by leg: the published facts that a figure counts, each under the leg that it belongs to.

Facts whose rows are legs, or name their leg, are taken as they are. Facts that are sums over legs themselves have their
way back to legs in `WAYS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aero_assets.published import Manifest
    from aero_streaming.figures import Facts

#: Names of a leg, under which rows are chosen and shown.
LEG_COLUMNS = frozenset({
    "leg_uid", "operating_date", "carrier", "flight_number", "operational_suffix", "origin", "destination", "route",
    "std_at", "std_local_hour",
})  # fmt: skip
CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")
#: Marts have `unknown` and -1 where a leg has nothing.
LEGS = """
    select * replace (coalesce(destination, 'unknown') as destination, coalesce(route, 'unknown') as route,
                      coalesce(std_local_hour, -1) as std_local_hour)
    from operations.fct_leg
"""


#: Columns of every published table, by its name.
Tables = Mapping[str, Mapping[str, str]]


class NoWayBackError(LookupError):
    """Nothing in the published version says which legs a row of these facts is made of."""


def leg_rows(facts: Facts, manifest: Manifest) -> str:
    """Return SQL over a published version: rows of these facts with the columns of `LEG_COLUMNS`."""
    columns = {table.name: table.columns for table in manifest.tables}
    if facts.model == "fct_leg":
        return LEGS
    if way := WAYS.get(facts.id):
        return way(columns)
    model = next((name for name in columns if name.endswith(f".{facts.model}")), "")
    if "leg_uid" not in columns.get(model, ()):
        raise NoWayBackError(f"No published table says which legs a row of {facts.model} is made of.")
    named = ", ".join(f"legs.{name}" for name in sorted(LEG_COLUMNS - {"leg_uid", "operating_date"}))
    return f"""
        select {named}, facts.* exclude ({_doubled(columns[model])})
        from (select *, '' as _ from {model}) as facts
        left join ({LEGS}) as legs on facts.operating_date = legs.operating_date and facts.leg_uid = legs.leg_uid
    """


def _doubled(columns: Iterable[str]) -> str:
    names = set(columns) & (LEG_COLUMNS - {"leg_uid", "operating_date"})
    return ", ".join(sorted(names | {"_"}))


def _of_causes(_: Tables) -> str:
    named = ", ".join(sorted(LEG_COLUMNS))
    return " union all ".join(
        f"select {named}, '{cause}' as cause, {cause}_delay_minutes as delay_minutes, 1 as delayed_legs "
        f"from ({LEGS}) where {cause}_delay_minutes > 0"
        for cause in CAUSES
    )


REVENUE, COST, MARGIN = "commercial.fct_leg_revenue", "finance.fct_leg_cost", "finance.fct_route_margin"
BEYOND = "commercial.fct_leg_beyond"
#: Columns of margins → SQL of what a row of money adds to them, by the table of the row.
EARNED = {name: name for name in ("passenger_revenue_usd", "cargo_revenue_usd", "revenue_usd")}
STEPS = ("passenger_variable", "flight_variable", "capacity", "overhead")
SPENT = {
    **{f"{step}_usd": f"case when margin_step = '{step}' then amount_usd end" for step in STEPS},
    "cost_usd": "amount_usd",
    "actual_cost_usd": "case when basis = 'actual' then amount_usd end",
    "cost_ex_fuel_usd": "case when not is_fuel then amount_usd end",
    "fuel_kg": "case when driver = 'fuel_kg' and cost_line = 'fuel' then quantity end",
}
BROUGHT = {name: name for name in ("beyond_revenue_usd", "beyond_contribution_usd")}
FLOWN = {name: name for name in ("block_minutes", "distance_km", "seat_km", "passenger_km")} | {"operated_legs": "1"}
#: Steps of the ladder → the columns that it takes from revenue.
LADDER = {
    "cm1_usd": STEPS[:1], "cm2_usd": STEPS[:2], "cm3_usd": STEPS[:3], "fully_allocated_usd": STEPS,
}  # fmt: skip


def _of_margins(columns: Tables) -> str:
    """Return revenue, costs and flown legs by leg; a column that is empty in the margin is so for its legs.

    A version from before a column of the margin, or of the costs that it is made of, has no way back for it.
    """
    if REVENUE not in columns or COST not in columns:
        raise NoWayBackError(f"This version has no {REVENUE} and {COST}, which say the money of a leg.")
    spent = {name: sql for name, sql in SPENT.items() if "is_fuel" in columns[COST] or "is_fuel" not in sql}
    tables = {REVENUE: EARNED, COST: spent} | ({BEYOND: BROUGHT} if BEYOND in columns else {})
    made = {name for own in (*tables.values(), FLOWN) for name in own}
    rows = [_money_rows(table, own, made) for table, own in tables.items()]
    rows.append(_money_rows(f"({LEGS})", FLOWN, made, "where is_operated"))
    amounts = {name: f"coalesce(money.{name}, 0)" for name in made}
    for name, steps in LADDER.items():
        taken = "".join(f" - coalesce(money.{step}_usd, 0)" for step in steps)
        amounts[name] = f"coalesce(money.revenue_usd, 0){taken}"
    if BEYOND in columns:
        amounts["network_usd"] = f"{amounts['fully_allocated_usd']} + coalesce(money.beyond_contribution_usd, 0)"
    named = ", ".join(f"legs.{name}" for name in sorted(LEG_COLUMNS - {"leg_uid", "operating_date", "carrier", "route",
                                                                        "origin", "destination"}))  # fmt: skip
    known = ", ".join(
        f"case when margins.{name} is not null then {value} end as {name}"
        for name, value in amounts.items()
        if name in columns[MARGIN]
    )
    return f"""
        select money.leg_uid, margins.operating_date, margins.carrier, margins.route, margins.origin,
               margins.destination, {named}, {known}
        from {MARGIN} as margins
        inner join ({" union all ".join(rows)}) as money using (operating_date, carrier, route)
        left join ({LEGS}) as legs on money.operating_date = legs.operating_date and money.leg_uid = legs.leg_uid
    """


def _money_rows(table: str, own: Mapping[str, str], made: Iterable[str], where: str = "") -> str:
    """Return rows of a table with every column of the money of a leg, empty where the table does not state it."""
    values = ", ".join(f"{own.get(name, 'null')} as {name}" for name in made)
    return f"select operating_date, carrier, route, leg_uid, {values} from {table} {where}"


#: Answers of legs, as a trace of figures of passengers puts them beside the published tables.
ANSWERED = "answer_of_leg"


def _of_answers(_: Tables) -> str:
    named = ", ".join(f"legs.{name}" for name in sorted(LEG_COLUMNS))
    return f"""
        select {named},
               case when recommendation is not null then 1 else 0 end as recommendations,
               case when recommendation >= 9 then 1 when recommendation <= 6 then -1 else 0 end as net_promoters,
               case when satisfaction is not null then 1 else 0 end as satisfactions,
               case when satisfaction >= 4 then 1 else 0 end as satisfied
        from ({LEGS}) as legs inner join {ANSWERED} using (leg_uid)
    """


#: The legs of plans, whose counts add up to the days of schedules.
PLANNED = "network.fct_schedule_leg"


def _of_schedules(columns: Tables) -> str:
    """Return the legs of carriers with a plan; one that is only planned is none of `fct_leg`."""
    if PLANNED not in columns:
        raise NoWayBackError(f"This version has no {PLANNED}, which says the legs of a plan.")
    return f"""
        select planned.*, coalesce(legs.std_local_hour, -1) as std_local_hour
        from {PLANNED} as planned
        left join ({LEGS}) as legs on planned.operating_date = legs.operating_date and planned.leg_uid = legs.leg_uid
    """


#: Connecting passengers by the leg that takes them on.
CONNECTING = "customer.fct_leg_connection"


def _of_connections(columns: Tables) -> str:
    """Return the passengers of onward legs; a leg that nobody knows stands under its identity alone."""
    if CONNECTING not in columns:
        raise NoWayBackError(f"This version has no {CONNECTING}, which says the legs that take passengers on.")
    named = ", ".join(f"legs.{name}" for name in sorted(LEG_COLUMNS - {"leg_uid", "operating_date"}))
    return f"""
        select changing.*, {named}
        from {CONNECTING} as changing
        left join ({LEGS}) as legs on changing.operating_date = legs.operating_date and changing.leg_uid = legs.leg_uid
    """


#: Facts that are sums over legs → SQL of the same facts by leg, over the tables of a published version.
WAYS: dict[str, Callable[[Tables], str]] = {
    "delay_causes": _of_causes, "margins": _of_margins, "answers": _of_answers, "schedules": _of_schedules,
    "connections": _of_connections,
}  # fmt: skip
