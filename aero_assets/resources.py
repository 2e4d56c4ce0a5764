"""What assets and sensors reach the world through; swapped in tests. No asset logic belongs here."""

from pathlib import Path

import dagster as dg

from aero_assets.environment import Environment
from aero_assets.lake import LakeCopy
from aero_assets.storage import Bucket


class Zones(dg.ConfigurableResource):
    """The zones of the lake under the role of the running process.

    Fields left empty are read from the environment when they are used, never at import.
    """

    raw_bucket: str | None = None
    lake_bucket: str | None = None
    copy_path: str | None = None

    def raw(self) -> Bucket:
        """The raw zone."""
        return Bucket(self.raw_bucket or Environment.current().raw_bucket)

    def lake(self) -> Bucket:
        """The lake: typed zone, quarantine, manifests and outcomes."""
        return Bucket(self.lake_bucket or Environment.current().lake_bucket)

    def copy_of_lake(self) -> LakeCopy:
        """The read-through copy that DuckDB reads."""
        path = Path(self.copy_path) if self.copy_path else Environment.current().lake_copy
        return LakeCopy(path, self.lake())

    def scratch(self) -> Path:
        """A folder for working files, on the same disk as the rest of the state."""
        return Environment.current().state / "scratch"
