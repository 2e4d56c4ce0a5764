"""Reading many objects in parallel, with a progress message if it takes long."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

AT_A_TIME = 8
#: Silence beyond this looks like a standstill.
SECONDS_BETWEEN_WORDS = 2.0

Item = TypeVar("Item")
Result = TypeVar("Result")
Log = Callable[[str], None]


def check_all(items: Iterable[Item], check: Callable[[Item], Result | None], log: Log, subject: str) -> list[Result]:
    """Return the result of `check` for each item, in order; results that are None are left out."""
    subjects, results, told_at = list(items), [], time.monotonic()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for number, result in enumerate(pool.map(check, subjects), 1):
            if result is not None:
                results.append(result)
            if time.monotonic() - told_at > SECONDS_BETWEEN_WORDS:
                log(f"{subject}: {number} of {len(subjects)}")
                told_at = time.monotonic()
    return results
