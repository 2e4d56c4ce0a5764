"""The balance of the legs: rows of the typed zone against the legs that the warehouse made of them.

Rows in are those of the arrival manifests. Each row that is no leg of its own is counted directly: in the typed files,
copies of a row, earlier states of a row of the database, and earlier rows of a leg in files of one feed; in the facts
that the merge read, further facts of a leg. Rows that the database withdrew are rejects. Legs are counted in the mart,
and each is compared with its facts: a leg with a value that none of its facts has is mixed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from aero_assets.feeds import Feed, feeds, find
from aero_assets.manifests import ArrivalManifest, TypedFile

#: Of a leg, what one of its facts must have said.
STATED = (
    "carrier", "flight_number", "operational_suffix", "origin", "leg_sequence", "destination", "tail", "std_at",
    "sta_at", "out_at", "off_at", "on_at", "in_at", "passengers", "seats",
)  # fmt: skip


@dataclass(frozen=True)
class LegCounts:
    """The terms of the balance, with the parts of `duplicates` as separate counts."""

    rows_in: int
    legs: int
    copies: int
    earlier_states: int
    earlier_rows: int
    further_facts: int
    withdrawn: int
    mixed: int
    mixed_example: str

    @property
    def duplicates(self) -> int:
        """Rows that give no leg of their own because another row of the same leg exists."""
        return self.copies + self.earlier_states + self.earlier_rows + self.further_facts


def count(
    warehouse: duckdb.DuckDBPyConnection,
    copy: Path,
    manifests: Iterable[ArrivalManifest],
    days: Sequence[str] | None = None,
) -> LegCounts:
    """Count the legs of operating dates (None means all) and all rows that they came from.

    `copy` is the copy of the lake from which the warehouse was built, `manifests` list its content.
    """
    files_of = {feed.path: _files(manifests, feed.path, days) for feed in feeds() if feed.tells_of_legs}
    dates = ", ".join(f"date '{day}'" for day in days or ())
    asked = f"operating_date in ({dates})" if days else "true"
    warehouse.execute(f"""
        create or replace temp table told as
        select event_id, raw_ref from intermediate.int_database_leg_event where {asked};
        create or replace temp table fact as
        select facts.*, coalesce(told.raw_ref, facts.event_id) as row_id
        from (select operating_date, leg_uid, event_id, {", ".join(STATED)}
              from intermediate.int_leg_fact where {asked}) as facts
        left join told using (event_id)
    """)
    copies = sum(_copies(warehouse, copy, find(path), files) for path, files in files_of.items())
    rows = sum(_earlier_rows(warehouse, copy, find(path), files) for path, files in files_of.items())
    earlier, withdrawn = _states(warehouse, copy, find("opsdb/legs"), files_of["opsdb/legs"])
    [(further,)] = warehouse.execute("""
        select coalesce(sum(rows - 1), 0)::bigint
        from (select count(distinct row_id) as rows from fact group by operating_date, leg_uid)
    """).fetchall()
    [(legs,)] = warehouse.execute(f"select count(*) from operations.fct_leg where {asked}").fetchall()
    mixed, example = _mixed(warehouse, asked)
    rows_in = sum(file.rows for files in files_of.values() for file in files)
    return LegCounts(rows_in, legs, copies, earlier, rows, further, withdrawn, mixed, example)


def _files(manifests: Iterable[ArrivalManifest], path: str, days: Sequence[str] | None) -> list[TypedFile]:
    chosen = set(days or ())
    files = (file for manifest in manifests if manifest.feed == path for file in manifest.files)
    return [file for file in files if not days or file.date in chosen]


def _read(copy: Path, feed: Feed, files: list[TypedFile]) -> str:
    named = ", ".join(f"'{copy / file.key}'" for file in files)
    return (
        f"read_parquet([{named}], hive_partitioning = true, hive_types = {{'{feed.business_date}': date}}, "
        "union_by_name = true)"
    )


def _copies(warehouse: duckdb.DuckDBPyConnection, copy: Path, feed: Feed, files: list[TypedFile]) -> int:
    """Count the rows of events beyond the first of each."""
    if not files:
        return 0
    [(copies,)] = warehouse.execute(f"""
        select coalesce(sum(rows - 1), 0)::bigint
        from (select count(*) as rows from {_read(copy, feed, files)} group by operating_date, event_id)
    """).fetchall()
    return copies


def _earlier_rows(warehouse: duckdb.DuckDBPyConnection, copy: Path, feed: Feed, files: list[TypedFile]) -> int:
    """Count, for rows of files, those before the last one of their leg and attempt, which alone goes into the merge."""
    if feed.arrival != "file" or not files:
        return 0
    [(rows,)] = warehouse.execute(f"""
        select coalesce(sum(rows - 1), 0)::bigint
        from (
            select count(distinct event_id) as rows
            from {_read(copy, feed, files)} group by operating_date, leg_uid, attempt
        )
    """).fetchall()
    return rows


def _states(warehouse: duckdb.DuckDBPyConnection, copy: Path, feed: Feed, files: list[TypedFile]) -> tuple[int, int]:
    """Count, for rows of the database, states before the last one, and rows whose last state is withdrawn."""
    if not files:
        return 0, 0
    [counts] = warehouse.execute(f"""
        select coalesce(sum(states - 1), 0)::bigint, count_if(is_withdrawn)
        from (
            select count(distinct event_id) as states,
                   arg_max(deleted_at is not null, (version, received_at, event_id)) as is_withdrawn
            from {_read(copy, feed, files)} group by operating_date, leg_uid
        )
    """).fetchall()
    return counts


def _mixed(warehouse: duckdb.DuckDBPyConnection, asked: str) -> tuple[int, str]:
    """Count legs with a value that none of their facts has, and legs without facts."""
    agreement = " and ".join(f"(any_value(leg.{name}) is null or bool_or(leg.{name} = fact.{name}))" for name in STATED)
    [(count, example)] = warehouse.execute(f"""
        select count(*), coalesce(min(leg_uid), '')
        from (
            select leg.leg_uid
            from (from operations.fct_leg where {asked}) as leg
            left join fact on leg.operating_date = fact.operating_date and leg.leg_uid = fact.leg_uid
            group by leg.operating_date, leg.leg_uid having not coalesce({agreement}, false)
        )
    """).fetchall()
    return count, f"leg {example}" if example else ""
