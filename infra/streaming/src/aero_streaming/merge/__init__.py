"""The leg merge: the rules that choose the value of each field of a leg, and the plausibility rules for its times."""

from aero_streaming.merge.leg_merge import (
    FIELDS,
    MAX_TEXT,
    PRIORITY,
    SOURCES,
    VALUE_AT,
    VERSION,
    Fact,
    FactError,
    Field,
    check_tables,
    first_received,
    merge,
    sort_key,
    validate,
    winners,
)

__all__ = [
    "FIELDS",
    "MAX_TEXT",
    "PRIORITY",
    "SOURCES",
    "VALUE_AT",
    "VERSION",
    "Fact",
    "FactError",
    "Field",
    "check_tables",
    "first_received",
    "merge",
    "sort_key",
    "validate",
    "winners",
]
