"""Runs in Flink's environment: the platform's SQL over what lies in Kafka, to its end, once per run asked for.

    python -m bench.flink_job '{"job": …, "source": …, "sink": …, "runs": [{"group": …, "records": …, "blackhole": …}]}'

The same statements, settings and options as `aero_streaming.flink.main`; prints the milliseconds that each job ran,
without the time to plan it.
"""

import json
import sys

from aero_streaming.flink import main
from aero_streaming.flink.sql import SINKS


def run(given: dict, job_run: dict) -> int:
    """Run one job and return its milliseconds."""
    source = main.source_options(given["source"] | {"group.id": job_run["group"]}) | {
        "scan.bounded.mode": "latest-offset"
    }
    sink = given["sink"] | {"blackhole": "true" if job_run["blackhole"] else "false"}
    sinks = {kind: main.sink_options(sink, kind) for kind in SINKS}
    client = main.plan(given["job"] | {"records": job_run["records"]}, source, sinks).execute().get_job_client()
    return client.get_job_execution_result().result().get_net_runtime()


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    for options in asked["runs"]:
        print("RAN", run(asked, options), flush=True)
