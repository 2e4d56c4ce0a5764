"""The airline's own writer and the hours that a demo asks for. That its commits are Spark's: tests/platform."""

import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from aero_airline import Airline
from aero_assets.extracts import AIRLINE_NOTE
from aero_cli.demo import database
from aero_cli.demo.database import Asked, Extracted, Hours
from aero_cli.inputs import Input
from aero_extract import hours
from aero_extract.raw_store import RawStore
from aero_extract.tables import TABLES
from aero_local import airline_extract
from aero_local.airline_database import AirlineDatabase, digits
from aero_local.airline_extract import AirlineReader, Note
from aero_local.errors import AeroError
from aero_local.state import State
from tests.fakes import FolderBucket

ON = date(2026, 11, 20)
DONE = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEGS = 5


class Missing(Exception):
    """A key that is not there."""


class MemoryS3:
    """The few calls of an S3 client that an extract makes, on a dictionary."""

    class exceptions:
        NoSuchKey = Missing

    def __init__(self):
        self.objects = {}

    def upload_file(self, path, bucket, key):
        self.objects[key] = open(path, "rb").read()  # noqa: SIM115, PTH123

    def put_object(self, Key, Body, **_):
        self.objects[Key] = Body

    def get_object(self, Key, **_):
        if Key not in self.objects:
            raise Missing
        return {"Body": io.BytesIO(self.objects[Key])}

    def get_paginator(self, _):
        return self

    def paginate(self, Prefix, **_):
        keys = [key for key in self.objects if key.startswith(Prefix) and "/" not in key[len(Prefix) :]]
        return [{"Contents": [{"Key": key} for key in sorted(keys)]}]


def extracted(s3, start, end, run="one"):
    """Extract the hours from `start` to `end` as they stand at `end`; return what the commits say."""
    given = hours.options(
        ["--JOB_NAME", "test", "--tables", "all", "--raw-path", "s3://raw/opsdb", "--run-id", run,
         "--window-start", f"{start:%Y-%m-%dT%H:%M:%SZ}", "--window-end", f"{end:%Y-%m-%dT%H:%M:%SZ}"]
    )  # fmt: skip
    tables, asked = hours.asked(given)
    store = RawStore(given.raw_path, s3)
    airline_database = AirlineDatabase(Airline(5), ON, ON, end, most_legs=LEGS)
    extract = hours.Extract(AirlineReader(airline_database, store.bucket, s3), store, given)
    return [extract.window(window, tables) for window in asked]


def test_every_row_of_the_airline_is_in_an_hour_and_few_are_in_two():
    begin = datetime(2026, 11, 19, 12, tzinfo=UTC)
    [day] = AirlineDatabase(Airline(5), ON, ON, DONE, most_legs=LEGS).each_day()
    commits = extracted(MemoryS3(), begin, DONE)
    for name, rows in day.items():
        counted = sum(commit["tables"][name]["rows"] for commit in commits)
        assert len(rows) <= counted <= 2 * len(rows), name
    assert len(day["legs"]) == LEGS


def test_the_same_hours_again_have_the_same_commits():
    s3, begin = MemoryS3(), DONE - timedelta(hours=72)
    first = [commit["commit"] for commit in extracted(s3, begin, DONE)]
    again = extracted(s3, begin, DONE, run="two")
    rates = [commit["tables"]["fx_rates"]["rows"] for commit in again]
    assert rates == [0] * len(again), "the rates are those of the extract before"
    assert [commit["commit"] for commit in again][1:] == first[1:]


def test_a_row_has_the_columns_of_its_table_in_their_order_and_numbers_keep_their_digits():
    [day] = AirlineDatabase(Airline(5), ON, ON, DONE, most_legs=LEGS).each_day()
    for name, rows in day.items():
        columns = list(TABLES[name].columns)
        for row in rows.values():
            named = [column for column, _ in json.loads(row.line(TABLES[name]), object_pairs_hook=list)]
            assert named == [column for column in columns if column in named]
            assert {"row_version", "updated_at"} <= set(named)
    assert f"{digits()['leg_costs', 'usd_per_unit']:f}" == "0.00000001"


def test_a_day_belongs_to_the_database_once_its_plan_is_published_and_not_before():
    early = AirlineDatabase(Airline(5), ON, ON, datetime(2026, 11, 19, 12, tzinfo=UTC), most_legs=LEGS)
    [nothing] = early.each_day()
    assert not any(nothing.values())
    planned = AirlineDatabase(Airline(5), ON, ON, datetime(2026, 11, 19, 13, tzinfo=UTC), most_legs=LEGS)
    [day] = planned.each_day()
    assert {row.version for row in day["legs"].values()} == {1}


def test_without_a_note_of_an_airline_there_is_a_sentence_and_exit_code_1(tmp_path, monkeypatch, capsys):
    with pytest.raises(AeroError, match="no airline has a database here"):
        Note.of(tmp_path)
    monkeypatch.setenv("AERO_STATE", str(tmp_path))
    code = airline_extract.main(
        ["--JOB_NAME", "test", "--tables", "legs", "--raw-path", "s3://raw/opsdb",
         "--window-start", "2026-11-01T10:00:00Z", "--window-end", "2026-11-01T11:00:00Z"]
    )  # fmt: skip
    assert (code, "no airline has a database here" in capsys.readouterr().err) == (1, True)


