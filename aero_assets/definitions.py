"""Entry point: everything that Dagster loads comes from `aero_assets/defs`."""

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
    """Load the definitions of all layers; nothing here opens a connection or reads a credential.

    `dg.load_from_defs_folder` does the same, but then also describes every component type of every installed library,
    for UI forms that create assets from YAML. Our assets are Python, so each run and restart would wait for something
    that it does not use.
    """
    with _kept_for_good(), warnings.catch_warnings():
        for kind in (dg.BetaWarning, dg.PreviewWarning):
            warnings.simplefilter("ignore", kind)
        return dg.ComponentTree.for_project(HERE).build_defs(HERE / "defs")


@contextmanager
def _kept_for_good() -> Generator[None]:
    """Exclude the objects that the body loads from garbage collection until the process ends.

    Collecting them repeatedly took as long as loading them. They are included again before the process ends, because
    otherwise extension modules complain that they are not cleared away.
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
