"""No event stops a day: of every kind of odd event one, in quarantine, and the rest of the day published.

What waited for the airport reference is let go by one command once the reference has the airport.
"""

from collections import Counter
from datetime import UTC, date, datetime

import pyarrow.parquet as pq
import pytest

from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_assets import zones
from aero_assets.arrivals import receipts
from aero_assets.environment import Environment
from aero_assets.feeds import find
from aero_assets.published import PublishedCopy
from aero_assets.storage import Bucket
from aero_cli.release import release, sender
from aero_streaming.events import topic_of
from tests.golden.odd_events import odd_events
from tests.platform.line import Line
from tests.unit.feeds.event_rows import wrapped
from tests.unit.ingest.message_samples import sample

FEED, MESSAGES = find("ops/leg_events"), find("partner/messages")
ON = date(2026, 11, 2)
#: An airport of the day that the reference does not have yet.
NEW = "GDL"


@pytest.fixture(scope="module")
def said() -> list[dict]:
    """Some legs of a day, with and without the airport that is new."""
    events = [event for event in day_events(Airline(seed=3), ON) if topic_of(event) == "leg-events"]
    legs = sorted({event["leg_uid"] for event in events})
    kept = {*legs[:40], *[event["leg_uid"] for event in events if _is_new(event)][:200]}
    return [event for event in events if event["leg_uid"] in kept]


def _is_new(event: dict) -> bool:
    return NEW in (event["origin"], event["destination"], event.get("diverted_to"))


def _refused(line: Line) -> Counter[str]:
    """Count what is in quarantine by reason."""
    found: Counter[str] = Counter()
    for number, item in enumerate([*line.lake.list(f"quarantine/{FEED.path}/")]):
        file = line.state.root / f"refused-{number}.parquet"
        line.lake.download(item.key, file)
        found.update(pq.read_table(file, columns=["reason"]).column(0).to_pylist())
    return found


def _published(line: Line) -> set[str]:
    """The legs of the day in the published marts."""
    line.publish()
    snapshot = PublishedCopy(line.state.published_copy, line.lake).pull()
    with snapshot.connect() as connection:
        rows = connection.execute(f"select leg_uid from operations.fct_leg where operating_date = date '{ON}'")
        return {uid for (uid,) in rows.fetchall()}


def test_a_day_with_odd_events_of_every_kind_is_published_and_what_waits_is_let_go(line, said, monkeypatch):
    odd = [(event, code) for _, event, code in odd_events() if code and topic_of(event) == "leg-events"]
    known = zones.airports()
    monkeypatch.setattr(zones, "airports", lambda: {code: known[code] for code in known if code != NEW})
    zones.airport_table.cache_clear()
    # As Firehose writes them; nobody else may.
    raw = Bucket(Environment.current().raw_bucket, line.state.session("root").client("s3"))
    body = line.state.root / "body"
    body.write_bytes(wrapped(*said, *(event for event, _ in odd)))
    now = datetime.now(UTC)
    raw.upload(body, f"{FEED.path}/dt={now:%Y-%m-%d}/hh={now:%H}/events-1")

    line.settle()

    waits = [event for event in said if _is_new(event)]
    assert waits
    expected = Counter(code for _, code in odd) + Counter({"unknown_airport": len(waits)})
    assert _refused(line) == expected
    good = {event["leg_uid"] for event in said if not _is_new(event)}
    assert _published(line) == good

    monkeypatch.setattr(zones, "airports", lambda: known)
    zones.airport_table.cache_clear()
    today, log = now.date(), []
    to_nobody = sender("127.0.0.1:1", "plaintext", log.append)
    [done] = release([FEED], today, today, to_nobody, log.append)
    assert (done.rows, done.arrival_days) == (len(waits), [f"{today}"])
    assert done.still_waiting == sum(code == "unknown_airport" for _, code in odd)
    assert done.events_sent == 0, "no broker is there"
    assert any("the stream does not hear of" in line for line in log)
    assert release([FEED], today, today, to_nobody, log.append) == [], "the day is asked for already"

    line.settle()

    assert _refused(line) == Counter(code for _, code in odd)
    assert _published(line) == {event["leg_uid"] for event in said}
    [done] = release([FEED], today, today, to_nobody, log.append)
    assert (done.rows, done.arrival_days) == (0, [])


def test_a_message_that_waits_for_an_airport_goes_to_the_gateway_again_and_leaves_quarantine(line):
    line.drop("divert.txt", sample("div_01").encode(), feed=MESSAGES.path)
    raw, today = Bucket(Environment.current().raw_bucket), datetime.now(UTC).date()
    [receipt] = receipts(raw, MESSAGES)
    [key] = receipt.body_keys(raw, MESSAGES)
    place = f"quarantine/{MESSAGES.path}/dt={today}/messages-retry-1.json"
    common = {"text": "DIV", "raw_ref": f"s3://{raw.name}/{key}", "received_at": "2026-11-22T14:00:00Z", "identity": ""}

    def waits(code: str) -> dict[str, str]:
        message = f"divert: diverted_to is {code}, which the airport reference does not have on 2026-11-22; it waits"
        return common | {"reason": "unknown_airport", "message": message}

    line.lake.write_json(place, {"messages": [waits("MID"), waits("QQX")]})

    to_nobody = sender("", "plaintext", print)
    [done] = release([MESSAGES], today, today, to_nobody, print)
    assert (done.rows, done.handed_on, done.still_waiting) == (1, 1, 1)
    assert (line.lake.read_json(place) or {})["messages"] == [waits("QQX")]
    [done] = release([MESSAGES], today, today, to_nobody, print)
    assert (done.rows, done.handed_on, done.still_waiting) == (0, 0, 1)