def test_an_hour_that_is_not_over_is_refused(capsys):
    later = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    code = airline_extract.main(
        ["--JOB_NAME", "test", "--tables", "legs", "--raw-path", "s3://raw/opsdb",
         "--window-start", "2026-11-01T10:00:00Z", "--window-end", f"{later:%Y-%m-%dT%H:%M:%SZ}"]
    )  # fmt: skip
    assert (code, "extract it when it is over" in capsys.readouterr().err) == (1, True)


# -- the hours of a demo -----------------------------------------------------------------------------------------------
NOW = datetime(2026, 11, 30, 7, 20, tzinfo=UTC)


@pytest.fixture
def state(tmp_path):
    return State(tmp_path / "state")


def due(state, latest, first=date(2026, 11, 16), last=date(2026, 11, 29), now=NOW):
    """The hours of a demo, after one that had the days until the 29th extracted until `latest` (None: no demo had)."""
    if latest:
        Extracted(date(2026, 11, 16), date(2026, 11, 29), latest, {}).save(state)
    return database.due(state, 1, first, last, now, lambda _: None)


def test_a_first_demo_asks_for_all_hours_since_the_plan_of_its_first_day(state):
    asked = due(state, None)
    assert asked == Hours(datetime(2026, 11, 15, 12, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=UTC))
    assert asked.names()[0] == "2026-11-15-12:00"
    assert asked.names()[-1] == "2026-11-30-06:00"
    assert Note.of(state.root) == Note(1, date(2026, 11, 16), date(2026, 11, 29))


def test_a_second_demo_of_the_same_hour_asks_for_nothing_and_a_later_one_for_the_hours_since(state):
    due(state, None)
    assert due(state, datetime(2026, 11, 30, 7, tzinfo=UTC)) is None
    later = due(state, datetime(2026, 11, 30, 7, tzinfo=UTC), now=NOW + timedelta(hours=3))
    assert later == Hours(datetime(2026, 11, 30, 7, tzinfo=UTC), datetime(2026, 11, 30, 10, tzinfo=UTC))


def test_a_demo_of_the_next_day_asks_for_the_hours_since_the_new_day_s_plan_again(state):
    due(state, None)
    asked = due(state, datetime(2026, 11, 30, 7, tzinfo=UTC), last=date(2026, 11, 30), now=NOW + timedelta(days=1))
    assert asked == Hours(datetime(2026, 11, 29, 12, tzinfo=UTC), datetime(2026, 12, 1, 7, tzinfo=UTC))


def test_a_demo_that_was_killed_before_its_extract_ended_asks_for_all_of_it_again(state):
    assert due(state, None) == due(state, None)
    grown = {"last": date(2026, 11, 30), "now": NOW + timedelta(days=1)}
    until = datetime(2026, 11, 30, 7, tzinfo=UTC)
    assert due(state, until, **grown) == due(state, until, **grown)


def report(*ends):
    hour, form = timedelta(hours=1), "%Y-%m-%dT%H:%M:%S.%fZ"
    windows = [{"window_start": f"{end - hour:{form}}", "window_end": f"{end:{form}}"} for end in ends]
    return {"windows": windows, "money": {"cost_usd": 1.5}}


def test_an_extract_has_ended_with_the_report_of_its_own_hours(tmp_path):
    raw, end = FolderBucket(tmp_path), NOW.replace(minute=0)
    hour = timedelta(hours=1)
    raw.write_json("opsdb/_runs/before.json", report(end - hour, end))
    asked = Asked(Hours(end - 2 * hour, end), database.reports(raw))
    assert asked.report(raw) is None, "that was an earlier extract"
    raw.write_json("opsdb/_runs/by_hand.json", report(end))
    assert asked.report(raw) is None, "somebody extracts another hour on the page of the asset"
    raw.write_json("opsdb/_runs/now.json", report(end - hour, end))
    assert asked.report(raw) == report(end - hour, end)


def test_the_money_of_an_extract_is_kept_for_demos_of_the_same_hour(state, tmp_path):
    due(state, None)
    raw, end = FolderBucket(tmp_path), NOW.replace(minute=0)
    given = Input("airline", (), database=(date(2026, 11, 16), date(2026, 11, 29)))
    assert database.money(state, raw, given, None) == {}
    asked = Asked(Hours(end - timedelta(hours=1), end), database.reports(raw))
    raw.write_json("opsdb/_runs/now.json", report(end))
    assert database.money(state, raw, given, asked) == database.money(state, raw, given, None) == {"cost_usd": 1.5}
    assert due(state, None) is None
    assert database.money(state, raw, Input("a file", ()), None) == {}


def test_where_a_postgresql_belongs_to_the_platform_its_hours_are_left_alone(state):
    (state.root / "postgres" / "data").mkdir(parents=True)
    assert due(state, None) is None
    assert not (state.root / AIRLINE_NOTE).exists()
