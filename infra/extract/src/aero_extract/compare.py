"""The extract of a table without change times: the whole table is compared with its last extract.

Both sides are JSON lines of the same writer, so equal rows are equal texts. The join is Spark's and spills to disk.
"""

from pyspark.sql import DataFrame, SparkSession  # ty: ignore[import-not-found] - in the environment of Spark
from pyspark.sql import functions as F  # ty: ignore[import-not-found] - in the environment of Spark

from aero_extract.hours import SAME

SEPARATOR = "\x1f"


def changes(
    spark: SparkSession, now: DataFrame, before: DataFrame, key: tuple[str, ...], sequence: int, noticed_at: str
) -> DataFrame:
    """Return one row per key: `change` (insert, update, delete, same) and `line`, null where nothing changed.

    `before` has the column `line`. Lines carry `row_version`, the number of the extract that noticed the change, and
    `deleted_at` where the row is gone: then the line is the last that was known.
    """
    text = spark.createDataFrame(now.toJSON().map(lambda line: (line,)), "line string")
    old, new = (
        side.select(
            F.concat_ws(SEPARATOR, *(F.get_json_object("line", f"$.{name}") for name in key)).alias("key"), "line"
        ).alias(name)
        for side, name in ((before, "old"), (text, "new"))
    )
    joined = old.join(new, F.col("old.key") == F.col("new.key"), "full_outer")
    same = F.col("old.line").eqNullSafe(F.col("new.line"))
    change = (
        F.when(same, SAME)
        .when(F.col("old.line").isNull(), "insert")
        .when(F.col("new.line").isNull(), "delete")
        .otherwise("update")
    )
    known = F.when(~same, F.coalesce(F.col("new.line"), F.col("old.line")))
    joined_rows = joined.select(change.alias("change"), known.alias("known"))
    gone = F.when(F.col("change") == "delete", F.lit(f',"deleted_at":"{noticed_at}"')).otherwise(F.lit(""))
    # The text of a row is an object: its closing brace makes room for what the extract knows.
    body = F.expr("substring(known, 1, length(known) - 1)")
    line = F.concat(body, F.lit(f',"row_version":{sequence}'), gone, F.lit("}"))
    return joined_rows.select("change", line.alias("line"))
