"""Messages on the real platform: by `aero ingest` and by the Lambda into Kafka, through Flink, to one leg."""

import gzip
import json
import os
import signal
import time
from datetime import UTC, datetime

import pytest

from aero_assets.environment import LOCAL_ACCOUNT
from aero_local import platform
from aero_local.live.ingest import ingest_paths
from aero_local.live.watch import Watcher
from aero_local.services.known import live, services
from aero_local.services.supervisor import Supervisor
from aero_local.state import State
from aero_streaming.events import leg_uid
from tests.unit.ingest.message_samples import FOLDER, REFERENCE, sample
from tests.unit.ingest.test_database_events import FLOWN, line

RAW, LAKE, INBOX = (f"aero-local-{name}-{LOCAL_ACCOUNT}" for name in ("raw", "lake", "inbox"))
AT = "2026-11-22T14:00:00Z"
# Of AM 905: its plan, the departure by both channels (5 each), arrival 2, correction 5, load 1. A leg that has
# counted them all has come to rest; before that any of its facts may still be the one before.
SAID_BY_MESSAGES = 19


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    state = State(tmp_path_factory.mktemp("gateway") / "platform")
    with platform.foreground(state, print, names=("ministack", *live(state))):
        yield state


def put(state, feed, name, text):
    """Put a body into the raw zone, as the door does, and return what the door tells the gateway."""
    key = f"partner/{feed}/dt=2026-11-22/hh=14/{name}"
    state.session("root").client("s3").put_object(Bucket=RAW, Key=key, Body=text.encode())
    return {"feed": f"partner/{feed}", "raw_key": key, "arrival_id": name, "arrived_at": AT}


def invoke(state, event):
    answer = state.session("root").client("lambda").invoke(
        FunctionName="aero-local-gateway", Payload=json.dumps(event).encode()
    )  # fmt: skip
    document = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, document
    return document


def quarantined(state, name, feed="partner/messages"):
    """Return the documents that the gateway put aside."""
    kept = state.session("root").client("s3").get_object(Bucket=LAKE, Key=f"quarantine/{feed}/dt=2026-11-22/{name}")
    return json.loads(kept["Body"].read())


def legs(state, number, seconds=60, until=lambda leg: True):
    """Wait for the legs of a flight of the day in leg-state."""
    watcher, deadline = Watcher(state, "root"), time.monotonic() + seconds
    while True:
        found = [
            row for row in watcher.rows("leg_state", "leg#")
            if row["flight_number"] == number and row["operating_date"] == "2026-11-22"
        ]  # fmt: skip
        if any(until(leg) for leg in found):
            return found
        assert time.monotonic() < deadline, [leg["events"] for leg in found]
        time.sleep(0.5)


def test_schedule_by_one_channel_and_messages_by_two_become_one_leg_and_nothing_twice(state):
    early = invoke(state, put(state, "messages", "early.txt", sample("mvt_01_departure")))
    assert (early["waiting"], early["events"]) == (1, 0)
    [waits] = quarantined(state, "messages-early.txt.json")["messages"]
    assert waits["reason"] == "no_schedule"

    planned = invoke(state, put(state, "ssim", "w26.ssim", (FOLDER / "sample_am_w26.ssim").read_text()))
    assert (planned["rows_out"], planned["waited_and_sent"]) == (6, 1)
    assert quarantined(state, "released-w26.ssim.json") == {"identities": [waits["identity"]]}
    [leg] = legs(state, 905, until=lambda leg: leg.get("out_at"))
    assert (leg["std_at"], leg["out_at"]) == ("2026-11-22T13:30:00Z", "2026-11-22T13:34:00Z")

    (folder := state.root / "messages").mkdir()
    for name in ("mvt_01_departure", "mvt_02_arrival", "mvt_03_correction", "ldm_01"):
        (folder / f"{name}.txt").write_text(sample(name))
    (folder / "odd.bin").write_bytes(b"PAR1....")
    result = ingest_paths(state, folder, REFERENCE, print)
    assert (result["messages"], result["accepted"], result["waiting"]) == (5, 4, 0)
    assert [aside["reason"] for aside in result["put_aside"]] == ["unreadable_message"]

    [leg] = legs(state, 905, until=lambda leg: leg["events"] == SAID_BY_MESSAGES)
    assert (leg["out_at"], leg["in_at"]) == ("2026-11-22T13:36:00Z", "2026-11-22T15:48:00Z")
    assert (leg["tail"], leg["passengers"]) == ("XAMAZ", 165)


