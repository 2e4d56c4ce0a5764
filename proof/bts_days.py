"""Two days of real flights: marts against pandas over the file as published, and computed against coded minutes."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from proof.chosen_tests import failures


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Count all flights of both days, by the test of the dbt tier that takes some of them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "figures.json"
        failed = failures("tests/dbt/test_bts_days.py", BTS_CARRIERS="all", BTS_FIGURES=f"{path}", CI="true")
        figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    log(f"{len(figures)} figures, {len(failed)} failed")
    return figures | {"failed": failed}
