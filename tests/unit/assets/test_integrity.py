"""Verify and repair: one object of every kind is damaged, found and named, and comes back or is asked for."""

import gzip
import json
import shutil
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle

import duckdb
import pyarrow.parquet as pq
import pytest

from aero_assets.arrivals import plan, receipts
from aero_assets.defs.published.export import Publisher, Relation
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.feeds import feeds, find
from aero_assets.integrity.run import ZONES, Places, repair, verify
from aero_assets.lake import LakeCopy, empty_file, write_empty
from aero_assets.manifests import ArrivalManifest, Levels
from aero_assets.published import CURRENT, PublishedCopy
from tests.fakes import FolderBucket, VersionedBucket, drop
from tests.unit.feeds.test_partner__bts_ontime import GUAM, PLAIN

FEED, EVENTS = find("partner/bts_ontime"), find("ops/leg_events")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
INBOX_KEY = "partner/bts_ontime/a.csv"
REFUSED = GUAM.replace("3801", "-3801")


def silent(_: str) -> None:
    """A log that nobody reads."""


class Platform:
    """Every kind of object, each in its bucket as the platform writes it."""

    def __init__(self, root, bucket: type[FolderBucket]):
        self.root = root
        raw, lake, self.inbox = (bucket(root / name, name) for name in ("raw", "lake", "inbox"))
        self.places = Places(raw, lake, self.inbox, root / "scratch", LakeCopy(root / "copy", lake),
                             PublishedCopy(root / "published", lake))  # fmt: skip
        text = "\n".join((",".join(FEED.header), PLAIN, REFUSED)) + "\n"
        self.inbox._put(INBOX_KEY, text.encode())
        drop(raw, FEED, INBOX_KEY, gzip.compress(text.encode(), mtime=0), AT)
        raw._put("ops/leg_events/dt=2026-11-16/hh=08/one.gz", gzip.compress(b"{}\n"))
        part = "opsdb/legs/dt=2026-11-16/hh=08/one-part-00000.json.gz"
        raw._put(part, gzip.compress(b""))
        tables = {"legs": {"parts": [part], "rows": 0}}
        raw.write_json("opsdb/_extracts/dt=2026-11-16/20261116T080000000000Z-aa-bb.json", {"tables": tables})
        raw.write_json("opsdb/_state/fx_rates/00000001.json", {"commit": "x", "parts": [], "digest": "d"})
        for feed in feeds():
            (root / "scratch").mkdir(exist_ok=True)
            write_empty(feed, root / "scratch" / "empty")
            lake._put(empty_file(feed), (root / "scratch" / "empty").read_bytes())
            for day, planned in plan(receipts(raw, feed) if feed == FEED else []).items():
                compact_day(Compactor(raw, lake, root / "scratch"), feed, {day: planned}, day)
        for feed in (EVENTS, *(feed for feed in feeds() if feed.arrival == "table")):
            self.places.compact(feed, AT.date())
        Levels(lake, "warehouse").advance({"2015-01-01": "one"})
        lake.write_json("_outcomes/door/dt=2026-11-16/a.json", {"hop": "door"})
        lake.write_json("_set_aside/partner/one.json", {"rows": []})
        lake.write_json("quarantine/partner/metar/dt=2026-11-16/files/one/reason.json",
                        {"reason": "r", "inbox_key": "k", "bytes": 3})  # fmt: skip
        lake._put("quarantine/partner/metar/dt=2026-11-16/files/one/METAR.txt", b"abc")
        with duckdb.connect() as connection:
            connection.execute("create table legs as select date '2026-09-28' as operating_date, 1 as leg")
            relation = Relation("operations.fct_leg", "from legs", "Legs. One row per leg.")
            Publisher(lake, root / "scratch").publish(connection, [relation], level="one", now=AT)
        self.places.copy.pull()
        self.places.published.pull()

    def copied(self, root):
        """The same platform in another folder: making one takes seconds."""
        buckets = {name: getattr(self.places, name) for name in ("raw", "lake", "inbox")}
        for name in (*buckets, "copy.versions", "published", "scratch"):
            shutil.copytree(self.root / name, root / name)
        (root / "copy").symlink_to((self.root / "copy").readlink())
        other = copy(self)
        made = {name: type(bucket)(root / name, name) for name, bucket in buckets.items()}
        for name, bucket in buckets.items():
            if isinstance(bucket, VersionedBucket):
                made[name].kept = {key: [*kept] for key, kept in bucket.kept.items()}
        other.root, other.inbox = root, made["inbox"]
        other.places = Places(**made, scratch=root / "scratch", copy=LakeCopy(root / "copy", made["lake"]),
                              published=PublishedCopy(root / "published", made["lake"]))  # fmt: skip
        return other

    def look(self, zone):
        return verify(self.places, silent, zones=[zone])

    def damages(self):
        return [damage for zone in ZONES for damage in self.look(zone)]

    def repair(self):
        return repair(self.look, ZONES, silent)

    def only_key(self, bucket, prefix, suffix="") -> str:
        found = [item.key for item in bucket.list(prefix) if item.key.endswith(suffix)]
        found = [key for key in found if key == prefix or "1970" not in key]
        return found[0]


