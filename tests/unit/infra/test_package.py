"""The zips: the same sources give the same key anywhere, and they run without the repository."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.package import (
    DOOR_SOURCE,
    STREAMING_SOURCE,
    Package,
    check_doors,
    door_package,
    gateway_package,
    package,
    streaming_package,
    upload,
)
from tests.unit.infra.fake_s3 import FakeS3

DOORS = [
    {"feed": "partner/legs", "format": "csv", "header": ["B", "A"], "contract": "c1"},
    {"feed": "partner/bookings", "format": "csv", "header": ["PNR"], "contract": "c2"},
]


def test_the_same_sources_give_the_same_bytes_and_key():
    one, two = door_package(DOORS), door_package(list(reversed(DOORS)))
    assert (one.key, one.data) == (two.key, two.data)
    assert one.key.startswith("_code/aero_ingest-")


def test_touching_a_file_changes_nothing_and_changing_it_changes_the_key(tmp_path):
    source = tmp_path / "code"
    source.mkdir()
    (source / "a.py").write_text("1")
    first = package("code", source, {})
    os.utime(source / "a.py", (0, 0))
    (source / "notes.txt").write_text("not code")
    assert package("code", source, {}) == first
    (source / "a.py").write_text("2")
    assert package("code", source, {}).key != first.key


def test_a_changed_contract_changes_the_key():
    changed = [DOORS[0] | {"contract": "c9"}, DOORS[1]]
    assert door_package(changed).key != door_package(DOORS).key


def test_the_zip_holds_the_code_under_its_import_path_and_the_doors_in_order():
    archive = zipfile.ZipFile(io.BytesIO(door_package(DOORS).data))
    names = archive.namelist()
    assert names == sorted(names)
    assert {name for name in names if name.startswith("aero_ingest/")} == {
        "aero_ingest/doors.json",
        *(f"aero_ingest/{path.name}" for path in DOOR_SOURCE.glob("*.py")),
    }
    vocabulary = {name.removeprefix("aero_streaming/") for name in names if name.startswith("aero_streaming/")}
    assert {"__init__.py", "events.py", "event_types.py", "event_checks.py", "merge.py"} <= vocabulary
    assert not {"rules.py", "rules.toml", "main.py", "flink.sql"} & vocabulary
    doors = json.loads(archive.read("aero_ingest/doors.json"))
    assert [door["feed"] for door in doors] == ["partner/bookings", "partner/legs"]
    assert doors[1]["header"] == ["B", "A"], "the order of columns is the header"


def run_alone(zip_file: Package, folder: Path, script: str) -> list[str]:
    """Run a script where there is the zip, the standard library and boto3, and nothing of the repository."""
    (folder / "code.zip").write_bytes(zip_file.data)
    zipfile.ZipFile(folder / "code.zip").extractall(folder / "task")
    run = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; {script}; {LOADED}"],
        cwd=folder / "task",
        env={"PYTHONPATH": os.pathsep.join([".", *(path for path in sys.path if "site-packages" in path)])},
        capture_output=True,
        text=True,
        check=True,
    )
    *lines, modules = run.stdout.splitlines()
    allowed = {"boto3", "botocore", "certifi", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
    assert set(json.loads(modules.replace("'", '"'))) <= allowed | {"aero_ingest", "aero_streaming"}
    return lines


LOADED = (
    "extra = {m.split('.')[0] for m in sys.modules} - set(sys.stdlib_module_names);"
    "print(sorted(m for m in extra if not m.startswith('_')))"
)


def test_the_gateway_judges_events_by_the_airports_that_were_packed(tmp_path):
    script = (
        "from aero_streaming import event_limits as limits; "
        "print(limits.airports_csv().parent.name, *(limits.is_known(code, '2026-11-22') for code in ('MEX', 'QQX')))"
    )
    assert run_alone(gateway_package(), tmp_path, script) == ["aero_streaming True False"]


def test_the_door_runs_from_the_zip_alone_with_the_standard_library_and_boto3(tmp_path):
    """A forgotten file or a new import would only show in Lambda otherwise."""
    script = "from aero_ingest import partner_drop, doors; print(sorted(doors.load_doors()))"
    assert run_alone(door_package(DOORS), tmp_path, script) == ["['partner/bookings', 'partner/legs']"]


def test_the_transform_runs_from_the_same_zip(tmp_path):
    script = (
        "from aero_ingest.firehose_transform import transform;"
        "print(transform([{'recordId': 'r', 'approximateArrivalTimestamp': 0, 'data': ''}])[0]['result'])"
    )
    assert run_alone(door_package(DOORS), tmp_path, script)[-1] == "Ok"


def test_the_alert_lambdas_run_from_their_zip_with_the_rules_in_it(tmp_path):
    names = set(zipfile.ZipFile(io.BytesIO(streaming_package().data)).namelist())
    assert {"aero_streaming/rules/rules.toml", "aero_streaming/events/event.py"} <= names
    assert {f"aero_streaming/{path.name}" for path in STREAMING_SOURCE.glob("*.csv")} <= names
    assert not {"aero_streaming/flink/main.py", "aero_streaming/flink/flink.sql"} & names
    script = "from aero_streaming.rules import rules; print(bool(rules()))"
    assert run_alone(streaming_package(), tmp_path, script) == ["True"]


@pytest.mark.parametrize(
    ("door", "says"),
    [
        ({"feed": "legs", "format": "csv", "header": ["A"], "contract": "c"}, "named partner/<name>"),
        ({"feed": "partner/a/b", "format": "csv", "header": ["A"], "contract": "c"}, "named partner/<name>"),
        ({"feed": "partner/legs", "format": "xml", "header": ["A"], "contract": "c"}, "the door reads csv"),
        ({"feed": "partner/legs", "format": "csv", "header": [], "contract": "c"}, "needs a header"),
        ({"feed": "partner/legs", "format": "csv", "header": ["A"]}, "needs a header"),
    ],
)
def test_a_door_the_lambda_could_not_use_is_refused_at_packaging(door, says):
    with pytest.raises(ValueError, match=says):
        check_doors([door])


def test_a_feed_registered_twice_is_refused():
    with pytest.raises(ValueError, match="registered twice"):
        check_doors([DOORS[0], DOORS[0]])


def test_an_empty_source_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no Python files"):
        package("x", tmp_path, {})


def test_a_zip_is_stored_once():
    class Client:
        s3 = FakeS3()

        def put_object(self, **asked):
            return self.s3.put_object(ContentType="", **asked)

    client: Any = Client()
    zip_file = door_package(DOORS)
    assert upload(zip_file, client, "code") is True
    assert upload(zip_file, client, "code") is False
