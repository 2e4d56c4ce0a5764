"""Which resources the rooms get. The only module with `@dg.definitions`: another one would silently drop its own
assets.
"""

import sys
from pathlib import Path

import dagster as dg

from aero_assets.dbt import dbt_project
from aero_assets.resources import Dbt, Zones


@dg.definitions
def resources() -> dg.Definitions:
    """Return the resources; they connect when they are used."""
    # The dbt of this very environment: nothing may depend on how PATH was set.
    dbt = Dbt(project_dir=dbt_project, dbt_executable=str(Path(sys.executable).with_name("dbt")))
    return dg.Definitions(resources={"zones": Zones(), "dbt": dbt})
