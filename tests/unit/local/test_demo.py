"""The demo beside its results: what it refuses, what it waits for, which day it plays, and what must not end it."""

import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_cli.demo import demo, session
from aero_local import locks
from aero_local.errors import AeroError
from aero_local.live import source
from aero_local.state import State

DBT = """#!{python} -S
import pathlib, sys
target = pathlib.Path(sys.argv[sys.argv.index("--target-path") + 1])
tried = target / "tried"
times = len(tried.read_text()) if tried.exists() else 0
tried.write_text("x" * (times + 1))
if times < {locked}:
    print('IO Error: Could not set lock on file "warehouse.duckdb": Conflicting lock is held')
    sys.exit(2)
if {broken}:
    print("Encountered an error:\\nthe manifest is torn")
    sys.exit(2)
for name in ("index.html", "manifest.json", "catalog.json"):
    (target / name).write_text(name)
"""


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(tmp_path / "state" / "one")
    state.create()
    return state


def _dbt(folder: Path, locked: int = 0, broken: bool = False) -> str:
    """A dbt that meets a lock so many times, and then does its work or breaks."""
    file = folder / "dbt"
    file.write_text(DBT.format(python=sys.executable, locked=locked, broken=broken))
    file.chmod(0o700)
    return str(file)


def test_a_second_demo_is_refused_at_once_with_who_runs_and_what_to_do(state):
    with locks.held(state.run_dir / ".foreground"), pytest.raises(AeroError) as refused:
        demo.run(None, state=state, log=lambda line: None)

    assert f"(process {os.getpid()}, since " in refused.value.message
    assert "Ctrl-C" in refused.value.fix
    # Nothing was made for it, nor sent.
    assert not (state.root / "airline").exists()


def test_docs_wait_for_whoever_writes_the_warehouse(state, tmp_path):
    demo.make_docs(state, lambda line: None, _dbt(tmp_path, locked=3), pause_seconds=0)

    assert (state.dbt_docs / "catalog.json").read_text() == "catalog.json"
    assert (state.dbt_target / "tried").read_text() == "xxxx"


def test_docs_that_cannot_be_made_are_told_in_a_sentence_and_end_nothing(state, tmp_path):
    lines: list[str] = []
    dbt = _dbt(tmp_path, broken=True)

    demo.nicety("the dbt docs", lines.append, lambda: demo.make_docs(state, lines.append, dbt, pause_seconds=0))

    assert lines[-1].startswith("the dbt docs could not be shown: the manifest is torn")
    assert "\n" not in lines[-1]


@pytest.mark.parametrize("error", [KeyError("lake"), OSError("the disk is full"), AeroError("dashboard died.", "x")])
def test_nothing_that_only_shows_the_results_ends_the_platform(error):
    def fail() -> None:
        raise error

    lines: list[str] = []
    demo.nicety("the dashboard", lines.append, fail)
    assert len(lines) == 1


def test_a_slow_machine_is_waited_for_as_long_as_anything_moves():
    watch = demo.Watch(lambda line: None)
    watch.stands_for(("typed", 1))
    watch.moved -= 1000

    assert watch.stands_for(("typed", 1)) > demo.PATIENCE_SECONDS
    assert watch.stands_for(("typed", 2)) < 1


def test_a_build_of_a_minute_is_told_of_by_the_runs_that_are_at_work():
    lines: list[str] = []
    watch = demo.Watch(lines.append)
    runs = [{"jobName": "warehouse", "status": "STARTED"}, {"jobName": "typed", "status": "SUCCESS"}]
    watch.name_work(runs)
    assert lines == []
    watch.spoke -= demo.NEWS_SECONDS
    watch.name_work(runs)
    watch.name_work(runs)
    assert lines == ["at work: warehouse"]


def _events(on: date) -> list[dict[str, str]]:
    return [{"operating_date": f"{on}", "std_at": f"{on}T06:10:00Z"}]


@given(
    ahead=st.integers(-20 * 24, 20 * 24),
    expected=st.dates(date(2026, 1, 1), date(2026, 12, 1)),
)
def test_the_day_that_is_played_begins_after_all_that_the_board_has_seen(ahead, expected):
    clock = datetime(expected.year, expected.month, expected.day, 12, tzinfo=UTC) + timedelta(hours=ahead)
    lines: list[str] = []

    events = session.day_after(clock, _events, expected, lines.append)

    day = date.fromisoformat(events[0]["operating_date"])
    assert source.dawn(events) >= clock
    assert day >= expected
    assert day == expected or source.dawn(_events(day - timedelta(days=1))) < clock
    # Another day than the one asked for is told.
    assert bool(lines) == (day != expected)


def test_a_board_that_has_seen_nothing_plays_the_day_that_was_asked_for():
    assert session.day_after(None, _events, date(2026, 11, 29), lambda line: None) == _events(date(2026, 11, 29))
