"""One line of log per batch or tick in CloudWatch's embedded metric format: counts and times, never content."""

import json
import os
from collections.abc import Mapping

NAMESPACE = "Aero/Alerts"


def emit(function: str, counts: Mapping[str, float], at_milliseconds: int) -> None:
    """Print counts as metrics; a name that ends in Milliseconds is a time."""
    metrics = [{"Name": name, "Unit": "Milliseconds" if name.endswith("Milliseconds") else "Count"} for name in counts]
    document = {
        "_aws": {
            "Timestamp": at_milliseconds,
            "CloudWatchMetrics": [
                {"Namespace": NAMESPACE, "Dimensions": [["Environment", "Function"]], "Metrics": metrics}
            ],
        },
        "Environment": os.environ.get("AERO_ENV", "local"),
        "Function": function,
        **counts,
    }
    print(json.dumps(document, separators=(",", ":")), flush=True)
