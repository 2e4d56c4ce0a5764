"""Creates the tables of a new DAGSTER_HOME before Dagster's three processes start and try to create them at once."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def make(home: Path) -> None:
    """Create the tables in a temporary folder and move them into DAGSTER_HOME, so that it has all of them or none."""
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
