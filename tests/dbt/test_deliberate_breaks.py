"""Models broken on purpose: whatever a model does to the money of four days, a test that stops the build finds it.

A break changes the text of a model or macro as somebody might by mistake; the days are built again with it.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aero_assets.feeds import find
from tests.dbt.airline_rows import AirlineRows, Sent
from tests.dbt.project import Parsed, Warehouse, messages
from tests.dbt.typed_lake import write
from tests.unit.feeds import good_rows

FIRST, DAYS, LEGS = date(2026, 1, 21), 4, 12
DATES = [f"2026-01-{day}" for day in range(21, 21 + DAYS)]
SSIM = find("partner/ssim")
MODELS = (
    "int_coupon", "int_cost", "int_cargo", "fct_leg_revenue", "fct_leg_cost", "fct_route_day_ticket",
    "fct_route_day_cost", "fct_leg_beyond", "fct_route_margin", "fct_unit_metrics", "fct_schedule",
)  # fmt: skip

#: Break → model or macro, its text, what stands there instead, and the test that finds it.
BREAKS = {
    "TUA in revenue": (
        "model.aero.int_coupon", "cast(fare_usd + ancillary_usd as decimal(18, 2)) as revenue_usd",
        "cast(fare_usd + ancillary_usd + tua_usd as decimal(18, 2)) as revenue_usd", "revenue_is_fares_and_extras",
    ),
    "IVA in revenue": (
        "model.aero.int_coupon", "cast(fare_usd + ancillary_usd as decimal(18, 2)) as revenue_usd",
        "cast(fare_usd + ancillary_usd + iva_usd as decimal(18, 2)) as revenue_usd", "revenue_is_fares_and_extras",
    ),
    "a refunded coupon earns": (
        "model.aero.fct_leg_revenue", "case when coupon_status = '\" ~ status ~ \"' then revenue_usd end",
        "case when coupon_status in ('refunded', '\" ~ status ~ \"') then revenue_usd end",
        "leg_revenue_adds_up_to_tickets_and_cargo",
    ),
    "two margins in one": (
        "model.aero.fct_route_margin", "cost_steps[:steps]", "cost_steps[:[steps, 3] | max]",
        "margins_keep_their_steps",
    ),
    "the rate of another day": (
        "macro.aero.usd_of_tables", "order by rates.rate_date desc", "order by rates.rate_date",
        "amounts_take_the_rate_of_their_day",
    ),
    "money of unknown legs is lost": (
        "model.aero.fct_leg_revenue", "left join {{ ref('int_leg') }}", "inner join {{ ref('int_leg') }}",
        "leg_revenue_adds_up_to_tickets_and_cargo",
    ),
    "costs count twice": (
        "model.aero.int_cost", "'place < best_place'", "'1 = 0'", "money_of_a_leg_counts_once",
    ),
    "a codeshare is a leg": (
        "model.aero.int_leg_plan", "is_operated and coalesce", "coalesce", "codeshares_are_no_legs",
    ),
    "a mean of days": (
        "model.aero.fct_unit_metrics", "cast(sum(cost_usd) as decimal(18, 2)) as cost_usd",
        "cast(avg(cost_usd) as decimal(18, 2)) as cost_usd", "unit_metrics_are_ratios_of_sums",
    ),
}  # fmt: skip


def sent() -> Iterator[Sent]:
    """Everything that four days of an airline send, except the leg itself of one flight, and a codeshare."""
    rows_of = AirlineRows(11, FIRST, DAYS, LEGS)
    on, number = min(rows_of.flights)
    for feed, name, rows in rows_of.sent():
        if feed.path in ("opsdb/legs", "partner/airline_legs", "ops/leg_events"):
            yield feed, name, [row for row in rows if (row["operating_date"], row["flight_number"]) != (on, number)]
        elif feed.path == "opsdb/tickets":
            yield feed, name, [rows[0] | {"status": "refunded"}, *rows[1:]]
        else:
            yield feed, name, rows
    record = good_rows.good_row(SSIM) | {"OPERATING_DATE": DATES[0]}
    for carrier, number, operated in (("AM", "905", "true"), ("DL", "7905", "false")):
        cells = {"CARRIER": carrier, "FLIGHT_NUMBER": number, "IS_OPERATED": operated}
        cells |= {"STD_AT": f"{DATES[0]} 15:45:00", "STA_AT": f"{DATES[0]} 19:10:00"}
        yield SSIM, f"codeshare-{carrier}", good_rows.typed(SSIM, [record | cells], date(2026, 2, 20))


@pytest.fixture(scope="module")
def days(built: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The four days, built by the models as they are; read only."""
    warehouse = built.copy(tmp_path_factory.mktemp("breaks") / "days")
    for number, (feed, _, rows) in enumerate(sent()):
        write(warehouse.lake, rows, arrived=f"2026-02-01-{number:08x}", feed=feed)
    build(warehouse, "int_leg", "fct_leg", "int_leg_plan", *MODELS)
    return warehouse


def build(warehouse: Warehouse, *models: str) -> set[str]:
    """Build models of the four days; return the tests that fail. Any other error fails."""
    done = warehouse.dbt("build", "--select", *models, "--exclude-resource-type", "unit_test", dates=DATES)
    results = getattr(done.result, "results", [])
    broken = [node for node in results if node.status == "error" or (node.status == "fail" and not is_test(node))]
    assert results
    assert not broken, messages(done)
    return {node.node.name for node in results if node.status == "fail"}


def is_test(result: Any) -> bool:
    """Return True of the result of a data test."""
    return result.node.resource_type == "test"


def test_the_models_as_they_are_break_nothing(days: Warehouse) -> None:
    assert build(days, *MODELS) == set()
    sql = "select count(*) filter (route = 'unknown'), sum(refunded_coupons), count(*) from commercial.fct_leg_revenue"
    [(unknown, refunded, legs)] = days.rows(f"{sql} where operating_date = '{DATES[0]}'")
    assert 0 < unknown < LEGS <= legs
    assert refunded > 0


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_model_is_found_by_a_test_that_stops_the_build(days: Warehouse, tmp_path: Path, name: str) -> None:
    place, right, wrong, finder = BREAKS[name]
    manifest = days.parsed.manifest.deepcopy()
    if place.startswith("macro."):
        macro = manifest.macros[place]
        assert right in macro.macro_sql
        macro.macro_sql = macro.macro_sql.replace(right, wrong)
    else:
        node: Any = manifest.nodes[place]
        assert right in node.raw_code
        node.raw_code = node.raw_code.replace(right, wrong)
    copy = days.copy(tmp_path / "broken")
    broken = Warehouse(copy.folder, Parsed(manifest, days.parsed.current))
    failed = build(broken, *(("int_leg_plan",) if "plan" in place else ()), *MODELS)
    assert any(test.startswith(finder) for test in failed), f"{name}: {sorted(failed)}"
