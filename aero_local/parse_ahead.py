"""Parses the dbt project of a new state directory while the platform starts, with processor time that is free then.

dbt keeps a parse result only for one connection, and every state directory has its own warehouse: without this step the
first build would parse everything again while a user waits. Run as `python -m aero_local.parse_ahead DIRECTORY`.
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
    """Leave dbt's parse result in `target`, whole or not at all; the result of a build that was faster is kept."""
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
