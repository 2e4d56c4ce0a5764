"""The code of the Glue job: its script, which Glue wants as a file of its own, and the zip of the package behind it."""

from __future__ import annotations

import hashlib

from infra.modules import INFRA, needed
from infra.package import Package, packed

SOURCE = INFRA / "extract" / "src" / "aero_extract"
SCRIPT = "rds_to_raw.py"


def extract_package() -> Package:
    """Pack ``aero_extract``; Spark's workers import it from there."""
    return packed("aero_extract", needed("aero_extract.rds_to_raw"))


def extract_script() -> Package:
    """Return the job's script under a key that carries the hash of what it says."""
    data = (SOURCE / SCRIPT).read_bytes()
    return Package("rds_to_raw", f"_code/rds_to_raw-{hashlib.sha256(data).hexdigest()[:20]}.py", data)
