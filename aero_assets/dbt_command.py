"""The command `aero-dbt`, with which the platform runs dbt: dbt itself, with garbage collection that runs less often.

A dbt process lives for seconds, and it needs nearly all its objects until the end: the project, the manifest, the
results. With default settings Python's collector spends an eighth of a build's time on looking through them.
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
