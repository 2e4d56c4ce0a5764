"""Running the extract of the operational database: as a Glue job on AWS, as a process here.

The process is the laptop's Spark if there is a database, and the synthetic airline's own writer if there is none. All
take the same arguments and leave a report in the raw zone that names their commits, so the result of a run is read in
one place, wherever it ran.
"""

import os
import shlex
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import boto3
from botocore.exceptions import ClientError

from aero_assets.environment import PROJECT, Environment
from aero_assets.storage import Bucket

SYSTEM = "opsdb"
JOB = "extract"
SOURCE = PROJECT / "infra" / "extract" / "src"
ENVIRONMENT = PROJECT / ".venvs" / "extract"
DRIVER = PROJECT / ".venvs" / "postgres-driver" / "libs"
#: Spark's options on a laptop: two cores, no time lost to the second compiler, and a nursery that a batch of rows
#: lives and dies in: what is promoted would grow the heap with the table.
SPARK = {
    "spark.driver.memory": "640m",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "4",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmn288m -XX:SurvivorRatio=2 "
    "-Duser.timezone=UTC",
}
#: The file in the state directory that says which operating days of which airline stand here without a database.
AIRLINE_NOTE = Path("airline") / "database.json"
POLL_SECONDS = 10.0
#: Glue's states of a run that goes on; every other word is an end, also one that we do not know yet.
UNDER_WAY = frozenset({"STARTING", "RUNNING", "STOPPING", "WAITING"})

Log = Callable[[str], object]


class ExtractError(RuntimeError):
    """The extract did not do what was requested; the message names the problem, its place and the remedy."""


