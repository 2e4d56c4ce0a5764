"""Costs, coupons, connections, rates and aircraft of the operational database, from every version of its rows to marts.

What is expected is counted from the rows that its people entered, in plain Python, before any SQL runs.
"""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from aero_airline import Airline, opsdb
from aero_airline.leg_life import minute_text
from aero_assets.feeds import find
from tests.dbt.project import messages
from tests.dbt.typed_lake import _hash, write

ON = date(2026, 2, 3)
DAY = str(ON)
MARTS = (
    "fct_leg", "fct_leg_beyond", "fct_leg_cost", "fct_leg_revenue", "fct_route_day_cost", "fct_route_day_ticket",
    "fct_route_margin", "fct_connection_day", "fct_fx_day", "dim_aircraft",
)  # fmt: skip
SELECT = ("--select", "int_leg", "int_cost", "int_coupon", "int_cargo", *MARTS, "--exclude-resource-type", "unit_test")
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def entered():
    """The entries of the airline's people about a day, in order; so many are withdrawn that it shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opsdb, "WITHDRAWN_SHARE", 0.2)
        return opsdb.day_changes(Airline(7), ON, most_legs=80)


@pytest.fixture(scope="module")
def nobody_knows(entered):
    """A leg that was flown, with an invoice and coupons, and that is in no table of legs."""
    return next(key[0] for key, row in last(entered, "leg_costs").items() if row["basis"] == "actual")


@pytest.fixture(scope="module")
def known(built, entered, nobody_knows, tmp_path_factory):
    """A warehouse before the day was reviewed, then the same one after; both read only: (before, after)."""
    before = built.copy(tmp_path_factory.mktemp("money") / "before")
    reviewed_at = min(change.at for change in entered if change.removes or _withdraws(change))
    arrive(before, [change for change in entered if change.at < reviewed_at], nobody_knows)
    results = [before.dbt("build", *SELECT, dates=[DAY])]
    after = before.copy(before.folder.parent / "after")
    arrive(after, entered, nobody_knows)
    results.append(after.dbt("build", *SELECT, dates=[DAY]))
    assert all(result.success for result in results), [messages(result) for result in results]
    return before, after, messages(results[-1])


def _withdraws(change):
    return "deleted_at" in change.columns and any(row[change.columns.index("deleted_at")] for row in change.rows)


def arrive(warehouse, entered, withheld):
    """Write every version of every row as the typed step does, newest first: order must not matter."""
    for table, key in opsdb.KEYS.items():
        feed, versions, rows = find(f"opsdb/{table}"), Counter(), []
        for change in entered:
            for values in change.rows if change.table == table else ():
                said = dict(zip(change.columns, values, strict=True))
                if table == "legs" and said["leg_uid"] == withheld:
                    continue
                identity = tuple(said[name] for name in key)
                versions[identity] += 1
                said |= {"connection_result": said.get("result"), "updated_at": minute_text(change.at)}
                said |= {"deleted_at": minute_text(change.at)} if change.removes else {}
                said |= {"source": "database", "is_actual": True, "version": versions[identity]}
                said |= {"received_at": minute_text(change.at), "event_id": _hash(*identity, versions[identity])}
                said |= {"attempt": said.get("attempt", 1), "raw_ref": f"{feed.path}/a.json.gz#{len(rows)}"}
                rows.append({column.name: _value(column.type, said.get(column.name)) for column in feed.columns})
        write(warehouse.lake, reversed(rows), arrived=f"{DAY}-0aaa0aaa", feed=feed)


def _value(kind, value):
    if value is None or kind not in ("TIMESTAMP", "DOUBLE"):
        return value
    return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None) if kind == "TIMESTAMP" else float(value)


def last(entered, table):
    """The rows of a table that hold after all changes, by their key."""
    found = {}
    for change in entered:
        for values in change.rows if change.table == table else ():
            row = dict(zip(change.columns, values, strict=True))
            key = tuple(row[name] for name in opsdb.KEYS[table])
            found.pop(key, None) if change.removes or row.get("deleted_at") else found.__setitem__(key, row)
    return found


def routes(entered, withheld):
    """Carrier and route of every leg that somebody knows."""
    legs = {leg: row for (leg,), row in last(entered, "legs").items() if leg != withheld}
    found = {leg: (row["carrier"], f"{row['origin']}-{row['destination']}") for leg, row in legs.items()}
    return defaultdict(lambda: ("unknown", "unknown"), found)


def _usd(*amounts):
    return sum(Decimal(str(amount)).quantize(CENT) for amount in amounts)


def test_costs_are_those_that_hold_by_the_route_of_their_leg(known, entered, nobody_knows):
    _, after, _ = known
    of, expected = routes(entered, nobody_knows), defaultdict(lambda: [0, Decimal(0), Decimal(0)])
    for (leg, line), row in last(entered, "leg_costs").items():
        sums = expected[(*of[leg], line, row["basis"], row["driver"])]
        sums[0] += 1
        sums[1] += Decimal(str(row["quantity"])).quantize(Decimal("0.001"))
        sums[2] += _usd(row["amount_usd"])
    rows = after.rows(f"""
        select carrier, route, cost_line, basis, driver, legs, quantity, amount_usd, data_label
        from finance.fct_route_day_cost where operating_date = '{DAY}'
    """)
    assert {row[:5]: list(row[5:8]) for row in rows} == expected
    assert {row[8] for row in rows} == {"datos sintéticos"}
    assert sum(row[5] for row in rows if row[:4] == ("unknown", "unknown", "fuel", "actual")) == 1


def test_coupons_are_those_that_hold_and_taxes_are_in_no_revenue(known, entered, nobody_knows):
    _, after, _ = known
    of, expected = routes(entered, nobody_knows), defaultdict(lambda: [0, *[Decimal(0)] * 6])
    for row in last(entered, "tickets").values():
        sums = expected[(*of[row["leg_uid"]], row["cabin"], row["status"])]
        fare, extra, tua, iva = (_usd(row[f"{name}_usd"]) for name in ("fare", "ancillary", "tua", "iva"))
        earned = fare + extra if row["status"] == "flown" else Decimal(0)
        for place, amount in enumerate((row["seats"], fare, extra, fare + extra, earned, tua, iva)):
            sums[place] += amount
    rows = after.rows(f"""
        select carrier, route, cabin, coupon_status, coupons, fare_usd, ancillary_usd, revenue_usd, flown_revenue_usd,
            tua_usd, iva_usd
        from commercial.fct_route_day_ticket where operating_date = '{DAY}'
    """)
    assert {row[:4]: list(row[4:]) for row in rows} == expected
    assert sum(row[9] for row in rows) > 0
    assert {("unknown", "unknown")} < {row[:2] for row in rows}


STEPS = {"passenger_services": 0, "ownership": 2, "overhead": 3}


def test_a_margin_is_what_coupons_earned_less_what_the_steps_cost(known, entered, nobody_knows):
    """Steps: costs that follow the passengers, the flights (all other lines), the aircraft, and overhead."""
    _, after, _ = known
    of, expected = routes(entered, nobody_knows), {}
    for row in last(entered, "tickets").values():
        sums = expected.setdefault(of[row["leg_uid"]], [Decimal(0) for _ in range(6)])
        if row["status"] == "flown":
            sums[0] += _usd(row["fare_usd"], row["ancillary_usd"])
    costed = {of[leg] for leg, _ in last(entered, "leg_costs")}
    for (leg, line), row in last(entered, "leg_costs").items():
        sums = expected.setdefault(of[leg], [Decimal(0) for _ in range(6)])
        sums[1 + STEPS.get(line, 1)] += _usd(row["amount_usd"])
        sums[5] += _usd(row["amount_usd"]) if row["basis"] == "actual" else 0
    found = after.rows(f"""
        select carrier, route, revenue_usd, passenger_variable_usd, flight_variable_usd, capacity_usd, overhead_usd,
            actual_cost_usd, cm1_usd, cm2_usd, cm3_usd, fully_allocated_usd, cost_usd
        from finance.fct_route_margin where operating_date = '{DAY}'
    """)
    assert {row[:2]: list(row[2:8]) for row in found if row[3] is not None} == {
        route: sums for route, sums in expected.items() if route in costed
    }
    for _, _, revenue, *steps, _, cm1, cm2, cm3, fully, cost in found:
        if None not in (revenue, cost):
            assert (cm1, cm2, cm3) == (revenue - steps[0], revenue - sum(steps[:2]), revenue - sum(steps[:3]))
            assert (fully, cost) == (revenue - sum(steps), sum(steps))
    assert any(row[9] < 0 for row in found if row[9] is not None), "a route that loses money shows it"
    assert any(row[9] > 0 for row in found if row[9] is not None)


def test_every_other_leg_of_a_journey_is_beyond_a_leg(known, entered, nobody_knows):
    """Summed over all legs a journey counts once for each of its legs but one; a leg never counts its own fares."""
    _, after, _ = known
    journeys, own, legs = defaultdict(dict), defaultdict(Decimal), defaultdict(Decimal)
    for row in last(entered, "tickets").values():
        if row["status"] == "flown" and row["leg_uid"] != nobody_knows:
            journeys[row["booking_hash"]][row["leg_uid"]] = _usd(row["fare_usd"], row["ancillary_usd"])
    connecting = [journey for journey in journeys.values() if len(journey) > 1]
    for journey in connecting:
        for leg, fare in journey.items():
            own[leg] += fare
            legs[leg] += sum(journey.values()) - fare
    found = after.rows(f"""
        select leg_uid, connecting_revenue_usd, beyond_revenue_usd, beyond_contribution_usd
        from commercial.fct_leg_beyond where operating_date = '{DAY}'
    """)
    assert {leg: beyond for leg, _, beyond, _ in found if beyond} == legs
    assert {leg: connecting for leg, connecting, *_ in found if connecting} == own
    beyond = sum(row[2] for row in found)
    assert beyond == sum((len(journey) - 1) * sum(journey.values()) for journey in connecting) > 0
    assert all(abs(row[3] - Decimal("0.6") * row[2]) <= CENT / 2 for row in found)
    margins = f"select sum(beyond_revenue_usd) from finance.fct_route_margin where operating_date = '{DAY}'"
    assert after.rows(margins) == [(beyond,)]


def test_passengers_made_or_missed_their_connection_at_its_hub(known, entered):
    _, after, _ = known
    expected = defaultdict(Counter)
    for row in last(entered, "connections").values():
        expected[row["airport"]] += Counter({row["result"]: 1, f"{row['result']} people": row["passengers"]})
    rows = after.rows(f"""
        select airport, connections, passengers, planned_connections, made_connections, missed_connections,
            made_passengers, missed_passengers
        from operations.fct_connection_day where operating_date = '{DAY}'
    """)
    names = ("planned", "made", "missed", "made people", "missed people")
    assert {row[0]: row[3:] for row in rows} == {
        hub: tuple(counts[name] for name in names) for hub, counts in expected.items()
    }
    assert all(row[1] == sum(row[3:6]) and row[2] == sum(row[6:]) for row in rows)
    assert expected


def test_rates_are_the_corrected_ones_and_what_treasury_took_back_is_gone(known, entered):
    before, after, _ = known
    sql = f"select currency, usd_per_unit from finance.fct_fx_day where rate_date = '{DAY}'"
    rates = {currency: row["usd_per_unit"] for (_, currency), row in last(entered, "fx_rates").items()}
    assert dict(after.rows(sql)) == rates
    assert rates.keys() == set(opsdb.RATES)
    assert {opsdb.BY_MISTAKE} == dict(before.rows(sql)).keys() - rates.keys()


def test_what_was_withdrawn_counted_until_then(known):
    before, after, _ = known
    sql = "select count(*) from finance.fct_route_day_cost where cost_line = 'handling_again'"
    assert before.rows(sql)[0][0] > after.rows(sql)[0][0] == 0
    coupons = "select sum(coupons) from commercial.fct_route_day_ticket"
    assert before.rows(coupons)[0][0] > after.rows(coupons)[0][0]


def test_a_leg_that_nobody_knows_is_told_and_stops_nobody(known):
    *_, told = known
    warned = {line.partition(":")[0] for line in told.splitlines() if line}
    assert warned == {"costs_have_a_leg", "coupons_have_a_leg"}


def test_a_leg_that_comes_takes_its_money_to_its_route(known, entered, tmp_path):
    _, after, _ = known
    complete = after.copy(tmp_path / "complete")
    total = "select sum(amount_usd), count(*) filter (route = 'unknown') from finance.fct_route_day_cost"
    [(amount, unknown)] = complete.rows(total)
    assert unknown
    arrive(complete, entered, withheld=None)
    complete.build(*SELECT, dates=[DAY])
    assert complete.rows(total) == [(amount, 0)]


def test_an_aircraft_is_there_once_also_when_its_first_day_is_corrected(known, tmp_path):
    _, after, _ = known
    warehouse = after.copy(tmp_path / "fleet")
    [(fleet, tail, kind)] = warehouse.rows(
        "select count(*), min(tail), min_by(aircraft_type, tail) from reference.dim_aircraft"
    )
    feed, at = find("opsdb/aircraft"), datetime(2026, 2, 9)  # noqa: DTZ001 - the lake holds UTC without a zone
    same = {"tail": tail, "aircraft_type": kind, "source": "database", "is_actual": True, "received_at": at}
    same |= {"data_label": "datos sintéticos", "updated_at": at, "raw_ref": "b#1"}
    later = {"in_service_on": ON + timedelta(days=1), "seats": 7, "version": 90, "event_id": "a" * 32}
    gone = {"in_service_on": ON, "seats": 8, "version": 91, "event_id": "b" * 32, "deleted_at": at}
    write(warehouse.lake, [same | gone, same | later], arrived="2026-02-09-0bbb0bbb", feed=feed)
    warehouse.build("--select", "stg_opsdb__aircraft", "dim_aircraft")
    assert warehouse.rows("select count(*), count(withdrawn_at) from reference.dim_aircraft") == [(fleet, 1)]
    assert warehouse.rows(f"select seats, withdrawn_at from reference.dim_aircraft where tail = '{tail}'") == [(8, at)]
