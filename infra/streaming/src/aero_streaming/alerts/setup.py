"""Set-up of the semáforo's Lambdas: the environment, read once per process.

`AERO_CLOCK=wall` lets evaluation follow the wall clock (live). Otherwise it follows event time: the latest
`received_at` that was seen, kept in leg-state, which a replay carries forward by its records and by the `now` that it
gives to `tick`.
"""

import os
from datetime import UTC, datetime
from functools import cache

import boto3
from botocore.config import Config

from aero_streaming.airline import airline
from aero_streaming.alerts.baselines import Baselines
from aero_streaming.alerts.batch import Engine
from aero_streaming.alerts.flights import Composer
from aero_streaming.alerts.outbox import Outbox
from aero_streaming.alerts.store import AlertStore
from aero_streaming.alerts.tables import Tables
from aero_streaming.alerts.words import Settings
from aero_streaming.rules import rules

CONFIG = Config(retries={"max_attempts": 3, "mode": "standard"}, connect_timeout=3, read_timeout=10)


def wall_clock() -> datetime:
    """Return the time of the wall clock."""
    return datetime.now(UTC)


def message_settings() -> Settings:
    """Read how messages are written."""
    ours = airline()
    return Settings(
        language=os.environ.get("AERO_LANGUAGE", ours.language),
        dashboard_url=os.environ.get("AERO_DASHBOARD_URL", ""),
        utc_offset_minutes=int(os.environ.get("AERO_UTC_OFFSET_MINUTES", ours.utc_offset_minutes)),
    )


@cache
def engine() -> Engine:
    """Build everything from the environment, once per process; names of what is missing are in the error."""
    store = AlertStore(boto3.client("dynamodb", config=CONFIG), Tables.from_env())
    missing = [name for name, table in vars(store.tables).items() if not table and name != "decisions"]
    if missing:
        raise LookupError(f"no table is given for {', '.join(missing)}: set AERO_<NAME>_TABLE")
    compose = Composer(store, rules(), message_settings())
    topic = os.environ.get("AERO_ALERTS_TOPIC_ARN", "")
    outbox = Outbox(store, boto3.client("sns", config=CONFIG) if topic else None, topic, compose, wall_clock)
    by_wall = os.environ.get("AERO_CLOCK", "") == "wall"
    return Engine(store, rules(), Baselines(store), outbox, wall_clock, by_wall)
