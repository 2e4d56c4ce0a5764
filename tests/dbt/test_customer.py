"""Passengers of a synthetic day: answers, connections, care and bookings, counted in plain Python from entered rows.

Nothing of the SQL is used here: limits and shares are written out as law and industry state them.
"""

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from aero_airline import Airline, opsdb
from aero_assets.feeds import find
from tests.dbt.project import messages
from tests.dbt.random_legs import reported
from tests.dbt.test_database_money import arrive, last, routes
from tests.dbt.typed_lake import write

ON = date(2026, 2, 3)
DAY = str(ON)
MARTS = (
    "fct_leg", "fct_route_day_commercial", "fct_route_day_ticket", "fct_connection_day", "fct_satisfaction",
    "fct_leg_connection", "fct_misconnect", "fct_rotation", "fct_leg_delay", "fct_disruption_care",
    "fct_booking_curve",
)  # fmt: skip
SELECT = ("--select", "int_leg", "int_coupon", "int_booking", "int_feedback", *MARTS)
SURVEYS = find("partner/surveys")
BANDS = ((240, "late_240"), (180, "late_180"), (120, "late_120"), (60, "late_60"), (15, "late_15"), (-9999, "on_time"))
MEXICO = (
    "AGU", "BJX", "CUN", "GDL", "HMO", "MEX", "MID", "MTY", "MZT", "OAX", "PVR", "QRO", "SJD", "TIJ", "VER", "VSA",
    "ACA", "HUX", "ZIH", "CUL", "CUU", "LAP", "TGZ",
)  # fmt: skip
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def airline():
    return Airline(7)


@pytest.fixture(scope="module")
def entered(airline):
    return opsdb.day_changes(airline, ON)


@pytest.fixture(scope="module")
def answers(airline):
    """Leg, cabin, recommendation and satisfaction of every answer of the day."""
    columns = ["leg", "cabin", "recommendation", "satisfaction"]
    return [
        (opsdb.uid(airline.day(ON).legs[number]), *said)
        for number, *said in airline.day(ON).surveys[columns].itertuples(index=False, name=None)
    ]


@pytest.fixture(scope="module")
def warehouse(built, airline, entered, answers, tmp_path_factory):
    warehouse = built.copy(tmp_path_factory.mktemp("customer") / "copy")
    arrive(warehouse, entered, withheld=None)
    legs = {opsdb.uid(leg): leg for leg in airline.day(ON).legs}
    rows = []
    for number, (leg, cabin, recommendation, satisfaction) in enumerate(answers):
        said = {
            "operating_date": ON, "carrier": legs[leg].carrier, "flight_number": legs[leg].flight_number,
            "operational_suffix": "", "origin": legs[leg].origin, "destination": legs[leg].destination,
            "response_id": f"r{number}", "cabin": cabin, "recommendation": recommendation, "version": 1,
            "satisfaction": satisfaction, "data_label": "datos sintéticos", "event_id": f"r{number}",
            "received_at": datetime(2026, 2, 5), "source": "partner_file", "raw_ref": f"{SURVEYS.path}/a.gz#{number}",  # noqa: DTZ001
        }  # fmt: skip
        rows.append({column.name: said.get(column.name) for column in SURVEYS.columns})
    write(warehouse.lake, rows, arrived=f"{DAY}-0aaa0aaa", feed=SURVEYS)
    result = warehouse.dbt("build", *SELECT, dates=[DAY])
    assert result.success, messages(result)
    return warehouse


def minutes(row, planned, actual):
    """Whole minutes between two times of a leg, truncated downwards; None where either is not known."""
    if not row[planned] or not row[actual]:
        return None
    late = datetime.fromisoformat(row[actual]) - datetime.fromisoformat(row[planned])
    return late // timedelta(minutes=1)


@pytest.fixture(scope="module")
def legs(entered):
    """The legs as they stand after all corrections, with their delays."""
    rows = {}
    for (leg,), row in last(entered, "legs").items():
        flew = not row["is_cancelled"] and not row["is_diverted"]
        late_in = minutes(row, "sta_at", "in_at") if flew else None
        rows[leg] = row | {"late_out": minutes(row, "std_at", "out_at"), "late_in": late_in}
    return rows


