"""UNLOAD as Redshift documents it, for a statement that arrives at the proxy: the rows of a query as Parquet in S3.

Only the form that the platform uses is taken; any other word is refused.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pyarrow as pa
import pyarrow.parquet as pq

from aero_assets.storage import Bucket
from tests.redshift.translate import RefusedError, translate

FORM = re.compile(
    r"\s*unload\s*\('((?:[^']|'')*)'\)\s*to\s*'s3://([^/']+)/([^']*/)'\s*iam_role\s+default\s+format\s+parquet"
    r"\s+parallel\s+off\s+manifest\s+verbose\s+allowoverwrite\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
DECIMAL = 1700
TYPES = {
    16: pa.bool_(), 20: pa.int64(), 21: pa.int16(), 23: pa.int32(), 25: pa.string(), 701: pa.float64(),
    1043: pa.string(), 1082: pa.date32(), 1114: pa.timestamp("us"),
}  # fmt: skip


@dataclass
class Unload:
    """Writes what a statement asks for; `dies` leaves the file without its manifest, as an UNLOAD that is killed."""

    dsn: str
    bucket: Bucket
    dies: bool = False

    def __call__(self, sql: str) -> None:
        """Run one statement; raises RefusedError for anything but the known form, and where it was made to die."""
        match = FORM.fullmatch(sql)
        if not match or match[2] != self.bucket.name:
            raise RefusedError(f"nothing stands for this form of UNLOAD: {sql[-120:]}")
        table = self._rows(match[1].replace("''", "'"))
        if not table.num_rows:
            raise RefusedError("nothing says which file an UNLOAD without rows writes")
        key = f"{match[3]}000.parquet"
        with TemporaryDirectory() as folder:
            file = Path(folder) / "000.parquet"
            pq.write_table(table, file, compression="snappy")
            self.bucket.upload(file, key)
            size = file.stat().st_size
        if self.dies:
            raise RefusedError("UNLOAD was cancelled")
        entry = {
            "url": f"s3://{self.bucket.name}/{key}",
            "meta": {"content_length": size, "record_count": table.num_rows},
        }
        body = {"entries": [entry], "meta": {"content_length": size, "record_count": table.num_rows}}
        self.bucket.write(f"{match[3]}manifest", json.dumps(body).encode())

    def _rows(self, query: str) -> pa.Table:
        with psycopg2.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(translate(query))
            rows = cursor.fetchall()
            fields = [
                pa.field(c.name, pa.decimal128(c.precision, c.scale) if c.type_code == DECIMAL else TYPES[c.type_code])
                for c in cursor.description or ()
            ]
        columns = [pa.array([row[place] for row in rows], field.type) for place, field in enumerate(fields)]
        return pa.table(columns, schema=pa.schema(fields))
