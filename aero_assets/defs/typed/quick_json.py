"""JSON of raw lines, read by orjson where it gives what the standard library gives, and by that elsewhere."""

import json
from typing import Any

import orjson

#: Of an integer beyond 64 bits orjson makes a float.
_LARGE = 2.0**63


def loads(line: bytes) -> Any:  # noqa: ANN401 - as json.loads
    """Return the value of a JSON text; raises ValueError or RecursionError, as `json.loads` does."""
    try:
        value = orjson.loads(line)
    except ValueError:
        return json.loads(line)  # NaN, half of a surrogate pair, UTF-16: the standard library knows them
    return json.loads(line) if _may_be_rounded(value) else value


def _may_be_rounded(value: object) -> bool:
    if isinstance(value, float):
        return abs(value) >= _LARGE
    if isinstance(value, dict):
        return any(map(_may_be_rounded, value.values()))
    return isinstance(value, list) and any(map(_may_be_rounded, value))


def text_of(value: object) -> str:
    """Return a value as `json.dumps` writes it, without blanks."""
    if type(value) is int or (type(value) is float and abs(value) < _LARGE):
        return repr(value)
    return json.dumps(value, separators=(",", ":"))
