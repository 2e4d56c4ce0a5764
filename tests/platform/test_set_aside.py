"""A day that a row stops: a command names the row, a person sets it aside, and the day is published by itself."""

import json

import pytest
from typer.testing import CliRunner

from aero_assets.defs.warehouse.assets import LEGS
from aero_assets.feeds import find
from aero_cli.cli import app
from tests.platform.line import FEED, Line
from tests.unit.feeds.test_partner__bts_ontime import GUAM, PLAIN

HEADER = ",".join(find(FEED).header)
#: Carriers that nobody registered are a warning. Who wants them to stop the day makes dbt's warnings errors.
STRICT = {"DBT_WARN_ERROR_OPTIONS": '{"error": ["LogTestResult"]}'}
ODD = PLAIN.replace(",AS,98,", ",Q9,99,")
CHECK = "relationships_fct_leg_carrier__iata__ref_dim_carrier_"


def aero(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, [*arguments])
    assert done.exit_code == code, (done.output, done.exception)
    return done.stdout


def carriers(line: Line) -> list[str]:
    return [carrier for (carrier,) in line.query("select distinct carrier from operations.fct_leg order by 1")]


def test_a_row_that_stops_a_day_is_named_set_aside_and_the_day_is_published(line, monkeypatch):
    for name, value in STRICT.items():
        monkeypatch.setenv(name, value)
    line.drop("three.csv", "\n".join([HEADER, PLAIN, GUAM, ODD, ""]).encode())
    with pytest.raises(Exception, match="dbt"):
        line.settle()
    assert line.published() is None

    [blocked] = json.loads(aero("checks", "--json", code=1)).values()
    [check] = [check for check in blocked["checks"] if check["check"] == CHECK]
    [row] = check["rows"]
    page = line.check(LEGS, CHECK)
    assert [record.data["flight_number"] for record in page["rows"].records] == ["99"]
    assert page["to set one aside"].value.startswith("aero set-aside ")
    [record] = check["records"]
    assert (row["carrier"], row["flight_number"], row["operating_date"]) == ("Q9", "99", "2015-01-01")
    assert record["raw_ref"].endswith("#4")
    assert "aero set-aside EVENT_ID" in aero("checks", code=1)

    aero("set-aside", record["event_id"], "--why", "Q9 is nobody", "--by", "Ana")
    line.settle()
    line.publish()
    assert carriers(line) == ["AS", "UA"]
    assert line.published() is not None
    assert aero("checks") == "no check stops a build\n"
    assert [(decision["by"], decision["why"]) for decision in json.loads(aero("set-aside", "--list", "--json"))] == [
        ("Ana", "Q9 is nobody")
    ]
    [audit] = line.lake.list(f"_set_aside/{FEED}/")
    assert (line.lake.read_json(audit.key) or {})["raw_ref"] == record["raw_ref"]
    assert line.refused() == {"set_aside": 1}


def test_nobody_can_delete_what_was_decided_and_taking_it_back_brings_the_row_again(line):
    [audit] = line.lake.list("_set_aside/")
    for role in ("orchestrator", "analyst", "partner"):
        with pytest.raises(Exception, match="AccessDenied"):
            line.state.session(role).client("s3").delete_object(Bucket=line.lake.name, Key=audit.key)
    event_id = (line.lake.read_json(audit.key) or {})["event_id"]
    aero("set-aside", event_id, "--undo", "--why", "Q9 was registered")
    line.settle()
    assert "Q9" in carriers(line)
    assert len(list(line.lake.list("_set_aside/"))) == 2
    assert aero("set-aside", "--list") == "nothing is set aside\n"
