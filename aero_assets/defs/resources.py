"""The Dagster resources of all layers, and the executor of steps.

The only module with `@dg.definitions`: another one would silently drop its own assets.
"""

import dagster as dg

from aero_assets.dbt import dbt_project
from aero_assets.dbt_command import EXECUTABLE
from aero_assets.live import Live
from aero_assets.resources import Dbt, Extracts, Gateway, Zones


@dg.definitions
def resources() -> dg.Definitions:
    """Return resources, which connect when they are used, and the executor."""
    dbt = Dbt(project_dir=dbt_project, dbt_executable=EXECUTABLE)
    # A backfill from the UI is one step, as every job is: a process of its own would only import everything again.
    known = {"zones": Zones(), "live": Live(), "dbt": dbt, "extracts": Extracts(), "gateway": Gateway()}
    return dg.Definitions(resources=known, executor=dg.in_process_executor)
