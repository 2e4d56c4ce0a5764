# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
"""Feed partner/airline_legs: what a record becomes, and every reason to refuse one."""

from datetime import date, datetime

import pytest

from aero_assets.feeds import find
from tests.judging import judged

FEED = find("partner/airline_legs")
#: Tijuana to Mexico City through the night, 9 November 2026: Tijuana is at -08:00 then.
NIGHT = (
    "datos sintéticos,AM,181,,1,2026-11-09,TIJ,MEX,1,1,XAXAB,7M8,166,150,2026-11-09T23:45-08:00,2026-11-10T05:10-06:00,"
    "2026-11-10T00:17-08:00,2026-11-10T00:29-08:00,2026-11-10T05:28-06:00,2026-11-10T05:37-06:00,0,,0,93:20;41:12,1430"
)
CANCELLED = (
    "datos sintéticos,5D,2207,,1,2026-11-09,MEX,TAM,1,1,XAVAF,E90,99,0,2026-11-09T19:05-06:00,2026-11-09T20:10-06:00,"
    ",,,,1,B,0,,212"
)
DIVERTED = (
    "datos sintéticos,AM,544,,1,2026-11-09,MEX,CUN,1,1,XAYAC,7M9,181,170,2026-11-09T10:00-06:00,2026-11-09T13:10-05:00,"
    "2026-11-09T09:58-06:00,2026-11-09T10:15-06:00,,,0,,1,,799"
)
#: Left the stand, came back: the first attempt has an off-block time only, and the codes of the delay.
RETURNED = (
    DIVERTED.replace(",0,,1,,", ",0,,0,,").replace("2026-11-09T10:15-06:00", ""),
    "datos sintéticos,AM,544,,1,2026-11-09,MEX,CUN,2,1,XAYAC,7M9,181,170,2026-11-09T10:00-06:00,2026-11-09T13:10-05:00,"
    "2026-11-09T10:45-06:00,2026-11-09T11:02-06:00,2026-11-09T13:50-05:00,2026-11-09T13:57-05:00,0,,0,,799",
)


