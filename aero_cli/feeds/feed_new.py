"""`aero feed new`: skeletons of a new feed, written from a sample file; `feed_check.py` says what they still lack.

Four files: register entry, dbt source with the documentation of the staging model, staging model, test with the first
records of the sample. Together they load, parse and build as written; what only a person knows says DESCRIBE.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import yaml

from aero_assets.environment import PROJECT
from aero_assets.feeds import FeedError
from aero_cli.feeds.feed_sample import Guess, Sample, read
from aero_cli.feeds.feed_skeletons import PLACEHOLDER, dbt_yml, feed_test, register_entry, staging_model


class UsageError(FeedError):
    """Arguments that cannot be meant."""


@dataclass(frozen=True)
class Layout:
    """Where the pieces of a feed live in a checkout; a test points it at a folder of its own."""

    project: Path = PROJECT

    def register(self, name: str) -> Path:
        """The register entry of feed `system/feed`."""
        return self.project / "aero_assets" / "feeds" / f"{name}.toml"

    def staging(self, system: str) -> Path:
        """The staging models of a system, and the yml files that document them."""
        return self.project / "dbt_project" / "models" / "staging" / system

    def test(self, name: str) -> Path:
        """The test of a feed; its sample lies beside it."""
        return self.project / "tests" / "unit" / "feeds" / f"test_{name.replace('/', '__')}.py"

    def sample(self, name: str) -> Path:
        """The records that the test of a feed starts from."""
        return self.test(name).with_name(f"{name.replace('/', '__')}.csv")

    @property
    def leg_facts(self) -> Path:
        """The union of everything that sources say about legs."""
        return self.project / "dbt_project" / "models" / "intermediate" / "facts" / "int_leg_fact.sql"


#: This checkout.
HERE = Layout()


def create(
    name: str, sample: Path, date_column: str | None, layout: Layout = HERE, today: date | None = None
) -> list[Path]:
    """Write the skeletons of feed `system/feed` from a sample file; refuse to overwrite anything."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*", name):
        raise UsageError(f"{name!r} is not a feed name: write system/feed in snake_case, e.g. partner/bts_ontime")
    system, _, feed = name.partition("/")
    if system != "partner":
        raise UsageError(f"{name}: files arrive through the door, which watches partner/: call it partner/{feed}")
    seen = read(sample)
    columns, day = _with_date(seen, date_column)
    arrived = today or datetime.now(UTC).date()
    folder = layout.staging(system)
    files = {
        layout.register(name): register_entry(system, feed, seen, columns, day, arrived),
        folder / f"stg_{system}__{feed}.sql": staging_model(system, feed, columns, day),
        folder / f"_stg_{system}__{feed}.yml": dbt_yml(system, feed, columns, day, _about(folder, system)),
        layout.test(name): feed_test(name, day, arrived),
        layout.sample(name): seen.text,
    }
    if taken := [path for path in files if path.exists()]:
        raise FeedError(f"already there, nothing was written: {', '.join(map(str, taken))}")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return list(files)


def _with_date(sample: Sample, date_column: str | None) -> tuple[list[Guess], Guess]:
    """Return the typed columns, and the one of the business date; where no column is a date, one is added."""
    columns = list(sample.columns)
    dates = [one for one in columns if one.type == "DATE"]
    found = [one for one in columns if one.raw == date_column] if date_column else dates
    if len(found) != 1:
        choices = ", ".join(one.raw for one in dates or columns)
        raise UsageError(f"which column is the business date? Say --date COLUMN, one of: {choices}")
    [day] = found
    if day.type != "DATE":
        example = "day_of(YEAR, MONTH, DAY)"
        note = f"{day.raw} is no date in the sample; write an expression that gives YYYY-MM-DD, e.g. {example}"
        name = "business_date" if all(one.name != "business_date" for one in columns) else "business_date_2"
        day = Guess(day.raw, name, "DATE", day.sql, note)
        columns.insert(0, day)
    return columns, day


def _about(folder: Path, system: str) -> str:
    """Return what the other yml files of a system say about it, or a placeholder."""
    for path in sorted(folder.glob("*.yml")):
        for source in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("sources", []):
            if source.get("name") == system and source.get("description"):
                return " ".join(source["description"].split())
    return f"{PLACEHOLDER} where the feeds of {system} come from."
