# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
"""Feed partner/bts_ontime: what a record becomes, and every reason to refuse one."""

from datetime import date, datetime

import pytest

from aero_assets.feeds import find
from tests.judging import judged

FEED = find("partner/bts_ontime")
#: Guam to Honolulu, 1 January 2015: arrives the local day before it leaves.
GUAM = "2015,1,1,4,UA,200,N772UA,GUM,HNL,0710,0801,51,13,0814,430,435,409,3801,1903,13,1820,1916,56,0,0,,5,0,51,0,0"
PLAIN = "2015,1,1,4,AS,98,N407AS,ANC,SEA,0005,2354,-11,21,0015,205,194,169,1448,0404,4,0430,0408,-22,0,0,,,,,,"
CANCELLED = "2015,1,1,4,AS,136,N431AS,ANC,SEA,0135,,,,,205,,,1448,,,0600,,,0,1,A,,,,,"
LEFT_THEN_CANCELLED = "2015,1,1,4,EV,4503,N14514,IAH,BRO,1134,1129,-5,20,1149,76,,,308,,,1250,,,0,1,B,,,,,"
DIVERTED = "2015,1,1,4,DL,716,N944DL,OMA,ATL,0645,0637,-8,27,0704,144,,,821,1447,4,1009,1451,,1,0,,,,,,"


