"""Semantic models and metrics of dbt, written from the register of figures: what MetricFlow answers from.

`python -m tools.figures` writes the file. Facts, sums and KPIs are the register's (`aero_streaming/figures/kpis.toml`);
here stands what each kind of fact can be asked by. Calendar, airports and carriers, which MetricFlow joins, are in
`marts/reference/_reference__semantic_models.yml`.

A sum becomes a measure and a metric of its name, a KPI a metric over such metrics: a ratio is one of sums at any grain.
A percentile is a measure of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from aero_streaming.figures import Facts, Kpi, Register, Sum

#: Kinds of metrics in `config.meta.kind`.
KPI, SUM = "kpi", "sum"


@dataclass(frozen=True)
class Grouping:
    """The groupings of one kind of fact: `entities` by their bare name, `dimensions` prefixed with the fact's name.

    Each with the column or expression it is; None where it is a column of its name.
    """

    entity: str
    description: str
    entities: Mapping[str, str | None]
    dimensions: Mapping[str, str | None]


#: A leg whose destination nobody said stands under `unknown`, as in the marts by route.
ROUTE = {
    "route": "coalesce(route, 'unknown')",
    "origin": None,
    "destination": "coalesce(destination, 'unknown')",
    "carrier": None,
    "calendar_day": "operating_date",
}
GROUPINGS = {
    "legs": Grouping(
        entity="leg",
        description="Legs as they were planned and flown. One row per flight leg as scheduled, flown or not.",
        entities=ROUTE,
        dimensions={
            "flight_number": None,
            "std_local_hour": None,
            "tail": None,
            "aircraft_type": None,
            "cancellation_code": None,
            "data_label": None,
        },
    ),
    "delay_causes": Grouping(
        entity="delay_cause",
        description="Minutes of delay by cause. One row per operating date, carrier, route and BTS cause.",
        entities=ROUTE,
        dimensions={"cause": None},
    ),
    "rotations": Grouping(
        entity="rotation",
        description="Operated legs and the delay that their aircraft brought along. One row per operated leg.",
        entities=ROUTE,
        dimensions={"tail": None, "aircraft_type": None, "rotation_link": None, "data_label": None},
    ),
    "turns": Grouping(
        entity="turn",
        description="Turns of aircraft between two legs at one station. One row per turn.",
        entities={"origin": "station", "carrier": None, "calendar_day": "operating_date"},
        dimensions={"tail": None, "aircraft_type": None, "data_label": None},
    ),
    "departures": Grouping(
        entity="departure",
        description="Operated departures and who answers for their delay. One row per operated leg with a known OUT.",
        entities=ROUTE,
        dimensions={"data_label": None},
    ),
    "margins": Grouping(
        entity="route_margin",
        description="Revenue, costs and margins. One row per operating date, carrier and route with known money.",
        entities=ROUTE,
        dimensions={"data_label": None},
    ),
    "answers": Grouping(
        entity="answer",
        description="Survey answers by the fate of the leg. One row per date, carrier, route, cabin, band and cause.",
        entities=ROUTE,
        dimensions={"cabin": None, "delay_band": None, "main_cause": None, "data_label": None},
    ),
    "connections": Grouping(
        entity="connection",
        description="Connecting passengers at hubs, judged by times. One row per operating date and hub.",
        # The hub is the origin of the leg that takes them on.
        entities={"origin": "airport", "calendar_day": "operating_date"},
        dimensions={"data_label": None},
    ),
    "bookings": Grouping(
        entity="booking_pace",
        description="Net seats against the 28 dates before. One row per date, carrier, route and days to departure.",
        entities=ROUTE,
        dimensions={"days_to_departure": None, "data_label": None},
    ),
    "fares": Grouping(
        entity="fare",
        description="Fares against the 28 dates before. One row per date, carrier, route and days to departure.",
        entities=ROUTE,
        dimensions={"days_to_departure": None, "data_label": None},
    ),
    "schedules": Grouping(
        entity="schedule_day",
        description="Legs against the plans frozen at D−1 and D−7. One row per operating date, carrier and route.",
        entities=ROUTE,
        dimensions={"data_label": None},
    ),
}


def semantic_models(register: Register) -> dict[str, list[dict[str, Any]]]:
    """Return what the file says of a register, as dbt reads it."""
    models = [_model(facts, register) for facts in register.facts.values()]
    kpis = [_kpi(kpi) for kpi in register.kpis.values() if is_metric(kpi)]
    named = {kpi["name"] for kpi in kpis}
    sums = [_sum(part) for part in register.sums.values() if part.id not in named]
    return {"semantic_models": models, "metrics": kpis + sums}


def is_metric(kpi: Kpi) -> bool:
    """Return True if a KPI is computed from rows of facts: neither of one flight nor against a baseline."""
    return bool(kpi.numerator or kpi.percentile) and not kpi.change_of


def text(register: Register, written: str) -> str:
    """Return the file as it should be; `written` says how it is written."""
    models = semantic_models(register)
    return f"# {written}\n" + yaml.safe_dump(
        models, sort_keys=False, allow_unicode=True, width=116, default_flow_style=None
    )


def _model(facts: Facts, register: Register) -> dict[str, Any]:
    grouping = GROUPINGS[facts.id]
    return {
        "name": facts.id,
        "description": grouping.description,
        "model": f"ref('{facts.model}')",
        "primary_entity": grouping.entity,
        "defaults": {"agg_time_dimension": facts.date},
        "entities": [{**entity, "type": "foreign"} for entity in _named(grouping.entities)],
        "dimensions": [
            {"name": facts.date, "type": "time", "type_params": {"time_granularity": "day"}},
            *({**dimension, "type": "categorical"} for dimension in _named(grouping.dimensions)),
        ],
        "measures": [
            *(_measure(part) for part in register.sums.values() if part.of is facts),
            *(_percentile(kpi) for kpi in register.kpis.values() if kpi.of is facts and kpi.percentile),
        ],
    }


def _named(items: Mapping[str, str | None]) -> Iterator[dict[str, str]]:
    for name, expression in items.items():
        yield {"name": name} | ({"expr": expression} if expression else {})


def _measure(part: Sum) -> dict[str, Any]:
    # A group in which nothing is known adds up to 0, as in the marts, never to null.
    value = part.value_sql()
    return {"name": part.id, "agg": "sum", "expr": f"coalesce({value}, 0)" if part.total else value}


def _percentile(kpi: Kpi) -> dict[str, Any]:
    share = {"percentile": (kpi.percentile or 0) / 100, "use_discrete_percentile": False}
    return {"name": kpi.id, "agg": "percentile", "expr": kpi.column, "agg_params": share}


def _sum(part: Sum) -> dict[str, Any]:
    return {
        "name": part.id,
        "label": part.id.replace("_", " ").capitalize(),
        "description": part.text,
        "type": "simple",
        "type_params": {"measure": part.id},
        "config": {"meta": {"kind": SUM}},
    }


def _kpi(kpi: Kpi) -> dict[str, Any]:
    meta = {"kind": KPI, "unit": kpi.unit, "better": kpi.better, "source": kpi.source}
    if sample := kpi.sample or kpi.denominator:
        meta["sample"] = ", ".join(part.id for part in sample)
    return {
        "name": kpi.id,
        "label": kpi.name["en"],
        "description": kpi.help["en"],
        **_formula(kpi),
        "config": {"meta": meta},
    }


def _formula(kpi: Kpi) -> dict[str, Any]:
    """A plain sum, a ratio of two sums, or an expression where more are added up."""
    if kpi.percentile:
        return {"type": "simple", "type_params": {"measure": kpi.id}}
    over, under = kpi.numerator, kpi.denominator
    if len(over) == 1 and not (kpi.less or kpi.times):
        if not under:
            return {"type": "simple", "type_params": {"measure": over[0].id}}
        if len(under) == 1:
            return {"type": "ratio", "type_params": {"numerator": over[0].id, "denominator": under[0].id}}
    added = " + ".join(part.id for part in over) + "".join(f" - {part.id}" for part in kpi.less)
    expression = f"{added}"
    if under:
        # Engines that divide whole numbers as such would give 0.
        divided = " + ".join(part.id for part in under)
        expression = f"cast({added} as double precision) / nullif({divided}, 0)"
    if kpi.times:
        expression = f"{float(kpi.times)!r} * {expression if under else f'({added})'}"
    inputs = [{"name": name} for name in dict.fromkeys(part.id for part in (*over, *kpi.less, *under))]
    return {"type": "derived", "type_params": {"expr": expression, "metrics": inputs}}