KINDS = {
    "body": ("raw", "partner/bts_ontime/dt=", ""),
    "receipt": ("raw", "partner/bts_ontime/_arrivals/", ""),
    "content marker": ("raw", "partner/bts_ontime/_content/", ""),
    "event object": ("raw", "ops/leg_events/dt=", ""),
    "part of the extract": ("raw", "opsdb/legs/", ""),
    "commit of the extract": ("raw", "opsdb/_extracts/", ""),
    "state of the extract": ("raw", "opsdb/_state/", ""),
    "typed file": ("lake", "typed/partner/bts_ontime/", ""),
    "zero-row file": ("lake", empty_file(find("partner/metar")), ""),
    "refused rows": ("lake", "quarantine/partner/bts_ontime/", ".parquet"),
    "refused file": ("lake", "quarantine/partner/metar/", "METAR.txt"),
    "reason of a refused file": ("lake", "quarantine/partner/metar/", "reason.json"),
    "arrival manifest": ("lake", "_manifests/typed/partner/bts_ontime/", ""),
    "levels": ("lake", "_manifests/warehouse.json", ""),
    "ledger row of the typed step": ("lake", "_outcomes/typed/dt=2026-11-16/partner.bts_ontime.json", ""),
    "ledger row of the door": ("lake", "_outcomes/door/", ""),
    "decision of a person": ("lake", "_set_aside/", ""),
    "current manifest": ("lake", CURRENT, ""),
    "manifest of a version": ("lake", "published/v1/versions/", ""),
    "published file": ("lake", "published/v1/data/", ""),
}
#: Objects that only an earlier version, or the sender, can bring back.
IRREPLACEABLE = {
    "receipt", "event object", "part of the extract", "commit of the extract", "state of the extract", "refused file",
    "reason of a refused file", "ledger row of the door", "decision of a person",
}  # fmt: skip
#: Nothing says that it should be there: the platform itself deletes such objects.
NOT_MISSED = {"levels"}


@pytest.fixture(scope="module")
def versioned(tmp_path_factory):
    return Platform(tmp_path_factory.mktemp("versioned"), VersionedBucket)


@pytest.fixture(scope="module")
def unversioned(tmp_path_factory):
    return Platform(tmp_path_factory.mktemp("unversioned"), FolderBucket)


