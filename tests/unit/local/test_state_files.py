"""Files of a state directory that are in no bucket: a damaged one is named, and repairing makes room for a new one."""

import sqlite3

import duckdb
import pytest

from aero_assets.integrity.damage import CannotRepairError
from aero_local.processes import Record
from aero_local.state import State
from aero_local.state_files import damages


@pytest.fixture
def state(tmp_path):
    found = State(tmp_path / "state")
    found.create()
    for file in (found.ports_file, found.platform_file, found.dbt_target / "manifest.json"):
        file.write_text("{}")
    with duckdb.connect(str(found.warehouse)) as connection:
        connection.execute("create table legs as select range, 'leg ' || range as name from range(300000)")
    (found.dagster_home / "history").mkdir(parents=True)
    with sqlite3.connect(found.dagster_home / "history" / "runs.db") as runs:
        runs.execute("create table runs (id text)")
    runs.close()
    (found.emulator / "state").mkdir(parents=True)
    (found.emulator / "state" / "cloudformation.json").write_text("{}")
    return found


def look(state):
    return list(damages(state, lambda line: None))


def test_a_whole_state_directory_has_no_damage(state):
    assert look(state) == []


@pytest.mark.parametrize("place", ["warehouse.duckdb", "ports.json", "platform.json", "dbt/manifest.json",
                                   "dagster/history/runs.db"])  # fmt: skip
def test_a_damaged_file_is_named_and_repaired_by_making_room(state, place):
    file = state.root / place
    file.write_bytes(b"no such thing" * 100)
    [damage] = look(state)
    assert damage.key == f"{file}"
    assert damage.repair()
    assert not file.exists()
    assert look(state) == []


def test_a_block_in_the_middle_of_the_warehouse_is_found_and_it_makes_room(state):
    body = bytearray(state.warehouse.read_bytes())
    body[len(body) // 2 : len(body) // 2 + 64] = b"\x00" * 64
    state.warehouse.write_bytes(bytes(body))
    [damage] = look(state)
    assert "put aside" in damage.repair()
    assert not state.warehouse.exists()
    assert list(state.root.glob("warehouse.duckdb.damaged-*"))


def test_a_warehouse_that_somebody_builds_right_now_is_not_called_damaged(state):
    with duckdb.connect(str(state.warehouse)) as connection:
        connection.execute("begin")
        assert look(state) == []


def test_what_the_emulator_remembers_cannot_be_repaired_and_the_way_out_is_said(state):
    (state.emulator / "state" / "cloudformation.json").write_text('{"stacks')
    [damage] = look(state)
    with pytest.raises(CannotRepairError, match="aero destroy --env local"):
        damage.repair()


@pytest.mark.parametrize("body", [b"", b'{"pid": ', b"[]", b"{}", b"\xff"])
def test_a_damaged_record_of_a_process_stops_no_command_and_is_named(state, body):
    file = state.run_dir / "dagster.json"
    file.write_bytes(body)
    assert Record.read(file) is None
    assert [damage.key for damage in look(state)] == ([] if body == b"{}" else [f"{file}"])
