"""Records of a schedule that contradict each other: the gateway tells the legs that the typed step keeps, no other."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_assets.defs.typed import contradictions, rows
from aero_assets.feeds import find
from aero_assets.partitions import FIRST_OPERATING_DATE
from aero_assets.zones import station_offset
from aero_ingest.schedule_events import PASSENGER_SERVICES, identity, statement
from aero_ingest.ssim import read
from aero_ingest.ssim_legs import expand
from aero_ingest.ssim_records import LegRecord
from tests.judging import judged
from tests.unit.ingest.message_samples import REFERENCE
from tests.unit.ingest.test_gateway import SCHEDULE, World

FEED = find("partner/ssim")
LINES = SCHEDULE.splitlines()
LEGS = [line for line in LINES if line.startswith("3")]
#: Places in which a record contradicts another record of the file about the same legs.
CHANGES = {
    "nothing": lambda line: line,
    "its serial": lambda line: f"{line[:194]}000077",
    "its itinerary variation": lambda line: f"{line[:9]}99{line[11:]}",
    "other days": lambda line: f"{line[:28]}1 3 5  {line[35:]}",
    "another aircraft": lambda line: f"{line[:72]}788{line[75:]}",
    "another arrival": lambda line: f"{line[:57]}2359{line[61:]}" if line[57:61] != "2359" else line,
    "another service": lambda line: f"{line[:13]}F{line[14:]}",
    "sold only": lambda line: f"{line[:148]}L{line[149:]}",
    "another carrier": lambda line: f"{line[:2]}5D {line[5:]}",
}


def schedule(records: list[str]) -> str:
    """Return the sample with other records of legs."""
    head = [line for line in LINES if line.startswith(("1", "2"))]
    return "".join(f"{line}\n" for line in [*head, *records, *(line for line in LINES if line.startswith("5"))])


def kept(text: str) -> set[tuple]:
    """Return the legs around the arrival that the typed step keeps and that fly passengers."""
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        file = Path(folder) / "body"
        file.write_bytes(gzip.compress(text.encode("ascii"), 1))
        rows.prepare(connection)
        rows.add_lines(connection, file, "raw/key", REFERENCE, FEED)
        rows.judge(connection, FEED, FIRST_OPERATING_DATE, REFERENCE.date() + timedelta(days=FEED.max_days_ahead))
        contradictions.settle(connection, FEED)
        found = connection.execute(
            "select carrier, flight_number, origin, operating_date, std_at, sta_at, aircraft_type from judged "
            "where reason is null and is_operated and service_type in ? and operating_date between ? and ?",
            [[*PASSENGER_SERVICES], *((REFERENCE + timedelta(days=days)).date() for days in (-3, 3))],
        ).fetchall()
    return {(*row[:3], f"{row[3]}", *(moment.replace(tzinfo=UTC) for moment in row[4:6]), row[6]) for row in found}


def told(text: str) -> set[tuple]:
    """Return the legs that the gateway tells of the same file."""
    world = World()
    tally = world.take(text)
    assert tally.messages == tally.accepted + len(tally.put_aside)
    names = ("carrier", "flight_number", "origin", "operating_date", "std_at", "sta_at", "aircraft_type")
    return {
        tuple(datetime.fromisoformat(event[name]) if name.endswith("_at") else event[name] for name in names)
        for event in world.sent
    }


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(LEGS) - 1), st.lists(st.sampled_from(sorted(CHANGES)), max_size=2)),
        min_size=1, max_size=7,
    )
)  # fmt: skip
def test_the_gateway_tells_the_legs_that_the_typed_step_keeps_and_no_other(records):
    lines = []
    for number, changes in records:
        line = LEGS[number]
        for name in changes:
            line = CHANGES[name](line)
        lines.append(line)
    text = schedule(lines)
    assert told(text) == kept(text)


@pytest.mark.parametrize("change", ["another aircraft", "another arrival", "another service", "sold only"])
def test_of_two_records_that_differ_none_is_told_and_both_are_put_aside_with_lines_and_fields(change):
    world = World()
    tally = world.take(schedule([LEGS[0], CHANGES[change](LEGS[0]), *LEGS[1:]]))
    flight = int(LEGS[0][5:9])
    assert flight not in {event["flight_number"] for event in world.sent if event["origin"] == LEGS[0][36:39]}
    assert {aside.reason for aside in tally.put_aside} == {"contradictory_rows"}
    assert len(tally.put_aside) == 2
    assert "lines 3, 4 of this file are the same leg and differ in " in tally.put_aside[0].message


def test_what_differs_on_some_days_only_is_told_on_the_others():
    world = World()
    tally = world.take(schedule([LEGS[0], CHANGES["other days"](CHANGES["another aircraft"](LEGS[0]))]))
    days = {datetime.fromisoformat(event["operating_date"]).isoweekday() for event in world.sent}
    assert days == {2, 4, 6, 7}
    assert len(tally.put_aside) == 2


def test_legs_are_told_apart_and_compared_by_what_the_register_names():
    record = next(record for record in read(SCHEDULE.splitlines()) if isinstance(record, LegRecord))
    leg = expand(record, station_offset)[0]
    row = judged(FEED, SCHEDULE)[0]
    told_apart = [value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in identity(leg)]
    assert told_apart == [row[name] or "" for name in FEED.identity]
    # The last three are the same in every row of this feed.
    aside = {*FEED.identity, *contradictions.WHENCE, "attempt", "is_actual", "version"}
    assert set(statement(leg)) == {column.name for column in FEED.columns} - aside
    assert FEED.contradiction == "refuse"
