"""Queries over a published version, against the same figures computed another way."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from aero_assets import complete_days
from aero_assets.published import PublishedCopy
from aero_dashboard import health_queries, queries
from aero_dashboard.health import judged
from aero_dashboard.queries import Scope
from tests.dashboard.published import table
from tests.dashboard.warehouse import LAST_DAY, NOW
from tests.fakes import FolderBucket

FORTNIGHT = Scope(LAST_DAY - timedelta(days=13), LAST_DAY)


@pytest.fixture
def connection(synthetic: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with PublishedCopy(tmp_path, FolderBucket(synthetic)).pull().connect() as opened:
        yield opened


def test_sums_of_legs_equal_the_published_route_days(connection, synthetic):
    days = table(synthetic, "operations.fct_route_day")
    sums = queries.sums_by_route(connection, Scope(date(2026, 1, 1), LAST_DAY)).set_index("route")
    expected = days.drop(columns=["operating_date", "origin", "destination"]).astype(
        {"seat_km": float, "passenger_km": float}
    )
    expected = expected.groupby("route").sum()
    pd.testing.assert_frame_equal(
        sums[expected.columns].sort_index(), expected.sort_index(), check_dtype=False, check_exact=False
    )


def test_days_routes_and_hours_of_a_definition_add_up_to_the_same_legs(connection):
    by_route = queries.otp_by_route(connection, FORTNIGHT, "d15")
    by_hour = queries.otp_by_hour(connection, FORTNIGHT, "d15")
    by_cell = queries.otp_by_route_hour(connection, FORTNIGHT, "d15")
    by_day = queries.otp_by_day(connection, FORTNIGHT)
    by_day = by_day[by_day["definition"] == "d15"]
    for name in ("legs", "on_time_legs", "unknown_legs"):
        assert by_route[name].sum() == by_hour[name].sum() == by_cell[name].sum() == by_day[name].sum()
    assert by_route["legs"].sum() > 500


def test_a_scope_narrows_by_carrier_origin_and_route(connection):
    all_legs = queries.sums_by_day(connection, FORTNIGHT)["due_legs"].sum()
    parts = [
        queries.sums_by_day(connection, Scope(FORTNIGHT.first, FORTNIGHT.last, carrier=code))["due_legs"].sum()
        for code in ("AM", "5D")
    ]
    assert sum(parts) == all_legs
    scope = Scope(FORTNIGHT.first, FORTNIGHT.last, route="TIJ-GDL")
    assert list(queries.sums_by_route(connection, scope)["route"]) == ["TIJ-GDL"]


def test_values_are_parameters_and_never_sql(connection):
    evil = "AM' or '1'='1"
    assert queries.sums_by_day(connection, Scope(FORTNIGHT.first, FORTNIGHT.last, carrier=evil)).empty
    assert queries.otp_by_route(connection, FORTNIGHT, "d15'; drop table x; --").empty


def test_local_times_are_those_of_each_airport_also_where_utc_is_another_day(connection):
    # TIJ-GDL at 22:45 in Tijuana (UTC-8) is 06:45 of the next day in UTC; Guadalajara is at UTC-6.
    rows = queries.latest_legs(connection, Scope(LAST_DAY, LAST_DAY, route="TIJ-GDL"), 10)
    last = rows.iloc[0]
    assert last["std_local"].date() == LAST_DAY
    assert last["std_at"].date() == LAST_DAY + timedelta(days=1)
    assert last["std_at"] - last["std_local"] == timedelta(hours=8)
    assert last["sta_at"] - last["sta_local"] == timedelta(hours=6)


def test_the_newest_legs_come_first_and_no_more_than_asked(connection):
    rows = queries.latest_legs(connection, FORTNIGHT, 25)
    assert len(rows) == 25
    assert rows["std_at"].is_monotonic_decreasing


def test_causes_and_codes_come_largest_first_with_their_meaning(connection):
    causes, codes = queries.causes(connection, FORTNIGHT), queries.codes(connection, FORTNIGHT)
    assert causes["delay_minutes"].is_monotonic_decreasing
    assert codes["delay_minutes"].is_monotonic_decreasing
    meaning = codes.set_index("code")
    assert meaning.loc["93", "description_es"].startswith("Avión tarde")
    assert pd.isna(meaning.loc["93", "is_imputable"])
    assert meaning.loc["41", "is_imputable"]
    assert not meaning.loc["71", "is_imputable"]


def test_block_times_count_every_leg_that_has_one(connection, synthetic):
    legs = table(synthetic, "operations.fct_leg")
    blocks = queries.block_minutes(connection, Scope(date(2026, 1, 1), LAST_DAY))
    assert blocks["legs"].sum() == legs["block_minutes"].notna().sum()


def test_a_version_without_rows_answers_every_question(rowless, tmp_path):
    with PublishedCopy(tmp_path, FolderBucket(rowless)).pull().connect() as empty:
        assert complete_days.span(empty) is None
        assert queries.known(empty) == {"carriers": [], "origins": [], "routes": [], "definitions": []}
        assert queries.sums_by_day(empty, FORTNIGHT).empty
        assert queries.codes(empty, FORTNIGHT).empty


def test_every_stage_accounts_for_its_rows(connection):
    balance = health_queries.balance(connection)
    assert list(balance["hop"].unique()) == ["door", "typed", "warehouse"]
    assert (balance["difference"] == 0).all()
    typed = balance[balance["hop"] == "typed"].iloc[0]
    assert typed["rows_in"] == typed["rows_out"] + typed["duplicates"] + typed["rejects"] == 2200


def test_reasons_add_up_over_arrival_days_most_first(connection):
    reasons = health_queries.reasons(connection)
    first = reasons.iloc[0]
    assert (first["reason"], first["records"]) == ("bad_time", 61)
    samples = health_queries.samples(connection, first["feed"], first["kind"], first["reason"], 5)
    assert samples["message"].iloc[0].startswith("no such time of day")


def test_feeds_are_late_silent_fresh_or_without_a_limit(connection):
    feeds = judged(health_queries.feeds(connection), NOW.replace(tzinfo=None))
    assert dict(zip(feeds["feed"], feeds["state"], strict=True)) == {
        "partner/bts_ontime": "late",
        "partner/weather": "silent",
        "partner/airline_legs": "fresh",
        "partner/archive": "untimed",
    }
    assert feeds["state"].iloc[0] == "late"
    assert feeds.set_index("feed")["age_hours"]["partner/airline_legs"] == pytest.approx(85 / 60)
