"""The status of routes as an asset: the lights of the last publication, and one message a day about what is red."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from aero_assets import status_days
from aero_assets.defs.published.day_status import turned_red
from aero_assets.defs.warehouse.assets import PUBLISHED, ROUTE_STATUS
from aero_assets.environment import Environment
from aero_assets.live import Live
from aero_assets.resources import Zones
from aero_assets.storage import Bucket
from aero_streaming.alerts.digest import ROLE, compose
from aero_streaming.rules import rules_of_days

OWNERS = ["team:analytics"]
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
    """Send what turned red on the last judged day."""
    lake = zones.lake()
    rows = status_days.newest_before(lake)
    message = _tell(lake, live, rows)
    if message:
        context.log.info(message)
    return dg.MaterializeResult(
        metadata={
            "red": sum(row["light"] == "red" for row in rows),
            "turned_red": len(turned_red(rows)),
            "message": message or "none",
            "dagster/uri": f"s3://{lake.name}/{status_days.PREFIX}/",
        }
    )


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
