"""The status of routes as an asset: judged once per closed operating day, kept with its history, sent once a day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
import duckdb

from aero_assets.defs.alerts.day_status import ROUTE_DAYS, judge, turned_red
from aero_assets.defs.warehouse.assets import PUBLISHED, ROUTE_STATUS
from aero_assets.environment import Environment
from aero_assets.live import Live
from aero_assets.published import NothingPublishedError
from aero_assets.resources import Zones
from aero_assets.status_days import PREFIX, history, newest_before, save
from aero_assets.storage import Bucket, DamagedObjectError
from aero_streaming.alerts.digest import ROLE, compose
from aero_streaming.rules import rules, rules_of_days
from aero_streaming.times import business_date

OWNERS = ["team:analytics"]
#: Closed days that one run judges at most, so that a first run over a long history ends; the last ones are judged.
MOST_DAYS = 35
SENT = "_status/digest"
LANGUAGE = "es"


@dg.asset(
    key=ROUTE_STATUS,
    deps=[PUBLISHED],
    description="Traffic lights of routes over published days, by the rules over days, with the messages about what "
    "turned red: one row per closed operating day, rule and route.",
    group_name="alerts",
    kinds={"s3", "sns"},
    owners=OWNERS,
)
def route_status(context: dg.AssetExecutionContext, zones: Zones, live: Live) -> dg.MaterializeResult:
    """Judge the closed days that were not judged, and the last one again if its figures changed; tell what is red."""
    lake, now = zones.lake(), datetime.now(UTC)
    try:
        snapshot = zones.copy_of_published().pull()
    except (NothingPublishedError, DamagedObjectError) as missing:
        return dg.MaterializeResult(metadata={"judged": 0, "note": str(missing)})
    written, last_rows = 0, list[dict[str, Any]]()
    with snapshot.connect() as marts:
        for day in _due(lake, marts, now):
            before = newest_before(lake, day)
            held = {(row["rule_id"], row["route"]): row for row in before}
            last_rows = judge(marts, day, rules_of_days(), held)
            written += save(lake, day, snapshot.version, last_rows)
    red = [row for row in last_rows if row["light"] == "red"]
    message = _tell(lake, live, last_rows)
    if message:
        context.log.info(message)
    return dg.MaterializeResult(
        metadata={
            "judged": written,
            "red": len(red),
            "turned_red": len(turned_red(last_rows)),
            "message": message or "none",
            "dagster/uri": f"s3://{lake.name}/{PREFIX}/",
        }
    )


def _due(lake: Bucket, marts: duckdb.DuckDBPyConnection, now: datetime) -> Iterator[date]:
    """Yield the closed operating days to judge, oldest first: those after the last judged one, and that one again."""
    live_day = date.fromisoformat(business_date(now, rules().close_hour_utc))
    dates = marts.execute(
        f"select distinct operating_date from {ROUTE_DAYS} where operating_date < ? order by 1", [live_day]
    ).fetchall()
    days = [day for (day,) in dates][-MOST_DAYS:]
    judged = [day for day in days if history(lake, day)]
    first = max(judged, default=date.min)
    yield from (day for day in days if day >= first)


def _tell(lake: Bucket, live: Live, rows: list[dict[str, Any]]) -> str:
    """Send the message of a day once; a run that is killed in between may send it again, and never leaves it out."""
    red = turned_red(rows)
    if not red:
        return ""
    day = red[0]["operating_date"]
    key = f"{SENT}/dt={day}.json"
    topic = live.topic() if lake.read_json(key) is None else None
    if topic is None:
        return ""
    by_id = {rule.id: rule for rule in rules_of_days()}
    message = compose(day, red, by_id, LANGUAGE, Environment.current().dashboard_url)
    sent = topic.send(message.subject, message.body, {"role": ROLE, "severity": "low", "level": "red"})
    lake.write_json(key, {"operating_date": day, "sent_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "message": sent,
                          "rows": len(red)})  # fmt: skip
    return message.body