@dataclass(frozen=True)
class Wanted:
    """One requested run: its tables, its hours, and the name of its report."""

    run_id: str
    start: datetime
    end: datetime
    tables: Sequence[str]

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments that depend on the run, as Glue takes them."""
        return {
            "--run-id": self.run_id,
            "--window-start": f"{self.start:%Y-%m-%dT%H:%M:%SZ}",
            "--window-end": f"{self.end:%Y-%m-%dT%H:%M:%SZ}",
            "--tables": ",".join(self.tables),
        }


class Runner(Protocol):
    """Runs an extract to its end; raises `ExtractError` if it does not succeed."""

    def run(self, task: Wanted, log: Log) -> None:
        """Run and wait."""


def report(raw: Bucket, run_id: str) -> dict[str, Any]:
    """Return the report of a run: its windows with their tables, and unknown parts of the schema."""
    key = f"{SYSTEM}/_runs/{run_id}.json"
    document = raw.read_json(key)
    if document is None:
        raise ExtractError(f"s3://{raw.name}/{key}: the run ended well and left no report. Look at its log")
    return document


class LocalProcess(ABC):
    """The extract as a process under the role of its template."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ = dict(os.environ if environ is None else environ)

    @abstractmethod
    def command(self, task: Wanted) -> list[str]:
        """Return the command of a run."""

    def env(self) -> dict[str, str]:
        """The environment of the process with its own role, which is not the orchestrator's."""
        return {**self.environ, "AWS_PROFILE": JOB}

    def run(self, task: Wanted, log: Log) -> None:
        """Run the process; its output goes to the log, and it ends with the caller."""
        process = subprocess.Popen(
            self.command(task),
            env=self.env(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=PROJECT,
        )
        output: list[str] = []
        try:
            for line in process.stdout or ():
                output = [*output, line.rstrip()][-40:]
                log(line.rstrip())
            if code := process.wait():
                errors = [line for line in output if "error" in line.lower()] or output
                raise ExtractError(f"the extract ended with code {code}: {'; '.join(errors[-3:])}")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()


class LocalAirline(LocalProcess):
    """The synthetic airline's writer, which needs neither database nor Java; `AERO_EXTRACT_COMMAND` is its command."""

    def command(self, task: Wanted) -> list[str]:
        """Return the command of `AERO_EXTRACT_COMMAND` with the arguments that every extract takes."""
        environment = Environment.current(self.environ)
        command = environment.variables.get("AERO_EXTRACT_COMMAND")
        if not command:
            raise ExtractError("AERO_EXTRACT_COMMAND is not set: nobody said what stands for the database")
        return [*shlex.split(command), *_arguments(environment), *_flat(task.arguments)]


class LocalSpark(LocalProcess):
    """The Glue job on the laptop's Spark."""

    def command(self, task: Wanted) -> list[str]:
        """Return the command: the job's file, with the arguments that Glue would add itself."""
        environment = Environment.current(self.environ)
        url = environment.variables.get("AERO_OPSDB_URL")
        if not url:
            raise ExtractError(
                "AERO_OPSDB_URL is not set: nobody said where the database answers. Start it: `aero opsdb up`"
            )
        python = ENVIRONMENT / "bin" / "python"
        if not python.exists():
            raise ExtractError(f"Spark is not installed: {python} is missing. Run `make setup-extract`")
        database = {"--jdbc-url": url, "--secret-id": f"aero/{environment.name}/{SYSTEM}/{JOB}"}
        given = [*_arguments(environment), *_flat(database | task.arguments)]
        return [str(python), str(SOURCE / "aero_extract" / "rds_to_raw.py"), *given]

    def env(self) -> dict[str, str]:
        """The environment of the process, with Spark settings for a laptop."""
        jars = ":".join(str(path) for path in sorted(DRIVER.glob("*.jar")))
        settings = " ".join(
            f'--conf "{name}={value}"' for name, value in SPARK.items() if name != "spark.driver.memory"
        )
        python = str(ENVIRONMENT / "bin" / "python")
        # Of its own: the orchestrator's session must not be what Spark's workers act under.
        return {
            **super().env(),
            "PYTHONPATH": str(SOURCE),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": python,
            "PYSPARK_DRIVER_PYTHON": python,
            "PYSPARK_SUBMIT_ARGS": f"--master local[2] --driver-memory {SPARK['spark.driver.memory']} "
            f"--driver-class-path {jars} {settings} pyspark-shell",
        }


def _arguments(environment: Environment) -> list[str]:
    """The arguments that Glue would add itself."""
    job, raw = f"aero-{environment.name}-{JOB}", f"s3://{environment.raw_bucket}/{SYSTEM}"
    return ["--JOB_NAME", job, "--raw-path", raw]


def _flat(arguments: Mapping[str, str]) -> list[str]:
    return [part for pair in arguments.items() for part in pair]


class GlueJob:
    """The job on Glue: it is started, watched until it ends, and stopped if the caller is stopped."""

    def __init__(self, name: str, client: Any = None, sleep: Callable[[float], object] = time.sleep) -> None:  # noqa: ANN401
        self.name, self.sleep = name, sleep
        self.glue: Any = client or boto3.Session().client("glue")

    def run(self, task: Wanted, log: Log) -> None:
        """Start a run and poll it; every end but SUCCEEDED is a failure, reported in Glue's own words."""
        try:
            run_id = self.glue.start_job_run(JobName=self.name, Arguments=task.arguments)["JobRunId"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConcurrentRunsExceededException":
                raise ExtractError(
                    f"{self.name} is running already, and one run at a time is all it does. Try later"
                ) from error
            raise
        log(f"glue: {self.name} {run_id} started")
        state = "STARTING"
        try:
            while state in UNDER_WAY:
                self.sleep(POLL_SECONDS)
                job_run = self.glue.get_job_run(JobName=self.name, RunId=run_id)["JobRun"]
                if job_run["JobRunState"] != state:
                    log(f"glue: {run_id} {job_run['JobRunState']}")
                state = job_run["JobRunState"]
        finally:
            if state in UNDER_WAY:
                self.glue.batch_stop_job_run(JobName=self.name, JobRunIds=[run_id])
        if state != "SUCCEEDED":
            raise ExtractError(
                f"{self.name} {run_id} ended as {state}: {job_run.get('ErrorMessage') or 'Glue says no more'}"
            )


def runner() -> Runner:
    """Return the runner of extracts for this environment."""
    environment = Environment.current()
    if not environment.is_local:
        return GlueJob(f"aero-{environment.name}-{JOB}")
    return LocalAirline() if (environment.state / AIRLINE_NOTE).exists() else LocalSpark()
