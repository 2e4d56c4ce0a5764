"""Events as the raw zone holds them: wrapped by the transform of Firehose."""

import base64
from datetime import UTC, datetime
from typing import Any

from aero_ingest.firehose_transform import transform
from aero_streaming.events import to_json

ARRIVED_AT = datetime(2026, 11, 20, tzinfo=UTC)


def record(data: bytes, number: int = 0, arrived_ms: int = 1_764_090_192_042) -> dict[str, Any]:
    """Return a record as Firehose hands it to the transform."""
    encoded = base64.b64encode(data).decode()
    return {"recordId": f"record-{number}", "approximateArrivalTimestamp": arrived_ms, "data": encoded}


def wrapped(*bodies: bytes | dict, arrived_at: datetime = ARRIVED_AT) -> bytes:
    """Return the raw object that these events make, each sent as a record of its own at that time."""
    sent = [body if isinstance(body, bytes) else to_json(body) for body in bodies]
    answers = transform([record(data, number, int(arrived_at.timestamp() * 1000)) for number, data in enumerate(sent)])
    return b"".join(base64.b64decode(answer["data"]) for answer in answers)