def band(row):
    if row["is_cancelled"]:
        return "cancelled"
    if row["is_diverted"]:
        return "diverted"
    return "unknown" if row["late_in"] is None else next(name for limit, name in BANDS if row["late_in"] >= limit)


def test_answers_stand_by_the_fate_of_their_leg(warehouse, legs, answers):
    expected = defaultdict(Counter)
    for leg, cabin, recommendation, satisfaction in answers:
        expected[legs[leg]["carrier"], cabin, band(legs[leg])] += Counter(
            answers=1, promoters=recommendation >= 9, detractors=recommendation <= 6, satisfied=satisfaction >= 4
        )
    rows = warehouse.rows(f"""
        select carrier, cabin, delay_band, sum(answers), sum(promoters), sum(detractors), sum(satisfied),
            sum(net_promoters)
        from customer.fct_satisfaction where operating_date = '{DAY}' group by 1, 2, 3
    """)
    names = ("answers", "promoters", "detractors", "satisfied")
    assert {row[:3]: row[3:7] for row in rows} == {
        key: tuple(counts[name] for name in names) for key, counts in expected.items()
    }
    assert all(row[7] == row[4] - row[5] for row in rows)
    assert len({row[2] for row in rows}) >= 3, "hardly any leg was late: nothing is tested"


def test_connections_are_missed_by_the_clock(warehouse, entered, legs):
    expected = defaultdict(Counter)
    for row in last(entered, "connections").values():
        feeder, onward = legs[row["in_leg_uid"]], legs[row["out_leg_uid"]]
        if feeder["is_cancelled"] or feeder["is_diverted"] or onward["is_cancelled"]:
            outcome = "not_flown"
        elif feeder["in_at"] is None or onward["out_at"] is None:
            outcome = "unknown"
        else:
            changed = datetime.fromisoformat(onward["out_at"]) - datetime.fromisoformat(feeder["in_at"])
            outcome = "made" if changed >= timedelta(minutes=row["minimum_connect_minutes"]) else "missed"
        expected[row["airport"]][outcome] += row["passengers"]
    rows = warehouse.rows(f"""
        select airport, judged_passengers - missed_passengers, missed_passengers, not_flown_passengers,
            unknown_passengers
        from customer.fct_misconnect where operating_date = '{DAY}'
    """)
    assert {row[0]: row[1:] for row in rows} == {
        hub: tuple(people[name] for name in ("made", "missed", "not_flown", "unknown"))
        for hub, people in expected.items()
    }
    assert sum(row[2] for row in rows) > 0


def test_the_law_of_mexico_is_owed_a_share_of_the_tickets(warehouse, entered, legs):
    """Cancelled and late by 2 or 4 hours: 25 %, 7.5 % and 25 % of all that was paid, taxes and fees included."""
    paid = defaultdict(Decimal)
    for row in last(entered, "tickets").values():
        for name in ("fare_usd", "ancillary_usd", "tua_usd", "iva_usd"):
            paid[row["leg_uid"]] += Decimal(str(row[name])) if row["status"] != "exchanged" else 0
    expected = {}
    for leg, row in legs.items():
        if row["origin"] not in MEXICO:
            continue
        if row["is_cancelled"]:
            expected[leg, "lac_compensation_cancelled"] = (paid[leg] * Decimal("0.25")).quantize(CENT)
        elif (row["late_out"] or 0) >= 240:
            expected[leg, "lac_compensation_240"] = (paid[leg] * Decimal("0.25")).quantize(CENT)
        elif (row["late_out"] or 0) >= 120:
            expected[leg, "lac_discount_120"] = (paid[leg] * Decimal("0.075")).quantize(CENT)
    listed = "', '".join(MEXICO)
    rows = warehouse.rows(f"""
        select leg_uid, rule_id, obligation_usd, is_owed from customer.fct_disruption_care
        where operating_date = '{DAY}' and amount < 1 and origin in ('{listed}') and law = 'LAC 47 Bis'
    """)
    assert {row[:2] for row in rows} == expected.keys()
    owed = {row[:2]: row[2] for row in rows if row[3]}
    assert owed == pytest.approx({key: expected[key] for key in owed}, abs=CENT)
    assert owed
    assert all(row[2] == 0 for row in rows if row[3] is False)


