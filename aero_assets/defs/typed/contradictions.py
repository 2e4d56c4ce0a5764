"""Contradicting rows of one file about the same subject: refused, or the last one counts, as their feed declares.

The subject of a row is given by the `identity` of its feed in the register. Rows of a file with the same subject and
equal values are one fact, however they are written. If their values differ, all are refused (`contradiction =
"refuse"`), or the last one counts and the earlier ones are refused (`"last"`). Nothing is mixed, and each row is
counted once.
"""

import duckdb

from aero_assets.feeds import Feed

#: The reason to refuse a row, by what its feed declares.
REASONS = {"refuse": "contradictory_rows", "last": "restated_in_file"}
#: Columns that say where a row came from and how its record was written, and nothing about the thing itself.
WHENCE = {"source", "received_at", "event_id", "raw_ref", "findings"}
MOST_SHOWN = 8


def settle(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Refuse the rows of `judged` that contradict others, and create `twin`: the places (rowid) of repeated rows.

    A row is repeated if an earlier row of its file has the same subject and equal values.
    """
    connection.execute("create or replace temp table twin (place bigint)")
    if not feed.identity or not _find_rivals(connection, feed):
        return
    _compare(connection, feed)
    _refuse(connection, feed)
    connection.execute("""
        insert into twin
        select place from rival join thing using (number) where differing = ''
        qualify row_number() over (partition by number order by received_at, raw_ref) > 1
    """)


def _find_rivals(connection: duckdb.DuckDBPyConnection, feed: Feed) -> int:
    """Create `rival`, the accepted rows that share their subject with others of the file; return their number."""
    of = ("raw_key", *feed.identity)
    same = " and ".join(f"judged.{name} is not distinct from several.{name}" for name in of)
    connection.execute(f"""
        create or replace temp table rival as
        select judged.*, judged.rowid as place, split_part(judged.raw_ref, '#', -1) as line,
               dense_rank() over (order by {", ".join(f"judged.{name}" for name in of)}) as number
        from judged join (
            select {", ".join(of)} from judged where reason is null group by all having count(*) > 1
        ) several on {same}
        where judged.reason is null
    """)
    [(rivals,)] = connection.execute("select count(*) from rival").fetchall()
    return rivals


def _compare(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Create `thing`: for each group of rivals the columns in which they differ, their lines, and the last row."""
    differing = ", ".join(
        f"case when count(distinct coalesce(cast({column.name} as varchar), chr(0))) > 1 then '{column.name}' end"
        for column in feed.columns
        if column.name not in WHENCE
    )
    connection.execute(f"""
        create or replace temp table thing as
        select number, concat_ws(', ', {differing}) as differing, max(place) as last_place,
               arg_max(line, place) as last_line,
               array_to_string(list(line order by place)[:{MOST_SHOWN}], ', ')
                   || case when count(*) > {MOST_SHOWN} then ' …' else '' end as lines
        from rival group by number
    """)


def _refuse(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    same = f"the same {', '.join(feed.identity)}"
    message, rows = f"'lines ' || lines || ' of this file have {same} and differ in ' || differing", "true"
    if feed.contradiction == "last":
        message = f"'line ' || last_line || ' of this file has {same} and counts; it differs in ' || differing"
        rows = "place <> last_place"
    connection.execute(f"""
        update judged set reason = '{REASONS[feed.contradiction]}', message = found.message
        from (select place, {message} as message from rival join thing using (number)
              where differing <> '' and {rows}) found
        where judged.rowid = found.place
    """)
