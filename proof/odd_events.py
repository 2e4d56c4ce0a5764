"""Random well-formed events, good and odd, through the real Flink job and the lake: what one refuses the other refuses.

Every event must be in the merge of its leg or refused with the code of the lake, never both, never neither.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from aero_assets.feeds import feeds
from aero_local import topics
from aero_local.signals import interruptible
from aero_streaming.events import topic_of
from aero_streaming.events.types import TOPICS
from tests.golden.odd_events import random_events
from tests.judging import judged
from tests.stream.cluster import Cluster
from tests.stream.flink_run import last_words, records, run_jobs
from tests.unit.feeds.event_rows import wrapped

SEEDS, EVENTS = range(1, 6), 4_000
OUT = "odd"


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Send the events of all seeds to one broker, run the job to their end and compare it with the lake."""
    events = {event["event_id"]: event for seed in SEEDS for event in random_events(Random(seed), EVENTS)}  # noqa: S311
    lake = _lake(list(events.values()))
    log(f"{len(events):,} events judged by the lake, {sum(code is not None for code in lake.values()):,} refused")
    with TemporaryDirectory() as folder, interruptible():
        cluster = Cluster(Path(folder) / "one", brokers=1)
        try:
            cluster.start()
            stream, counted = _stream(cluster.bootstrap, Path(folder), list(events.values()))
        finally:
            cluster.stop()
    legs = Counter(event["leg_uid"] for event in events.values() if lake[event["event_id"]] is None)
    wrong = [f"{name}: the lake says {code}, the stream {stream.get(name)}" for name, code in lake.items()
             if stream.get(name) != code]  # fmt: skip
    wrong += [f"leg {uid}: {number} events, the stream counted {counted.get(uid)}" for uid, number in legs.items()
              if counted.get(uid) != number]  # fmt: skip
    by_code = Counter(code or "accepted" for code in lake.values())
    return {"events": len(events), "seeds": len(SEEDS), "legs": len(legs), **dict(sorted(by_code.items())),
            "failed": wrong}  # fmt: skip


def _lake(events: list[dict[str, Any]]) -> dict[str, str | None]:
    """Return the code that the typed step gives each event, by id."""
    reasons: dict[str, str | None] = {}
    for feed in (feed_known for feed_known in feeds() if feed_known.topic):
        ours = [event for event in events if topic_of(event) == feed.topic]
        rows = judged(feed, wrapped(*ours, arrived_at=datetime.now(UTC)))
        reasons |= {event["event_id"]: row["reason"] for event, row in zip(ours, rows, strict=True)}
    return reasons


def _stream(bootstrap: str, folder: Path, events: list[dict[str, Any]]) -> tuple[dict[str, str], dict[str, int]]:
    """Return the code of every event that the job refused, and how many events it merged of each leg."""
    topics.ensure_topics(bootstrap, 1)
    with topics.producer(bootstrap) as producer:
        for event in events:
            producer.send(TOPICS[topic_of(event)], event)
    run_jobs(bootstrap, folder, [{"out": OUT, "topics": ";".join(TOPICS)}])
    refused = {_id_of(row["body"]): row["reason"] for row in records(bootstrap, f"{OUT}-unreadable")}
    legs = last_words(records(bootstrap, f"{OUT}-leg"), ("leg_uid",))
    return refused, {uid: row["events"] for (uid,), row in legs.items()}


def _id_of(body: str) -> str:
    return body.partition('"event_id":"')[2][:32]
