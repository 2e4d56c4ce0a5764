"""The JSON Schema of events, written from the same tables that the code reads.

`python -m aero_streaming.events.schema > infra/streaming/events.schema.json` writes the file again; a test holds
the two together. What a schema cannot say (leg_uid is the hash of the leg beside it, STA is
after STD) `events.parse` checks.
"""

import json
import sys
from typing import Any

from aero_streaming.events.types import (
    ENVELOPE,
    EVENT_TYPES,
    LEG,
    SCHEMA_VERSION,
    TOPICS,
    EventType,
    Field,
    is_needed,
    sources_of,
)

_TYPES = {"timestamp": "string", "date": "string", "text": "string"}
_FORMATS = {"timestamp": "date-time", "date": "date"}


def json_schema() -> dict[str, Any]:
    """Return the schema of an event of any topic (JSON Schema, draft 2020-12)."""
    shared = (*ENVELOPE, *LEG)
    properties = {field.name: _property(field, nullable=not field.required) for field in shared}
    properties["schema_version"] = {"const": SCHEMA_VERSION, "description": properties["schema_version"]["description"]}
    properties["event_type"] = {
        "enum": list(EVENT_TYPES),
        "description": "; ".join(f"{kind.name}: {kind.description}" for kind in EVENT_TYPES.values()),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Event",
        "description": "One flat object per message; unknown fields are kept. Topics and keys: "
        + ", ".join(f"{topic.name} by {topic.key}" for topic in TOPICS.values()),
        "type": "object",
        "properties": properties,
        "required": [field.name for field in shared if field.required],
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
        "allOf": [
            {"if": {"properties": {"event_type": {"const": kind.name}}, "required": ["event_type"]}, "then": _of(kind)}
            for kind in EVENT_TYPES.values()
        ],
    }


def text() -> str:
    """Return the schema as the generated file holds it."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _of(kind: EventType) -> dict[str, Any]:
    """Return what a type asks beyond what every event has."""
    properties = {field.name: _property(field, nullable=not field.required) for field in kind.fields}
    # Fields that are optional elsewhere may not be null here.
    properties |= {field.name: _property(field, nullable=False) for field in LEG if field.name in kind.needs_leg}
    properties["source"] = {"enum": list(sources_of(kind))}
    needed = [field.name for field in (*LEG, *kind.fields) if is_needed(kind, field) and field.name in properties]
    schema: dict[str, Any] = {"properties": properties}
    if needed:
        schema["required"] = needed
    if kind.needs_any:
        schema["anyOf"] = [
            {"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in kind.needs_any
        ]
    return schema


def _property(field: Field, *, nullable: bool) -> dict[str, Any]:
    kind = _TYPES.get(field.kind, field.kind)
    schema: dict[str, Any] = {"type": [kind, "null"] if nullable else kind, "description": field.description}
    if field.pattern:
        schema["pattern"] = f"^({field.pattern})$"
    if field.kind in _FORMATS:
        schema["format"] = _FORMATS[field.kind]
    if field.least is not None:
        schema["minimum"] = field.least
    if field.most is not None:
        schema["maximum"] = field.most
    if field.step != 1:
        schema["multipleOf"] = field.step
    return schema


if __name__ == "__main__":
    sys.stdout.write(text())
