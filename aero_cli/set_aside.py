"""Setting records aside and undoing it: the reference given by a person becomes a decision in the lake.

`aero_assets.set_aside` keeps such records out; this module finds them. A person names events by their id or by the
place of a record in the raw zone, as `aero checks` and the quarantine show them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from aero_assets import set_aside
from aero_assets.feeds import Feed, feeds
from aero_assets.lake import LakeCopy
from aero_assets.set_aside import Decision
from aero_assets.storage import Bucket
from aero_local.errors import AeroError

_ARRIVED = re.compile(r"/arrived=([0-9]{4}-[0-9]{2}-[0-9]{2})-[^/]*$")
REMEDY = "`aero checks` names the records behind rows that stop a build; a record in quarantine needs nothing."


def decide(lake: Bucket, copy: Path, references: Sequence[str], by: str, why: str, at: datetime) -> list[Decision]:
    """Set aside the records of the references: one decision per event and arrival day that brought it.

    `copy` is the root of the local copy of the lake. AeroError if any reference names no typed record; then no decision
    is written at all.
    """
    decided: list[Decision] = []
    for reference in references:
        places = sorted(_places(copy, reference))
        if not places:
            raise AeroError(f"No typed record has the event id or the place {reference}.", REMEDY)
        decided += [
            Decision(feed, arrived_on, event_id, raw_ref, set_aside.SET_ASIDE, by, why, set_aside.now_text(at))
            for feed, arrived_on, event_id, raw_ref in places
        ]
    for decision in decided:
        decision.save(lake)
    return decided


def take_back(lake: Bucket, copy: Path, references: Sequence[str], by: str, why: str, at: datetime) -> list[Decision]:
    """Undo decisions: the records return to the typed zone, for every arrival day that brought them."""
    known = set_aside.decisions(lake)
    held = set_aside.in_force(known)
    decided: list[Decision] = []
    for reference in references:
        meant = [decision for decision in held.values() if reference in (decision.event_id, decision.raw_ref)]
        if not meant:
            raise AeroError(f"{reference} is not set aside.", "`aero set-aside --list` shows what is.")
        for decision in meant:
            days = {
                other.arrived_on
                for other in known
                if (other.feed, other.event_id) == (decision.feed, decision.event_id)
            }
            days |= _kept_out_on(lake, copy, decision)
            undo = replace(decision, action=set_aside.UNDO, by=by, why=why, at=set_aside.now_text(at))
            decided += [replace(undo, arrived_on=day) for day in sorted(days)]
    for decision in decided:
        decision.save(lake)
    return decided


def _places(copy: Path, reference: str) -> set[tuple[str, str, str, str]]:
    """Return feed, arrival day, event id and raw reference of every typed record that a reference names."""
    places: set[tuple[str, str, str, str]] = set()
    with duckdb.connect() as connection:
        for feed in _feeds_of(reference):
            files = [f"{file}" for file in (copy / "typed" / feed.path).glob("*/arrived=*.parquet")]
            if not files:
                continue
            rows = connection.execute(
                "select event_id, raw_ref, filename from read_parquet(?, filename = true, hive_partitioning = false) "
                "where event_id = ? or raw_ref = ?",
                [files, reference, reference],
            ).fetchall()
            for event_id, raw_ref, file in rows:
                if arrived := _ARRIVED.search(str(file)):
                    places.add((feed.path, arrived[1], event_id, raw_ref))
    return places


def _feeds_of(reference: str) -> Iterable[Feed]:
    """Return the possible feeds of a reference: a raw place begins with its feed; an event id may be of any."""
    named = [feed for feed in feeds() if reference.startswith(f"{feed.path}/")]
    return named or feeds()


def _kept_out_on(lake: Bucket, copy: Path, decision: Decision) -> set[str]:
    """Return the arrival days whose quarantine holds an event that is set aside; it may have come again later."""
    days = set()
    manifests = [item for item in LakeCopy(copy, lake).manifests() if item.feed == decision.feed]
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        for manifest in manifests:
            for key in manifest.quarantine if manifest.arrived_on >= decision.arrived_on else ():
                file = Path(folder) / "refused.parquet"
                lake.download(key, file)
                sql = f"select count(*) from '{file}' where reason = ? and contains(message, ?)"
                [(rows,)] = connection.execute(sql, [set_aside.REASON, f"(event {decision.event_id})"]).fetchall()
                days |= {manifest.arrived_on} if rows else set()
    return days
