"""A small Flink job of the connector test: counts per route, written to Kinesis as a changelog. Runs in Flink's own
environment: python kinesis_job.py <jar> <stream ARN> <endpoint>.
"""

import sys

from pyflink.table import EnvironmentSettings, TableEnvironment  # ty: ignore[import-not-found] - Flink's environment

SINK = """
CREATE TABLE {name} (route STRING, day_number INT, legs BIGINT) PARTITIONED BY (route, day_number) WITH (
  'connector' = 'kinesis', 'stream.arn' = '{arn}', 'aws.region' = 'us-east-1', 'aws.endpoint' = '{endpoint}',
  'sink.flush-buffer.timeout' = '100', 'format' = '{format}')
"""
COUNTS = """
SELECT route, day_number, COUNT(*)
FROM (VALUES ('MEX-GDL', 1), ('MEX-MTY', 1), ('MEX-GDL', 1)) AS legs (route, day_number)
GROUP BY route, day_number
"""


def main(jar: str, arn: str, endpoint: str) -> None:
    """Say what the insert-only format answers to updates, then send them as a changelog."""
    environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    environment.get_config().set("pipeline.jars", f"file://{jar}").set("parallelism.default", "1")
    for name, form in (("inserts", "json"), ("changes", "debezium-json")):
        environment.execute_sql(SINK.format(name=name, arn=arn, endpoint=endpoint, format=form))
    try:
        environment.explain_sql(f"INSERT INTO inserts {COUNTS}")
    except Exception as refusal:
        print("REFUSED", "doesn't support consuming update changes" in str(refusal), flush=True)
    environment.execute_sql(f"INSERT INTO changes {COUNTS}").wait()
    print("DONE", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
