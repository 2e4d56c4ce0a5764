"""Descriptions of dbt tests as sentences for the pages of Dagster.

A test with a description keeps it; for a generic test the sentence is made of its kind and arguments. Without both, the
name is used: dbt with partial parsing forgets the descriptions of tests that it did not parse.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Asked = Mapping[str, Any]
MOST_VALUES = 8


def sentence(node: Mapping[str, Any]) -> str:
    """Return the requirement of a test (a node of dbt's manifest) on its model."""
    description = str(node.get("description") or node["config"].get("meta", {}).get("description") or "").strip()
    if description:
        return description
    kind: Mapping[str, Any] = node.get("test_metadata") or {}
    if kind.get("name") not in KINDS:
        return f"{node['name'].replace('_', ' ').capitalize()}."
    asked, where = KINDS[kind["name"]](kind["kwargs"]), node["config"].get("where")
    return f"{asked}, where {where}." if where else f"{asked}."


def _accepted(asked: Asked) -> str:
    values = [f"{value}" for value in asked["values"]]
    shown = ", ".join(values[:MOST_VALUES]) + (f" and {len(values) - MOST_VALUES} more" if values[MOST_VALUES:] else "")
    return f"{asked['column_name']} is one of {shown}"


def _related(asked: Asked) -> str:
    model = re.sub(r"\W*ref\W+(\w+)\W*", r"\1", asked["to"])
    return f"Every {asked['column_name']} that is given is in {model}.{asked['field']}"


#: Generic tests by name: those of dbt, and `macros/test_*.sql`.
KINDS: dict[str, Callable[[Asked], str]] = {
    "not_null": lambda asked: f"Every row has a {asked['column_name']}",
    "filled": lambda asked: f"Every row has {', '.join(asked['columns'])}",
    "primary_key": lambda asked: f"No two rows agree in {', '.join(asked['columns'])}, and no row lacks one of them",
    "accepted_values": _accepted,
    "relationships": _related,
}
