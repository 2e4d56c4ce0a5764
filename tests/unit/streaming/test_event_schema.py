"""The JSON Schema of events: generated from the tables, valid by its own rules, of one mind with the reader."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from aero_streaming.events import Problem, parse
from aero_streaming.events.schema import json_schema, text
from aero_streaming.events.types import EVENT_TYPES
from tests.unit.streaming.event_samples import event
from tests.unit.streaming.test_event_problems import CASES

FILE = Path(__file__).parents[3] / "infra" / "streaming" / "events.schema.json"
VALIDATOR = Draft202012Validator(json_schema())
#: Mistakes that only the reader can tell: JSON is already read here, and a schema compares no fields with each other.
BEYOND = {
    "empty", "bad_encoding", "too_large", "unreadable_json", "repeated_field", "leg_uid_mismatch", "same_airport",
    "times_backwards",
}  # fmt: skip


def test_the_file_is_what_the_tables_say_now():
    command = "python -m aero_streaming.events.schema > infra/streaming/events.schema.json"
    assert FILE.read_text(encoding="utf-8") == text(), f"write it again: {command}"


def test_the_schema_is_valid_against_the_schema_of_schemas():
    Draft202012Validator.check_schema(json.loads(text()))


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_an_event_of_every_type_is_valid_also_with_fields_nobody_knows(kind):
    VALIDATOR.validate(event(kind))
    VALIDATOR.validate(event(kind) | {"gate": "C12", "tail": None})


@pytest.mark.parametrize(
    ("code", "record"),
    [
        pytest.param(code, record, id=f"{number}-{code}")
        for number, (code, record, _) in enumerate(CASES)
        # A date that is in no calendar has the right form, and infinity is a number.
        if code not in BEYOND and "-02-30" not in str(record) and "1e999" not in str(record)
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(code, record):
    assert isinstance(parse(record), Problem)
    assert not VALIDATOR.is_valid(json.loads(record)), code


def test_every_field_is_described():
    schema = json_schema()
    parts = [schema["properties"], *(rule["then"]["properties"] for rule in schema["allOf"])]
    for part in parts:
        for name, value in part.items():
            assert value.get("description") or "enum" in value, name
