"""Builds the Java parts: the broker's jars, the connectors' jar and a database driver; also checks the machine's tools.

`python -m aero_local.jars` builds the parts of the live part whose sources changed since the last build, with Maven
from the PATH. `extract` builds those of the extract instead; `--check` only reports tools that the machine lacks. It
uses the standard library only, because it runs before anything else of its part is installed.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[1]
#: The pause between two lines about a build that is silent itself.
NEWS_SECONDS = 20
ENVIRONMENTS = PROJECT / ".venvs"

KAFKA_POM = PROJECT / "aero_local" / "kafka" / "pom.xml"
KAFKA_LIBS = ENVIRONMENTS / "kafka" / "libs"

CONNECTOR = PROJECT / "infra" / "streaming" / "connector"
#: Packed into the connectors' jar: events of other airports are refused.
AIRPORTS = PROJECT / "dbt_project" / "seeds" / "reference" / "airports.csv"
CONNECTOR_JAR = ENVIRONMENTS / "connector" / "aero-flink-connectors.jar"

FLINK_PYTHON = ENVIRONMENTS / "flink" / "bin" / "python"
FLINK_REQUIREMENTS = PROJECT / "requirements" / "flink.txt"

DRIVER_POM = PROJECT / "aero_local" / "postgres" / "pom.xml"
DRIVER_LIBS = ENVIRONMENTS / "postgres-driver" / "libs"

EXTRACT_PYTHON = ENVIRONMENTS / "extract" / "bin" / "python"
EXTRACT_REQUIREMENTS = PROJECT / "requirements" / "extract.txt"

OLDEST_JAVA = 17
HOW_TO_INSTALL = "apt install default-jdk-headless maven, or brew install openjdk@17 maven"


@cache
def missing_tools(part: str = "live part") -> str | None:
    """Return the tools that the machine lacks for a part and the way to install them; None when nothing is missing."""
    lack = _missing_tool()
    return lack and f"The {part} needs a JDK {OLDEST_JAVA} or newer and Maven: {lack}. Install them: {HOW_TO_INSTALL}."


def _missing_tool() -> str | None:
    for tool in ("java", "javac", "mvn"):
        if shutil.which(tool) is None:
            return f"{tool} is not on the PATH"
    for tool in ("java", "javac"):
        version = java_version(tool)
        if version is None:
            # macOS has a java that only says where to get one.
            return f"{tool} is on the PATH but does not run"
        if version < OLDEST_JAVA:
            return f"{tool} is version {version}"
    return None


def java_version(tool: str) -> int | None:
    """Return the major version of java or javac; None when it does not run."""
    answer = subprocess.run([tool, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r"(?:version \"|javac )(?:1\.)?(\d+)", answer.stderr + answer.stdout)
    return int(version[1]) if answer.returncode == 0 and version else None


@dataclass(frozen=True)
class Product:
    """A result of a Maven build: its place, its source files, and the function that builds it."""

    place: Path
    sources: Callable[[], Iterable[Path]]
    make: Callable[[Path], None]

    @property
    def stamp(self) -> Path:
        """The file with the digest of the sources from which the product was built."""
        return self.place.with_name(f".{self.place.name}.sources")

    def digest(self) -> str:
        """Return the digest of the sources as they are now."""
        files = sorted(self.sources())
        lines = [f"{file.relative_to(PROJECT)} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def is_current(self) -> bool:
        """True when the product exists and its sources have not changed since it was built."""
        return self.place.exists() and self.stamp.exists() and self.stamp.read_text() == self.digest()

    def build(self) -> None:
        """Build in a temporary place and replace the product at once, because a job may be reading the old one."""
        begin, name = time.monotonic(), self.place.relative_to(PROJECT)
        digest = self.digest()
        print(f"{name}: building …", flush=True)
        self.stamp.unlink(missing_ok=True)
        self.place.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.place.with_name(f".{self.place.name}.fresh")
        _remove(fresh)
        self.make(fresh)
        if self.place.is_dir():
            _remove(self.place)
        fresh.replace(self.place)
        self.stamp.write_text(digest)
        print(f"{name}: ready after {time.monotonic() - begin:.0f} s", flush=True)


def _collect(pom: Path) -> Callable[[Path], None]:
    return lambda place: _maven(pom, "dependency:copy-dependencies", f"-DoutputDirectory={place}")


def _pack_connectors(place: Path) -> None:
    # Tests have their tier; building must not wait for them.
    _maven(CONNECTOR / "pom.xml", "package", "-DskipTests")
    shutil.copyfile(CONNECTOR_JAR.parent / "target" / CONNECTOR_JAR.name, place)


def _connector_sources() -> Iterable[Path]:
    yield CONNECTOR / "pom.xml"
    yield AIRPORTS
    yield from (file for file in (CONNECTOR / "src" / "main").rglob("*") if file.is_file())


BROKER = Product(KAFKA_LIBS, lambda: [KAFKA_POM], _collect(KAFKA_POM))
CONNECTORS = Product(CONNECTOR_JAR, _connector_sources, _pack_connectors)
DRIVER = Product(DRIVER_LIBS, lambda: [DRIVER_POM], _collect(DRIVER_POM))
#: Builds of the live part, and of the extract.
LIVE, EXTRACT = (BROKER, CONNECTORS), (DRIVER,)


def environment_is_current(python: Path, requirements: Path) -> bool:
    """True when a Python environment exists and matches its requirement set."""
    stamp = python.parents[1] / ".requirements"
    return python.exists() and stamp.exists() and stamp.read_bytes() == requirements.read_bytes()


def flink_is_installed() -> bool:
    """True when Flink's environment exists and matches its requirement set."""
    return environment_is_current(FLINK_PYTHON, FLINK_REQUIREMENTS)


def extract_is_installed() -> bool:
    """True when Spark, PostgreSQL and its driver are installed and match the current sources."""
    return environment_is_current(EXTRACT_PYTHON, EXTRACT_REQUIREMENTS) and DRIVER.is_current()


def stream_is_installed() -> bool:
    """True when broker, connectors and Flink are installed and match the current sources."""
    return flink_is_installed() and BROKER.is_current() and CONNECTORS.is_current()


def _maven(pom: Path, *goals: str, every_seconds: float = NEWS_SECONDS) -> None:
    command = ["mvn", "--batch-mode", "--quiet", "--file", str(pom), *goals]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as maven:
        output = _wait(maven, pom, every_seconds)
    if maven.returncode:
        words = "\n".join(output.strip().splitlines()[-20:])
        raise SystemExit(f"{words}\nMaven failed: {' '.join(command)}")


def _wait(maven: subprocess.Popen[str], pom: Path, every_seconds: float) -> str:
    """Wait for Maven, which prints nothing, and report from time to time that it is working; return its output."""
    begin = time.monotonic()
    while True:
        try:
            return maven.communicate(timeout=every_seconds)[0]
        except subprocess.TimeoutExpired:
            print(f"  Maven is at work on {pom.parent.name}, {time.monotonic() - begin:.0f} s", flush=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def main(arguments: list[str]) -> int:
    """Build the products of a part that are not current; with --check only check the machine's tools."""
    part, products = ("extract", EXTRACT) if "extract" in arguments else ("live part", LIVE)
    if lack := missing_tools(part):
        print(lack, file=sys.stderr)
        return 1
    if "--check" not in arguments:
        for product in products:
            if not product.is_current():
                product.build()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
