"""Movement messages: what the samples say, how times without a date are dated, and what becomes of nonsense."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_ingest.message import Delay, ParseError
from tests.unit.ingest.message_samples import codes, departure, envelope, events, read, sample

ON_22 = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("name", "flight", "day", "tail", "airport", "said"),
    [
        ("mvt_01_departure", "AM905", 22, "XAMAZ", "MEX",
         [("OUT", "22 13:34", "MEX", False), ("OFF", "22 13:52", "MEX", False), ("ON", "22 15:42", "CUN", True)]),
        ("mvt_02_arrival", "AM905", 22, "XAMAZ", "CUN",
         [("ON", "22 15:41", "CUN", False), ("IN", "22 15:48", "CUN", False)]),
        ("mvt_03_correction", "AM905", 22, "XAMAZ", "MEX",
         [("OUT", "22 13:36", "MEX", False), ("OFF", "22 13:52", "MEX", False), ("ON", "22 15:42", "CUN", True)]),
        ("mvt_04_delay_two_codes", "AM179", 23, "XAGOL", "TIJ", [("OUT", "23 09:00", "TIJ", True)]),
        ("mvt_05_next_info", "AM21", 23, "N183AM", "MEX", []),
        ("mvt_06_return_to_ramp", "AM640", 22, "XAAMV", "MEX", [("return_to_ramp", "22 19:15", "MEX", False)]),
        ("mvt_07_return_airborne", "AM640", 22, "XAAMV", "MEX", [("air_return", "22 19:42", "MEX", False)]),
        ("mvt_08_midnight_rollover", "AM648", 22, "XAMAZ", "MEX",
         [("OUT", "22 23:58", "MEX", False), ("OFF", "23 00:12", "MEX", False), ("ON", "23 03:35", "LAX", True)]),
        ("mvt_09_bad_reg_hyphen", "AM905", 22, "XAMAZ", "MEX",
         [("OUT", "22 13:34", "MEX", False), ("OFF", "22 13:52", "MEX", False), ("ON", "22 15:42", "CUN", True)]),
        ("div_01", "AM905", 22, "XAMAZ", "CUN",
         [("ON", "22 16:12", "MID", True), ("divert", "22 15:48", "MID", False)]),
    ],
)  # fmt: skip
def test_a_sample_says_its_flight_day_aircraft_place_and_times(name, flight, day, tail, airport, said):
    message = read(sample(name))
    assert (str(message.flight), message.flight_date) == (flight, date(2026, 11, day))
    assert (message.registration, message.airport) == (tail, airport)
    assert events(message) == said


def test_the_samples_have_no_findings_but_the_one_that_is_written_badly():
    names = ["mvt_01_departure", "mvt_02_arrival", "mvt_03_correction", "mvt_04_delay_two_codes", "mvt_05_next_info",
             "mvt_06_return_to_ramp", "mvt_07_return_airborne", "mvt_08_midnight_rollover", "div_01"]  # fmt: skip
    assert [codes(read(sample(name))) for name in names] == [[]] * len(names)
    assert codes(read(sample("mvt_09_bad_reg_hyphen"))) == ["no_stamp", "registration_hyphen"]


def test_delays_passengers_and_the_rest_are_read_as_sent():
    first, two = read(sample("mvt_01_departure")), read(sample("mvt_04_delay_two_codes"))
    assert first.delays == (Delay("AHM730", "62", 4),)
    assert two.delays == (Delay("AHM730", "93", 30), Delay("AHM730", "41", 45))
    assert (first.passengers, first.infants, first.supplement) == (168, 3, "CONX PAX 14")
    assert read(sample("mvt_05_next_info")).next_information_at == datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
    assert read(sample("div_01")).diversion_reason == "72"
    back = read(sample("mvt_07_return_airborne")).movements[0]
    assert back.until == datetime(2026, 11, 22, 19, 55, tzinfo=UTC)


def test_a_correction_knows_what_it_corrects():
    message = read(sample("mvt_03_correction"))
    assert message.is_correction
    assert message.delays == (Delay("AHM730", "62", 6),)
    assert message.corrects[0] == "MVT AM905 of 2026-11-22: AD"
    assert not read(sample("mvt_01_departure")).corrects


@pytest.mark.parametrize("mark", ["MVT COR", "MVT REV", "COR MVT", "MVT\nCOR"])
def test_a_correction_is_marked_in_any_of_the_ways_that_occur(mark):
    assert read(sample("mvt_02_arrival").replace("MVT", mark)).is_correction


@pytest.mark.parametrize(
    ("sent", "day", "expected"),
    [("010005", "31", date(2026, 10, 31)), ("311500", "01", date(2026, 11, 1)), ("010030", "01", date(2026, 11, 1))],
)
def test_a_day_at_the_end_of_a_month_is_the_nearest_such_day(sent, day, expected):
    text = f"QU MEXOOAM\n.MEXKKAM {sent}\nMVT\nAM0905/{day}.XAMAZ.MEX\nAD0001/0004\n"
    message = read(text, datetime(2026, 11, 1, 1, tzinfo=UTC))
    assert message.flight_date == expected


def test_the_29th_of_february_is_found_where_it_exists_and_the_year_turns():
    leap = read("MVT\nAM0905/29.XAMAZ.MEX\nAD1334/1352\n", datetime(2028, 3, 1, 2, tzinfo=UTC))
    assert leap.flight_date == date(2028, 2, 29)
    new_year = read(f"{envelope('010020')}MVT\nAM0905/31.XAMAZ.MEX\nAD2355/0012\n",
                    datetime(2027, 1, 1, 1, tzinfo=UTC))  # fmt: skip
    assert new_year.flight_date == date(2026, 12, 31)
    assert [f"{movement.event_time:%Y-%m-%d %H:%M}" for movement in new_year.movements] == [
        "2026-12-31 23:55",
        "2027-01-01 00:12",
    ]


def test_a_day_far_from_the_message_dates_nothing_and_is_a_finding():
    message = read(f"{envelope('221400')}MVT\nAM0905/05.XAMAZ.MEX\nAD1334/1352\n")
    assert message.flight_date is None
    assert "far_day" in codes(message)


@settings(deadline=None)
@given(
    st.integers(0, 2 * 366 * 1440),
    st.integers(0, 240),
    st.integers(1, 90),
    st.integers(1, 600),
    st.lists(st.tuples(st.sampled_from(["93", "41", "62", "81"]), st.integers(1, 600)), max_size=2),
)
def test_what_is_rendered_by_the_clock_alone_is_read_as_it_was(minute, late, taxi, told_after, delays):
    std = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    out = std + timedelta(minutes=late)
    off = out + timedelta(minutes=taxi)
    sent_at = off + timedelta(minutes=told_after)
    message = read(departure(out, off, sent_at, std.date(), delays), sent_at + timedelta(hours=1), std_at=std)
    assert [movement.event_time for movement in message.movements] == [out, off]
    assert message.flight_date == std.date()
    assert [(delay.code, delay.minutes) for delay in message.delays] == delays
    assert (message.passengers, message.sent_at) == (168, sent_at)
    assert not message.findings


def test_times_without_a_stamp_read_days_later_are_taken_to_be_of_the_flights_date():
    message = read(sample("mvt_09_bad_reg_hyphen"), datetime(2026, 11, 26, 8, tzinfo=UTC))
    assert events(message)[0] == ("OUT", "22 13:34", "MEX", False)
    assert "date_assumed" in codes(message)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("AD13X4", "bad_time"),
        ("AD2575", "bad_time"),
        ("AD1334/0900", "implausible_times"),
        ("AD231200", "not_yet"),
        ("AD191200", "before_flight"),
        ("DL62", "no_duration"),
        ("DL62/0004/0005", "spare_duration"),
        ("DL62/0075", "not_hours"),
        ("DLRA/0010", "letter_code"),
        ("DL62/4", "bad_delay"),
        ("EDL62/0004", "provisional_delay"),
        ("DLA31C//", "unnamed_code"),
        ("PXMANY", "bad_passengers"),
        ("XX12", "unknown_element"),
        ("AD1334 AD1335", "said_twice"),
    ],
)
def test_what_is_odd_is_named_and_the_rest_is_read(line, code):
    message = read(f"{envelope('221355')}MVT\nAM0905/22.XAMAZ.MEX\n{line}\nPX12\n")
    assert code in codes(message)
    assert message.passengers == 12 or code == "bad_passengers"


@pytest.mark.parametrize(
    ("line", "code", "registration", "airport"),
    [
        ("AM0905/22.CUN", "no_registration", None, "CUN"),
        ("AM0905/22.0817.CUN", "ship_number", None, "CUN"),
        ("AM0905/22.XAMAZ", "no_airport", "XAMAZ", None),
        ("AMX905/22.XAMAZ.CUN", "icao_carrier", "XAMAZ", "CUN"),
        ("AM57/22.XAMAZ.CUN", "short_number", "XAMAZ", "CUN"),
        ("AM0905/22.XA?MAZ.CUN", "bad_registration", None, "CUN"),
    ],
)
def test_a_flight_line_with_gaps_still_names_its_flight(line, code, registration, airport):
    message = read(f"MVT\n{line}\nAA1541\n", datetime(2026, 11, 22, 16, tzinfo=UTC))
    assert code in codes(message)
    assert (message.registration, message.airport) == (registration, airport)


def test_a_suffix_and_sub_codes_are_kept():
    message = read(f"{envelope('221355')}MVT\nAM0905D/22.XAMAZ.MEX\nDL31/62/0010/0005\nDLA31C/62A//\n")
    assert str(message.flight) == "AM905D"
    assert message.delays == (Delay("AHM730", "31", 10, "C"), Delay("AHM730", "62", 5, "A"))


@pytest.mark.parametrize("airport", ["ADD", "EDI", "SIN"])
def test_an_airport_that_looks_like_an_element_is_an_airport(airport):
    message = read(f"{envelope('221355')}MVT\nET0905/22.ETAMN.MEX\nAD1334/1352 EA2042 {airport}\nPX12\nSI LATE\n")
    assert events(message)[2] == ("ON", "22 20:42", airport, True)
    assert (message.passengers, message.supplement, codes(message)) == (12, "LATE", [])


def test_a_message_full_of_sub_codes_makes_no_work():
    message = read(f"{envelope('221355')}MVT\nAM0905/22.XAMAZ.MEX\n{'DLA31C ' * 4000}\n")
    assert len(message.delays) == 32
    assert set(codes(message)) == {"unnamed_code", "bad_delay"}


def test_only_on_block_may_be_said():
    message = read("MVT\nAM0905/22.XAMAZ.CUN\nAA/1548\n", datetime(2026, 11, 22, 16, tzinfo=UTC))
    assert events(message) == [("IN", "22 15:48", "CUN", False)]


@pytest.mark.parametrize(
    ("text", "code"),
    [("HELLO", "unknown_message"), ("MVT", "no_flight"), ("MVT\nBOOK 12", "bad_flight"), ("", "unknown_message")],
)
def test_what_is_no_message_is_refused_with_a_reason(text, code):
    with pytest.raises(ParseError) as error:
        read(text)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("body", "passengers", "minutes"),
    [
        ("PX168/3\nPX118/3", 118, []),
        ("PX168/3\nPX168/4", 168, []),
        ("DL62/0004\nDL62/0004", None, [4]),
        ("DL62/0004\nEDL62/0004", None, [4]),
        ("DL62/93/0004/0010\nDL93/0010", None, [4, 10]),
    ],
)
def test_what_a_message_says_twice_counts_once_and_is_named(body, passengers, minutes):
    message = read(f"{envelope('221355')}MVT\nAM0905/22.XAMAZ.MEX\nAD1334/1352\n{body}\n")
    assert (message.passengers, [delay.minutes for delay in message.delays]) == (passengers, minutes)
    assert "said_twice" in codes(message)


@pytest.mark.parametrize(
    ("day", "flight_date"),
    [("22", date(2026, 11, 22)), ("22NOV", date(2026, 11, 22)), ("22NOV26", date(2026, 11, 22)), ("22OCT", None),
     ("22NOV25", None), ("22NVO", None)],
)  # fmt: skip
def test_month_and_year_of_a_flight_line_are_held_against_the_day(day, flight_date):
    message = read(f"{envelope('221355')}MVT\nAM0905/{day}.XAMAZ.MEX\nAD1334/1352\n")
    assert (message.flight_date, "far_day" in codes(message)) == (flight_date, flight_date is None)
