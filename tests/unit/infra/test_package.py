"""The zip of the door: the same sources give the same key anywhere, and it runs without the repository."""

import io
import json
import os
import subprocess
import sys
import zipfile
from typing import Any

import pytest

from infra.package import DOOR_SOURCE, check_doors, door_package, package, upload
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
    assert set(names) == {
        "aero_ingest/doors.json",
        *(f"aero_ingest/{path.name}" for path in DOOR_SOURCE.glob("*.py")),
    }
    doors = json.loads(archive.read("aero_ingest/doors.json"))
    assert [door["feed"] for door in doors] == ["partner/bookings", "partner/legs"]
    assert doors[1]["header"] == ["B", "A"], "the order of columns is the header"


def test_the_handler_runs_from_the_zip_alone_with_the_standard_library_and_boto3(tmp_path):
    """A forgotten file or a new import would only show in Lambda otherwise."""
    (tmp_path / "door.zip").write_bytes(door_package(DOORS).data)
    zipfile.ZipFile(tmp_path / "door.zip").extractall(tmp_path / "task")
    script = (
        "import sys; from aero_ingest import partner_drop, doors;"
        "print(sorted(doors.load_doors()));"
        "extra = {m.split('.')[0] for m in sys.modules} - set(sys.stdlib_module_names);"
        "print(sorted(m for m in extra if not m.startswith('_')))"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", script],
        cwd=tmp_path / "task",
        env={"PYTHONPATH": os.pathsep.join([".", *(path for path in sys.path if "site-packages" in path)])},
        capture_output=True,
        text=True,
        check=True,
    )
    feeds, modules = run.stdout.splitlines()
    assert feeds == "['partner/bookings', 'partner/legs']"
    allowed = {"aero_ingest", "boto3", "botocore", "certifi", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
    assert set(json.loads(modules.replace("'", '"'))) <= allowed


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
