"""The dates of a run: a range, which Dagster stores in two tags, or a set of dates, which is stored in a tag of ours.

Dagster only supports a range for one run. Three months of a workbook are three dates, and a correction may touch five
days of a year: as ranges these would be one run each, or hundreds of days that nobody requested. For Dagster, whose
checks need a partition, a run with a set is a run of the range around it; it builds only the dates of the set.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256

import dagster as dg

#: Dagster's own names of the tags, which it documents for runs of a range.
FIRST_TAG, LAST_TAG = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
SET_TAG = "aero/dates"


def range_tags(first: str, last: str) -> dict[str, str]:
    """Return the tags of a run for every date from `first` to `last`, both included."""
    return {FIRST_TAG: first, LAST_TAG: last}


def tags_of(dates: Sequence[str]) -> dict[str, str]:
    """Return the tags of a run for exactly these ISO dates, which are in order."""
    spans = list(_spans(dates))
    if len(spans) == 1:
        return range_tags(*spans[0])
    tags = range_tags(dates[0], dates[-1])
    return tags | {SET_TAG: ", ".join(first if first == last else f"{first}..{last}" for first, last in spans)}


def name_of(dates: Sequence[str]) -> str:
    """Return a name of these ISO dates, which are in order; sets with the same first and last date differ."""
    ends = f"{dates[0]}_{dates[-1]}"
    return ends if len(list(_spans(dates))) == 1 else f"{ends}-{sha256(','.join(dates).encode()).hexdigest()[:12]}"


def covers(tags: Mapping[str, str], name: str) -> bool:
    """Return True if a run with these tags is for a date; a run without dates is for everything."""
    if SET_TAG in tags:
        return any(first <= name <= last for first, last in _read(tags[SET_TAG]))
    return tags.get(FIRST_TAG, "") <= name <= tags.get(LAST_TAG, "~")


def dates_of(context: dg.AssetExecutionContext) -> list[str]:
    """Return the dates of the run to which a step of a dated asset belongs."""
    if SET_TAG not in context.run.tags:
        return list(context.partition_keys)
    return list(dates_in(context.run.tags))


def dates_in(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Return the dates that the tags of a run of ours name, in order."""
    return _expanded(tags.get(SET_TAG) or f"{tags[FIRST_TAG]}..{tags[LAST_TAG]}")


@lru_cache(maxsize=512)
def _expanded(text: str) -> tuple[str, ...]:
    return tuple(f"{day}" for first, last in _read(text) for day in _days(first, last))


def _spans(dates: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the first and last of each group of consecutive dates."""
    start = 0
    for number, day in enumerate(dates):
        following = f"{date.fromisoformat(day) + timedelta(1)}"
        if number + 1 == len(dates) or dates[number + 1] != following:
            yield dates[start], day
            start = number + 1


def _read(text: str) -> Iterator[tuple[str, str]]:
    for span in text.split(", "):
        first, _, last = span.partition("..")
        yield first, last or first


def _days(first: str, last: str) -> Iterator[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return (begin + timedelta(number) for number in range((end - begin).days + 1))
