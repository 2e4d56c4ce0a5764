"""The current version as tables of Athena: its files again at keys that stay, with a Glue table over each folder.

Pages and `aero query` pin a version. Athena knows only folders, so a query beside a publication may see a table of the
version before; each file is whole at any time.
"""

from collections.abc import Iterable
from typing import Any

import dagster as dg

from aero_assets.defs.catalog.glue import GLUE_TYPES, PARQUET, types_of
from aero_assets.defs.warehouse.assets import LATEST, PUBLISHED
from aero_assets.environment import Environment
from aero_assets.published import PREFIX, Manifest, Table, versions
from aero_assets.resources import Zones, recent_client
from aero_assets.storage import Bucket

FOLDER = f"{PREFIX}/latest"
#: The part that each copy is of. Outside of the tables' folders, as Athena reads everything in them.
COPIES = f"{FOLDER}/copies.json"


def glue_type(kind: str) -> str:
    """Return Glue's type for one of a published column; raises KeyError for a type that Athena would not know."""
    return kind.lower() if kind.startswith("DECIMAL(") else GLUE_TYPES[kind]


def table_name(table: str) -> str:
    """Return the table in Athena for a published `schema.name`."""
    return table.replace(".", "_")


def copy_files(lake: Bucket, manifest: Manifest) -> tuple[int, int]:
    """Make the copies those of a version; return how many are new, and how many went."""
    due = {f"{FOLDER}/{table.name}/{part.name}.parquet": part.key for table in manifest.tables for part in table.parts}
    present = {item.key for item in lake.list(f"{FOLDER}/")} - {COPIES}
    before = {key: part for key, part in (lake.read_json(COPIES) or {}).items() if key in present}
    new = {key: part for key, part in due.items() if before.get(key) != part}
    # A run that dies half way leaves no note of what it replaced, so the next one copies it again.
    lake.write_json(COPIES, {key: part for key, part in before.items() if key not in new})
    for key, part in new.items():
        lake.client.copy_object(Bucket=lake.name, Key=key, CopySource={"Bucket": lake.name, "Key": part})
    gone = sorted(present - due.keys())
    lake.delete(gone)
    lake.write_json(COPIES, due)
    return len(new), len(gone)


class LatestCatalog:
    """The Glue database of the published marts."""

    def __init__(self, database: str, bucket: str, client: Any) -> None:  # noqa: ANN401
        self.database, self.bucket, self.glue = database, bucket, client

    def tables(self) -> dict[str, dict[str, str]]:
        """Return the columns of every table with their types."""
        pages = self.glue.get_paginator("get_tables").paginate(DatabaseName=self.database)
        return {
            table["Name"]: types_of(table["StorageDescriptor"]["Columns"])
            for page in pages
            for table in page["TableList"]
        }

    def register(self, tables: Iterable[Table]) -> int:
        """Make the tables those of a version; return how many were created, changed or removed."""
        known, changed = self.tables(), 0
        due = {table_name(table.name): table for table in tables}
        for name, table in due.items():
            columns = {column: glue_type(kind) for column, kind in table.columns.items()}
            if known.get(name) == columns:
                continue
            put = self.glue.update_table if name in known else self.glue.create_table
            put(DatabaseName=self.database, TableInput=self._table(name, table, columns))
            changed += 1
        for name in sorted(known.keys() - due.keys()):
            self.glue.delete_table(DatabaseName=self.database, Name=name)
            changed += 1
        return changed

    def _table(self, name: str, table: Table, columns: dict[str, str]) -> dict[str, Any]:
        return {
            "Name": name,
            "Description": table.description[:2048],
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": "parquet"},
            "StorageDescriptor": {
                "Columns": [{"Name": column, "Type": kind} for column, kind in columns.items()],
                "Location": f"s3://{self.bucket}/{FOLDER}/{table.name}/",
                **PARQUET,
            },
        }


@dg.asset(
    key=LATEST,
    deps=[PUBLISHED],
    description="The current version as tables of Athena: one row per file of a table.",
    group_name="published",
    kinds={"glue", "parquet"},
    owners=["team:analytics"],
    pool="warehouse",
)
def latest(context: dg.AssetExecutionContext, zones: Zones) -> dg.MaterializeResult:
    """Copy what is new in the current version, and register its tables."""
    lake, environment = zones.lake(), Environment.current()
    manifest = next(versions(lake, []), None)
    if manifest is None:
        raise dg.Failure("nothing is published yet: materialize published/marts first")
    new, gone = copy_files(lake, manifest)
    changed = LatestCatalog(environment.published_database, lake.name, recent_client("glue")).register(manifest.tables)
    context.log.info(f"version {manifest.version}: {new} files new, {gone} gone, {changed} tables changed")
    return dg.MaterializeResult(
        metadata={"version": manifest.version, "files_new": new, "files_gone": gone, "tables_changed": changed}
    )
