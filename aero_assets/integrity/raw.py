"""The raw zone: bodies against the digest of their receipt, receipts, markers and commits against each other.

The only source of the raw zone is the sender. A damaged object is restored from an earlier version of the bucket or
from a file still in the inbox; otherwise the sender has to be asked for it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from aero_assets import bodies
from aero_assets.arrivals import Receipt
from aero_assets.feeds import Feed
from aero_assets.integrity.damage import CannotRepairError, Damage, Good, problem_of_json, says
from aero_assets.integrity.reading import Log, check_all
from aero_assets.storage import Bucket, StoredVersion
from aero_ingest.partner_drop import PACK_LEVEL

ZONE = "raw"
PACKED = (".gz",)


@dataclass
class RawZone:
    """The present content of the raw zone of some feeds, and the inbox through which their files came."""

    raw: Bucket
    inbox: Bucket
    feeds: tuple[Feed, ...]
    log: Log
    _found: list[Damage] = field(default_factory=list)
    _history: dict[str, tuple[StoredVersion, ...]] = field(default_factory=dict)
    _there: set[str] = field(default_factory=set)

    def damages(self) -> list[Damage]:
        """Check every object of the feeds."""
        for prefix in sorted({feed.system for feed in self.feeds if feed.arrival == "table"}):
            self._look(f"{prefix}/")
            self._extract(prefix)
        for feed in self.feeds:
            if feed.arrival != "table":
                self._look(f"{feed.path}/")
                self._files(feed) if feed.arrival == "file" else self._objects(feed)
        return self._found

    def _look(self, prefix: str) -> None:
        self._there = {item.key for item in self.raw.list(prefix)}
        self._history = self.raw.history(prefix)

    def _add(self, key: str, kind: str, problem: str, way_back: str, feed: str = "", is_good: Good | None = None,
             rebuild: partial[str] | None = None) -> None:  # fmt: skip
        self._found.append(Damage(ZONE, key, kind, problem, way_back, feed, self.raw, is_good, rebuild))

    def _files(self, feed: Feed) -> None:
        receipts, markers = f"{feed.path}/_arrivals/", f"{feed.path}/_content/"
        named = {key for key in self._there if key.startswith(receipts)}
        documents = dict(check_all(sorted(named), self._document, self.log, f"{feed.path}: receipts"))
        contents: dict[str, tuple[str, str, str]] = {}
        for key, (body, problem) in documents.items():
            receipt = Receipt(*key.rsplit("/", 1)[-1].removesuffix(".json").split("-"))
            is_good = partial(_is_receipt, receipt)
            if problem or not is_good(body):
                self._add(key, "receipt", problem or "it speaks of another arrival", _VERSIONS, feed.path, is_good)
            else:
                fields = json.loads(body)
                contents[fields["raw_key"]] = (
                    fields["content_sha256"],
                    fields["inbox_key"],
                    fields["inbox_version_id"] or "",
                )
        self._gone(receipts, named, "receipt", feed.path, says(*_RECEIPT))
        self._markers(feed, markers, contents)
        check = partial(self._body, feed, contents)
        self._found += check_all(sorted(contents), check, self.log, f"{feed.path}: bodies")

    def _markers(self, feed: Feed, prefix: str, contents: dict[str, tuple[str, str, str]]) -> None:
        """Check the markers that name the body of a content; without one the same content would be stored twice."""
        raw_keys = {digest: raw_key for raw_key, (digest, *_) in contents.items()}
        present = {key for key in self._there if key.startswith(prefix)}
        documents = dict(check_all(sorted(present), self._document, self.log, f"{feed.path}: markers"))
        for digest, raw_key in sorted(raw_keys.items()):
            key = f"{prefix}{digest}.json"
            body, problem = documents.get(key, (b"", "it is gone"))
            problem = problem or problem_of_json(body, "raw_key")
            if problem:
                rebuild = partial(self._write, key, json.dumps({"raw_key": raw_key}).encode(), "from the receipt")
                self._add(key, "content marker", problem, "the receipt of its content", feed.path, rebuild=rebuild)
        for key in sorted(present - {f"{prefix}{digest}.json" for digest in raw_keys}):
            if problem := documents[key][1] or problem_of_json(documents[key][0], "raw_key"):
                self._add(key, "content marker", problem, _VERSIONS, feed.path, says("raw_key"))

    def _body(self, feed: Feed, contents: dict[str, tuple[str, str, str]], key: str) -> Damage | None:
        digest, inbox_key, inbox_version = contents[key]
        if not (problem := self._problem_of_body(key, digest)):
            return None
        ask = (
            f"a version of the bucket or the inbox; else ask {feed.owner} to have {inbox_key} put into the inbox "
            "again, then repair once more"
        )
        rebuild = partial(self._from_inbox, key, digest, inbox_key, inbox_version, ask)
        is_good = partial(_is_body, key, digest)
        return Damage(ZONE, key, "body", problem, ask, feed.path, self.raw, is_good, rebuild)

    def _problem_of_body(self, key: str, digest: str, *, is_packed: bool = True) -> str:
        if key not in self._there:
            return "it is gone"
        with TemporaryDirectory(prefix="verify-") as folder:
            path = Path(folder) / "body"
            self.raw.download(key, path)
            return bodies.what_is_wrong(path, digest, is_gzip=is_packed and key.endswith(PACKED))

    def _from_inbox(self, key: str, digest: str, inbox_key: str, version: str, ask: str) -> str:
        """Make a body again from the file that is still in the inbox, packed as the door packs it."""
        for version_id in dict.fromkeys((version, "")):
            content = self.inbox.read(inbox_key, version_id)
            if content is None:
                continue
            body = content
            if key.endswith(PACKED) and not content.startswith(bodies.GZIP):
                pack = zlib.compressobj(PACK_LEVEL, wbits=31)
                body = pack.compress(content) + pack.flush()
            if _is_body(key, digest, body):
                return self._write(key, body, f"from {inbox_key} in the inbox")
        raise CannotRepairError(f"neither an earlier version nor the inbox has its content. What helps: {ask}")

    def _write(self, key: str, body: bytes, whence: str) -> str:
        self.raw.write(key, body)
        return f"written again {whence}"

    def _objects(self, feed: Feed) -> None:
        """Check events and logs: they have no stored digest, so the first version in the bucket counts as right."""
        self._found += check_all(sorted(self._there), partial(self._object, feed), self.log, f"{feed.path}: objects")
        self._gone(f"{feed.path}/", self._there, "body", feed.path, lambda body: True)

    def _object(self, feed: Feed, key: str) -> Damage | None:
        versions = [version for version in self._history.get(key, ()) if not version.is_deletion]
        first = partial(_is_first, self.raw, key, versions)
        # The emulator's Firehose writes plain text under a name that says otherwise.
        problem = self._problem_of_body(key, "", is_packed=feed.arrival == "log") or self._written_over(key, versions)
        return Damage(ZONE, key, "body", problem, _VERSIONS, feed.path, self.raw, first) if problem else None

    def _written_over(self, key: str, versions: list[StoredVersion]) -> str:
        """Return the problem if the object differs from its first version; under KMS the ETag does not show it."""
        if len(versions) < 2 or versions[0].etag == versions[-1].etag:
            return ""
        bodies_of = [self.raw.read(key, version.version_id) for version in (versions[0], versions[-1])]
        return "" if bodies_of[0] == bodies_of[1] else "it was written over: objects of the raw zone are written once"

    def _extract(self, system: str) -> None:
        """Check commits of the extract, the states with which it compares, and the parts that they name."""
        prefix = f"{system}/_"
        notes = sorted(key for key in self._there if key.startswith(prefix) and key.endswith(".json"))
        parts: set[str] = set()
        for key, (body, problem) in check_all(notes, self._document, self.log, f"{system}: commits and states"):
            folder = key.split("/")[1]
            needed = {"_extracts": ("tables",), "_state": ("commit", "parts", "digest"), "_runs": ("windows",)}
            names = needed.get(folder, ())
            if problem := problem or problem_of_json(body, *names):
                self._add(key, _KINDS.get(folder, "object"), problem, _EXTRACT, f"{system}/*", says(*names))
                continue
            document = json.loads(body)
            parts |= set(document["parts"]) if folder == "_state" else set()
            if folder == "_extracts":
                parts |= {part for table in document["tables"].values() for part in table.get("parts", ())}
        self._gone(prefix, set(notes), "commit, state or report", f"{system}/*", says())
        self._found += check_all(sorted(parts), partial(self._part, system), self.log, f"{system}: parts")

    def _part(self, system: str, key: str) -> Damage | None:
        versions = [version for version in self._history.get(key, ()) if not version.is_deletion]
        problem = self._problem_of_body(key, "") or self._written_over(key, versions)
        is_good = partial(_is_first, self.raw, key, versions)
        return Damage(ZONE, key, "part", problem, _EXTRACT, f"{system}/*", self.raw, is_good) if problem else None

    def _gone(self, prefix: str, present: Iterable[str], kind: str, feed: str, is_good: Good) -> None:
        """Find deleted objects; nothing is ever deleted on purpose from the raw zone."""
        for key in sorted(self._history.keys() - set(present)):
            if key.startswith(prefix):
                self._add(key, kind, "it was deleted", _VERSIONS, feed, is_good)

    def _document(self, key: str) -> tuple[str, tuple[bytes, str]]:
        body = self.raw.read(key) or b""
        return key, (body, problem_of_json(body))


#: Fields that a receipt must have.
_RECEIPT = ("raw_key", "inbox_key", "inbox_version_id", "content_sha256", "rows")
_VERSIONS = "an earlier version of the bucket"
_EXTRACT = "an earlier version of the bucket; else launch `extract` for its hours again"
_KINDS = {"_extracts": "commit", "_state": "state", "_runs": "report"}


def _is_receipt(receipt: Receipt, body: bytes) -> bool:
    if problem_of_json(body, *_RECEIPT):
        return False
    document = json.loads(body)
    key_hash = sha256(str(document["inbox_key"]).encode()).hexdigest()[:12]
    return key_hash == receipt.key_hash and str(document["content_sha256"]).startswith(receipt.content_hash)


def _is_body(key: str, digest: str, body: bytes) -> bool:
    with TemporaryDirectory(prefix="verify-") as folder:
        path = Path(folder) / "body"
        path.write_bytes(body)
        return not bodies.what_is_wrong(path, digest, is_gzip=key.endswith(PACKED))


def _is_first(bucket: Bucket, key: str, versions: list[StoredVersion], body: bytes) -> bool:
    """Return True if this is the content of the oldest version left, which no later write has changed."""
    return bool(versions) and bucket.read(key, versions[-1].version_id) == body


def damages(raw: Bucket, inbox: Bucket, feeds: Iterable[Feed], log: Log) -> Iterator[Damage]:
    """Yield every damaged object of some feeds in the raw zone."""
    yield from RawZone(raw, inbox, tuple(feeds), log).damages()
