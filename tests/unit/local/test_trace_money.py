"""Money traced: margins to what every leg earned, cost and flew, and a leg to its coupons, costs and tables."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pyarrow.parquet as pq
import pytest

from aero_assets.defs.published.export import Publisher, Relation
from aero_assets.feeds import find
from aero_assets.lake import LakeCopy
from aero_assets.manifests import ArrivalManifest, TypedFile
from aero_assets.published import PublishedCopy
from aero_assets.trace.leg_rows import NoWayBackError, leg_rows
from aero_assets.trace.numbers import Question, trace_number
from aero_assets.trace.own_figures import figure_records
from aero_assets.trace.way_back import Ways
from aero_cli import trace_text
from aero_streaming.figures import figures
from tests.dbt.typed_lake import write
from tests.fakes import FolderBucket

ON = date(2015, 1, 4)
USD = "decimal(18, 2)"
TABLES = {
    "operations.fct_leg": """
        select leg_uid, date '2015-01-04' as operating_date, 'AM' as carrier, number as flight_number,
               '' as operational_suffix, 'MEX' as origin, destination, 'MEX-' || destination as route,
               timestamp '2015-01-04 10:00:00' as std_at, 4 as std_local_hour, true as is_operated,
               cast(seat_km as decimal(18, 6)) as seat_km, cast(null as decimal(18, 6)) as passenger_km,
               cast(800 as decimal(18, 6)) as distance_km, 120 as block_minutes
        from (values ('a', 1, 'CUN', 1000), ('b', 2, 'CUN', 2000), ('c', 3, 'GDL', 500))
            as legs (leg_uid, number, destination, seat_km)
    """,
    "commercial.fct_leg_revenue": f"""
        select date '2015-01-04' as operating_date, leg_uid, 'AM' as carrier, route,
               cast(passengers as {USD}) as passenger_revenue_usd, cast(cargo as {USD}) as cargo_revenue_usd,
               cast(passengers + coalesce(cargo, 0) as {USD}) as revenue_usd
        from (values ('a', 'MEX-CUN', 900.50, 100), ('b', 'MEX-CUN', 500, null), ('c', 'MEX-GDL', 200, null))
            as earned (leg_uid, route, passengers, cargo)
    """,
    "finance.fct_leg_cost": f"""
        select date '2015-01-04' as operating_date, leg_uid, 'AM' as carrier, 'MEX-CUN' as route, cost_line,
               cost_line = 'fuel' as is_fuel, margin_step, basis, driver, quantity, cast(amount as {USD}) as amount_usd
        from (values ('a', 'fuel', 'flight_variable', 'actual', 'fuel_kg', 400.5, 300.25),
                     ('a', 'crew', 'flight_variable', 'standard', 'block_hours', 2, 100),
                     ('a', 'passenger_services', 'passenger_variable', 'standard', 'passengers', 90, 50),
                     ('b', 'ownership', 'capacity', 'standard', 'block_hours', 2, 200),
                     ('unknown', 'fuel', 'flight_variable', 'actual', 'fuel_kg', 10, 9.75))
            as spent (leg_uid, cost_line, margin_step, basis, driver, quantity, amount)
    """,
    "commercial.fct_leg_beyond": f"""
        select date '2015-01-04' as operating_date, leg_uid, 'AM' as carrier, route,
               cast(beyond as {USD}) as beyond_revenue_usd, cast(0.6 * beyond as {USD}) as beyond_contribution_usd
        from (values ('a', 'MEX-CUN', 100), ('b', 'MEX-CUN', 50.05)) as brought (leg_uid, route, beyond)
    """,
    "finance.fct_route_margin": f"""
        select date '2015-01-04' as operating_date, 'AM' as carrier, 'MEX' as origin, right(route, 3) as destination,
               route, cast(seat_km as decimal(18, 6)) as seat_km, cast(revenue as {USD}) as passenger_revenue_usd,
               cast(revenue as {USD}) as revenue_usd, cast(cost as {USD}) as cost_usd,
               cast(actual as {USD}) as actual_cost_usd, cast(cm1 as {USD}) as cm1_usd, cast(cm2 as {USD}) as cm2_usd,
               cast(cm3 as {USD}) as cm3_usd, cast(all_in as {USD}) as fully_allocated_usd,
               cast(cost - 310 as {USD}) as cost_ex_fuel_usd, cast(beyond as {USD}) as beyond_revenue_usd,
               cast(all_in + 0.6 * beyond as {USD}) as network_usd
        from (values ('MEX-CUN', 3000, 1500.50, 660, 310, 1450.50, 1040.50, 840.50, 840.50, 150.05),
                     ('MEX-GDL', 500, 200, null, null, null, null, null, null, null))
            as margins (route, seat_km, revenue, cost, actual, cm1, cm2, cm3, all_in, beyond)
    """,
}


def published(folder, names=tuple(TABLES)):
    """Publish these tables."""
    with duckdb.connect() as warehouse:
        marts = [Relation(name, TABLES[name], f"{name}. One row per leg.") for name in names]
        bucket = FolderBucket(folder / "published")
        Publisher(bucket, folder / "scratch").publish(warehouse, marts, level="x", now=datetime.now(UTC))
    return PublishedCopy(folder / "copy", bucket).pull()


@pytest.fixture(scope="module")
def margins(tmp_path_factory):
    return published(tmp_path_factory.mktemp("margins"))


@pytest.mark.parametrize(
    ("metric", "route", "legs"),
    [
        ("margin_cm1", None, {"a": "950.50", "b": "500.00", "unknown": "0.00"}),
        ("margin_cm2", None, {"a": "550.25", "b": "500.00", "unknown": "-9.75"}),
        ("margin_all_in", ["MEX-CUN"], {"a": "550.25", "b": "300.00", "unknown": "-9.75"}),
        ("margin_network", ["MEX-CUN"], {"a": "610.25", "b": "330.03", "unknown": "-9.75"}),
        ("cask_ex_fuel", None, {"a": "150.00", "b": "200.00"}),
        ("flight_cost", None, {"a": "450.25", "b": "200.00", "unknown": "9.75"}),
        ("invoiced_cost", ["MEX-CUN"], {"a": "300.25", "unknown": "9.75"}),
        ("cask", None, {"a": "450.25", "b": "200.00", "unknown": "9.75"}),
    ],
)
def test_legs_add_up_to_the_margin_of_their_route(margins, metric, route, legs):
    only = {"route": route} if route else {}
    with margins.connect() as connection:
        number = trace_number(connection, margins.manifest, Question("fct_route_margin", metric, ON, only))
    assert number.differences == []
    added = {leg.leg_uid: leg.over for leg in number.legs if leg.over or metric.startswith("margin")}
    assert {uid: value for uid, value in added.items() if uid != "c"} == {
        uid: Decimal(value) for uid, value in legs.items()
    }


def test_a_route_without_costs_is_in_no_cask(margins):
    with margins.connect() as connection:
        number = trace_number(connection, margins.manifest, Question("fct_route_margin", "cask", ON))
    assert {leg.leg_uid: leg.under for leg in number.legs} == {"a": 1000, "b": 2000, "c": 0, "unknown": 0}
    assert float(number.value) == pytest.approx(660 / 3000)


def test_a_version_that_has_no_money_by_leg_says_so(tmp_path):
    snapshot = published(tmp_path, ("operations.fct_leg", "finance.fct_route_margin"))
    with (
        snapshot.connect() as connection,
        pytest.raises(NoWayBackError, match=r"has no commercial\.fct_leg_revenue and finance\.fct_leg_cost"),
    ):
        trace_number(connection, snapshot.manifest, Question("fct_route_margin", "rask", ON))


def test_a_version_from_before_a_column_has_the_others(tmp_path, monkeypatch):
    older = TABLES["finance.fct_leg_cost"].replace("cost_line = 'fuel' as is_fuel, ", "")
    monkeypatch.setitem(TABLES, "finance.fct_leg_cost", older)
    names = tuple(name for name in TABLES if name != "commercial.fct_leg_beyond")
    snapshot = published(tmp_path, names)
    with snapshot.connect() as connection:
        number = trace_number(connection, snapshot.manifest, Question("fct_route_margin", "margin_cm2", ON))
    assert number.differences == []


# -- records ---------------------------------------------------------------------------------------------------------
LEG = {"leg_uid": "a" * 32, "carrier": "AM", "flight_number": 905, "operational_suffix": "", "origin": "MEX",
       "destination": "CUN"}  # fmt: skip


def stamp(number, version=1, **said):
    """A typed row with its lineage."""
    at = datetime(2015, 1, 4 + version)  # noqa: DTZ001 - the lake holds UTC without a zone
    named = {"event_id": f"{number:032x}", "raw_ref": f"raw#{number}"}
    return named | {"operating_date": ON, "source": "database", "is_actual": True, "attempt": 1, "version": version,
                    "received_at": at, "updated_at": at} | said  # fmt: skip


@pytest.fixture
def lake(tmp_path):
    """Coupons of a leg: one flown in its second version, one withdrawn; its fuel, and rows of a table of finance."""
    bucket = FolderBucket(tmp_path / "lake")
    coupon, other = {"coupon_id": "c1", "leg_uid": LEG["leg_uid"]}, {"coupon_id": "c2", "leg_uid": LEG["leg_uid"]}
    flight = {name: LEG[name] for name in ("carrier", "flight_number", "operational_suffix")}
    rows = {
        "opsdb/tickets": [
            stamp(1, 1, **coupon, status="open", fare_usd=100.0),
            stamp(2, 2, **coupon, status="flown", fare_usd=100.0),
            stamp(3, 1, **other, status="open", fare_usd=80.0),
            stamp(4, 2, **other, status="open", fare_usd=80.0, deleted_at=datetime(2015, 1, 6)),  # noqa: DTZ001
        ],
        "opsdb/leg_costs": [stamp(5, leg_uid=LEG["leg_uid"], cost_line="fuel", basis="actual", amount_usd=300.25)],
        "partner/costs": [
            stamp(6, **flight, origin="MEX", destination=None, cost_line="handling", amount=5.0, currency="USD"),
            stamp(7, **flight, origin="GDL", destination=None, cost_line="handling", amount=6.0, currency="USD"),
            stamp(8, **flight | {"flight_number": 906}, cost_line="handling", amount=7.0, currency="USD"),
        ],
    }
    for path, typed in rows.items():
        write(bucket.root, typed, "2015-01-06-0aaa0aaa0aaa", find(path))
        [file] = (bucket.root / "typed" / path).rglob("*.parquet")
        key = f"{file.relative_to(bucket.root)}"
        manifest = TypedFile(key, "", f"{ON}", pq.read_metadata(file).num_rows)
        ArrivalManifest(path, "2015-01-06", "level", (manifest,)).save(bucket)
    return LakeCopy(bucket.root, bucket)


def test_the_money_of_a_leg_is_its_coupons_its_costs_and_the_rows_that_name_its_flight(lake, tmp_path):
    [records] = figure_records(lake, ON, [LEG], tmp_path).values()
    assert {(item.record.feed, int(item.record.event_id, 16)): item.record.state for item in records} == {
        ("opsdb/tickets", 1): "earlier",
        ("opsdb/tickets", 2): "counts",
        ("opsdb/tickets", 3): "earlier",
        ("opsdb/tickets", 4): "withdrawn",
        ("opsdb/leg_costs", 5): "counts",
        ("partner/costs", 6): "counts",
    }


def test_a_terminal_shows_the_records_that_count_with_their_amounts(lake, tmp_path, capsys):
    trace_text.print_money("a" * 32, Ways({}, {}, {}, figure_records(lake, ON, [LEG], tmp_path)))
    lines = capsys.readouterr().out
    assert "opsdb/tickets: 1 records count" in lines
    assert "cost_line fuel, basis actual, amount_usd 300.25" in lines
    assert "raw#2 (not looked for)" in lines


def test_facts_that_name_their_leg_are_taken_as_they_are(tmp_path):
    rows = """
        select leg_uid, date '2015-01-04' as operating_date, 'AM' as carrier, minutes as propagated_minutes
        from (values ('a', 12), ('b', 0)) as legs (leg_uid, minutes)
    """
    with duckdb.connect() as warehouse:
        marts = [
            Relation("operations.fct_leg", TABLES["operations.fct_leg"], "Legs. One row per leg."),
            Relation("operations.fct_rotation", rows, "Rotations. One row per leg."),
        ]
        bucket = FolderBucket(tmp_path / "published")
        Publisher(bucket, tmp_path / "scratch").publish(warehouse, marts, level="x", now=datetime.now(UTC))
    snapshot = PublishedCopy(tmp_path / "copy", bucket).pull()
    facts = replace(figures().facts["legs"], id="rotations", model="fct_rotation")
    with snapshot.connect() as connection:
        sql = leg_rows(facts, snapshot.manifest)
        found = connection.execute(
            f"select leg_uid, carrier, flight_number, route, propagated_minutes from ({sql}) order by leg_uid"
        ).fetchall()
    assert found == [("a", "AM", 1, "MEX-CUN", 12), ("b", "AM", 2, "MEX-CUN", 0)]