def harm(bucket, key, how):
    body = bucket.read(key)
    if how == "gone":
        bucket.delete([key])
    elif how == "cut":
        bucket._put(key, body[: len(body) // 2])
    else:
        bucket._put(key, b"\x00\x01no such thing" + body[len(body) // 2 :])


def harmed(platform, kind, how="cut"):
    """Damage one object of a kind; return its bucket and key."""
    where, prefix, suffix = KINDS[kind]
    bucket = getattr(platform.places, where)
    key = platform.only_key(bucket, prefix, suffix)
    harm(bucket, key, how)
    return bucket, key


def test_a_platform_without_damage_is_whole(versioned):
    assert versioned.damages() == []


# Every kind in every way: `make proof ONLY=object_damage`, on the emulator.
@pytest.mark.parametrize(("kind", "how"), zip(KINDS, cycle(["gone", "cut", "garbled", "cut"]), strict=False))
def test_a_damaged_object_of_any_kind_is_found_named_and_comes_back(versioned, tmp_path, kind, how):
    platform = versioned.copied(tmp_path)
    bucket, key = harmed(platform, kind, how)
    if how == "gone" and kind in NOT_MISSED:
        assert platform.damages() == []
        return
    assert key in {damage.key for damage in platform.damages()}
    done = platform.repair()
    assert (done.left, platform.damages()) == ([], [])
    assert key in {damage.key for damage, _ in done.done}
    if kind not in ("levels", "typed file"):
        assert bucket.read(key) is not None


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"event object", "part of the extract"}))
def test_without_earlier_versions_the_zone_before_brings_back_all_but_what_only_it_had(unversioned, tmp_path, kind):
    platform = unversioned.copied(tmp_path)
    bucket, key = harmed(platform, kind)
    done = platform.repair()
    if kind == "published file":
        # Removed: the sensor asks for a publication, which writes it again.
        assert "next publication" in done.left[0][1]
        assert not bucket.read(key)
    elif kind in IRREPLACEABLE:
        assert key in {damage.key for damage, _ in done.left}
        assert all(why for _, why in done.left)
    else:
        assert (done.left, platform.damages()) == ([], [])


def test_a_body_that_nobody_has_any_more_is_asked_for_from_its_sender_and_comes_back_once_it_is_put(
    unversioned, tmp_path
):
    platform = unversioned.copied(tmp_path)
    text = platform.inbox.read(INBOX_KEY)
    platform.inbox.delete([INBOX_KEY])
    raw, key = harmed(platform, "body")
    [(damage, why)] = platform.repair().left
    assert damage.key == key
    assert INBOX_KEY in why
    assert FEED.owner in why
    platform.inbox._put(INBOX_KEY, text)
    assert platform.repair().left == []
    assert gzip.decompress(raw.read(key)) == text


def test_what_is_made_from_a_damaged_body_waits_and_keeps_what_it_had(unversioned, tmp_path):
    platform = unversioned.copied(tmp_path)
    platform.inbox.delete([INBOX_KEY])
    harmed(platform, "body")
    lake, refused = harmed(platform, "refused rows")
    typed = platform.only_key(lake, "typed/partner/bts_ontime/")
    left = {damage.key: why for damage, why in platform.repair().left}
    assert "the raw zone before it is damaged too" in left[refused]
    assert pq.read_metadata(lake.root / typed).num_rows == 1
    assert ArrivalManifest.load(lake, FEED, AT.date()).files


def test_one_feed_can_be_looked_at_alone(unversioned, tmp_path):
    platform = unversioned.copied(tmp_path)
    harmed(platform, "typed file")
    for path, expected in (("partner/bts_ontime", 1), ("partner/metar", 0)):
        assert len(verify(platform.places, silent, zones=["typed"], feed=find(path))) == expected


def test_a_file_of_a_copy_on_this_disk_is_found_by_content_and_fetched_again(unversioned, tmp_path):
    platform = unversioned.copied(tmp_path)
    files = [
        *(tmp_path / "copy").glob("typed/partner/bts_ontime/*=2015*/*"),
        *(tmp_path / "published").rglob("*.parquet"),
    ]
    before = [file.read_bytes() for file in files]
    for file in files:
        body = bytearray(file.read_bytes())
        body[len(body) // 2] ^= 1
        file.write_bytes(bytes(body))
    assert {damage.key for damage in platform.look("copy")} == {f"{file}" for file in files}
    assert platform.repair().left == []
    assert [file.read_bytes() for file in files] == before


def test_a_repair_says_what_it_did_as_json(versioned, tmp_path):
    platform = versioned.copied(tmp_path)
    _, key = harmed(platform, "receipt", "gone")
    [said] = platform.repair().to_json()["repaired"]
    assert (said["key"], said["kind"]) == (key, "receipt")
    assert json.loads(json.dumps(said))["done"]


def test_an_object_that_came_back_is_whole_though_its_etag_is_another_as_under_kms(versioned, tmp_path):
    platform = versioned.copied(tmp_path)
    key = platform.only_key(platform.places.raw, "ops/leg_events/dt=")
    kept = platform.places.raw.kept[key]
    kept.insert(0, (replace(kept[0][0], version_id="v9", etag="another"), kept[0][1]))
    assert platform.look("raw") == []
    kept.insert(0, (replace(kept[0][0], version_id="v10", etag="third"), b"other"))
    assert [damage.key for damage in platform.look("raw")] == [key]


def test_work_under_way_is_no_damage(unversioned, tmp_path):
    platform = unversioned.copied(tmp_path)
    raw, lake = platform.places.raw, platform.places.lake
    # The door has kept a body and not yet written its receipt; another arrival waits to be compacted.
    raw._put("partner/bts_ontime/dt=2026-11-17/hh=08/20261117T080000000000Z-0123456789ab.csv.gz", gzip.compress(b"x"))
    drop(raw, FEED, "partner/bts_ontime/b.csv", gzip.compress(",".join(FEED.header).encode() + b"\n"), AT)
    # A compaction has uploaded a file that its manifest does not name yet.
    manifest = ArrivalManifest.load(lake, FEED, AT.date())
    key = "typed/partner/bts_ontime/operating_date=2015-01-05/arrived=2026-11-16-0123456789ab.parquet"
    lake._put(key, b"rows")
    replace(manifest, level="", intended=(key,)).save(lake)
    assert platform.damages() == []
