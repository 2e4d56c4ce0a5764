"""500 routes of two real days through the whole stream, repeated, shuffled and corrected: stream = recount = warehouse.

Each day on a platform of its own. At the day's close and at the end every sum of every scope is held to a recount of
the events, and every sum, share and colour of routes and network to the published marts.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from aero_drills import replay_drill
from aero_local.live import source
from aero_local.state import State
from bench.runner import shared_folder

DAYS = (date(2015, 1, 1), date(2015, 1, 2))
FAULTS = source.Faults(repeated=0.1, shuffled_minutes=120, corrected=0.05)
SEED = 3
#: Of some 3,800 of a day, drawn by the seed. On two cores that others used too, 15,000 events were at rest after 511 s
#: and 18,700 after 177 s: the 130,000 of a whole day want 20 minutes to over an hour (`aero drill replay` plays one).
ROUTES = 500
#: A day sent at once is a backlog: the job collects changes for so long, or the emulator's tables take all the time.
MINI_BATCH_MILLISECONDS = 10_000
MOMENTS = ("close", "end")


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Play each day and count what is equal."""
    file = shared_folder() / "flights" / "bts_ontime_2015-01_d1-2.csv.gz"
    results: dict[str, Any] = {"failed": []}
    for day in DAYS:
        events, legs = source.day_of_file(file, day, ROUTES, SEED)
        sent = source.with_faults(events, FAULTS, SEED)
        log(f"{day}: {legs:,} legs, {len(events):,} events, {len(sent):,} sent")
        plan = replay_drill.Plan(sent, f"{day}", legs, mini_batch_milliseconds=MINI_BATCH_MILLISECONDS)
        verdict = replay_drill.run(State.for_drill("replays"), plan, log)
        results[f"{day}"] = {"legs": legs, "sent": len(sent), **figures(verdict)}
        results["failed"] += [f"{day}: {failure}" for failure in failures(verdict)]
    return results


def figures(verdict: dict[str, Any]) -> dict[str, Any]:
    """Return the counts of a verdict: events, and what was compared and is equal at the end."""
    counts = {name: verdict[name] for name in ("distinct", "accepted", "after_close")}
    for moment in MOMENTS:
        for part, held in verdict[moment].items():
            equal = held["compared"] - held["differing"]
            counts[f"{part} equal at {moment}"] = f"{equal:,} of {held['compared']:,}"
    return counts | {"colours": verdict["end"]["colours"]["by_colour"], "seconds": verdict["seconds"]["whole"]}


def failures(verdict: dict[str, Any]) -> list[str]:
    """Return what differs, was lost, doubled, or not compared at all."""
    complaints = [f"{verdict[name]:,} events {name}" for name in ("lost", "duplicated") if verdict[name]]
    for moment in MOMENTS:
        for part, held in verdict[moment].items():
            if held["differing"]:
                complaints.append(f"{part} at {moment}: {held['differing']:,} differ, as {held['examples'][:2]}")
            if not held["compared"]:
                complaints.append(f"{part} at {moment}: nothing was compared")
    return complaints
