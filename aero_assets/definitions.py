"""Entry point: everything Dagster loads comes from `aero_assets/defs`."""

import atexit
import gc
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

HERE = Path(__file__).parent


@dg.definitions
def defs() -> dg.Definitions:
    """Load the rooms; nothing here opens a connection or reads a credential.

    `dg.load_from_defs_folder` does the same and then describes every component type of every installed library, for
    forms in the UI that make assets of YAML. Ours are Python, and each run and restart would wait for it.
    """
    with _kept_for_good(), warnings.catch_warnings():
        for kind in (dg.BetaWarning, dg.PreviewWarning):
            warnings.simplefilter("ignore", kind)
        return dg.ComponentTree.for_project(HERE).build_defs(HERE / "defs")


@contextmanager
def _kept_for_good() -> Generator[None]:
    """Freeze loaded objects out of garbage collection; they stay until the process ends.

    Collecting them again and again took as long as loading them. Before the process ends they are unfrozen, or
    extension modules complain that they are not cleared away.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        atexit.register(gc.unfreeze)
        if was_enabled:
            gc.enable()
