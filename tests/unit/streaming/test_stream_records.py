"""Flink writes what the alert Lambda reads: the same names on both sides, each with a form that it knows."""

import base64
import re

from aero_streaming.alerts import records as alert_records
from aero_streaming.alerts.sums import SUMS
from aero_streaming.events import vocabulary as event_vocabulary
from aero_streaming.events.types import TOPICS
from aero_streaming.flink.sql import SINKS, statements
from aero_streaming.rules.stations import hubs_and_stations


def columns(kind: str) -> dict[str, str]:
    """The columns of a sink, by name, with their SQL type."""
    options = {"connector": "x"}
    written = statements(options, dict.fromkeys(SINKS, options))
    [table] = [line for line in written if line.startswith(f"CREATE TEMPORARY TABLE {kind}_sink")]
    inner = table[table.index("(") + 1 : table.rindex(") PARTITIONED")]
    return dict(re.findall(r"`?(\w+)`? (STRING|INT|BIGINT|BOOLEAN|DECIMAL\(18, 2\))", inner))


def test_every_kind_has_the_fields_that_its_reader_asks_for():
    for kind, needed in alert_records.REQUIRED.items():
        assert set(needed) <= set(columns(kind)), kind
    assert set(SUMS) <= set(columns("state"))


def test_every_whole_number_and_flag_is_checked_as_one():
    for kind in alert_records.REQUIRED:
        for name, form in columns(kind).items():
            if form in ("INT", "BIGINT"):
                assert name in alert_records.WHOLE or name == "state_version", f"{kind}.{name}"
            if form == "BOOLEAN":
                assert name in alert_records.FLAGS, f"{kind}.{name}"


def test_the_vocabulary_in_the_jar_is_that_of_python():
    assert event_vocabulary.FILE.read_text(encoding="utf-8") == event_vocabulary.text()


def test_hubs_are_airports_and_those_of_the_airline_are_there():
    assert {"MEX", "GDL", "MTY"} <= set(hubs_and_stations())
    assert all(re.fullmatch("[A-Z]{3}", hub) for hub in hubs_and_stations())


def test_topics_of_msk_are_declared_as_here():
    from tests.unit.infra.rendered import resources

    found = {
        resource.properties["TopicName"]: (resource.properties["PartitionCount"], resource.properties["Configs"])
        for resource in resources("prod")
        if resource.kind == "AWS::MSK::Topic"
    }
    expected = {
        topic.name: (
            topic.partitions,
            base64.b64encode(f"retention.ms={topic.retention_hours * 3_600_000}".encode()).decode(),
        )
        for topic in TOPICS.values()
    }
    assert found == expected
