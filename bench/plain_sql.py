"""`python -m bench.plain_sql MANIFEST WAREHOUSE`: what dbt compiled, executed by one DuckDB process without dbt.

The same tables and views in the same schemas, in the order of their dependencies; seeds are read by DuckDB itself.
"""

import json
import sys
from collections.abc import Collection
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from bench.dbt import FOLDER, settings

Node = dict[str, Any]


def ordered(nodes: dict[str, Node]) -> list[Node]:
    """Return seeds and the models that dbt compiled, each after all that it reads."""
    built = {name: node for name, node in nodes.items() if node["resource_type"] == "seed" or node.get("compiled_code")}
    graph = {name: built.keys() & node["depends_on"].get("nodes", []) for name, node in built.items()}
    return [built[name] for name in TopologicalSorter(graph).static_order()]


def statement(node: Node) -> str:
    """Return the statement that makes the relation of a node."""
    if node["resource_type"] == "seed":
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in node["config"]["column_types"].items())
        path = FOLDER / node["original_file_path"]
        sql = f"select * from read_csv('{path}', auto_detect = false, header = true, columns = {{{columns}}})"
    else:
        sql = node["compiled_code"]
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    return f"create {kind} {node['relation_name']} as\n{sql}"


def build(manifest: Path, warehouse: Path) -> None:
    """Make a new warehouse from a manifest of dbt whose models are compiled."""
    nodes = ordered(json.loads(manifest.read_text(encoding="utf-8"))["nodes"])
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(settings())
        for node in nodes:
            connection.execute(f'create schema if not exists "{node["schema"]}"')
            connection.execute(statement(node))


def differing(first: Path, other: Path, tables: Collection[str] = ()) -> dict[str, int]:
    """Compare these tables of two warehouses, or all, as multisets; return those that differ and by how many rows.

    A table that only one of them has, or a column of it, differs by -1.
    """
    with duckdb.connect() as connection:
        listed = {}
        for name, path in (("one", first), ("other", other)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
            present = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where database_name = ?", [name]
            )
            listed[name] = {table for (table,) in present.fetchall() if not tables or table in tables}
        differences = dict.fromkeys(listed["one"] ^ listed["other"], -1)
        for table in sorted(listed["one"] & listed["other"]):
            columns = {name: _columns(connection, f"{name}.{table}") for name in listed}
            if columns["one"].keys() != columns["other"].keys():
                differences[table] = -1
            elif _fingerprint(connection, f"one.{table}") != _fingerprint(connection, f"other.{table}"):
                left, right = (f"(select {', '.join(columns['one'])} from {name}.{table})" for name in listed)
                [(rows,)] = connection.execute(f"""
                    select count(*)
                    from (({left} except all {right}) union all ({right} except all {left}))
                """).fetchall()
                if rows:
                    differences[table] = rows
    return differences


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Return the columns of a table with their types, by name."""
    return dict(sorted(row[:2] for row in connection.execute(f"describe {table}").fetchall()))


def _fingerprint(connection: duckdb.DuckDBPyConnection, table: str) -> list[Any]:
    """Return columns, number of rows and the sum of their hashes: equal for equal multisets of equal types."""
    columns = _columns(connection, table)
    return [columns, *connection.execute(f"select count(*), sum(hash({', '.join(columns)})) from {table}").fetchall()]


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
