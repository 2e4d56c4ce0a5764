"""A damage: the object, the problem, and the way to restore it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aero_assets.storage import Bucket

Good = Callable[[bytes], bool]


class CannotRepairError(RuntimeError):
    """The object cannot be restored here; the message names the data to ask for, and the person to ask."""


@dataclass(frozen=True)
class Damage:
    """One damaged object.

    `is_good` recognises a good earlier version of the object; `rebuild` makes it from other data and returns a
    description of its work, or raises `CannotRepairError`.
    """

    zone: str
    key: str
    kind: str
    problem: str
    way_back: str
    feed: str = ""
    bucket: Bucket | None = field(default=None, repr=False, compare=False)
    is_good: Good | None = field(default=None, repr=False, compare=False)
    rebuild: Callable[[], str] | None = field(default=None, repr=False, compare=False)

    def to_json(self) -> dict[str, str]:
        """Return what `--json` prints."""
        return {name: getattr(self, name) for name in ("zone", "key", "kind", "feed", "problem", "way_back")}

    def repair(self) -> str:
        """Restore the object and return a description of the repair; `CannotRepairError` if it is not possible."""
        if self.is_good and self.bucket and (done := restore(self.bucket, self.key, self.is_good)):
            return done
        if self.rebuild:
            return self.rebuild()
        raise CannotRepairError(f"no good version of it is left. {self.way_back}")


def restore(bucket: Bucket, key: str, is_good: Good) -> str:
    """Replace the object by its newest good earlier version; return a description, or nothing if there is none."""
    for version in bucket.history(key).get(key, ()):
        if version.is_deletion:
            continue
        body = bucket.read(key, version.version_id)
        if body is not None and is_good(body):
            bucket.write(key, body)
            return f"version {version.version_id} of the bucket is in its place again"
    return ""


def says(*names: str) -> Good:
    """Return a check for a JSON object of ours that has these keys."""

    def is_good(body: bytes) -> bool:
        return not problem_of_json(body, *names)

    return is_good


def problem_of_json(body: bytes, *names: str) -> str:
    """Return the problem of a JSON object of ours, or nothing."""
    try:
        value: Any = json.loads(body)
    except ValueError as error:
        return f"its {len(body)} bytes are not JSON ({error})"
    if not isinstance(value, dict):
        return "it is JSON, but not an object of ours"
    lacking = [name for name in names if name not in value]
    return f"it does not say {', '.join(lacking)}" if lacking else ""
