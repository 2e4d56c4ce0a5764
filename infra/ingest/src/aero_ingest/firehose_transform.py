"""Lambda: what Firehose is about to write into the raw zone, one JSON line per event, each with a first verdict.

    {"arrived_at": "2026-11-25T17:03:12.042Z", "reason": null, "message": null, "body": "<the line, unchanged>"}

`reason` and `message` say why a line is no event in form (`aero_streaming.events.read`); the typed step puts such
lines into quarantine. Whether an event can be true is not said here: that depends on the airport reference, so the
typed step judges it whenever it makes rows. A line that is not UTF-8 is kept as `body_base64` instead of `body`, so
nothing of it is lost.

Data never fails here, because Firehose would send the good records beside it to the error prefix too: every record is
answered with Ok. Lambda refuses an answer over 6 MB. A line grows when it is wrapped (quotes are escaped, and the
answer is base64): by 1.7 for our events, by 130 for blank lines. So a record whose wrapped lines do not fit into
what is left of the answer goes on as it came, which takes no more room than it took in the request; the typed step
reads such lines too, and judges them itself. The processor's buffer hint of 1 MB in the template keeps that from
happening to events.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aero_streaming.events import Problem, read

MAX_ANSWER = 5_500_000
"""Characters of data in an answer; the rest of Lambda's 6 MB is for ids, names and a margin."""

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def handler(event: Mapping[str, Any], context: object) -> dict[str, list[dict[str, str]]]:
    """Entry point: the records of a Firehose invocation, each with its events wrapped."""
    return {"records": transform(event["records"])}


def transform(records: list[Mapping[str, Any]], max_answer: int = MAX_ANSWER) -> list[dict[str, str]]:
    """Answer every record, in order; the data of all answers together has at most `max_answer` characters.

    That is, unless the records themselves have more, which a request that Lambda accepted cannot.
    """
    plain = [_terminated(base64.b64decode(record["data"])) for record in records]
    reserved = sum(_encoded_length(len(data)) for data in plain)
    answers, used = [], 0
    for record, data in zip(records, plain, strict=True):
        reserved -= _encoded_length(len(data))
        wrapped = wrap(data, arrival(record), room=(max_answer - used - reserved) // 4 * 3)
        answer = base64.b64encode(data if wrapped is None else wrapped).decode()
        used += len(answer)
        answers.append({"recordId": record["recordId"], "result": "Ok", "data": answer})
    _log(answers, plain)
    return answers


def wrap(data: bytes, arrived_at: str, room: int) -> bytes | None:
    """Return the lines of a record as they are stored, or None when they take more than `room` bytes."""
    lines, used = [], 0
    for line in lines_of(data):
        lines.append(_wrapped(line, arrived_at))
        used += len(lines[-1])
        if used > room:
            return None
    return b"".join(lines)


def lines_of(data: bytes) -> list[bytes]:
    """Return the lines of a record without their line feeds; an empty record is one empty line.

    Flink reads a Kafka message as a whole: an event that its sender wrote on several lines is one event here too.
    """
    lines = data.split(b"\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    if sum(bool(line.strip()) for line in lines) < 2 or isinstance(read(data), Problem):
        return lines
    return [data]


def arrival(record: Mapping[str, Any]) -> str:
    """Return when Firehose received a record, as UTC text with milliseconds."""
    moment = datetime.fromtimestamp(record["approximateArrivalTimestamp"] / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _wrapped(line: bytes, arrived_at: str) -> bytes:
    event = read(line)
    problem = event if isinstance(event, Problem) else None
    fields: dict[str, str | None] = {
        "arrived_at": arrived_at,
        "reason": problem.code if problem else None,
        "message": problem.message if problem else None,
    }
    try:
        fields["body"] = line.decode()
    except UnicodeDecodeError:
        fields["body_base64"] = base64.b64encode(line).decode()
    # A message may quote half a character, which is no text that can be stored.
    return _ENCODE(fields).encode(errors="replace") + b"\n"


def _terminated(data: bytes) -> bytes:
    """A record that goes on as it came must not run into the next one."""
    return data if data.endswith(b"\n") else data + b"\n"


def _encoded_length(size: int) -> int:
    return -(-size // 3) * 4


def _log(answers: list[dict[str, str]], plain: list[bytes]) -> None:
    line = {
        "records": len(answers),
        "bytes_in": sum(map(len, plain)),
        "bytes_out": sum(len(a["data"]) for a in answers),
    }
    print(json.dumps(line))
