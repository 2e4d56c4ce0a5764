"""State directories: their names, their ports, the profiles written into them."""

import configparser
import os
from pathlib import Path

import pytest

from aero_local import ports, profiles
from aero_local.errors import AeroError
from aero_local.state import State, name_for

SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@pytest.fixture
def state(tmp_path):
    state = State.for_input(None, tmp_path)
    ports.choose(state.ports_file, ["ministack"], {"ministack": 20_001})
    return state


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("bts_ontime_2015-01_d1-2.csv.gz", "bts-ontime-2015-01-d1-2"),
        ("Vuelos México.CSV", "vuelos-m-xico"),
        ("…", "input"),
    ],
)
def test_a_state_directory_is_named_after_its_input(tmp_path, path, slug):
    name = name_for(tmp_path / path)

    assert name.rpartition("-")[0] == slug
    assert len(name.rpartition("-")[2]) == 8


def test_equal_names_in_different_folders_are_different_inputs(tmp_path):
    assert name_for(tmp_path / "a" / "flights.csv") != name_for(tmp_path / "b" / "flights.csv")
    assert name_for(tmp_path / "a" / ".." / "a" / "flights.csv") == name_for(tmp_path / "a" / "flights.csv")
    assert name_for(None) == "airline"


def test_the_platform_used_last_is_the_current_one(tmp_path):
    assert State.current(tmp_path).name == "airline"
    used = State.for_input(Path("flights.csv"), tmp_path)
    used.create()
    used.activate()
    assert State.current(tmp_path) == used
    assert (tmp_path / "current").readlink() == Path("state") / used.name


def test_a_folder_that_stands_where_the_current_platform_is_named_is_kept_under_another_name(tmp_path):
    (tmp_path / "current" / "scratch").mkdir(parents=True)
    used = State.for_input(None, tmp_path)
    used.create()

    used.activate()

    assert State.current(tmp_path).root == used.root.resolve()
    assert len([*tmp_path.glob("state/unnamed-*/scratch")]) == 1


def test_a_drill_does_not_become_the_platform_that_somebody_works_with(tmp_path):
    used, drill = State.for_input(Path("flights.csv"), tmp_path), State.for_drill("stream", tmp_path)
    for state in (used, drill):
        state.create()
        state.activate()
    assert State.current(tmp_path) == used


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path, state):
    assert State.named("airline", tmp_path) == state
    with pytest.raises(AeroError, match="Known: airline"):
        State.named("other", tmp_path)


def test_no_key_reaches_a_process(state, monkeypatch):
    for variable in (*SECRETS, "AWS_ENDPOINT_URL", "DATABASE_PASSWORD"):
        monkeypatch.setenv(variable, "leaked")

    environment = state.env("orchestrator")

    assert "leaked" not in environment.values()
    assert environment["AWS_PROFILE"] == "orchestrator"
    assert environment["AERO_ENV"] == "local"
    assert environment["AERO_LAKE_BUCKET"] == "aero-local-lake-000000000000"
    assert not Path(environment["AWS_SHARED_CREDENTIALS_FILE"]).exists()


def test_acting_as_a_profile_ends_with_the_environment_there_was(state, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AERO_ENV", "dev")
    before = dict(os.environ)

    with state.acting_as("analyst"):
        assert "AWS_ACCESS_KEY_ID" not in os.environ
        assert os.environ["AWS_PROFILE"] == "analyst"
        assert os.environ["AERO_ENV"] == "local"

    assert dict(os.environ) == before


def test_every_profile_but_root_takes_its_role_from_the_templates(state):
    state.write_profiles()
    config = configparser.ConfigParser()
    config.read(state.aws_config)

    assert set(config.sections()) == {f"profile {name}" for name in profiles.PROFILES}
    assert {section["endpoint_url"] for name, section in config.items() if name != "DEFAULT"} == {
        "http://127.0.0.1:20001"
    }
    assert config["profile root"]["aws_access_key_id"] == "000000000000"
    for name in profiles.ROLES:
        assert config[f"profile {name}"]["role_arn"] == f"arn:aws:iam::000000000000:role/aero-local-{name}"
        assert config[f"profile {name}"]["source_profile"] == "root"
        assert "aws_access_key_id" not in config[f"profile {name}"]


def test_a_session_follows_its_profile_whatever_the_shell_says(state, monkeypatch):
    state.write_profiles()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    monkeypatch.setenv("AWS_PROFILE", "somebody")

    session = state.session("root")

    assert session.get_credentials().access_key == "000000000000"
    assert session.client("s3").meta.endpoint_url == "http://127.0.0.1:20001"


def test_ports_are_chosen_once_and_never_one_of_another_platform(tmp_path):
    first = ports.choose(tmp_path / "state" / "a" / "ports.json", ["ministack", "dagster"], {})
    again = ports.choose(tmp_path / "state" / "a" / "ports.json", ["ministack", "dagster", "docs"], {})
    other = ports.choose(tmp_path / "state" / "b" / "ports.json", ["ministack", "dagster"], {})

    assert again.items() >= first.items()
    assert len({*again.values(), *other.values()}) == 5
    assert set(again.values()) <= set(ports.CHOICE)


def test_a_port_can_be_asked_for_and_stays(tmp_path):
    file = tmp_path / "state" / "a" / "ports.json"
    asked = ports.override("dagster", {"AERO_PORT_DAGSTER": "3000"})
    assert asked == 3000

    assert ports.choose(file, ["dagster"], {"dagster": asked})["dagster"] == 3000
    assert ports.choose(file, ["dagster"], {})["dagster"] == 3000


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1", "30.5"])
def test_what_is_no_port_is_refused_with_its_variable(value):
    with pytest.raises(AeroError, match="AERO_PORT_KAFKA_CONTROLLER"):
        ports.override("kafka-controller", {"AERO_PORT_KAFKA_CONTROLLER": value})


@pytest.mark.parametrize("body", [b"", b'{"minist', b"[]", b"\xff"])
def test_a_damaged_note_of_the_ports_or_the_stacks_is_as_good_as_none(tmp_path, body):
    state = State(tmp_path)
    for file in (state.ports_file, state.platform_file):
        file.write_bytes(body)
    assert state.platform() == {}
    with pytest.raises(AeroError, match="aero up"):
        state.port("dagster")
