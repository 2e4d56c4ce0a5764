"""The status of routes as an asset: judged once per closed operating day, kept with its history, sent once a day."""

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
#: Closed days that one run looks at, so that a run over a long history ends.
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
    """Judge the closed days: the last one as it is now, earlier ones where a rule had no figures yet; tell what is red.

    A colour that an earlier day got stays; a rule that was grey everywhere is judged again: its figures may have come.
    """
    lake, now = zones.lake(), datetime.now(UTC)
    try:
        snapshot = zones.copy_of_published().pull()
    except (NothingPublishedError, DamagedObjectError) as missing:
        return dg.MaterializeResult(metadata={"judged": 0, "note": str(missing)})
    written, last_rows = 0, list[dict[str, Any]]()
    with snapshot.connect() as marts:
        days = _closed(marts, now)
        last_rows = newest_before(lake, days[0]) if days else []
        for day in days:
            held = {(row["rule_id"], row["route"]): row for row in last_rows}
            known = history(lake, day)
            kept = [] if day == days[-1] or known is None else known
            settled = {row["rule_id"] for row in kept if row["light"] != "grey"}
            open_rules = [rule for rule in rules_of_days() if rule.id not in settled]
            rows = [*(row for row in kept if row["rule_id"] in settled), *judge(marts, day, open_rules, held)]
            last_rows = sorted(rows, key=lambda row: (row["rule_id"], row["route"]))
            if last_rows != known:
                save(lake, day, snapshot.version, last_rows)
                written += 1
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


def _closed(marts: duckdb.DuckDBPyConnection, now: datetime) -> list[date]:
    """Return the last closed operating days with flights, oldest first."""
    live_day = date.fromisoformat(business_date(now, rules().close_hour_utc))
    dates = marts.execute(
        f"select distinct operating_date from {ROUTE_DAYS} where operating_date < ? order by 1", [live_day]
    ).fetchall()
    return [day for (day,) in dates][-MOST_DAYS:]


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
