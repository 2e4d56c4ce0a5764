"""Pinning versions: one per run, a newer one at most every few seconds, the last one when nothing can be reached."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from aero_assets.published import CURRENT, PublishedCopy, Snapshot
from aero_dashboard.data import LOOK_AGAIN_SECONDS, Folder, Source
from tests.dashboard import warehouse


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Counting(Folder):
    """A folder that counts who asks for the manifest, and can be out of reach."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.asked, self.is_down = 0, False

    def read_json(self, key: str):
        self.asked += key == CURRENT
        if self.is_down:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
        return super().read_json(key)


@pytest.fixture
def folder(tmp_path: Path, synthetic_legs) -> Path:
    return warehouse.publish(tmp_path / "lake", synthetic_legs.head(50))


def source_of(folder: Path, tmp_path: Path) -> tuple[Source, Counting, Clock]:
    bucket, clock = Counting(folder), Clock()
    return Source(PublishedCopy(tmp_path / "copy", bucket), clock), bucket, clock


def pinned(source: Source) -> Snapshot:
    found = source.pin()
    assert found is not None
    return found


def test_a_hundred_runs_in_a_second_look_for_a_newer_version_once(folder, tmp_path):
    source, bucket, clock = source_of(folder, tmp_path)
    versions = set()
    for _ in range(100):
        versions.add(pinned(source).version)
        clock.now += 0.01
    assert len(versions) == 1
    assert bucket.asked == 1


def test_a_newer_version_is_seen_a_few_seconds_later_and_the_pinned_one_stays_whole(folder, tmp_path, synthetic_legs):
    source, _, clock = source_of(folder, tmp_path)
    old = pinned(source)
    warehouse.publish(folder, synthetic_legs.head(80), now=warehouse.NOW + timedelta(minutes=5))
    clock.now += LOOK_AGAIN_SECONDS - 0.1
    assert pinned(source).version == old.version
    clock.now += 0.2
    new = pinned(source)
    assert new.version > old.version
    for snapshot, legs in ((old, 50), (new, 80)):
        with snapshot.connect() as connection:
            assert connection.execute("select count(*) from operations.fct_leg").fetchone() == (legs,)


def test_what_was_read_stays_on_screen_while_the_lake_cannot_be_reached(folder, tmp_path):
    source, bucket, clock = source_of(folder, tmp_path)
    version = pinned(source).version
    bucket.is_down, clock.now = True, clock.now + 60
    assert pinned(source).version == version
    assert not source.is_reachable
    bucket.is_down, clock.now = False, clock.now + 60
    assert pinned(source).version == version
    assert source.is_reachable


def test_before_the_first_publication_there_is_nothing_to_pin(tmp_path):
    (tmp_path / "lake").mkdir()
    source, _, _ = source_of(tmp_path / "lake", tmp_path)
    assert source.pin() is None
    assert source.is_reachable


def test_a_folder_is_only_read(folder, tmp_path):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    source, _, _ = source_of(folder, tmp_path)
    source.pin()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert json.loads((folder / CURRENT).read_text())["version"] == pinned(source).version
