"""`python -m bench.plain_sql MANIFEST WAREHOUSE`: what dbt compiled, executed by one DuckDB process without dbt.

The same tables and views in the same schemas, in the order of their dependencies; seeds are read by DuckDB itself.
"""

import json
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from bench.runner import PROJECT

DBT_PROJECT = PROJECT / "dbt_project"
#: As the dbt profile sets them.
SETTINGS = "set TimeZone = 'UTC'; set preserve_insertion_order = false"

Node = dict[str, Any]


def ordered(nodes: dict[str, Node]) -> list[Node]:
    """Return models and seeds, each after all that it reads."""
    built = {name: node for name, node in nodes.items() if node["resource_type"] in ("model", "seed")}
    graph = {name: built.keys() & node["depends_on"].get("nodes", []) for name, node in built.items()}
    return [built[name] for name in TopologicalSorter(graph).static_order()]


def statement(node: Node) -> str:
    """Return the statement that makes the relation of a node."""
    if node["resource_type"] == "seed":
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in node["config"]["column_types"].items())
        path = DBT_PROJECT / node["original_file_path"]
        sql = f"select * from read_csv('{path}', auto_detect = false, header = true, columns = {{{columns}}})"
    else:
        sql = node["compiled_code"]
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    return f"create {kind} {node['relation_name']} as\n{sql}"


def build(manifest: Path, warehouse: Path) -> None:
    """Make a new warehouse from a manifest of dbt whose models are compiled."""
    nodes = ordered(json.loads(manifest.read_text(encoding="utf-8"))["nodes"])
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(SETTINGS)
        for node in nodes:
            connection.execute(f'create schema if not exists "{node["schema"]}"')
            connection.execute(statement(node))


def differing(first: Path, other: Path) -> dict[str, int]:
    """Compare the tables of two warehouses as multisets; return those that differ and by how many rows.

    A table that only one of them has differs by -1.
    """
    with duckdb.connect() as connection:
        tables = {}
        for name, path in (("one", first), ("other", other)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
            listed = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where database_name = ?", [name]
            )
            tables[name] = {table for (table,) in listed.fetchall()}
        differences = dict.fromkeys(tables["one"] ^ tables["other"], -1)
        for table in sorted(tables["one"] & tables["other"]):
            [(rows,)] = connection.execute(f"""
                select count(*) from (
                    (from one.{table} except all from other.{table}) union all
                    (from other.{table} except all from one.{table}))
            """).fetchall()
            if rows:
                differences[table] = rows
    return differences


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
