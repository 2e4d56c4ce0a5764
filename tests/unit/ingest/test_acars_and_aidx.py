"""OOOI of ACARS and legs of AIDX: what the samples say, which leg they speak of, and documents that are none."""

import gzip
from datetime import UTC, date, datetime

import pytest

from aero_assets.feeds import find
from aero_ingest.message import Message, Unreadable
from aero_ingest.messages import parse_all
from tests.damages import _doors
from tests.judging import judged
from tests.unit.infra.door import RAW, send
from tests.unit.infra.fake_s3 import FakeS3
from tests.unit.ingest.message_samples import FOLDER, codes, events, read, sample
from tests.unit.ingest.test_gateway import World
from tests.unit.ingest.test_message_events import leg

AFTER = datetime(2026, 11, 22, 18, tzinfo=UTC)
PLAN = leg(leg_uid="a" * 32, event_type="schedule")
NIGHT = leg("AM648", "MEX", "LAX", "2026-11-22T23:50:00Z", leg_uid="b" * 32, event_type="schedule")


def aidx(name):
    return (FOLDER / f"{name}.xml").read_text(encoding="utf-8")


def told(*texts, plans=(PLAN, NIGHT), at=AFTER):
    world = World()
    world.sent += plans
    tallies = [world.take(text, name=f"s3://raw/{number}", at=at) for number, text in enumerate(texts)]
    return world.sent[len(plans) :], tallies


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("acars_oooi_dep", [("OUT", "22 13:34", "MEX", False), ("OFF", "22 13:52", "MEX", False)]),
        ("acars_oooi_arr", [("ON", "22 15:41", "CUN", False), ("IN", "22 15:48", "CUN", False)]),
        ("acars_oooi_off_only", [("OFF", "23 00:12", "MEX", False)]),
    ],
)
def test_times_of_an_aircraft_are_dated_by_the_transmission_at_airports_by_their_iata_code(name, said):
    message = read(sample(name))
    assert events(message) == said
    assert (message.registration, message.flight_date, codes(message)) == ("XAMAZ", None, [])


def test_the_leg_of_a_message_without_a_date_is_the_one_planned_nearest_to_its_times():
    yesterday = leg(
        "AM648", "MEX", "LAX", "2026-11-21T23:50:00Z", "2026-11-21", leg_uid="c" * 32, event_type="schedule"
    )
    sent, [tally] = told(
        sample("acars_oooi_off_only"), plans=(yesterday, NIGHT), at=datetime(2026, 11, 23, 1, tzinfo=UTC)
    )
    assert (tally.accepted, [event["event_type"] for event in sent]) == (1, ["off"])
    assert (sent[0]["operating_date"], sent[0]["source"]) == ("2026-11-22", "acars")
    assert told(sample("acars_oooi_off_only"), plans=(PLAN,), at=AFTER)[1][0].waiting == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("FI AM0905/AN .XX-XXX/DA MMMX/AD MMUN/OT 1334", "unknown_registration"),
        ("FI AM0905/DA MMMX/AD MMUN/OT 1334", "no_registration"),
        ("FI AM0905/AN XA-MAZ/DA ZZZZ/AD MMUN/OT 1334", "bad_airport"),
        ("FI AM0905/AN XA-MAZ/DA MMMX/OF 2575/OT 1334", "bad_time"),
        ("FI AM0905/AN XA-MAZ/DA MMMX/QQ 7/OT 1334", "unknown_element"),
    ],
)
def test_what_is_odd_in_a_line_of_a_provider_is_named_and_the_rest_is_read(line, code):
    message = read(f"QU MEXOOAM\n.DDLXCXA 221353\nDEP\n{line}\nDT DDL MEX 221353 M14A\n")
    assert code in codes(message)
    assert [kind for kind, *_ in events(message)] == ["OUT"]


def test_a_departed_leg_of_aidx_says_what_the_other_messages_say():
    message = read(aidx("aidx_01_departed"))
    assert events(message) == [
        ("OUT", "22 13:34", "MEX", False), ("OFF", "22 13:52", "MEX", False),
        ("ON", "22 15:42", "CUN", True), ("IN", "22 15:49", "CUN", True),
    ]  # fmt: skip
    assert (message.passengers, message.registration, message.flight_date) == (168, "XAMAZ", date(2026, 11, 22))
    assert [(delay.code, delay.minutes) for delay in message.delays] == [("62", 4)]


