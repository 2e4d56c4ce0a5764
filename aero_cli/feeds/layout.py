"""The paths of a feed's files in a checkout."""

from dataclasses import dataclass
from pathlib import Path

from aero_assets.environment import PROJECT
from aero_assets.feeds import Feed


@dataclass(frozen=True)
class Layout:
    """Paths of a feed below `project`; a test passes another folder."""

    project: Path = PROJECT

    @property
    def feeds(self) -> Path:
        """The register: one folder per system, one entry per feed."""
        return self.project / "aero_assets" / "feeds"

    @property
    def staging(self) -> Path:
        """The folders of the staging models, one per system."""
        return self.project / "dbt_project" / "models" / "staging"

    @property
    def leg_facts(self) -> Path:
        """The macro behind `int_leg_fact`: the union of the facts of all sources about legs."""
        return self.project / "dbt_project" / "macros" / "leg_facts.sql"

    @property
    def leg_files(self) -> Path:
        """The macro with the file feeds that the union reads."""
        return self.project / "dbt_project" / "macros" / "leg_files.sql"

    @property
    def promises(self) -> Path:
        """The columns that feeds promise to their readers."""
        return self.project / "tests" / "golden" / "feeds.json"

    @property
    def texts(self) -> list[Path]:
        """The texts of the dashboard, a file per language."""
        return sorted((self.project / "aero_dashboard" / "i18n").glob("*.toml"))

    def register(self, name: str) -> Path:
        """The register entry of feed `system/feed`."""
        return self.feeds / f"{name}.toml"

    def model(self, feed: Feed) -> Path:
        """The staging model of a feed."""
        return self.staging / feed.system / f"{feed.staging_model}.sql"

    def documentation(self, feed: Feed) -> Path:
        """The dbt source of a feed and the documentation of its staging model."""
        return self.staging / feed.system / f"_{feed.staging_model}.yml"

    def test(self, name: str) -> Path:
        """The test of a feed; its sample lies beside it."""
        return self.project / "tests" / "unit" / "feeds" / f"test_{name.replace('/', '__')}.py"

    def sample(self, name: str) -> Path:
        """The records that the test of a feed starts from."""
        return self.test(name).with_name(f"{name.replace('/', '__')}.csv")


#: This checkout.
HERE = Layout()