def test_a_row_of_the_database_is_one_more_word_on_the_same_leg(state):
    """Its delay codes beat the message, its times and passengers do not."""
    [before] = legs(state, 905, until=lambda leg: leg["events"] == SAID_BY_MESSAGES)
    assert before["delay_codes"] == "62:6"
    said = FLOWN | {"leg_uid": leg_uid("AM", 905, "", "MEX", "2026-11-22", 1), "row_version": 3}
    key = "opsdb/legs/dt=2026-11-22/hh=17/part-00000.json.gz"
    body = gzip.compress((line(said, "2026-11-22T18:00:00Z") + "no row\n").encode())
    state.session("root").client("s3").put_object(Bucket=RAW, Key=key, Body=body)
    told = {"feed": "opsdb/legs", "raw_key": key, "arrival_id": "hour-00000", "arrived_at": "2026-11-22T18:00:00Z"}
    outcome = invoke(state, told)
    assert (outcome["rows_in"], outcome["rows_out"], outcome["reason"]) == (2, 1, "unusable_row")

    [leg] = legs(state, 905, until=lambda leg: leg["events"] == before["events"] + 7)
    assert (leg["delay_codes"], leg["off_at"]) == ("62:4", "2026-11-22T13:52:00Z")
    assert (leg["out_at"], leg["in_at"], leg["passengers"]) == ("2026-11-22T13:36:00Z", "2026-11-22T15:48:00Z", 165)
    aside = quarantined(state, "messages-hour-00000.json", "opsdb/legs")["messages"]
    assert [message["text"] for message in aside] == ["no row\n"]


def test_what_becomes_nothing_is_in_quarantine_and_in_the_ledger(state):
    answer = invoke(state, put(state, "messages", "bad.txt", "NOTHING OF THE KIND\n"))
    assert (answer["rows_in"], answer["rows_out"], answer["rejects"], answer["reason"]) == (
        1,
        0,
        1,
        "unreadable_message",
    )
    s3 = state.session("root").client("s3")
    kept = s3.get_object(Bucket=LAKE, Key="quarantine/partner/messages/dt=2026-11-22/messages-bad.txt.json")
    [aside] = json.loads(kept["Body"].read())["messages"]
    assert (aside["reason"], aside["text"]) == ("unreadable_message", "NOTHING OF THE KIND")
    row = json.loads(s3.get_object(Bucket=LAKE, Key="_outcomes/gateway/dt=2026-11-22/bad.txt.json")["Body"].read())
    assert row["rows_in"] == row["rows_out"] + row["duplicates"] + row["rejects"]


def test_a_message_in_the_inbox_comes_to_the_gateway_by_itself(state):
    today = datetime.now(UTC)
    text = f"MVT\nXX0001/{today:%d}.XAMAZ.MEX\nAD{today:%H%M}\n"
    inbox = state.session("partner").client("s3")
    inbox.put_object(Bucket=INBOX, Key="partner/messages/today.txt", Body=text.encode())
    s3, deadline = state.session("root").client("s3"), time.monotonic() + 30
    while True:
        rows = s3.list_objects_v2(Bucket=LAKE, Prefix=f"_outcomes/gateway/dt={today:%Y-%m-%d}/").get("Contents", [])
        found = [json.loads(s3.get_object(Bucket=LAKE, Key=row["Key"])["Body"].read()) for row in rows]
        if found:
            break
        assert time.monotonic() < deadline
        time.sleep(0.5)
    [row] = found
    assert (row["feed"], row["rows_in"], row["waiting"], row["reason"]) == ("partner/messages", 1, 1, "no_schedule")


def test_a_broker_that_dies_under_a_job_that_lives_comes_back_and_takes_nobody_with_it(state):
    supervisor = Supervisor(state, services(), lambda line: None)
    names = ("ministack", *live(state))
    before = {name: record.pid for name in names if (record := supervisor.record(name))}
    said = state.log_file("forwarder").stat().st_size
    os.kill(before["kafka-1"], signal.SIGKILL)

    # The watchdog of the platform in the foreground brings it back; its clients join again by themselves.
    deadline = time.monotonic() + 180
    while [status.state for status in platform.status(state) if status.name in names] != ["up"] * len(names):
        assert time.monotonic() < deadline, platform.status(state)
        time.sleep(0.5)
    lines: list[str] = []
    platform.up(state, lines.append, names=names, register=None, detached=False)

    after = {name: record.pid for name in names if (record := supervisor.record(name))}
    assert [name for name in names if before[name] != after[name]] == ["kafka-1"]
    assert state.log_file("forwarder").stat().st_size - said < 20_000
