"""Level-triggered requests: compare the desired state with the reached state, and request the difference.

Nothing here remembers earlier requests: a run that failed or was killed leaves its level unreached and is requested
again, after a pause that doubles with every failure. A request names only the dates that are behind. Dates that a
failed check names are requested separately. If no dates are named, a set that fails repeatedly is requested in halves,
so that at the end each date that cannot be built is alone and all others are built.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import dagster as dg

from aero_assets import run_dates

SUBJECT_TAG, LEVEL_TAG = "aero/subject", "aero/level"
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
#: The daemon looks every five seconds, and leaves out a sensor whose interval lacks a moment: less than its own.
SENSOR_SECONDS = 3
#: The cursor of a sensor that waits for nothing: an empty one would leave the last one standing.
NOT_WAITING = "-"
#: Once is an accident (a kill, a full disk); the latest failures are enough to know what fails again and again.
FAILURES_TOGETHER, FAILURES_SEEN = 2, 100
#: Partitions that were asked for together.
Group = frozenset[str]
#: A day of the range costs some 0.1 s of notes on its assets, a run of its own ten seconds and more.
WIDEST_GAP = timedelta(days=62)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=15)
#: More would not fit into a duration: a date that never succeeds is asked for thousands of times.
MOST_DOUBLINGS = 16


@dataclass(frozen=True)
class Want:
    """The levels that the partitions of one subject should reach, the job for them, and the assets that it builds."""

    subject: str
    job: str
    desired: Mapping[str, str]
    reached: Mapping[str, str]
    assets: Sequence[dg.AssetKey] | None = None
    partitioned: bool = True
    #: The checks that the run makes; none stated: all of its assets.
    checks: Sequence[dg.AssetCheckKey] | None = None
    #: Partitions that a check which failed names: they are asked for alone from the first failure on.
    named: frozenset[str] = frozenset()

    @property
    def behind(self) -> list[str]:
        """Partitions whose level differs, in order, including those that should be removed."""
        names = self.desired.keys() | self.reached.keys()
        return sorted(name for name in names if self.desired.get(name, "") != self.reached.get(name, ""))


def waiting_since(cursor: str | None, now: datetime) -> datetime:
    """Return the time since which a sensor waits, from its cursor; `now` if it does not wait yet."""
    return datetime.fromisoformat(cursor) if cursor and cursor != NOT_WAITING else now


def requests(
    instance: dg.DagsterInstance, want: Want, *, now: datetime, most: int = 2, longest: int = 400
) -> list[dg.RunRequest]:
    """Return run requests for partitions that are behind, not in an open run, and not in a pause.

    With these requests there are at most `most` runs of the subject, each for at most `longest` partitions; further
    partitions wait, and are requested together later.
    """
    if not want.behind:
        return []
    open_runs = instance.get_runs(filters=dg.RunsFilter(statuses=UNFINISHED, tags={SUBJECT_TAG: want.subject}))
    asked: list[dg.RunRequest] = []
    for together in _groups(want, _failures(instance, want), longest):
        group = [name for name in together if not any(run_dates.covers(run.tags, name) for run in open_runs)]
        if len(open_runs) + len(asked) >= most:
            break
        if not group:
            continue
        attempt, last_end = _history(instance, want, _level(want, group))
        if not last_end or now >= last_end + _pause(attempt):
            asked.append(_request(want, group, attempt))
    return asked


def _pause(attempts: int) -> timedelta:
    """Return the pause after a number of attempts: twice as long each time, up to the longest pause."""
    doubled = min(attempts - 2, MOST_DOUBLINGS)
    return min(FIRST_PAUSE * 2**doubled, LONGEST_PAUSE) if attempts > 1 else timedelta(0)


def _level(want: Want, group: Sequence[str]) -> str:
    """Return the digest of the levels that a group of partitions should reach."""
    return sha256("\n".join(f"{name}={want.desired.get(name, '')}" for name in group).encode()).hexdigest()[:16]


def _request(want: Want, group: list[str], attempt: int) -> dg.RunRequest:
    level = _level(want, group)
    tags = {SUBJECT_TAG: want.subject, LEVEL_TAG: level, "aero/attempt": f"{attempt + 1}"}
    if want.partitioned:
        tags |= run_dates.tags_of(group)
    key = f"{want.subject}:{group[0]}:{group[-1]}:{level}:{attempt + 1}"
    return dg.RunRequest(
        run_key=key,
        job_name=want.job,
        tags=tags,
        asset_selection=list(want.assets) if want.assets else None,
        asset_check_keys=list(want.checks) if want.checks else None,
    )


def _groups(want: Want, failed: Counter[Group], longest: int) -> Iterator[list[str]]:
    """Split partitions that are behind into one group per run.

    Partitions without failures are together. A set that failed as a whole is halved. A partition that failed alone, or
    that a failed check names, is a group of its own.
    """
    if not want.partitioned:
        yield want.behind
        return
    groups = [group for suspects in _suspects(want, failed) for group in _halves(suspects)]
    apart = {name for group in groups for name in group}
    rest = [name for name in want.behind if name not in apart]
    # Partitions that failed alone least often come first: a few that always fail must not take every turn.
    for group in (rest, *sorted(groups, key=lambda group: (failed[frozenset(group)], group))):
        for near in _near(group):
            yield from (near[start : start + longest] for start in range(0, len(near), longest))


def _suspects(want: Want, failed: Counter[Group]) -> Iterator[list[str]]:
    """Yield the smallest sets of partitions behind that each contain one that cannot be built; no two sets overlap.

    If a set failed repeatedly, each part of it that fails narrows the search, and so does each part that is built: the
    remainder then counts as failed without a further attempt.
    """
    behind, blamed = set(want.behind), list[Group]()
    for group in sorted(failed, key=len, reverse=True):
        if len(group) == 1 or failed[group] >= FAILURES_TOGETHER or any(group < other for other in blamed):
            blamed.append(group)
    left = {group & behind for group in blamed} | {frozenset([name]) for name in want.named & behind}
    taken: set[str] = set()
    for group in sorted(left, key=lambda group: (len(group), sorted(group))):
        if group and taken.isdisjoint(group):
            taken |= group
            yield sorted(group)


def _halves(group: list[str]) -> list[list[str]]:
    middle = len(group) // 2
    return [group[:middle], group[middle:]] if middle else [group]


def _near(names: list[str]) -> Iterator[list[str]]:
    """Split ISO dates where a gap costs more than a separate run, because Dagster notes every day of a range."""
    near: list[str] = []
    for name in names:
        if near and date.fromisoformat(name) - date.fromisoformat(near[-1]) > WIDEST_GAP:
            yield near
            near = []
        near.append(name)
    if near:
        yield near


def _failures(instance: dg.DagsterInstance, want: Want) -> Counter[Group]:
    """Count failures of each set of partitions at the levels that it should reach now, in the latest runs."""
    if not want.partitioned:
        return Counter()
    filters = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], tags={SUBJECT_TAG: want.subject})
    runs = instance.get_runs(filters=filters, limit=FAILURES_SEEN)
    asked = ((run_dates.dates_in(run.tags), run.tags.get(LEVEL_TAG, "")) for run in runs)
    return Counter(frozenset(dates) for dates, level in asked if _level(want, dates) == level)


def _history(instance: dg.DagsterInstance, want: Want, level: str) -> tuple[int, datetime | None]:
    """Return the number of requests for exactly this level, and the time at which the last one ended."""
    filters = dg.RunsFilter(tags={SUBJECT_TAG: want.subject, LEVEL_TAG: level})
    records = instance.get_run_records(filters=filters)
    ends = [record.end_time for record in records if record.end_time]
    return len(records), datetime.fromtimestamp(max(ends), UTC) if ends else None
