"""The closed operating days of the marts, judged by the rules over days and kept with their history.

A publication does it before it writes its files, so a version and the lights of its routes appear together.
"""

from datetime import date, datetime

import duckdb

from aero_assets.defs.published.day_status import ROUTE_DAYS, judge
from aero_assets.status_days import history, newest_before, save
from aero_assets.storage import Bucket
from aero_streaming.rules import rules, rules_of_days
from aero_streaming.times import business_date

#: Closed days that one publication looks at, so that a long history costs it nothing.
MOST_DAYS = 35


def judge_closed_days(marts: duckdb.DuckDBPyConnection, lake: Bucket, level: str, now: datetime) -> int:
    """Judge the closed days: the last one as it is now, earlier ones where a rule had no figures yet.

    A colour that an earlier day got stays; a rule that was grey everywhere is judged again: its figures may have come.
    `level` is that of the version to come. Returns the number of days whose rows are new or changed.
    """
    written = 0
    days = _closed(marts, now)
    before = newest_before(lake, days[0]) if days else []
    for day in days:
        held = {(row["rule_id"], row["route"]): row for row in before}
        known = history(lake, day)
        kept = [] if day == days[-1] or known is None else known
        settled = {row["rule_id"] for row in kept if row["light"] != "grey"}
        open_rules = [rule for rule in rules_of_days() if rule.id not in settled]
        rows = [*(row for row in kept if row["rule_id"] in settled), *judge(marts, day, open_rules, held)]
        before = sorted(rows, key=lambda row: (row["rule_id"], row["route"]))
        if before != known:
            save(lake, day, level, before)
            written += 1
    return written


def _closed(marts: duckdb.DuckDBPyConnection, now: datetime) -> list[date]:
    """Return the last closed operating days with flights, oldest first."""
    live_day = date.fromisoformat(business_date(now, rules().close_hour_utc))
    dates = marts.execute(
        f"select distinct operating_date from {ROUTE_DAYS} where operating_date < ? order by 1", [live_day]
    ).fetchall()
    return [day for (day,) in dates][-MOST_DAYS:]
