"""The files of ours that a program needs: those that it imports, directly or through others, and tables beside them.

What belongs here: from the names of modules to files by their path in a zip. Python's own `modulefinder` follows the
imports, those inside of functions too; what is not ours (the standard library, boto3) it does not look for.
"""

from collections.abc import Mapping
from functools import cache
from modulefinder import ModuleFinder
from pathlib import Path
from types import MappingProxyType

INFRA = Path(__file__).parent
#: Folders of deployed packages, as `pyproject.toml` has it.
SOURCES = tuple(INFRA / room / "src" for room in ("extract", "ingest", "streaming"))
#: Tables that a module reads from beside itself.
TABLES = ("*.csv", "*.toml", "*.sql")


@cache
def needed(*entries: str) -> Mapping[str, bytes]:
    """Return the files that the modules `entries` need, by their path in a zip; raise ValueError for one unknown.

    Read once in a process: one zip may serve several stacks.
    """
    finder = ModuleFinder([str(source) for source in SOURCES])
    for entry in entries:
        _follow(finder, entry)
    files = [getattr(module, "__file__", None) for module in finder.modules.values()]
    modules = {Path(file) for file in files if file}
    tables = {path for folder in {path.parent for path in modules} for name in TABLES for path in folder.glob(name)}
    return MappingProxyType({_in_zip(path): path.read_bytes() for path in sorted(modules | tables)})


def _follow(finder: ModuleFinder, entry: str) -> None:
    package, _, name = entry.rpartition(".")
    try:
        # As `from package import name`: importing the dotted name would stop at what its package imports itself.
        finder.import_hook(package or entry, None, [name] if package else None)
    except ImportError as error:
        raise ValueError(f"there is no module {entry} under {', '.join(map(str, SOURCES))}") from error


def _in_zip(path: Path) -> str:
    [source] = [source for source in SOURCES if path.is_relative_to(source)]
    return path.relative_to(source).as_posix()
