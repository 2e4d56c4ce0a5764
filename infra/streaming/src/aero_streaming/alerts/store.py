"""The tables of the semáforo behind one small class: writes are conditional, reads by key are consistent.

What belongs here: calls to DynamoDB and nothing of what they are for. Indexes follow their table later, so that what
they name is read again by its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from aero_streaming.alerts.items import Item, from_item, to_item, typed
from aero_streaming.alerts.tables import Change, Tables

READ_AT_ONCE, WRITE_AT_ONCE = 100, 50
NOT_HELD = "ConditionalCheckFailed"
BUSY = ("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded")


class AlertStore:
    """Access to DynamoDB for handler, tick and people's acts."""

    def __init__(self, client: Any, tables: Tables) -> None:  # noqa: ANN401 - boto3, or a fake
        self._client, self.tables = client, tables

    # -- reading by key

    def get(self, table: str, keys: Iterable[Mapping[str, str]]) -> list[Item]:
        """Return the items of these keys that are there, in no order."""
        items: list[Item] = []
        unique = list({tuple(sorted(key.items())): key for key in keys}.values())
        for start in range(0, len(unique), READ_AT_ONCE):
            missing = [to_item(key) for key in unique[start : start + READ_AT_ONCE]]
            while missing:
                answer = self._client.batch_get_item(RequestItems={table: {"Keys": missing, "ConsistentRead": True}})
                items += [from_item(item) for item in answer["Responses"].get(table, [])]
                missing = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        return items

    def states(self, keys: Iterable[str]) -> dict[str, Item]:
        """Return items of leg-state by key."""
        return {item["key"]: item for item in self.get(self.tables.leg_state, ({"key": key} for key in keys))}

    def alerts(self, keys: Iterable[str]) -> dict[str, Item]:
        """Return alerts by key."""
        alert_keys = ({"alert_key": key} for key in keys)
        return {item["alert_key"]: item for item in self.get(self.tables.alerts, alert_keys)}

    def baselines(self, keys: Iterable[str]) -> dict[str, Item]:
        """Return baselines by key."""
        baseline_keys = ({"baseline_key": key} for key in keys)
        return {item["baseline_key"]: item for item in self.get(self.tables.baselines, baseline_keys)}

    def transition(self, hour: str, arrival: str) -> Item | None:
        """Return one line of the transition log."""
        lines = self.get(self.tables.transitions, [{"arrived_hour": hour, "arrival": arrival}])
        return lines[0] if lines else None

    # -- reading by index

    def query(
        self,
        table: str,
        equals: tuple[str, str],
        index: str | None = None,
        between: tuple[str, str, str] | None = None,
        newest_first: bool = False,
        pages: int = 1000,
    ) -> Iterator[Item]:
        """Yield the items of one partition, in order; `between` is the sort key's name and its two ends."""
        names, values = {"#p": equals[0]}, {":p": typed(equals[1])}
        condition = "#p = :p"
        if between:
            names["#s"] = between[0]
            values |= {":low": typed(between[1]), ":high": typed(between[2])}
            condition += " AND #s BETWEEN :low AND :high"
        asked: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": not newest_first,
            **({"IndexName": index} if index else {"ConsistentRead": True}),
        }
        for _ in range(pages):
            answer = self._client.query(**asked)
            yield from (from_item(item) for item in answer["Items"])
            if not answer.get("LastEvaluatedKey"):
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def alerts_in_view(self) -> list[Item]:
        """Return all alerts that are open or waiting to fire, as the table has them now."""
        keys = [item["alert_key"] for item in self.query(self.tables.alerts, ("is_open", "1"), index="open")]
        return [item for item in self.alerts(keys).values() if item.get("is_open")]

    def legs_of_tail(self, tail: str, operating_date: str) -> list[Item]:
        """Return the legs of an aircraft's operating day, by STD."""
        items = self.query(self.tables.leg_state, ("tail_day", f"{tail}#{operating_date}"), index="by_tail")
        legs = self.states([item["key"] for item in items]).values()
        own = [leg for leg in legs if leg.get("tail") == tail and leg.get("std_at")]
        return sorted(own, key=lambda leg: leg["std_at"])

    def of_scope_day(self, scope_day: str, pages: int = 1000) -> list[Item]:
        """Return states of a type and day (`route#2015-01-02`) or legs of a route and day (`leg#MEX-GDL#…`)."""
        return list(self.query(self.tables.leg_state, ("scope_day", scope_day), index="by_scope", pages=pages))

    def on_ground_before(self, moment: str) -> list[Item]:
        """Return legs whose passengers sit on the ground at a US station since before a time."""
        between = ("ground_since_at", "0", moment)
        items = self.query(self.tables.leg_state, ("on_ground", "1"), index="on_ground", between=between)
        return [leg for leg in self.states([item["key"] for item in items]).values() if leg.get("on_ground")]

    # -- writing

    def put_newer(self, items: Sequence[Item]) -> set[str]:
        """Write rows of leg-state where nothing newer is; return the keys of those that something newer beat."""
        beaten: set[str] = set()
        for start in range(0, len(items), WRITE_AT_ONCE):
            some = items[start : start + WRITE_AT_ONCE]
            if not self._all_or_none([self._newer(item) for item in some]):
                # Somebody else writes these keys: one by one, each on its own condition.
                beaten |= {item["key"] for item in some if not self._put_alone(self._newer(item))}
        return beaten

    def log_events(self, items: Sequence[Item]) -> set[str]:
        """Write events once each; return the ids of those that were there."""
        known: set[str] = set()
        for start in range(0, len(items), WRITE_AT_ONCE):
            some = items[start : start + WRITE_AT_ONCE]
            if not self._all_or_none([self._once(item) for item in some]):
                known |= {item["event_id"] for item in some if not self._put_alone(self._once(item))}
        return known

    def commit(self, change: Change) -> bool:
        """Write an alert with its transitions, and the events behind them once each; False if another was faster."""
        writes, logged = self._of_alert(change), [self._once(item) for item in change.events]
        reasons = self._transact([*writes, *logged])
        if reasons is not None and not any(reasons[: len(writes)]):
            # Only the events failed: they are in the log already, which is what was wanted.
            fresh = [put for put, reason in zip(logged, reasons[len(writes) :], strict=True) if not reason]
            reasons = self._transact([*writes, *fresh])
        return reasons is None

    def commit_all(self, changes: Sequence[Change]) -> bool:
        """Write changes of different alerts as one transaction, or none of them; False if any stood in the way."""
        writes = [put for change in changes for put in (*self._of_alert(change), *map(self._once, change.events))]
        return self._transact(writes) is None

    def mark_sent(self, hour: str, arrival: str, sent_at: str) -> bool:
        """Take a notification out of the outbox; False if it was out already."""
        return self._update(
            self.tables.transitions,
            {"arrived_hour": hour, "arrival": arrival},
            "SET #s = :sent, #t = :at REMOVE #p",
            "#s = :pending",
            {"#s": "notify_state", "#t": "sent_at", "#p": "pending"},
            {":sent": "sent", ":at": sent_at, ":pending": "pending"},
        )

    def advance(self, key: str, at: str) -> bool:
        """Move a clock or a feed's last arrival forward; False where it was there or further already."""
        return self._update(
            self.tables.leg_state,
            {"key": key},
            "SET #a = :a",
            "attribute_not_exists(#a) OR #a < :a",
            {"#a": "at"},
            {":a": at},
        )

    def note(self, key: str, values: Mapping[str, Any]) -> None:
        """Keep values under a key of leg-state; the last ones count."""
        names = {f"#n{number}": name for number, name in enumerate(values)}
        sets = ", ".join(f"#n{number} = :v{number}" for number in range(len(values)))
        given = {f":v{number}": value for number, value in enumerate(values.values())}
        self._update(self.tables.leg_state, {"key": key}, f"SET {sets}", None, names, given)

    def remember(self, key: str, member: str) -> None:
        """Add a member to a set that is kept under a key of leg-state."""
        self._update(self.tables.leg_state, {"key": key}, "ADD #m :m", None, {"#m": "members"}, {":m": {member}})

    # -- how

    def _of_alert(self, change: Change) -> list[dict[str, Any]]:
        condition: dict[str, Any] = {
            "ConditionExpression": "attribute_not_exists(#k)",
            "ExpressionAttributeNames": {"#k": "alert_key"},
        }
        if change.expected_version:
            condition = {
                "ConditionExpression": "#v = :v",
                "ExpressionAttributeNames": {"#v": "item_version"},
                "ExpressionAttributeValues": {":v": typed(change.expected_version)},
            }
        writes = [{"TableName": self.tables.alerts, "Item": to_item(change.alert), **condition}]
        writes += [{"TableName": self.tables.transitions, "Item": to_item(item)} for item in change.transitions]
        if change.decision:
            writes.append({"TableName": self.tables.decisions, "Item": to_item(change.decision)})
        return writes

    def _newer(self, item: Item) -> dict[str, Any]:
        names = {"#k": "key", "#v": "state_version"}
        values: dict[str, Any] = {":v": typed(item["state_version"])}
        condition = "attribute_not_exists(#k) OR #v < :v"
        if not item.get("is_deleted"):
            condition += " OR (#v = :v AND #d = :d)"
            names["#d"], values[":d"] = "is_deleted", typed(True)
        return {
            "TableName": self.tables.leg_state,
            "Item": to_item(item),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def _once(self, item: Item) -> dict[str, Any]:
        return {
            "TableName": self.tables.event_log,
            "Item": to_item(item),
            "ConditionExpression": "attribute_not_exists(#k)",
            "ExpressionAttributeNames": {"#k": "event_id"},
        }

    def _all_or_none(self, puts: list[dict[str, Any]]) -> bool:
        if len(puts) == 1:
            return self._put_alone(puts[0]) or False
        return self._transact(puts) is None

    def _put_alone(self, put: dict[str, Any]) -> bool:
        try:
            self._client.put_item(**put)
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _transact(self, puts: list[dict[str, Any]]) -> list[str] | None:
        """Write all; None when done, else why not for each, empty where that one was no obstacle."""
        try:
            self._client.transact_write_items(TransactItems=[{"Put": put} for put in puts])
        except ClientError as error:
            given = error.response.get("CancellationReasons")
            if code_of(error) != "TransactionCanceledException" or not given:
                raise
            reasons = ["" if cause.get("Code") in (None, "None") else cause["Code"] for cause in given]
            if set(filter(None, reasons)) - {NOT_HELD, *BUSY}:
                raise
            return reasons
        return None

    def _update(
        self,
        table: str,
        key: Mapping[str, str],
        update: str,
        condition: str | None,
        names: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> bool:
        asked: dict[str, Any] = {
            "TableName": table,
            "Key": to_item(key),
            "UpdateExpression": update,
            "ExpressionAttributeNames": dict(names),
            "ExpressionAttributeValues": to_item(values),
        }
        try:
            self._client.update_item(**asked, **({"ConditionExpression": condition} if condition else {}))
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True


def code_of(error: ClientError) -> str:
    """Return the code that AWS answered with."""
    return error.response["Error"]["Code"]
