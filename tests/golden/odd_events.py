"""Well-formed events that are at a limit or beyond it, with the code that Python, the lake and the Flink job must give.

One list for all three: `CASES` is (what, type of event, changes, code or None). `forged` makes the event of a case,
with the ids that its values have, without asking whether it may be.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from aero_streaming.events import Problem, dated_version, event_id, leg_uid, read, to_json
from aero_streaming.events.types import EVENT_TYPES
from tests.unit.streaming.event_samples import event

IDENTITY = ("carrier", "flight_number", "operational_suffix", "origin", "operating_date", "leg_sequence")
FAR, AHEAD, RANGE, UNKNOWN = "far_from_schedule", "stamp_ahead", "date_out_of_range", "unknown_airport"
#: A leg without a plan, as a sender tells it that does not know one.
NO_PLAN = {"std_at": None, "sta_at": None}
STD, STA = datetime(2026, 11, 22, 19, tzinfo=UTC), datetime(2026, 11, 22, 20, 40, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)


def later(moment: datetime, **distance: float) -> str:
    """Return the text of a time so far after another one."""
    return (moment + timedelta(**distance)).isoformat().replace("+00:00", "Z")


def moved(name: str, at: str) -> dict[str, Any]:
    """Return what a movement says that was at a time and came a minute later."""
    return {name: at, "event_time": at, "received_at": later(datetime.fromisoformat(at), minutes=1)}


def planned(std: str, minutes: int = 100) -> dict[str, Any]:
    """Return the plan of a leg that leaves at a time."""
    return {"std_at": std, "sta_at": later(datetime.fromisoformat(std), minutes=minutes)}


CASES: list[tuple[str, str, dict[str, Any], str | None]] = [
    ("an unknown origin", "out", {"origin": "QQX"}, UNKNOWN),
    ("an unknown destination", "in", {"destination": "ZZZ"}, UNKNOWN),
    ("two unknown airports", "out", {"origin": "QQX", "destination": "ZZZ"}, UNKNOWN),
    ("a diversion to nowhere", "divert", {"diverted_to": "QQX"}, UNKNOWN),
    ("an airport before it was opened", "out", {"destination": "NLU", "operating_date": "2012-11-22",
     "std_at": "2012-11-22T19:00:00Z", "sta_at": None, **moved("out_at", "2012-11-22T19:05:00Z")}, UNKNOWN),
    ("books of an unknown airport", "booking", {"destination": "QQX"}, UNKNOWN),
    ("an answer about an unknown airport", "feedback", {"origin": "QQX"}, UNKNOWN),
    ("an unknown carrier", "out", {"carrier": "Q9"}, None),
    ("no destination", "out", {"destination": None, "sta_at": None}, None),
    ("a field of another type", "out", {"diverted_to": "QQX"}, None),
    ("OUT twenty years later", "out", {"out_at": "2046-06-01T00:00:00Z"}, AHEAD),
    ("OUT twenty years later, received then", "out", moved("out_at", "2046-06-01T00:00:00Z"), RANGE),
    ("OUT two years earlier, received then", "out", moved("out_at", "2024-11-22T19:05:00Z"), RANGE),
    ("OUT a year earlier, told now", "out", {"out_at": "2025-11-22T19:05:00Z"}, FAR),
    ("OUT on the day before", "out", {"out_at": later(STD, days=-1)}, FAR),
    ("OUT six hours early", "out", {"out_at": later(STD, hours=-6)}, None),
    ("OUT more than six hours early", "out", {"out_at": later(STD, hours=-6, seconds=-1)}, FAR),
    ("OUT thirty hours late", "out", moved("out_at", later(STD, hours=30)), None),
    ("OUT three days late", "out", moved("out_at", later(STD, days=3)), None),
    ("OUT more than three days late", "out", moved("out_at", later(STD, days=3, microseconds=1)), FAR),
    ("IN three days late", "in", moved("in_at", later(STA, days=3)), None),
    ("IN more than three days late", "in", moved("in_at", later(STA, days=3, minutes=1)), FAR),
    ("IN far, where only STD is known", "in", {"sta_at": None, **moved("in_at", later(STD, days=4, minutes=1))}, FAR),
    ("an estimate of a year ahead", "estimate", {"estimated_out_at": "2027-11-22T19:00:00Z"}, FAR),
    ("an estimated arrival far off", "estimate", {"estimated_in_at": later(STA, days=3, minutes=1)}, FAR),
    ("an estimate before the plan", "estimate", {"estimated_off_at": later(STD, hours=-13)}, FAR),
    ("a return far off", "return_to_ramp", moved("return_in_at", later(STD, days=4, minutes=1)), FAR),
    ("a return of which only the event time is far off", "air_return", {"event_time": later(STD, days=-3)}, FAR),
    ("no plan, OUT two days later", "out", {**NO_PLAN, **moved("out_at", later(MIDNIGHT, days=2))}, None),
    ("no plan, OUT in the year before", "out", {**NO_PLAN, "out_at": "2025-11-22T19:05:00Z"}, FAR),
    ("no plan, IN ten days later", "in", {**NO_PLAN, **moved("in_at", later(MIDNIGHT, days=10))}, FAR),
    ("a plan of another month", "schedule", planned("2026-12-22T19:00:00Z"), FAR),
    ("a plan past midnight under its old date", "schedule", planned("2026-11-23T06:30:00Z"), None),
    ("the latest plan of a date", "schedule", planned(later(MIDNIGHT, hours=60)), None),
    ("a plan later than any clock", "schedule", planned(later(MIDNIGHT, hours=60, minutes=1)), FAR),
    ("a plan earlier than any clock", "schedule", planned(later(MIDNIGHT, hours=-38, minutes=-1)), FAR),
    ("a leg of a day and more", "schedule", planned("2026-11-22T19:00:00Z", 1_441), FAR),
    ("an event time ten minutes ahead", "cancel", {"event_time": later(STD, minutes=16)}, None),
    ("an event time more than ten minutes ahead", "cancel", {"event_time": later(STD, minutes=16, seconds=1)}, AHEAD),
    ("OUT eleven minutes ahead", "out", {"out_at": later(STD, minutes=17)}, AHEAD),
    ("received a month before it happened", "out", {"received_at": later(STD, days=-30)}, AHEAD),
    ("books told before they are", "booking", {"event_time": later(STD, hours=2)}, AHEAD),
    ("an answer told before it is given", "feedback", {"event_time": later(STD, hours=2)}, AHEAD),
    ("the first day of the calendar", "cancel", {"operating_date": "0001-01-01", **NO_PLAN}, RANGE),
    ("the last day that is too early", "cancel", {"operating_date": "2009-12-31", **NO_PLAN}, RANGE),
    ("the last day of the calendar", "cancel", {"operating_date": "9999-12-31", **NO_PLAN}, RANGE),
    ("a day of the next decade", "cancel", {"operating_date": "2035-01-01", **NO_PLAN}, RANGE),
    ("a month ahead", "cancel", {"operating_date": "2026-12-22", **NO_PLAN}, None),
    ("371 days ahead", "cancel", {"operating_date": "2027-11-28", **NO_PLAN}, RANGE),
    ("received in 1999", "cancel", {"received_at": "1999-01-01T00:00:00Z"}, RANGE),
    ("received in 2099", "cancel", {"received_at": "2099-01-01T00:00:00Z"}, RANGE),
    ("told four years later", "delay_codes", {"received_at": "2030-11-22T19:06:00Z"}, RANGE),
    ("told a month later", "delay_codes", {"received_at": "2026-12-22T19:06:00Z"}, None),
    ("books of a day two years ahead", "booking", {"operating_date": "2028-11-22", **NO_PLAN}, RANGE),
    ("the highest version", "cancel", {"version": 2**31 - 1}, "version_ahead"),
    ("a version of the year after", "out", {"version": dated_version("out", "2027-11-22T19:05:00Z")}, "version_ahead"),
    ("a version of its minute", "out", {"version": dated_version("out", "2026-11-22T19:05:00Z") + 1}, None),
    ("a fraction of a second", "out", {"out_at": "2026-11-22T19:05:00.25Z"}, None),
]  # fmt: skip


def forged(kind: str, changes: dict[str, Any], good: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a well-formed event that says something else, under the ids that go with it."""
    made = {name: value for name, value in ((good or event(kind, 5)) | changes).items() if value is not None}
    made["leg_uid"] = leg_uid(*(made[name] for name in IDENTITY))
    return made | {"event_id": event_id(made)}


