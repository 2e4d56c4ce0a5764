"""`python -m tools.redshift_lint`: the dbt project compiled for Redshift, every statement held to `redshift_rules`.

Nothing is connected to. The project is compiled twice, for all days and for requested dates. Exit codes: 0 nothing is
broken, 1 something is, 2 dbt could not compile.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.redshift_rules import allowed_functions, broken

DBT_PROJECT = Path(__file__).parents[1] / "dbt_project"
#: Environment variables of each kind of build, by its name.
BUILDS: Mapping[str, Mapping[str, str]] = {
    "all days": {},
    "requested dates": {"AERO_OPERATING_DATES": '["2015-01-01", "2015-01-02"]'},
}


def compiled(folder: Path, environ: Mapping[str, str]) -> list[Path]:
    """Compile the project for Redshift into a folder and return the statements; CalledProcessError where dbt fails."""
    command = (
        str(Path(sys.executable).with_name("dbt")), "--quiet", "compile", "--target", "redshift", "--no-introspect",
        "--no-populate-cache", "--target-path", str(folder), "--log-path", str(folder / "logs"),
    )  # fmt: skip
    subprocess.run(
        command, cwd=DBT_PROJECT, env={**os.environ, **environ}, check=True, stdout=subprocess.PIPE, text=True
    )
    return sorted((folder / "compiled").rglob("*.sql"))


def problems(files: list[Path], folder: Path) -> list[str]:
    """Return one line per broken rule: the file and the sentence."""
    functions = allowed_functions()
    return [
        f"{file.relative_to(folder / 'compiled')}: {problem}"
        for file in files
        for problem in broken(file.read_text(encoding="utf-8"), functions)
    ]


def main() -> int:
    """Compile, check, print; return the exit code."""
    lines: dict[str, None] = {}
    with TemporaryDirectory(prefix="redshift-lint-") as name:
        folder = Path(name)
        for build, environ in BUILDS.items():
            try:
                files = compiled(folder, environ)
            except subprocess.CalledProcessError as error:
                print(f"dbt cannot compile the project for Redshift ({build}):\n{error.stdout}", file=sys.stderr)
                return 2
            print(f"{len(files)} statements for {build}", flush=True)
            lines |= dict.fromkeys(problems(files, folder))
    for line in lines:
        print(line)
    print(f"{len(lines)} rules of Redshift are broken" if lines else "no known rule of Redshift is broken")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
