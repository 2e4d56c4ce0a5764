"""Journeys over midnight: what legs bring beyond does not depend on which of the dates was built last."""

from datetime import datetime

import pytest

from aero_assets.feeds import find
from tests.dbt.money_rows import LINES
from tests.dbt.project import Warehouse, messages
from tests.dbt.typed_lake import AIRLINE, _hash, airline_leg, write, write_empty

TICKETS, COSTS = find("opsdb/tickets"), find("opsdb/leg_costs")
DAYS = [f"2015-01-0{day}" for day in (4, 5, 6)]
PATH = ("TIJ", "MEX", "OAX", "GDL")
SELECT = ("--select", "+fct_route_margin", "--exclude-resource-type", "unit_test")
MARGINS = "select * from finance.fct_route_margin order by all"
BEYOND = "select * from commercial.fct_leg_beyond order by all"


def stamped(feed, leg, version=1, **said):
    """A typed row of the database about a leg."""
    at = datetime(2015, 1, 20)  # noqa: DTZ001 - the lake holds UTC without a zone
    row = {"leg_uid": leg["leg_uid"], "operating_date": leg["operating_date"], "source": "database", "is_actual": True,
           "received_at": at, "updated_at": at, "event_id": leg["event_id"], "version": version, "attempt": 1,
           "raw_ref": f"{feed.path}/a.gz#1"} | said  # fmt: skip
    return {column.name: row.get(column.name) for column in feed.columns}


def coupon(leg, fare, version=1, status="flown"):
    return stamped(
        TICKETS, leg, version, coupon_id=leg["event_id"], event_id=_hash(leg["event_id"], version), booking_hash="b",
        cabin="economy", status=status, issued_at=datetime(2015, 1, 1), fare_usd=fare, ancillary_usd=0.5, tua_usd=0.0,  # noqa: DTZ001
        iva_usd=0.0, currency="USD", seats=2,
    )  # fmt: skip


@pytest.fixture(scope="module")
def flown():
    """One leg of a booking on each of three dates, 22 hours between them."""
    return [
        airline_leg(number, day=day, origin=origin, destination=destination)
        for number, (day, origin, destination) in enumerate(zip(DAYS, PATH, PATH[1:], strict=False), 900)
    ]


@pytest.fixture(scope="module")
def at_once(parsed, flown, tmp_path_factory):
    warehouse = arrived(Warehouse(tmp_path_factory.mktemp("journeys"), parsed), flown)
    assert built(warehouse)
    return warehouse


def arrived(warehouse, flown):
    write_empty(warehouse.lake)
    write(warehouse.lake, flown, feed=AIRLINE)
    write(warehouse.lake, [coupon(leg, 100.0 * 10**place) for place, leg in enumerate(flown)], feed=TICKETS)
    spent = [
        stamped(COSTS, leg, cost_line=line, driver=driver, quantity=1.0, usd_per_unit=70.0, amount_usd=70.0,
                basis="standard", event_id=_hash(leg["event_id"], line))
        for leg in flown for line, driver in LINES.items()
    ]  # fmt: skip
    write(warehouse.lake, spent, feed=COSTS)
    return warehouse


def built(warehouse, dates=None):
    result = warehouse.dbt("build", *SELECT, dates=dates)
    assert result.success, messages(result)
    return result


def test_each_date_has_what_its_neighbour_brings(at_once):
    found = at_once.rows("select route, revenue_usd, beyond_revenue_usd, beyond_contribution_usd, network_usd "
                         "from finance.fct_route_margin order by operating_date")  # fmt: skip
    assert [(route, *map(float, amounts)) for route, *amounts in found] == [
        ("TIJ-MEX", 100.5, 1000.5, 600.3, 420.8),
        ("MEX-OAX", 1000.5, 10101.0, 6060.6, 6781.1),
        ("OAX-GDL", 10000.5, 1000.5, 600.3, 10320.8),
    ]


@pytest.mark.parametrize("order", [(2, 0, 1), (1, 2, 0), (0, 1, 2)])
def test_dates_built_in_any_order_are_as_built_at_once(at_once, parsed, flown, order, tmp_path):
    warehouse = arrived(Warehouse(tmp_path / "one by one", parsed), flown)
    for place in order:
        built(warehouse, [DAYS[place]])
    assert (warehouse.rows(MARGINS), warehouse.rows(BEYOND)) == (at_once.rows(MARGINS), at_once.rows(BEYOND))


def test_a_coupon_that_is_paid_back_takes_its_dollars_from_the_dates_beside_it(at_once, flown, tmp_path):
    warehouse = at_once.copy(tmp_path / "corrected")
    write(warehouse.lake, [coupon(flown[1], 1000.0, 2, "refunded")], "2015-01-21-0bbb0bbb", feed=TICKETS)
    built(warehouse, [DAYS[1]])
    beyond = [float(amount) for (amount,) in warehouse.rows("select beyond_revenue_usd from commercial.fct_leg_beyond")]
    assert beyond == [0.0, 0.0]
    built(warehouse, None)
    [(summed,)] = warehouse.rows("select sum(beyond_revenue_usd) from finance.fct_route_margin")
    assert summed == 0
