"""Runs `sql_job.py` in Flink's environment and reads what its jobs wrote."""

import dataclasses
import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer

from aero_local import jars, topics
from aero_local.services import flink, jvm
from aero_streaming.events.types import TOPICS
from aero_streaming.flink.sql import SINKS
from infra.package import INFRA

Row = dict[str, Any]


def run_jobs(bootstrap: str, folder: Path, runs: Iterable[Row]) -> str:
    """Run jobs one after the other in one process, each to the end of its input; return what was printed."""
    jobs = list(runs)
    topic = TOPICS["leg-events"]
    outputs = [dataclasses.replace(topic, name=f"{job['out']}-{kind}", partitions=1) for job in jobs for kind in SINKS]
    topics.ensure_topics(bootstrap, 1, outputs)
    options = {"bootstrap": bootstrap, "jar": str(jars.CONNECTOR_JAR), "folder": str(folder), "runs": jobs}
    script = Path(__file__).with_name("sql_job.py")
    done = subprocess.run(
        [str(jars.FLINK_PYTHON), str(script), json.dumps(options)],
        env={
            **jvm.env(),
            "PYTHONPATH": str(INFRA / "streaming" / "src"),
            "PATH": f"{jars.FLINK_PYTHON.parent}:{os.environ['PATH']}",
            "JVM_ARGS": " ".join(("-Xmx1024m", *jvm.FRUGAL, *flink.QUICK)),
            "FLINK_LOG_DIR": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, "\n".join(
        line for line in (done.stderr + done.stdout).splitlines() if "at org." not in line and "at java." not in line
    )[-6000:]
    return done.stdout


def records(bootstrap: str, topic: str) -> list[Row]:
    """Return everything in a topic of one partition, in order."""
    reader = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": f"read-{topic}",
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
            # Whoever reads a topic a second time gets all of it again.
            "enable.auto.commit": False,
        }
    )
    reader.subscribe([topic])
    found = []
    try:
        while (message := reader.poll(20)) is not None and not message.error():
            found.append(json.loads(message.value() or b"null"))
    finally:
        reader.close()
    return found


def last_words(changes: Iterable[Row], key: tuple[str, ...]) -> dict[tuple[Any, ...], Row]:
    """Return what a reader keeps of a changelog: the row of the highest version of each key."""
    found: dict[tuple[Any, ...], Row] = {}
    for change in changes:
        row = change["after"]
        if row is None:
            continue
        name = tuple(row[part] for part in key)
        if name not in found or row["state_version"] >= found[name]["state_version"]:
            found[name] = row
    return found
