"""Runs in Flink's environment: `flink.sql` between Kafka topics, until the end of what is there.

    python sql_job.py '{"bootstrap": …, "jar": …, "folder": …, "runs": [{"out": "prefix", "topics": "a;b"}, …]}'

The same statements as on Kinesis; only the WITH clauses differ. A run with `facts` (a file) begins at the merge: its
facts take the place of what events say, each with the attempt that it names.
"""

import json
import sys

from aero_streaming.flink import main
from aero_streaming.flink import sql as flink_sql
from aero_streaming.flink.sql import SINKS
from aero_streaming.merge import FIELDS

TYPES = {"text": "STRING", "timestamp": "STRING", "integer": "INT", "boolean": "BOOLEAN"}
RECEIVED = """CREATE TEMPORARY TABLE received (
  leg_uid STRING, event_id STRING, event_type STRING, event_time STRING, received_at STRING, source STRING, version INT,
  problem_code STRING, problem STRING, body STRING, `topic` STRING, `partition` INT, `offset` BIGINT, {columns}
) WITH ('connector' = 'filesystem', 'path' = 'file://{path}', 'format' = 'json')"""
READABLE = """CREATE TEMPORARY VIEW readable AS
SELECT *, PROCTIME() AS seen_at, {ranks}, event_type IN ('air_return') AS is_return
FROM received WHERE problem_code IS NULL"""
FACT = """CREATE TEMPORARY VIEW fact AS
SELECT leg_uid, '2015-01-01' AS operating_date, 'AM' AS carrier, 1 AS flight_number, '' AS operational_suffix,
  1 AS leg_sequence, 'MEX' AS origin, event_type, event_time, received_at, FALSE AS is_correction, TRUE AS is_of_leg,
  is_return, destination AS said_destination, CAST(NULL AS STRING) AS said_std_quarter_at,
  CAST(NULL AS STRING) AS said_sta_quarter_at, {keys}, CAST(NULL AS STRING) AS booking_key
FROM accepted"""
ANSWER = """CREATE TEMPORARY VIEW answer AS
SELECT leg_uid, event_id AS response_id, COUNT(*) AS events, MAX(body) AS answer_key
FROM accepted WHERE event_type = 'feedback' GROUP BY leg_uid, event_id"""


def of_facts(statements: list[str], path: str) -> list[str]:
    """Return the statements with what stands before the merge replaced by a file of facts."""
    columns = ", ".join(f"{field.name} {TYPES[field.type]}" for field in FIELDS)
    ranks = ", ".join(f"{flink_sql._rank(name)} AS {name}_rank" for name in flink_sql.PRIORITY)
    text = {
        "text": "{0}",
        "timestamp": "{0}",
        "integer": "CAST({0} AS STRING)",
        "boolean": "CASE WHEN {0} THEN '1' ELSE '0' END || event_time",
    }
    keys = ", ".join(
        f"CASE WHEN {field.name} IS NOT NULL "
        f"THEN {field.field_class}_rank || {text[field.type].format(field.name)} END "
        f"AS {field.name}_key"
        for field in FIELDS
    )
    swapped = {
        "TABLE received": RECEIVED.format(columns=columns, path=path),
        "VIEW readable": READABLE.format(ranks=ranks),
        "VIEW fact": FACT.format(keys=keys),
        "VIEW answer": ANSWER,
    }
    names = {f"CREATE TEMPORARY {name} ": statement for name, statement in swapped.items()}
    kept = [statement for statement in statements if not statement.startswith("INSERT INTO event_sink")]
    return [next((own for name, own in names.items() if statement.startswith(name)), statement) for statement in kept]


def run(options: dict, request: dict) -> None:
    """Run one job to its end."""
    job = {
        "local": "true",
        "jar": options["jar"],
        "checkpoint.dir": options["folder"],
        "departure.policy": request.get("policy", "first_out"),
        "records": request.get("records", ",".join(SINKS)),
    }
    given = {
        "bootstrap.servers": options["bootstrap"],
        "group.id": request["out"],
        "clock": request.get("clock", "event"),
    }
    source = main.source_options(given)
    source |= {"scan.bounded.mode": "latest-offset", "topic": request.get("topics", "")}
    sinks = {
        kind: {
            "connector": "kafka",
            "topic": f"{request['out']}-{kind}",
            "properties.bootstrap.servers": options["bootstrap"],
            "format": form,
        }
        for kind, form in SINKS.items()
    }

    def prepare(statements: list[str]) -> list[str]:
        return of_facts(statements, request["facts"]) if "facts" in request else statements

    planned = main.plan(job, source, sinks, prepare)
    if request.get("explain"):
        print(planned.explain())
        return
    planned.execute().get_job_client().get_job_execution_result().result()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    for request in given["runs"]:
        run(given, request)