def test_a_cancelled_and_a_diverted_leg_become_their_events():
    sent, _ = told(aidx("aidx_02_cancelled"))
    assert [(event["event_type"], event["source"]) for event in sent] == [("cancel", "ops_event")]
    back, _ = told(aidx("aidx_02_cancelled").replace(">DX<", ">SQ<"))
    assert [event["event_type"] for event in back] == ["reinstate"]
    sent, [tally] = told(aidx("aidx_03_diverted"))
    assert [(event["event_type"], event.get("diverted_to")) for event in sent] == [("divert", "MID"), ("out", None)]
    assert tally.findings["not_yet"] == 1


def two_legs():
    text = aidx("aidx_01_departed")
    first = text.index("  <FlightLeg>")
    last = text.index("</IATA_AIDX")
    return text[:last] + text[first:last].replace("<FlightNumber>905<", "<FlightNumber>0<") + text[last:]


def test_every_leg_of_a_document_is_a_message_of_its_own_and_one_that_names_no_flight_stops_no_other():
    found = list(parse_all(two_legs().splitlines(keepends=True), AFTER))
    assert [message.error.code if isinstance(message, Unreadable) else str(message.flight) for message in found] == [
        "AM905",
        "bad_flight",
    ]
    assert isinstance(found[0], Message)
    assert events(read(found[0].raw)) == events(found[0])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<html><body>404</body></html>", "other_xml"),
        ("<?xml version='1.0'?><AIDX/>", "other_xml"),
        ("<IATA_AIDX_FlightLegNotifRQ><FlightLeg>", "bad_xml"),
        ("<!DOCTYPE a [<!ENTITY b 'bb'>]><IATA_AIDX_FlightLegNotifRQ>&b;</IATA_AIDX_FlightLegNotifRQ>", "bad_xml"),
        ("<IATA_AIDX_FlightLegNotifRQ/>", "no_legs"),
        ("<IATA_AIDX_FlightLegNotifRQ><FlightLeg/></IATA_AIDX_FlightLegNotifRQ>", "no_flight"),
    ],
)
def test_a_document_that_is_none_is_refused_with_a_reason(text, code):
    [message] = parse_all([text], AFTER)
    assert isinstance(message, Unreadable)
    assert (message.format, message.error.code) == ("aidx", code)


def test_times_without_a_zone_are_utc_with_a_finding_and_other_zones_are_converted():
    text = aidx("aidx_01_departed").replace("2026-11-22T13:34:00Z", "2026-11-22T13:34:00")
    message = read(text.replace("2026-11-22T13:52:00Z", "2026-11-22T07:52:00-06:00"))
    assert events(message)[:2] == [("OUT", "22 13:34", "MEX", False), ("OFF", "22 13:52", "MEX", False)]
    assert codes(message) == ["no_zone"]


@pytest.mark.parametrize("name", ["aidx_01_departed", "aidx_02_cancelled"])
def test_the_door_takes_a_document_and_the_typed_step_has_its_legs(name):
    s3 = FakeS3()
    outcome = send(s3, aidx(name).encode(), f"partner/messages/{name}.xml", "2026-11-22T18:00:00.000Z", doors=_doors())
    assert outcome["status"] == "accepted"
    [key] = [key for key in s3.keys(RAW, "partner/messages/dt=") if "_arrivals" not in key]
    [row] = judged(find("partner/messages"), gzip.decompress(s3.body(RAW, key)), date(2026, 11, 22))
    assert (row["reason"], row["message_format"], row["flight_number"]) == (None, "aidx", 905)
    assert row["is_cancelled"] == (True if name == "aidx_02_cancelled" else None)


@pytest.mark.parametrize(
    ("times", "said", "code"),
    [
        ("OT 1334/OT 1344/OF 1352", ["22 13:44", "22 13:52"], "said_twice"),
        ("OT 1334/OF 1325", ["22 13:34", "23 13:25"], "not_yet"),
    ],
)
def test_times_of_an_aircraft_that_contradict_each_other_are_named(times, said, code):
    line = f"FI AM0905/AN XA-MAZ/DA MMMX/AD MMUN/{times}"
    message = read(f"QU MEXOOAM\n.DDLXCXA 221353\nDEP\n{line}\nDT DDL MEX 221353 M14A\n")
    assert [when for _, when, *_ in events(message)] == said
    assert code in codes(message)


OUT = '<OperationTime OperationQualifier="OFB" CodeContext="9750" TimeType="ACT" RepeatIndex="1">{}</OperationTime>'
OUT_AT = "2026-11-22T13:34:00Z"
PAX = '<CabinClass Class="7"><PaxCount Qualifier="70A" Usage="Actual">168</PaxCount></CabinClass>'