def odd_events() -> list[tuple[str, dict[str, Any], str | None]]:
    """Return the event of every case, what it is and its code."""
    return [(name, forged(kind, changes), code) for name, kind, changes, code in CASES]


def random_events(chance: Random, count: int) -> list[dict[str, Any]]:
    """Return well-formed events of all types, most of them good, the others odd in one to three of their fields."""
    kinds = sorted(EVENT_TYPES)
    found = []
    for _ in range(count):
        kind = chance.choice(kinds)
        good = event(kind, 5) | {"flight_number": chance.randint(1, 60)}
        times = sorted(name for name in good if name.endswith(("_at", "_time")))
        odd = chance.sample([*times, *STRANGE], chance.choice((0, 0, 1, 1, 2, 3)))
        changes = {name: STRANGE[name](chance) if name in STRANGE else _some_time(chance) for name in odd}
        made = forged(kind, changes, good)
        if not isinstance(read(to_json(made)), Problem):
            found.append(made)
    return found


def _some_time(chance: Random) -> str:
    """A time near the plan, a few days off, or anywhere in the calendar."""
    near = timedelta(seconds=chance.randint(-4 * 86_400, 6 * 86_400))
    anywhere = timedelta(days=chance.randint(-730_000, 2_900_000), microseconds=chance.randint(0, 10**6))
    return later(STD, seconds=(near if chance.random() < 0.8 else anywhere).total_seconds())


STRANGE: dict[str, Callable[[Random], Any]] = {
    "origin": lambda chance: chance.choice(("QQX", "XWA", "GDL", "NLU", "ISN")),
    "destination": lambda chance: chance.choice(("ZZZ", "TQO", "CUN", None)),
    "operating_date": lambda chance: (date(2026, 11, 22) + timedelta(days=chance.randint(-9_000, 500))).isoformat(),
    "version": lambda chance: chance.choice((1, 2, 3, 1_000, chance.randint(1, 2**31 - 1))),
    "std_utc_offset_minutes": lambda chance: chance.randrange(-720, 855, 15),
}
