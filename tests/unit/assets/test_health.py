"""Data health: quarantine shows what became nothing, messages that wait among it, until they wait no more."""

from datetime import date

import pytest
from botocore.exceptions import ClientError

from aero_assets import healing
from aero_assets.defs.published.health import outcome_table, quarantine_tables
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


@pytest.mark.parametrize(
    "key", [f"{FOLDER}/files/one/reason.json", f"{FOLDER}/messages-a.json", f"{FOLDER}/rows-0123456789ab.parquet"]
)
def test_an_object_of_the_quarantine_that_is_damaged_is_a_row_and_hides_no_other(tmp_path, key):
    lake = FolderBucket(tmp_path / "lake")
    lake.write_json(f"{FOLDER}/messages-good.json", {"messages": [aside("no_schedule", "one")]})
    lake.write_json(key, {})
    (lake.root / key).write_bytes(b'{"messages": [')
    assert shown(lake, tmp_path) == {"no_schedule": 1, healing.REASON: 1}


def test_refused_rows_that_are_replaced_while_they_are_read_stop_no_publication(tmp_path):
    class Replaced(FolderBucket):
        def download(self, key, path):
            raise ClientError({"Error": {"Code": "404"}}, "HeadObject")

    lake = Replaced(tmp_path / "lake")
    lake.write_json(f"{FOLDER}/messages-good.json", {"messages": [aside("no_schedule", "one")]})
    lake.write_json(f"{FOLDER}/rows-0123456789ab.parquet", {})
    assert shown(lake, tmp_path) == {"no_schedule": 1}


def test_a_list_of_released_messages_that_is_damaged_hides_no_message(tmp_path):
    lake = FolderBucket(tmp_path / "lake")
    lake.write_json(f"{FOLDER}/messages-a.json", {"messages": [aside("no_schedule", "one")]})
    lake.write_json(f"{FOLDER}/released-b.json", {})
    (lake.root / f"{FOLDER}/released-b.json").write_bytes(b"{")
    assert shown(lake, tmp_path) == {"no_schedule": 1}


@pytest.mark.parametrize("body", [b"", b"[]", b'{"rows_in": "many"}'])
def test_a_row_of_the_ledger_that_is_damaged_says_so_and_hides_no_other(tmp_path, body):
    lake = FolderBucket(tmp_path / "lake")
    row = {"hop": "typed", "subject": "good", "status": "done", "rows_in": 3}
    for name in ("bad", "good"):
        lake.write_json(f"_outcomes/door/dt=2026-11-22/{name}.json", row)
    (lake.root / "_outcomes/door/dt=2026-11-22/bad.json").write_bytes(body)
    rows = outcome_table(lake).to_pylist()
    assert [(row["status"], row["rows_in"]) for row in rows] == [("damaged", 0), ("done", 3)]
    assert "_outcomes/door/dt=2026-11-22/bad.json" in rows[0]["subject"]


def test_damage_that_the_pipeline_met_is_in_the_published_ledger(tmp_path):
    lake = FolderBucket(tmp_path / "lake")
    lake.write_json("_outcomes/door/dt=2026-11-22/a.json", {"hop": "door", "subject": "a"})
    healing.note(lake, "typed/x.parquet", "partner/messages", date(2026, 11, 22), "typed/x.parquet is gone")
    assert [row["message"] for row in outcome_table(lake).to_pylist()] == [None, "typed/x.parquet is gone"]
