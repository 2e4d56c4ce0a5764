"""The connector's Maven project: versions that agree, plugins that are pinned, options that the job's SQL may use."""

import re
import xml.etree.ElementTree as ET  # our own files
from pathlib import Path

import pytest

from aero_streaming.flink import main

PROJECT = Path(__file__).parents[3]
CONNECTOR = PROJECT / "infra" / "streaming" / "connector"
POMS = (CONNECTOR / "pom.xml", PROJECT / "aero_local" / "kafka" / "pom.xml")
MAVEN = "{http://maven.apache.org/POM/4.0.0}"
KINESIS = CONNECTOR / "src" / "main" / "java" / "aero" / "kinesis"


@pytest.mark.parametrize("pom", POMS, ids=lambda pom: pom.parent.name)
def test_every_plugin_and_dependency_has_a_version_that_does_not_move(pom):
    tree = ET.parse(pom)  # noqa: S314
    managed = {"kinesis", "netty-nio-client"}  # their version is the BOM's
    for kind in ("plugin", "dependency"):
        for element in tree.iter(f"{MAVEN}{kind}"):
            name, version = element.findtext(f"{MAVEN}artifactId"), element.findtext(f"{MAVEN}version", "")
            assert name in managed or re.fullmatch(r"\$\{[a-z.]+\}|[0-9][0-9.a-z-]*", version), name
            assert "SNAPSHOT" not in version


@pytest.mark.parametrize("pom", POMS, ids=lambda pom: pom.parent.name)
def test_no_project_names_a_registry(pom):
    addresses = re.findall(r"https?://[^\s\"<]+", pom.read_text(encoding="utf-8"))

    assert addresses == [MAVEN.strip("{}")]


def test_the_connector_is_built_for_the_flink_that_runs():
    pom = (CONNECTOR / "pom.xml").read_text(encoding="utf-8")
    built_for = re.search(r"<flink.version>(.+)</flink.version>", pom)
    runs = re.search(r"^apache-flink==(\S+)", (PROJECT / "requirements" / "flink.in").read_text(), re.MULTILINE)

    assert built_for
    assert runs
    assert built_for[1] == runs[1]


def test_the_sink_knows_every_option_that_the_job_gives_it():
    factory = (KINESIS / "KinesisSinkFactory.java").read_text(encoding="utf-8")
    own = set(re.findall(r'ConfigOptions\.key\("([a-z.-]+)"\)', factory))
    flink = {
        "FLUSH_BUFFER_TIMEOUT": "sink.flush-buffer.timeout",
        "MAX_BATCH_SIZE": "sink.batch.max-size",
        "MAX_BUFFERED_REQUESTS": "sink.requests.max-buffered",
        "MAX_IN_FLIGHT_REQUESTS": "sink.requests.max-inflight",
    }
    known = own | {option for name, option in flink.items() if name in factory} | {"connector", "format"}
    sink = {"stream.arn": "arn", "aws.region": "r", "aws.endpoint": "http://127.0.0.1:1"}

    given = main.sink_options(sink, "event")

    assert len(own) == 5
    assert set(given) - known == set()
    assert given["connector"] == "kinesis"
