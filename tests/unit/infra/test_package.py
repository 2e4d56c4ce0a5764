"""The zips: the same sources give the same key anywhere, and they run without the repository."""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.modules import INFRA, needed
from infra.package import (
    ALERT_HANDLERS,
    DOOR_HANDLERS,
    GATEWAY_HANDLERS,
    Package,
    check_doors,
    door_package,
    gateway_package,
    packed,
    streaming_package,
    upload,
)
from tests.unit.infra.fake_s3 import FakeS3

DOORS = [
    {"feed": "partner/legs", "format": "csv", "header": ["B", "A"], "contract": "c1"},
    {"feed": "partner/bookings", "format": "csv", "header": ["PNR"], "contract": "c2"},
]


def test_the_same_sources_give_the_same_bytes_and_key():
    first, second = door_package(DOORS), door_package(list(reversed(DOORS)))
    assert (first.key, first.data) == (second.key, second.data)
    assert first.key.startswith("_code/aero_ingest-")


def test_the_key_follows_what_the_files_hold():
    assert packed("code", {"a.py": b"1"}) == packed("code", {"a.py": b"1"})
    assert packed("code", {"a.py": b"2"}).key != packed("code", {"a.py": b"1"}).key


def test_a_changed_contract_changes_the_key():
    changed = [DOORS[0] | {"contract": "c9"}, DOORS[1]]
    assert door_package(changed).key != door_package(DOORS).key


def test_a_zip_holds_what_its_handlers_import_and_nothing_else():
    assert names_in(door_package(DOORS)) == [*sorted({*needed(*DOOR_HANDLERS), "aero_ingest/doors.json"})]
    assert names_in(streaming_package()) == sorted(needed(*ALERT_HANDLERS))
    door, alerts = "".join(names_in(door_package(DOORS))), "".join(names_in(streaming_package()))
    assert "aero_ingest/mvt.py" not in door
    assert "aero_streaming/rules/" not in door
    assert not any(word in alerts for word in ("backtest", "flink", "aero_streaming/events/"))


def test_the_modules_that_a_zip_is_made_for_are_those_that_the_templates_name():
    named = {
        handler.rpartition(".")[0]
        for path in INFRA.glob("*.yaml")
        for handler in re.findall(r"Handler: (aero_\S+)", path.read_text(encoding="utf-8"))
    }
    assert named == {*DOOR_HANDLERS, *GATEWAY_HANDLERS, *ALERT_HANDLERS}


def test_a_module_that_does_not_exist_is_named():
    for name in ("aero_streaming.alerts.nothing", "aero_nowhere.x", "nowhere"):
        with pytest.raises(ValueError, match=f"no module {re.escape(name)} "):
            needed(name)


def test_the_doors_are_in_order_and_their_columns_as_they_stand():
    doors = json.loads(zipfile.ZipFile(io.BytesIO(door_package(DOORS).data)).read("aero_ingest/doors.json"))
    assert [door["feed"] for door in doors] == ["partner/bookings", "partner/legs"]
    assert doors[1]["header"] == ["B", "A"], "the order of columns is the header"


def names_in(zip_file: Package) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(zip_file.data)).namelist()


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
        "from aero_streaming.events import limits; "
        "print(limits.airports_csv().parent.name, *(limits.is_known(code, '2026-11-22') for code in ('MEX', 'QQX')))"
    )
    assert run_alone(gateway_package(), tmp_path, script) == ["events True False"]


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


def test_a_zip_is_stored_once():
    class Client:
        s3 = FakeS3()

        def put_object(self, **asked):
            return self.s3.put_object(ContentType="", **asked)

    client: Any = Client()
    zip_file = door_package(DOORS)
    assert upload(zip_file, client, "code") is True
    assert upload(zip_file, client, "code") is False
