"""`aero parse` as somebody types it: the list that scripts read, the words that people read, and exit codes."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from aero_assets.environment import PROJECT
from aero_cli.cli import app
from tests.unit.ingest.message_samples import FOLDER

AT = ("--reference-time", "2026-11-22T14:00:00Z")


def aero(*arguments, given=None):
    return CliRunner().invoke(app, ["parse", *map(str, arguments)], input=given)


def test_json_is_a_list_with_one_object_per_message_in_the_agreed_form():
    [message] = json.loads(aero(FOLDER / "mvt_01_departure.txt", "--json", *AT).stdout)
    raw = message.pop("raw")
    assert raw.startswith("QU MEXOOAM")
    assert message == {
        "format": "mvt",
        "flight": {"carrier": "AM", "number": 905, "suffix": None},
        "operating_date": "2026-11-22",
        "registration": "XAMAZ",
        "airport": "MEX",
        "events": [
            {"event_type": "OUT", "event_time": "2026-11-22T13:34:00Z", "airport": "MEX", "estimated": False},
            {"event_type": "OFF", "event_time": "2026-11-22T13:52:00Z", "airport": "MEX", "estimated": False},
            {"event_type": "ON", "event_time": "2026-11-22T15:42:00Z", "airport": "CUN", "estimated": True},
        ],
        "delays": [{"scheme": "AHM730", "code": "62", "minutes": 4}],
        "passengers": 168,
        "is_correction": False,
        "findings": [],
        "infants": 3,
        "supplement": "CONX PAX 14",
    }


def test_a_schedule_is_one_object_per_leg_record_with_its_legs_counted():
    records = json.loads(aero(FOLDER / "sample_am_w26.ssim", "--json").stdout)
    assert [record["format"] for record in records] == ["ssim"] * 6
    assert sum(record["schedule"]["legs"] for record in records) == 550


def test_what_cannot_be_read_is_in_the_list_too_and_the_exit_code_tells():
    both = (FOLDER / "mvt_02_arrival.txt").read_text() + "NNNN\nNOTHING OF THE KIND\n"
    result = aero("-", "--json", *AT, given=both)
    good, bad = json.loads(result.stdout)
    assert result.exit_code == 1
    assert good["format"] == "mvt"
    assert bad["error"]["code"] == "unknown_message"
    assert bad["raw"] == "NOTHING OF THE KIND"


def test_words_name_the_oddities_and_the_place():
    result = aero(FOLDER / "mvt_09_bad_reg_hyphen.txt", *AT)
    assert result.exit_code == 0
    assert "OUT  2026-11-22T13:34:00Z  MEX" in result.stdout
    assert "! registration_hyphen (line 2, column 10)" in result.stdout


@pytest.mark.parametrize(
    "wrong",
    [("no_such_file",), ("-", "--reference-time", "today"), ("-", "--format", "telex")],
    ids=lambda arguments: arguments[-1],
)
def test_wrong_use_is_said_and_exits_with_2(wrong):
    assert aero(*wrong, given="").exit_code == 2


def test_standard_input_that_cannot_go_back_is_read_too():
    text = (FOLDER / "ldm_01.txt").read_bytes()
    command = [sys.executable, "-m", "aero_cli.cli", "parse", "-", "--json", *AT]
    piped = subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True, cwd=PROJECT)
    assert json.loads(piped.stdout)[0]["passengers"] == 165
