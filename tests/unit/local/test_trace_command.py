"""`aero trace`: a small published version and its lake, from the number to objects of the raw zone."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from aero_assets.defs.published.export import Publisher, Relation
from aero_assets.lake import LakeCopy
from aero_assets.manifests import ArrivalManifest, TypedFile
from aero_assets.published import PublishedCopy
from aero_assets.trace import way_back
from aero_assets.trace.numbers import Figure, Question, TraceError, mart_of, trace_number
from aero_assets.trace.objects import RawObject, look_up
from aero_assets.trace.records import merged_legs
from aero_cli import trace_text
from aero_cli.commands import trace
from aero_local.errors import AeroError
from aero_streaming.merge import merge, winners
from tests.dbt.typed_lake import AIRLINE, FOURTH, airline_leg, write
from tests.fakes import FolderBucket, drop
from tests.golden import merge_cases
from tests.unit.local.test_cli import aero

ON = date.fromisoformat(FOURTH)
ARRIVED = datetime(2015, 1, 5, 6, 30, tzinfo=UTC)
#: Flight number → what its row says: on time, 20 minutes late, cancelled, diverted.
FATES: dict[int, dict[str, Any]] = {
    100: {},
    101: {"arr": 20},
    102: {"dep": None, "arr": None, "is_cancelled": True, "cancellation_code": "B", "tail": None},
    103: {"arr": None, "is_diverted": True},
}
#: The work of dbt for these legs: their rows as they are, with the delays that the rows were made of.
FCT_LEG = """
    select *, origin || '-' || destination as route, 4 as std_local_hour, 1 as attempts,
           not is_cancelled as is_operated, true as is_departure_due, true as is_arrival_due,
           datediff('minute', sta_at, in_at) as arrival_delay_minutes,
           datediff('minute', std_at, out_at) as departure_delay_minutes
    from read_parquet('{lake}/typed/partner/airline_legs/*/arrived=2015-01-05-*.parquet', hive_partitioning = true,
                      hive_types = {{'operating_date': date}})
"""
FCT_ROUTE_DAY = """
    select operating_date, origin, destination, route, 4 as scheduled_legs, {on_time} as a14_on_time_legs,
           3 as arr_tracked_legs
    from operations.fct_leg limit 1
