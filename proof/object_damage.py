"""One object of every kind in the buckets, deleted, cut and garbled in turn; each must be found, named and restored.

On a local platform of its own. Kinds are read from the buckets, so a new one is tried as soon as there is an object of
it; what nobody brings back has to be named with whom to ask.
"""

import gzip
import json
import re
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from aero_assets.environment import Environment
from aero_assets.feeds import feeds, find
from aero_assets.integrity import run as integrity
from aero_assets.storage import Bucket
from aero_local import platform
from aero_local.signals import interruptible
from aero_local.state import State
from aero_local.state_files import damages as state_damages
from tests.platform.line import FEED, Line
from tests.unit.ingest.message_samples import sample

WAYS = ("gone", "cut", "garbled")
#: Nothing says that such an object should be there: the platform writes it when it next has something to say.
NOT_MISSED = re.compile(r"_manifests/[a-z]+\.json|_set_aside/|_briefs/|published/v1/versions/")
LEG = (
    "2015,1,{day},{weekday},AS,{number},N407AS,ANC,SEA,0005,2354,-11,21,0015,205,194,169,{km},0404,4,0430,0408,-22,0,0"
    ",,,,,,"
)
Log = Callable[[str], None]


def run(log: Log) -> dict[str, Any]:
    """Damage one object of every kind in every way; count what was found and what came back."""
    with _line(log) as line:
        _fill(line)
        results: dict[str, Any] = {
            "kinds": 0,
            "damages": 0,
            "found": 0,
            "brought back": 0,
            "not missed": 0,
            "failed": [],
        }
        root = line.state.session("root").client("s3")
        for name in ("raw", "lake"):
            bucket = Bucket(getattr(Environment.current(), f"{name}_bucket"))
            kinds = _kinds(bucket)
            results["kinds"] += len(kinds)
            for kind, key in sorted(kinds.items()):
                log(f"{name}: {kind}")
                for way in WAYS:
                    _try(line, root, bucket, key, way, results)
        _local(line, results)
    return results


@contextmanager
def _line(log: Log) -> Generator[Line]:
    state = State.for_drill("object-damage")
    shutil.rmtree(state.root, ignore_errors=True)
    with interruptible():
        try:
            platform.up(state, log, names=["ministack"])
            with state.acting_as("orchestrator"):
                yield Line(state)
        finally:
            platform.down(state, log)
            shutil.rmtree(state.root, ignore_errors=True)


def _fill(line: Line) -> None:
    """Have an object of every kind: files good, refused and repeated, messages, events, an hour of the extract."""
    header = ",".join(find(FEED).header)
    for day in (1, 2):
        weekday = (day + 2) % 7 + 1
        good, refused = (LEG.format(day=day, weekday=weekday, number=90 + day, km=km) for km in (1448, -1448))
        line.drop(f"day-{day}.csv", f"{header}\n{good}\n{refused}\n".encode())
    line.drop("again.csv", f"{header}\n{good}\n{refused}\n".encode())
    line.drop("weather.txt", b"NO WEATHER\nAT ALL\n", feed="partner/metar")
    line.drop("one.txt", sample("mvt_01_departure").encode(), feed="partner/messages")
    root, raw = line.state.session("root").client("s3"), Environment.current().raw_bucket
    part, commit = "opsdb/fx_rates/dt=2026-11-16/hh=08/one-part-00000.json.gz", "opsdb/_extracts/dt=2026-11-16/"
    commit += "20261116T080000000000Z-aaaaaaaaaaaa-bbbbbbbbbbbb.json"
    objects: dict[str, bytes] = {
        "ops/leg_events/dt=2026-11-16/hh=08/one.gz": gzip.compress(b"{}\n"),
        part: gzip.compress(b""),
        commit: json.dumps({"tables": {"fx_rates": {"parts": [part], "rows": 0}}}).encode(),
        "opsdb/_state/fx_rates/00000001.json": json.dumps({"commit": commit, "parts": [], "digest": "d"}).encode(),
        "opsdb/_runs/one.json": json.dumps({"windows": [], "drift": []}).encode(),
    }
    for key, body in objects.items():
        root.put_object(Bucket=raw, Key=key, Body=body)
    line.settle()
    line.publish()
    Bucket(Environment.current().lake_bucket).write_json("_outcomes/kept/dt=2026-11-16/one.json", {"hop": "kept"})


