"""A scope's history from the published marts: its last days, the ends of earlier alerts, and usual values.

It reads one pinned version; if nothing was published yet, all results are empty.
"""

from datetime import date, timedelta
from typing import Any

from aero_assets.published import NothingPublishedError, PublishedCopy, Snapshot
from aero_assets.storage import DamagedObjectError
from aero_streaming.alerts.items import Item
from aero_streaming.alerts.model import Alert
from aero_streaming.figures import figures

DAYS = 28
ROUTE_DAYS, ALERTS = "operations.fct_route_day", "operations.fct_alert"
#: The routes of each kind of scope; `$id` is the scope. A scope without routes (a feed) has no days.
MEMBERS = {
    "route": "route = $id",
    "leg": "route = $id",
    "hub": "(origin = $id or destination = $id)",
    "network": "$id is not null",
    "first_wave": "$id is not null",
}
#: The figure whose history briefs tell and whose usual value routes are held against.
A14 = figures().kpis["otp_a14"]
A14_PERCENT = f"100 * {A14.value_sql}"


class History:
    """Reads the current published version."""

    def __init__(self, copy: PublishedCopy) -> None:
        try:
            self._snapshot: Snapshot | None = copy.pull()
        except (NothingPublishedError, DamagedObjectError):
            self._snapshot = None

    def days(self, alert: Alert, route: str | None) -> list[dict[str, Any]]:
        """Return the 28 operating days before the alert's, oldest first: legs, arrivals, cancellations, A14."""
        scope = route if alert.scope_type == "leg" else alert.scope_id
        if alert.scope_type not in MEMBERS or scope is None:
            return []
        day = date.fromisoformat(alert.operating_date)
        return self._rows(
            ROUTE_DAYS,
            f"""
                select operating_date, sum(scheduled_legs)::integer as scheduled_legs,
                       sum(cancelled_legs)::integer as cancelled_legs, ({A14.under_sql})::integer as arr_tracked_legs,
                       round({A14_PERCENT}, 1) as a14_percent
                from {ROUTE_DAYS}
                where operating_date >= $first and operating_date < $day and {MEMBERS[alert.scope_type]}
                group by 1 order by 1
            """,
            {"first": day - timedelta(days=DAYS), "day": day, "id": scope},
        )

    def similar(self, alert: Alert) -> list[dict[str, Any]]:
        """Return the ends of earlier alerts of the same rule and scope; for alerts on flights, of the same rule."""
        same = "scope_type = 'leg'" if alert.scope_type == "leg" else "scope_id = $id"
        values = {"rule": alert.rule_id, "own": alert.alert_key}
        return self._rows(
            ALERTS,
            f"""
                select resolution, highest_level, count(*)::integer as alerts,
                       median(minutes_open)::integer as median_minutes_open
                from {ALERTS}
                where rule_id = $rule and alert_key <> $own and {same}
                group by all order by alerts desc, resolution, highest_level
            """,
            values if alert.scope_type == "leg" else values | {"id": alert.scope_id},
        )

    def a14_of_routes(self, before: date | None) -> list[Item]:
        """Return the usual A14 of each route in percent: of the last 28 days with arrivals, all before a day."""
        until = "true" if before is None else "operating_date < $before"
        rows = self._rows(
            ROUTE_DAYS,
            f"""
                with days as (select * from {ROUTE_DAYS} where arr_tracked_legs > 0 and {until}),
                newest as (select max(operating_date) as day from days)
                select route, round({A14_PERCENT}, 4) as value, ({A14.under_sql})::integer as n,
                       count(distinct operating_date)::integer as days, newest.day as as_of
                from days, newest
                where operating_date > newest.day - {DAYS}
                group by route, newest.day order by route
            """,
            {} if before is None else {"before": before},
        )
        return [{**row, "value": float(row["value"]), "as_of": f"{row['as_of']}"} for row in rows]

    def _rows(self, table: str, sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        if self._snapshot is None or table not in {known.name for known in self._snapshot.manifest.tables}:
            return []
        with self._snapshot.connect() as reader:
            result = reader.execute(sql, values)
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
