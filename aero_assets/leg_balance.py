"""The balance of the legs: rows of the typed zone against the legs that the warehouse made of them.

Rows in are those of the arrival manifests. Each row that is no leg of its own is counted directly: in the typed files,
copies of a row, earlier states of a row of the database, and earlier rows of a leg in files of one feed; in the facts
that the merge read, further facts of a leg. Rows that the database withdrew are rejects. Legs are counted in the mart,
and each is compared with its facts: a leg with a value that none of its facts has is mixed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aero_assets.feeds import Feed, feeds, find
from aero_assets.manifests import ArrivalManifest, TypedFile
from aero_assets.warehouses import Warehouse

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


def count(warehouse: Warehouse, manifests: Iterable[ArrivalManifest], days: Sequence[str] | None = None) -> LegCounts:
    """Count the legs of operating dates (None means all) and all rows that they came from.

    `manifests` list the typed zone from which the warehouse was built.
    """
    if days == []:
        return LegCounts(0, 0, 0, 0, 0, 0, 0, 0, "")
    manifests = list(manifests)
    files_of = {feed.path: _files(manifests, feed.path, days) for feed in feeds() if feed.tells_of_legs}
    dates = ", ".join(f"cast('{day}' as date)" for day in days or ())
    asked = f"operating_date in ({dates})" if days else "1 = 1"
    warehouse.execute("drop table if exists balanced_fact")
    warehouse.execute(f"""
        create temporary table balanced_fact as
        with told as (
            select event_id, raw_ref from intermediate.int_database_leg_event where {asked}
        )
        select facts.*, coalesce(told.raw_ref, facts.event_id) as row_id
        from (select operating_date, leg_uid, event_id, {", ".join(STATED)}
              from intermediate.int_leg_fact where {asked}) as facts
        left join told on facts.event_id = told.event_id
    """)
    copies = sum(_copies(warehouse, find(path), files) for path, files in files_of.items())
    rows = sum(_earlier_rows(warehouse, find(path), files) for path, files in files_of.items())
    earlier, withdrawn = _states(warehouse, find("opsdb/legs"), files_of["opsdb/legs"])
    further = _one(
        warehouse,
        """
        select sum(rows - 1)
        from (select count(distinct row_id) as rows from balanced_fact group by operating_date, leg_uid) as legs
    """,
    )
    legs = _one(warehouse, f"select count(*) from operations.fct_leg where {asked}")
    mixed, example = _mixed(warehouse, asked)
    rows_in = sum(file.rows for files in files_of.values() for file in files)
    return LegCounts(rows_in, legs, copies, earlier, rows, further, withdrawn, mixed, example)


def _files(manifests: Iterable[ArrivalManifest], path: str, days: Sequence[str] | None) -> list[TypedFile]:
    chosen = set(days or ())
    files = (file for manifest in manifests if manifest.feed == path for file in manifest.files)
    return [file for file in files if not days or file.date in chosen]


def _copies(warehouse: Warehouse, feed: Feed, files: list[TypedFile]) -> int:
    """Count the rows of events beyond the first of each."""
    if not files:
        return 0
    return _one(
        warehouse,
        f"""
        select sum(rows - 1)
        from (select count(*) as rows from {warehouse.typed(feed, files)} group by operating_date, event_id) as events
    """,
    )


def _earlier_rows(warehouse: Warehouse, feed: Feed, files: list[TypedFile]) -> int:
    """Count, for rows of files, those before the last one of their leg and attempt, which alone goes into the merge."""
    if feed.arrival != "file" or not files:
        return 0
    return _one(
        warehouse,
        f"""
        select sum(rows - 1)
        from (
            select count(distinct event_id) as rows
            from {warehouse.typed(feed, files)} group by operating_date, leg_uid, attempt
        ) as attempts
    """,
    )


def _states(warehouse: Warehouse, feed: Feed, files: list[TypedFile]) -> tuple[int, int]:
    """Count, for rows of the database, states before the last one, and rows whose last state is withdrawn."""
    if not files:
        return 0, 0
    [(earlier, withdrawn)] = warehouse.rows(f"""
        select sum(states - 1), sum(is_withdrawn)
        from (
            select count(distinct event_id) as states,
                   max(case when place = 1 and deleted_at is not null then 1 else 0 end) as is_withdrawn
            from (
                select operating_date, leg_uid, event_id, deleted_at,
                       row_number() over (
                           partition by operating_date, leg_uid order by version desc, received_at desc, event_id desc
                       ) as place
                from {warehouse.typed(feed, files)}
            ) as states
            group by operating_date, leg_uid
        ) as legs
    """)
    return int(earlier or 0), int(withdrawn or 0)


def _mixed(warehouse: Warehouse, asked: str) -> tuple[int, str]:
    """Count legs with a value that none of their facts has, and legs without facts."""
    agree = " and ".join(
        f"(max(leg.{name}) is null or max(case when leg.{name} = fact.{name} then 1 else 0 end) = 1)" for name in STATED
    )
    [(count, example)] = warehouse.rows(f"""
        select count(*), min(leg_uid)
        from (
            select leg.leg_uid
            from (select * from operations.fct_leg where {asked}) as leg
            left join balanced_fact as fact on leg.operating_date = fact.operating_date and leg.leg_uid = fact.leg_uid
            group by leg.operating_date, leg.leg_uid
            having not coalesce(max(case when fact.leg_uid is not null then 1 else 0 end) = 1 and {agree}, false)
        ) as mixed
    """)
    return count, f"leg {example}" if example else ""


def _one(warehouse: Warehouse, sql: str) -> int:
    [(value,)] = warehouse.rows(sql)
    return int(value or 0)
