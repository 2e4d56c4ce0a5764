"""Makes the tables of a new DAGSTER_HOME, before Dagster's three processes do it, each in the way of the other."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def make(home: Path) -> None:
    """Make the tables beside their place and move them there: a home has all of them or none."""
    from dagster import DagsterInstance  # noqa: PLC0415 - slow, and known to this process alone

    from aero_local.services.dagster import write_settings  # noqa: PLC0415 - it starts this module

    part = home / "making"
    shutil.rmtree(part, ignore_errors=True)
    write_settings(part)
    DagsterInstance.from_config(str(part)).dispose()
    # Whoever looks for the tables looks for `history`.
    for made in sorted(
        (folder for folder in part.iterdir() if folder.is_dir()), key=lambda folder: folder.name == "history"
    ):
        shutil.rmtree(home / made.name, ignore_errors=True)
        made.rename(home / made.name)
    shutil.rmtree(part)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