def test_legs_of_bts_owe_by_their_minutes_and_causes(built, tmp_path):
    """The care of five hundred legs as BTS reports them, by rows of the table of legs; without tickets no amount."""
    warehouse, rng = built.copy(tmp_path / "bts"), random.Random(20261130)
    write(warehouse.lake, [reported(rng, 2000 + number) for number in range(500)], arrived="2015-02-20-0bbb0bbb")
    names = ("int_leg", "int_coupon", "fct_leg", "fct_rotation", "fct_leg_delay", "fct_disruption_care")
    result = warehouse.dbt("build", "--select", *names)
    assert result.success, messages(result)
    expected, answered = {}, ("carrier_delay_minutes", "late_aircraft_delay_minutes")
    causes = (*answered, "weather_delay_minutes", "nas_delay_minutes", "security_delay_minutes")
    named = ("leg_uid", "origin", "destination", "is_cancelled", "cancellation_code", "is_diverted",
             "departure_delay_minutes", *causes)  # fmt: skip
    for values in warehouse.rows(f"select {', '.join(named)} from operations.fct_leg"):
        leg = dict(zip(named, values, strict=True))
        minutes = {name: leg[name] or 0 for name in causes}
        known = sum(minutes.values())
        owed = 2 * sum(minutes[name] for name in answered) >= known if known else None
        if leg["is_cancelled"]:
            owed = {"A": True, "B": False, "C": False, "D": False}.get(leg["cancellation_code"])
        late = -1 if leg["is_cancelled"] else leg["departure_delay_minutes"] or 0
        rules = []
        if leg["origin"] in ("MEX", "CUN", "GDL"):
            rules += ["lac_policy_60"] if 60 <= late < 240 else []
            rules += ["lac_discount_120"] if 120 <= late < 240 else []
            rules += ["lac_compensation_240", "lac_refund_240"] if late >= 240 else []
            rules += ["lac_compensation_cancelled", "lac_refund_cancelled"] if leg["is_cancelled"] else []
            expected |= {(leg["leg_uid"], "lac_onward_diverted"): True} if leg["is_diverted"] else {}
        expected |= {(leg["leg_uid"], rule): owed for rule in rules}
        if leg["is_cancelled"] and {"LAX", "JFK"} & {leg["origin"], leg["destination"]}:
            expected[leg["leg_uid"], "us_refund_cancelled"] = True
    rows = warehouse.rows("""
        select leg_uid, rule_id, is_owed, obligation_usd from customer.fct_disruption_care
        where rule_id like 'lac%' or rule_id = 'us_refund_cancelled'
    """)
    assert {row[:2]: row[2] for row in rows} == expected
    assert {row[3] for row in rows if row[2] is not False} == {None}
    assert {True, False} <= set(expected.values())
    assert {rule for _, rule in expected} >= {"lac_compensation_240", "lac_discount_120", "us_refund_cancelled"}


def test_the_booking_curve_is_of_the_coupons_by_their_day_of_issue(warehouse, entered, legs):
    starts = (0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 35, 45, 60, 90, 120)
    of, expected = routes(entered, None), defaultdict(Counter)
    for row in last(entered, "tickets").values():
        issued = datetime.fromisoformat(row["issued_at"]).astimezone(UTC).date()
        bucket = max(start for start in starts if start <= max((ON - issued).days, 0))
        kept = row["status"] in ("open", "flown")
        fare = Decimal(str(row["fare_usd"])) if kept else Decimal(0)
        expected[(*of[row["leg_uid"]], bucket)] += Counter(
            sold=row["seats"], kept=row["seats"] * kept, cents=int(fare * 100)
        )
    rows = warehouse.rows(f"""
        select carrier, route, days_to_departure, sold_seats, kept_seats, cast(kept_fare_usd * 100 as bigint)
        from commercial.fct_booking_curve where operating_date = '{DAY}'
    """)
    assert {row[:3]: row[3:] for row in rows} == {
        key: (sums["sold"], sums["kept"], sums["cents"]) for key, sums in expected.items()
    }
    assert len({row[2] for row in rows}) > 8
