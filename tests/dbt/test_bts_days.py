"""Real flights of BTS: marts equal what pandas counts from the file as published.

`make test` takes three small carriers; `make proof ONLY=bts_days` all flights of both days (BTS_CARRIERS=all).
"""

import gzip
import json
import os
from pathlib import Path

import pandas as pd
import pytest

from tests.dbt import bts_by_pandas
from tests.dbt.partner_files import arrive
from tests.dbt.project import Warehouse, messages
from tests.dbt.typed_lake import FIRST, SECOND, THIRD

CARRIERS = {"AS", "HA", "VX"}
MODELS = (
    "int_leg", "fct_leg", "fct_route_day", "fct_carrier_day", "fct_otp_day", "fct_rotation", "fct_turnaround",
    "fct_block_time", "fct_flight_number_day", "fct_leg_percentile_month",
)  # fmt: skip
pytestmark = pytest.mark.real_data


def carriers() -> set[str] | None:
    return None if os.environ.get("BTS_CARRIERS") == "all" else CARRIERS


def note(figures: dict[str, object]) -> None:
    """Keep figures for the record of proofs, where one is made."""
    if path := os.environ.get("BTS_FIGURES"):
        known = json.loads(Path(path).read_text(encoding="utf-8")) if Path(path).exists() else {}
        Path(path).write_text(json.dumps(known | figures), encoding="utf-8")


@pytest.fixture(scope="module")
def flights(real_bts) -> pd.DataFrame:
    return bts_by_pandas.read(real_bts, carriers())


@pytest.fixture(scope="module")
def warehouse(built, real_bts, tmp_path_factory) -> Warehouse:
    """A warehouse of these flights alone, through the typed step and dbt: the days of the sample are built again."""
    warehouse = built.copy(tmp_path_factory.mktemp("bts") / "copy")
    for path in (warehouse.lake / "typed").rglob("arrived=2015*.parquet"):
        path.unlink()
    header, *lines = gzip.decompress(real_bts.read_bytes()).decode().splitlines()
    place = header.split(",").index("AIRLINE")
    kept = [line for line in lines if not carriers() or line.split(",")[place] in CARRIERS]
    body = warehouse.folder / "body.csv.gz"
    body.write_bytes(gzip.compress("\n".join([header, *kept, ""]).encode(), 1))
    arrive(warehouse, "partner/bts_ontime", body)
    result = warehouse.dbt(
        "build", "--select", *MODELS, "--exclude-resource-type", "unit_test", dates=[FIRST, SECOND, THIRD]
    )
    assert result.success, messages(result)
    return warehouse


def table(warehouse: Warehouse, sql: str, columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(warehouse.rows(f"select {', '.join(columns)} from {sql}"), columns=columns)


def test_every_route_day_is_what_pandas_counts(warehouse, flights):
    expected = bts_by_pandas.route_days(flights)
    columns = ["operating_date", "route", *expected.columns]
    found = table(warehouse, "operations.fct_route_day", columns)
    found["operating_date"] = found.operating_date.astype(str)
    found = found.set_index(["operating_date", "route"]).sort_index().astype("int64")
    found.index.names = expected.index.names
    pd.testing.assert_frame_equal(found, expected)
    note({"flights": len(flights), "route days equal": len(expected), "sums of each": len(expected.columns)})


def test_every_definition_of_punctuality_is_what_pandas_counts(warehouse, flights):
    rows = warehouse.rows(
        "select definition, sum(legs)::int, sum(on_time_legs)::int from operations.fct_otp_day group by 1 order by 1"
    )
    expected = bts_by_pandas.punctuality(flights)
    assert rows == [(name, *counts) for name, counts in sorted(expected.items())]
    shown = {name: f"{on_time} of {legs} ({100 * on_time / legs:.2f} %)" for name, (legs, on_time) in expected.items()}
    note({"punctuality": shown | {"afac_slot": "no source tells slots"}})


def test_percentiles_of_counted_block_times_are_those_of_the_flights(warehouse, flights):
    counts = table(warehouse, "operations.fct_block_time", ["route", "block_minutes", "legs"])
    found = counts.loc[counts.index.repeat(counts.legs)].groupby("route").block_minutes
    expected = flights[flights.arr.notna()].groupby("route").ELAPSED_TIME
    shares = [0.1, 0.5, 0.65, 0.9]
    assert found.quantile(shares).tolist() == expected.quantile(shares).tolist()


def test_percentiles_of_a_month_are_those_of_its_flights(warehouse, flights):
    expected = bts_by_pandas.percentiles(flights)
    columns = ["carrier", "route", *expected.columns]
    rows = table(warehouse, "operations.fct_leg_percentile_month", columns).set_index(["carrier", "route"]).sort_index()
    pd.testing.assert_frame_equal(rows.astype(float), expected.astype(float))
    assert (rows.padding_minutes > 0).any()
    assert (rows.additional_taxi_out_minutes > 0).any()


def test_flight_numbers_have_the_legs_and_late_arrivals_that_pandas_counts(warehouse, flights):
    columns = ["carrier", "flight_number", "route", "scheduled_legs", "arr_late_15_legs", "departure_delay_minutes"]
    found = table(warehouse, "operations.fct_flight_number_day", columns).groupby(columns[:3]).sum()
    sums = {"scheduled_legs": 1, "arr_late_15_legs": flights.arr >= 15, "minutes": flights.dep.clip(lower=0)}
    expected = flights.assign(**sums).groupby(["AIRLINE", "FLIGHT_NUMBER", "route"])[[*sums]].sum()
    assert found.astype(int).reset_index().to_numpy().tolist() == (
        expected.astype(int).reset_index().to_numpy().tolist()
    )


def test_reactionary_minutes_are_what_pandas_computes_from_local_times(warehouse, flights):
    legs = bts_by_pandas.rotations(flights)
    columns = ["operating_date", "carrier", "flight_number", "origin", "propagated_minutes", "rotation_link"]
    source = "operations.fct_rotation join operations.fct_leg using (leg_uid, operating_date, carrier, origin)"
    found = table(warehouse, source, columns)
    found["operating_date"] = pd.to_datetime(found.operating_date)
    both = legs.merge(found, left_on=bts_by_pandas.KEY, right_on=columns[:4], how="outer", indicator=True)
    assert (both._merge == "both").all()
    assert (both.linked == (both.rotation_link == "linked")).all()
    assert (both.propagated == both.propagated_minutes).all()
    assert both.propagated.sum() > 1_000
    figures = bts_by_pandas.against_codes(legs)
    computed, coded, *parts = list(figures.values())[:6]
    assert computed - coded == sum(parts), "the parts do not explain the difference"
    note({"legs split": len(legs), "linked": int(legs.linked.sum()), "minutes": figures})
