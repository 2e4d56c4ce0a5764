"""The dbt build of a month of flights against one DuckDB process that executes dbt's own compiled SQL.

Whole processes are compared, from start to exit, as people wait for them; both write the same tables, compared row by
row as multisets, or the benchmark breaks. dbt has parsed the project before, as it has on every run but the first.

`dbt_build`: seeds, models and nothing else. dbt pays for its start, a transaction and some catalogue queries per node,
and checks contracts; for a month of a large network we accept twice the time of the SQL itself on top of it, hence 3.
`dbt_build_with_tests`: the build that the orchestrator asks for. The tests of the data may cost as much again as
writing the tables, and no more, hence 4.
"""

import sys
from pathlib import Path
from statistics import median

from bench import flights, plain_sql
from bench.dbt import Warehouse
from bench.goals import GOALS
from bench.measure import Say, alternate, process, seconds
from bench.runner import Result
from bench.typed_rows import DAYS, LEGS_PER_DAY

ROUNDS = 3


def run(folder: Path, say: Say) -> list[Result]:
    """Measure the build without tests, with them, and the plain SQL."""
    lake = flights.lake(folder, DAYS, LEGS_PER_DAY, say)
    built = Warehouse(folder / "dbt_build", lake.copy)
    plain = Warehouse(folder / "dbt_build_plain", lake.copy)
    say(f"first build, not counted: {built.build():.1f} s")

    def by_hand() -> float:
        plain.path.unlink(missing_ok=True)
        compiled = built.target / "manifest.json"
        return process((sys.executable, "-m", "bench.plain_sql", str(compiled), str(plain.path)))

    tasks = {"dbt": built.build, "dbt with tests": lambda: built.build(tests=True), "plain DuckDB": by_hand}
    taken = alternate(ROUNDS, tasks, say, seconds)
    if differences := plain_sql.differing(built.path, plain.path):
        raise AssertionError(f"dbt and its own SQL by hand differ in {differences}")
    if sum(built.legs_by_date().values()) != lake.legs:
        raise AssertionError(f"{lake.legs} legs in the lake became {sum(built.legs_by_date().values())}")
    say("equal as multisets")
    [models, tested, by_hands] = [median(taken[name]) for name in ("dbt", "dbt with tests", "plain DuckDB")]
    baseline = "one DuckDB process, the same SQL and tables"
    return [
        Result("dbt_build", models, "s", GOALS["dbt_build"], baseline, by_hands),
        Result("dbt_build_with_tests", tested, "s", GOALS["dbt_build_with_tests"], baseline, by_hands),
    ]
