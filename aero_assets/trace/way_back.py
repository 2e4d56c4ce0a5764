"""The whole way back of legs: their records in the lake, and the objects of the raw zone behind the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from aero_assets.trace.leg_rows import ANSWERED
from aero_assets.trace.numbers import DATE, LEGS, TraceError, scope_of
from aero_assets.trace.objects import RawObject, key_of
from aero_assets.trace.records import STATED, MergedLeg

if TYPE_CHECKING:
    import duckdb

    from aero_assets.trace.own_figures import FigureRecord
    from aero_assets.trace.records import Record


@dataclass(frozen=True)
class Ways:
    """The way back of legs: records and money by leg, objects by key, the published values of the same fields.

    `is_checked` is False if nobody could look for the objects.
    """

    legs: Mapping[str, MergedLeg]
    objects: Mapping[str, RawObject]
    published: Mapping[str, Mapping[str, Any]]
    money: Mapping[str, Sequence[FigureRecord]] = field(default_factory=dict)
    is_checked: bool = True

    @property
    def places(self) -> list[str]:
        """The places in the raw zone of every record."""
        records = [record for leg in self.legs.values() for record in leg.records]
        records += [item.record for items in self.money.values() for item in items]
        return [record.raw_ref for record in records]

    @property
    def missing(self) -> list[str]:
        """Keys of objects that are not in the raw zone."""
        return [key for key, item in self.objects.items() if not item.is_there]


@dataclass(frozen=True)
class LegRow:
    """A row of `fct_leg` of a published version."""

    leg_uid: str
    day: date
    values: Mapping[str, Any]


def rows_of_legs(connection: duckdb.DuckDBPyConnection, only: Mapping[str, Any]) -> list[LegRow]:
    """Return the rows of `fct_leg` with these values by column; TraceError if there are none."""
    where = " and ".join(f"{name} = ?" for name in only)
    answer = connection.execute(f"select * from {LEGS} where {where} order by {DATE}, leg_sequence", [*only.values()])
    names = [column[0] for column in answer.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    if not rows:
        raise TraceError(f"{LEGS} has no leg with {scope_of({n: [f'{v}'] for n, v in only.items()})}.", is_usage=False)
    return [LegRow(row["leg_uid"], row[DATE], row) for row in rows]


def names_of_legs(connection: duckdb.DuckDBPyConnection, day: date) -> list[dict[str, Any]]:
    """Return the names of every leg of a day in a published version."""
    names = ("leg_uid", "operating_date", "carrier", "flight_number", "operational_suffix", "origin", "destination")
    rows = connection.execute(f"select {', '.join(names)} from {LEGS} where {DATE} = ?", [day]).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def put_answers(connection: duckdb.DuckDBPyConnection, answers: Iterable[tuple[str, int | None, int | None]]) -> None:
    """Put the answers of legs beside the published tables, for the figures of passengers."""
    connection.execute(f"create temp table {ANSWERED} (leg_uid varchar, recommendation integer, satisfaction integer)")
    rows = [list(answer) for answer in answers]
    if rows:
        connection.executemany(f"insert into {ANSWERED} values (?, ?, ?)", rows)


def published_rows(connection: duckdb.DuckDBPyConnection, leg_uids: Iterable[str], day: date) -> dict[str, Any]:
    """Return the stated columns of legs of a day in a published version, by leg."""
    uids = sorted(set(leg_uids))
    if not uids:
        return {}
    marks = ", ".join("?" * len(uids))
    rows = connection.execute(
        f"select leg_uid, {', '.join(STATED)} from {LEGS} where {DATE} = ? and leg_uid in ({marks})", [day, *uids]
    ).fetchall()
    return {row[0]: dict(zip(STATED, row[1:], strict=True)) for row in rows}


def record_json(record: Record, objects: Mapping[str, RawObject]) -> dict[str, Any]:
    """Return a record for a program, with its object."""
    found_object = objects.get(key_of(record.raw_ref))
    shown = {name: value for name, value in vars(record).items() if name not in ("facts", "leg_uid")}
    return shown | {"object": vars(found_object) if found_object else None}


def leg_json(leg_uid: str, ways: Ways) -> dict[str, Any]:
    """Return the way back of a leg for a program: its merged fields with their records, all records, and its money."""
    money = [record_json(item.record, ways.objects) | dict(item.values) for item in ways.money.get(leg_uid, ())]
    leg, published, objects = ways.legs.get(leg_uid), ways.published.get(leg_uid, {}), ways.objects
    if leg is None:
        return {"fields": {}, "records": [], "differs": {}, "money": money}
    record_of = {name: record for record in leg.records for name in record.wins}
    fields = {
        name: {"value": leg.values.get(bare), "source": record.source, "event_id": record.event_id}
        for name, record in sorted(record_of.items())
        if (bare := f"estimated_{name.split()[0]}" if name.endswith("(estimate)") else name)
    }
    differs = {name: {"published": pair[0], "lake": pair[1]} for name, pair in leg.differs(published).items()}
    return {"fields": fields, "records": [record_json(record, objects) for record in leg.records], "differs": differs,
            "money": money}  # fmt: skip
