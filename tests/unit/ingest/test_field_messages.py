"""Messages as the field sends them: headings of every network, several in a text, blanks, placeholders, other kinds."""

from datetime import UTC, date, datetime

import pytest

from aero_ingest.message import Message, Unreadable
from aero_ingest.messages import parse_all
from tests.unit.ingest import field_cases as cases
from tests.unit.ingest.message_samples import codes, read
from tests.unit.ingest.test_gateway import World
from tests.unit.ingest.test_message_events import AM57, leg

NOW = datetime(2026, 11, 28, 1, tzinfo=UTC)


def said(message):
    return [f"{movement.event_type} {movement.event_time:%H:%M}" for movement in message.movements]


@pytest.mark.parametrize("name", cases.HEADINGS)
def test_the_time_of_sending_is_found_in_any_heading_and_dates_what_is_said(name):
    heading, stamp, _ = cases.HEADINGS[name]
    message = read(f"{heading}\nMVT\n{cases.LEG}\nPX168/3\n", NOW)
    assert message.is_stamped == (stamp is not None)
    assert stamp is None or f"{message.sent_at:%d %H:%M}" == stamp
    assert said(message) == ["OUT 13:34", "OFF 13:52", "ON 15:42"]
    assert {movement.event_time.date() for movement in message.movements} == {date(2026, 11, 27)}
    assert message.passengers == 168


def test_lines_of_a_provider_are_named_and_what_is_no_heading_too():
    assert "provider_lines" in codes(read(f"{cases.HEADINGS['a provider'][0]}\nMVA\n{cases.LEG}\n", NOW))
    assert "unknown_heading" in codes(
        read(f"{cases.HEADINGS['words that are no heading'][0]}\nMVT\n{cases.LEG}\n", NOW)
    )
    assert "double_signature" in codes(read(f"{cases.HEADINGS['two originators'][0]}\nMVT\n{cases.LEG}\n", NOW))


@pytest.mark.parametrize("mark", ["COR\nMVT", "MVT/COR", "MVT  COR", "COR MVT", "MVT\nCOR"])
def test_a_correction_is_marked_above_beside_or_below_the_first_line(mark):
    assert read(f"QU MEXOOAM\n.MEXKKAM 271354\n{mark}\n{cases.LEG}\n", NOW).is_correction


@pytest.mark.parametrize("written", cases.UNKNOWN_AIRCRAFT)
def test_a_placeholder_is_no_aircraft_and_named(written):
    message = read(f"QU MEXOOAM\n.MEXKKAM 271354\nMVT\nAM0905/27.{written}.MEX\nAD1334/1352\n", NOW)
    assert (message.registration, message.airport) == (None, "MEX")
    assert set(codes(message)) & {"unknown_registration", "bad_registration", "ship_number"}


def test_an_aircraft_that_looks_like_filling_is_one():
    for tail in ("XAXXX", "N0A", "PKXXZ"):
        assert read(f"MVT\nAM0905/27.{tail}.MEX\nAD1334/1352\n", NOW).registration == tail


def test_a_leg_keeps_the_aircraft_of_its_plan_where_the_message_does_not_know_it():
    world = World()
    plan = leg(std="2026-11-27T13:30:00Z", on="2026-11-27", leg_uid="a" * 32, event_type="schedule")
    world.sent.append(plan)
    world.take(f"QU MEXOOAM\n.MEXKKAM 271354\nMVT\n{cases.LEG.replace('XAMAZ', 'XXXXX')}\n", at=NOW)
    [out, *_] = world.sent[1:]
    assert (out["tail"], out["aircraft_type"], out["seats"]) == ("XAAAA", "7M8", 166)


@pytest.mark.parametrize("line", cases.SPACED)
def test_blanks_inside_an_element_change_nothing(line):
    movements, delays, passengers, infants = cases.SPACED[line]
    message = read(f"QU MEXOOAM\n.MEXKKAM 271354\nMVT\nAM0905/27.XAMAZ.MEX\n{line}\nSI PX 12 / 1\n", NOW)
    assert said(message) == movements
    assert [(delay.code, delay.minutes) for delay in message.delays] == delays
    assert (message.passengers, message.infants, message.supplement) == (passengers, infants, "PX 12 / 1")
    assert set(codes(message)) <= {"spaced_element", "provisional_delay", "bad_time"}


def test_blanks_in_the_flight_line_change_nothing():
    message = read("MVT\nAM 905 / 27 . XAMAZ . MEX\nAD1334/1352\n", NOW)
    assert (str(message.flight), message.registration, message.airport) == ("AM905", "XAMAZ", "MEX")


@pytest.mark.parametrize("name", cases.BATCHES)
@pytest.mark.parametrize("ends", ["\n", "\r\n", " \r\n"])
def test_every_message_of_a_text_is_itself_below_the_heading_of_its_neighbour(name, ends):
    text, expected, _ = cases.BATCHES[name]
    found = list(parse_all(text.replace("\n", ends).splitlines(keepends=True), NOW))
    named = [
        (str(message.flight), message.is_stamped)
        if isinstance(message, Message)
        else message.error.message.split()[2].rstrip(",")
        for message in found
    ]
    kinds = [message.error.message for message in found if isinstance(message, Unreadable)]
    assert len(found) == len(expected)
    for message, due, got in zip(found, expected, named, strict=True):
        assert str(due) in message.error.message if isinstance(message, Unreadable) else got == due
    assert all(message.endswith("which is not read here") for message in kinds)


def test_a_kind_that_is_not_read_has_a_reason_of_its_own():
    world = World()
    tally = world.take("QU MEXOOAM\n.MEXKKAM 271640\nPTM\nAM0905/27NOV MEX\n", at=NOW)
    assert [aside.reason for aside in tally.put_aside] == ["kind_not_read"]
    assert "PTM, a message about transfer passengers" in tally.put_aside[0].message


def test_arrival_and_departure_told_from_one_airport_are_those_of_two_legs():
    world = World()
    world.sent += [planned | {"event_type": "schedule", "leg_uid": f"{n}" * 32} for n, planned in enumerate(AM57)]
    tally = world.take(
        "QU MEXOOAM\n.MTYKKAM 221512\nMVT\nAM0057/22.N438AM.MTY\nAA1400/1410\nAD1500/1512\nDL93/0010\nPX168/3\n"
    )
    told = {event["event_type"]: (event["origin"], event["destination"]) for event in world.sent[2:]}
    assert tally.accepted == 1
    assert told == {
        "on": ("MEX", "MTY"), "in": ("MEX", "MTY"), "out": ("MTY", "NRT"), "off": ("MTY", "NRT"),
        "delay_codes": ("MTY", "NRT"), "load": ("MTY", "NRT"),
    }  # fmt: skip


def test_a_leg_that_left_the_stand_and_came_back_is_told_whole():
    world = World()
    world.sent.append(leg(std="2026-11-27T13:30:00Z", on="2026-11-27", leg_uid="a" * 32, event_type="schedule"))
    world.take(
        "QU MEXOOAM\n.MEXKKAM 271345\nMVT\nAM0905/27.XAMAZ.MEX\nAD1334\nMVT\nAM0905/27.XAMAZ.MEX\nRR1342\n", at=NOW
    )
    assert [event["event_type"] for event in world.sent[1:]] == ["out", "return_to_ramp"]
