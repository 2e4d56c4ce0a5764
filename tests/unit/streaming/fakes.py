"""DynamoDB, SNS and S3 in memory, as the semáforo calls them: conditions, transactions and updates as the real ones.

The DynamoDB here evaluates the expressions that it is given; nothing of the code under test is repeated in it. `fails`
makes the next calls of a name end in an error, `before` runs before every call (to be somebody who is faster).
"""

import copy
import re
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from aero_streaming.alerts.items import from_item

KEYS = {
    "leg-state": ("key", None),
    "alerts": ("alert_key", None),
    "transitions": ("arrived_hour", "arrival"),
    "event-log": ("event_id", None),
    "decisions": ("subject", "decided"),
    "baselines": ("baseline_key", None),
}
INDEXES = {
    ("leg-state", "by_tail"): ("tail_day", "std_at"),
    ("leg-state", "by_scope"): ("scope_day", "scope_id"),
    ("leg-state", "on_ground"): ("on_ground", "ground_since_at"),
    ("alerts", "open"): ("is_open", "opened_at"),
    ("transitions", "outbox"): ("pending", "arrival"),
    ("transitions", "by_alert"): ("alert_key", "arrival"),
    ("event-log", "by_route"): ("route", "event_time"),
    ("event-log", "by_flight"): ("flight", "event_time"),
}
TOKEN = re.compile(r"\s*(<=|>=|<>|[()=<>,]|[#:]?\w+)")
PAGE = 40
Item = dict[str, dict[str, Any]]


def refused(code: str, reasons: list[str] | None = None) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": code}}
    if reasons is not None:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "fake")


class Crash(BaseException):
    """The process is gone, as after a kill: no handler may catch it and carry on."""


class FakeDynamo:
    def __init__(self) -> None:
        self.items: dict[str, dict[tuple[str, str], Item]] = {name: {} for name in KEYS}
        self.calls: list[str] = []
        self.writes = 0
        self.fails: dict[str, list[BaseException]] = {}
        self.before: Callable[[str, dict[str, Any]], None] = lambda name, asked: None

    # -- what tests look at

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [from_item(item) for item in self.items[table].values()]

    def snapshot(self) -> dict[str, Any]:
        return copy.deepcopy(self.items)

    # -- the calls

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:
        self._call("batch_get_item", RequestItems)
        found: dict[str, list[Item]] = {}
        left: dict[str, Any] = {}
        for table, asked in RequestItems.items():
            assert asked["ConsistentRead"]
            keys = asked["Keys"]
            assert 1 <= len(keys) <= 100
            assert len({str(key) for key in keys}) == len(keys), "DynamoDB refuses a key that is asked for twice"
            found[table] = [
                copy.deepcopy(self.items[table][self._key(table, key)])
                for key in keys[:PAGE]
                if self._key(table, key) in self.items[table]
            ]
            if keys[PAGE:]:
                left[table] = {"Keys": keys[PAGE:], "ConsistentRead": True}
        return {"Responses": found, "UnprocessedKeys": left}

    def put_item(self, **asked: Any) -> None:
        self._call("put_item", asked)
        if not self._holds(asked):
            raise refused("ConditionalCheckFailedException")
        self._put(asked)

    def update_item(self, **asked: Any) -> None:
        self._call("update_item", asked)
        table, key = asked["TableName"], self._key(asked["TableName"], asked["Key"])
        old = self.items[table].get(key)
        if not _truth(asked.get("ConditionExpression"), old or {}, asked):
            raise refused("ConditionalCheckFailedException")
        item = copy.deepcopy(old) if old else dict(asked["Key"])
        _update(item, asked)
        self.writes += 1
        self.items[table][key] = item

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> None:
        self._call("transact_write_items", {"TransactItems": TransactItems})
        puts = [item["Put"] for item in TransactItems]
        assert 1 <= len(puts) <= 100
        targets = [(put["TableName"], self._key(put["TableName"], put["Item"])) for put in puts]
        assert len(set(targets)) == len(targets), "a transaction may not write an item twice"
        reasons = ["None" if self._holds(put) else "ConditionalCheckFailed" for put in puts]
        if set(reasons) != {"None"}:
            raise refused("TransactionCanceledException", reasons)
        for put in puts:
            self._put(put)

    def query(self, **asked: Any) -> dict[str, Any]:
        self._call("query", asked)
        table, index = asked["TableName"], asked.get("IndexName")
        partition, sort = INDEXES[table, index] if index else KEYS[table]
        assert not (index and asked.get("ConsistentRead")), "an index cannot be read consistently"
        found = [
            item
            for item in self.items[table].values()
            if partition in item
            and (sort is None or sort in item)
            and _truth(asked["KeyConditionExpression"], item, asked)
        ]
        found.sort(key=lambda item: _value(item[sort]) if sort else 0, reverse=not asked["ScanIndexForward"])
        start = asked.get("ExclusiveStartKey", 0)
        answer: dict[str, Any] = {"Items": copy.deepcopy(found[start : start + PAGE])}
        if found[start + PAGE :]:
            answer["LastEvaluatedKey"] = start + PAGE
        return answer

    # -- how

    def _call(self, name: str, asked: dict[str, Any]) -> None:
        self.calls.append(name)
        self.before(name, asked)
        if self.fails.get(name):
            raise self.fails[name].pop(0)

    def _key(self, table: str, item: Item) -> tuple[str, str]:
        partition, sort = KEYS[table]
        return item[partition]["S"], item[sort]["S"] if sort else ""

    def _holds(self, put: dict[str, Any]) -> bool:
        old = self.items[put["TableName"]].get(self._key(put["TableName"], put["Item"]), {})
        return _truth(put.get("ConditionExpression"), old, put)

    def _put(self, put: dict[str, Any]) -> None:
        for (table, _), names in INDEXES.items():
            for name in names:
                assert table != put["TableName"] or put["Item"].get(name, {"S": "x"}).get("S"), f"{name} must be text"
        self.writes += 1
        self.items[put["TableName"]][self._key(put["TableName"], put["Item"])] = copy.deepcopy(put["Item"])


