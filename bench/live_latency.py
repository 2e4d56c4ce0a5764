"""From an event in Kafka to its alert row and its message: the time people wait, on warm engines and the emulator.

Every leg is planned before; then it is cancelled once. Its alert row is stamped when the handler writes it, its
message when it is published. Goals are for 10 events a second with every event alerting, and 100 a second with every
tenth; the rest are OUT messages on time. 100 a second with every event alerting is only reported: the emulator serves
one batch at a time and makes its transactions slowly, and it is not tuned for this. Percentiles, processor load and
the emulator's share of it are printed; p99 is recorded. The first alert after a start is told too. Memory is what all
processes of the live platform hold in the end.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from aero_local import platform, processes, topics
from aero_local.live.watch import Watcher
from aero_local.services import kafka
from aero_local.state import State
from aero_streaming.events import Event, build
from aero_streaming.events.types import TOPICS
from bench.goals import GOALS
from bench.measure import Say
from bench.runner import Result

SECONDS = 40
#: For the plan to go through before anything happens.
PLAN_SECONDS = 3
LEG_EVENTS = TOPICS["leg-events"]
PERCENTILES = (50, 95, 99)


def run(folder: Path, say: Say) -> list[Result]:
    """Start the engines, warm them, and measure each rate."""
    state = State(folder / "live")
    began = time.time()
    try:
        platform.up(state, say, names=("ministack", "kafka-1", "flink"))
        watcher = Watcher(state, "root")
        up = time.time()
        sent = _send(state, 10, 1, 10, first=1)
        row, _ = _waited(watcher, sent)
        first = row[0] / 1000
        say(f"platform up after {up - began:.1f} s, first alert {first:.2f} s after its event")
        _send(state, 10, 10, 1, first=100)
        time.sleep(10)
        results = [
            Result("live_start_to_first_alert", up - began + first, "s", GOALS["live_start_to_first_alert"]),
            Result("live_latency_first_alert", 1000 * first, "ms", GOALS["live_latency_first_alert"]),
        ]
        for name, rate, every, first in (
            ("10_all", 10, 1, 1_000),
            ("100_tenth", 100, 10, 3_000),
            ("100_all", 100, 1, 9_000),
        ):
            load = _Load(state)
            sent = _send(state, rate, SECONDS, every, first)
            used = load.used()
            row, message = _waited(watcher, sent)
            say(f"{name}: {len(row)} of {len(sent)} alerts, row {_of(row)} ms, message {_of(message)} ms; {used}")
            if len(row) < len(sent):
                raise RuntimeError(f"{len(sent) - len(row)} of {len(sent)} alerts did not come")
            for place, waited in (("row", row), ("message", message)):
                figure = f"live_latency_{name}_{place}_p99"
                results.append(Result(figure, _percentile(waited, 99), "ms", GOALS[figure]))
        results.append(Result("live_memory", _Load(state).memory_megabytes(), "MB", GOALS["live_memory"]))
        return results
    finally:
        platform.down(state)


class _Load:
    """The load of the platform's processes: processor time since this object was made, and memory."""

    def __init__(self, state: State) -> None:
        self._began = time.monotonic()
        self._processes: dict[str, list[psutil.Process]] = {}
        for name in ("ministack", "kafka-1", "flink"):
            record = processes.Record.read(state.run_dir / f"{name}.json")
            if record is not None:
                top = psutil.Process(record.pid)
                self._processes[name] = [top, *top.children(recursive=True)]
        self._before = {name: self._seconds(name) for name in self._processes}

    def used(self) -> str:
        """Return the load of all and of each, as shares of one core."""
        took = time.monotonic() - self._began
        shares = {name: (self._seconds(name) - self._before[name]) / took for name in self._processes}
        by_process = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        return f"{sum(shares.values()):.0%} of a core ({by_process}; the emulator's Lambdas are its own)"

    def memory_megabytes(self) -> float:
        """Return resident memory of all."""
        alive = [process for family in self._processes.values() for process in family if process.is_running()]
        return sum(process.memory_info().rss for process in alive) / (1 << 20)

    def _seconds(self, name: str) -> float:
        times = [process.cpu_times() for process in self._processes[name] if process.is_running()]
        return sum(cpu_times.user + cpu_times.system for cpu_times in times)


def _legs(first: int, count: int) -> list[dict[str, Any]]:
    """So many legs of today from MEX."""
    std = (datetime.now(UTC) + timedelta(hours=3)).replace(second=0, microsecond=0)
    return [
        {
            "carrier": "AM",
            "flight_number": number % 9999 + 1,
            "operational_suffix": "",
            "leg_sequence": number // 9999 + 1,
            "origin": "MEX",
            "destination": f"Q{chr(65 + number % 26)}{chr(65 + number // 26 % 26)}",
            "operating_date": f"{std.date()}",
            "std_at": std,
            "sta_at": std + timedelta(hours=2),
            "std_utc_offset_minutes": -360,
            "sta_utc_offset_minutes": -360,
            "data_label": "datos sintéticos",
        }
        for number in range(first, first + count)
    ]


def _events(legs: Iterable[dict[str, Any]], every: int) -> Iterator[tuple[Event, bool]]:
    """Yield the events of the legs as they happen: one of every so many is cancelled, the others leave on time."""
    for number, leg in enumerate(legs):
        now = datetime.now(UTC)
        if number % every == 0:
            yield build("cancel", leg, source="ops_event", event_time=now, received_at=now), True
        else:
            yield build("out", leg, source="ops_event", event_time=now, received_at=now, out_at=leg["std_at"]), False


def _send(state: State, rate: int, seconds: int, every: int, first: int) -> dict[str, float]:
    """Send the plan, then what happens at a rate; return when each alerting leg was handed over, by leg_uid."""
    sent: dict[str, float] = {}
    legs = _legs(first, rate * seconds)
    with topics.producer(kafka.bootstrap(state)) as producer:
        sent_time = datetime.now(UTC)
        for leg in legs:
            plan = build("schedule", leg, source="schedule", event_time=sent_time, received_at=sent_time)
            producer.send(LEG_EVENTS, plan)
        producer.flush()
        time.sleep(PLAN_SECONDS + len(legs) / 300)
        began = time.time()
        for number, (event, alerts) in enumerate(_events(legs, every)):
            producer.poll(max(0.0, began + number / rate - time.time()))
            while time.time() < began + number / rate:
                producer.poll(0.001)
            producer.send(LEG_EVENTS, event)
            if alerts:
                sent[event["leg_uid"]] = time.time()
    return sent


def _waited(watcher: Watcher, sent: dict[str, float]) -> tuple[list[float], list[float]]:
    """Milliseconds until each alert's row and message, once all are there or a minute has passed."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        lines = {
            line["alert_key"].split("#")[2]: line for line in watcher.rows("transitions") if line["kind"] == "FIRED"
        }
        arrived_lines = {uid: lines[uid] for uid in sent if uid in lines and "sent_at" in lines[uid]}
        if len(arrived_lines) == len(sent):
            break
        time.sleep(2)
    row = [1000 * (_seconds(line["arrived_at"]) - sent[uid]) for uid, line in arrived_lines.items()]
    message = [1000 * (_seconds(line["sent_at"]) - sent[uid]) for uid, line in arrived_lines.items()]
    return row, message


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _percentile(figures: list[float], percent: int) -> float:
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else float("inf")


def _of(figures: list[float]) -> str:
    return "/".join(f"{_percentile(figures, percent):.0f}" for percent in PERCENTILES)
