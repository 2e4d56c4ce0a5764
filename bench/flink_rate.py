"""Events per second through the Flink application into Kinesis, against the same job into a blackhole.

One kind of record at a time, from the same events in Kafka to the end of them; the time is the job's own, without
planning. What is measured on top of the baseline is the sink: encoding, requests of up to 500 records, the answers.
Kinesis is the emulator here, one Python process on the same two cores: the ratio of outputs with many records (state
is a changelog of every route, hub and quarter) says more of it than of the sink.
"""

import json
import subprocess
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_assets.environment import LOCAL_ACCOUNT, LOCAL_REGION, PROJECT
from aero_local import jars, ports, topics
from aero_local.live.player import play
from aero_local.services import flink, kafka
from aero_local.services.known import services
from aero_local.services.supervisor import Supervisor
from aero_local.state import State
from aero_streaming.events import Event
from bench.goals import GOALS
from bench.measure import Say
from bench.runner import Result

DAYS, ROUNDS = 8, 2
FIRST_DAY = date(2026, 11, 23)
STREAM = "bench"
SERVICES = ("ministack", "kafka-1")


def run(folder: Path, say: Say) -> list[Result]:
    """Fill the topics once, then let the job read them for each output, alternating with the blackhole."""
    state = State(folder / "flink-rate")
    state.create()
    supervisor = Supervisor(state, services(), say)
    needed = [port for name in (*SERVICES, "flink") for port in supervisor.services[name].ports]
    ports.choose(state.ports_file, needed, {})
    try:
        supervisor.start_together(SERVICES, verify=False)
        state.write_profiles()
        state.session("root").client("kinesis").create_stream(StreamName=STREAM, ShardCount=1)
        events = _fill(state)
        say(f"{len(events):,} events of {DAYS} days of the synthetic airline")
        return [_measure(state, kind, len(events), say) for kind in ("event", "state")]
    finally:
        supervisor.stop(SERVICES)


def _fill(state: State) -> Sequence[Event]:
    airline = Airline(1)
    events = [event for number in range(DAYS) for event in day_events(airline, FIRST_DAY.replace(day=23 + number))]
    topics.ensure_topics(kafka.bootstrap(state), 1)
    with topics.producer(kafka.bootstrap(state)) as producer:
        play(events, producer, speed=None)
    return events


def _measure(state: State, kind: str, count: int, say: Say) -> Result:
    """The first pair of runs warms the virtual machine up and is not counted."""
    sides = [("kinesis", False), ("blackhole", True)]
    order = [side for number in range(ROUNDS + 1) for side in (sides if number % 2 else sides[::-1])]
    runs = [
        {"group": f"{kind}-{number}-{time.time_ns()}", "records": kind, "blackhole": is_blackhole}
        for number, (_, is_blackhole) in enumerate(order)
    ]
    took = _run(state, runs)
    rates = {
        name: [1000 * count / seconds for (side, _), seconds in list(zip(order, took, strict=True))[2:] if side == name]
        for name, _ in sides
    }
    for name, per_second in rates.items():
        say(f"{kind} into {name}: {', '.join(f'{rate:,.0f}' for rate in per_second)} events/s")
    return Result(
        name=f"flink_rate_{kind}",
        value=median(rates["kinesis"]),
        unit="events/s",
        baseline="the same job into a blackhole",
        baseline_value=median(rates["blackhole"]),
        goal=GOALS[f"flink_rate_{kind}"],
    )


def _run(state: State, runs: Sequence[dict[str, Any]]) -> list[int]:
    for name in ("log", "tmp", "checkpoints", "savepoints"):
        (flink.folder(state) / name).mkdir(parents=True, exist_ok=True)
    groups = {group["PropertyGroupId"]: group["PropertyMap"] for group in flink.property_groups(state)}
    sink = groups["aero.sink"] | {"stream.arn": f"arn:aws:kinesis:{LOCAL_REGION}:{LOCAL_ACCOUNT}:stream/{STREAM}"}
    given = {"job": groups["aero.job"], "source": groups["aero.source"], "sink": sink, "runs": list(runs)}
    environment = dict(flink.Flink().env(state)) | {"AWS_PROFILE": "root"}
    environment["PYTHONPATH"] = f"{environment['PYTHONPATH']}:{PROJECT}"
    done = subprocess.run(
        [str(jars.FLINK_PYTHON), "-m", "bench.flink_job", json.dumps(given)],
        env=environment, cwd=state.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError((done.stdout + done.stderr)[-3000:])
    return [int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("RAN ")]
