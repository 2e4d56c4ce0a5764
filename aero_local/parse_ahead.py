"""Parses the dbt project into a new state directory with the processor time that starting a platform leaves over.

dbt remembers a parse only for the connection it was made with, and every state directory has a warehouse of its own:
the first build would parse everything again while somebody waits. Run as `python -m aero_local.parse_ahead DIRECTORY`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from aero_assets.dbt_command import EXECUTABLE
from aero_assets.environment import PROJECT

REMEMBERED = "partial_parse.msgpack"


def parse_ahead(target: Path) -> None:
    """Leave what dbt remembers of a parse in `target`, whole or not at all; a build that was quicker keeps its own."""
    beside = target.with_name(f"{target.name}.ahead")
    command = [EXECUTABLE, "--quiet", "parse", "--target-path", str(beside), "--log-path", str(beside)]
    done = subprocess.run(command, cwd=PROJECT / "dbt_project", check=False)
    if done.returncode == 0 and not (target / REMEMBERED).exists():
        target.mkdir(parents=True, exist_ok=True)
        (beside / REMEMBERED).replace(target / REMEMBERED)
    shutil.rmtree(beside, ignore_errors=True)


if __name__ == "__main__":
    os.nice(19)
    parse_ahead(Path(sys.argv[1]))