class FakeSns:
    def __init__(self) -> None:
        self.published: list[dict[str, Any]] = []
        self.fails: list[BaseException] = []
        self.after: Callable[[], None] = lambda: None

    def publish(self, **asked: Any) -> dict[str, str]:
        if self.fails:
            raise self.fails.pop(0)
        assert len(asked["Subject"]) <= 100
        assert asked["Subject"].isascii()
        self.published.append(asked)
        self.after()
        return {"MessageId": f"m{len(self.published)}"}


class FakeS3:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.fails: list[BaseException] = []

    def put_object(self, Bucket: str, Key: str, Body: bytes, ContentType: str) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.objects[Key] = Body


def _value(typed: dict[str, Any]) -> Any:
    ((kind, content),) = typed.items()
    return float(content) if kind == "N" else content


def _truth(expression: str | None, item: Item, asked: dict[str, Any]) -> bool:
    """Evaluate a condition: AND, OR, brackets, comparisons, BETWEEN, attribute_not_exists."""
    if not expression:
        return True
    tokens = TOKEN.findall(expression)
    names, values = asked.get("ExpressionAttributeNames", {}), asked.get("ExpressionAttributeValues", {})

    def operand() -> Any:
        token = tokens.pop(0)
        if token.startswith(":"):
            return _value(values[token])
        name = names[token]
        return _value(item[name]) if name in item else None

    def single() -> bool:
        if tokens[0] == "(":
            tokens.pop(0)
            inner = either()
            assert tokens.pop(0) == ")"
            return inner
        if tokens[0] == "attribute_not_exists":
            del tokens[:2]
            name = names[tokens.pop(0)]
            assert tokens.pop(0) == ")"
            return name not in item
        left, sign = operand(), tokens.pop(0)
        if sign == "BETWEEN":
            low, word, high = operand(), tokens.pop(0), operand()
            assert word == "AND"
            return left is not None and low <= left <= high
        right = operand()
        # A comparison with what is not there is never true.
        return left is not None and {"=": left == right, "<": sign == "<" and left < right}[sign]

    def both() -> bool:
        found = single()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            found = single() and found
        return found

    def either() -> bool:
        found = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            found = both() or found
        return found

    result = either()
    assert not tokens, f"not understood: {tokens}"
    return result


def _update(item: Item, asked: dict[str, Any]) -> None:
    """Carry out SET, REMOVE and ADD to a set."""
    names, values = asked["ExpressionAttributeNames"], asked.get("ExpressionAttributeValues", {})
    parts = re.split(r"\b(SET|REMOVE|ADD)\b", asked["UpdateExpression"])
    for verb, body in zip(parts[1::2], parts[2::2], strict=True):
        for clause in body.split(","):
            words = clause.replace("=", " ").split()
            name = names[words[0]]
            if verb == "SET":
                item[name] = values[words[1]]
            elif verb == "REMOVE":
                item.pop(name, None)
            else:
                members = set(item.get(name, {"SS": []})["SS"]) | set(values[words[1]]["SS"])
                item[name] = {"SS": sorted(members)}