def _kinds(bucket: Bucket) -> dict[str, str]:
    """One object of every kind: a kind is a key without what tells one object of it from the next."""
    paths = sorted((feed.path for feed in feeds()), key=len, reverse=True)
    kinds: dict[str, str] = {}
    for item in bucket.list(""):
        kind = re.sub(r"data/[^/]+/", "data/<table>/", item.key)
        for path in paths:
            kind = kind.replace(path, "<feed>").replace(path.replace("/", "."), "<feed>")
        kind = re.sub(r"[a-z_]+=[^/]*", lambda match: match[0].partition("=")[0] + "=", kind)
        kinds.setdefault(re.sub(r"[0-9TZ]*[0-9a-f-]{7,}|[0-9]+", "#", kind), item.key)
    return kinds


def _try(line: Line, root: Any, bucket: Bucket, key: str, way: str, results: dict[str, Any]) -> None:  # noqa: ANN401
    """Damage an object; it must be found, and be back, or named as one that nobody here has."""
    good = bucket.read(key) or b""
    results["damages"] += 1
    if way == "gone":
        root.delete_object(Bucket=bucket.name, Key=key)
    else:
        body = good[: len(good) // 2] if way == "cut" else b"\x00\x01no such thing" + good[len(good) // 2 :]
        root.put_object(Bucket=bucket.name, Key=key, Body=body)
    named = {damage.key for damage in _look(line, bucket, key)}
    if key not in named:
        expected = way == "gone" and NOT_MISSED.match(key)
        results["not missed"] += bool(expected)
        if not expected:
            results["failed"].append(f"{key} {way}: nobody noticed")
        root.put_object(Bucket=bucket.name, Key=key, Body=good)
        return
    results["found"] += 1
    with line.state.acting_as("repair"):
        repairs = integrity.repair(lambda zone: _look(line, bucket, key), ["-"], lambda message: None)
    left = [f"{damage.key}: {why}" for damage, why in repairs.left]
    if key.startswith(("_manifests/", "published/")):
        # Forgotten levels and files are for the sensors to bring back.
        line.settle()
        line.publish()
    if left or _look(line, bucket, key):
        results["failed"].append(f"{key} {way}: left {left or 'something that a second look finds'}")
    else:
        results["brought back"] += 1


def _look(line: Line, bucket: Bucket, key: str) -> list[Any]:
    zone = "raw" if bucket.name == Environment.current().raw_bucket else "typed"
    zone = "published" if key.startswith("published/") else zone
    with line.state.acting_as("repair"):
        return integrity.verify(integrity.Places.current(), lambda message: None, zones=[zone])


def _local(line: Line, results: dict[str, Any]) -> None:
    """The same with the files of this machine: of the copies, and the warehouse."""
    state = line.state
    files = [
        next(state.lake_copy.resolve().rglob("*-[0-9a-f]*.parquet")),
        next(state.published_copy.rglob("*.parquet")),
        state.warehouse,
    ]
    with state.acting_as("repair"):
        places = integrity.Places.current()

        def look(zone: str) -> list[Any]:
            if zone == "state":
                return list(state_damages(state, lambda message: None))
            return integrity.verify(places, lambda message: None, zones=[zone])

        for file in files:
            results["damages"] += 1
            body = file.read_bytes()
            file.write_bytes(body[: len(body) // 2])
            zones = ["copy", "state"]
            results["found"] += any(f"{file}" == damage.key for zone in zones for damage in look(zone))
            left = integrity.repair(look, zones, lambda message: None).left
            results["brought back"] += not left
            results["failed"] += [f"{damage.key}: {why}" for damage, why in left]
    with state.acting_as("orchestrator"):
        line.settle()
    if not line.query("select count(*) from operations.fct_leg")[0][0]:
        results["failed"].append("the warehouse was not built again")
