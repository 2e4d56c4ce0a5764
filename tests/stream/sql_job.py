"""Runs in Flink's environment: `flink.sql` from one Kafka topic set to another until the end of what is there.

    python sql_job.py '{"bootstrap": …, "jar": …, "out": "prefix", "folder": …}'

The same statements as on Kinesis; only the WITH clauses differ.
"""

import json
import sys

from aero_streaming import main
from aero_streaming.flink_sql import SINKS

options = json.loads(sys.argv[1])
job = {
    "local": "true",
    "jar": options["jar"],
    "checkpoint.dir": options["folder"],
    "mini.batch.latency.ms": options.get("latency", "200"),
    "departure.policy": options.get("policy", "first_out"),
}
source = main.source_options({"bootstrap.servers": options["bootstrap"], "group.id": options["out"]})
source |= {"scan.bounded.mode": "latest-offset", "topic": options["topics"]}
sinks = {
    kind: {
        "connector": "kafka",
        "topic": f"{options['out']}-{kind}",
        "properties.bootstrap.servers": options["bootstrap"],
        "format": form,
    }
    for kind, form in SINKS.items()
}
main.submit(job, source, sinks).get_job_execution_result().result()
