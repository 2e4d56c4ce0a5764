"""Verification of files of a state directory that are in no bucket, and the treatment of unreadable ones.

The warehouse is built again from the typed zone, dbt's artefacts by dbt, and notes by `aero up`. Dagster's home holds
the history of runs and nothing that decides which work is due; the levels decide that. The emulator's memory has no
other source.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from aero_assets.integrity.damage import CannotRepairError, Damage, problem_of_json
from aero_assets.integrity.reading import Log, check_all
from aero_assets.warehouse_file import problem_of, put_aside
from aero_local.processes import Record
from aero_local.state import State

ZONE = "state"


def damages(state: State, log: Log) -> Iterator[Damage]:
    """Yield every damaged file of a state directory."""
    if problem := problem_of(state.warehouse, is_thorough=True):
        yield Damage(ZONE, f"{state.warehouse}", "warehouse", problem, "it is built again from the typed zone",
                     rebuild=partial(_warehouse, state))  # fmt: skip
    notes = [state.ports_file, state.platform_file, *state.run_dir.glob("*.json"), state.root / "results.json"]
    yield from check_all(_existing(notes), partial(_note, "note", "`aero up` writes it again"), log, "notes")
    artefacts = [*state.dbt_target.glob("*.json"), *state.dbt_docs.glob("*.json")]
    note = partial(_note, "artefact of dbt", "dbt writes it again")
    yield from check_all(_existing(artefacts), note, log, "artefacts")
    yield from check_all(sorted(state.dagster_home.rglob("*.db")), partial(_database, state), log, "Dagster's home")
    yield from check_all(sorted((state.emulator / "state").glob("*.json")), _memory, log, "the emulator's memory")


def _existing(files: list[Path]) -> list[Path]:
    return sorted(file for file in files if file.is_file())


def _note(kind: str, way_back: str, file: Path) -> Damage | None:
    try:
        problem = problem_of_json(file.read_bytes())
    except FileNotFoundError:  # a service that stopped meanwhile
        return None
    return Damage(ZONE, f"{file}", kind, problem, way_back, rebuild=partial(_remove, file)) if problem else None


def _memory(file: Path) -> Damage | None:
    try:
        json.loads(file.read_bytes())
    except ValueError as error:
        problem = f"its {file.stat().st_size} bytes are not JSON ({error})"
    else:
        return None
    return Damage(ZONE, f"{file}", "memory of the emulator", problem,
                  "nobody keeps it twice: `aero destroy --env local`, then send the files again; the objects of its "
                  f"buckets lie in {file.parents[1] / 's3'}")  # fmt: skip


def _database(state: State, file: Path) -> Damage | None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            [(verdict,)] = connection.execute("pragma quick_check(1)").fetchall()
    except sqlite3.OperationalError as error:
        verdict = "ok" if "locked" in f"{error}" or not file.exists() else f"{error}"
    except sqlite3.DatabaseError as error:
        verdict = f"{error}"
    if verdict == "ok":
        return None
    return Damage(ZONE, f"{file}", "history of Dagster", f"SQLite says: {verdict}",
                  "it is put aside: what has run is forgotten, what is due follows from the levels",
                  rebuild=partial(_dagster, state))  # fmt: skip


def _remove(file: Path) -> str:
    file.unlink()
    return "removed; it is written again where it is needed"


def _warehouse(state: State) -> str:
    return f"put aside as {put_aside(state.warehouse).name}; without the file every day is asked for again"


def _dagster(state: State) -> str:
    if Record.read(state.run_dir / "dagster.json"):
        raise CannotRepairError("Dagster has it open. `aero down`, then `aero repair --zone state`, then `aero up`")
    aside = state.dagster_home.with_name(f"{state.dagster_home.name}.damaged")
    if not state.dagster_home.exists():
        return "put aside"
    number = 0
    while aside.exists():
        number += 1
        aside = aside.with_name(f"{state.dagster_home.name}.damaged-{number}")
    state.dagster_home.replace(aside)
    return f"Dagster's home was put aside as {aside.name}"
