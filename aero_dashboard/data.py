"""Access to published figures: one pinned version of the marts per page run, and caches by version.

A newer version is looked for at most every few seconds, however often people click. A result is kept by version, query
and parameters, so that nothing is ever shown from two versions at once.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile
from types import FunctionType
from typing import Any

import duckdb
import streamlit as st
from botocore.exceptions import BotoCoreError, ClientError

from aero_assets.environment import Environment
from aero_assets.published import NothingPublishedError, PublishedCopy, Snapshot, current
from aero_assets.storage import Bucket, DamagedObjectError, StoredObject

#: A read-only folder of published files, laid out as in the bucket; in its place for demonstrations and tests.
FOLDER = "AERO_PUBLISHED_FOLDER"
LOOK_AGAIN_SECONDS = 5.0
LOG = logging.getLogger(__name__)


class Folder(Bucket):
    """Published files in a folder; reading only."""

    def __init__(self, root: Path) -> None:
        super().__init__(root.name)
        self.root = root

    def read(self, key: str, version_id: str = "") -> bytes | None:
        """Return the bytes of a file, or None where there is none."""
        file = self.root / key
        return file.read_bytes() if file.exists() else None

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the files below a folder."""
        for file in sorted((self.root / prefix).rglob("*.json")):
            yield StoredObject(f"{file.relative_to(self.root)}", "", file.stat().st_size)

    def download(self, key: str, path: Path) -> None:
        """Copy a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        copyfile(self.root / key, path)


@dataclass
class Source:
    """The newest version that could be read; whoever asks gets it at once, and looks for a newer one now and then."""

    copy: PublishedCopy
    clock: Callable[[], float] = time.monotonic
    _snapshot: Snapshot | None = None
    _looked_at: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)
    #: False while the last look failed: what is shown may be old.
    is_reachable: bool = True
    #: True while the newest version is damaged: an older one is shown.
    is_damaged: bool = False

    def pin(self) -> Snapshot | None:
        """Return the version a page run keeps to its end; None while nothing was published."""
        with self._lock:
            if self.clock() - self._looked_at >= LOOK_AGAIN_SECONDS:
                self._look()
                self._looked_at = self.clock()
            return self._snapshot

    def _look(self) -> None:
        try:
            self._snapshot, self.is_reachable = self.copy.pull(), True
            self.is_damaged = bool(self._snapshot.problem)
            if self.is_damaged:
                LOG.warning(self._snapshot.problem)
        except NothingPublishedError:
            self.is_reachable = True
        except DamagedObjectError as error:
            LOG.warning(error)
            self.is_damaged = True
        except (BotoCoreError, ClientError, OSError):
            self.is_reachable = False


def source() -> Source:
    """Return this process's source: the lake bucket under its role, or a folder."""
    environment = Environment.current()
    return _source(environment.variables.get(FOLDER), environment.published_copy)


@st.cache_resource(show_spinner=False)
def _source(folder: str | None, root: Path) -> Source:
    return Source(PublishedCopy(root, Folder(Path(folder))) if folder else current())


@st.cache_resource(show_spinner=False, max_entries=3)
def _connection(root: Path, version: str, _snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    return _snapshot.connect()


@st.cache_data(show_spinner=False, max_entries=1000)
def _result(
    root: Path, version: str, query: str, parameters: tuple[Any, ...], _run: Callable[..., Any], _snapshot: Snapshot
) -> Any:  # noqa: ANN401 - whatever the query returns
    # A cursor of its own: one connection must not serve two threads.
    with _connection(root, version, _snapshot).cursor() as cursor:
        return _run(cursor, *parameters)


def read(snapshot: Snapshot, query: FunctionType, *parameters: Any) -> Any:  # noqa: ANN401
    """Run a query of `queries` on a pinned version, or return what it gave before."""
    return _result(snapshot.root, snapshot.version, f"{query.__module__}.{query.__name__}", parameters, query, snapshot)
