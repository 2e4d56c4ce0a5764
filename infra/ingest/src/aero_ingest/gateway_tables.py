"""The gateway's access to DynamoDB: the legs of a flight in leg-state, and its own table of things to remember.

leg-state knows every leg that the stream was told of, from schedules, plans of other systems and the database alike.
The gateway's table `messages` has two kinds of items: `waiting`, one per message that waits for its schedule, and
`leg#<leg_uid>`, the returns of a leg.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from aero_ingest.gateway import WAITS
from aero_ingest.gateway_tally import Waiting
from aero_ingest.leg_choice import Leg
from aero_ingest.message import Flight
from aero_ingest.message_events import KNOWN, Returns
from aero_streaming.times import parse as moment_of

WAITING = "waiting"
#: Waiting items are kept a little longer than they may wait, returns as long as a leg may be spoken of.
KEPT = timedelta(days=30)


class GatewayTables:
    """The index of legs and the memory, by boto3's table resources."""

    def __init__(self, leg_state: Any, messages: Any, now: datetime) -> None:  # noqa: ANN401 - boto3's tables
        self._legs, self._messages = leg_state, messages
        self._expires_at = int((now + WAITS + KEPT).timestamp())

    def legs(self, flight: Flight, first: date, last: date) -> Sequence[Leg]:
        """Return the legs of a flight whose STD lies on these UTC dates."""
        asked: dict[str, Any] = {
            "IndexName": "by_flight",
            "KeyConditionExpression": "#f = :flight AND #s BETWEEN :first AND :last",
            "ExpressionAttributeNames": {"#f": "flight", "#s": "std_at"},
            "ExpressionAttributeValues": {
                ":flight": str(flight), ":first": f"{first}T", ":last": f"{last}T~",
            },
        }  # fmt: skip
        return [_leg(item) for item in _pages(self._legs, asked)]

    def returns(self, uid: str) -> Returns:
        """Return what is remembered of the returns of a leg."""
        item = self._messages.get_item(Key={"key": f"leg#{uid}", "item": "returns"}, ConsistentRead=True).get("Item")
        if item is None:
            return Returns()
        return Returns(
            {(kind, stated): anchor for kind, stated, anchor in json.loads(item["known_by"])},
            {(kind, anchor) for kind, anchor in json.loads(item["told"])},
        )

    def keep_returns(self, uid: str, returns: Returns) -> None:
        """Remember them."""
        known = sorted([*stated, anchor] for stated, anchor in returns.known_by.items())
        self._put(f"leg#{uid}", "returns", known_by=json.dumps(known), told=json.dumps(sorted(returns.confirmed)))

    def wait(self, waiting: Waiting) -> None:
        """Keep a message that waits; again is once."""
        self._put(WAITING, _place(waiting), **vars(waiting))

    def waiting(self) -> Iterator[Waiting]:
        """Yield what waits, the oldest first."""
        asked = {
            "KeyConditionExpression": "#k = :waiting",
            "ExpressionAttributeNames": {"#k": "key"},
            "ExpressionAttributeValues": {":waiting": WAITING},
            "ConsistentRead": True,
        }
        for item in _pages(self._messages, asked):
            yield Waiting(*(str(item[name]) for name in Waiting.__dataclass_fields__))

    def done(self, waiting: Waiting) -> None:
        """Forget one that waits no more."""
        self._messages.delete_item(Key={"key": WAITING, "item": _place(waiting)})

    def _put(self, key: str, item: str, **values: str) -> None:
        self._messages.put_item(Item={"key": key, "item": item, "expires_at": self._expires_at, **values})


def _place(waiting: Waiting) -> str:
    return f"{moment_of(waiting.received_at):%Y-%m-%dT%H:%M:%S.%fZ}#{waiting.identity}"


def _leg(item: Mapping[str, Any]) -> Leg:
    """A leg by the names of events; numbers come as decimals."""
    known = {name: item[name] for name in KNOWN if item.get(name) is not None}
    return {name: value if isinstance(value, str) else int(value) for name, value in known.items()}


def _pages(table: Any, asked: dict[str, Any]) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - boto3's table
    while True:
        answer = table.query(**asked)
        yield from answer["Items"]
        if not answer.get("LastEvaluatedKey"):
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
