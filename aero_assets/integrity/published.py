"""Verification of the published zone: the current manifest, the versions still in use, and their files.

A file or a manifest is restored from an earlier version of the bucket. If there is none, the next publication writes it
again, and the orchestrator requests that publication as soon as the object is deleted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from hashlib import sha256

from aero_assets.integrity.damage import Damage
from aero_assets.integrity.reading import Log, check_all
from aero_assets.manifests import Levels
from aero_assets.published import CURRENT, PREFIX, Manifest, Part, versions
from aero_assets.storage import Bucket, DamagedObjectError

ZONE = "published"
_AGAIN = "an earlier version of the bucket; else the next publication writes it again"


def damages(lake: Bucket, log: Log) -> Iterator[Damage]:
    """Yield every damaged object of the published zone."""
    unreadable: list[DamagedObjectError] = []
    whole = list(versions(lake, unreadable))
    present = {item.key for item in lake.list(f"{PREFIX}/")}
    if present and CURRENT not in present:
        unreadable.append(DamagedObjectError(lake.name, CURRENT, "it is gone"))
    for error in unreadable:
        rebuild = partial(_manifest_again, lake, error.key, whole)
        yield Damage(ZONE, error.key, "manifest of a version", error.problem, _AGAIN, "", lake, None, rebuild)
    if whole and Manifest.key_of(whole[0].version) not in present:
        rebuild = partial(_put, lake, Manifest.key_of(whole[0].version), whole[0])
        yield Damage(ZONE, Manifest.key_of(whole[0].version), "manifest of a version", "it is gone",
                     "the current manifest", rebuild=rebuild)  # fmt: skip
    # The newest word on a file counts: it may have been written again since an older version named it.
    parts = {key: part for manifest in reversed(whole) for key, part in manifest.parts.items()}
    yield from check_all(parts.values(), partial(_part, lake), log, "published files")


def _part(lake: Bucket, part: Part) -> Damage | None:
    body = lake.read(part.key)
    if body is not None and _is_part(part, body):
        return None
    problem = "it is gone" if body is None else f"its {len(body)} bytes have another digest than its manifest names"
    is_good, rebuild = partial(_is_part, part), partial(_part_again, lake, part.key)
    return Damage(ZONE, part.key, "published file", problem, _AGAIN, "", lake, is_good, rebuild)


def _is_part(part: Part, body: bytes) -> bool:
    return sha256(body).hexdigest().startswith(part.sha256)


def _part_again(lake: Bucket, key: str) -> str:
    lake.delete([key])
    Levels(lake, "published").clear()
    return "removed; the next publication, which the orchestrator asks for now, writes it again"


def _manifest_again(lake: Bucket, key: str, whole: list[Manifest]) -> str:
    """Replace the current manifest by the newest complete version; delete an older manifest that cannot be read."""
    if key == CURRENT and whole:
        return _put(lake, CURRENT, whole[0])
    if key == CURRENT:
        lake.delete([CURRENT])
        Levels(lake, "published").clear()
        return "removed; the next publication, which the orchestrator asks for now, writes it again"
    if (whole and key == Manifest.key_of(whole[0].version)) or not whole:
        return _put(lake, key, whole[0]) if whole else _forget(lake, key)
    return _forget(lake, key)


def _forget(lake: Bucket, key: str) -> str:
    lake.delete([key])
    return "removed: it was an old version, and nobody could read it any more"


def _put(lake: Bucket, key: str, manifest: Manifest) -> str:
    lake.write(key, json.dumps(manifest.to_json(), indent=1).encode())
    return f"it names version {manifest.version} again"
