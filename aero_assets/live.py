"""The live tables for the orchestrator: it reads all of them, writes only baselines, and sends the daily message.

A platform may run without its live part; then the tables do not exist, and callers get None.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
import dagster as dg
from botocore.exceptions import ClientError

from aero_assets.environment import Environment
from aero_assets.resources import recent_client
from aero_streaming.alerts.items import Item, to_item
from aero_streaming.alerts.pulse import CLOCK, FEED
from aero_streaming.alerts.store import AlertStore
from aero_streaming.alerts.tables import Tables

WRITTEN_AT_ONCE = 25
ABSENT = "The live part of this platform is not there: no tables of the alerting stack."


class LiveStore(AlertStore):
    """The live tables, with methods to read heartbeats and to write baselines."""

    def heartbeats(self) -> dict[str, str]:
        """Return the latest event time and receipt of the feed, by key of leg-state; unknown ones are left out."""
        return {key: item["at"] for key, item in self.states([CLOCK, FEED]).items() if item.get("at")}

    def put_baselines(self, items: Sequence[Item]) -> None:
        """Write baselines, replacing those of the same keys."""
        for start in range(0, len(items), WRITTEN_AT_ONCE):
            some = items[start : start + WRITTEN_AT_ONCE]
            batch: dict[str, Any] = {self.tables.baselines: [{"PutRequest": {"Item": to_item(item)}} for item in some]}
            while batch:
                batch = self._client.batch_write_item(RequestItems=batch).get("UnprocessedItems", {})

    def changed_baselines(self, items: Iterable[Item]) -> list[Item]:
        """Return the baselines whose figures differ from those in the table."""
        items = list(items)
        known = self.baselines(item["baseline_key"] for item in items)
        return [item for item in items if known.get(item["baseline_key"]) != item]


@dataclass(frozen=True)
class Topic:
    """The topic of alerts, for messages that no alert sends."""

    arn: str
    client: Any

    def send(self, subject: str, body: str, attributes: Mapping[str, str]) -> str:
        """Publish a message; returns its id."""
        typed = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        answer = self.client.publish(TopicArn=self.arn, Subject=subject, Message=body, MessageAttributes=typed)
        return str(answer["MessageId"])


class Live(dg.ConfigurableResource):
    """The live tables under the role of the running process; the connection is made at first use."""

    def store(self) -> LiveStore | None:
        """Return the live tables; None if this platform has none."""
        store = self._store()
        try:
            store.heartbeats()
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        return store

    def topic(self) -> Topic | None:
        """Return the topic of alerts; None if this platform has no live part."""
        return self._topic() if self.store() else None

    def _topic(self) -> Topic:
        sns = recent_client("sns")
        account = recent_client("sts").get_caller_identity()["Account"]
        region = sns.meta.region_name
        partition = boto3.Session().get_partition_for_region(region)
        return Topic(f"arn:{partition}:sns:{region}:{account}:aero-{Environment.current().name}-alerts", sns)

    def _store(self) -> LiveStore:
        return LiveStore(recent_client("dynamodb"), Tables.of(Environment.current().name))
