"""The dbt that the platform runs, as the command `aero-dbt`: dbt itself, with a patient garbage collector.

A dbt process lives for seconds, and nearly all that it allocates it needs to the end: the project, the manifest, the
results. Python's collector looks through all of that again and again, for an eighth of the time of a build.
"""

import gc
import sys
from pathlib import Path

#: Of this very environment: nothing may depend on how PATH was set.
EXECUTABLE = str(Path(sys.executable).with_name("aero-dbt"))
#: Objects allocated, and not freed, before the collector looks at the youngest; Python's own is 700.
PATIENCE = 100_000


def main() -> None:
    """Run dbt with the arguments of this process."""
    gc.set_threshold(PATIENCE)
    # Imported here: most of what a start allocates is what the import brings.
    from dbt.cli.main import cli  # noqa: PLC0415

    cli()
