"""35 days of every source in ten arrivals at random, once for each feed that comes last: marts as of one build."""

from collections.abc import Callable
from typing import Any

from aero_assets.feeds import feeds
from proof.chosen_tests import failures

ARRIVALS = 10


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Run the test of the dbt tier for every feed."""
    failed = failures("tests/dbt/test_arrivals.py", AIRLINE_ARRIVALS=f"{ARRIVALS}", AIRLINE_LATE="all", CI="true")
    orders = len(feeds())
    log(f"{orders - len(failed)} of {orders} orders ended in the same marts")
    return {"orders": orders, "arrivals_of_each": ARRIVALS, "equal": orders - len(failed), "failed": failed}
