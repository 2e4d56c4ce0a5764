"""Jobs that feed the stream from the raw zone; `schedules.py` defines their times."""

import dagster as dg

from aero_assets.defs.raw.assets import raw_key
from aero_assets.defs.raw.extract import TABLES
from aero_assets.defs.streaming.gateway import SENT_LEGS, SENT_SCHEDULES

plans = dg.define_asset_job(
    "plans",
    selection=dg.AssetSelection.assets(SENT_SCHEDULES),
    executor_def=dg.in_process_executor,
    description="Send the schedules in force to the gateway again, which plans the legs of the next three days.",
)
extract = dg.define_asset_job(
    "extract",
    selection=dg.AssetSelection.assets(*(raw_key(feed) for feed in TABLES.values()), SENT_LEGS),
    executor_def=dg.in_process_executor,
    description="Extract the rows of the operational database that changed in an hour to the raw zone, and send its "
    "changed legs to the gateway.",
)
