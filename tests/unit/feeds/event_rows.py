"""Events as the raw zone holds them: wrapped by the transform of Firehose."""

import base64
from typing import Any

from aero_ingest.firehose_transform import transform
from aero_streaming.events import to_json


def record(data: bytes, number: int = 0, arrived_ms: int = 1_764_090_192_042) -> dict[str, Any]:
    """Return a record as Firehose hands it to the transform."""
    encoded = base64.b64encode(data).decode()
    return {"recordId": f"record-{number}", "approximateArrivalTimestamp": arrived_ms, "data": encoded}


def wrapped(*bodies: bytes | dict) -> bytes:
    """Return the raw object that these events make, each sent as a record of its own."""
    sent = [body if isinstance(body, bytes) else to_json(body) for body in bodies]
    answers = transform([record(data, number) for number, data in enumerate(sent)])
    return b"".join(base64.b64decode(answer["data"]) for answer in answers)
