"""The balance of the gateway: messages as read against messages whose events the brokers have, and those put aside."""

import io
import json
from typing import Any

import pytest

from aero_assets.zones import station_offset as offset_of
from aero_ingest.gateway import Knowledge
from aero_ingest.gateway_lambda import Settings, handle
from tests.unit.ingest.message_samples import sample
from tests.unit.ingest.test_gateway import SCHEDULE, World

AT = "2026-11-22T13:55:02Z"
MESSAGES = "".join(sample(name) for name in ("mvt_01_departure", "mvt_04_delay_two_codes"))


class Store:
    """A raw bucket with one body, and a lake that remembers what was written."""

    def __init__(self, text):
        self.text, self.written = text, {}

    def get_object(self, **_):
        return {"Body": io.BytesIO(self.text.encode())}

    def put_object(self, Key, Body, **_):
        self.written[Key] = json.loads(Body)


class Producer:
    """A producer of a world; `kept` says of the number of an event how often the brokers get it."""

    def __init__(self, world, kept):
        self.world, self.kept, self.number, self.acknowledged = world, kept, 0, 0

    def send(self, event):
        self.number += 1
        for _ in range(self.kept(self.number)):
            self.world.sent.append(event)
            self.acknowledged += 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def take(text, kept=lambda number: 1):
    world = World()
    world.take(SCHEDULE)
    store = Store(text)
    using: Any = {
        "s3": store, "tables": world, "raw_bucket": "raw", "lake_bucket": "lake", "bootstrap": "", "security": "",
        "knowledge": Knowledge({"AMX": "AM"}, {"RA": "93"}, offset_of), "producer": lambda *_: Producer(world, kept),
    }  # fmt: skip
    event = {"feed": "partner/messages", "raw_key": "k", "arrival_id": "a", "arrived_at": AT}
    row = handle(event, Settings(**using))
    [ledger] = [document for key, document in store.written.items() if key.startswith("_outcomes/gateway/")]
    assert ledger == row
    return row, ledger["rows_in"] - ledger["rows_out"] - ledger["duplicates"] - ledger["rejects"]


def test_messages_that_are_sent_wait_or_are_put_aside_are_level():
    unknown = sample("mvt_01_departure").replace("AM0905", "AM0999")
    row, difference = take(f"{MESSAGES}{unknown}nothing that anybody can read\n")
    assert (difference, row["events"] > 0, row["acknowledged"]) == (0, True, row["events"])
    assert row["rejects"] >= 1


@pytest.mark.parametrize(
    ("kept", "difference"), [(lambda number: int(number != 1), 1), (lambda number: 1 + (number == 1), -1)]
)
def test_an_event_that_the_brokers_never_got_or_got_twice_does_not_balance(kept, difference):
    assert take(MESSAGES, kept)[1] == difference