def judge(*records: str | bytes) -> list[dict]:
    lines = (",".join(FEED.header), *records)
    return judged(FEED.path, b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")


def changed(**values: str) -> str:
    return ",".join(values.get(name, value) for name, value in zip(FEED.header, PLAIN.split(","), strict=True))


NOBODY, HOURS = ("NA", "N/A", "UNKNOW", "000000", "-"), (10, 20, 24, 48)


def early(hours: int) -> str:
    """A leg so many hours early: whatever the clock says, the delays count from it."""
    return changed(DEPARTURE_DELAY=str(-11 - 60 * hours), ARRIVAL_DELAY=str(-22 - 60 * hours))


@pytest.fixture(scope="module")
def apart() -> dict[str, dict]:
    """The row of each of these records, which lie in one file and have nothing to do with each other."""
    records = [CANCELLED, LEFT_THEN_CANCELLED, DIVERTED, *(changed(TAIL_NUMBER=tail) for tail in NOBODY)]
    records += map(early, HOURS)
    return dict(zip(records, judge(*records), strict=True))


def test_every_time_of_a_leg_is_in_utc():
    [row] = judge(GUAM)
    assert row["reason"] is None
    assert row["std_at"] == datetime(2014, 12, 31, 21, 10)
    assert row["sta_at"] == datetime(2015, 1, 1, 4, 20)
    assert row["out_at"] == datetime(2014, 12, 31, 22, 1)
    assert row["in_at"] == datetime(2015, 1, 1, 5, 16)
    assert row["operating_date"] == date(2015, 1, 1)


def test_a_departure_before_midnight_on_the_day_before_is_found():
    [row] = judge(PLAIN)
    assert (row["std_at"], row["out_at"]) == (datetime(2015, 1, 1, 9, 5), datetime(2015, 1, 1, 8, 54))


def test_midnight_is_2400():
    [row] = judge(changed(DEPARTURE_TIME="2400", DEPARTURE_DELAY="-5", TAXI_OUT="15", ELAPSED_TIME="188"))
    assert (row["reason"], row["out_at"]) == (None, datetime(2015, 1, 1, 9, 0))


@pytest.mark.parametrize("record", [CANCELLED, LEFT_THEN_CANCELLED, DIVERTED])
def test_legs_that_did_not_go_as_planned_are_facts_too(apart, record):
    assert apart[record]["reason"] is None


def test_a_diverted_leg_keeps_its_landing_and_has_no_arrival_delay():
    [row] = judge(DIVERTED)
    assert row["in_at"] == datetime(2015, 1, 1, 19, 51)
    assert row["reported_arrival_delay_minutes"] is None


REFUSED = {
    "too_few_columns": PLAIN.rsplit(",", 5)[0],
    "too_many_columns": PLAIN + ",x",
    "bad_encoding": PLAIN.encode().replace(b"ANC", b"A\xffC"),
    "missing_value": changed(AIRLINE=""),
    "bad_date": changed(MONTH="2", DAY="30"),
    "weekday_mismatch": changed(DAY_OF_WEEK="5"),
    "distance_mismatch": changed(DISTANCE="1484"),
    "bad_carrier": changed(AIRLINE="Alaska"),
    "bad_flight_number": changed(FLIGHT_NUMBER="98X"),
    "bad_tail": changed(TAIL_NUMBER="N-407 AS"),
    "unknown_airport": changed(ORIGIN_AIRPORT="ZZZ"),
    "same_airport": changed(DESTINATION_AIRPORT="ANC"),
    "bad_flag": changed(CANCELLED="2"),
    "bad_cancellation": changed(CANCELLED="1"),
    "bad_time": changed(WHEELS_OFF="2575"),
    "not_a_number": changed(DISTANCE="far"),
    "distance_not_positive": changed(DISTANCE="-1448"),
    "distance_too_long": changed(DISTANCE="14480"),
    "negative_duration": changed(TAXI_OUT="-21"),
    "duration_too_long": changed(AIR_TIME="1690"),
    "schedule_mismatch": changed(SCHEDULED_TIME="215"),
    "too_early": changed(DEPARTURE_DELAY="-611"),
    "unexplained_delay": changed(DEPARTURE_DELAY="1429", ARRIVAL_DELAY="1418"),
    "delay_too_long": changed(ARRIVAL_DELAY="5000"),
    "incomplete_movement": changed(DEPARTURE_TIME="", DEPARTURE_DELAY=""),
    "departure_delay_mismatch": changed(DEPARTURE_DELAY="11"),
    "impossible_sequence": changed(WHEELS_ON="0415"),
    "arrival_delay_mismatch": changed(ARRIVAL_DELAY="22"),
    "duration_mismatch": changed(AIR_TIME="170"),
    "cause_mismatch": GUAM.replace("5,0,51,0,0", "5,0,50,0,0"),
    "date_out_of_range": changed(YEAR="2027", MONTH="1", DAY_OF_WEEK="5"),
}


@pytest.mark.parametrize("tail", NOBODY)
def test_a_placeholder_is_an_unknown_aircraft_and_the_leg_counts(apart, tail):
    row = apart[changed(TAIL_NUMBER=tail)]
    assert (row["reason"], row["tail"]) == (None, None)


@pytest.mark.parametrize("hours", HOURS)
def test_a_leg_whose_times_are_hours_early_is_refused(apart, hours):
    assert apart[early(hours)]["reason"] == "too_early"


@pytest.fixture(scope="module")
def refused():
    """Every broken record between two good ones, in one file."""
    records = [record for broken in REFUSED.values() for record in (GUAM, broken, CANCELLED)]
    rows = judge(*records)
    return {reason: rows[3 * number : 3 * number + 3] for number, reason in enumerate(REFUSED)}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_record_that_breaks_a_rule_is_refused_with_its_reason_and_its_neighbours_are_not(refused, reason):
    before, broken, after = refused[reason]
    assert (before["reason"], broken["reason"], after["reason"]) == (None, reason, None)
    assert broken["message"]


def test_every_record_knows_the_line_it_was_read_from(refused):
    lines = [row["line_number"] for group in refused.values() for row in group]
    assert lines == list(range(2, 2 + 3 * len(REFUSED)))


def test_every_rule_of_the_register_has_a_record_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()


def test_numbers_too_large_to_add_up_are_one_record_s_problem():
    [large, good] = judge(GUAM.replace("5,0,51,0,0", ",".join(["999999999"] * 5)), GUAM)
    assert (large["reason"], good["reason"]) == ("cause_mismatch", None)


def test_the_hour_that_exists_twice_is_chosen_by_the_arrival():
    # Clocks in New York went back at 02:00 on 1 November 2015; Denver is two hours behind, and changed later.
    def leg(arrival: str, minutes: str) -> str:
        values = {
            "MONTH": "11", "DAY_OF_WEEK": "7", "DISTANCE": "1626",
            "ORIGIN_AIRPORT": "JFK", "DESTINATION_AIRPORT": "DEN", "SCHEDULED_DEPARTURE": "0130",
            "SCHEDULED_ARRIVAL": arrival, "SCHEDULED_TIME": minutes, "CANCELLED": "1", "CANCELLATION_REASON": "A",
            "DEPARTURE_TIME": "", "DEPARTURE_DELAY": "", "TAXI_OUT": "", "WHEELS_OFF": "", "ELAPSED_TIME": "",
            "AIR_TIME": "", "WHEELS_ON": "", "TAXI_IN": "", "ARRIVAL_TIME": "", "ARRIVAL_DELAY": "",
        }  # fmt: skip
        return changed(**values)

    [first, second] = judge(leg("0330", "300"), leg("0330", "240"))
    assert (first["reason"], first["std_at"]) == (None, datetime(2015, 11, 1, 5, 30))
    assert (second["reason"], second["std_at"]) == (None, datetime(2015, 11, 1, 6, 30))


def test_a_leg_carries_the_offsets_of_both_clocks():
    """Guam is ten hours ahead of UTC and Honolulu ten behind: no rule of nearest days tells them apart."""
    [row] = judge(GUAM)
    assert (row["std_utc_offset_minutes"], row["sta_utc_offset_minutes"]) == (600, -600)
