"""The outbox: a notification is a line of the transition log until it is marked as sent.

It is written in the transaction that changes the alert, published after it, then marked. A crash in between leaves it
pending: a repeated record looks again (`recheck`), and `tick` sweeps what stayed. A crash between publishing and
marking repeats one message; it carries its `transition_id`, by which a reader knows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aero_streaming.alerts.items import Item, arrival_text
from aero_streaming.alerts.messages import Message
from aero_streaming.alerts.model import Alert
from aero_streaming.alerts.store import AlertStore

SWEEP_AFTER_SECONDS = 60
"""Younger notifications are still in the hands of who wrote them."""

EVERYWHERE = "ALL"
"""The station of what is not about one; a subscription of one station names it too."""

Compose = Callable[[Alert, Item], Message]


class Outbox:
    """Publishes notifications and marks them with the time of `wall`; without a topic lines are only marked."""

    def __init__(
        self,
        store: AlertStore,
        sns: Any,  # noqa: ANN401 - a boto3 client, or a fake
        topic: str,
        compose: Compose,
        wall: Callable[[], datetime],
    ) -> None:
        self._store, self._sns, self._topic, self._compose, self._wall = store, sns, topic, compose, wall
        self.sent = 0

    def send(self, alert: Alert, line: Item) -> None:
        """Publish one line of the log that is pending, and mark it."""
        if self._topic:
            message = self._compose(alert, line)
            self._sns.publish(
                TopicArn=self._topic,
                Subject=message.subject,
                Message=message.body,
                MessageAttributes=attributes(alert, line, message.role),
            )
        self._store.mark_sent(line["arrived_hour"], line["arrival"], arrival_text(self._wall()))
        self.sent += 1

    def recheck(self, alert: Alert) -> bool:
        """Publish the last notification of an alert if it is still pending."""
        if not alert.last_notification:
            return False
        hour, _, arrival = alert.last_notification.partition("|")
        line = self._store.transition(hour, arrival)
        if line is None or line.get("notify_state") != "pending":
            return False
        self.send(alert, line)
        return True

    def sweep(self, load: Callable[[str], Alert | None]) -> int:
        """Publish what stayed pending for longer than a minute; returns how many."""
        until = arrival_text(self._wall() - timedelta(seconds=SWEEP_AFTER_SECONDS))
        waiting = list(
            self._store.query(
                self._store.tables.transitions, ("pending", "1"), index="outbox", between=("arrival", "0", until)
            )
        )
        swept = 0
        for item in waiting:
            line = self._store.transition(item["arrived_hour"], item["arrival"])
            alert = load(item["alert_key"]) if line and line.get("notify_state") == "pending" else None
            if line and alert:
                self.send(alert, line)
                swept += 1
        return swept


def attributes(alert: Alert, line: Item, role: str) -> Mapping[str, Any]:
    """Return what subscribers may filter by; `station` is a list: a flight belongs to both its airports."""
    values = {
        "transition_id": line["transition_id"],
        "kind": line["kind"],
        "rule_id": alert.rule_id,
        "severity": line.get("severity") or "medium",
        "level": line.get("level_after") or "amber",
        "scope_type": alert.scope_type,
        "step": f"{line.get('step', 0)}",
        "role": role or "nobody",
    }
    typed: dict[str, Any] = {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}
    return typed | {"station": {"DataType": "String.Array", "StringValue": json.dumps(stations(alert))}}


def stations(alert: Alert) -> list[str]:
    """Return the airports that an alert is about; of the network and of a feed it is every one: ALL."""
    if alert.scope_type == "leg":
        return [alert.facts[name] for name in ("origin", "destination") if alert.facts.get(name)] or [EVERYWHERE]
    return alert.scope_id.split("-") if alert.scope_type in ("hub", "route") else [EVERYWHERE]
