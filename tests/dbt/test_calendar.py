"""Holidays, long weekends, Semana Santa and exceptional days of the calendar, against dates that others published."""

from datetime import date, timedelta

from dateutil.easter import easter

YEARS = range(1988, 2036)


def nth(year: int, month: int, weekday: int, number: int) -> date:
    """The nth weekday (0 is Monday) of a month, counted day by day; -1 is the last one."""
    first = date(year, month, 1)
    days = [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == month]
    return [day for day in days if day.weekday() == weekday][number - 1 if number > 0 else number]


def test_holidays_of_mexico_are_those_of_the_labour_law(built):
    expected = set()
    for year in YEARS:
        fixed = [(1, 1), (5, 1), (9, 16), (12, 25)] + ([(2, 5), (3, 21), (11, 20)] if year < 2006 else [])
        expected |= {date(year, month, day) for month, day in fixed}
        if year >= 2006:
            expected |= {nth(year, 2, 0, 1), nth(year, 3, 0, 3), nth(year, 11, 0, 3)}
    expected |= {date(year, 12, 1) for year in (1988, 1994, 2000, 2006, 2012, 2018)} | {
        date(2024, 10, 1),
        date(2030, 10, 1),
    }
    assert _days(built, "holiday_mx_es is not null") == expected
    assert built.rows("select holiday_mx_es, holiday_mx_en from reference.dim_date where date_day = '2026-11-16'") == [
        ("Día de la Revolución", "Revolution Day")
    ]


def test_holidays_of_the_united_states_are_those_of_the_federal_law(built):
    expected = set()
    for year in YEARS:
        expected |= {date(year, month, day) for month, day in ((1, 1), (7, 4), (11, 11), (12, 25))}
        expected |= {nth(year, 1, 0, 3), nth(year, 2, 0, 3), nth(year, 5, 0, -1), nth(year, 9, 0, 1)}
        expected |= {nth(year, 10, 0, 2), nth(year, 11, 3, 4)} | ({date(year, 6, 19)} if year >= 2021 else set())
    assert _days(built, "holiday_us_en is not null") == expected


def test_semana_santa_follows_easter_of_every_year(built):
    expected = {easter(year) - timedelta(days=days) for year in YEARS for days in range(8)}
    assert _days(built, "is_semana_santa") == expected


def test_long_weekends_are_those_of_2026_and_2024(built):
    """Checked against a printed calendar: 16 September 2026 is a Wednesday and makes none."""
    puentes_2026 = ("01-01", "01-02", "01-03", "01-04", "01-31", "02-01", "02-02", "03-14", "03-15", "03-16", "05-01",
                    "05-02", "05-03", "11-14", "11-15", "11-16", "12-25", "12-26", "12-27")  # fmt: skip
    assert _days(built, "is_puente_mx and year_number = 2026") == {
        date.fromisoformat(f"2026-{day}") for day in puentes_2026
    }
    in_autumn = _days(built, "is_puente_mx and year_number = 2024 and month_number in (9, 10)")
    assert in_autumn == {date(2024, 9, 14), date(2024, 9, 15), date(2024, 9, 16), date(2024, 9, 28), date(2024, 9, 29),
                         date(2024, 9, 30), date(2024, 10, 1)}  # fmt: skip


def test_an_exceptional_day_is_flagged_where_it_was(built):
    assert built.rows(
        "select airport, min(date_day), max(date_day), count(*), bool_and(leave_out) "
        "from reference.dim_exceptional_day "
        "where event_id = 'otis_aca' group by airport"
    ) == [("ACA", date(2023, 10, 25), date(2023, 11, 12), 19, True)]
    flags = dict(
        built.rows("select date_day, is_exceptional from reference.dim_date where year_number between 2020 and 2025")
    )
    assert flags[date(2020, 4, 15)]
    assert not flags[date(2023, 10, 25)], "a storm at one airport says nothing of the network"
    assert not flags[date(2025, 11, 8)], "an event that baselines keep is no reason to leave a day out"


def test_airports_have_names_in_both_languages(built):
    assert built.rows("select name_es, municipality_es, name from reference.dim_airport where iata = 'MEX'") == [
        ("Aeropuerto Internacional Benito Juárez", "Ciudad de México",
         built.rows("select name from reference.airports where iata = 'MEX'")[0][0])
    ]  # fmt: skip
    assert built.rows("select count(*) from reference.dim_airport where name_es is null and name is not null") == [(0,)]


def _days(built, condition):
    rows = built.rows(
        f"select date_day from reference.dim_date where ({condition}) and year_number between 1988 and 2035"
    )
    return {day for (day,) in rows}