"""


@pytest.fixture
def home(tmp_path):
    """A raw zone with one file, its typed rows (one of them sent again with a correction), and the published marts."""
    raw, lake = FolderBucket(tmp_path / "raw"), FolderBucket(tmp_path / "lake")
    receipt = drop(raw, AIRLINE, f"{AIRLINE.path}/legs.csv", b"a\nb\n", ARRIVED)
    [key] = receipt.body_keys(raw, AIRLINE)
    rows = [
        airline_leg(number, fate.get("dep", 0), fate.get("arr", 0), raw_ref=f"{key}#{line}", **other(fate))
        for line, (number, fate) in enumerate(FATES.items(), 2)
    ]
    write(tmp_path / "lake", rows, "2015-01-05-0aaa0aaa0aaa", AIRLINE)
    before = airline_leg(101, arr=90, version=0, raw_ref=f"{key}#9", received_at=datetime(2015, 1, 4))  # noqa: DTZ001
    write(tmp_path / "lake", [before], "2015-01-04-0bbb0bbb0bbb", AIRLINE)
    for path in sorted((tmp_path / "lake" / "typed").rglob("*.parquet")):
        typed = TypedFile(f"{path.relative_to(lake.root)}", "", FOURTH, pq.read_metadata(path).num_rows)
        ArrivalManifest(AIRLINE.path, path.name[8:18], "level", (typed,)).save(lake)
    return SimpleNamespace(raw=raw, lake=lake, key=key, root=tmp_path, receipt=receipt)


def other(fate):
    """Everything that a fate says beside the delays."""
    return {name: value for name, value in fate.items() if name not in ("dep", "arr")}


def published(home, on_time=1):
    """Publish the marts, one of them with so many legs on time."""
    with duckdb.connect() as warehouse:
        warehouse.execute("create schema operations")
        warehouse.execute(f"create table operations.fct_leg as {FCT_LEG.format(lake=home.lake.root)}")
        marts = [
            Relation("operations.fct_leg", "from operations.fct_leg", "Legs. One row per leg."),
            Relation("operations.fct_route_day", FCT_ROUTE_DAY.format(on_time=on_time), "Days. One row per route."),
        ]
        bucket = FolderBucket(home.root / "published")
        Publisher(bucket, home.root / "scratch").publish(warehouse, marts, level="x", now=datetime.now(UTC))
    return PublishedCopy(home.root / "copy", bucket).pull()


def traced(home, snapshot, **only):
    """Trace the route of the day as the command does."""
    with snapshot.connect() as connection:
        question = Question("fct_route_day", "otp_a14", ON, only)
        number = trace_number(connection, snapshot.manifest, question)
        rows = way_back.published_rows(connection, (leg.leg_uid for leg in number.legs), ON)
    legs = merged_legs(LakeCopy(home.lake.root, home.lake), ON, rows, home.root / "fetched")
    objects = look_up(home.raw, (record.raw_ref for leg in legs.values() for record in leg.records))
    return number, way_back.Ways(legs, objects, rows)


def test_a_number_is_the_legs_that_make_it(home):
    number, _ = traced(home, published(home), route=["MEX-CUN"])
    assert (float(number.value), number.differences, number.mart_rows) == (pytest.approx(1 / 3), [], 1)
    assert {leg.names["flight_number"]: (leg.over, leg.under) for leg in number.legs} == {
        100: (1, 1), 101: (0, 1), 102: (0, 0), 103: (0, 1),
    }  # fmt: skip
    assert {leg.names["flight_number"]: leg.columns["arrival_delay_minutes"] for leg in number.legs}[101] == 20


def test_a_leg_is_the_record_that_won_and_the_file_it_came_in(home):
    number, ways = traced(home, published(home))
    [uid] = [leg.leg_uid for leg in number.legs if leg.names["flight_number"] == 101]
    won, before = ways.legs[uid].records
    assert (won.state, before.state, before.wins) == ("counts", "earlier", [])
    assert {"in_at", "tail", "seats"} <= set(won.wins)
    assert ways.objects == {
        home.key: RawObject(home.key, True, 4, "2015-01-05T06:30:00Z", home.receipt.receipt_key(AIRLINE), "legs.csv")
    }
    assert ways.missing == []


def test_a_terminal_shows_number_legs_records_and_places(home, capsys):
    snapshot = published(home)
    number, ways = traced(home, snapshot, route=["MEX-CUN"])
    counting = [leg for leg in number.legs if leg.counts]
    trace_text.print_number(number, snapshot, counting, len(counting))
    for leg in counting:
        trace_text.print_leg(leg.leg_uid, trace_text.called(leg.names), ways)
    trace._end(ways, number.differences)
    lines = capsys.readouterr().out
    assert "otp_a14 of operations.fct_route_day, route MEX-CUN, 2015-01-04: 33.3 %" in lines
    assert "3 of 4 legs count" in lines
    assert f"{home.key}#3 (there, 4 bytes, arrived 2015-01-05T06:30:00Z as legs.csv)" in lines
    assert "1 more records won no field" in lines


def test_a_program_gets_every_field_with_its_record(home):
    number, ways = traced(home, published(home))
    uid = number.legs[0].leg_uid
    told = way_back.leg_json(uid, ways)
    assert told["fields"]["tail"] == {
        "value": "XA100", "source": "partner_file", "event_id": told["records"][0]["event_id"]
    }  # fmt: skip
    assert told["records"][0]["object"]["is_there"] is True
    assert told["differs"] == {}


def test_a_raw_object_that_is_gone_is_an_error_that_names_it(home):
    snapshot = published(home)
    home.raw.delete([home.key])
    _, ways = traced(home, snapshot)
    assert ways.missing == [home.key]
    with pytest.raises(AeroError, match=f"{home.key} is missing in the raw zone"):
        trace._end(ways, [])


def test_a_mart_that_its_legs_do_not_add_up_to_is_an_error(home):
    number, ways = traced(home, published(home, on_time=2))
    assert number.value == pytest.approx(2 / 3)
    with pytest.raises(AeroError, match=r"a14_on_time_legs is 2 in operations\.fct_route_day and 1 over its legs"):
        trace._end(ways, number.differences)


def test_a_lake_that_is_newer_than_the_version_says_which_field_differs(home, capsys):
    snapshot = published(home)
    later = airline_leg(100, version=2, dep=0, arr=45, received_at=datetime(2015, 1, 6))  # noqa: DTZ001
    write(home.lake.root, [later], "2015-01-06-0ccc0ccc0ccc", AIRLINE)
    key = f"typed/{AIRLINE.path}/operating_date={FOURTH}/arrived=2015-01-06-0ccc0ccc0ccc.parquet"
    ArrivalManifest(AIRLINE.path, "2015-01-06", "level", (TypedFile(key, "", FOURTH, 1),)).save(home.lake)
    number, ways = traced(home, snapshot)
    trace_text.print_leg(number.legs[0].leg_uid, "AM100", ways)
    assert "in_at is 2015-01-04 12:00:00 in this version, 2015-01-04 12:45:00 by the lake" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("only", "on", "message"),
    [
        ({"route": ["MEX-XXX"]}, ON, "has 1 rows of 2015-01-04, and none of route MEX-XXX"),
        ({}, date(2015, 2, 1), "has no row of 2015-02-01; its operating dates are 2015-01-04 to 2015-01-04"),
    ],
)
def test_a_question_without_data_says_what_there_is(home, only, on, message):
    snapshot = published(home)
    with snapshot.connect() as connection, pytest.raises(TraceError, match=message) as raised:
        trace_number(connection, snapshot.manifest, Question("fct_route_day", "otp_a14", on, only))
    assert not raised.value.is_usage


@pytest.mark.parametrize(
    ("mart", "metric", "only", "message"),
    [
        ("fct_day", "otp_a14", {}, r"No published table is called fct_day\. Marts .*: fct_leg, fct_route_day\."),
        ("fct_route_day", "cause_minutes", {}, r"fct_route_day has no cause_minutes"),
        ("fct_route_day", "otp_a14", {"carrier": ["AM"]}, "has no column carrier that legs have too"),
    ],
)
def test_a_question_that_a_mart_cannot_answer_says_what_can_be_asked(home, mart, metric, only, message):
    snapshot = published(home)
    with snapshot.connect() as connection, pytest.raises(TraceError, match=message) as raised:
        trace_number(connection, snapshot.manifest, Question(mart, metric, ON, only))
    assert raised.value.is_usage


def test_a_figure_that_the_mart_has_no_column_of_is_counted_from_its_legs(home):
    snapshot = published(home)
    with snapshot.connect() as connection:
        number = trace_number(connection, snapshot.manifest, Question("fct_route_day", "operated_legs", ON))
    assert (number.value, number.in_mart) == (3, {"operated_legs": None})
    assert mart_of(snapshot.manifest, "operations.fct_leg", Figure.named("otp_a14")).name == "operations.fct_leg"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["fct_route_day", "--metric", "otp", "--date", FOURTH], "The register of figures has no otp"),
        (["fct_route_day", "--metric", "tarmac", "--date", FOURTH], "tarmac is no figure of sums"),
        (["fct_route_day", "--metric", "otp_a14_change", "--date", FOURTH], "trace that figure on both days"),
        (["fct_route_day"], "name --metric and --date"),
        (["fct_route_day", "--leg", "0" * 32], "choose legs of fct_leg"),
        (["fct_leg", "--leg", "AM905"], "32 hexadecimal digits"),
        (["fct_leg", "--flight", "AM905"], "with its --date"),
        (["fct_leg", "--flight", "flight 905", "--date", FOURTH], "--flight is carrier and number"),
    ],
)
def test_wrong_use_is_a_sentence_and_exit_code_2(capsys, words, message):
    code, _, error = aero(capsys, "trace", *words)
    assert code == 2
    assert message in " ".join(error.replace("│", " ").split())


def test_objects_of_events_and_of_the_extract_have_their_hour_and_their_commit(tmp_path):
    raw = FolderBucket(tmp_path)
    event, part = "ops/leg_events/dt=2015-01-04/hh=07/x.gz", "opsdb/legs/dt=2015-01-04/hh=08/r-part-00000.json.gz"
    commit = "opsdb/_extracts/dt=2015-01-04/w.json"
    raw.write(event, b"1")
    raw.write(part, b"22")
    raw.write_json(commit, {"tables": {"legs": {"parts": [part]}}})
    raw.write("nobody/nothing/x", b"333")
    objects = look_up(raw, [f"s3://bucket/{event}#4", f"{part}#1", "ops/leg_events/gone#1", "nobody/nothing/x#1", ""])
    assert objects[event] == RawObject(event, True, 1, "2015-01-04T07:00:00Z")
    assert objects[part] == RawObject(part, True, 2, "2015-01-04T08:00:00Z", commit)
    assert objects["nobody/nothing/x"] == RawObject("nobody/nothing/x", True, 3)
    assert [key for key, item in objects.items() if not item.is_there] == ["ops/leg_events/gone"]


@pytest.mark.parametrize("case", merge_cases(), ids=lambda case: case.name)
def test_the_winner_of_a_field_states_its_value(case):
    leg, won = merge(case.facts, case.departure_policy), winners(case.facts, case.departure_policy)
    for name, fact in won.items():
        field = name if fact["is_actual"] or f"estimated_{name}" not in leg else f"estimated_{name}"
        alone: dict[str, Any] = {**fact, "attempt": 1}
        assert merge([alone])[field] == leg[field]
    assert {name for name, value in leg.items() if value is not None} - set(won) <= {
        "leg_uid", "attempts", "last_out_at", *(name for name in leg if name.startswith("estimated_")),
    }  # fmt: skip
