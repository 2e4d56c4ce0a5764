"""Replay: the events of real flights merge to the very legs that the typed step makes of their file."""

import csv
import gzip
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aero_airline.leg_life import minute_text
from aero_assets.feeds import find
from aero_cli.inputs import feed_of
from aero_local.errors import AeroError
from aero_local.live import replay
from aero_streaming.events import parse, to_facts, to_json
from aero_streaming.events.schema import json_schema
from aero_streaming.merge import merge

DAYS = (date(2015, 1, 1), date(2015, 1, 2))
TIMES = ("std_at", "sta_at", "out_at", "off_at", "on_at", "in_at")
AS_THEY_ARE = (
    "destination", "tail", "distance_miles", "std_utc_offset_minutes", "sta_utc_offset_minutes", "is_cancelled",
    "cancellation_code", "is_diverted", *replay.CAUSES,
)  # fmt: skip
HEADER = (
    "YEAR,MONTH,DAY,DAY_OF_WEEK,AIRLINE,FLIGHT_NUMBER,TAIL_NUMBER,ORIGIN_AIRPORT,DESTINATION_AIRPORT,"
    "SCHEDULED_DEPARTURE,DEPARTURE_TIME,DEPARTURE_DELAY,TAXI_OUT,WHEELS_OFF,SCHEDULED_TIME,ELAPSED_TIME,AIR_TIME,"
    "DISTANCE,WHEELS_ON,TAXI_IN,SCHEDULED_ARRIVAL,ARRIVAL_TIME,ARRIVAL_DELAY,DIVERTED,CANCELLED,CANCELLATION_REASON,"
    "AIR_SYSTEM_DELAY,SECURITY_DELAY,AIRLINE_DELAY,LATE_AIRCRAFT_DELAY,WEATHER_DELAY"
)


@pytest.fixture(scope="module")
def flights(real_bts):
    return replay.read(real_bts)


@pytest.fixture(scope="module")
def sample(flights):
    """Every fiftieth leg, and every one that was cancelled or diverted."""
    odd = [leg for n, leg in enumerate(flights.legs) if n % 50 == 0 or leg["is_cancelled"] or leg["is_diverted"]]
    return replay.Flights(tuple(odd), 0)


def leg_of(row) -> dict:
    """A typed row as the merge writes legs."""
    times = {name: minute_text(row[name]) for name in TIMES}
    return {"leg_uid": row["leg_uid"], "attempts": 1, **times, **{name: row[name] for name in AS_THEY_ARE}}


def test_every_record_of_the_real_file_is_a_flight(flights):
    assert (len(flights.legs), flights.refused) == (30_691, 0)
    assert [len(flights.on(day).legs) for day in DAYS] == [13_950, 16_741]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_events_of_real_legs_merge_to_their_typed_rows(flights, day):
    """Every leg that was cancelled or diverted, and every fourth of the others: all of them took forty seconds."""
    day_legs = enumerate(flights.on(day).legs)
    legs = [row for n, row in day_legs if n % 4 == 0 or row["is_cancelled"] or row["is_diverted"]]
    facts = to_facts(replay.events(replace(flights, legs=tuple(legs)), seed=7))
    assert len(facts) == len(legs)
    for row in legs:
        made, expected = merge(facts[row["leg_uid"]]), leg_of(row)
        assert {name: made[name] for name in expected} == expected


def test_every_event_is_read_as_it_was_sent_and_valid_against_the_schema(sample):
    validator = Draft202012Validator(json_schema())
    for number, event in enumerate(replay.events(sample, seed=7)):
        assert parse(to_json(event)) == event
        if number % 10 == 0:
            validator.validate(event)


def test_events_come_in_order_of_receipt_and_none_before_it_happened(sample):
    played = list(replay.events(sample, seed=7))
    assert all(earlier["received_at"] <= other["received_at"] for earlier, other in pairwise(played))
    assert all(event["event_time"] <= event["received_at"] for event in played)


def test_the_same_seed_plays_the_same_and_the_order_of_the_file_does_not_matter(sample):
    backwards = replay.Flights(sample.legs[::-1], 0)
    assert list(replay.events(backwards, seed=7)) == list(replay.events(sample, seed=7))
    assert list(replay.events(sample, seed=8)) != list(replay.events(sample, seed=7))


@given(data=st.data())
@settings(deadline=None, max_examples=25)
def test_permutation_and_repetition_change_no_real_leg(sample, data):
    row = data.draw(st.sampled_from(sample.legs))
    events = list(replay.events(replay.Flights((row,), 0), seed=7))
    again = data.draw(st.lists(st.sampled_from(events), max_size=5))
    later = [event | {"received_at": "2031-01-01T00:00:00Z"} for event in again]
    [facts] = to_facts(data.draw(st.permutations([*events, *again, *later]))).values()
    made = merge(facts)
    assert {name: made[name] for name in leg_of(row)} == leg_of(row)


def test_a_day_has_every_kind_of_event_that_the_file_knows_of(sample):
    kinds = Counter(event["event_type"] for event in replay.events(sample, seed=7))
    assert kinds.keys() == {"schedule", "estimate", "out", "off", "on", "in", "delay_codes", "cancel", "divert"}
    assert kinds["cancel"] == sum(leg["is_cancelled"] for leg in sample.legs)
    assert kinds["divert"] == sum(leg["is_diverted"] for leg in sample.legs)


