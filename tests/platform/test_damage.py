"""Damage on real services: the next day is published all the same, what the raw zone holds heals by itself, and one
command brings back the rest.
"""

import gzip
import json
import shutil

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from aero_assets.environment import Environment
from aero_assets.feeds import find
from aero_assets.published import PublishedCopy
from aero_assets.storage import Bucket
from aero_cli.cli import app
from tests.platform.line import FEED, Line

HEADER = ",".join(find(FEED).header)
LEG = (
    "2015,1,{day},{weekday},AS,98,N407AS,ANC,SEA,0005,2354,-11,21,0015,205,194,169,1448,0404,4,0430,0408,-22,0,0,,,,,,"
)


def legs(day: int) -> bytes:
    # 1 January 2015 was a Thursday.
    return f"{HEADER}\n{LEG.format(day=day, weekday=(day + 2) % 7 + 1)}\n".encode()


def put(line: Line, bucket: str, key: str, body: bytes) -> None:
    """Write over an object as nobody of ours may."""
    line.state.session("root").client("s3").put_object(Bucket=bucket, Key=key, Body=body)


def aero(line: Line, *arguments: str) -> tuple[int, list]:
    done = CliRunner().invoke(app, [*arguments, "--json"], env={"AERO_STATE": str(line.state.root)})
    document = json.loads(done.stdout)
    return done.exit_code, document if isinstance(document, list) else [document]


def published_days(line: Line) -> list[str]:
    with PublishedCopy(line.state.published_copy, line.lake).pull().connect() as marts:
        days = marts.execute("select operating_date::varchar from operations.fct_leg order by 1").fetchall()
    return [day for (day,) in days]


def test_a_damaged_typed_file_heals_by_itself_and_the_next_day_is_published(line):
    line.drop("first.csv", legs(1))
    line.settle()
    [key] = [item.key for item in line.lake.list(f"typed/{FEED}/operating_date=2015")]
    good = line.lake.read(key)
    assert good
    put(line, line.lake.name, key, good[: len(good) // 2])
    # Nobody has it any more: neither the bucket nor the copy on this disk.
    line.state.lake_copy.unlink()
    shutil.rmtree(line.state.lake_copy.with_name("lake.versions"))
    line.drop("second.csv", legs(2))
    line.settle()
    assert published_days(line) == ["2015-01-01", "2015-01-02"]
    assert line.lake.read(key) == good
    assert aero(line, "verify") == (0, [])


@pytest.mark.parametrize("how", ["cut", "gone"])
@pytest.mark.parametrize("prefix", [f"{FEED}/dt=", f"{FEED}/_arrivals/", f"{FEED}/_content/"])
def test_what_only_the_raw_zone_had_comes_back_from_an_earlier_version_by_one_command(line, prefix, how):
    raw = Bucket(Environment.current().raw_bucket)
    key = next(item.key for item in raw.list(prefix))
    good = raw.read(key)
    assert good
    if how == "cut":
        put(line, raw.name, key, good[: len(good) // 2])
    else:
        line.state.session("root").client("s3").delete_object(Bucket=raw.name, Key=key)
    code, found = aero(line, "verify", "--zone", "raw")
    assert (code, key in {damage["key"] for damage in found}) == (1, True)
    code, [done] = aero(line, "repair", "--zone", "raw")
    assert (code, done["left"]) == (0, [])
    body = raw.read(key)
    assert body == good or json.loads(body or b"{}") == json.loads(good)
    assert aero(line, "verify") == (0, [])


def test_an_object_that_ends_before_its_length_is_named_and_comes_back_and_hides_no_other(line):
    """As a disk loses the end of a file: the store still promises all of it."""
    [typed] = [item.key for item in line.lake.list(f"typed/{FEED}/operating_date=2015-01-01")]
    part = next(item.key for item in line.lake.list("published/") if item.key.endswith(".parquet"))
    for key in (typed, part):
        for file in (line.state.root / "emulator" / "s3").rglob(key.rpartition("/")[2]):
            file.write_bytes(file.read_bytes()[:100])
    code, found = aero(line, "verify")
    assert (code, {typed, part} <= {damage["key"] for damage in found}) == (1, True)
    code, [done] = aero(line, "repair")
    assert (code, done["left"]) == (0, [])
    line.settle()
    assert published_days(line) == ["2015-01-01", "2015-01-02"]
    assert aero(line, "verify") == (0, [])


def test_a_body_that_the_bucket_lost_for_good_comes_back_from_the_inbox(line):
    raw, root = Bucket(Environment.current().raw_bucket), line.state.session("root").client("s3")
    key = next(item.key for item in raw.list(f"{FEED}/dt="))
    good = raw.read(key)
    assert good
    versions = root.list_object_versions(Bucket=raw.name, Prefix=key)["Versions"]
    for version in versions:
        root.delete_object(Bucket=raw.name, Key=key, VersionId=version["VersionId"])
    code, [done] = aero(line, "repair", "--zone", "raw")
    assert (code, "in the inbox" in done["repaired"][0]["done"]) == (0, True)
    assert gzip.decompress(raw.read(key) or b"") == gzip.decompress(good)


def test_only_the_role_that_repairs_sees_earlier_versions(line):
    raw = Environment.current().raw_bucket
    line.state.session("repair").client("s3").list_object_versions(Bucket=raw)
    for role in ("orchestrator", "analyst", "dashboard", "partner"):
        with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
            line.state.session(role).client("s3").list_object_versions(Bucket=raw)
    with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
        line.state.session("repair").client("s3").delete_object(Bucket=raw, Key="partner/x")
