"""Entry point: everything Dagster loads comes from `aero_assets/defs`."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Load the rooms; nothing here opens a connection or reads a credential."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
