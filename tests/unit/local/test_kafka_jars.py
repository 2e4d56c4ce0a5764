"""Building the Java parts: only when something changed, and with a plain word where the machine lacks a tool."""

import stat
import subprocess

import pytest

from aero_local import jars
from aero_local.jars import Product


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with nothing on its PATH; the function puts a tool there that says its version."""
    monkeypatch.setenv("PATH", str(tmp_path))
    jars.missing_tools.cache_clear()

    def install(tool: str, says: str = "", code: int = 0, seconds: float = 0) -> None:
        file = tmp_path / tool
        file.write_text(f"#!/bin/sh\necho '{says}' >&2\n/bin/sleep {seconds}\nexit {code}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    yield install
    jars.missing_tools.cache_clear()


JAVA, JAVAC = 'openjdk version "17.0.15" 2025-04-15', "javac 17.0.15"


def test_a_machine_with_everything_lacks_nothing(machine):
    for tool, says in (("java", JAVA), ("javac", JAVAC), ("mvn", "")):
        machine(tool, says)

    assert jars.missing_tools() is None


@pytest.mark.parametrize("missing", ["java", "javac", "mvn"])
def test_each_missing_tool_is_named_with_how_to_install_it(machine, missing):
    for tool, says in (("java", JAVA), ("javac", JAVAC), ("mvn", "")):
        if tool != missing:
            machine(tool, says)

    lack = jars.missing_tools()

    assert lack is not None
    assert f"{missing} is not on the PATH" in lack
    assert "apt install default-jdk-headless maven" in lack
    assert "brew install openjdk@17 maven" in lack
    assert len(lack.splitlines()) == 1


def test_an_old_java_and_one_that_does_not_run_are_told(machine):
    machine("java", 'java version "1.8.0_402"')
    machine("javac", JAVAC)
    machine("mvn")
    assert "java is version 8" in str(jars.missing_tools())

    machine("java", "Unable to locate a Java Runtime.", code=1)
    jars.missing_tools.cache_clear()
    assert "java is on the PATH but does not run" in str(jars.missing_tools())


def test_the_check_ends_with_one_message_and_exit_code_1(machine, capsys):
    assert jars.main(["--check"]) == 1

    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert "JDK 17" in lines[0]


@pytest.fixture
def product(tmp_path, monkeypatch):
    """A product that copies its one source, and counts how often."""
    monkeypatch.setattr(jars, "PROJECT", tmp_path)
    source = tmp_path / "source.txt"
    source.write_text("one")
    made = []

    def make(place):
        made.append(place)
        place.write_text(source.read_text())

    return Product(tmp_path / "made" / "thing.jar", lambda: [source], make), source


def test_a_product_is_current_until_its_source_changes(product):
    jar, source = product
    assert not jar.is_current()
    jar.build()
    assert jar.is_current()

    source.write_text("two")

    assert not jar.is_current()
    jar.build()
    assert jar.is_current()
    assert jar.place.read_text() == "two"


def test_a_build_that_fails_leaves_the_old_product_and_is_asked_for_again(product):
    jar, source = product
    jar.build()
    source.write_text("two")

    def fail(place):
        raise SystemExit("Maven failed")

    with pytest.raises(SystemExit):
        Product(jar.place, jar.sources, fail).build()

    assert jar.place.read_text() == "one"
    assert not jar.is_current()


def test_maven_s_last_words_are_shown(machine, tmp_path):
    machine("mvn", "[ERROR] Could not resolve dependencies", code=1)

    with pytest.raises(SystemExit, match="Could not resolve dependencies\nMaven failed: mvn --batch-mode"):
        jars._maven(tmp_path / "pom.xml", "package")


def test_a_build_that_takes_long_is_told_of(machine, tmp_path, capfd):
    machine("mvn", "", seconds=0.4)
    jars._maven(tmp_path / "connector" / "pom.xml", "package", every_seconds=0.1)
    assert "Maven is at work on connector, 0 s" in capfd.readouterr().out


def test_make_says_what_is_missing_before_it_installs_anything(machine):
    recipe = subprocess.run(
        ["/usr/bin/make", "--dry-run", "--always-make", "setup-stream", "PY=python"],
        cwd=jars.PROJECT, capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"},
    ).stdout  # fmt: skip

    assert recipe.index("aero_local.jars --check") < recipe.index("requirements/flink.txt .venvs/flink")
