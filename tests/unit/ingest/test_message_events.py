"""Messages as events: one leg whatever the order, corrections and repeats, and the leg a message speaks of."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_ingest.leg_choice import AMBIGUOUS, NO_SCHEDULE, Found, NotFound, find
from aero_ingest.message import Flight
from aero_ingest.message_events import Returns, events_of
from aero_streaming.events import to_facts
from aero_streaming.merge import merge
from tests.unit.ingest.message_samples import read, sample

ZERO = datetime(2026, 11, 23, 12, tzinfo=UTC)


def leg(flight="AM905", origin="MEX", destination="CUN", std="2026-11-22T13:30:00Z", on="2026-11-22", **more):
    sta = datetime.fromisoformat(std) + timedelta(minutes=145)
    return {
        "carrier": flight[:2], "flight_number": int(flight[2:]), "operational_suffix": "", "leg_sequence": 1,
        "origin": origin, "destination": destination, "operating_date": on, "std_at": std,
        "sta_at": f"{sta:%Y-%m-%dT%H:%M:%SZ}", "tail": "XAAAA", "seats": 166, "aircraft_type": "7M8", **more,
    }  # fmt: skip


class Index:
    """Legs in a list."""

    def __init__(self, *legs):
        self.all = legs

    def legs(self, flight: Flight, first: date, last: date):
        return [
            leg for leg in self.all
            if (leg["carrier"], leg["flight_number"]) == (flight.carrier, flight.number)
            and first.isoformat() <= leg["std_at"][:10] <= last.isoformat()
        ]  # fmt: skip


AM905, AM640 = leg(), leg("AM640", "MEX", "LAX", "2026-11-22T19:00:00Z")
AM179 = leg("AM179", "TIJ", "MEX", "2026-11-23T07:45:00Z", "2026-11-22")
AM57 = (
    leg("AM57", "MEX", "MTY", "2026-11-22T12:00:00Z"),
    leg("AM57", "MTY", "NRT", "2026-11-22T15:00:00Z", leg_sequence=2),
)


def merged(texts, of):
    """Merge what messages say of a leg, received one minute after the other."""
    returns, events = Returns(), []
    for number, text in enumerate(texts):
        received_at = ZERO + timedelta(minutes=number)
        found, findings = events_of(read(text), of, received_at=received_at, returns=returns)
        assert not findings
        events += found
    [facts] = to_facts(events).values()
    return merge(facts, "first_out"), {event["event_id"] for event in events}


ALL = [sample(name) for name in ("mvt_01_departure", "mvt_02_arrival", "mvt_03_correction", "ldm_01")]


@settings(deadline=None)
@given(st.lists(st.sampled_from(ALL), max_size=4), st.randoms())
def test_any_order_with_repeats_and_a_correction_ends_in_the_same_leg(repeated, chance):
    texts = [*ALL, *repeated]
    chance.shuffle(texts)
    found, ids = merged(texts, AM905)
    assert (found["out_at"], found["off_at"]) == ("2026-11-22T13:36:00Z", "2026-11-22T13:52:00Z")
    assert (found["on_at"], found["in_at"]) == ("2026-11-22T15:41:00Z", "2026-11-22T15:48:00Z")
    assert (found["tail"], found["passengers"], found["delay_codes"]) == ("XAMAZ", 165, "62:6")
    assert ids == merged(ALL, AM905)[1]


RAMP, AIR = sample("mvt_06_return_to_ramp"), sample("mvt_07_return_airborne")
RAMP_CORRECTED = RAMP.replace("MVT\n", "MVT COR\n").replace("RR1915", "RR1918").replace("221917", "221925")


@settings(deadline=None)
@given(st.permutations([RAMP, RAMP_CORRECTED, AIR, RAMP, RAMP_CORRECTED]))
def test_a_corrected_return_is_one_return_in_any_order_and_the_second_out_stays_unknown(texts):
    found, _ = merged([*texts], AM640)
    assert found["attempts"] == 2
    assert found["out_at"] is None
    departed = sample("mvt_01_departure").replace("AM0905", "AM0640").replace("221354", "222012")
    again, _ = merged([*texts, departed.replace("AD1334/1352 EA1542 CUN", "AD2005/2010 EA2342 LAX")], AM640)
    assert again["attempts"] == 3
    assert (again["out_at"], again["last_out_at"]) == (None, "2026-11-22T20:05:00Z")


def test_a_second_return_is_another_one():
    second = RAMP.replace("RR1915", "RR2015").replace("221917", "222020")
    departed = RAMP.replace("RR1915", "AD2030/2040").replace("221917", "222045")
    assert merged([RAMP, second, departed], AM640)[0]["attempts"] == 3


def test_without_a_time_of_sending_the_ids_are_the_same_whenever_it_is_read():
    text = sample("mvt_09_bad_reg_hyphen") + "DL62/0004\nPX10\n"
    early, late = (
        events_of(read(text, ZERO + timedelta(hours=hours)), AM905, received_at=ZERO)[0] for hours in (-21, 36)
    )
    assert [event["event_id"] for event in early] == [event["event_id"] for event in late]


def test_another_aircraft_than_planned_has_neither_the_type_nor_the_seats_of_the_plan():
    [out, *_], _ = events_of(read(sample("mvt_01_departure")), AM905, received_at=ZERO)
    assert out["tail"] == "XAMAZ"
    assert not {"seats", "aircraft_type"} & out.keys()
    [out, *_], _ = events_of(read(sample("mvt_01_departure")), leg(tail="XAMAZ"), received_at=ZERO)
    assert out["seats"] == 166


def test_a_diversion_says_where_and_expects_no_touchdown_at_the_destination():
    events, _ = events_of(read(sample("div_01")), AM905, received_at=ZERO)
    assert [(event["event_type"], event.get("diverted_to")) for event in events] == [("divert", "MID"), ("load", None)]
    landed = sample("mvt_02_arrival").replace(".CUN\n", ".MID\n")
    events, _ = events_of(read(landed), AM905, received_at=ZERO)
    assert [(event["event_type"], event.get("diverted_to")) for event in events] == [("divert", "MID")]


def test_what_cannot_be_an_event_is_named():
    text = sample("mvt_01_departure").replace("DL62/0004", "DLRA/62/0010")
    events, findings = events_of(read(text), AM905, received_at=ZERO, delay_letters={"RA": "93"})
    assert [event["delay_codes"] for event in events if event["event_type"] == "delay_codes"] == ["93:10"]
    assert [finding.code for finding in findings] == ["unusable_delay"]
    _, findings = events_of(read(sample("mvt_01_departure").replace(".MEX\n", ".GDL\n")), AM905, received_at=ZERO)
    assert {finding.code for finding in findings} == {"other_station"}


@pytest.mark.parametrize(
    ("name", "origin"),
    [("mvt_01_departure", "MEX"), ("mvt_02_arrival", "MEX"), ("div_01", "MEX"), ("ldm_01", "MEX")],
)
def test_a_message_finds_its_leg_by_the_date_in_utc_and_the_place(name, origin):
    match = find(read(sample(name)), Index(AM905, leg(on="2026-11-21", std="2026-11-21T13:30:00Z")))
    assert isinstance(match, Found)
    assert (match.leg["origin"], match.leg["operating_date"]) == (origin, "2026-11-22")


def test_the_red_eye_is_found_by_the_utc_date_and_with_a_finding_by_the_local_one():
    text = sample("mvt_04_delay_two_codes")
    match = find(read(text), Index(AM179))
    assert isinstance(match, Found)
    assert not match.findings
    local = find(read(text.replace("/23.", "/22.")), Index(AM179))
    assert isinstance(local, Found)
    assert [finding.code for finding in local.findings] == ["local_date"]


def test_the_place_tells_which_leg_of_a_number_and_nothing_is_guessed():
    arrival = sample("mvt_02_arrival").replace("AM0905", "AM0057")
    for place, expected in (("MTY", "MEX"), ("NRT", "MTY")):
        match = find(read(arrival.replace(".CUN\n", f".{place}\n")), Index(*AM57))
        assert isinstance(match, Found)
        assert match.leg["origin"] == expected
    nowhere = find(read(arrival), Index(*AM57))
    assert isinstance(nowhere, NotFound)
    assert nowhere.code == AMBIGUOUS
    load = find(read(sample("ldm_02_multileg")), Index(*AM57))
    assert isinstance(load, Found)
    assert load.leg["origin"] == "MEX"


def test_a_flight_without_a_schedule_waits_for_it():
    match = find(read(sample("mvt_01_departure")), Index(AM640))
    assert isinstance(match, NotFound)
    assert match.code == NO_SCHEDULE