GOOD = "2015,1,1,4,AS,98,N407AS,ANC,SEA,0005,2354,-11,21,0015,205,194,169,1448,0404,4,0430,0408,-22,0,0,,,,,,"


def test_a_refused_record_plays_no_part_and_a_repeated_one_plays_once(tmp_path):
    file = tmp_path / "flights.csv"
    file.write_text("\n".join((HEADER, GOOD, GOOD, GOOD.replace("ANC", "ZZZ"))) + "\n")
    flights = replay.read(file)
    assert (len(flights.legs), flights.refused) == (1, 1)
    played = list(replay.events(flights, seed=1))
    assert {event["event_type"] for event in played} >= {"schedule", "out", "off", "on", "in"}
    [schedule] = [event for event in played if event["event_type"] == "schedule"]
    assert schedule["event_time"] == f"{date(2015, 1, 1) - timedelta(days=1)}T12:00:00Z"


@pytest.mark.parametrize(
    ("name", "body", "complaint"),
    [
        ("other.csv", b"A,B\n1,2\n", "is no file of partner/bts_ontime"),
        ("other.csv.gz", b"not gzipped", "is no file of partner/bts_ontime"),
        ("latin.csv", "año\n".encode("latin-1"), "cannot be read"),
        ("cut.csv.gz", gzip.compress(HEADER.encode() * 100, mtime=0)[:40], "cannot be read"),
    ],
    ids=["other", "not gzipped", "not UTF-8", "cut off"],
)
def test_a_file_of_something_else_is_refused_with_what_is_wanted(tmp_path, name, body, complaint):
    file = tmp_path / name
    file.write_bytes(body)
    with pytest.raises(AeroError, match=complaint):
        replay.read(file)


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(AeroError, match="cannot be read"):
        replay.read(tmp_path / "missing.csv.gz")


NEEDED = ("YEAR", "MONTH", "DAY", "AIRLINE", "FLIGHT_NUMBER", "ORIGIN_AIRPORT", "DESTINATION_AIRPORT",
          "SCHEDULED_DEPARTURE")  # fmt: skip
STATES = ("is_cancelled", "is_diverted")


@pytest.mark.parametrize("more", [
    (), ("DEPARTURE_DELAY",), ("DEPARTURE_TIME", "TAIL_NUMBER"), ("ARRIVAL_DELAY",), ("ARRIVAL_TIME", "WHEELS_ON"),
    ("SCHEDULED_ARRIVAL",), ("SCHEDULED_TIME", "ARRIVAL_DELAY"), ("CANCELLED",), ("DIVERTED", "WHEELS_OFF"),
    ("SCHEDULED_ARRIVAL", "DEPARTURE_DELAY", "AIR_TIME"), ("DISTANCE", "TAXI_OUT"),
], ids=",".join)  # fmt: skip
def test_a_file_that_leaves_columns_out_is_played_and_merges_to_what_it_has(real_bts, tmp_path, more):
    kept = (*NEEDED, *more)
    with gzip.open(real_bts, "rt", newline="") as packed:
        records = [
            record for n, record in enumerate(csv.DictReader(packed)) if n % 150 == 0 or record["CANCELLED"] == "1"
        ]
    file = tmp_path / "thin.csv"
    with file.open("w", newline="") as body:
        writer = csv.DictWriter(body, kept, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(records)
    flights = replay.read(file)
    assert (len(flights.legs), flights.refused) == (len(records), 0)
    facts = to_facts(replay.events(flights, seed=7))
    for row in flights.legs:
        # The plan says that a flight is neither cancelled nor diverted; a file may leave that open.
        made, expected = merge(facts[row["leg_uid"]]), leg_of({**row, **{name: bool(row[name]) for name in STATES}})
        assert {name: made[name] for name in expected} == expected


@pytest.mark.parametrize("packed", ["plain.csv", "packed.csv.gz", "month.zip"])
def test_a_file_in_the_layout_of_another_publisher_is_found_and_played(tmp_path, packed):
    feed = find("partner/bts_ontime")
    columns = list(reversed(feed.header))
    names = [feed.layout.also_called.get(name, (name.lower(),))[0] for name in columns]
    record = dict(zip(feed.header, next(csv.reader([GOOD])), strict=True))
    text = f"{','.join(names)},\n{','.join(record[name] for name in columns)},\n".encode()
    file = tmp_path / packed
    if file.suffix == ".zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("month.csv", text)
            archive.writestr("readme.html", "<p>")
    else:
        file.write_bytes(gzip.compress(text) if file.suffix == ".gz" else text)
    own = tmp_path / "own.csv"
    own.write_text(f"{HEADER}\n{GOOD}\n")
    assert feed_of(file) == feed.path
    [leg], [same] = replay.read(file).legs, replay.read(own).legs
    of_the_file = ("event_id", "raw_ref", "raw_key", "record")
    assert {name: leg[name] for name in leg if name not in of_the_file} == {
        name: same[name] for name in same if name not in of_the_file
    }
