"""dbt as a process with state of its own, for benchmarks; the same commands that the orchestrator gives it."""

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import yaml

from aero_assets.dbt_command import EXECUTABLE
from bench.measure import process
from bench.runner import PROJECT

FOLDER = PROJECT / "dbt_project"


def settings() -> str:
    """Return the statements that make a DuckDB connection what the dbt profile makes of its own."""
    profile = yaml.safe_load((FOLDER / "profiles.yml").read_text(encoding="utf-8"))
    values = profile["aero"]["outputs"]["duckdb"]["settings"]
    return "; ".join(f"set {name} = '{value}'" for name, value in values.items())


class Warehouse:
    """A warehouse file, the copy of a lake that it is built from, and dbt's artefacts beside it."""

    def __init__(self, folder: Path, lake: Path) -> None:
        self.lake, self.target = lake, folder / "target"
        # The file's name is the database's name in the SQL that dbt compiles.
        self.path = folder / "warehouse.duckdb"
        folder.mkdir(parents=True, exist_ok=True)

    def dbt(self, *arguments: str, dates: Sequence[str] | None = None) -> float:
        """Run dbt, for these operating dates if there are any; return the seconds of the process."""
        variables = {"AERO_WAREHOUSE": str(self.path), "AERO_LAKE_COPY": str(self.lake)}
        if dates is not None:
            variables["AERO_OPERATING_DATES"] = json.dumps(dates)
        artefacts = ("--target-path", str(self.target), "--log-path", str(self.target))
        folders = ("--project-dir", str(FOLDER), "--profiles-dir", str(FOLDER))
        return process((EXECUTABLE, "--quiet", *arguments, *folders, *artefacts), FOLDER, **variables)

    def build(self, *, tests: bool = False) -> float:
        """Build everything into a new file, with the tests of the data or without; return the seconds."""
        self.path.unlink(missing_ok=True)
        return self.dbt("build", "--exclude-resource-type", "unit_test", *(() if tests else ("test",)))

    def rebuild(self, date: str) -> tuple[float, float]:
        """Build and test one operating date, as the orchestrator does; return seconds of dbt's nodes and in all."""
        selected = ("--select", "tag:operating_day", "--exclude-resource-type", "unit_test")
        wall = self.dbt("build", *selected, dates=[date])
        return self.node_seconds(), wall

    def node_seconds(self) -> float:
        """Seconds that dbt reports for the nodes of its last run, one by one, without its start."""
        results = json.loads((self.target / "run_results.json").read_text())["results"]
        return sum(result["execution_time"] for result in results)

    def legs_by_date(self) -> dict[str, int]:
        """Count the legs of every operating date."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            counted = connection.execute("select operating_date::varchar, count(*) from operations.fct_leg group by 1")
            return dict(counted.fetchall())
