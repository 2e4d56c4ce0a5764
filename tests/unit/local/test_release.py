"""Records that waited for an airport are released once the reference has it: rows, events as they came, messages."""

from datetime import date
from typing import Any

import pytest

from aero_assets import zones
from aero_assets.arrivals import list_arrivals, plan
from aero_assets.feeds import find
from aero_assets.manifests import AGAIN, ArrivalManifest
from aero_assets.resources import Gateway
from aero_cli.release import Released, Zone, let_go
from aero_streaming.events import to_json
from tests.golden.odd_events import forged
from tests.unit.assets.test_event_arrivals import FEED, MONDAY, Lake
from tests.unit.streaming.event_samples import event

DATABASE = find("opsdb/legs")
BODIES: list[dict[str, str]] = []
SENT: list[str] = []


class NotingGateway(Gateway):
    """A gateway that remembers the bodies it is sent."""

    def send(self, body: dict[str, str]) -> None:
        BODIES.append(body)


@pytest.fixture
def lake(tmp_path):
    BODIES.clear()
    SENT.clear()
    return Lake(tmp_path)


@pytest.fixture
def added(monkeypatch):
    """Until it is called, Monterrey is no airport of the reference."""
    known = zones.airports()

    def reference(codes: set[str]) -> None:
        monkeypatch.setattr(zones, "airports", lambda: {code: known[code] for code in known if code in codes})
        zones.airport_table.cache_clear()

    reference(known.keys() - {"MTY"})
    yield lambda: reference(set(known))
    zones.airport_table.cache_clear()


def released(lake, feed=FEED, first=date.min, last=date.max) -> Released:
    def send(feed: Any, records: list[str]) -> int:
        SENT.extend(records)
        return len(records)

    return let_go(feed, Zone(lake.raw, lake.lake, NotingGateway()), first, last, send, print)


OTHER = forged("out", {"destination": "GDL"})
NOWHERE = forged("out", {"origin": "QQX"})


def test_rows_of_an_airport_that_is_known_by_now_are_let_go_and_others_wait_on(lake, added):
    lake.land("a", event("out"), OTHER, NOWHERE, b"no event")
    lake.compact()
    assert len(lake.rows()) == 1
    assert released(lake).rows == 0, "the reference has not changed"

    added()
    done = released(lake)
    assert (done.rows, done.still_waiting, done.arrival_days) == (1, 1, [f"{MONDAY}"])
    assert (done.events_sent, SENT) == (1, [to_json(event("out")).decode()]), "exactly as it came"
    assert ArrivalManifest.load(lake.lake, FEED, MONDAY).level == AGAIN
    assert released(lake).rows == 0, "the day is asked for already"

    lake.compact()
    assert len(lake.rows()) == 2
    done = released(lake)
    assert (done.rows, done.still_waiting, done.events_sent) == (0, 1, 0)


def test_only_days_with_rows_that_waited_are_asked_for_again(lake, added):
    lake.land("a", event("out"))
    lake.land("b", OTHER, day=date(2026, 11, 24))
    lake.compact()
    added()
    assert released(lake, last=date(2026, 11, 22)).rows == 0, "none of these days"
    assert released(lake).arrival_days == [f"{MONDAY}"]
    planned = plan(list_arrivals(lake.raw, FEED))
    untouched = ArrivalManifest.load(lake.lake, FEED, date(2026, 11, 24))
    assert untouched.level == planned[date(2026, 11, 24)].level(FEED)


def test_a_body_with_messages_that_waited_goes_to_the_gateway_and_they_leave_quarantine(lake):
    def waits(code: str) -> dict[str, str]:
        message = f"leg 1: origin is {code}, which the airport reference does not have on 2026-11-22; it waits"
        return {"reason": "unknown_airport", "message": message, "text": "", "identity": "",
                "raw_ref": "s3://bucket/opsdb/legs/part", "received_at": "2026-11-22T18:00:00Z"}  # fmt: skip

    place = f"quarantine/{DATABASE.path}/dt=2026-11-22/messages-hour-00000.json"
    other = waits("QQX") | {"reason": "unusable_row"}
    lake.lake.write_json(place, {"messages": [waits("MEX"), waits("QQX"), other]})
    done = released(lake, DATABASE)
    assert (done.rows, done.handed_on, done.still_waiting) == (1, 1, 1)
    assert BODIES == [{"feed": "opsdb/legs", "raw_key": "opsdb/legs/part", "arrival_id": "hour-00000",
                     "arrived_at": "2026-11-22T18:00:00Z"}]  # fmt: skip
    assert lake.lake.read_json(place) == {"messages": [waits("QQX"), other]}
    assert released(lake, DATABASE).handed_on == 0
    lake.lake.write_json(place, {"messages": [waits("MEX")]})
    released(lake, DATABASE)
    assert lake.lake.read_json(place) is None
