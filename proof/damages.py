"""Damages: files of six feeds, each damaged in every way we know, through door and typed step.

Every damage ends in right rows or in a sentence; what nothing in a file can show is declared, with the reason why.
"""

import contextlib
import io
from collections import Counter
from collections.abc import Callable
from typing import Any

from aero_assets.feeds import find
from proof.record import FAILED
from tests.damages import BYTES, RECORDS, Table, good_file, judge
from tests.damages_by_feed import BY_FEED, UNSEEN

FEEDS = (
    "partner/bts_ontime", "partner/bts_departures", "partner/airline_legs", "partner/t100_segment", "partner/metar",
    "partner/messages",
)  # fmt: skip


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Try every damage on a file of every feed; return how many ended how, and those that ended wrong."""
    ends, failed = Counter[str](), []
    for path in FEEDS:
        for name, kind, detail in sweep(path):
            expected = ("wrong",) if (path, name) in UNSEEN else ("right", "told")
            ends["unseen" if kind == "wrong" else kind] += 1
            if kind not in expected:
                failed.append(f"{path}, {name}: {kind}{detail}")
        log(f"{path}: {dict(ends)} so far")
    tried = {*BYTES, *RECORDS, *(name for feed in BY_FEED.values() for name in feed)}
    return {
        "kinds of damage": len(tried),
        "damaged files": ends.total(),
        "right rows": ends["right"],
        "a sentence": ends["told"],
        "shown by nothing in the file": ends["unseen"],
        FAILED: failed,
    }


def sweep(path: str) -> list[tuple[str, str, str]]:
    """Return name, verdict and, where it is wrong, an example, of every damage of a file of one feed."""
    feed = find(path)
    body, name = good_file(path)
    outcomes = []
    # The door writes a line of its own for every file.
    with contextlib.redirect_stdout(io.StringIO()):
        _, good = judge(feed, body, name)
        damaged = {damage: change(body) for damage, change in BYTES.items()}
        if feed.format == "csv":
            changes = RECORDS | BY_FEED.get(path, {})
            damaged |= {damage: change(Table.of(feed, body)) for damage, change in changes.items()}
        for damage, sent in damaged.items():
            verdict, _ = judge(feed, sent, name, good)
            outcomes.append((damage, verdict.kind, f": {verdict.wrong[:1] or verdict.missing}"))
    return outcomes
