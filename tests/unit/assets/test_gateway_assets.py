"""Extracted legs are sent to the gateway: each body once, and nothing that is older than the stream's memory."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import dagster as dg

from aero_assets.arrivals import extracts
from aero_assets.defs.streaming.gateway import (
    LEGS,
    SCHEDULES,
    SENT_LEGS,
    send_extracts,
    send_schedules,
    sent_legs,
)
from aero_assets.defs.streaming.jobs import extract
from aero_assets.resources import Gateway
from tests.fakes import FolderBucket
from tests.unit.assets.test_extracts import Folders

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


class NotingGateway(Gateway):
    """A gateway that notes what it is sent."""

    path: str

    def send(self, body):
        with Path(self.path).open("a", encoding="utf-8") as file:
            file.write(f"{body['feed']} {body['raw_key']} {body['arrived_at']} {body['arrival_id']}\n")


def commit(raw, start, *parts):
    """Leave what the extract of an hour leaves: its commit, which names the parts of the table."""
    tables = {"legs": {"parts": list(parts), "rows": len(parts)}} if parts else {}
    name = f"{start:%Y%m%dT%H%M%S%fZ}-{start + timedelta(hours=1):%Y%m%dT%H}-{len(parts):012x}"
    raw.write_json(f"opsdb/_extracts/dt={start:%Y-%m-%d}/{name}.json", {"tables": tables})


def test_each_body_of_an_hour_is_sent_once_and_hours_that_the_stream_has_forgotten_are_not(tmp_path):
    raw, gateway = FolderBucket(tmp_path / "raw"), NotingGateway(path=str(tmp_path / "sent"))
    commit(raw, NOW - timedelta(hours=2), "one", "two")
    commit(raw, NOW - timedelta(hours=1))
    commit(raw, NOW - timedelta(days=4), "old")
    sent = send_extracts(raw, LEGS, extracts(raw, LEGS), gateway, NOW)
    assert (sent.bodies, sent.windows, sent.too_old) == (2, 3, 1)
    lines = [line.split() for line in (tmp_path / "sent").read_text().splitlines()]
    assert [line[:3] for line in lines] == [
        ["opsdb/legs", name, f"{NOW - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"] for name in ("one", "two")
    ]
    assert len({line[3] for line in lines}) == 2


def receive(raw, at, inbox_key, content):
    """Leave what the door leaves of a schedule: its receipt, which names the body."""
    hashes = "-".join(sha256(text.encode()).hexdigest()[:12] for text in (inbox_key, content))
    name = f"{at:%Y%m%dT%H%M%S%fZ}-{hashes}"
    receipt = {"raw_key": f"body of {content}", "inbox_key": inbox_key}
    raw.write_json(f"{SCHEDULES.path}/_arrivals/dt={at:%Y-%m-%d}/{name}.json", receipt)


def test_schedules_in_force_are_sent_every_day_under_another_name_and_older_ones_not(tmp_path):
    raw, gateway = FolderBucket(tmp_path / "raw"), NotingGateway(path=str(tmp_path / "sent"))
    receive(raw, NOW - timedelta(days=500), "partner/ssim/w24.ssim", "gone")
    receive(raw, NOW - timedelta(days=50), "partner/ssim/w26.ssim", "replaced")
    receive(raw, NOW - timedelta(days=40), "partner/ssim/w26.ssim", "in force")
    assert [send_schedules(raw, SCHEDULES, gateway, NOW + timedelta(days=day)) for day in (0, 1)] == [1, 1]
    lines = (tmp_path / "sent").read_text().splitlines()
    assert all(line.startswith("partner/ssim body of in force ") for line in lines)
    assert f" {NOW + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ} " in lines[1]
    assert len({line.split()[-1] for line in lines}) == 2


def test_a_run_sends_its_hours_only(tmp_path):
    zones = Folders(root=str(tmp_path))
    for hours in (3, 2, 1):
        commit(zones.raw(), NOW - timedelta(hours=hours), f"part{hours}")
    sent = tmp_path / "sent"
    done = dg.materialize(
        [sent_legs],
        partition_key=f"{NOW - timedelta(hours=2):%Y-%m-%d-%H:%M}",
        resources={"zones": zones, "gateway": NotingGateway(path=str(sent))},
    )
    assert [line.split()[1] for line in sent.read_text().splitlines()] == ["part2"]
    [made] = done.asset_materializations_for_node(sent_legs.op.name)
    assert made.metadata["bodies"].value == 1


def test_the_hourly_job_sends_what_it_extracts():
    from aero_assets.definitions import defs

    job = defs().get_repository_def().get_job(extract.name)
    assert SENT_LEGS in job.asset_layer.executable_asset_keys
