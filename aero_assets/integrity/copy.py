"""Verification of the copies on this disk: of the typed zone for DuckDB, of published marts for readers.

Files that differ from their manifests are fetched again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from aero_assets.feeds import Feed
from aero_assets.integrity.damage import CannotRepairError, Damage
from aero_assets.integrity.reading import Log, check_all
from aero_assets.lake import LakeCopy
from aero_assets.local_files import read_local
from aero_assets.published import PREFIX, Manifest, NothingPublishedError, PublishedCopy
from aero_assets.storage import DamagedObjectError, digest_of

ZONE = "copy"
_AGAIN = "it is fetched again"


def damages(lake: LakeCopy, published: PublishedCopy, feeds: Iterable[Feed], log: Log) -> Iterator[Damage]:
    """Yield every file of the copies that has changed since it was fetched."""
    state = lake.root / ".state.json"
    if lake.root.exists() or lake.root.is_symlink():
        kept = read_local(state)
        if not kept:
            rebuild = partial(_pull, lake, state)
            yield Damage(ZONE, f"{state}", "note of the copy", "it cannot be read", _AGAIN, rebuild=rebuild)
        paths = tuple(f"typed/{feed.path}/" for feed in feeds)
        # A zero-row file is written here: it has no digest but that of the schema.
        due = {
            key: facts[0] for key, facts in kept.items() if key.startswith(paths) and not facts[0].startswith("schema ")
        }
        files = [(lake.root / key, digest) for key, digest in sorted(due.items())]
        again = partial(_pull, lake)
        yield from check_all(files, partial(_file, "file of the typed zone", again), log, "copy of the typed zone")
    for note in sorted((published.root / PREFIX / "versions").glob("[0-9]*.json"), reverse=True)[:1]:
        again = partial(_pin, published)
        try:
            manifest = Manifest.from_json(read_local(note))
        except (KeyError, TypeError):
            yield Damage(ZONE, f"{note}", "note of the copy", "it cannot be read", _AGAIN, rebuild=partial(again, note))
            continue
        files = [(published.root / key, part.sha256) for key, part in sorted(manifest.parts.items())]
        yield from check_all(files, partial(_file, "published file", again), log, "copy of what is published")


def _file(kind: str, again: Callable[[Path], str], file: tuple[Path, str]) -> Damage | None:
    path, digest = file
    if path.exists() and digest_of(path).startswith(digest):
        return None
    problem = "its content is not what was taken in" if path.exists() else "it is gone"
    return Damage(ZONE, f"{path}", kind, problem, _AGAIN, rebuild=partial(again, path))


def _pull(copy: LakeCopy, path: Path) -> str:
    path.unlink(missing_ok=True)
    if damaged := copy.pull().damaged:
        raise CannotRepairError(f"the bucket does not hold it: {damaged[0]}")
    return "fetched again"


def _pin(copy: PublishedCopy, path: Path) -> str:
    path.unlink(missing_ok=True)
    try:
        snapshot = copy.pull()
    except (NothingPublishedError, DamagedObjectError) as error:
        raise CannotRepairError(f"the bucket does not hold it: {error}") from error
    return f"fetched again, with version {snapshot.version}"
