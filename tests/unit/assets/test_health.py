"""Data health: quarantine shows what became nothing, messages that wait among it, until they wait no more."""

from aero_assets.defs.published.health import quarantine_tables
from tests.fakes import FolderBucket

FOLDER = "quarantine/partner/messages/dt=2026-11-22"


def aside(reason, identity=""):
    said = {"reason": reason, "message": "why", "text": "MVT", "raw_ref": "s3://raw/a", "received_at": "…"}
    return said | {"identity": identity}


def shown(lake, tmp_path):
    reasons, refused = quarantine_tables(lake, tmp_path)
    counts = {row["reason"]: row["records"] for row in reasons.to_pylist()}
    assert refused.num_rows == sum(counts.values())
    return counts


def test_a_message_that_waits_is_shown_until_it_is_released_and_what_became_nothing_stays(tmp_path):
    lake = FolderBucket(tmp_path / "lake")
    waiting = [aside("no_schedule", "one"), aside("no_schedule", "two"), aside("ambiguous_leg")]
    lake.write_json(f"{FOLDER}/messages-a.json", {"messages": waiting})
    assert shown(lake, tmp_path) == {"no_schedule": 2, "ambiguous_leg": 1}
    lake.write_json(f"{FOLDER}/released-b.json", {"identities": ["one"]})
    assert shown(lake, tmp_path) == {"no_schedule": 1, "ambiguous_leg": 1}
    # Nobody planned the other within ten days: it is there once, as what it ended as.
    lake.write_json(f"{FOLDER}/released-c.json", {"identities": ["two"]})
    lake.write_json(f"{FOLDER}/messages-c.json", {"messages": [aside("no_schedule")]})
    assert shown(lake, tmp_path) == {"no_schedule": 1, "ambiguous_leg": 1}


def test_what_nobody_can_read_is_shown_by_the_typed_step_alone(tmp_path):
    lake = FolderBucket(tmp_path / "lake")
    lake.write_json(f"{FOLDER}/messages-a.json", {"messages": [aside("unreadable_message")]})
    assert shown(lake, tmp_path) == {}
