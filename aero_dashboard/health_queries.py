"""Questions to the published tables about the data itself: feeds, the outcome ledger, quarantine."""

import pandas as pd

from aero_dashboard.queries import Connection


def feeds(connection: Connection) -> pd.DataFrame:
    """One row per feed: who owns it, how fresh it should be, what came and until when."""
    return connection.execute("select * from health.feed order by feed").df()


def balance(connection: Connection) -> pd.DataFrame:
    """One row per stage and feed: what went in and where it went; the last column is what is not accounted for."""
    mixed = "mixed" if has_mixed(connection) else "0"
    return connection.execute(
        "select hop, feed, count(*) as outcomes, sum(files_in)::bigint as files_in, sum(rows_in)::bigint as rows_in, "
        "sum(rows_out)::bigint as rows_out, sum(duplicates)::bigint as duplicates, sum(rejects)::bigint as rejects, "
        f"sum({mixed})::bigint as mixed, sum(rows_in - rows_out - duplicates - rejects)::bigint as difference, "
        f"count(*) filter (rows_in <> rows_out + duplicates + rejects or {mixed} > 0) as unbalanced, "
        'max("at") as last_at '
        "from health.outcome group by hop, feed "
        "order by case hop when 'door' then 1 when 'extract' then 2 when 'typed' then 3 else 4 end, feed"
    ).df()


def has_mixed(connection: Connection) -> bool:
    """Return True if the version counts mixed rows; versions published before that count existed do not."""
    return "mixed" in {name for name, *_ in connection.execute("describe health.outcome").fetchall()}


def outcomes(connection: Connection, limit: int) -> pd.DataFrame:
    """The newest outcome rows."""
    return connection.execute(
        'select "at", hop, feed, subject, status, rows_in, rows_out, duplicates, rejects, seconds, message '
        'from health.outcome order by "at" desc nulls last, hop, subject limit ?',
        [limit],
    ).df()


def reasons(connection: Connection) -> pd.DataFrame:
    """One row per feed, kind and reason: how many records, over which arrival days."""
    return connection.execute(
        "select feed, kind, reason, sum(records)::bigint as records, min(arrived_on) as first_on, "
        "max(arrived_on) as last_on from health.quarantine_reason group by 1, 2, 3 order by records desc, 1, 2, 3"
    ).df()


def samples(connection: Connection, feed: str, kind: str, reason: str, limit: int) -> pd.DataFrame:
    """Some records of one reason, the newest first: message, where the record is kept, the record itself."""
    return connection.execute(
        "select arrived_on, message, raw_ref, record from health.quarantine "
        "where feed = ? and kind = ? and reason = ? order by arrived_on desc, raw_ref limit ?",
        [feed, kind, reason, limit],
    ).df()
