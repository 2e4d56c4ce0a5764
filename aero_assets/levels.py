"""Level-triggered requests: compare what should be with what is, and ask for the difference.

Nothing here remembers what it asked for: a run that failed or was killed leaves its level unreached and is asked
for again, after a pause that doubles with every failure. Requests are contiguous ranges of days, a bounded number
at a time; days that hold nothing may lie in them where that costs nothing.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

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
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=15)


@dataclass(frozen=True)
class Want:
    """A thing whose partitions should reach levels: which job brings it there, and for which of its assets."""

    subject: str
    job: str
    wanted: Mapping[str, str]
    reached: Mapping[str, str]
    assets: Sequence[dg.AssetKey] | None = None
    partitioned: bool = True
    #: Whether a range may run over days that hold nothing: what is published by month would cost a run for each.
    bridges_nothing: bool = False

    @property
    def behind(self) -> list[str]:
        """Partitions whose level differs, in order; one that should be gone counts too."""
        names = self.wanted.keys() | self.reached.keys()
        return sorted(name for name in names if self.wanted.get(name, "") != self.reached.get(name, ""))


def requests(
    instance: dg.DagsterInstance, want: Want, *, now: datetime, most: int = 2, longest_days: int = 400
) -> list[dg.RunRequest]:
    """Return up to `most` run requests for what is behind and not already under way or pausing."""
    if not want.behind:
        return []
    busy = list(_unfinished(instance, want))
    asked = []
    for group in _ranges(want, longest_days) if want.partitioned else [want.behind]:
        level = sha256("\n".join(f"{name}={want.wanted.get(name, '')}" for name in group).encode()).hexdigest()[:16]
        if any(_overlap(group, span) for span in busy):
            continue
        attempt, last_end = _history(instance, want, level)
        pause = min(FIRST_PAUSE * 2 ** (attempt - 2), LONGEST_PAUSE) if attempt > 1 else timedelta(0)
        if last_end and now < last_end + pause:
            continue
        asked.append(_request(want, group, level, attempt))
        if len(asked) == most:
            break
    return asked


def _request(want: Want, group: list[str], level: str, attempt: int) -> dg.RunRequest:
    tags = {SUBJECT_TAG: want.subject, LEVEL_TAG: level, "aero/attempt": f"{attempt + 1}"}
    if want.partitioned:
        tags |= {ASSET_PARTITION_RANGE_START_TAG: group[0], ASSET_PARTITION_RANGE_END_TAG: group[-1]}
    key = f"{want.subject}:{group[0]}:{group[-1]}:{level}:{attempt + 1}"
    return dg.RunRequest(
        run_key=key, job_name=want.job, tags=tags, asset_selection=list(want.assets) if want.assets else None
    )


def _ranges(want: Want, longest: int) -> Iterator[list[str]]:
    """Split what is behind, ISO dates, into runs of days with nothing else between them, none longer than `longest`."""
    there = sorted(want.wanted.keys() | want.reached.keys())
    group: list[str] = []
    for day in want.behind:
        if group:
            days = (date.fromisoformat(day) - date.fromisoformat(group[0])).days + 1
            next_day = f"{date.fromisoformat(group[-1]) + timedelta(1)}"
            after = there[bisect_right(there, group[-1])] if want.bridges_nothing else next_day
            if days > longest or day != after:
                yield group
                group = []
        group.append(day)
    if group:
        yield group


def _unfinished(instance: dg.DagsterInstance, want: Want) -> Iterator[tuple[str, str]]:
    """Yield the span of every run of this subject that may still reach a level."""
    filters = dg.RunsFilter(statuses=UNFINISHED, tags={SUBJECT_TAG: want.subject})
    for run in instance.get_runs(filters=filters):
        yield run.tags.get(ASSET_PARTITION_RANGE_START_TAG, ""), run.tags.get(ASSET_PARTITION_RANGE_END_TAG, "~")


def _overlap(group: list[str], span: tuple[str, str]) -> bool:
    return group[0] <= span[1] and span[0] <= group[-1]


def _history(instance: dg.DagsterInstance, want: Want, level: str) -> tuple[int, datetime | None]:
    """How often this very level was asked for, and when the last try ended."""
    filters = dg.RunsFilter(tags={SUBJECT_TAG: want.subject, LEVEL_TAG: level})
    records = instance.get_run_records(filters=filters)
    ends = [record.end_time for record in records if record.end_time]
    return len(records), datetime.fromtimestamp(max(ends), UTC) if ends else None