def judge(*records: str | bytes) -> list[dict]:
    lines = (",".join(FEED.header), *records)
    return judged(FEED.path, b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")


def changed(**values: str) -> str:
    return ",".join(values.get(name, value) for name, value in zip(FEED.header, NIGHT.split(","), strict=True))


def planned(on: str, offset: str) -> str:
    """A leg of the plan, with the offset that its sender believes Tijuana to have."""
    times = {"STD": f"{on}T23:45{offset}", "STA": f"{on[:-2]}10T05:10-06:00"}
    return changed(OPERATING_DATE=on, **times, AOBT="", ATOT="", ALDT="", AIBT="")


UNUSUAL = (
    CANCELLED, DIVERTED, changed(ALDT="", AIBT=""), changed(DELAY_CODES=""), changed(TAIL="", DATA_LABEL=""),
    changed(PASSENGERS="169"), changed(DELAY_CODES="93:20;41:14"), changed(AOBT="", ATOT="", ALDT="", AIBT=""),
)  # fmt: skip
CODES = {
    "10:32": "bad_delay_codes", "93:20;74:12": "bad_delay_codes", "99:32": None, "00:32": None,
    "93:300": "delay_code_mismatch", "93:5": "delay_code_mismatch",
}  # fmt: skip
NOBODY = ("NA", "N/A", "NULL", "UNKNOW", "000000", "XX", "-")
ELSEWHERE = {"AIBT": "2026-11-10T05:37-05:00", "STA": "2026-11-10T05:10-08:00"}
SUMMER = (
    ("2026-07-09", "-07:00", None), ("2026-07-09", "-08:00", "offset_mismatch"),
    ("2026-01-09", "-08:00", None), ("2026-01-09", "-07:00", "offset_mismatch"),
)  # fmt: skip


@pytest.fixture(scope="module")
def apart() -> dict[str, dict]:
    """The row of each of these records, which lie in one file and have nothing to do with each other."""
    records = [*UNUSUAL, *(changed(DELAY_CODES=codes) for codes in CODES), *(changed(TAIL=tail) for tail in NOBODY)]
    records += [changed(**{name: value}) for name, value in ELSEWHERE.items()]
    records += [planned(on, offset) for on, offset, _ in SUMMER]
    return dict(zip(records, judge(*records), strict=True))


def test_every_time_of_a_leg_is_in_utc_and_its_day_is_that_of_its_origin():
    [row] = judge(NIGHT)
    assert row["reason"] is None
    assert row["operating_date"] == date(2026, 11, 9)
    times = [row[name] for name in ("std_at", "sta_at", "out_at", "off_at", "on_at", "in_at")]
    assert times == [
        datetime(2026, 11, 10, *clock) for clock in ((7, 45), (11, 10), (8, 17), (8, 29), (11, 28), (11, 37))
    ]


def test_every_value_has_its_column():
    [row] = judge(NIGHT)
    expected = {
        "carrier": "AM", "flight_number": 181, "operational_suffix": "", "leg_sequence": 1, "origin": "TIJ",
        "destination": "MEX", "tail": "XAXAB", "aircraft_type": "7M8", "seats": 166, "passengers": 150,
        "is_cancelled": False, "cancellation_code": None, "is_diverted": False, "delay_codes": "93:20;41:12",
        "distance_miles": 1430, "data_label": "datos sintéticos", "attempt": 1, "version": 1, "source": "partner_file",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_attempt_and_version_are_the_senders():
    [first, second, corrected] = judge(*RETURNED, changed(VERSION="3"))
    assert [(row["reason"], row["attempt"], row["version"]) for row in (first, second, corrected)] == [
        (None, 1, 1), (None, 2, 1), (None, 1, 3),
    ]  # fmt: skip
    assert first["leg_uid"] == second["leg_uid"] != corrected["leg_uid"]
    assert (first["out_at"], first["off_at"], first["in_at"]) == (datetime(2026, 11, 9, 15, 58), None, None)


@pytest.mark.parametrize("record", UNUSUAL)
def test_what_is_unusual_or_not_known_is_a_fact_too(apart, record):
    assert apart[record]["reason"] is None


def test_the_leg_is_the_same_with_another_destination_or_tail():
    [first, second] = judge(NIGHT, changed(TAIL="XAXAC"))
    assert first["leg_uid"] == second["leg_uid"]
    [third] = judge(changed(LEG_SEQUENCE="2"))
    assert third["leg_uid"] != first["leg_uid"]


REFUSED = {
    "too_few_columns": NIGHT.rsplit(",", 5)[0],
    "too_many_columns": NIGHT + ",x",
    "bad_encoding": NIGHT.encode().replace("é".encode(), b"\xe9"),
    "missing_value": changed(STD=""),
    "bad_date": changed(OPERATING_DATE="09.11.2026"),
    "bad_carrier": changed(CARRIER="AMX"),
    "bad_flight_number": changed(FLIGHT_NUMBER="18O"),
    "bad_suffix": changed(SUFFIX="1"),
    "not_a_number": changed(PASSENGERS="many"),
    "counted_from_one": changed(VERSION="0"),
    "bad_tail": changed(TAIL="XA-XAB"),
    "bad_aircraft_type": changed(AIRCRAFT_TYPE="MAX 8"),
    "unknown_airport": changed(ORIGIN="TI0"),
    "same_airport": changed(DESTINATION="TIJ"),
    "bad_flag": changed(DIVERTED="yes"),
    "bad_cancellation": changed(CANCELLATION_CODE="B"),
    "bad_time": changed(ATOT="2026-11-10T00:29"),
    "offset_mismatch": changed(STD="2026-11-09T23:45-07:00"),
    "operating_date_mismatch": changed(OPERATING_DATE="2026-11-10"),
    "impossible_sequence": changed(ALDT="2026-11-10T05:38-06:00"),
    "impossible_block": changed(STA="2026-11-12T05:10-06:00"),
    "too_early": changed(AOBT="2026-11-09T13:17-08:00", ATOT="", ALDT="", AIBT="", DELAY_CODES=""),
    "unexplained_delay": changed(
        AOBT="2026-11-11T00:17-08:00", ATOT="2026-11-11T00:29-08:00", ALDT="2026-11-11T05:28-06:00",
        AIBT="2026-11-11T05:37-06:00", DELAY_CODES="",
    ),
    "delay_too_long": changed(AOBT="2026-11-14T00:17-08:00", ATOT="", ALDT="", AIBT=""),
    "cancelled_but_flown": changed(CANCELLED="1", CANCELLATION_CODE="A", DELAY_CODES=""),
    "no_departure": changed(AOBT="", DELAY_CODES=""),
    "bad_seats": changed(PASSENGERS="-3"),
    "too_many_passengers": changed(PASSENGERS="170"),
    "bad_distance": changed(DISTANCE_MILES="0"),
    "bad_label": changed(DATA_LABEL="datos sintÃ©ticos"),
    "distance_mismatch": changed(DISTANCE_MILES="1340"),
    "bad_delay_codes": changed(DELAY_CODES="93:20;4:12"),
    "delay_code_mismatch": changed(DELAY_CODES="93:20;41:15"),
    "date_out_of_range": changed(
        OPERATING_DATE="2026-11-29", STD="2026-11-29T23:45-08:00", STA="2026-11-30T05:10-06:00",
        AOBT="", ATOT="", ALDT="", AIBT="",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("codes", "reason"), CODES.items())
def test_delay_codes_are_those_of_the_list_and_sum_to_the_delay(apart, codes, reason):
    assert apart[changed(DELAY_CODES=codes)]["reason"] == reason


def test_codes_of_a_short_delay_do_not_exceed_it():
    punctual = {"AOBT": "2026-11-09T23:50-08:00", "ATOT": "2026-11-10T00:02-08:00"}
    [right, wrong] = judge(changed(**punctual, DELAY_CODES="93:5"), changed(**punctual, DELAY_CODES="93:300"))
    assert (right["reason"], wrong["reason"]) == (None, "delay_code_mismatch")


@pytest.mark.parametrize("tail", NOBODY)
def test_a_placeholder_is_an_unknown_aircraft_and_the_leg_counts(apart, tail):
    row = apart[changed(TAIL=tail)]
    assert (row["reason"], row["tail"]) == (None, None)


@pytest.fixture(scope="module")
def refused():
    """Every broken record between two good ones, in one file."""
    records = [record for broken in REFUSED.values() for record in (NIGHT, broken, CANCELLED)]
    rows = judge(*records)
    return {reason: rows[3 * number : 3 * number + 3] for number, reason in enumerate(REFUSED)}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_record_that_breaks_a_rule_is_refused_with_its_reason_and_its_neighbours_are_not(refused, reason):
    before, broken, after = refused[reason]
    assert (before["reason"], broken["reason"], after["reason"]) == (None, reason, None)
    assert broken["message"]


def test_every_rule_of_the_register_has_a_record_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()


@pytest.mark.parametrize(("name", "value"), ELSEWHERE.items())
def test_an_offset_of_another_airport_is_refused(apart, name, value):
    assert apart[changed(**{name: value})]["reason"] == "offset_mismatch"


@pytest.mark.parametrize(("on", "offset", "reason"), SUMMER)
def test_summer_time_counts_where_there_is_one(apart, on, offset, reason):
    assert apart[planned(on, offset)]["reason"] == reason


@pytest.mark.parametrize(("offset", "utc"), [("-07:00", 8), ("-08:00", 9)])
def test_the_hour_that_exists_twice_is_told_apart_by_its_offset(offset, utc):
    # Clocks in Tijuana went back at 02:00 on 1 November 2026: 01:30 came twice, and both are right.
    times = {"STD": f"2026-11-01T01:30{offset}", "STA": "2026-11-01T06:30-06:00", "AOBT": "", "ATOT": "", "ALDT": "",
             "AIBT": ""}  # fmt: skip
    [row] = judge(changed(OPERATING_DATE="2026-11-01", **times))
    assert (row["reason"], row["std_at"]) == (None, datetime(2026, 11, 1, utc, 30))