def out_and_codes(old: str, new: str) -> tuple[list[str], list[str]]:
    text = aidx("aidx_01_departed")
    assert old in text
    message = read(text.replace(old, new, 1))
    return [when for kind, when, *_ in events(message) if kind == "OUT"], codes(message)


@pytest.mark.parametrize(
    "written", ["2026-11-22", "20261122", "2026-W47-7", "2026-11-22T13Z", "1334", "２０２６-11-22T13:34Z"]
)
def test_a_time_of_aidx_is_a_date_and_a_clock_time_or_none(written):
    assert out_and_codes(OUT_AT, written) == ([], ["bad_time"])


@pytest.mark.parametrize("order", [(("13:34", 1), ("13:44", 2)), (("13:44", 2), ("13:34", 1))])
def test_the_last_repeat_of_a_time_counts_wherever_it_stands(order):
    text = OUT.format(OUT_AT)
    twice = "".join(text.replace("13:34", at).replace('"1"', f'"{number}"') for at, number in order)
    assert out_and_codes(text, twice) == (["22 13:44"], ["said_twice"])


@pytest.mark.parametrize(
    ("classes", "passengers", "named"),
    [
        (PAX + PAX, 168, []),
        (PAX + PAX.replace('"7"', '"1"'), 336, []),
        (PAX + PAX.replace("168", "118"), None, ["bad_passengers"]),
        *((PAX.replace("168", odd), None, ["bad_passengers"]) for odd in ("-168", "1168", "1,68", "１６８", "")),
    ],
)
def test_passengers_of_a_class_count_once_or_are_unknown_with_a_finding(classes, passengers, named):
    message = read(aidx("aidx_01_departed").replace(PAX, classes, 1))
    assert (message.passengers, codes(message)) == (passengers, named)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("PT4M", "-PT4M", "bad_delay"), ("PT4M", "4", "bad_delay"),
        ("<OriginDate>2026-11-22", "<OriginDate>2026-11-221", "no_date"),
        ("<OriginDate>2026-11-22", "<OriginDate>2026-W47-7", "no_date"),
        ("<AircraftInfo>", "<AircraftInfo><Registration>XAA</Registration></AircraftInfo><AircraftInfo>", "said_twice"),
        (">AB<", ">DX</OperationalStatus><OperationalStatus>SQ<", "said_twice"),
    ],
)  # fmt: skip
def test_a_value_of_aidx_that_is_not_understood_is_named(old, new, code):
    assert out_and_codes(old, new) == (["22 13:34"], [code])


def test_a_leg_of_aidx_with_its_data_twice_is_refused():
    text = aidx("aidx_01_departed").replace("</FlightLeg>", "<LegData></LegData></FlightLeg>")
    [refused] = parse_all([text], AFTER)
    assert isinstance(refused, Unreadable)
    assert "more than once" in str(refused.error)


EXPECTED = 'TimeType="EST" RepeatIndex="1">2026-11-22T15:42:00Z</OperationTime>'
ON = f'<OperationTime OperationQualifier="TDN" CodeContext="9750" {EXPECTED}'


@pytest.mark.parametrize(
    ("times", "expected", "named"),
    [
        ({"EST": "15:42"}, "22 15:42", []),
        ({"TAR": "15:30"}, "22 15:30", []),
        ({"TAR": "15:42", "EST": "15:42"}, "22 15:42", []),
        ({"EST": "15:42", "TAR": "15:30"}, "22 15:42", ["several_estimates"]),
        ({"TAR": "15:30", "CAL": "15:38"}, "22 15:38", ["several_estimates"]),
        ({"CAL": "15:38", "EST": "15:42", "TAR": "15:30"}, "22 15:42", ["several_estimates", "several_estimates"]),
        ({"EST": "15:42", "XYZ": "15:30"}, "22 15:42", ["unknown_time_type"]),
        ({"": "15:30"}, None, ["unknown_time_type"]),
        ({"act": "15:30"}, None, ["unknown_time_type"]),
        ({"SCT": "15:30"}, None, []),
    ],
)
def test_of_several_estimates_the_estimate_counts_before_the_calculation_and_the_target(times, expected, named):
    written = "".join(ON.replace("EST", kind).replace("15:42", at) for kind, at in times.items())
    text = aidx("aidx_01_departed")
    assert ON in text
    message = read(text.replace(ON, written, 1))
    assert [when for kind, when, *_ in events(message) if kind == "ON"] == ([expected] if expected else [])
    assert codes(message) == named
