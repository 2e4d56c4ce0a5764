"""The stream as assets: gateway, topics, Flink job, its output stream, and the state that the alert Lambda stores.

The orchestrator runs none of them. Topics are reported by the arrivals of their events, the others by heartbeats.
"""

from datetime import timedelta

import dagster as dg

from aero_assets.defs.raw.assets import raw_key
from aero_assets.defs.sources.assets import topic_key
from aero_assets.defs.streaming.gateway import SENT_LEGS, SENT_SCHEDULES
from aero_assets.feeds import feeds
from aero_assets.feeds.layouts import HANDED_ON
from aero_streaming.events.types import TOPICS

GATEWAY = dg.AssetKey(["streaming", "gateway"])
FLINK_JOB = dg.AssetKey(["streaming", "flink_job"])
ALERTS_FEED = dg.AssetKey(["streaming", "alerts_feed"])
LEG_STATE = dg.AssetKey(["streaming", "leg_state"])
OWNERS = ["team:data-platform"]
#: The control centre acts on what it sees: the feed is looked at after minutes.
WATCHED = dg.FreshnessPolicy.time_window(fail_window=timedelta(minutes=15), warn_window=timedelta(minutes=5))
#: Topics are reported once per hour of arrivals, at night with few events, so the window is hours, not minutes.
HOURLY = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=6), warn_window=timedelta(hours=2))

TOPIC_GRAINS = {
    "leg-events": "What happens to flights: plan, estimates, times, cancellations; one row per event of a leg.",
    "bookings": "What is in the books of a flight before it leaves; one row per snapshot of a leg.",
    "feedback": "What passengers answer after a flight; one row per version of an answer.",
}
#: The topic of its events; those of reservations and surveys come from elsewhere.
GATEWAYS_TOPIC = "leg-events"
gateway = dg.AssetSpec(
    key=GATEWAY,
    deps=[*(raw_key(feed) for feed in feeds() if feed.layout.parser in HANDED_ON), SENT_LEGS, SENT_SCHEDULES],
    description="The gateway, which makes events of messages, schedules and rows of the database; what has no schedule "
    "yet waits in it: one row per message that came.",
    group_name="streaming",
    kinds={"lambda", "dynamodb"},
    owners=OWNERS,
)
topics = [
    dg.AssetSpec(
        key=topic_key(name),
        deps=[GATEWAY] if name == GATEWAYS_TOPIC else [],
        description=TOPIC_GRAINS[name],
        group_name="streaming",
        kinds={"kafka"},
        owners=OWNERS,
        freshness_policy=HOURLY,
    )
    for name in TOPICS
]

stream = [
    dg.AssetSpec(
        key=FLINK_JOB,
        deps=[topic_key(name) for name in TOPICS],
        description="The Flink job that merges legs and counts routes and hubs: one row per accepted event.",
        group_name="streaming",
        kinds={"flink"},
        owners=OWNERS,
        freshness_policy=WATCHED,
    ),
    dg.AssetSpec(
        key=ALERTS_FEED,
        deps=[FLINK_JOB],
        description="The Kinesis stream between the job and the traffic lights: events, merged legs and states of "
        "scopes, one row per record.",
        group_name="streaming",
        kinds={"kinesis"},
        owners=OWNERS,
        freshness_policy=WATCHED,
    ),
    dg.AssetSpec(
        key=LEG_STATE,
        deps=[ALERTS_FEED],
        description="What is true now, in DynamoDB: one row per merged leg, and one row per state of a scope and day.",
        group_name="streaming",
        kinds={"dynamodb", "lambda"},
        owners=OWNERS,
        freshness_policy=WATCHED,
    ),
]
