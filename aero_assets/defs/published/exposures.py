"""Pages that show the marts: every dbt exposure is an asset downstream of the published marts."""

from typing import Any

import dagster as dg

from aero_assets.dbt import manifest
from aero_assets.defs.warehouse.assets import PUBLISHED


def exposure_asset(exposure: dict[str, Any]) -> dg.AssetSpec:
    """Build the asset of one exposure; `config.meta` holds its path below the dashboard's address and its kind."""
    meta = exposure["config"]["meta"]
    return dg.AssetSpec(
        key=dg.AssetKey(["dashboard", exposure["name"]]),
        deps=[PUBLISHED],
        description=exposure["description"].strip(),
        group_name="dashboard",
        kinds={meta["kind"]},
        owners=[f"team:{exposure['owner']['name']}"],
        metadata={"path": f"/{meta['path']}", "marts": ", ".join(sorted(exposure["depends_on"]["nodes"]))},
    )


dashboards = [exposure_asset(exposure) for exposure in manifest()["exposures"].values()]
