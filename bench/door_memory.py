"""The door's memory: a 250 MB file of 2.5 million flights goes through the real Lambda on the emulator.

It starts an emulator of its own, makes the file up while sending it, and reads the handler's peak (VmHWM) from the line
that the handler logs. The goal is absolute, a quarter of what its template gives it: memory must not follow
the size of the file. Beside it stands what a bare interpreter needs that reads the same bytes whole, the way of working
that the goal rules out. A peak hardly varies, so each is measured once.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from aero_assets.feeds import doors
from aero_local import platform
from aero_local.state import State
from bench.goals import GOALS
from bench.measure import Say
from bench.runner import PROJECT, Result

ROWS = 2_500_000
KEY = "partner/bts_ontime/door-memory.csv"
# One row of the public format with what varies left open; 100 bytes, as the real ones.
ROW = (
    "2015,1,{day},4,AS,{flight},N{tail:05d},ANC,SEA,0005,{minute:04d},-11,21,0015,205,194,169,1448,0404,4,0430,"
    "{minute:04d},{delay},0,0,,,,,,\n"
)


def rows(count: int) -> Iterator[bytes]:
    """The header and ``count`` made-up flights, a few thousand lines at a time."""
    [header] = [cast("list[str]", door["header"]) for door in doors() if door["feed"] == "partner/bts_ontime"]
    yield (",".join(header) + "\n").encode()
    for start in range(0, count, 5_000):
        lines = (
            ROW.format(day=n % 31 + 1, flight=n % 7_000, tail=n % 99_999, minute=n % 2_400, delay=n % 300 - 30)
            for n in range(start, min(start + 5_000, count))
        )
        yield "".join(lines).encode()


class Stream(io.RawIOBase):
    """A file that is made while it is read, so that the bench itself stays small."""

    def __init__(self, pieces: Iterator[bytes], progress: Callable[[int], None]) -> None:
        self._pieces, self._progress = pieces, progress
        self._rest, self.sent = b"", 0
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        """It is only read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Give the next bytes, exactly as many as asked for while there are any."""
        gathered = [self._rest]
        length = len(self._rest)
        while (size < 0 or length < size) and (piece := next(self._pieces, b"")):
            gathered.append(piece)
            length += len(piece)
        data = b"".join(gathered)
        given, self._rest = (data, b"") if size < 0 else (data[:size], data[size:])
        self.digest.update(given)
        self.sent += len(given)
        self._progress(self.sent)
        return given


def run(folder: Path, say: Say, count: int = ROWS) -> list[Result]:
    """Send the file through the door, then read it whole; return the handler's peak memory beside the other."""
    state = State(folder / "door_memory" / "state" / "bench")
    try:
        up = platform.up(state, say, names=["ministack"], register=None)
        outputs = {name: value for stack in up.outputs.values() for name, value in stack.items()}
        line = measure(state, outputs, count, say)
    finally:
        platform.down(state, say)
    say(f"{line['rows_out']:,} rows in {line['seconds']:.1f} s")
    return [
        Result(
            name="door_memory",
            value=round(line["peak_memory_kb"] / 1024, 1),
            unit="MB",
            baseline="a process that reads the same file whole",
            baseline_value=round(whole(folder / "door_memory" / "flights.csv", count) / 1024, 1),
            goal=GOALS["door_memory"],
        )
    ]


def whole(file: Path, count: int) -> int:
    """Write the file, read it whole in a fresh interpreter, and return that one's peak memory in kB."""
    with file.open("wb") as out:
        out.writelines(rows(count))
    code = (
        "import pathlib, re, sys; body = pathlib.Path(sys.argv[1]).read_bytes(); "
        "print(re.search(r'VmHWM:\\s+(\\d+) kB', pathlib.Path('/proc/self/status').read_text())[1])"
    )
    done = subprocess.run(
        (sys.executable, "-c", code, str(file)), cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def measure(state: State, outputs: dict[str, str], count: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Put the file as the partner and wait for the handler's log line."""
    marks = iter(range(50_000_000, 1 << 62, 50_000_000))
    mark = [next(marks)]

    def progress(sent: int) -> None:
        if sent >= mark[0]:
            say(f"sent {sent / 1e6:.0f} MB")
            mark[0] = next(marks)

    stream = Stream(rows(count), progress)
    began = time.monotonic()
    state.session("partner").client("s3").upload_fileobj(cast("BinaryIO", stream), outputs["InboxBucket"], KEY)
    took = time.monotonic() - began
    say(f"sent {stream.sent / 1e6:.0f} MB in {took:.1f} s; waiting for the door")
    line = wait_for_line(state, outputs["PartnerDropLogGroup"])
    if line["status"] != "accepted" or line["rows_out"] != count:
        raise AssertionError(f"the door did not take the file: {line}")
    return line


def wait_for_line(state: State, group: str, seconds: float = 600) -> dict[str, Any]:
    """The line of the door's log about our file."""
    logs = state.session("root").client("logs")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for event in logs.filter_log_events(logGroupName=group).get("events", []):
            if KEY in event["message"] and event["message"].startswith("{"):
                return json.loads(event["message"])
        time.sleep(0.5)
    raise TimeoutError(f"the door said nothing about {KEY} within {seconds:.0f} s")
