"""The outcome ledger: every hop leaves a row that says what went in, what came out and why the rest did not.

Rows are small JSON objects in the lake, `_outcomes/<hop>/dt=<day>/<subject>.json`; doing the same work again overwrites
its row. `rows_in = rows_out + duplicates + rejects` holds for every row of every hop.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from aero_assets.storage import Bucket

PREFIX = "_outcomes"


@dataclass(frozen=True)
class Outcome:
    """One attempt of one hop on one subject (an arrival, an arrival day, a range of operating dates)."""

    hop: str
    feed: str
    subject: str
    day: date
    rows_in: int
    rows_out: int
    duplicates: int
    rejects: int
    files_in: int = 0
    status: str = "done"
    dates_touched: list[str] = field(default_factory=list)
    version: str = ""
    seconds: float = 0.0

    @property
    def balanced(self) -> bool:
        """True if every row that went in is accounted for."""
        return self.rows_in == self.rows_out + self.duplicates + self.rejects

    def record(self, lake: Bucket) -> None:
        """Write the row to the ledger."""
        row = asdict(self) | {"at": datetime.now(UTC).isoformat(timespec="seconds")}
        lake.write_json(f"{PREFIX}/{self.hop}/dt={self.day}/{self.subject}.json", row)


def ledger(lake: Bucket, hops: Iterable[str]) -> list[dict[str, Any]]:
    """Read the ledger of some hops, oldest first within a hop."""
    rows = (lake.read_json(item.key) for hop in hops for item in lake.list(f"{PREFIX}/{hop}/"))
    return [row for row in rows if row is not None]
