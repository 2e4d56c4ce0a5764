"""Registering typed tables and their partitions in the Glue catalog, from the register and the manifests.

Partitions are explicit, because Redshift Spectrum ignores partition projection, and a crawler would only guess the
types that the register declares.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from aero_assets.feeds import Feed

GLUE_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}


def table_name(feed: Feed) -> str:
    """The table of a feed in the typed database."""
    return f"{feed.system}_{feed.name}"


def declared_columns(feed: Feed) -> dict[str, str]:
    """Return column → Glue type as declared in the register, partition column last."""
    columns = {column.name: GLUE_TYPES[column.type] for column in feed.file_columns}
    return {**columns, feed.business_date: "date"}


class TypedCatalog:
    """The Glue database of the typed zone."""

    def __init__(self, database: str, lake_bucket: str, client: Any) -> None:  # noqa: ANN401
        self.database, self.bucket, self.glue = database, lake_bucket, client

    def register(self, feed: Feed, dates: Iterable[str]) -> tuple[int, int]:
        """Make table and partitions equal to the register and the given dates; return (added, removed).

        A partition has columns of its own: one that was registered before its feed gained a column gets that column
        too, because Athena shows of a partition only the columns it was registered with.
        """
        self._put_table(feed)
        due, registered = set(dates), self.partitions(feed)
        added, removed = sorted(due - registered.keys()), sorted(registered.keys() - due)
        columns = {name: kind for name, kind in declared_columns(feed).items() if name != feed.business_date}
        outdated = sorted(day for day in due & registered.keys() if registered[day] != columns)
        table = {"DatabaseName": self.database, "TableName": table_name(feed)}
        for batch in _batches(added):
            made = [self._partition(feed, day) for day in batch]
            _check(self.glue.batch_create_partition(**table, PartitionInputList=made))
        for batch in _batches(outdated):
            entries = [{"PartitionValueList": [day], "PartitionInput": self._partition(feed, day)} for day in batch]
            _check(self.glue.batch_update_partition(**table, Entries=entries))
        for day in removed:
            # One by one: days rarely go, and the emulator knows no batch for it.
            self.glue.delete_partition(DatabaseName=self.database, TableName=table_name(feed), PartitionValues=[day])
        return len(added), len(removed)

    def partitions(self, feed: Feed) -> dict[str, dict[str, str]]:
        """Return the business dates registered for a feed, each with its columns and their types."""
        pages = self.glue.get_paginator("get_partitions").paginate(
            DatabaseName=self.database, TableName=table_name(feed)
        )
        return {
            partition["Values"][0]: types_of(partition["StorageDescriptor"]["Columns"])
            for page in pages
            for partition in page["Partitions"]
        }

    def columns(self, feed: Feed) -> dict[str, str]:
        """Return column → type as stored in the catalog."""
        table = self.glue.get_table(DatabaseName=self.database, Name=table_name(feed))["Table"]
        return types_of([*table["StorageDescriptor"]["Columns"], *table["PartitionKeys"]])

    def _put_table(self, feed: Feed) -> None:
        table = {
            "Name": table_name(feed),
            "Description": f"Typed zone: {feed.grain}.",
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": "parquet", "aero.contract": feed.contract},
            "PartitionKeys": [{"Name": feed.business_date, "Type": "date"}],
            "StorageDescriptor": self._storage(feed, ""),
        }
        try:
            current = self.glue.get_table(DatabaseName=self.database, Name=table["Name"])["Table"]
        except self.glue.exceptions.EntityNotFoundException:
            self.glue.create_table(DatabaseName=self.database, TableInput=table)
            return
        if current.get("Parameters", {}).get("aero.contract") != feed.contract:
            self.glue.update_table(DatabaseName=self.database, TableInput=table)

    def _partition(self, feed: Feed, day: str) -> dict[str, Any]:
        return {"Values": [day], "StorageDescriptor": self._storage(feed, f"{feed.business_date}={day}/")}

    def _storage(self, feed: Feed, folder: str) -> dict[str, Any]:
        columns = [
            {"Name": column.name, "Type": GLUE_TYPES[column.type], "Comment": column.description[:255]}
            for column in feed.file_columns
        ]
        return {"Columns": columns, "Location": f"s3://{self.bucket}/typed/{feed.path}/{folder}", **PARQUET}


def types_of(columns: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return column → type of columns in Glue's form."""
    return {column["Name"]: column["Type"] for column in columns}


def _batches(days: list[str]) -> Iterator[list[str]]:
    """Yield the days by a hundred, the most that one call takes."""
    for start in range(0, len(days), 100):
        yield days[start : start + 100]


def _check(answer: dict[str, Any]) -> None:
    """Raise RuntimeError if the catalog refused partitions; one that exists already is none."""
    errors = [e for e in answer.get("Errors", []) if e["ErrorDetail"]["ErrorCode"] != "AlreadyExistsException"]
    if errors:
        raise RuntimeError(f"the Glue catalog refused {len(errors)} partitions, first: {errors[0]}")
