"""What was extracted of legs is told to the gateway: each body once, and nothing that the stream has forgotten."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import dagster as dg

from aero_assets.arrivals import extracts
from aero_assets.defs.raw.told import LEGS, SEASONS, TOLD_LEGS, extract, tell, tell_plans, told_legs
from aero_assets.resources import Gateway
from tests.fakes import FolderBucket
from tests.unit.assets.test_extracts import Folders

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


class Heard(Gateway):
    """A gateway that notes what it is told."""

    path: str

    def tell(self, arrived):
        with Path(self.path).open("a", encoding="utf-8") as file:
            file.write(f"{arrived['feed']} {arrived['raw_key']} {arrived['arrived_at']} {arrived['arrival_id']}\n")


def commit(raw, start, *parts):
    """Leave what the extract of an hour leaves: its commit, which names the parts of the table."""
    tables = {"legs": {"parts": list(parts), "rows": len(parts)}} if parts else {}
    name = f"{start:%Y%m%dT%H%M%S%fZ}-{start + timedelta(hours=1):%Y%m%dT%H}-{len(parts):012x}"
    raw.write_json(f"opsdb/_extracts/dt={start:%Y-%m-%d}/{name}.json", {"tables": tables})


def test_each_body_of_an_hour_is_told_once_and_hours_that_the_stream_has_forgotten_are_not(tmp_path):
    raw, heard = FolderBucket(tmp_path / "raw"), Heard(path=str(tmp_path / "heard"))
    commit(raw, NOW - timedelta(hours=2), "one", "two")
    commit(raw, NOW - timedelta(hours=1))
    commit(raw, NOW - timedelta(days=4), "old")
    told = tell(raw, LEGS, extracts(raw, LEGS), heard, NOW)
    assert (told.bodies, told.windows, told.too_old) == (2, 3, 1)
    lines = [line.split() for line in (tmp_path / "heard").read_text().splitlines()]
    assert [line[:3] for line in lines] == [
        ["opsdb/legs", name, f"{NOW - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"] for name in ("one", "two")
    ]
    assert len({line[3] for line in lines}) == 2


def receive(raw, at, inbox_key, content):
    """Leave what the door leaves of a schedule: its receipt, which names the body."""
    hashes = "-".join(sha256(text.encode()).hexdigest()[:12] for text in (inbox_key, content))
    name = f"{at:%Y%m%dT%H%M%S%fZ}-{hashes}"
    receipt = {"raw_key": f"body of {content}", "inbox_key": inbox_key}
    raw.write_json(f"{SEASONS.path}/_arrivals/dt={at:%Y-%m-%d}/{name}.json", receipt)


def test_schedules_in_force_are_told_every_day_under_another_name_and_older_ones_not(tmp_path):
    raw, heard = FolderBucket(tmp_path / "raw"), Heard(path=str(tmp_path / "heard"))
    receive(raw, NOW - timedelta(days=500), "partner/ssim/w24.ssim", "gone")
    receive(raw, NOW - timedelta(days=50), "partner/ssim/w26.ssim", "replaced")
    receive(raw, NOW - timedelta(days=40), "partner/ssim/w26.ssim", "in force")
    assert [tell_plans(raw, SEASONS, heard, NOW + timedelta(days=day)) for day in (0, 1)] == [1, 1]
    lines = (tmp_path / "heard").read_text().splitlines()
    assert all(line.startswith("partner/ssim body of in force ") for line in lines)
    assert f" {NOW + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ} " in lines[1]
    assert len({line.split()[-1] for line in lines}) == 2


def test_a_run_tells_of_its_hours_only(tmp_path):
    zones = Folders(root=str(tmp_path))
    for hours in (3, 2, 1):
        commit(zones.raw(), NOW - timedelta(hours=hours), f"part{hours}")
    heard = tmp_path / "heard"
    done = dg.materialize(
        [told_legs],
        partition_key=f"{NOW - timedelta(hours=2):%Y-%m-%d-%H:%M}",
        resources={"zones": zones, "gateway": Heard(path=str(heard))},
    )
    assert [line.split()[1] for line in heard.read_text().splitlines()] == ["part2"]
    [made] = done.asset_materializations_for_node(told_legs.op.name)
    assert made.metadata["bodies"].value == 1


def test_the_hourly_job_tells_what_it_extracts():
    from aero_assets.definitions import defs

    job = defs().get_repository_def().get_job(extract.name)
    assert TOLD_LEGS in job.asset_layer.executable_asset_keys
