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


#: Facts that are sums over legs → SQL of the same facts by leg, over the tables of a published version.
WAYS: dict[str, Callable[[Tables], str]] = {"delay_causes": _of_causes}
