"""The outcome ledger: every stage leaves a row with its rows in, its rows out, and the reason for the difference.

Rows are small JSON objects in the lake, `_outcomes/<stage>/dt=<day>/<subject>.json`; the same work done again
overwrites its row. `rows_in = rows_out + duplicates + rejects` holds if nothing was lost, doubled or invented: every
term is counted at its own place, and none is computed from the others. `mixed` counts rows whose values differ from
those of their source.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from aero_assets.storage import Bucket

PREFIX = "_outcomes"
#: The name of the balance check on every asset that has one, and its description.
CHECK = "rows_balance"
BALANCE = "rows in = rows out + duplicates + rejects, each counted where its rows are, and no row is mixed up"
TERMS = ("rows_in", "rows_out", "duplicates", "rejects", "mixed")


@dataclass(frozen=True)
class Outcome:
    """One attempt of one stage on one subject (an arrival, an arrival day, a set of operating dates)."""

    stage: str
    feed: str
    subject: str
    day: date
    rows_in: int
    rows_out: int
    duplicates: int
    rejects: int
    files_in: int = 0
    mixed: int = 0
    mixed_example: str = ""
    status: str = "done"
    dates_touched: list[str] = field(default_factory=list)
    version: str = ""
    seconds: float = 0.0

    @property
    def difference(self) -> int:
        """Rows in without a result; if negative, rows out without a source."""
        return self.rows_in - self.rows_out - self.duplicates - self.rejects

    @property
    def balanced(self) -> bool:
        """True if every row in is accounted for and none is mixed."""
        return self.difference == 0 and self.mixed == 0

    @property
    def problem(self) -> str:
        """The imbalance as a sentence with feed, day and terms; empty if there is none."""
        problems = []
        if self.difference:
            verdict = "lost" if self.difference > 0 else "too many"
            problems.append(
                f"{self.rows_in:,} rows in, {self.rows_out:,} out, {self.duplicates:,} duplicates, "
                f"{self.rejects:,} rejects: {abs(self.difference):,} {verdict}"
            )
        if self.mixed:
            example = f", for example {self.mixed_example}" if self.mixed_example else ""
            problems.append(f"{self.mixed:,} rows do not say what their source says{example}")
        return f"{self.stage} {self.feed} {self.subject} of {self.day}: {'; '.join(problems)}" if problems else ""

    def record(self, lake: Bucket) -> None:
        """Write the row to the ledger, even if it does not balance; the caller reports the problem afterwards."""
        row = asdict(self) | {"message": self.problem or None, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        # The stored name of the stage.
        row = {"hop": row.pop("stage"), **row}
        lake.write_json(f"{PREFIX}/{self.stage}/dt={self.day}/{self.subject}.json", row)


def problems(outcomes: Iterable[Outcome]) -> str:
    """Return the imbalances, one sentence per line; empty if all rows balance."""
    return "\n".join(outcome.problem for outcome in outcomes if not outcome.balanced)


def totals(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return the sums of files and of every term over outcomes."""
    rows = list(outcomes)
    return {name: sum(getattr(row, name) for row in rows) for name in ("files_in", *TERMS)}


def ledger(lake: Bucket, stages: Iterable[str]) -> list[dict[str, Any]]:
    """Read the ledger of some stages, oldest first within a stage."""
    rows = (lake.read_json(item.key) for stage in stages for item in lake.list(f"{PREFIX}/{stage}/"))
    return [row for row in rows if row is not None]
