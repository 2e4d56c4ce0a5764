"""Vocabulary and limits of events as Flink's reader of records gets them: one JSON file inside the connector jar.

`python -m aero_streaming.events.vocabulary` writes the file again (`event_vocabulary.json` beside the Java code that
reads it); a test holds the two together.
"""

import json
from pathlib import Path
from typing import Any

from aero_streaming.events.checks import IDENTITY, MAX_BYTES, checks_of
from aero_streaming.events.limits import ARRIVED, airports_of, limits_of
from aero_streaming.events.types import (
    DATE,
    EDITIONS,
    EVENT_TYPES,
    SCHEMA_VERSION,
    TIMESTAMP,
    VERSIONS_BEGIN,
    Field,
    fields_of,
)

FILE = (
    Path(__file__).parents[3] / "connector" / "src" / "main" / "resources" / "aero" / "event" / "event_vocabulary.json"
)
_FORMS = {"timestamp": TIMESTAMP, "date": DATE}


def vocabulary() -> dict[str, Any]:
    """Return every type with its fields, what it needs, who may send it and how far its times may lie apart."""
    return {
        "schema_version": SCHEMA_VERSION,
        "max_bytes": MAX_BYTES,
        "identity": list(IDENTITY),
        "editions": EDITIONS,
        "versions_begin": VERSIONS_BEGIN.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "arrived": ARRIVED,
        "types": {
            name: {
                "needed": list(checks_of(name).needed),
                "needs_any": list(kind.needs_any),
                "sources": list(checks_of(name).sources),
                "fields": {field.name: _field(field) for field in fields_of(kind)},
                "limits": [
                    {"code": held.limit.code, "field": held.field, "base": held.limit.base, "least": held.limit.least,
                     "most": held.limit.most, "clock": held.limit.clock, "sentence": held.limit.sentence}
                    for held in limits_of(name)
                ],
                "airports": list(airports_of(name)),
            }
            for name, kind in EVENT_TYPES.items()
        },
    }  # fmt: skip


def text() -> str:
    """Return the vocabulary as the generated file holds it."""
    return json.dumps(vocabulary(), indent=1, ensure_ascii=False) + "\n"


def _field(field: Field) -> dict[str, Any]:
    pattern = _FORMS.get(field.kind, field.pattern)
    return {"kind": field.kind, "pattern": pattern, "least": field.least, "most": field.most, "step": field.step}


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
