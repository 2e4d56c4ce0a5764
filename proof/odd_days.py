"""Days of odd events and rows at random: each is built, and every leg that anybody told of is in its marts."""

from collections.abc import Callable
from typing import Any

from proof.chosen_tests import failures

DAYS = 20


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Build that many days of other seeds, one test of the dbt tier each."""
    failed = failures("tests/dbt/test_odd_days.py", ODD_DAYS=f"{DAYS}")
    log(f"{DAYS - len(failed)} of {DAYS} days were built")
    return {"days": DAYS, "built": DAYS - len(failed), "failed": failed}
