"""Entry point: everything Dagster loads comes from `aero_assets/defs`."""

import warnings
from pathlib import Path

import dagster as dg

HERE = Path(__file__).parent


@dg.definitions
def defs() -> dg.Definitions:
    """Load the rooms; nothing here opens a connection or reads a credential.

    `dg.load_from_defs_folder` does the same and then describes every component type of every installed library, for
    forms in the UI that make assets of YAML. Ours are Python, and each run and restart would wait for it.
    """
    with warnings.catch_warnings():
        for kind in (dg.BetaWarning, dg.PreviewWarning):
            warnings.simplefilter("ignore", kind)
        return dg.ComponentTree.for_project(HERE).build_defs(HERE / "defs")
