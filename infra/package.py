"""The zips that go to Lambda: the same sources always give the same key, so a second deploy changes nothing.

What belongs here: from files to bytes and a key, and the upload; which files those are says ``modules.py``. Which stack
takes which zip is said in ``stacks.py``.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from infra.modules import INFRA, needed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: Zips by the Lambda modules that their templates name; each carries what they import.
DOOR_HANDLERS = ("aero_ingest.partner_drop", "aero_ingest.firehose_transform")
GATEWAY_HANDLERS = ("aero_ingest.gateway_lambda",)
ALERT_HANDLERS = ("aero_streaming.alerts.handler", "aero_streaming.alerts.tick")
#: Libraries in the gateway's zip beside our code; pure Python, from the environment that the lock files made.
GATEWAY_LIBRARIES = ("kafka-python", "tzdata", "defusedxml")
REFERENCE = INFRA.parent / "dbt_project" / "seeds" / "reference"
GATEWAY_TABLES = tuple(REFERENCE / f"{name}.csv" for name in ("carriers", "delay_codes"))
#: Beside the limits of events, which ask it; the Flink job has it in its jar.
AIRPORTS = REFERENCE / "airports.csv"
#: File formats that the door recognises.
FORMATS = ("csv", "lines", "parquet", "table", "xlsx")
# The zip format cannot say an earlier time; any fixed one does, the files' own would change the bytes.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16

Door = Mapping[str, Any]


@dataclass(frozen=True)
class Package:
    """A zip and the key it is stored under, which carries the hash of what is inside."""

    name: str
    key: str
    data: bytes


def door_package(doors: Sequence[Door]) -> Package:
    """Pack the doors of files and events, with what the register says of them as ``aero_ingest/doors.json``."""
    check_doors(doors)
    ordered = sorted((dict(door) for door in doors), key=lambda door: door["feed"])
    text = json.dumps(ordered, indent=1, sort_keys=True, ensure_ascii=False)
    return packed("aero_ingest", {**needed(*DOOR_HANDLERS), "aero_ingest/doors.json": text.encode()})


def gateway_package() -> Package:
    """Pack the gateway with its Kafka client, zone rules and the reference tables it looks up."""
    tables = {f"aero_ingest/{path.name}": path.read_bytes() for path in GATEWAY_TABLES}
    tables[f"aero_streaming/events/{AIRPORTS.name}"] = AIRPORTS.read_bytes()
    libraries = {path: data for name in GATEWAY_LIBRARIES for path, data in _installed(name)}
    return packed("aero_gateway", {**needed(*GATEWAY_HANDLERS), **tables, **libraries})


def _installed(distribution: str) -> Iterable[tuple[str, bytes]]:
    """Yield the files of a library as the hash-locked environment has them, by their path in the zip."""
    files = importlib.metadata.files(distribution)
    if not files:
        raise ValueError(f"{distribution} is not installed: run `make setup`")
    for file in files:
        if ".." not in file.parts and "__pycache__" not in file.parts and not file.parts[0].endswith(".dist-info"):
            yield file.as_posix(), Path(str(file.locate())).read_bytes()


def streaming_package() -> Package:
    """Pack the alert Lambdas with their rules and figures."""
    return packed("aero_streaming", needed(*ALERT_HANDLERS))


def check_doors(doors: Iterable[Door]) -> None:
    """Refuse doors that the Lambda could not work with, naming the feed and what it lacks."""
    seen: set[str] = set()
    for door in doors:
        feed = str(door.get("feed", "?"))
        if feed.count("/") != 1 or not feed.startswith("partner/"):
            raise ValueError(f"door {feed!r}: a feed that arrives as files is named partner/<name>")
        if feed in seen:
            raise ValueError(f"door {feed!r} is registered twice")
        if door.get("format") not in FORMATS:
            known = ", ".join(FORMATS)
            raise ValueError(f"door {feed!r}: format {door.get('format')!r} is unknown; the door reads {known}")
        if not door.get("header") or not door.get("contract"):
            raise ValueError(f"door {feed!r} needs a header (its column names) and a contract (a digest)")
        seen.add(feed)


def packed(name: str, contents: Mapping[str, bytes]) -> Package:
    """Zip files under a key that carries the hash of what they hold."""
    digest = hashlib.sha256()
    for path, content in sorted(contents.items()):
        # Over the files and not the zip: another zlib may pack the same files into other bytes.
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return Package(name, f"_code/{name}-{digest.hexdigest()[:20]}.zip", zipped(contents))


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """Zip the files in a fixed order, with fixed times and rights."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(path, FIXED_TIME)
            entry.external_attr, entry.create_system = READABLE, 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def upload(package: Package, s3: S3Client, bucket: str) -> bool:
    """Put the zip where the templates look for it; False when it is already there."""
    try:
        s3.put_object(Bucket=bucket, Key=package.key, Body=package.data, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] == "PreconditionFailed":
            return False
        raise
    return True
