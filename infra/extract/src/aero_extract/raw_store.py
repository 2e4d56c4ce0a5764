"""The raw zone as the extract writes it: parts that nobody sees, and the commit object that makes them count.

    <raw>/<table>/dt=/hh=/<at>-<run>-part-00000.json.gz  lines of one reader, read at that time
    <raw>/_state/<table>/<run>/all-part-00000.json.gz  the whole of a table that is compared, and
    <raw>/_state/<table>/<sequence>.json               which commit it belongs to
    <raw>/_extracts/dt=/<window>-<content>.json        the commit: which parts of which tables
    <raw>/_runs/<run>.json                             what a run did, for whoever started it

A run that fails leaves parts without a commit; nothing reads them. Standard library and boto3 only: the parts are
written by Spark's workers.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FINGERPRINT_BITS = 64
#: Little smaller at the default of 9, and three times as slow.
GZIP_LEVEL = 4


class StoreError(RuntimeError):
    """The raw zone does not allow what the extract is about to do."""


@dataclass(frozen=True)
class Stamp:
    """The fields that the extract adds to each line: the feed, and when the window was over."""

    feed: str
    extracted_at: str

    def line(self, row: str) -> tuple[str, int]:
        """Return a row (a JSON object) as the raw zone holds JSON lines, and its identity as a number.

        The form is that of events and logs: when it came, no verdict against it, itself. What it says decides its
        identity, so what is read twice counts once.
        """
        identity = sha256(f"{self.feed}\x1f{row}".encode()).hexdigest()[:32]
        body = json.dumps(
            f'{row[:-1]},"row_id":"{identity}","extracted_at":"{self.extracted_at}"}}', ensure_ascii=False
        )
        wrapped = f'{{"arrived_at":"{self.extracted_at}","reason":null,"message":null,"body":{body}}}\n'
        return wrapped, int(identity[:16], 16)


@dataclass(frozen=True)
class Part:
    """One object that a reader wrote."""

    key: str
    rows: int
    bytes: int
    fingerprint: int


@dataclass(frozen=True)
class State:
    """A whole table as an extract found it: number of that extract, last number taken, its parts, its digest."""

    sequence: int
    taken: int
    parts: tuple[str, ...] = ()
    digest: str = ""


def client(name: str) -> Any:  # noqa: ANN401 - boto3 clients have no static type
    """Return a client under the role of this process, in a session of its own."""
    import boto3  # noqa: PLC0415 - the pure parts of the extract are used where there is none

    return boto3.Session().client(name)  # ty: ignore[no-matching-overload] - any service


def split(raw_path: str) -> tuple[str, str]:
    """Return bucket and prefix of `s3://bucket/prefix`; raise `StoreError` for anything else."""
    bucket, _, prefix = raw_path.removeprefix("s3://").strip("/").partition("/")
    if not raw_path.startswith("s3://") or not bucket or not prefix:
        raise StoreError(f"--raw-path {raw_path!r}: write it like s3://bucket/opsdb")
    return bucket, prefix


def write_part(
    bucket: str,
    key: str,
    rows: Iterable[str],
    stamp: Stamp | None,
    s3: Any = None,  # noqa: ANN401
) -> Iterator[Part]:
    """Write rows into one gzipped object as they come, memory does not grow; nothing where there is no row.

    Spark's workers have no client to share; whoever writes many parts gives one.
    """
    count = fingerprint = 0
    with TemporaryDirectory(prefix="extract-") as folder:
        path = Path(folder) / "part"
        # No time stamp inside: the same rows are the same bytes.
        with path.open("wb") as file, gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0) as packed:
            for row in rows:
                line, number = stamp.line(row) if stamp else (f"{row}\n", 0)
                packed.write(line.encode())
                count += 1
                fingerprint = (fingerprint + number) % 2**FINGERPRINT_BITS
        if count:
            (s3 or client("s3")).upload_file(str(path), bucket, key)
            yield Part(key, count, path.stat().st_size, fingerprint)


def read_part(bucket: str, key: str) -> Iterator[str]:
    """Yield the lines of an object that `write_part` wrote, without keeping them."""
    body = client("s3").get_object(Bucket=bucket, Key=key)["Body"]
    with gzip.open(body, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n")


class RawStore:
    """Commits and states below one prefix of the raw zone, under the role of this process."""

    def __init__(self, raw_path: str, s3: Any = None) -> None:  # noqa: ANN401
        self.bucket, self.prefix = split(raw_path)
        self.s3 = s3 or client("s3")

    def commit_key(self, name: str) -> str:
        """Return where a commit lies."""
        return f"{self.prefix}/_extracts/{name}"

    def read(self, key: str) -> dict[str, Any] | None:
        """Return a JSON object; None where there is none, `StoreError` where it is damaged.

        A damaged state must not be passed over: what was deleted since an older one would never be noticed.
        """
        try:
            body = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return None
        try:
            return dict(json.loads(body))
        except (TypeError, ValueError) as error:
            raise StoreError(
                f"s3://{self.bucket}/{key} is damaged: its {len(body)} bytes are no JSON object of ours. "
                "Bring it back with `aero repair --zone raw`, then run the extract again"
            ) from error

    def last_state(self, table: str) -> State:
        """Return the last extract of a table that is compared.

        A state counts if its commit is there: a run that died before it left a state that never happened.
        """
        listed = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"{self.prefix}/_state/{table}/", Delimiter="/"
        )
        keys = sorted(item["Key"] for page in listed for item in page.get("Contents", ()))
        taken = int(Path(keys[-1]).stem) if keys else 0
        for key in reversed(keys):
            pointer = self.read(key) or {}
            if pointer and self.read(pointer["commit"]) is not None:
                return State(int(Path(key).stem), taken, tuple(pointer["parts"]), pointer["digest"])
        return State(0, taken)

    def keep_state(self, table: str, state: State, commit_key: str) -> None:
        """Note the state that a commit will bring; raise `StoreError` where another run was first."""
        key = f"{self.prefix}/_state/{table}/{state.sequence:08d}.json"
        if not self._put_new(key, {"commit": commit_key, "parts": state.parts, "digest": state.digest}):
            raise StoreError(f"s3://{self.bucket}/{key}: another extract of {table} is under way; run it again")

    def report(self, run: str, content: dict[str, Any]) -> None:
        """Leave a report for whoever started the run."""
        key, body = f"{self.prefix}/_runs/{run}.json", json.dumps(content, indent=1).encode()
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json")

    def commit(self, key: str, contents: dict[str, Any]) -> bool:
        """Make an extract visible; False where the same one is already."""
        return self._put_new(key, contents)

    def _put_new(self, key: str, value: dict[str, Any]) -> bool:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - as boto3 above

        body = json.dumps(value, indent=1).encode()
        try:
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json", IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict"):
                return False
            raise
        return True


def credentials(secret_id: str) -> tuple[str, str]:
    """Return user and password from the secret; neither is ever printed."""
    value = json.loads(client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"])
    return value["username"], value["password"]
